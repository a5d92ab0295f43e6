/* Reports on people: who may reset, who has registered, with what; and that lists, rules and
 * reports agree. */
#include "house.h"

#include "policy/standing.h"

static struct rec_registration sum;
static struct rec_method_use use;

static err set_rule(const char *setting, const char *value, const char *group)
{
	answer = (struct answer){ 0 };
	return serve_policy_set(&ctx,
		&(struct op_policy_set){ .setting = str_of(setting),
			.value = str_of(value),
			.group = str_of(group) },
		&answer);
}

static err join(const char *group, const char *name, const char *inner)
{
	answer = (struct answer){ 0 };
	return serve_group_join(&ctx,
		&(struct op_group_join){
			.name = str_of(group), .person = str_of(name), .group = str_of(inner) },
		&answer);
}

static err add_group(const char *name)
{
	answer = (struct answer){ 0 };
	return serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) }, &answer);
}

static void add_method(const char *name, const char *kind, const char *state, int64_t when)
{
	struct value none = v_text(STR("")), no = v_number(0), null = v_null();
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_method_add, 1,
		WITH(v_bytes(id_make(&ctx)), v_bytes(person(name).id), v_text(str_of(kind)), none,
			none, none, null, v_text(str_of(state)), v_number(when), null, no, no));
	assert_int_equal(unit_commit(&unit), 0);
}

/* As it was when it was last used. */
static void add_passkey(const char *name, bool verified)
{
	char sql[400];

	add_method(name, "passkey", "active", 1000);
	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO passkey SELECT m.id, m.id, x'00', x'00', '', 0, 0, 0, %d FROM method "
		"m "
		"JOIN account a ON a.id = m.account WHERE a.name = '%s' AND m.kind = 'passkey'",
		verified, name);
	write_store(sql);
}

static err report(struct op_report_registration in)
{
	err e;

	answer = (struct answer){ 0 };
	if ((e = serve_report_registration(&ctx, &in, &answer)))
		return e;
	if (answer.record)
		sum = *(const struct rec_registration *)answer.record;
	return 0;
}

static const struct rec_registration_row *row(size_t i)
{
	assert_true(i < answer.item_count);
	return &((const struct rec_registration_row *)answer.items)[i];
}

/* ada: mail and app; bob: mail and paper; cyd: mail; dot: nothing; eve: mail and app, disabled. */
static int open_with_people(void **state)
{
	static const char *const names[] = { "ada", "bob", "cyd", "dot", "eve" };

	if (open_house(state))
		return -1;
	for (size_t i = 0; i < 5; i++)
		if (ROW(.user_name = str_of(names[i])))
			return -1;
	add_method("ada", "mail", "active", 1000);
	add_method("ada", "totp", "active", 2000);
	add_method("ada", "totp", "active", 1500);
	add_method("bob", "mail", "active", 1000);
	add_method("bob", "recovery_code", "active", 1000);
	add_method("cyd", "mail", "active", 1000);
	add_method("cyd", "totp", "pending", 1000);
	add_method("eve", "mail", "active", 1000);
	add_method("eve", "totp", "active", 1000);
	return serve_people_disable(&ctx, &(struct op_people_disable){ STR("eve") }, &answer);
}

static void people_are_counted_and_listed(void **state)
{
	(void)state;
	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(sum.people, 4);
	assert_int_equal(sum.disabled, 1);
	assert_int_equal(sum.enabled, 4);
	assert_int_equal(sum.registered, 2);
	assert_int_equal(sum.capable, 2);
	assert_int_equal(sum.mfa_capable, 2);
	assert_int_equal(sum.to_register, 2);
	assert_int_equal(answer.item_count, 4);
	assert_text(row(0)->name, "ada");
	assert_text(row(0)->methods, "mail+totp");
	assert_int_equal(row(0)->capable, 1);
	assert_int_equal(row(0)->last_update, 2000);
	assert_text(row(2)->methods, "mail");
	assert_int_equal(row(2)->registered, 0);
	assert_int_equal(row(2)->mfa_capable, 0);
	assert_text(row(3)->methods, "");
	assert_int_equal(row(3)->last_update, 0);
}

