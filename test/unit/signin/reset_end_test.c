/* How a reset ends, by its time, by leaving it and by a new password: beside each answer, what
 * stands in the log after it, who is told what, and what the store holds. */
#include "reset.h"

/* ---- more time, the end ---- */

static void more_time_is_given_once_and_leaves_nothing_in_the_log(void **state)
{
	int64_t began;

	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	began = ctx.now;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
		assert_held(FLOW("expires"), began + 1800);
		assert_held(FLOW("state = 'asked' AND extended = 1"), 1);
	}
	assert_left("", "");
	ctx.now = began + 1799;
	assert_int_equal(show(), reply_check_messages);
	ctx.now += 1;
	assert_int_equal(show(), reply_shut);
	assert_left(CANCELLED, "");
	assert_held(FLOW("state = 'shut'"), 1);
}

static void more_time_for_the_password_is_given_once(void **state)
{
	int64_t ends;

	(void)state;
	prove_both();
	assert_logged(STARTED_MAIL "\n" DID_MAIL "\n" STARTED_APP "\n" DID_APP);
	ends = held("SELECT expires FROM flow");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ASK(recover_extend, 0), reply_choose);
		assert_held(FLOW("expires"), ends + 900);
		assert_held(FLOW("state = 'proven' AND extended = 1"), 1);
	}
	assert_logged("");
	ctx.now = ends + 900;
	assert_int_equal(choose(new_password), reply_shut);
	assert_left(CANCELLED, CODE_HOME);
}

static void leaving_shuts_it_at_any_step(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(ASK(recover_leave, 0), reply_begin);
	assert_left(STARTED_MAIL "\n" CANCELLED, CODE_HOME);
	assert_held(FLOW("state = 'shut'"), 1);
	assert_null(browser.flow);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_choose);
	assert_left(STARTED_MAIL "\n" DID_MAIL "\n" STARTED_APP "\n" DID_APP, CODE_HOME);
	assert_int_equal(ASK(recover_leave, 0), reply_begin);
	assert_left(CANCELLED, "");
	assert_held(FLOW("state = 'shut'"), 1);
}

static void a_comparison_that_never_ended_is_over_with_the_flow(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	change_store("UPDATE flow SET state = 'judging'");
	ctx.now += 900;
	assert_int_equal(show(), reply_shut);
	assert_left(STARTED_MAIL "\n" CANCELLED, CODE_HOME);
	assert_held(FLOW("state = 'shut'"), 1);
}

/* ---- the same where less is open:
 * no mail may go, more time was taken, an app is asked for ---- */

static void narrow(void)
{
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
}

static void no_tries(void)
{
	change_store("UPDATE flow SET tries = 0");
}

static void with_less_open_tries_count_and_end_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	narrow();
	for (int i = 4; i > 0; i--) {
		assert_int_equal(answer("000000"), reply_again);
		assert_left(MISSED, "");
		assert_held(FLOW("tries"), i);
	}
	assert_int_equal(answer("000000"), reply_shut);
	assert_left("reset_blocked ok: Too many wrong codes", "");
}

static void with_less_open_a_step_that_changes_nothing_is_a_step(void **state)
{
	int64_t version;

	(void)state;
	register_mail_and_app();
	narrow();
	ctx.now += 600; /* the last code is over */
	version = held("SELECT version FROM flow");
	assert_int_equal(resend(), reply_next_proof);
	assert_held(FLOW("version"), version + 1);
	assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
	assert_held(FLOW("version"), version + 2);
	assert_int_equal(turn_to("recovery_code"), reply_next_proof);
	assert_held(FLOW("method = 'recovery_code'"), 1);
	no_tries();
	assert_int_equal(resend(), reply_next_proof);
	assert_held(FLOW("version"), version + 4);
	assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
	assert_held(FLOW("version"), version + 5);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_held(FLOW("method = 'totp'"), 1);
	assert_left(STARTED_PAPER "\n" STARTED_APP, "");
}

