/* Signing in, step by step: beside each answer, what stands in the log after it, who is told what,
 * and what the store holds. */
#include "../journey.h"

static err sign_in_as(const char *name, const char *password)
{
	browser.flow = NULL;
	return ASK(signin_password, .name = str_of(name), .password = typed(password));
}

static err sign_in(const char *password)
{
	return sign_in_as("ada", password);
}

static err answer(const char *code)
{
	return ASK(signin_answer, .code = typed(code));
}

static err choose(const char *password)
{
	return ASK(signin_choose, .password = typed(password));
}

static err show(void)
{
	return ASK(signin_show, 0);
}

#define SIGNED_IN "signin ok"
#define WRONG "signin failed: Wrong password"
#define MISSED "signin failed: A code was wrong"
#define LOCKED "signin failed: The account is locked"
#define CANCELLED "signin failed: User cancelled before passing the required authentication methods"
#define BLOCKED "signin_locked ok: Too many wrong codes"
#define SECOND_WRONG "second_wrong ada@work.example\nsecond_wrong ada@home.example"

#define FLOW(column)                                                                               \
	"(SELECT " column " FROM flow WHERE kind = 'signin' ORDER BY rowid DESC LIMIT 1)"
#define SESSION(column) "(SELECT " column " FROM session ORDER BY rowid DESC LIMIT 1)"
#define ONE(table) assert_held("COUNT(*) FROM " table, 1)
#define NONE(table) assert_held("COUNT(*) FROM " table, 0)

/* How many sign-ins failed so. */
static void assert_log_has(const char *reason, int64_t count)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
		"SELECT COUNT(*) FROM audit WHERE event = 'signin' AND failure = 1 AND reason = "
		"'%s'",
		reason);
	assert_int_equal(held(sql), count);
}

static struct secret *seed;

static void register_mail_and_app(void)
{
	add_mail("mailmailmailmai0", "ada@home.example");
	seed = add_app();
}

static void must_change(void)
{
	change_store("UPDATE password SET must_change = 1");
}

/* A reset of hers that has one proof, and one that has none. */
static void begin_resets(void)
{
	browser.flow = NULL;
	assert_int_equal(ASK(recover_begin, .name = STR("ada")), reply_check_messages);
	change_store("UPDATE flow SET real = 1, proofs = 'mail' WHERE kind = 'recover'");
	browser.flow = NULL;
	assert_int_equal(ASK(recover_begin, .name = STR("ada")), reply_check_messages);
	browser.flow = NULL;
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
}

static void assert_resets(int64_t hers)
{
	assert_held("COUNT(*) FROM flow WHERE kind = 'recover' AND account IS NOT NULL", hers);
	assert_held("COUNT(*) FROM flow WHERE kind = 'recover' AND account IS NULL", hers ? 0 : 1);
}

/* ---- the password ---- */

static void a_right_password_alone_opens_a_session_of_the_first_level(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	begin_resets();
	assert_int_equal(sign_in("not the password"), reply_wrong);
	assert_left(WRONG, "");
	ONE("counter WHERE kind = 'signin' AND half = 0 AND count = 1 AND until = 0");
	ONE("refused_password WHERE half = 0");
	assert_int_equal(sign_in(old_password), reply_signed_in);
	assert_left(SIGNED_IN, "");
	NONE("counter");
	ONE("session");
	assert_held(SESSION("level = 1 AND by_pass = 0 AND agent = 'Firefox' AND address = "
			    "'192.0.2.7'"),
		1);
	assert_held(SESSION("expires"), ctx.now + 24 * 60 * 60);
	assert_held(SESSION("proved"), ctx.now);
	assert_held("last_signin FROM account", ctx.now);
	ONE("device");
	assert_non_null(browser.session);
	assert_true(out.end_flow);
	NONE("flow WHERE kind = 'signin'");
	/* The thief of a password alone must not keep the owner from a reset. */
	assert_resets(2);
}