static void who_is_out_of_scope_is_registered_and_not_capable(void **state)
{
	(void)state;
	assert_int_equal(add_group("inner") | add_group("outer") | join("outer", NULL, "inner") |
				 join("inner", "ada", NULL) |
				 set_rule("excludedGroups", "outer", NULL),
		0);
	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(sum.enabled, 3);
	assert_int_equal(sum.registered, 2);
	assert_int_equal(sum.capable, 1);
	assert_int_equal(sum.to_register, 2);
	assert_int_equal(row(0)->enabled, 0);
	assert_int_equal(row(0)->registered, 1);
	assert_int_equal(row(0)->capable, 0);
}

static void a_way_that_policy_takes_from_a_group_counts_for_the_others(void **state)
{
	(void)state;
	assert_int_equal(add_group("sales") | join("sales", "ada", NULL) |
				 set_rule("mobileAppCodeEnabled", "off", "sales"),
		0);
	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(sum.registered, 1);
	assert_int_equal(sum.mfa_capable, 2); /* at sign-in it is still asked for */
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(sum.registered, 3);
}

/* Sums over all rows are what was counted in the store, whatever the rules are, and lists say the
 * same. */
static void counts_rows_lists_and_rules_agree(void **state)
{
	struct answer lists = { 0 };
	const struct rec_person *people;
	struct rec_registration by_row = { 0 };

	(void)state;
	assert_int_equal(add_group("a") | add_group("b") | join("a", "ada", NULL) |
				 join("b", "ada", NULL) | join("b", "bob", NULL) |
				 set_rule("numberOfMethodsToRegister", "3", "a") |
				 set_rule("numberOfAuthenticationMethodsRequired", "1", "b") |
				 set_rule("passwordResetEnabledGroups", "a, b", NULL) |
				 set_rule("enablementType", "selected", NULL),
		0);
	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(serve_people_list(&ctx, &(struct op_people_list){ 0 }, &lists), 0);
	people = lists.items;
	for (size_t i = 0; i < answer.item_count; i++) {
		struct answer explained = { 0 };
		const struct rec_policy_person *may;

		by_row.enabled += row(i)->enabled;
		by_row.registered += row(i)->registered;
		by_row.capable += row(i)->capable;
		by_row.mfa_capable += row(i)->mfa_capable;
		assert_true(str_same(people[i].name, row(i)->name));
		assert_int_equal(people[i].registered, row(i)->registered);
		assert_int_equal(serve_policy_explain(&ctx,
					 &(struct op_policy_explain){ row(i)->name }, &explained),
			0);
		may = explained.record;
		assert_int_equal(str_is(may->may_reset, "yes"), row(i)->enabled);
	}
	assert_int_equal(by_row.enabled, 2);
	assert_int_equal(by_row.enabled, sum.enabled);
	assert_int_equal(by_row.registered, sum.registered);
	assert_int_equal(by_row.capable, sum.capable);
	assert_int_equal(by_row.mfa_capable, sum.mfa_capable);
}

static void pages_follow_each_other_and_count_once(void **state)
{
	(void)state;
	assert_int_equal(report((struct op_report_registration){ .most = 3 }), 0);
	assert_int_equal(answer.item_count, 3);
	assert_text(answer.cursor, "cyd");
	assert_int_equal(
		report((struct op_report_registration){ .most = 3, .cursor = STR("cyd") }), 0);
	assert_null(answer.record);
	assert_int_equal(answer.item_count, 1);
	assert_text(row(0)->name, "dot");
	assert_int_equal(answer.cursor.length, 0);
	assert_int_equal(report((struct op_report_registration){ .most = 4 }), 0);
	assert_int_equal(answer.cursor.length, 0);
}

