/* The administrator's page, asked as a browser asks it: who sees it, what it says of a change, and
 * what a signed change leaves behind. */
#include "key.h"

#include "people/admin.h"

#define ADMINS "x'61646d696e7361646d696e7361646d69'"

static void add_group(const char *name)
{
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) }, &out), 0);
}

static void set(const char *setting, const char *value)
{
	out = (struct answer){ 0 };
	assert_int_equal(serve_policy_set(&ctx,
				 &(struct op_policy_set){
					 .setting = str_of(setting), .value = str_of(value) },
				 &out),
		0);
}

/* Ada has a passkey, is an administrator, and is signed in with it. */
static int open_world(void **state)
{
	if (open_house_with_key(state))
		return -1;
	register_key(up | uv);
	change_store("INSERT INTO directory_group VALUES (" ADMINS ", 'Admins', 'admins', '', 1)");
	change_store("INSERT INTO policy_scope VALUES ('administratorGroups', " ADMINS ")");
	change_store("INSERT INTO group_person SELECT " ADMINS ", id FROM account");
	change_store("INSERT INTO policy_text VALUES ('administrationNetworks', '192.0.2.0/24')");
	enter(2);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	return 0;
}

static const struct rec_admin_change *change(void)
{
	return out.record;
}

static err weigh(const char *id, const char *value)
{
	return ASK(admin_weigh, .id = str_of(id), .value = str_of(value));
}

static const char *verdict(const char *id, const char *value)
{
	assert_int_equal(weigh(id, value), reply_done);
	assert_int_equal(change()->options.length > 0, str_is(change()->verdict, "page"));
	return arena_copy(ctx.arena, change()->verdict).at;
}

static struct signature signed_for(const char *id, const char *value)
{
	struct signature s = { .flags = up | uv };

	assert_int_equal(weigh(id, value), reply_done);
	s.challenge = from_options(change()->options, "challenge");
	sign(&s);
	return s;
}

static err send(const char *id, const char *value, const struct signature *s)
{
	return ASK(admin_change, .id = str_of(id), .value = str_of(value), SIGNED(s));
}

static err make_change(const char *id, const char *value)
{
	struct signature s = signed_for(id, value);

	return send(id, value, &s);
}

/* ---- who sees it ---- */

static void assert_hidden(void)
{
	struct signature s = { .challenge = STR("0123456789abcdef0123456789abcdef") };

	sign(&s);
	assert_int_equal(ASK(admin_show, 0), reply_not_found);
	assert_null(out.record);
	assert_int_equal(weigh("campaign", "on"), reply_not_found);
	assert_int_equal(weigh("no_such_setting", "on"), reply_not_found);
	assert_int_equal(send("campaign", "on", &s), reply_not_found);
	assert_int_equal(ASK(admin_report_registration, 0), reply_not_found);
	assert_int_equal(ASK(admin_report_methods, 0), reply_not_found);
	assert_int_equal(ASK(admin_report_usage, 0), reply_not_found);
	assert_null(out.record);
	assert_int_equal(out.item_count, 0);
	assert_int_equal(ASK(info_show, 0), reply_done);
	assert_int_equal(((const struct rec_info *)out.record)->administrator, 0);
}