static void with_less_open_leaving_and_its_time_end_it_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	narrow();
	for (int what = 0; what < 3; what++) {
		no_tries();
		if (what == 2)
			change_store("UPDATE flow SET state = 'judging'");
		ctx.now += what == 0 ? 0 : 1800;
		assert_int_equal(what == 0 ? ASK(recover_leave, 0) : show(),
			what == 0 ? reply_begin : reply_shut);
		assert_left(CANCELLED, "");
		assert_held(FLOW("state = 'shut'"), 1);
		narrow();
	}
}

static void with_less_open_a_comparison_cut_short_is_a_miss(void **state)
{
	(void)state;
	register_mail_and_app();
	narrow();
	change_store("UPDATE method SET seed = x'00' WHERE kind = 'totp'");
	assert_true(answer("000000") < 0);
	assert_left(MISSED, "");
	assert_held(FLOW("state = 'asked' AND tries = 4"), 1);
}

static void with_less_open_the_last_step_is_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int what = 0; what < 2; what++) {
		ctx.now += 1800;
		narrow();
		assert_int_equal(turn_to("mail"), reply_check_messages);
		assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
		assert_int_equal(answer(app_code(seed)), reply_choose);
		log_seen = held("SELECT MAX(rowid) FROM audit");
		assert_int_equal(choose("short"), reply_rules);
		assert_left("reset failed: The new password does not meet the password policy", "");
		assert_int_equal(ASK(recover_extend, 0), reply_choose);
		assert_left("", "");
		ctx.now += what ? 1800 : 0;
		assert_int_equal(
			what ? show() : ASK(recover_leave, 0), what ? reply_shut : reply_begin);
		assert_left(CANCELLED, "");
		assert_held(FLOW("state = 'shut'"), 1);
	}
}

static void nobody_s_reset_ends_as_anybody_s_does(void **state)
{
	(void)state;
	for (int what = 0; what < 3; what++) {
		assert_int_equal(begin("nobody"), reply_check_messages);
		assert_int_equal(turn_to("totp"), reply_next_proof);
		assert_int_equal(resend(), reply_next_proof);
		assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
		assert_int_equal(ASK(recover_extend, 0), reply_check_messages);
		if (what == 2)
			change_store("UPDATE flow SET state = 'judging' WHERE state = 'asked'");
		ctx.now += what ? 1800 : 1799;
		assert_int_equal(
			what ? show() : ASK(recover_leave, 0), what ? reply_shut : reply_begin);
		assert_held(FLOW("state = 'shut'"), 1);
	}
	assert_held("COUNT(*) FROM audit WHERE account <> x''", 0);
}

/* ---- the new password ---- */

#define BREAKS_A_RULE "reset failed: The new password does not meet the password policy"
#define GUESSED "reset failed: FuzzyPolicyViolationInvalidPassword"

static void assert_broken(const char *password, const char *rule, const char *logged)
{
	assert_int_equal(choose(password), reply_rules);
	assert_true(str_is(out.words, rule));
	assert_true(str_is(out.field, "password"));
	assert_left(logged, "");
	assert_held(FLOW("state = 'proven'"), 1);
	assert_held("changed FROM password", 1);
}

static void a_refused_password_is_logged_by_what_is_wrong_with_it(void **state)
{
	(void)state;
	set_conf("policy.organisationWords", "contoso");
	prove_both();
	assert_left(STARTED_MAIL "\n" DID_MAIL "\n" STARTED_APP "\n" DID_APP, CODE_HOME);
	assert_broken("too short", "password_short", BREAKS_A_RULE);
	assert_int_equal(out.number, 15);
	assert_broken("zebra lamp\t471 122", "password_characters", BREAKS_A_RULE);
	assert_broken("correcthorsebatterystaple", "password_common", GUESSED);
	assert_broken("lovelace lovelace", "password_name", GUESSED);
	assert_broken("ada@home.example", "password_name", GUESSED);
	assert_broken("contoso contoso 1", "password_organisation", GUESSED);
	assert_broken("yyyyyyyyyyyyyyyy", "password_repeated", GUESSED);
}

