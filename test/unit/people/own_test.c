/* What a person who is signed in does with the own security information and password: beside each
 * answer, what stands in the log after it, who is told what, and what the store holds. */
#include "../journey.h"

/* A session as sign-in opens it, in a browser that forgets the device; vouched for, so that what it
 * adds counts at once. */
static void enter(int64_t level, bool by_pass)
{
	struct unit unit = unit_begin(&ctx);
	struct account account;

	(void)ask();
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_int_equal(session_open(&unit, &out, &account, level, by_pass, STR("password")), 0);
	assert_int_equal(unit_commit(&unit), 0);
	change_store("UPDATE session SET vouched = 1");
	(void)kept(0);
	browser.device = NULL;
}

static const struct rec_method_new *added;
static struct str id; /* of the method that is being added */

static err keep_added(err e)
{
	added = out.record;
	id = added ? added->id : STR("");
	return e;
}

static err add(const char *kind, const char *address)
{
	return keep_added(ASK(info_add, .kind = str_of(kind), .address = str_of(address)));
}

static err confirm(const char *code, const char *label)
{
	return ASK(info_confirm, .id = id, .code = typed(code), .label = str_of(label));
}

static err resend(void)
{
	return ASK(info_resend, .id = id);
}

#define METHOD(column) "(SELECT " column " FROM method ORDER BY rowid DESC LIMIT 1)"
#define SESSION(column) "(SELECT " column " FROM session ORDER BY rowid DESC LIMIT 1)"
#define ONE(table) assert_held("COUNT(*) FROM " table, 1)
#define NONE(table) assert_held("COUNT(*) FROM " table, 0)
#define ADDED_WORK "method_added ada@work.example"
#define ADDED_HOME "method_added ada@home.example"
#define COMPLETE "\ninfo_complete ok\nreset_registered ok"
#define CONFIRM_HOME "confirm_code ada@home.example"

/* The code that the seed on the page makes now. */
static const char *shown_code(void)
{
	return app_code(added->seed);
}

/* ---- an app ---- */

static void an_app_counts_when_its_first_code_was_right(void **state)
{
	struct secret *token;

	(void)state;
	enter(1, false);
	token = browser.session;
	assert_int_equal(add("totp", ""), reply_next_proof);
	assert_left("", "");
	assert_int_equal(added->tries_left, 5);
	assert_non_null(added->uri);
	assert_held(
		METHOD("kind = 'totp' AND state = 'pending' AND tries = 5 AND seed IS NOT NULL"),
		1);
	assert_int_equal(confirm("000000", ""), reply_again);
	assert_true(str_is(out.words, "code_wrong"));
	assert_int_equal(out.number, 4);
	assert_held(METHOD("state = 'pending' AND tries = 4"), 1);
	assert_left("", "");
	assert_ptr_equal(browser.session, token);
	assert_int_equal(confirm(shown_code(), " my phone "), reply_done);
	assert_left("info_registered ok: totp", ADDED_WORK);
	assert_string_equal(mailed("method_added", "kind"), "totp");
	assert_string_equal(mailed("method_added", "label"), "my phone");
	assert_held(METHOD("state = 'active' AND label = 'my phone' AND code IS NULL"), 1);
	assert_held(METHOD("verified"), ctx.now);
	assert_held(METHOD("floor"), ctx.now / 30);
	/* Whoever has just set up a second way has proved it. */
	assert_ptr_not_equal(browser.session, token);
	ONE("session");
	assert_held(SESSION("level"), 2);
	assert_held(SESSION("proved"), ctx.now);
	assert_int_equal(confirm(shown_code(), ""), reply_not_found);
}

static void the_fifth_wrong_code_drops_what_was_being_added(void **state)
{
	(void)state;
	enter(1, false);
	assert_int_equal(add("totp", ""), reply_next_proof);
	for (int i = 4; i > 0; i--) {
		assert_int_equal(confirm("000000", ""), reply_again);
		assert_held(METHOD("tries"), i);
	}
	assert_int_equal(confirm("000000", ""), reply_shut);
	NONE("method");
	assert_left("", "");
	assert_int_equal(confirm(shown_code(), ""), reply_not_found);
}