static void who_is_no_administrator_here_sees_nothing(void **state)
{
	static const struct {
		const char *lose, *regain;
	} rows[] = {
		{ "DELETE FROM group_person",
			"INSERT INTO group_person SELECT " ADMINS ", id FROM account" },
		{ "UPDATE session SET level = 1", "UPDATE session SET level = 2" },
		{ "UPDATE session SET by_pass = 1", "UPDATE session SET by_pass = 0" },
		{ "UPDATE account SET frozen = 1", "UPDATE account SET frozen = 0" },
		{ "UPDATE policy_text SET value = '192.0.3.0/24'",
			"UPDATE policy_text SET value = '192.0.2.7'" },
		{ "DELETE FROM policy_text",
			"INSERT INTO policy_text VALUES ('administrationNetworks', '192.0.2.7')" },
		{ "INSERT INTO policy_text VALUES ('kioskNetworks', '192.0.2.7')",
			"DELETE FROM policy_text WHERE name = 'kioskNetworks'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		change_store(rows[i].lose);
		assert_hidden();
		change_store(rows[i].regain);
		assert_int_equal(ASK(admin_show, 0), reply_done);
	}
	assert_held("COUNT(*) FROM policy_site", 0);
}

static void every_setting_is_shown(void **state)
{
	enum { all = (int)rule_count + (int)rule_list_count + (int)policy_text_count };
	const struct rec_admin_setting *rows;
	struct setting setting;

	(void)state;
	add_group("Sales");
	change_store(
		"INSERT INTO policy_group SELECT id, 'passwordMinLength', 24 FROM directory_group "
		"WHERE name = 'Sales'");
	assert_int_equal(ASK(admin_show, 0), reply_done);
	rows = out.items;
	assert_int_equal(out.item_count, all);
	for (size_t i = 0; i < all; i++) {
		assert_true(setting_by_id(rows[i].id, &setting));
		assert_true(str_is(rows[i].setting, setting.name));
		assert_true(rows[i].value.length > 0);
		assert_int_equal(rows[i].others.length > 0, str_is(rows[i].id, "password_min"));
		if (str_is(rows[i].id, "password_min"))
			assert_true(str_is(rows[i].others, "Sales: 24"));
	}
	assert_int_equal(((const struct rec_admin *)out.record)->changes_left, 12);
}

static void reports_count_and_name_nobody(void **state)
{
	const struct rec_usage *usage;

	(void)state;
	assert_int_equal(ASK(admin_report_registration, 0), reply_done);
	assert_int_equal(((const struct rec_registration *)out.record)->people, 1);
	assert_int_equal(out.item_count, 0);
	assert_int_equal(ASK(admin_report_methods, 0), reply_done);
	assert_int_equal(((const struct rec_method_use *)out.record)->one, 1);
	assert_int_equal(out.item_count, method_kind_count);
	assert_int_equal(ASK(admin_report_usage, 0), reply_done);
	usage = out.record;
	assert_int_equal(usage->until, ctx.now);
	assert_int_equal(usage->begun, 0);
	for (size_t i = 0; i < out.item_count; i++)
		assert_false(str_is(((const struct rec_usage_row *)out.items)[i].way, "ada"));
}

/* ---- what it says of a change ---- */

static void a_change_is_judged_before_it_is_made(void **state)
{
	(void)state;
	add_group("Staff");
	add_group("O'Brien $(x)");
	assert_string_equal(verdict("reconfirm_days", "90"), "page");
	assert_true(str_is(change()->was, "180") && str_is(change()->value, "90"));
	assert_true(str_is(
		change()->command, "rekey policy set registrationReconfirmIntervalInDays 90"));
	assert_int_equal(change()->people, 1);
	assert_int_equal(change()->all, 1);
	assert_string_equal(verdict("reconfirm_days", "180"), "same");
	assert_string_equal(verdict("reconfirm_days", "0"), "weaker");
	assert_string_equal(verdict("excluded_groups", "Staff"), "command");
	assert_string_equal(verdict("mail_exclude", " staff,O'Brien $(x),Staff "), "page");
	assert_true(str_is(change()->value, "Staff, O'Brien $(x)"));
	assert_true(str_is(change()->command,
		"rekey policy set emailOptionExcludeGroups 'Staff, O'\\''Brien $(x)'"));
	assert_string_equal(verdict("helpdesk", "https://help.example/?a=1&b"), "command");
	assert_true(str_is(change()->command,
		"rekey policy set customHelpdeskEmailOrUrl 'https://help.example/?a=1&b'"));
	assert_int_equal(weigh("mail_exclude", "Nobody"), reply_refused);
	assert_true(str_is(out.words, "policy_groups") && str_is(out.field, "value"));
	assert_int_equal(weigh("reconfirm_days", "731"), reply_refused);
	assert_int_equal(weigh("campaign", "yes"), reply_refused);
	assert_int_equal(weigh("admin_networks", "everywhere"), reply_refused);
	set("passkeysEnabled", "off");
	set("mobileAppCodeEnabled", "off");
	assert_int_equal(weigh("codes_on", "off"), reply_refused);
	assert_true(str_is(out.words, "policy_no_way"));
	assert_held("COUNT(*) FROM policy_scope", 1);
	ctx.now += 5 * 60 + 1;
	assert_int_equal(weigh("reconfirm_days", "90"), reply_prove_first);
}

/* ---- what it leaves ---- */

static void a_signed_change_is_made_once_and_told(void **state)
{
	struct signature s, again;

	(void)state;
	set("registrationReconfirmIntervalInDays", "180");
	log_seen = held("SELECT MAX(rowid) FROM audit");
	s = signed_for("reconfirm_days", "90");
	assert_int_equal(send("reconfirm_days", "90", &s), reply_done);
	assert_held(
		"value FROM policy_site WHERE name = 'registrationReconfirmIntervalInDays'", 90);
	assert_held("COUNT(*) FROM audit WHERE event = 'policy' AND actor = 'self' AND note = "
		    "'registrationReconfirmIntervalInDays: 180 -> 90'",
		1);
	assert_told("policy_changed ada@work.example");
	assert_string_equal(mailed("policy_changed", "was"), "180");
	assert_string_equal(mailed("policy_changed", "now"), "90");
	assert_string_equal(mailed("policy_changed", "subject_name"), "ada");
	assert_int_equal(send("reconfirm_days", "90", &s), reply_already);
	set("registrationReconfirmIntervalInDays", "180");
	assert_int_not_equal(send("reconfirm_days", "90", &s), reply_done);
	again = signed_for("reconfirm_days", "90");
	assert_int_equal(send("reconfirm_days", "60", &again), reply_refused);
	assert_true(str_is(out.words, "admin_stale"));
	assert_int_equal(send("reconfirm_days", "0", &again), reply_refused);
	assert_true(str_is(out.words, "admin_weaker"));
	set("registrationReconfirmIntervalInDays", "120");
	assert_int_equal(send("reconfirm_days", "90", &again), reply_refused);
	assert_held(
		"value FROM policy_site WHERE name = 'registrationReconfirmIntervalInDays'", 120);
}

static void lists_take_and_lose_single_groups(void **state)
{
	(void)state;
	add_group("Staff");
	add_group("Sales");
	assert_int_equal(make_change("mail_include", "Staff, Sales"), reply_done);
	assert_held("COUNT(*) FROM policy_scope WHERE list = 'emailOptionIncludeGroups'", 2);
	assert_int_equal(make_change("mail_include", "Sales"), reply_done);
	assert_held("COUNT(*) FROM policy_scope s JOIN directory_group g ON g.id = s.within WHERE "
		    "list = 'emailOptionIncludeGroups' AND g.name = 'Sales'",
		1);
	assert_held("COUNT(*) FROM policy_scope WHERE list = 'emailOptionIncludeGroups'", 1);
	assert_string_equal(verdict("mail_include", "none"), "weaker");
	assert_string_equal(verdict("mail_include", "Staff"), "weaker");
	assert_int_equal(make_change("combined_groups", "Staff"), reply_done);
	assert_int_equal(make_change("combined_groups", "none"), reply_done);
	assert_held("COUNT(*) FROM policy_scope WHERE list = 'combinedRegistrationGroups'", 0);
}

/* Sixteen administrators, twelve groups, and whatever else one unit has. */
static void the_longest_change_is_one_unit(void **state)
{
	struct buf names = buf_in(ctx.arena, 400);

	(void)state;
	for (int i = 0; i <= list_moves_most; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "g%d", i);
		add_group(name);
		if (i < list_moves_most)
			buf_print(&names, "%s%s", i ? ", " : "", name);
	}
	change_store(
		"WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 29) "
		"INSERT INTO account SELECT randomblob(16), 'b' || i, 'b' || i, '', '', '', '', "
		"'', 'b' || i || '@work.example', '', 'ja', 'active', 0, 0, 1, 1, 0, NULL FROM n");
	change_store(
		"INSERT INTO group_person SELECT " ADMINS ", id FROM account WHERE name LIKE 'b%'");
	buf_char(&names, 0);
	assert_int_equal(make_change("mail_exclude", names.at), reply_done);
	assert_held("COUNT(*) FROM policy_scope WHERE list = 'emailOptionExcludeGroups'",
		list_moves_most);
	assert_held("COUNT(*) FROM outbox WHERE message = 'policy_changed'", 16);
	names.length--;
	buf_print(&names, ", g%d", (int)list_moves_most);
	buf_char(&names, 0);
	set("emailOptionExcludeGroups", "none");
	assert_string_equal(verdict("mail_exclude", names.at), "weaker");
}

static void so_many_an_hour(void **state)
{
	char value[8];

	(void)state;
	for (int i = 0; i < 12; i++) {
		(void)snprintf(value, sizeof(value), "%d", 16 + i);
		assert_int_equal(make_change("password_min", value), reply_done);
	}
	assert_int_equal(weigh("password_min", "40"), reply_done);
	assert_int_equal(change()->options.length, 0);
	assert_int_equal(change()->changes_left, 0);
	ctx.now += 60 * 60;
	change_store("UPDATE session SET proved = proved + 3600");
	assert_int_equal(make_change("password_min", "40"), reply_done);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_house_with_key)
	const struct CMUnitTest tests[] = {
		TEST(who_is_no_administrator_here_sees_nothing),
		TEST(every_setting_is_shown),
		TEST(reports_count_and_name_nobody),
		TEST(a_change_is_judged_before_it_is_made),
		TEST(a_signed_change_is_made_once_and_told),
		TEST(lists_take_and_lose_single_groups),
		TEST(the_longest_change_is_one_unit),
		TEST(so_many_an_hour),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