/* What she is called anywhere, where mail finds her, and where she works. */
static void no_name_of_hers_or_of_the_house_is_a_password(void **state)
{
	static const char *const names[] = { "quorzlim quorzlim", "bendrak bendrak",
		"fostwig fostwig", "gurnhap gurnhap", "sakana sakana sakana", "upnjolk upnjolk",
		"workvemm workvemm", "numbrix numbrix", "homeskad homeskad", "housefenk housefenk",
		"brandozz brandozz", "brandjapp brandjapp" };
	struct unit unit = unit_begin(&ctx);

	(void)state;
	prove_both();
	set_conf("site.organisation", "Housefenk");
	unit_add(&unit, statement_brand_set, 1,
		WITH(v_text(STR("organisation")), v_text(STR("")), v_bytes(STR("Brandozz"))));
	unit_add(&unit, statement_brand_set, 1,
		WITH(v_text(STR("organisation")), v_text(STR("ja")), v_bytes(STR("Brandjapp"))));
	unit_add(&unit, statement_brand_set, 1,
		WITH(v_text(STR("help_text")), v_text(STR("")), v_bytes(STR("purpurn kartoffel"))));
	assert_int_equal(unit_commit(&unit), 0);
	change_store("UPDATE account SET name = 'quorzlim', display_name = 'Bendrak', given_name = "
		     "'Fostwig', "
		     "surname = 'Gurnhap', reading = 'さかな', upn = 'upnjolk@corp.test', mail = "
		     "'workvemm@corp.test', "
		     "employee_id = 'numbrix'");
	change_store("UPDATE method SET address = 'homeskad@home.test' WHERE kind = 'mail'");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (choose(names[i]) != reply_rules || !str_is(out.words, "password_name"))
			fail_msg("%s", names[i]);
	}
	assert_int_equal(choose("purpurn kartoffel"), reply_password_done);
	assert_int_equal(out.words.length, 0);
}

/* A session, a device, a pass, a counter, refused passwords and a half-done sign-in. */
static void open_everything(void)
{
	browser.flow = NULL;
	assert_int_equal(
		ASK(signin_password, .name = STR("ada"), .password = typed("not the password")),
		reply_wrong);
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	change_store("INSERT INTO counter VALUES ((SELECT id FROM account), 'signin', 0, 3, 1, 0)");
	change_store("INSERT INTO pass VALUES ((SELECT id FROM account), x'00', 1, 9999999999, 5)");
	browser.flow = browser.session = browser.device = NULL;
}

#define OPEN(table) assert_held("COUNT(*) FROM " table, 1)
#define NONE(table) assert_held("COUNT(*) FROM " table, 0)

static void assert_all_ended(void)
{
	NONE("session");
	NONE("device");
	NONE("pass");
	NONE("counter");
	NONE("refused_password");
	NONE("flow WHERE kind = 'signin'");
	OPEN("flow WHERE kind = 'recover' AND state = 'done'");
	OPEN("password WHERE origin = 'rekey' AND must_change = 0 AND legacy = 0");
	assert_held("changed FROM password", ctx.now);
}

static void a_new_password_ends_what_was_open_and_all_addresses_hear_of_it(void **state)
{
	(void)state;
	register_mail_and_app();
	open_everything();
	OPEN("session");
	OPEN("device");
	OPEN("pass");
	OPEN("refused_password");
	OPEN("flow WHERE kind = 'signin' AND state = 'asked'");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_choose);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	ctx.now += 7;
	assert_int_equal(choose(new_password), reply_password_done);
	assert_left("reset_progress ok: User successfully reset password\nreset ok: Successfully "
		    "completed reset.",
		"password_reset ada@work.example\npassword_reset ada@home.example");
	assert_all_ended();
	assert_true(str_is(out.support, mailed("password_reset", "support")));
	assert_string_equal(mailed("password_reset", "where"), "192.0.2.7");
	NONE("banner");
	OPEN("token WHERE purpose = 'not_me'");
	assert_held("expires FROM token", ctx.now + 72 * 3600);
	assert_int_equal(choose(new_password), reply_password_done);
	assert_left("", "");
}

