/* What the command line does for and to one person. */
#include "house.h"

static const struct str ada_name = { "ada", 3 };

static struct account add_ada(void)
{
	assert_int_equal(ROW(.user_name = STR("ada"), .mail = STR("ada@example.org"),
				 .display_name = STR("Ada \"Countess\" Lovelace"),
				 .other_mail = STR("ada@example.net")),
		0);
	return person("ada");
}

/* A session, a flow, a device, a counter, a method and a message of this account. */
static void open_everything(struct str id)
{
	struct value account = v_bytes(id), none = v_text(STR("")), n = v_number(2000000),
		     o = v_number(0);
	struct value key = v_bytes(STR("0123456789abcdef0123456789abcdef"));
	struct value row = v_bytes(STR("0123456789abcdef")), null = v_null();
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_session_add, 1,
		WITH(key, account, n, n, n, o, v_text(STR("Firefox")), none, none));
	unit_add(&unit, statement_flow_add, 1,
		WITH(row, v_text(STR("recover")), key, account, none, none, v_text(STR("asked")), o,
			n, n, o, o, none, none, o, n, null, o, o, none, null, none));
	unit_add(&unit, statement_device_add, 1, WITH(key, account, n));
	unit_add(&unit, statement_counter_spend, 1,
		WITH(account, v_text(STR("proof")), o, v_number(ctx.now), o));
	unit_add(&unit, statement_method_add, 1,
		WITH(row, account, v_text(STR("mail")), none, v_text(STR("a@example.net")),
			v_text(STR("a@example.net")), null, v_text(STR("active")), n, null, o, o));
	unit_add(&unit, statement_outbox_add, 1,
		WITH(row, v_text(STR("code")), account, null, none, null, n));
	if (unit_commit(&unit) != 0)
		fail_msg("%s", ctx.fault.words);
}

static int64_t flows(void)
{
	struct rows rows;

	assert_int_equal(store_read(&ctx, statement_flows_open, WITH_NOTHING, 0, &rows), 0);
	return row_number(&rows, 0, 0);
}

/* The reset of open_everything goes on, so that its end tells nobody anything,
 * but leads nowhere. */
static void reset_is_nobodys(void)
{
	struct flow flow;

	assert_int_equal(flow_load(&ctx, STR("0123456789abcdef0123456789abcdef"), &flow), 0);
	assert_null(flow.account.at);
	assert_null(flow.code.at);
}

static void disabling_ends_sessions_flows_devices_and_the_pass(void **state)
{
	struct account a = add_ada();
	struct rows rows;

	(void)state;
	open_everything(a.id);
	assert_int_equal(
		serve_people_invite(&ctx, &(struct op_people_invite){ ada_name }, &answer), 0);
	assert_int_equal(
		serve_people_disable(&ctx, &(struct op_people_disable){ ada_name }, &answer), 0);
	assert_true(person("ada").disabled);
	assert_int_equal(person("ada").frozen, ctx.now);
	assert_int_equal(count_of(statement_sessions_of, a.id), 0);
	assert_int_equal(count_of(statement_devices_of, a.id), 0);
	reset_is_nobodys();
	assert_int_equal(
		store_one(&ctx, statement_pass_load, WITH(v_bytes(a.id)), &rows), reply_not_found);
	assert_int_equal(
		serve_people_disable(&ctx, &(struct op_people_disable){ ada_name }, &answer),
		reply_already);
}

static void enabling_leaves_the_methods_frozen_until_they_are_thawed(void **state)
{
	(void)state;
	(void)add_ada();
	assert_int_equal(
		serve_people_disable(&ctx, &(struct op_people_disable){ ada_name }, &answer), 0);
	assert_int_equal(
		serve_people_enable(&ctx, &(struct op_people_enable){ ada_name }, &answer), 0);
	assert_false(person("ada").disabled);
	assert_int_not_equal(person("ada").frozen, 0);
	assert_int_equal(serve_people_enable(&ctx, &(struct op_people_enable){ ada_name }, &answer),
		reply_already);
	assert_int_equal(
		serve_people_unfreeze(&ctx, &(struct op_people_unfreeze){ ada_name }, &answer), 0);
	assert_int_equal(person("ada").frozen, 0);
	assert_int_equal(
		serve_people_unfreeze(&ctx, &(struct op_people_unfreeze){ ada_name }, &answer),
		reply_already);
}

