/* The number of proofs is raised: what was enough is enough for a while, for whoever had it, and
 * ends by itself. */
#include "house.h"
#include "policy/rules.h"

enum { day = 86400 };

static err set_proofs(const char *value, const char *group)
{
	answer = (struct answer){ 0 };
	return serve_policy_set(&ctx,
		&(struct op_policy_set){ .setting = STR("numberOfAuthenticationMethodsRequired"),
			.value = str_of(value),
			.group = str_of(group) },
		&answer);
}

static err set_other(const char *setting, const char *value)
{
	answer = (struct answer){ 0 };
	return serve_policy_set(&ctx,
		&(struct op_policy_set){ .setting = str_of(setting), .value = str_of(value) },
		&answer);
}

static err unset_proofs(const char *group)
{
	answer = (struct answer){ 0 };
	return serve_policy_unset(&ctx,
		&(struct op_policy_unset){ .setting = STR("numberOfAuthenticationMethodsRequired"),
			.group = str_of(group) },
		&answer);
}

static err join(const char *group, const char *name)
{
	return serve_group_join(&ctx,
		&(struct op_group_join){ .name = str_of(group), .person = str_of(name) }, &answer);
}

static int open_with_ada(void **state)
{
	if (open_house(state))
		return -1;
	ctx.now = 1000 * day;
	return ROW(.user_name = STR("ada")) ||
	       serve_group_add(&ctx, &(struct op_group_add){ .name = STR("staff") }, &answer) ||
	       serve_group_add(&ctx, &(struct op_group_add){ .name = STR("sales") }, &answer) ||
	       join("staff", "ada");
}

static struct method way(enum method_kind kind, int64_t since)
{
	return (struct method){
		.kind = kind, .state = STR("active"), .created = since, .verified = since
	};
}

/* How many proofs ada needs now, who has this way since then and perhaps another one. */
static int64_t until;
static int64_t needed(int64_t since, bool another)
{
	const struct method own[] = { way(method_mail, since), way(method_totp, ctx.now) };
	struct rules r;

	assert_int_equal(rules_of(&ctx, person("ada").id, &r), 0);
	return rules_needed(&r, (struct methods){ own, another ? 2 : 1 }, &until);
}

static void who_had_enough_keeps_it_for_a_while(void **state)
{
	int64_t raised = ctx.now;

	(void)state;
	assert_int_equal(set_proofs("1", NULL), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, 0);
	assert_int_equal(set_proofs("2", NULL), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, raised + 14 * day);
	assert_int_equal(needed(raised, false), 1);
	/* What was registered after the raise was never enough, and whoever has two gives two. */
	assert_int_equal(needed(raised + 1, false), 2);
	assert_int_equal(needed(5, true), 2);
	assert_int_equal(until, 0);
	ctx.now = raised + 14 * day - 1;
	assert_int_equal(needed(5, false), 1);
	ctx.now = raised + 14 * day;
	assert_int_equal(needed(5, false), 2);
	assert_int_equal(until, 0);
}