static void the_last_try_is_a_try_and_after_it_is_none(void **state)
{
	(void)state;
	enter(1, false);
	for (int left = 0; left < 2; left++) {
		assert_int_equal(add("totp", ""), reply_next_proof);
		change_store(left ? "UPDATE method SET tries = 1" : "UPDATE method SET tries = 0");
		assert_int_equal(confirm(shown_code(), ""), left ? reply_done : reply_shut);
		assert_held("COUNT(*) FROM method", left);
	}
}

static void one_that_was_not_confirmed_makes_room_for_the_next(void **state)
{
	(void)state;
	enter(1, false);
	assert_int_equal(add("totp", ""), reply_next_proof);
	assert_int_equal(add("totp", ""), reply_next_proof);
	assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
	assert_int_equal(add("mail", "ada@club.example"), reply_check_messages);
	ONE("method WHERE kind = 'totp'");
	ONE("method WHERE kind = 'mail' AND address = 'ada@club.example'");
}

/* ---- an address ---- */

static void an_address_counts_when_the_code_sent_there_came_back(void **state)
{
	struct secret *token;

	(void)state;
	enter(1, false);
	token = browser.session;
	assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
	assert_left("", CONFIRM_HOME);
	assert_string_equal(mailed("confirm_code", "minutes"), "10");
	assert_string_equal(mailed("confirm_code", "where"), "192.0.2.7");
	assert_held(
		METHOD("kind = 'mail' AND state = 'pending' AND tries = 5 AND code IS NOT NULL"),
		1);
	assert_held(METHOD("code_expires"), ctx.now + 600);
	ONE("sending");
	assert_int_equal(confirm("11111111", ""), reply_again);
	assert_held(METHOD("tries"), 4);
	assert_left("", "");
	assert_int_equal(confirm(mailed("confirm_code", "code"), ""), reply_done);
	assert_left("info_registered ok: mail", ADDED_WORK);
	assert_string_equal(mailed("method_added", "label"), "ada@home.example");
	assert_held(METHOD("state = 'active' AND code IS NULL AND label = 'ada@home.example'"), 1);
	/* Mail proves no sign-in. */
	assert_held(SESSION("level"), 1);
	assert_ptr_equal(browser.session, token);
}

static void a_confirmation_code_is_good_until_the_second_its_time_is_over(void **state)
{
	(void)state;
	enter(1, false);
	for (int late = 1; late >= 0; late--) {
		assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
		ctx.now += 599 + late;
		change_store(late ? "UPDATE session SET proved = 1000600"
				  : "UPDATE session SET proved = 1001199");
		assert_int_equal(confirm(mailed("confirm_code", "code"), ""),
			late ? reply_again : reply_done);
	}
}

static void a_code_sent_again_ends_the_one_before(void **state)
{
	const char *first;

	(void)state;
	enter(1, false);
	assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
	first = mailed("confirm_code", "code");
	ctx.now += 5;
	assert_int_equal(resend(), reply_check_messages);
	assert_left("", CONFIRM_HOME "\n" CONFIRM_HOME);
	ONE("outbox WHERE state = 'dead' AND sealed IS NULL");
	assert_held(METHOD("code_expires"), ctx.now + 600);
	assert_held(METHOD("tries"), 5);
	ONE("method");
	assert_int_equal(confirm(first, ""), reply_again);
	assert_int_equal(confirm(mailed("confirm_code", "code"), ""), reply_done);
}