static void who_comes_in_again_in_the_same_browser_has_one_session_and_one_device(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(sign_in(old_password), reply_signed_in);
	ONE("session");
	ONE("device");
	browser.session = NULL;
	assert_int_equal(sign_in(old_password), reply_signed_in);
	assert_held("COUNT(*) FROM session", 2);
	ONE("device");
	/* A year later the device is a stranger's. */
	ctx.now += (int64_t)familiar_days * 86400 - 1;
	assert_int_equal(sign_in(old_password), reply_signed_in);
	ONE("device");
	ctx.now += 1;
	assert_int_equal(sign_in(old_password), reply_signed_in);
	assert_held("COUNT(*) FROM device", 2);
}

static void a_right_password_forgets_the_failures_of_its_half_alone(void **state)
{
	(void)state;
	change_store("INSERT INTO counter SELECT id, 'signin', 1, 3, 1, 0 FROM account");
	assert_int_equal(sign_in("not the password"), reply_wrong);
	assert_int_equal(sign_in(old_password), reply_signed_in);
	ONE("counter WHERE half = 1 AND count = 3");
	NONE("counter WHERE half = 0");
}

static void the_last_three_wrong_passwords_are_kept_and_count_once(void **state)
{
	(void)state;
	assert_int_equal(sign_in("wrong password 1"), reply_wrong);
	assert_int_equal(sign_in("wrong password 1"), reply_wrong);
	assert_left(WRONG "\n" WRONG, "");
	assert_held("count FROM counter", 1);
	for (int i = 2; i <= 4; i++) {
		char wrong[32];

		ctx.now += 1;
		(void)snprintf(wrong, sizeof(wrong), "wrong password %d", i);
		assert_int_equal(sign_in(wrong), reply_wrong);
		assert_held("count FROM counter", i);
		assert_held("COUNT(*) FROM refused_password WHERE half = 0", i < 3 ? i : 3);
		assert_held("MAX(at) FROM refused_password", ctx.now);
	}
	/* The first is forgotten: it counts again; the fourth does not. */
	assert_int_equal(sign_in("wrong password 4"), reply_wrong);
	assert_held("count FROM counter", 4);
	assert_int_equal(sign_in("wrong password 1"), reply_wrong);
	assert_held("count FROM counter", 5);
}

static void wrong_passwords(int count)
{
	for (int i = 0; i < count; i++) {
		char wrong[32];

		(void)snprintf(wrong, sizeof(wrong), "wrong password %d", i);
		assert_int_equal(sign_in(wrong), reply_wrong);
	}
}

static void after_ten_wrong_passwords_not_even_the_right_one_is_compared_for_a_minute(void **state)
{
	(void)state;
	wrong_passwords(9);
	ONE("counter WHERE count = 9 AND until = 0");
	assert_int_equal(sign_in("the tenth"), reply_wrong);
	assert_held("until FROM counter", ctx.now + 60);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	ctx.now += 59;
	assert_int_equal(sign_in(old_password), reply_wrong);
	assert_left(LOCKED, "");
	assert_held("count FROM counter", 10);
	assert_held("COUNT(*) FROM refused_password", 3);
	ctx.now += 1;
	assert_int_equal(sign_in(old_password), reply_signed_in);
	NONE("counter");
}

static void whoever_is_disabled_or_has_no_password_is_not_compared(void **state)
{
	(void)state;
	change_store("UPDATE account SET state = 'disabled'");
	assert_int_equal(sign_in(old_password), reply_wrong);
	assert_left("signin failed: The account is disabled", "");
	change_store("UPDATE account SET state = 'active'");
	change_store("DELETE FROM password");
	assert_int_equal(sign_in(old_password), reply_wrong);
	assert_left("signin failed: The account has no password", "");
	assert_told("");
	NONE("counter");
	NONE("refused_password");
}

static void nobody_s_password_is_counted_and_leaves_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(sign_in_as("nobody", old_password), reply_wrong);
	assert_left("", "");
	assert_held("count FROM audit_count WHERE operation = 'signin'", 1);
	NONE("flow");
	NONE("counter");
	assert_null(out.flow);
}