static void a_profile_that_asks_for_more_is_a_raise(void **state)
{
	(void)state;
	assert_int_equal(set_other("profile", "entra"), 0);
	assert_int_equal(needed(5, false), 1);
	/* There it ends at once, whoever raises it. */
	assert_int_equal(set_proofs("2", NULL), 0);
	assert_int_equal(needed(5, false), 2);
	assert_int_equal(unset_proofs(NULL), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(set_other("profile", "hardened"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, ctx.now + 14 * day);
	/* Nothing was raised for whoever had set it before. */
	assert_int_equal(set_proofs("2", NULL) | set_other("profile", "entra"), 0);
	ctx.now += 15 * day;
	assert_int_equal(set_other("profile", "hardened"), 0);
	assert_int_equal(needed(5, false), 2);
}

static void the_days_are_a_setting_and_none_end_it_at_once(void **state)
{
	(void)state;
	assert_int_equal(
		set_proofs("1", NULL) | set_proofs("2", NULL) | set_other("graceDays", "3"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, ctx.now + 3 * day);
	assert_int_equal(set_other("graceDays", "0"), 0);
	assert_int_equal(needed(5, false), 2);
}

static void a_way_that_does_not_count_was_not_enough(void **state)
{
	(void)state;
	assert_int_equal(set_proofs("1", NULL) | set_proofs("2", NULL) |
				 set_other("emailOptionExcludeGroups", "staff"),
		0);
	assert_int_equal(needed(5, false), 2);
}

static void an_administrator_has_no_grace(void **state)
{
	(void)state;
	assert_int_equal(set_proofs("1", NULL) | set_proofs("2", NULL) |
				 set_other("administratorGroups", "staff"),
		0);
	assert_int_equal(needed(5, false), 2);
}

static void lowering_it_ends_what_was_begun(void **state)
{
	(void)state;
	assert_int_equal(set_proofs("1", NULL) | set_proofs("2", NULL) | set_proofs("1", NULL), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, 0);
	/* Set to what it was already: nothing was raised. */
	assert_int_equal(unset_proofs(NULL), 0);
	assert_int_equal(until, 0);
	assert_int_equal(set_proofs("2", NULL), 0);
	assert_int_equal(needed(5, false), 1); /* the unset raised it to the file's */
}

static void what_was_always_so_gives_no_grace(void **state)
{
	(void)state;
	assert_int_equal(set_proofs("2", NULL), 0);
	assert_int_equal(needed(5, false), 2);
	assert_int_equal(set_proofs("2", "staff") | unset_proofs("staff"), 0);
	assert_int_equal(needed(5, false), 2);
}

static void a_group_s_raise_is_its_people_s(void **state)
{
	(void)state;
	assert_int_equal(set_proofs("1", NULL) | set_proofs("2", "sales"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, 0); /* ada is not in sales */
	assert_int_equal(set_proofs("2", "staff"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, ctx.now + 14 * day);
	ctx.now += 14 * day;
	assert_int_equal(needed(5, false), 2);
	/* Its own value goes, and that of everybody is larger. */
	assert_int_equal(set_proofs("1", "staff") | set_proofs("2", NULL), 0);
	ctx.now += 20 * day;
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(unset_proofs("staff"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, ctx.now + 14 * day);
}

/* One group asked two all along: that another one was raised takes nothing back. */
static void another_group_that_asked_as_much_before_gives_none(void **state)
{
	(void)state;
	assert_int_equal(join("sales", "ada"), 0);
	assert_int_equal(set_proofs("1", NULL) | set_proofs("2", "sales"), 0);
	ctx.now += 20 * day;
	assert_int_equal(set_proofs("2", "staff") | set_proofs("2", NULL), 0);
	assert_int_equal(needed(5, false), 2);
}

static void of_two_raises_the_first_counts(void **state)
{
	int64_t first = ctx.now;

	(void)state;
	assert_int_equal(
		set_proofs("1", "staff") | set_proofs("1", NULL) | set_proofs("2", NULL), 0);
	ctx.now += 5 * day;
	assert_int_equal(set_proofs("2", "staff"), 0);
	assert_int_equal(needed(5, false), 1);
	assert_int_equal(until, first + 14 * day);
	assert_int_equal(needed(first + 1, false), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_ada, close_house)
	const struct CMUnitTest tests[] = {
		TEST(who_had_enough_keeps_it_for_a_while),
		TEST(a_profile_that_asks_for_more_is_a_raise),
		TEST(the_days_are_a_setting_and_none_end_it_at_once),
		TEST(a_way_that_does_not_count_was_not_enough),
		TEST(an_administrator_has_no_grace),
		TEST(lowering_it_ends_what_was_begun),
		TEST(what_was_always_so_gives_no_grace),
		TEST(a_group_s_raise_is_its_people_s),
		TEST(another_group_that_asked_as_much_before_gives_none),
		TEST(of_two_raises_the_first_counts),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("grace", tests, NULL, NULL);
}