/* Who has nothing but the mailbox that got the code is told on the next page, and the desk is. */
static void where_only_that_address_would_hear_the_desk_and_the_next_page_do(void **state)
{
	(void)state;
	set_conf("mail.helpDeskMail", "desk@work.example");
	change_store("UPDATE account SET mail = ''");
	prove_both();
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	assert_int_equal(choose(new_password), reply_password_done);
	assert_left("reset_progress ok: User successfully reset password\nreset ok: Successfully "
		    "completed reset.",
		"password_reset ada@home.example\nonly_address_desk desk@work.example");
	assert_string_equal(mailed("only_address_desk", "subject_name"), "ada");
	assert_true(str_is(out.support, mailed("only_address_desk", "support")));
	assert_non_null(mailed("only_address_desk", "when"));
	OPEN("banner WHERE message = 'password_reset'");
	assert_held("at FROM banner", ctx.now);
}

/* The unit of a reset has room for all of it: eight addresses of one's own, and as many
 * administrators as are told. */
static void the_other_administrators_hear_of_an_administrator_s_reset(void **state)
{
	(void)state;
	change_store("INSERT INTO directory_group VALUES (x'61646d696e7361646d696e7361646d69', "
		     "'Admins', 'admins', '', 1)");
	change_store("INSERT INTO policy_scope VALUES ('administratorGroups', "
		     "x'61646d696e7361646d696e7361646d69')");
	change_store(
		"WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 29) "
		"INSERT INTO account "
		"SELECT randomblob(16), 'admin' || i, 'admin' || i, '', '', '', '', '', 'admin' || "
		"i || '@work.example', '', 'en', "
		"CASE i WHEN 11 THEN 'disabled' ELSE 'active' END, 0, 0, 1, 1, 0, NULL FROM n");
	change_store("INSERT INTO group_person SELECT x'61646d696e7361646d696e7361646d69', id FROM "
		     "account");
	change_store("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
		     "INSERT INTO contact "
		     "SELECT a.id, 'mail', 'other' || i || '@home.example' FROM n, account a WHERE "
		     "a.name = 'ada'");
	prove_both();
	assert_int_equal(choose(new_password), reply_password_done);
	assert_held("COUNT(*) FROM outbox WHERE message = 'admin_reset'", 16);
	assert_held("COUNT(*) FROM outbox WHERE message = 'password_reset'", 8);
	assert_held("COUNT(*) FROM outbox o JOIN account a ON a.id = o.account WHERE o.message = "
		    "'admin_reset' "
		    "AND a.name IN ('ada', 'admin11')",
		0);
	assert_string_equal(mailed("admin_reset", "subject_name"), "ada");
}

/* An address that got no code in this reset is another one: that is enough. */
static void an_address_that_got_no_code_is_enough(void **state)
{
	(void)state;
	set_conf("mail.helpDeskMail", "desk@work.example");
	set_conf("policy.numberOfAuthenticationMethodsRequired", "1");
	change_store("UPDATE account SET mail = ''");
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_choose);
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	assert_int_equal(choose(new_password), reply_password_done);
	assert_told("password_reset ada@home.example");
	NONE("banner");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(more_time_is_given_once_and_leaves_nothing_in_the_log),
		IN_HOUSE(more_time_for_the_password_is_given_once),
		IN_HOUSE(leaving_shuts_it_at_any_step),
		IN_HOUSE(a_comparison_that_never_ended_is_over_with_the_flow),
		IN_HOUSE(with_less_open_tries_count_and_end_the_same),
		IN_HOUSE(with_less_open_a_step_that_changes_nothing_is_a_step),
		IN_HOUSE(with_less_open_leaving_and_its_time_end_it_the_same),
		IN_HOUSE(with_less_open_a_comparison_cut_short_is_a_miss),
		IN_HOUSE(with_less_open_the_last_step_is_the_same),
		IN_HOUSE(nobody_s_reset_ends_as_anybody_s_does),
		IN_HOUSE(a_refused_password_is_logged_by_what_is_wrong_with_it),
		IN_HOUSE(no_name_of_hers_or_of_the_house_is_a_password),
		IN_HOUSE(a_new_password_ends_what_was_open_and_all_addresses_hear_of_it),
		IN_HOUSE(where_only_that_address_would_hear_the_desk_and_the_next_page_do),
		IN_HOUSE(the_other_administrators_hear_of_an_administrator_s_reset),
		IN_HOUSE(an_address_that_got_no_code_is_enough),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("signin reset_end", tests, NULL, NULL);
}