static void the_frozen_who_know_the_password_are_told_to_ask(void **state)
{
	const struct rec_flow_page *page;

	(void)state;
	register_mail_and_app();
	change_store("UPDATE account SET frozen = 5");
	assert_int_equal(sign_in(old_password), reply_contact_desk);
	assert_left("signin failed: The account's methods are frozen", "");
	page = out.record;
	assert_true(str_is(page->reason, "frozen"));
	NONE("session");
}

/* ---- the second proof ---- */

static void the_app_is_asked_first_and_paper_where_there_is_none(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	add_paper(paper_code);
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_held(FLOW("method = 'recovery_code' AND state = 'asked' AND tries = 5"), 1);
	seed = add_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_held(FLOW("method = 'totp'"), 1);
	assert_int_equal(ASK(signin_method, .method = STR("recovery_code")), reply_prove);
	assert_held(FLOW("method = 'recovery_code'"), 1);
	assert_int_equal(ASK(signin_method, .method = STR("mail")), reply_prove);
	assert_held(FLOW("method = 'recovery_code'"), 1);
	assert_left("", "");
}

static void a_right_code_opens_a_session_of_the_second_level_and_ends_resets(void **state)
{
	(void)state;
	register_mail_and_app();
	begin_resets();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_left("", "");
	NONE("session");
	assert_int_equal(answer(app_code(seed)), reply_signed_in);
	assert_left(SIGNED_IN, "");
	assert_held(SESSION("level = 2 AND by_pass = 0"), 1);
	assert_held(FLOW("state = 'done' AND real = 1 AND proofs = 'totp'"), 1);
	assert_held("floor FROM method WHERE kind = 'totp'", ctx.now / 30);
	assert_held("count FROM counter WHERE kind = 'proof'", 0);
	NONE("counter WHERE kind = 'totp'");
	assert_resets(0);
	assert_true(out.end_flow);
}

static void a_code_of_paper_is_replaced_and_its_owner_hears_of_it(void **state)
{
	const struct rec_flow_page *page;

	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	add_paper(paper_code);
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(answer(paper_code), reply_signed_in);
	assert_left(SIGNED_IN, "code_used ada@work.example\ncode_used ada@home.example");
	assert_string_equal(mailed("code_used", "agent"), "Firefox");
	page = out.record;
	assert_non_null(page->reissued);
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(answer(paper_code), reply_again);
}

/* At the first miss, and once a sign-in. */
static void the_owner_hears_when_the_second_proof_is_wrong_after_the_right_password(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(answer("000000"), reply_again);
	assert_left(MISSED, SECOND_WRONG);
	assert_non_null(mailed("second_wrong", "deny_link"));
	ONE("token WHERE purpose = 'not_me'");
	assert_held(FLOW("tries"), 4);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(answer("000000"), reply_again);
		assert_left(MISSED, "");
	}
	assert_int_equal(answer("000000"), reply_shut);
	assert_left(BLOCKED, "");
	assert_held("count FROM counter WHERE kind = 'proof' AND half = 0", 5);
	assert_held("count FROM counter WHERE kind = 'totp' AND half = 0", 5);
	assert_held(FLOW("state = 'shut'"), 1);
}

static void from_the_owner_s_browser_only_the_last_miss_is_told(void **state)
{
	(void)state;
	assert_int_equal(sign_in(old_password), reply_signed_in);
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	for (int i = 0; i < 4; i++) {
		assert_int_equal(answer("000000"), reply_again);
		assert_left(MISSED, "");
	}
	assert_int_equal(answer("000000"), reply_shut);
	assert_left(BLOCKED, SECOND_WRONG);
	assert_held("count FROM counter WHERE kind = 'proof' AND half = 1", 5);
	assert_held("failures FROM method WHERE kind = 'totp'", 5);
	NONE("counter WHERE half = 0");
	assert_held(FLOW("state = 'shut'"), 1);
}