static void a_pass_is_shown_once_and_kept_as_a_mac(void **state)
{
	struct account a = add_ada();
	const struct rec_invitation *shown;
	struct rows rows;

	(void)state;
	assert_int_equal(
		serve_people_invite(&ctx, &(struct op_people_invite){ ada_name }, &answer), 0);
	shown = answer.record;
	assert_true(secret_length(shown->pass) >= 16);
	assert_int_equal(shown->expires, ctx.now + 86400);
	assert_int_equal(store_one(&ctx, statement_pass_load, WITH(v_bytes(a.id)), &rows), 0);
	assert_int_equal(row_str(&rows, 0, 0).length, digest_size);
	assert_int_equal(row_number(&rows, 0, 1), ctx.now + 86400);
	assert_int_equal(row_number(&rows, 0, 2), 5);
}

static void nobody_disabled_is_invited(void **state)
{
	(void)state;
	(void)add_ada();
	assert_int_equal(
		serve_people_disable(&ctx, &(struct op_people_disable){ ada_name }, &answer), 0);
	assert_int_equal(serve_people_invite(&ctx, &(struct op_people_invite){ ada_name }, &answer),
		reply_not_allowed);
}

static void a_name_nobody_has_is_not_found(void **state)
{
	const struct str eve = STR("eve");

	(void)state;
	assert_int_equal(
		serve_people_show(&ctx, &(struct op_people_show){ eve }, &answer), reply_not_found);
	assert_int_equal(
		serve_people_erase(&ctx, &(struct op_people_erase){ eve, STR("yes") }, &answer),
		reply_not_found);
	assert_int_equal(serve_people_unlock(&ctx, &(struct op_people_unlock){ eve }, &answer),
		reply_not_found);
	assert_int_equal(
		serve_people_invite(&ctx, &(struct op_people_invite){ STR("\x01") }, &answer),
		reply_not_found);
}

static void unlocking_clears_the_counters(void **state)
{
	struct account a = add_ada();

	(void)state;
	open_everything(a.id);
	assert_int_equal(
		serve_throttle_list(&ctx, &(struct op_throttle_list){ STR_NONE }, &answer), 0);
	assert_int_equal(answer.item_count, 1);
	assert_text(((struct rec_throttle_row *)answer.items)[0].name, "ada");
	assert_text(((struct rec_throttle_row *)answer.items)[0].kind, "proof");
	assert_int_equal(
		serve_people_unlock(&ctx, &(struct op_people_unlock){ ada_name }, &answer), 0);
	assert_int_equal(
		serve_throttle_list(&ctx, &(struct op_throttle_list){ ada_name }, &answer), 0);
	assert_int_equal(answer.item_count, 0);
}

static void ending_sessions_ends_them_and_the_familiar_devices(void **state)
{
	struct account a = add_ada();

	(void)state;
	open_everything(a.id);
	assert_int_equal(serve_people_end_sessions(
				 &ctx, &(struct op_people_end_sessions){ ada_name }, &answer),
		0);
	assert_int_equal(count_of(statement_sessions_of, a.id), 0);
	assert_int_equal(count_of(statement_devices_of, a.id), 0);
	reset_is_nobodys();
}

static void a_person_may_be_asked_to_register(void **state)
{
	(void)state;
	(void)add_ada();
	assert_int_equal(serve_people_require_registration(&ctx,
				 &(struct op_people_require_registration){ ada_name }, &answer),
		0);
	assert_true(person("ada").must_register);
	assert_int_equal(serve_people_require_registration(&ctx,
				 &(struct op_people_require_registration){ ada_name }, &answer),
		reply_already);
}

static bool says(struct str all, const char *part)
{
	return str_find(all, str_of(part)) < all.length;
}

static void show_says_what_stands_in_the_way(void **state)
{
	struct account a = add_ada();
	const struct rec_person *p;
	struct unit unit;

	(void)state;
	assert_int_equal(serve_people_show(&ctx, &(struct op_people_show){ ada_name }, &answer), 0);
	p = answer.record;
	assert_text(p->state, "active");
	assert_text(p->password, "none");
	assert_true(says(p->why, "No way to prove it"));
	open_everything(a.id);
	unit = unit_begin(&ctx);
	unit_add(&unit, statement_account_freeze, 1, WITH(v_bytes(a.id), v_number(5)));
	for (int i = 0; i < 9; i++)
		unit_add(&unit, statement_counter_spend, 1,
			WITH(v_bytes(a.id), v_text(STR("proof")), v_number(0), v_number(ctx.now),
				v_number(0)));
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(serve_people_show(&ctx, &(struct op_people_show){ ada_name }, &answer), 0);
	p = answer.record;
	assert_text(p->state, "frozen");
	assert_text(p->methods, "mail");
	assert_true(says(p->why, "frozen"));
	assert_true(says(p->why, "Only one way"));
	assert_true(says(p->why, "Too many failed proofs today from other devices."));
	assert_int_equal(answer.item_count, 1);
}

