/* What a simulation says beforehand is what is so after the change was made; and it serves for many
 * people. */
#include "house.h"
#include "policy/rules.h"

/* A person for each set of ways, in no group, in staff, in sales, in both. */
enum { way_sets = 8, memberships = 4, crowd = 100000 };

static err add_group(const char *name)
{
	return serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) }, &answer);
}

static void add_person(size_t n)
{
	static const char *const kinds[] = { "mail", "totp", "recovery_code" };
	static const char *const groups[] = { "staff", "sales" };
	char name[16], sql[600];

	(void)snprintf(name, sizeof(name), "p%02zu", n);
	assert_int_equal(ROW(.user_name = str_of(name)), 0);
	for (size_t kind = 0; kind < 3; kind++) {
		if (!(n >> kind & 1))
			continue;
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO method SELECT randomblob(16), id, '%s', '', '', '', NULL, "
			"'active', 1, 1, 0, 0, 0, NULL, 0, 0, 0, NULL FROM account WHERE name = "
			"'%s'",
			kinds[kind], name);
		write_store(sql);
	}
	for (size_t g = 0; g < 2; g++)
		if (n / way_sets >> g & 1)
			assert_int_equal(serve_group_join(&ctx,
						 &(struct op_group_join){ .name = str_of(groups[g]),
							 .person = str_of(name) },
						 &answer),
				0);
}

static int open_with_people(void **state)
{
	if (open_house(state) || add_group("staff") || add_group("sales"))
		return -1;
	for (size_t n = 0; n < way_sets * memberships; n++)
		add_person(n);
	return 0;
}

static err simulate(const char *changes, const char *group, bool lost_phone)
{
	answer = (struct answer){ 0 };
	return serve_policy_simulate(&ctx,
		&(struct op_policy_simulate){ .changes = str_of(changes),
			.group = str_of(group),
			.lost_phone = lost_phone },
		&answer);
}

static bool said(const char *name, const char *word)
{
	const struct rec_simulated *items = answer.items;

	for (size_t i = 0; i < answer.item_count; i++)
		if (str_is(items[i].name, name))
			return str_find(items[i].what, str_of(word)) < items[i].what.length;
	return false;
}

struct stand {
	bool can, registers;
};

/* How it is with a person, asked as a reset asks. */
static struct stand stand_of(size_t n)
{
	char name[16];
	struct rules r;
	int64_t ways = 0;

	(void)snprintf(name, sizeof(name), "p%02zu", n);
	assert_int_equal(rules_of(&ctx, person(name).id, &r), 0);
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		ways += (n >> kind & 1) && rules_allow(&r, kind);
	return (struct stand){ r.in_scope && ways >= r.value[rule_proofs_to_reset],
		r.in_scope && ways < rules_to_register(&r) };
}

static const struct change {
	const char *setting, *value, *group;
} changes[] = {
	{ "profile", "entra", NULL },
	{ "profile", "hardened", "staff" },
	{ "profile", "hardened", NULL },
	{ "numberOfAuthenticationMethodsRequired", "1", NULL },
	{ "numberOfAuthenticationMethodsRequired", "1", "staff" },
	{ "recoveryCodesIncludeGroups", "staff", NULL },
	{ "mobileAppCodeExcludeGroups", "sales", NULL },
	{ "numberOfMethodsToRegister", "3", NULL },
	{ "numberOfMethodsToRegister", "3", "sales" },
	{ "emailOptionEnabled", "off", NULL },
	{ "mobileAppCodeEnabled", "off", "staff" },
	{ "enablementType", "selected", NULL },
	{ "passwordResetEnabledGroups", "staff, sales", NULL },
	{ "excludedGroups", "Sales", NULL },
	{ "administratorGroups", "staff", NULL },
	{ "profile", "hardened", "sales" },
	{ "profile", "entra", NULL },
	{ "profile", "hardened", "staff" },
	{ "enablementType", "none", NULL },
};

static void set_rule(const struct change *change)
{
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_set(&ctx,
				 &(struct op_policy_set){ .setting = str_of(change->setting),
					 .value = str_of(change->value),
					 .group = str_of(change->group) },
				 &answer),
		0);
}