static void the_fourth_code_of_a_quarter_of_an_hour_is_too_fast(void **state)
{
	struct str pending;

	(void)state;
	enter(1, false);
	assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
	pending = id;
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_told(CONFIRM_HOME "\n" CONFIRM_HOME "\n" CONFIRM_HOME);
	assert_int_equal(resend(), reply_too_fast);
	assert_int_equal(out.wait_seconds, 15 * 60);
	ONE("method WHERE state = 'pending' AND tries = 5");
	assert_int_equal(add("mail", "ada@home.example"), reply_too_fast);
	ONE("method WHERE state = 'pending' AND tries = 5");
	assert_left("", "");
	id = pending;
	change_store("UPDATE method SET tries = 0");
	assert_int_equal(resend(), reply_too_fast);
	assert_left("", "");
	ONE("method WHERE state = 'pending' AND tries = 0");
	change_store("DELETE FROM method");
	assert_int_equal(add("mail", "ada@home.example"), reply_too_fast);
	NONE("method");
	assert_left("", "");
}

static void an_app_has_no_code_to_send_again(void **state)
{
	(void)state;
	enter(1, false);
	assert_int_equal(add("totp", ""), reply_next_proof);
	assert_int_equal(resend(), reply_too_fast);
	assert_left("", "");
	ONE("method WHERE state = 'pending' AND tries = 5 AND code IS NULL");
}

/* ---- recovery codes ---- */

static void ten_codes_are_shown_once_and_a_new_set_ends_the_old(void **state)
{
	struct secret *token;

	(void)state;
	enter(1, false);
	for (int i = 0; i < 2; i++) {
		token = browser.session;
		assert_int_equal(add("recovery_code", ""), reply_done);
		assert_left("info_registered ok: recovery_code", ADDED_WORK);
		assert_int_equal(secret_length(added->codes), 10 * 32 + 9);
		ONE("method WHERE kind = 'recovery_code' AND state = 'active'");
		assert_held("COUNT(*) FROM recovery_code WHERE used = 0", 10);
		assert_held("COUNT(DISTINCT mac) FROM recovery_code", 10);
		assert_held(SESSION("level"), 2);
		assert_ptr_not_equal(browser.session, token);
		ONE("session");
	}
}

/* ---- what the log says when nothing is missing any more ---- */

static void what_makes_it_complete_is_logged_once(void **state)
{
	(void)state;
	enter(1, false);
	assert_int_equal(add("mail", "ada@home.example"), reply_check_messages);
	assert_int_equal(confirm(mailed("confirm_code", "code"), ""), reply_done);
	assert_left("info_registered ok: mail", CONFIRM_HOME "\n" ADDED_WORK);
	ctx.now += 1;
	assert_int_equal(add("mail", "ada@club.example"), reply_check_messages);
	assert_int_equal(confirm(mailed("confirm_code", "code"), ""), reply_done);
	assert_left("info_registered ok: mail",
		"confirm_code ada@club.example\n" ADDED_WORK "\n" ADDED_HOME);
	assert_int_equal(add("totp", ""), reply_next_proof);
	assert_int_equal(confirm(shown_code(), ""), reply_done);
	assert_left("info_registered ok: totp" COMPLETE,
		ADDED_WORK "\n" ADDED_HOME "\nmethod_added ada@club.example");
	assert_int_equal(add("recovery_code", ""), reply_done);
	assert_logged("info_registered ok: recovery_code");
}

/* Whoever has a way more can sign in otherwise; and a thief's reset must not go on beside it. */
static void a_new_way_ends_the_resets_under_way(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	enter(1, false);
	for (int codes = 0; codes < 2; codes++) {
		browser.flow = NULL;
		assert_int_equal(ASK(recover_begin, .name = STR("ada")), reply_check_messages);
		ONE("flow WHERE account IS NOT NULL");
		if (codes) {
			assert_int_equal(add("recovery_code", ""), reply_done);
		} else {
			assert_int_equal(add("totp", ""), reply_next_proof);
			ONE("flow WHERE account IS NOT NULL");
			assert_int_equal(confirm(shown_code(), ""), reply_done);
		}
		NONE("flow WHERE account IS NOT NULL");
	}
}

static void ways_are_added_by_the_freshly_proved_alone(void **state)
{
	(void)state;
	enter(1, false);
	ctx.now += 299;
	assert_int_equal(add("totp", ""), reply_next_proof);
	ctx.now += 1;
	assert_int_equal(add("totp", ""), reply_prove_first);
	assert_int_equal(confirm("000000", ""), reply_prove_first);
	assert_held(METHOD("tries"), 5);
	enter(1, false);
	add_paper(paper_code);
	assert_int_equal(add("totp", ""), reply_prove_first);
	enter(2, false);
	assert_int_equal(add("totp", ""), reply_next_proof);
}