/* Sums are the rows' sums, whatever stands; and people list agrees with the rows. */
static void assert_agreed(void)
{
	struct rec_registration by_row = { 0 };
	struct answer lists = { 0 };
	const struct rec_person *people;

	assert_int_equal(report((struct op_report_registration){ 0 }), 0);
	assert_int_equal(serve_people_list(&ctx, &(struct op_people_list){ 0 }, &lists), 0);
	people = lists.items;
	for (size_t i = 0; i < answer.item_count; i++) {
		by_row.enabled += row(i)->enabled;
		by_row.registered += row(i)->registered;
		by_row.mfa_capable += row(i)->mfa_capable;
		assert_true(str_same(people[i].name, row(i)->name));
		assert_true(str_same(people[i].methods, row(i)->methods));
		assert_int_equal(people[i].registered, row(i)->registered);
	}
	assert_int_equal(by_row.enabled, sum.enabled);
	assert_int_equal(by_row.registered, sum.registered);
	assert_int_equal(by_row.mfa_capable, sum.mfa_capable);
}

static void a_passkey_that_verifies_its_user_is_two_ways(void **state)
{
	(void)state;
	set_conf("site.baseUrl", "https://reset.example");
	add_passkey("dot", true);
	add_passkey("cyd", false);
	assert_agreed();
	assert_int_equal(sum.registered, 4); /* ada, bob, cyd: mail and it, dot: it alone */
	assert_int_equal(sum.mfa_capable, 4);
	write_store("UPDATE passkey SET verified = 0");
	assert_agreed();
	assert_int_equal(sum.registered, 3);
	assert_int_equal(row(3)->registered, 0);
	assert_int_equal(row(3)->mfa_capable, 1);
	assert_int_equal(set_rule("passkeysEnabled", "off", NULL), 0);
	assert_agreed();
	assert_int_equal(sum.registered, 2);
}

static void a_way_counts_once_its_day_of_waiting_is_over(void **state)
{
	(void)state;
	write_store("UPDATE method SET counts_from = 1086400 WHERE kind = 'totp'");
	assert_agreed();
	assert_int_equal(sum.registered, 1);
	assert_int_equal(sum.mfa_capable, 1);
	assert_text(row(0)->methods, "mail");
	assert_int_equal(serve_report_methods(&ctx, &(struct op_report_methods){ 0 }, &answer), 0);
	assert_int_equal(((const struct rec_method_use_row *)answer.items)[method_totp].people, 0);
	ctx.now = 1086400;
	assert_agreed();
	assert_int_equal(sum.registered, 2);
	assert_text(row(0)->methods, "mail+totp");
}

/* As much memory as the keeper gives one operation. */
static void small_arena(void)
{
	arena_close(&ctx.arena);
	ctx.arena = arena_open(2 * 1024 * 1024);
	assert_non_null(ctx.arena);
}

/* The last of them is told from the first: each changes what counts for one person. */
static void twelve_hundred_groups_may_have_rules(void **state)
{
	(void)state;
	write_store(
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199) "
		"INSERT INTO directory_group (id, name, canonical, description, created) "
		"SELECT randomblob(16), printf('g%04d', i), printf('g%04d', i), '', 1 FROM n;"
		"INSERT INTO policy_group SELECT id, 'passwordMinLength', 20 FROM directory_group;"
		"INSERT INTO policy_group SELECT id, 'numberOfMethodsToRegister', 2 FROM "
		"directory_group");
	small_arena();
	assert_int_equal(join("g0000", "ada", NULL) | join("g1199", "bob", NULL) |
				 set_rule("mobileAppCodeEnabled", "off", "g0000") |
				 set_rule("recoveryCodesEnabled", "off", "g1199"),
		0);
	assert_agreed();
	assert_int_equal(sum.people, 4);
	assert_int_equal(sum.registered, 0);
	assert_int_equal(set_rule("recoveryCodesEnabled", "on", "g1199"), 0);
	assert_agreed();
	assert_int_equal(sum.registered, 1);
	/* Of several groups the larger and the smaller, as for one person. */
	assert_int_equal(
		join("g0007", "bob", NULL) | set_rule("numberOfMethodsToRegister", "3", "g0007"),
		0);
	assert_agreed();
	assert_int_equal(sum.registered, 0);
	assert_int_equal(set_rule("excludedGroups", "g0007", NULL), 0);
	assert_agreed();
	assert_int_equal(sum.enabled, 3);
	/* A profile, of a group and of everybody. */
	assert_int_equal(set_rule("profile", "entra", "g0000"), 0);
	assert_agreed();
	assert_int_equal(
		set_rule("profile", "entra", NULL) | set_rule("profile", "hardened", "g0007"), 0);
	assert_agreed();
	assert_int_equal(sum.registered, 1); /* cyd, by mail alone */
}