/* One after another; each stays, so that later ones meet what earlier ones left. */
static void it_says_what_the_change_then_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct stand was[way_sets * memberships];
		struct rec_simulation sum, found = { 0 };
		struct answer then;
		char text[120];

		arena_wipe(ctx.arena);
		(void)snprintf(text, sizeof(text), "%s = %s", changes[i].setting, changes[i].value);
		for (size_t n = 0; n < way_sets * memberships; n++)
			was[n] = stand_of(n);
		assert_int_equal(simulate(text, changes[i].group, false), 0);
		sum = *(struct rec_simulation *)answer.record;
		then = answer;
		set_rule(&changes[i]);
		answer = then;
		for (size_t n = 0; n < way_sets * memberships; n++) {
			struct answer kept = answer;
			struct stand is = stand_of(n);
			char name[16];

			answer = kept;
			(void)snprintf(name, sizeof(name), "p%02zu", n);
			assert_int_equal(said(name, "loses_reset"), was[n].can && !is.can);
			assert_int_equal(said(name, "gains_reset"), !was[n].can && is.can);
			assert_int_equal(
				said(name, "must_register"), !was[n].registers && is.registers);
			found.people++;
			found.could += was[n].can;
			found.can += is.can;
			found.lose += was[n].can && !is.can;
			found.gain += !was[n].can && is.can;
			found.to_register += !was[n].registers && is.registers;
		}
		sum.phone_reset = sum.phone_signin = 0;
		assert_memory_equal(&sum, &found, sizeof(sum));
	}
}

static void several_changes_are_made_together(void **state)
{
	(void)state;
	assert_int_equal(
		simulate("enablementType=selected\npasswordResetEnabledGroups=staff", NULL, false),
		0);
	/* Of those with two ways or more, the half that is not in staff. */
	assert_int_equal(((struct rec_simulation *)answer.record)->could, 16);
	assert_int_equal(((struct rec_simulation *)answer.record)->lose, 8);
	assert_int_equal(((struct rec_simulation *)answer.record)->can, 8);
}

static void whose_phone_is_all_they_have_is_named_when_asked(void **state)
{
	(void)state;
	assert_int_equal(simulate("", NULL, false), 0);
	assert_int_equal(answer.item_count, 0);
	assert_int_equal(((struct rec_simulation *)answer.record)->phone_signin, 8);
	assert_int_equal(simulate("", NULL, true), 0);
	/* p03: mail and the app. p06: the app and paper, one of which is left. p07: all. */
	assert_true(
		said("p03", "no_sign_in_without_phone") && said("p03", "no_reset_without_phone"));
	assert_true(
		!said("p06", "no_sign_in_without_phone") && said("p06", "no_reset_without_phone"));
	assert_true(!said("p07", "phone") && !said("p05", "phone") && !said("p01", "phone"));
	assert_true(
		said("p02", "no_sign_in_without_phone") && !said("p02", "no_reset_without_phone"));
}

/* As at the door: such a passkey is two proofs, and what waits is none yet. */
static void passkeys_that_verify_are_two_and_what_waits_is_none(void **state)
{
	const struct rec_simulation *sum;

	(void)state;
	set_conf("site.baseUrl", "https://reset.example");
	/* p00 has nothing, and now such a passkey; p03 has mail and the app. */
	write_store("INSERT INTO method SELECT randomblob(16), id, 'passkey', '', '', '', NULL, "
		    "'active', 1, 1, 0, 0, 0, NULL, 0, 0, 0, NULL FROM account WHERE name = 'p00';"
		    "INSERT INTO passkey SELECT id, id, x'00', x'00', '', 0, 0, 0, 1 FROM method "
		    "WHERE kind = 'passkey'");
	assert_int_equal(simulate("passkeysEnabled=off", NULL, false), 0);
	sum = answer.record;
	assert_int_equal(sum->could, 17);
	assert_int_equal(sum->can, 16);
	assert_true(said("p00", "loses_reset") && said("p00", "must_register"));
	write_store("UPDATE passkey SET verified = 0; UPDATE method SET counts_from = 1000001 "
		    "WHERE account = (SELECT id FROM account WHERE name = 'p03')");
	assert_int_equal(simulate("enablementType=none", NULL, true), 0);
	sum = answer.record;
	assert_int_equal(sum->could, 15);
	assert_false(said("p00", "loses_reset") || said("p03", "loses_reset"));
	assert_false(said("p03", "no_sign_in_without_phone"));
	ctx.now++;
	assert_int_equal(simulate("enablementType=none", NULL, true), 0);
	assert_true(said("p03", "loses_reset") && said("p03", "no_sign_in_without_phone"));
}