static void a_second_proof_that_could_not_be_compared_is_a_miss_nobody_hears_of(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	change_store("UPDATE method SET seed = x'00' WHERE kind = 'totp'");
	assert_true(answer("000000") < 0);
	assert_left(MISSED, "");
	assert_held(FLOW("state = 'asked' AND tries = 4"), 1);
	change_store("UPDATE flow SET tries = 0");
	assert_int_equal(answer("000000"), reply_shut);
	assert_left(BLOCKED, "");
	assert_held(FLOW("state = 'shut'"), 1);
}

static void assert_stopped(const char *change, const char *reason, const char *logged)
{
	const struct rec_flow_page *page;

	assert_int_equal(sign_in(old_password), reply_prove);
	change_store(change);
	assert_int_equal(answer(app_code(seed)), reply_contact_desk);
	assert_left(logged, "");
	page = out.record;
	assert_true(str_is(page->reason, reason));
	NONE("session");
	assert_held(FLOW("state = 'shut'"), 1);
}

static void who_was_disabled_since_the_password_is_told_so(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_stopped("UPDATE account SET state = 'disabled'", "disabled",
		"signin failed: The account is disabled");
}

/* A frozen account's codes are not compared at all. */
static void who_was_frozen_since_the_password_proves_nothing(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	change_store("UPDATE account SET frozen = 5");
	assert_int_equal(answer(app_code(seed)), reply_again);
	NONE("session");
}

static void leaving_or_waiting_too_long_ends_it(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(ASK(signin_leave, 0), reply_begin);
	assert_left(CANCELLED, "");
	assert_held(FLOW("state = 'shut'"), 1);
	for (int judging = 0; judging < 2; judging++) {
		assert_int_equal(sign_in(old_password), reply_prove);
		if (judging)
			change_store("UPDATE flow SET state = 'judging' WHERE state = 'asked'");
		ctx.now += 899;
		assert_int_equal(show(), reply_prove);
		assert_left("", "");
		ctx.now += 1;
		assert_int_equal(show(), reply_shut);
		assert_left(CANCELLED, "");
		assert_held(FLOW("state = 'shut'"), 1);
	}
}

/* ---- the same where less is open: the day's proofs are used up, no try is left ---- */

static void close_tries(void)
{
	change_store("DELETE FROM counter");
	change_store("INSERT INTO counter SELECT id, 'proof', 0, 10, 999999, 0 FROM account");
	change_store("UPDATE flow SET tries = 0 WHERE state IN ('asked', 'judging')");
}

static void with_less_open_a_sign_in_goes_on_and_ends_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int what = 0; what < 3; what++) {
		ctx.now += 1;
		assert_int_equal(sign_in(old_password), reply_prove);
		close_tries();
		assert_int_equal(ASK(signin_method, .method = STR("recovery_code")), reply_prove);
		assert_held(FLOW("method = 'recovery_code'"), 1);
		if (what == 2)
			change_store("UPDATE flow SET state = 'judging' WHERE state = 'asked'");
		ctx.now += what ? 900 : 0;
		assert_int_equal(
			what ? show() : ASK(signin_leave, 0), what ? reply_shut : reply_begin);
		assert_left(CANCELLED, "");
		assert_held(FLOW("state = 'shut'"), 1);
	}
}

static void with_less_open_a_right_code_is_a_miss_and_the_last_locks(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	close_tries();
	change_store("UPDATE flow SET tries = 2");
	assert_int_equal(answer(app_code(seed)), reply_again);
	assert_left(MISSED, "");
	assert_int_equal(answer(app_code(seed)), reply_shut);
	assert_left(BLOCKED, "");
	NONE("counter WHERE kind = 'totp'");
	assert_int_equal(sign_in(old_password), reply_prove);
	close_tries();
	assert_int_equal(answer(app_code(seed)), reply_shut);
	assert_left(BLOCKED, "");
}

static void with_less_open_a_comparison_cut_short_is_a_miss(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	change_store("UPDATE flow SET tries = 1");
	change_store("UPDATE method SET seed = x'00' WHERE kind = 'totp'");
	assert_true(answer("000000") < 0);
	assert_left(MISSED, "");
	assert_held(FLOW("state = 'asked' AND tries = 0"), 1);
}