/* A page of the most people, each in forty groups with rules, and all that are counted for it. */
static void pages_fit_the_memory_of_one_operation(void **state)
{
	struct answer lists = { 0 };
	int64_t seen = 0;

	(void)state;
	write_store(
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1499) "
		"INSERT INTO account SELECT randomblob(16), printf('q%04d', i), printf('q%04d', "
		"i), '', '', '', '', '', '', '', 'en', 'active', 0, 0, 1, 1, 0, NULL FROM n;"
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39) "
		"INSERT INTO directory_group (id, name, canonical, description, created) "
		"SELECT randomblob(16), printf('g%02d', i), printf('g%02d', i), '', 1 FROM n;"
		"INSERT INTO policy_group SELECT id, 'passwordMinLength', 20 FROM directory_group;"
		"INSERT INTO policy_group SELECT id, 'emailOptionEnabled', 1 FROM directory_group;"
		"INSERT INTO group_person SELECT g.id, a.id FROM directory_group g, account a");
	small_arena();
	assert_int_equal(
		serve_people_list(&ctx, &(struct op_people_list){ .most = 1000 }, &lists), 0);
	assert_int_equal(lists.item_count, 1000);
	/* The reply is made in what is left. */
	assert_true(arena_used(ctx.arena) < 1300 * 1024);
	for (struct str cursor = STR_NONE; seen == 0 || cursor.length; cursor = answer.cursor) {
		char kept[320];

		if (cursor.length)
			memcpy(kept, cursor.at, cursor.length);
		arena_wipe(ctx.arena);
		assert_int_equal(report((struct op_report_registration){
					 .most = 400, .cursor = { kept, cursor.length } }),
			0);
		assert_true(arena_used(ctx.arena) < 1000 * 1024);
		seen += (int64_t)answer.item_count;
	}
	assert_int_equal(seen, 1504);
	assert_int_equal(sum.people, 1504);
}

static const struct rec_method_use_row *of(enum method_kind kind)
{
	return &((const struct rec_method_use_row *)answer.items)[kind];
}

static void ways_are_counted_by_people(void **state)
{
	(void)state;
	assert_int_equal(set_rule("emailOptionEnabled", "off", NULL), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_report_methods(&ctx, &(struct op_report_methods){ 0 }, &answer), 0);
	use = *(const struct rec_method_use *)answer.record;
	assert_int_equal(use.people, 4);
	assert_int_equal(use.none, 1);
	assert_int_equal(use.one, 1);
	assert_int_equal(use.two, 2);
	assert_int_equal(use.more, 0);
	assert_text(of(method_mail)->method, "mail");
	assert_int_equal(of(method_mail)->people, 3);
	assert_int_equal(of(method_mail)->counts, 0);
	assert_int_equal(of(method_mail)->only, 1);
	assert_int_equal(of(method_totp)->people, 1); /* two apps of one person */
	assert_int_equal(of(method_totp)->counts, 1);
	assert_int_equal(of(method_recovery_code)->people, 1);
}

#define WITH_PEOPLE(test) cmocka_unit_test_setup_teardown(test, open_with_people, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PEOPLE(people_are_counted_and_listed),
		WITH_PEOPLE(who_is_out_of_scope_is_registered_and_not_capable),
		WITH_PEOPLE(a_way_that_policy_takes_from_a_group_counts_for_the_others),
		WITH_PEOPLE(counts_rows_lists_and_rules_agree),
		WITH_PEOPLE(pages_follow_each_other_and_count_once),
		WITH_PEOPLE(a_passkey_that_verifies_its_user_is_two_ways),
		WITH_PEOPLE(a_way_counts_once_its_day_of_waiting_is_over),
		WITH_PEOPLE(twelve_hundred_groups_may_have_rules),
		WITH_PEOPLE(pages_fit_the_memory_of_one_operation),
		WITH_PEOPLE(ways_are_counted_by_people),
	};

	return !secrets_open(64) || cmocka_run_group_tests(tests, NULL, NULL);
}
