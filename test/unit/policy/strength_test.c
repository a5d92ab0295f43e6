/* Which changes of each setting leave policy as strong as it was: written down a second time, value
 * by value. */
#include "policy/rules.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void assert_kept(const char *setting, int64_t was, int64_t will, bool expected)
{
	enum rule rule;

	assert_true(rule_named(str_of(setting), &rule));
	if (strength_kept(rule, was, will) != expected)
		fail_msg("%s from %lld to %lld %s", setting, (long long)was, (long long)will,
			expected ? "is refused" : "counts as no weaker");
}

/* Only these ways; every other change between two values of a rule weakens it. */
static const struct {
	const char *setting, *kept;
} rules[] = {
	{ "profile", "no" },
	{ "enablementType", "up" },
	{ "allowedToUseSSPR", "no" },
	{ "numberOfAuthenticationMethodsRequired", "up" },
	{ "graceDays", "down" },
	{ "numberOfMethodsToRegister", "up" },
	{ "emailOptionEnabled", "down" },
	{ "mobileAppCodeEnabled", "down" },
	{ "recoveryCodesEnabled", "down" },
	{ "passkeysEnabled", "up" },
	{ "isAttestationEnforced", "up" },
	{ "passwordMinLength", "up" },
	{ "notifyUsersOnPasswordReset", "up" },
	{ "notifyOnAdminPasswordReset", "up" },
	{ "customizeHelpdeskLink", "both" },
	{ "registrationRequiredOnSignIn", "up" },
	{ "registrationReconfirmIntervalInDays", "sooner" },
	{ "skipRegistrationAllowed", "down" },
	{ "skipRegistrationMaxAllowedDays", "sooner" },
	{ "skipRegistrationMaxAllowedCount", "sooner" },
	{ "multifactorAuthenticationRequired", "up" },
	{ "combinedRegistration", "both" },
	{ "registrationCampaignState", "up" },
	{ "snoozeDurationInDays", "down" },
	{ "enforceRegistrationAfterAllowedSnoozes", "up" },
};

static bool expected(const char *kept, int64_t was, int64_t will)
{
	if (strcmp(kept, "sooner") == 0)
		return was == 0 ? will > 0 : will > 0 && will < was;
	return strcmp(kept, "both") == 0 || (strcmp(kept, "up") == 0 && will > was) ||
	       (strcmp(kept, "down") == 0 && will < was);
}

static void every_rule_between_every_two_values(void **state)
{
	(void)state;
	assert_int_equal(sizeof(rules) / sizeof(rules[0]), rule_count);
	for (size_t i = 0; i < rule_count; i++) {
		enum rule rule;

		assert_true(rule_named(str_of(rules[i].setting), &rule));
		for (int64_t was = rule_rows[rule].least; was <= rule_rows[rule].most; was++)
			for (int64_t will = rule_rows[rule].least; will <= rule_rows[rule].most;
				will++)
				if (was != will)
					assert_kept(rules[i].setting, was, will,
						expected(rules[i].kept, was, will));
	}
}

/* ---- lists: every set of three groups to every other ---- */

static struct group_set set_of(unsigned members, struct str ids[3])
{
	static const struct str all[3] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
	struct group_set set = { ids, 0 };

	for (unsigned i = 0; i < 3; i++)
		if (members >> i & 1)
			ids[set.count++] = all[i];
	return set;
}

static const struct {
	const char *list, *kept;
} lists[] = {
	{ "passwordResetEnabledGroups", "more" },
	{ "excludedGroups", "no" },
	{ "administratorGroups", "no" },
	{ "emailOptionIncludeGroups", "narrower" },
	{ "emailOptionExcludeGroups", "more" },
	{ "mobileAppCodeIncludeGroups", "narrower" },
	{ "mobileAppCodeExcludeGroups", "more" },
	{ "recoveryCodesIncludeGroups", "narrower" },
	{ "recoveryCodesExcludeGroups", "more" },
	{ "passkeysIncludeGroups", "wider" },
	{ "passkeysExcludeGroups", "fewer" },
	{ "combinedRegistrationGroups", "both" },
};

/* Whom a list means: an empty one of those that narrow a way means everybody, also who is in none.
 */
static unsigned meant(unsigned members)
{
	return members ? members : 15;
}

static bool holds(const char *kept, unsigned was, unsigned will)
{
	if (strcmp(kept, "more") == 0)
		return (was & ~will) == 0;
	if (strcmp(kept, "fewer") == 0)
		return (will & ~was) == 0;
	if (strcmp(kept, "narrower") == 0)
		return (meant(will) & ~meant(was)) == 0;
	if (strcmp(kept, "wider") == 0)
		return (meant(was) & ~meant(will)) == 0;
	return strcmp(kept, "both") == 0;
}

static void every_list_between_every_two_sets(void **state)
{
	struct str before[3], after[3];
	enum rule_list list;

	(void)state;
	assert_int_equal(sizeof(lists) / sizeof(lists[0]), rule_list_count);
	for (size_t i = 0; i < rule_list_count; i++)
		for (unsigned pair = 0; pair < 64; pair++) {
			unsigned was = pair & 7, will = pair >> 3;
			struct group_set old = set_of(was, before), new = set_of(will, after);

			assert_true(list_named(str_of(lists[i].list), &list));
			if (was != will && strength_kept_list(list, &old, &new) !=
						   holds(lists[i].kept, was, will))
				fail_msg("%s from %u to %u", lists[i].list, was, will);
		}
}

static void texts_are_the_command_line_s(void **state)
{
	(void)state;
	for (enum policy_text text = 0; text < policy_text_count; text++)
		assert_int_equal(text_rows[text].by_page, by_page_command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_between_every_two_values),
		cmocka_unit_test(every_list_between_every_two_sets),
		cmocka_unit_test(texts_are_the_command_line_s),
	};

	return cmocka_run_group_tests_name("strength", tests, NULL, NULL);
}