/* ---- the password ---- */

static err change(const char *old, const char *password)
{
	return ASK(change_password, .old = old ? typed(old) : NULL, .password = typed(password));
}

#define OLD_WRONG "change failed: The old password was wrong"
#define CHANGED_WORK "password_changed ada@work.example"

static void assert_unchanged(void)
{
	assert_held("changed FROM password", 1);
}

static void a_password_alone_is_asked_for_before_it_is_changed(void **state)
{
	struct secret *token;

	(void)state;
	enter(1, false);
	token = browser.session;
	assert_int_equal(change(NULL, new_password), reply_wrong);
	assert_true(str_is(out.field, "old"));
	assert_true(str_is(out.words, "password_missing"));
	assert_left("", "");
	NONE("counter");
	assert_int_equal(change("not the password", new_password), reply_wrong);
	assert_true(str_is(out.words, "password_wrong"));
	assert_left(OLD_WRONG, "");
	ONE("counter WHERE kind = 'signin' AND half = 0 AND count = 1");
	assert_unchanged();
	assert_int_equal(change(old_password, "short"), reply_rules);
	assert_left("change failed: The new password does not meet the password policy", "");
	NONE("counter");
	assert_int_equal(change(old_password, "lovelace lovelace"), reply_rules);
	assert_left("change failed: FuzzyPolicyViolationInvalidPassword", "");
	assert_int_equal(change(old_password, old_password), reply_rules);
	assert_true(str_is(out.words, "password_same"));
	assert_left("change failed: The new password does not meet the password policy", "");
	assert_unchanged();
	assert_ptr_equal(browser.session, token);
	assert_int_equal(change(old_password, new_password), reply_done);
	assert_left("change ok", CHANGED_WORK);
	assert_held("changed FROM password", ctx.now);
	assert_ptr_not_equal(browser.session, token);
	assert_held(SESSION("level"), 1);
	NONE("counter");
}

static void with_the_change_every_other_session_flow_and_pass_ends(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	enter(1, false);
	browser.session = NULL;
	enter(2, false);
	assert_int_equal(ASK(recover_begin, .name = STR("ada")), reply_check_messages);
	change_store("INSERT INTO pass SELECT id, x'00', 1, 9999999999, 5 FROM account");
	change_store("INSERT INTO refused_password SELECT id, 0, x'00', 1 FROM account");
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	assert_held("COUNT(*) FROM session", 2);
	ctx.now += 10;
	assert_int_equal(change(NULL, new_password), reply_done);
	assert_left("change ok", CHANGED_WORK "\npassword_changed ada@home.example");
	assert_non_null(mailed("password_changed", "deny_link"));
	ONE("session");
	assert_held(SESSION("level"), 2);
	assert_held(SESSION("proved"), ctx.now);
	assert_held("COUNT(*) FROM device", 2);
	NONE("pass");
	NONE("refused_password");
	NONE("flow WHERE account IS NOT NULL");
}

static void a_second_way_stands_for_the_old_password_for_five_minutes(void **state)
{
	(void)state;
	enter(2, false);
	ctx.now += 299;
	assert_int_equal(change(NULL, new_password), reply_done);
	ctx.now += 300;
	assert_int_equal(change(NULL, old_password), reply_wrong);
	assert_int_equal(change(new_password, old_password), reply_done);
	assert_left("change ok\nchange ok", CHANGED_WORK "\n" CHANGED_WORK);
	enter(2, true);
	assert_int_equal(change(NULL, new_password), reply_wrong);
}

/* Without the old password a form must not say whether a guess is it, but by the rules of a new
 * one. */