static void the_list_goes_on_where_the_cursor_says(void **state)
{
	const struct rec_person *people;
	struct op_people_list in = { .most = 2 };

	(void)state;
	assert_int_equal(ROW(.user_name = STR("c")), 0);
	assert_int_equal(ROW(.user_name = STR("a")), 0);
	assert_int_equal(ROW(.user_name = STR("b")), 0);
	assert_int_equal(serve_people_list(&ctx, &in, &answer), 0);
	people = answer.items;
	assert_int_equal(answer.item_count, 2);
	assert_text(people[0].name, "a");
	assert_text(people[1].name, "b");
	in.cursor = answer.cursor;
	answer = (struct answer){ 0 };
	assert_int_equal(serve_people_list(&ctx, &in, &answer), 0);
	people = answer.items;
	assert_int_equal(answer.item_count, 1);
	assert_text(people[0].name, "c");
	assert_int_equal(answer.cursor.length, 0);
}

static void search_finds_parts_and_takes_signs_as_they_are(void **state)
{
	struct op_people_list in = { .search = STR("countess") };

	(void)state;
	(void)add_ada();
	assert_int_equal(serve_people_list(&ctx, &in, &answer), 0);
	assert_int_equal(answer.item_count, 1);
	in.search = STR("%");
	assert_int_equal(serve_people_list(&ctx, &in, &answer), 0);
	assert_int_equal(answer.item_count, 0);
	in.search = STR("_d");
	assert_int_equal(serve_people_list(&ctx, &in, &answer), 0);
	assert_int_equal(answer.item_count, 0);
}

static void an_export_is_json_with_all_that_names_the_person(void **state)
{
	struct account a = add_ada();
	struct str json;

	(void)state;
	open_everything(a.id);
	assert_int_equal(
		serve_people_export(&ctx, &(struct op_people_export){ ada_name }, &answer), 0);
	json = ((struct rec_person_export *)answer.record)->json;
	assert_true(says(json, "\"userName\":\"ada\""));
	assert_true(says(json, "\"displayName\":\"Ada \\\"Countess\\\" Lovelace\""));
	assert_true(says(json, "\"methods\":[{\"kind\":\"mail\",\"address\":\"a@example.net\""));
	assert_true(says(json, "\"contacts\":[{\"address\":\"ada@example.net\"}]"));
	assert_true(says(json, "\"browser\":\"Firefox\""));
	assert_true(says(json, "\"messages\":[{\"message\":\"code\""));
	assert_true(says(json, "\"events\":[{\"at\":"));
	assert_true(says(json, "\"activity\":\"Add user\",\"result\":\"success\""));
	assert_int_equal(json.at[json.length - 1], '}');
}

static void erasing_leaves_no_row_but_the_audit_log(void **state)
{
	struct account a = add_ada();
	struct account gone;

	(void)state;
	open_everything(a.id);
	assert_int_equal(serve_people_erase(
				 &ctx, &(struct op_people_erase){ ada_name, STR("yes") }, &answer),
		0);
	assert_int_equal(person_find(&ctx, ada_name, &gone), reply_not_found);
	assert_int_equal(account_load(&ctx, a.id, &gone), reply_not_found);
	assert_int_equal(count_of(statement_sessions_of, a.id), 0);
	assert_int_equal(count_of(statement_devices_of, a.id), 0);
	assert_int_equal(count_of(statement_contacts_of, a.id), 0);
	assert_int_equal(count_of(statement_messages_of, a.id), 0);
	assert_int_equal(count_of(statement_methods_of, a.id), 0);
	assert_int_equal(count_of(statement_counters_of, a.id), 0);
	assert_int_equal(flows(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(disabling_ends_sessions_flows_devices_and_the_pass),
		TEST(enabling_leaves_the_methods_frozen_until_they_are_thawed),
		TEST(a_pass_is_shown_once_and_kept_as_a_mac),
		TEST(nobody_disabled_is_invited),
		TEST(a_name_nobody_has_is_not_found),
		TEST(unlocking_clears_the_counters),
		TEST(ending_sessions_ends_them_and_the_familiar_devices),
		TEST(a_person_may_be_asked_to_register),
		TEST(show_says_what_stands_in_the_way),
		TEST(the_list_goes_on_where_the_cursor_says),
		TEST(search_finds_parts_and_takes_signs_as_they_are),
		TEST(an_export_is_json_with_all_that_names_the_person),
		TEST(erasing_leaves_no_row_but_the_audit_log),
	};

	if (!secrets_open(64))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