static void with_less_open_the_change_goes_on_and_ends_the_same(void **state)
{
	(void)state;
	must_change();
	for (int what = 0; what < 2; what++) {
		ctx.now += 1;
		assert_int_equal(sign_in(old_password), reply_must_change);
		close_tries();
		assert_int_equal(choose("short"), reply_rules);
		assert_logged("change failed: The new password does not meet the password policy");
		ctx.now += what ? 900 : 0;
		assert_int_equal(
			what ? show() : ASK(signin_leave, 0), what ? reply_shut : reply_begin);
		assert_left(CANCELLED, "");
		assert_held(FLOW("state = 'shut'"), 1);
	}
}

/* ---- a password that must be changed ---- */

static void assert_refused(const char *password, const char *rule, const char *logged)
{
	assert_int_equal(choose(password), reply_rules);
	assert_true(str_is(out.words, rule));
	assert_true(str_is(out.field, "password"));
	assert_left(logged, "");
	assert_held(FLOW("state = 'must_change'"), 1);
}

static void a_password_that_must_be_changed_is_changed_to_another_one(void **state)
{
	(void)state;
	must_change();
	assert_int_equal(sign_in(old_password), reply_must_change);
	assert_left("", "");
	NONE("session");
	assert_refused("short", "password_short",
		"change failed: The new password does not meet the password policy");
	assert_refused("lovelace lovelace", "password_name",
		"change failed: FuzzyPolicyViolationInvalidPassword");
	assert_refused(old_password, "password_same",
		"change failed: The new password does not meet the password policy");
	assert_int_equal(choose(new_password), reply_signed_in);
	assert_int_equal(out.words.length, 0);
	assert_left("change ok\n" SIGNED_IN, "password_changed ada@work.example");
	assert_held(SESSION("level = 1 AND by_pass = 0"), 1);
	ONE("password WHERE must_change = 0 AND origin = 'rekey'");
	assert_held("changed FROM password", ctx.now);
	assert_true(out.end_flow);
}

static void with_the_change_every_other_session_flow_and_pass_ends(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(answer(app_code(seed)), reply_signed_in);
	browser.session = browser.device = NULL;
	must_change();
	assert_int_equal(sign_in(old_password), reply_prove);
	begin_resets();
	assert_int_equal(sign_in(old_password), reply_prove);
	assert_int_equal(answer(app_code(seed)), reply_must_change);
	assert_left("", "");
	assert_held(FLOW("state = 'must_change' AND proofs = 'totp' AND real = 1"), 1);
	assert_resets(2);
	change_store("INSERT INTO pass SELECT id, x'00', 1, 9999999999, 5 FROM account");
	ONE("session");
	assert_int_equal(choose(new_password), reply_signed_in);
	assert_left("change ok\n" SIGNED_IN,
		"password_changed ada@work.example\npassword_changed ada@home.example");
	assert_string_equal(mailed("password_changed", "where"), "192.0.2.7");
	assert_non_null(mailed("password_changed", "deny_link"));
	ONE("session");
	assert_held(SESSION("level = 2 AND by_pass = 0"), 1);
	NONE("pass");
	ONE("flow WHERE kind = 'signin'");
	assert_resets(0);
}

static void a_change_that_is_left_or_waits_too_long_does_not_happen(void **state)
{
	(void)state;
	must_change();
	assert_int_equal(sign_in(old_password), reply_must_change);
	assert_int_equal(ASK(signin_leave, 0), reply_begin);
	assert_left(CANCELLED, "");
	assert_held(FLOW("state = 'shut'"), 1);
	assert_int_equal(sign_in(old_password), reply_must_change);
	ctx.now += 900;
	assert_int_equal(choose(new_password), reply_shut);
	assert_left(CANCELLED, "");
	assert_held(FLOW("state = 'shut'"), 1);
	ONE("password WHERE must_change = 1");
}