static void whoever_is_shut_out_for_another_reason_is_left_out(void **state)
{
	(void)state;
	assert_int_equal(serve_people_disable(
				 &ctx, &(struct op_people_disable){ .name = STR("p03") }, &answer),
		0);
	write_store(
		"UPDATE account SET frozen = 0; UPDATE account SET frozen = 5 WHERE name = 'p05'");
	assert_int_equal(simulate("enablementType=none", NULL, false), 0);
	assert_false(said("p03", "loses") || said("p05", "loses"));
	assert_true(said("p07", "loses"));
	assert_int_equal(((struct rec_simulation *)answer.record)->people, way_sets * memberships);
}

static void what_is_no_change_is_refused(void **state)
{
	static const struct {
		const char *changes, *group, *words;
	} rows[] = {
		{ "enablementType", NULL, "policy_change" },
		{ "noSuch=1", NULL, "policy_setting" },
		{ "resetNetworks=10.0.0.0/8", NULL, "policy_no_people" },
		{ "enablementType=some", NULL, "policy_who" },
		{ "numberOfAuthenticationMethodsRequired=3", NULL, "policy_number" },
		{ "emailOptionEnabled=maybe", NULL, "policy_flag" },
		{ "enablementType=all", "staff", "policy_site_only" },
		{ "excludedGroups=staff", "staff", "policy_site_only" },
		{ "excludedGroups=staff, nowhere", NULL, "policy_groups" },
		{ "x=1\nx=1\nx=1\nx=1\nx=1\nx=1\nx=1\nx=1\nx=1", NULL, "policy_setting" },
	};
	struct rules r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(simulate(rows[i].changes, rows[i].group, false), reply_refused);
		assert_text(answer.words, rows[i].words);
	}
	assert_int_equal(simulate("enablementType=all", "nowhere", false), reply_not_found);
	/* Nothing of it was set. */
	assert_int_equal(rules_of(&ctx, STR_NONE, &r), 0);
	assert_text(r.from[rule_enablement_type], "default");
}

/* All of a large organisation, in pages, each in the memory that one operation has. */
static void a_hundred_thousand_people_are_simulated_in_seconds(void **state)
{
	int64_t began = clock_monotonic_us(), people = 0, lose = 0;
	struct str cursor = STR("");
	char kept[320];

	(void)state;
	write_store(
		"PRAGMA synchronous = OFF; BEGIN;"
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
		"INSERT INTO account SELECT randomblob(16), printf('q%06d', i), printf('q%06d', "
		"i), '', '', '', '', '', '', '', "
		"'', 'active', 0, 0, 1, 1, 0, NULL FROM n;"
		"INSERT INTO method SELECT randomblob(16), id, 'mail', '', '', '', NULL, 'active', "
		"1, 1, 0, 0, 0, NULL, 0, 0, 0, NULL "
		"FROM account WHERE name LIKE 'q%'; INSERT INTO method SELECT randomblob(16), id, "
		"'totp', '', '', '', NULL, "
		"'active', 1, 1, 0, 0, 0, NULL, 0, 0, 0, NULL FROM account WHERE name LIKE 'q%5';"
		"INSERT INTO group_person SELECT g.id, a.id FROM directory_group g, account a "
		"WHERE a.name LIKE 'q%'; COMMIT");
	do {
		const struct op_policy_simulate in = {
			.changes = STR("passwordResetEnabledGroups=staff\nenablementType=none"),
			.cursor = cursor
		};

		arena_wipe(ctx.arena);
		answer = (struct answer){ 0 };
		assert_int_equal(serve_policy_simulate(&ctx, &in, &answer), 0);
		people += ((struct rec_simulation *)answer.record)->people;
		lose += ((struct rec_simulation *)answer.record)->lose;
		assert_true(arena_used(ctx.arena) < 1024 * 1024);
		if (answer.cursor.length)
			memcpy(kept, answer.cursor.at, answer.cursor.length);
		cursor = (struct str){ kept, answer.cursor.length };
	} while (cursor.length);
	assert_int_equal(people, crowd + way_sets * memberships);
	assert_int_equal(lose, crowd / 10 + 16);
	print_message("# %.1f s\n", (double)(clock_monotonic_us() - began) / 1e6);
	assert_true(clock_monotonic_us() - began < 60 * 1000000ll);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_people, close_house)
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_the_change_then_does),
		TEST(several_changes_are_made_together),
		TEST(whose_phone_is_all_they_have_is_named_when_asked),
		TEST(passkeys_that_verify_are_two_and_what_waits_is_none),
		TEST(whoever_is_shut_out_for_another_reason_is_left_out),
		TEST(what_is_no_change_is_refused),
		TEST(a_hundred_thousand_people_are_simulated_in_seconds),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