static void after_a_proof_the_rules_hold_all_the_same(void **state)
{
	(void)state;
	enter(2, false);
	assert_int_equal(change(NULL, "short"), reply_rules);
	assert_true(str_is(out.words, "password_short"));
	assert_int_equal(change(NULL, old_password), reply_rules);
	assert_true(str_is(out.words, "password_same"));
	assert_unchanged();
	NONE("counter");
}

/* Whoever has proved a second way is not stopped by a stranger's guesses. */
static void a_fresh_proof_needs_no_try(void **state)
{
	(void)state;
	enter(2, false);
	change_store(
		"INSERT INTO counter SELECT id, 'signin', 0, 10, 999999, 9999999999 FROM account");
	assert_int_equal(change(NULL, "short"), reply_rules);
	assert_left("change failed: The new password does not meet the password policy", "");
	assert_int_equal(change(NULL, new_password), reply_done);
	assert_left("change ok", CHANGED_WORK);
}

static void what_is_no_password_is_not_the_current_one(void **state)
{
	struct account account;
	bool same = true;

	(void)state;
	(void)ask();
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_int_equal(password_is_current(&ctx, &account, typed(old_password), &same), 0);
	assert_true(same);
	assert_int_equal(password_is_current(&ctx, &account, typed(new_password), &same), 0);
	assert_false(same);
	assert_int_equal(password_is_current(&ctx, &account, typed("\xff"), &same), 0);
	assert_false(same);
	account.password = STR_NONE;
	assert_int_equal(password_is_current(&ctx, &account, typed(old_password), &same), 0);
	assert_false(same);
}

static void after_ten_wrong_old_passwords_none_is_compared_for_a_minute(void **state)
{
	(void)state;
	enter(1, false);
	for (int i = 0; i < 10; i++)
		assert_int_equal(change("not the password", new_password), reply_wrong);
	assert_held("count FROM counter", 10);
	assert_held("until FROM counter", ctx.now + 60);
	assert_held("COUNT(*) FROM audit WHERE reason = 'Too many wrong passwords'", 0);
	assert_held("COUNT(*) FROM audit WHERE reason = 'The old password was wrong'", 10);
	ctx.now += 59;
	assert_int_equal(change(old_password, new_password), reply_wrong);
	assert_held("COUNT(*) FROM audit WHERE reason = 'Too many wrong passwords'", 1);
	assert_held("count FROM counter", 10);
	assert_unchanged();
	ctx.now += 1;
	assert_int_equal(change(old_password, new_password), reply_done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(an_app_counts_when_its_first_code_was_right),
		IN_HOUSE(the_fifth_wrong_code_drops_what_was_being_added),
		IN_HOUSE(the_last_try_is_a_try_and_after_it_is_none),
		IN_HOUSE(one_that_was_not_confirmed_makes_room_for_the_next),
		IN_HOUSE(an_address_counts_when_the_code_sent_there_came_back),
		IN_HOUSE(a_confirmation_code_is_good_until_the_second_its_time_is_over),
		IN_HOUSE(a_code_sent_again_ends_the_one_before),
		IN_HOUSE(the_fourth_code_of_a_quarter_of_an_hour_is_too_fast),
		IN_HOUSE(an_app_has_no_code_to_send_again),
		IN_HOUSE(ten_codes_are_shown_once_and_a_new_set_ends_the_old),
		IN_HOUSE(what_makes_it_complete_is_logged_once),
		IN_HOUSE(a_new_way_ends_the_resets_under_way),
		IN_HOUSE(ways_are_added_by_the_freshly_proved_alone),
		IN_HOUSE(a_password_alone_is_asked_for_before_it_is_changed),
		IN_HOUSE(with_the_change_every_other_session_flow_and_pass_ends),
		IN_HOUSE(a_second_way_stands_for_the_old_password_for_five_minutes),
		IN_HOUSE(after_a_proof_the_rules_hold_all_the_same),
		IN_HOUSE(a_fresh_proof_needs_no_try),
		IN_HOUSE(what_is_no_password_is_not_the_current_one),
		IN_HOUSE(after_ten_wrong_old_passwords_none_is_compared_for_a_minute),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("people own", tests, NULL, NULL);
}