static void assert_no_change(const char *change, const char *reason, const char *logged)
{
	const struct rec_flow_page *page;

	assert_int_equal(sign_in(old_password), reply_must_change);
	change_store(change);
	assert_int_equal(choose(new_password), reply_contact_desk);
	assert_left(logged, "");
	page = out.record;
	assert_true(str_is(page->reason, reason));
	assert_held(FLOW("state = 'shut'"), 1);
	ONE("password WHERE must_change = 1");
	NONE("session");
}

static void whoever_is_stopped_before_the_change_does_not_change(void **state)
{
	(void)state;
	must_change();
	assert_no_change("UPDATE account SET frozen = 5", "frozen",
		"signin failed: The account's methods are frozen");
	change_store("UPDATE account SET frozen = 0");
	assert_no_change("UPDATE account SET state = 'disabled'", "disabled",
		"signin failed: The account is disabled");
}

/* ---- a one-time pass ---- */

static const char *pass;

static void give_pass(void)
{
	struct secret *made, *canonical;
	struct str mac;
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(pass_make(&ctx, &made), 0);
	pass = arena_copy(ctx.arena, secret_show(made)).at;
	assert_int_equal(pass_canonical(&ctx, made, &canonical), 0);
	assert_int_equal(pass_mac(&ctx, ada, canonical, &mac), 0);
	unit_add(&unit, statement_pass_put, 1,
		WITH(v_bytes(ada), v_bytes(mac), v_number(ctx.now), v_number(ctx.now + 100),
			v_number(5)));
	assert_int_equal(unit_commit(&unit), 0);
}

static err come_in_by(const char *text)
{
	browser.flow = NULL;
	return ASK(signin_pass, .name = STR("ada"), .pass = typed(text));
}

static const char another_pass[] = "0123-4567-89AB-CDEF";

static void a_pass_opens_the_change_of_the_password_once(void **state)
{
	(void)state;
	register_mail_and_app();
	give_pass();
	assert_int_equal(come_in_by(another_pass), reply_wrong);
	assert_left(WRONG, "");
	assert_held("tries FROM pass", 4);
	ONE("counter WHERE kind = 'signin' AND count = 1");
	NONE("refused_password");
	assert_int_equal(come_in_by(pass), reply_must_change);
	assert_left("", "");
	NONE("pass");
	NONE("counter");
	assert_held(FLOW("state = 'must_change' AND proofs = 'pass' AND real = 0"), 1);
	assert_int_equal(choose(new_password), reply_signed_in);
	assert_left("change ok\n" SIGNED_IN,
		"password_changed ada@work.example\npassword_changed ada@home.example");
	assert_held(SESSION("level = 1 AND by_pass = 1"), 1);
	assert_int_equal(come_in_by(pass), reply_wrong);
	assert_log_has("No one-time pass waits", 1);
}

static void a_pass_from_the_desk_thaws_and_all_addresses_hear_of_it(void **state)
{
	(void)state;
	register_mail_and_app();
	give_pass();
	change_store("UPDATE account SET frozen = 5");
	assert_int_equal(come_in_by(pass), reply_must_change);
	assert_left("info_thawed ok", "thawed ada@work.example\nthawed ada@home.example");
	assert_non_null(mailed("thawed", "when"));
	assert_held("frozen FROM account", 0);
	NONE("pass");
	assert_int_equal(choose(new_password), reply_signed_in);
}

static void a_pass_is_good_until_its_time_or_its_tries_are_over(void **state)
{
	(void)state;
	give_pass();
	ctx.now += 100;
	assert_int_equal(come_in_by(pass), reply_wrong);
	assert_log_has("No one-time pass waits", 1);
	assert_held("tries FROM pass", 5);
	ctx.now -= 1;
	change_store("UPDATE pass SET tries = 1");
	assert_int_equal(come_in_by(pass), reply_must_change);
	give_pass();
	change_store("UPDATE pass SET tries = 0");
	assert_int_equal(come_in_by(pass), reply_wrong);
	assert_log_has("No one-time pass waits", 2);
	change_store("UPDATE pass SET tries = 5");
	change_store("UPDATE account SET state = 'disabled'");
	assert_int_equal(come_in_by(pass), reply_wrong);
	assert_log_has("The account is disabled", 1);
	assert_held("tries FROM pass", 5);
}

static void nobody_s_pass_is_counted(void **state)
{
	(void)state;
	assert_int_equal(
		ASK(signin_pass, .name = STR("nobody"), .pass = typed(another_pass)), reply_wrong);
	assert_left("", "");
	assert_held("count FROM audit_count WHERE operation = 'signin'", 1);
}

/* docs/decision/0006: a hash takes long, and others wait for the connection. */
static void nobody_hashes_with_a_connection_in_hand(void **state)
{
	scoped(moment_close) struct moment moment = { 0 };
	struct account account;
	struct str stored;
	bool stale;

	(void)state;
	moment_open(&ctx, &moment);
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_non_null(moment.connection);
	assert_int_equal(account_verify(&ctx, &account, typed(old_password), &stale), 0);
	assert_null(moment.connection);
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_int_equal(nobody_verify(&ctx, typed(old_password)), reply_wrong);
	assert_null(moment.connection);
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_int_equal(account_hash(&ctx, &account, typed(old_password), &stored), 0);
	assert_null(moment.connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(nobody_hashes_with_a_connection_in_hand),
		IN_HOUSE(a_right_password_alone_opens_a_session_of_the_first_level),
		IN_HOUSE(who_comes_in_again_in_the_same_browser_has_one_session_and_one_device),
		IN_HOUSE(a_right_password_forgets_the_failures_of_its_half_alone),
		IN_HOUSE(the_last_three_wrong_passwords_are_kept_and_count_once),
		IN_HOUSE(after_ten_wrong_passwords_not_even_the_right_one_is_compared_for_a_minute),
		IN_HOUSE(whoever_is_disabled_or_has_no_password_is_not_compared),
		IN_HOUSE(nobody_s_password_is_counted_and_leaves_nothing_else),
		IN_HOUSE(the_frozen_who_know_the_password_are_told_to_ask),
		IN_HOUSE(the_app_is_asked_first_and_paper_where_there_is_none),
		IN_HOUSE(a_right_code_opens_a_session_of_the_second_level_and_ends_resets),
		IN_HOUSE(a_code_of_paper_is_replaced_and_its_owner_hears_of_it),
		IN_HOUSE(the_owner_hears_when_the_second_proof_is_wrong_after_the_right_password),
		IN_HOUSE(from_the_owner_s_browser_only_the_last_miss_is_told),
		IN_HOUSE(a_second_proof_that_could_not_be_compared_is_a_miss_nobody_hears_of),
		IN_HOUSE(who_was_disabled_since_the_password_is_told_so),
		IN_HOUSE(who_was_frozen_since_the_password_proves_nothing),
		IN_HOUSE(leaving_or_waiting_too_long_ends_it),
		IN_HOUSE(with_less_open_a_sign_in_goes_on_and_ends_the_same),
		IN_HOUSE(with_less_open_a_right_code_is_a_miss_and_the_last_locks),
		IN_HOUSE(with_less_open_a_comparison_cut_short_is_a_miss),
		IN_HOUSE(with_less_open_the_change_goes_on_and_ends_the_same),
		IN_HOUSE(a_password_that_must_be_changed_is_changed_to_another_one),
		IN_HOUSE(with_the_change_every_other_session_flow_and_pass_ends),
		IN_HOUSE(a_change_that_is_left_or_waits_too_long_does_not_happen),
		IN_HOUSE(whoever_is_stopped_before_the_change_does_not_change),
		IN_HOUSE(a_pass_opens_the_change_of_the_password_once),
		IN_HOUSE(a_pass_from_the_desk_thaws_and_all_addresses_hear_of_it),
		IN_HOUSE(a_pass_is_good_until_its_time_or_its_tries_are_over),
		IN_HOUSE(nobody_s_pass_is_counted),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("signin signin", tests, NULL, NULL);
}
