/* The proofs of a reset, step by step: beside each answer, what stands in the log after it, who is
 * told what, and what the store holds. */
#include "reset.h"

/* ---- the code by mail ---- */

static void a_begun_reset_sends_one_code_with_what_it_needs(void **state)
{
	const char *code;
	char link[100];

	(void)state;
	register_mail_and_app();
	assert_int_equal(begin(" ADA "), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	assert_non_null(code = mailed("recover_code", "code"));
	(void)snprintf(link, sizeof(link), "https://reset.example/recover/link#%s", code);
	assert_string_equal(mailed("recover_code", "link"), link);
	assert_string_equal(mailed("recover_code", "minutes"), "10");
	assert_string_equal(mailed("recover_code", "where"), "192.0.2.7");
	assert_string_equal(mailed("recover_code", "agent"), "Firefox");
	assert_true(str_is(out.support, mailed("recover_code", "support")));
	assert_held(FLOW("tries"), tries_a_challenge);
	assert_held(FLOW("sent"), 1);
	assert_held(FLOW("code_expires"), ctx.now + 600);
	assert_held(FLOW("expires"), ctx.now + 900);
	assert_held(FLOW("method = 'mail' AND state = 'asked' AND proofs = '' AND real = 0 AND "
			 "version = 0"),
		1);
}

static void a_mailed_code_is_good_until_the_second_its_time_is_over(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int late = 0; late < 2; late++) {
		assert_int_equal(begin("ada"), reply_check_messages);
		ctx.now += 599 + late;
		assert_int_equal(answer(mailed("recover_code", "code")),
			late ? reply_again : reply_next_proof);
	}
}

static void a_newer_code_ends_the_older_and_counts(void **state)
{
	const char *first;

	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	first = mailed("recover_code", "code");
	ctx.now += 5;
	assert_int_equal(resend(), reply_check_messages);
	assert_left(STARTED_MAIL "\n" STARTED_MAIL, CODE_HOME "\n" CODE_HOME);
	assert_held("COUNT(*) FROM outbox WHERE state = 'dead' AND sealed IS NULL", 1);
	assert_held("COUNT(*) FROM outbox WHERE state = 'waiting'", 1);
	assert_held("COUNT(*) FROM sending", 2);
	assert_held(FLOW("sent"), 2);
	assert_held(FLOW("code_expires"), ctx.now + 600);
	assert_int_equal(answer(first), reply_again);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
}

/* Whether there was one to send must not show; and the last good code stays good. */
static void the_fourth_code_of_a_quarter_of_an_hour_goes_to_nobody(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_left(STARTED_MAIL "\n" STARTED_MAIL "\n" STARTED_MAIL,
		CODE_HOME "\n" CODE_HOME "\n" CODE_HOME);
	ctx.now += 1;
	assert_int_equal(resend(), reply_check_messages);
	assert_left(NOT_SENT, "recover_code nobody");
	assert_held(FLOW("sent"), 4);
	assert_held(FLOW("code_expires"), ctx.now + 600);
	ctx.now += 15 * 60 - 2;
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(NOT_SENT, "recover_code nobody");
	ctx.now += 1;
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
}

/* Nor whether the last one is still good. */
static void a_code_asked_for_when_the_last_is_over_and_none_may_go_looks_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	ctx.now += 600;
	assert_int_equal(resend(), reply_check_messages);
	assert_left(NOT_SENT, "recover_code nobody");
	assert_held(FLOW("sent = 4 AND method = 'mail'"), 1);
}

static void the_last_good_code_stays_good_when_no_more_are_sent(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	for (int i = 0; i < 3; i++)
		assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
}

static void each_address_is_counted_for_itself(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	for (int i = 0; i < 2; i++)
		assert_int_equal(begin("ada"), reply_check_messages);
	add_mail("mailmailmailmai1", "ada@club.example");
	assert_left(STARTED_MAIL "\n" STARTED_MAIL, CODE_HOME "\n" CODE_HOME);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME "\nrecover_code ada@club.example");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, "recover_code ada@club.example");
}

static void nobody_gets_nothing_and_is_counted(void **state)
{
	(void)state;
	assert_int_equal(begin("nobody"), reply_check_messages);
	assert_left("", "recover_code nobody");
	assert_held("count FROM audit_count WHERE operation = 'recover'", 1);
	assert_held(FLOW("account IS NULL AND sent = 1 AND tries = 5 AND method = 'mail'"), 1);
	assert_held(FLOW("code_expires"), ctx.now + 600);
	assert_int_equal(resend(), reply_check_messages);
	assert_left("", "recover_code nobody");
	assert_held("SUM(count) FROM audit_count WHERE operation = 'recover'", 2);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_int_equal(turn_to("mail"), reply_check_messages);
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer("11111111"), reply_again);
	assert_held(FLOW("tries"), 1);
	assert_int_equal(answer("11111111"), reply_shut);
	assert_left("", "");
	assert_held("COUNT(*) FROM counter", 0);
	assert_held("SUM(count) FROM audit_count", 2);
}

static void the_frozen_get_no_code_and_no_proof_counts(void **state)
{
	(void)state;
	register_mail_and_app();
	change_store("UPDATE account SET frozen = 5");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(NOT_SENT, "recover_code nobody");
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_again);
	assert_left(STARTED_APP "\n" MISSED, "");
}

/* ---- turning from one way to another ---- */

static void turning_back_to_mail_sends_a_code_only_when_the_last_is_over(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_left(STARTED_APP, "");
	assert_held(FLOW("method = 'totp'"), 1);
	assert_int_equal(turn_to("recovery_code"), reply_next_proof);
	assert_left(STARTED_PAPER, "");
	assert_int_equal(resend(), reply_next_proof);
	assert_left("", "");
	ctx.now += 599;
	assert_int_equal(turn_to("mail"), reply_check_messages);
	assert_left("", "");
	assert_held(FLOW("method = 'mail'"), 1);
	ctx.now += 1;
	assert_int_equal(turn_to("mail"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
}

static void turning_back_to_mail_that_may_not_be_sent_looks_the_same(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_left(STARTED_MAIL "\n" STARTED_MAIL "\n" STARTED_MAIL,
		CODE_HOME "\n" CODE_HOME "\n" CODE_HOME);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	ctx.now += 600;
	assert_int_equal(turn_to("mail"), reply_check_messages);
	assert_left(STARTED_APP "\n" NOT_SENT, "recover_code nobody");
	assert_held(FLOW("method = 'mail' AND sent = 4"), 1);
}

/* ---- tries ---- */

static void a_wrong_code_costs_the_flow_the_half_and_the_way_and_a_right_one_gives_back(
	void **state)
{
	struct secret *token;

	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	token = browser.flow;
	assert_int_equal(answer("11111111"), reply_again);
	assert_left(MISSED, "");
	assert_true(str_is(out.words, "code_wrong"));
	assert_int_equal(out.number, 4);
	assert_held(FLOW("tries"), 4);
	assert_held("count FROM counter WHERE kind = 'proof' AND half = 0", 1);
	assert_held("count FROM counter WHERE kind = 'mail' AND half = 0", 1);
	assert_ptr_equal(browser.flow, token);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
	assert_left(DID_MAIL "\n" STARTED_APP, "");
	assert_ptr_not_equal(browser.flow, token);
	assert_held(FLOW("tries = 5 AND proofs = 'mail' AND real = 1 AND code IS NULL AND method = "
			 "'totp'"),
		1);
	assert_held("count FROM counter WHERE kind = 'proof' AND half = 0", 1);
	assert_held("COUNT(*) FROM counter WHERE kind = 'mail'", 0);
	assert_int_equal(answer(app_code(seed)), reply_choose);
	assert_left(DID_APP, "");
	assert_held(FLOW("state = 'proven' AND proofs = 'mail+totp'"), 1);
	assert_held("floor FROM method WHERE kind = 'totp'", ctx.now / 30);
	assert_held("last_used FROM method WHERE kind = 'totp'", ctx.now);
}

static void the_fifth_wrong_code_shuts_the_reset_and_is_logged_as_that(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer("11111111"), reply_again);
	assert_logged(STARTED_MAIL "\n" MISSED "\n" MISSED "\n" MISSED "\n" MISSED);
	assert_int_equal(answer("11111111"), reply_shut);
	assert_left("reset_blocked ok: Too many wrong codes", CODE_HOME);
	assert_held(FLOW("state = 'shut'"), 1);
}

/* The last try was spent on a comparison that failed for another reason. */
static void a_flow_without_a_try_is_shut_by_the_next_answer(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer("000000"), reply_again);
	assert_logged(
		STARTED_MAIL "\n" STARTED_APP "\n" MISSED "\n" MISSED "\n" MISSED "\n" MISSED);
	change_store("UPDATE method SET seed = x'00' WHERE kind = 'totp'");
	assert_true(answer("000000") < 0);
	assert_logged(MISSED);
	assert_held(FLOW("state = 'asked' AND tries = 0"), 1);
	assert_false(site.recall);
	assert_int_equal(answer("000000"), reply_shut);
	assert_logged("reset_blocked ok: Too many wrong codes");
	assert_held(FLOW("state = 'shut'"), 1);
}

/* A profile that allows fewer failures, while it holds. */
static void with_the_profile_entra_it_is_half_as_many(void **state)
{
	(void)state;
	register_mail_and_app();
	change_store("INSERT INTO policy_site VALUES ('profile', 0)");
	assert_int_equal(begin("ada"), reply_check_messages);
	for (int n = 0; n < 5; n++)
		(void)answer("11111111");
	assert_held("count FROM counter WHERE kind = 'proof'", proofs_a_day_entra);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_again);
	assert_held("count FROM counter WHERE kind = 'mail'", proofs_a_day_entra);
	change_store("DELETE FROM policy_site");
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
}

/* What is not compared is no failure of the way, and costs the flow all the same. */
static void when_the_day_s_failures_are_used_up_nothing_is_compared(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(begin("ada"), reply_check_messages);
		for (int n = 0; n < 5; n++)
			(void)answer("11111111");
	}
	assert_held("count FROM counter WHERE kind = 'proof'", proofs_a_day);
	assert_held("count FROM counter WHERE kind = 'mail'", proofs_a_day);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_again);
	assert_held(FLOW("tries"), 4);
	assert_held("count FROM counter WHERE kind = 'proof'", proofs_a_day + 1);
	assert_held("count FROM counter WHERE kind = 'mail'", proofs_a_day);
	ctx.now += 24 * 60 * 60;
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
}

static void the_tenth_failure_of_a_day_leaves_none_and_the_ninth_one(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int left = 0; left < 2; left++) {
		change_store("DELETE FROM counter");
		assert_int_equal(begin("ada"), reply_check_messages);
		assert_int_equal(turn_to("totp"), reply_next_proof);
		for (int n = 0; n < 4; n++)
			assert_int_equal(answer("000000"), reply_again);
		change_store(left ? "UPDATE counter SET count = 9 WHERE kind = 'proof'"
				  : "UPDATE counter SET count = 10 WHERE kind = 'proof'");
		assert_int_equal(answer(app_code(seed)), left ? reply_check_messages : reply_shut);
	}
}

static void after_a_hundred_failures_of_a_way_strangers_are_not_compared(void **state)
{
	(void)state;
	register_mail_and_app();
	for (int more = 0; more < 2; more++) {
		assert_int_equal(begin("ada"), reply_check_messages);
		assert_int_equal(turn_to("totp"), reply_next_proof);
		assert_int_equal(answer("000000"), reply_again);
		change_store(more ? "UPDATE counter SET count = 100 WHERE kind = 'totp'"
				  : "UPDATE counter SET count = 99 WHERE kind = 'totp'");
		assert_int_equal(answer(app_code(seed)), more ? reply_again : reply_check_messages);
	}
	assert_held("count FROM counter WHERE kind = 'totp'", 101);
}

/* ---- a comparison that does not hold ---- */

/* As if somebody had used the same code a moment before. */
static void a_right_code_that_loses_the_race_is_a_miss(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_left(STARTED_MAIL "\n" STARTED_APP, CODE_HOME);
	change_store("CREATE TRIGGER other BEFORE UPDATE OF floor ON method BEGIN SELECT "
		     "RAISE(IGNORE); END");
	assert_int_equal(answer(app_code(seed)), reply_lost_race);
	assert_left(MISSED, "");
	assert_held(FLOW("state = 'asked' AND tries = 4 AND proofs = ''"), 1);
	assert_false(site.recall);
}

static void a_right_code_that_can_not_be_written_down_is_a_miss(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_left(STARTED_MAIL "\n" STARTED_APP, CODE_HOME);
	change_store("CREATE TRIGGER other BEFORE UPDATE OF floor ON method BEGIN SELECT "
		     "RAISE(ABORT, 'no'); END");
	assert_true(answer(app_code(seed)) < 0);
	assert_left(MISSED, "");
	assert_held(FLOW("state = 'asked' AND tries = 4 AND proofs = ''"), 1);
	assert_false(site.recall);
}

/* Then the house does it later, and is told to. */
static void where_not_even_the_miss_can_be_written_the_house_is_told(void **state)
{
	(void)state;
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	change_store("CREATE TRIGGER other BEFORE UPDATE OF state ON flow WHEN NEW.state = 'asked' "
		     "BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_true(answer("11111111") < 0);
	assert_held(FLOW("state = 'judging' AND tries = 4"), 1);
	assert_true(site.recall);
}

/* ---- what is not enough ---- */

static void whoever_proved_one_way_and_has_no_other_is_told_so(void **state)
{
	const struct rec_flow_page *page;

	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_contact_desk);
	assert_left(TOO_FEW, "");
	page = out.record;
	assert_true(str_is(page->reason, "not_registered"));
	assert_held(FLOW("state = 'shut' AND reason = 'not_registered'"), 1);
}

static void where_the_site_says_so_the_reason_goes_by_mail_alone(void **state)
{
	(void)state;
	set_conf("policy.reasonDisclosure", "mail");
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_shut);
	assert_left(TOO_FEW, "cannot_reset ada@work.example\ncannot_reset ada@home.example");
	assert_string_equal(mailed("cannot_reset", "reason"), "not_registered");
	assert_string_equal(mailed("cannot_reset", "agent"), "Firefox");
	assert_held(FLOW("state = 'shut' AND reason = ''"), 1);
}

static void the_disabled_are_told_after_one_proof(void **state)
{
	const struct rec_flow_page *page;

	(void)state;
	register_mail_and_app();
	change_store("UPDATE account SET state = 'disabled'");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_contact_desk);
	assert_left("reset_progress failed: The account is disabled", "");
	page = out.record;
	assert_true(str_is(page->reason, "disabled"));
}

static void the_disabled_hear_it_by_mail_where_the_site_says_so(void **state)
{
	(void)state;
	set_conf("policy.reasonDisclosure", "mail");
	register_mail_and_app();
	change_store("UPDATE account SET state = 'disabled'");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_shut);
	assert_string_equal(mailed("cannot_reset", "reason"), "disabled");
}

static void assert_refused_last(const char *change, const char *logged, const char *reason)
{
	const struct rec_flow_page *page;

	change_store(change);
	assert_int_equal(choose(new_password), reply_contact_desk);
	assert_left(logged, "");
	page = out.record;
	assert_true(str_is(page->reason, reason));
	assert_held("COUNT(*) FROM flow WHERE state = 'shut' AND reason <> ''", 1);
	assert_held("changed FROM password", 1);
}

static void before_the_last_step_it_is_looked_at_again_whether_the_account_may(void **state)
{
	(void)state;
	prove_both();
	assert_logged(STARTED_MAIL "\n" DID_MAIL "\n" STARTED_APP "\n" DID_APP);
	assert_told(CODE_HOME);
	assert_refused_last("UPDATE account SET state = 'disabled'",
		"reset_progress failed: The account is disabled", "disabled");
}

static void a_freeze_before_the_last_step_stops_it(void **state)
{
	(void)state;
	prove_both();
	assert_logged(STARTED_MAIL "\n" DID_MAIL "\n" STARTED_APP "\n" DID_APP);
	assert_told(CODE_HOME);
	assert_refused_last("UPDATE account SET frozen = 5",
		"reset_progress failed: The account's methods are frozen", "frozen");
}

/* ---- who is told at once ---- */

static void assert_told_at_once(const char *change, const char *logged, const char *reason)
{
	const struct rec_flow_page *page;

	change_store(change);
	assert_int_equal(begin("ada"), reply_contact_desk);
	assert_left(logged, "");
	page = out.record;
	assert_true(str_is(page->reason, reason));
	assert_held("COUNT(*) FROM flow WHERE state = 'shut' AND sent = 0", 1);
	change_store("DELETE FROM flow");
}

static void from_the_organisation_s_networks_the_reason_is_told_at_once(void **state)
{
	(void)state;
	register_mail_and_app();
	set_conf("site.trustedNetworks", "192.0.2.0/24");
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(STARTED_MAIL, CODE_HOME);
	change_store("DELETE FROM flow");
	assert_told_at_once("UPDATE account SET state = 'disabled'",
		"reset_progress failed: The account is disabled", "disabled");
	assert_told_at_once("UPDATE account SET state = 'active', frozen = 5",
		"reset_progress failed: The account's methods are frozen", "frozen");
	change_store("UPDATE account SET frozen = 0");
	assert_told_at_once("DELETE FROM method WHERE kind = 'totp'", TOO_FEW, "not_registered");
	/* Nobody's name is told nothing there either. */
	assert_int_equal(begin("nobody"), reply_check_messages);
	assert_left("", "recover_code nobody");
	set_conf("policy.reasonDisclosure", "mail");
	assert_int_equal(begin("ada"), reply_check_messages);
}

/* ---- which way is asked next ---- */

static void after_an_app_or_a_code_of_paper_mail_is_sent(void **state)
{
	(void)state;
	register_mail_and_app();
	add_paper(paper_code);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_left(STARTED_MAIL "\n" STARTED_APP, CODE_HOME);
	ctx.now += 600;
	assert_int_equal(answer(app_code(seed)), reply_check_messages);
	assert_left(DID_APP "\n" STARTED_MAIL, CODE_HOME);
	assert_held(
		FLOW("method = 'mail' AND proofs = 'totp' AND sent = 2 AND code IS NOT NULL"), 1);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_choose);
	assert_left(DID_MAIL, "");
}

static void a_code_of_paper_is_replaced_and_mail_that_may_not_be_sent_goes_to_nobody(void **state)
{
	const struct rec_flow_page *page;

	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	add_paper(paper_code);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(resend(), reply_check_messages);
	assert_int_equal(turn_to("recovery_code"), reply_next_proof);
	assert_told(CODE_HOME "\n" CODE_HOME "\n" CODE_HOME);
	assert_logged(STARTED_MAIL "\n" STARTED_MAIL "\n" STARTED_MAIL "\n" STARTED_PAPER);
	ctx.now += 1;
	assert_int_equal(answer(paper_code), reply_check_messages);
	assert_left(DID_PAPER "\n" NOT_SENT, "recover_code nobody");
	page = out.record;
	assert_non_null(page->reissued);
	assert_held("COUNT(*) FROM recovery_code WHERE slot = 0 AND used = 0", 1);
	assert_held("last_used FROM method WHERE kind = 'recovery_code'", ctx.now);
	assert_held(
		FLOW("reissued IS NOT NULL AND proofs = 'recovery_code' AND method = 'mail'"), 1);
}

static void every_code_of_the_paper_counts(void **state)
{
	static const char second[] = "Z123-4567-89AB-CDEF-GHJK-MNPQ-RC";
	struct secret *canonical;
	uint8_t mac[digest_size];
	struct unit unit = unit_begin(&ctx);

	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	add_paper(paper_code);
	assert_int_equal(code_canonical(&ctx, method_recovery_code, typed(second), &canonical), 0);
	digest_keyed(keys, key_code, STR("codescodescodes0"), secret_show(canonical), mac);
	unit_add(&unit, statement_recovery_code_add, 1,
		WITH(v_bytes(STR("codescodescodes0")), v_number(1),
			v_bytes((struct str){ (const char *)mac, sizeof(mac) })));
	assert_int_equal(unit_commit(&unit), 0);
	for (int code = 0; code < 2; code++) {
		assert_int_equal(begin("ada"), reply_check_messages);
		assert_int_equal(turn_to("recovery_code"), reply_next_proof);
		assert_int_equal(answer(code ? paper_code : second), reply_check_messages);
	}
	assert_held("COUNT(*) FROM recovery_code", 2);
}

static void without_mail_the_other_way_is_asked(void **state)
{
	(void)state;
	seed = add_app();
	add_paper(paper_code);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_left(NOT_SENT, "recover_code nobody");
	assert_int_equal(turn_to("totp"), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_next_proof);
	assert_left(STARTED_APP "\n" DID_APP "\n" STARTED_PAPER, "");
	assert_held(FLOW("method = 'recovery_code'"), 1);
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(turn_to("recovery_code"), reply_next_proof);
	assert_int_equal(answer(paper_code), reply_next_proof);
	assert_left(
		NOT_SENT "\n" STARTED_PAPER "\n" DID_PAPER "\n" STARTED_APP, "recover_code nobody");
	assert_held(FLOW("method = 'totp'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(a_begun_reset_sends_one_code_with_what_it_needs),
		IN_HOUSE(a_mailed_code_is_good_until_the_second_its_time_is_over),
		IN_HOUSE(a_newer_code_ends_the_older_and_counts),
		IN_HOUSE(the_fourth_code_of_a_quarter_of_an_hour_goes_to_nobody),
		IN_HOUSE(a_code_asked_for_when_the_last_is_over_and_none_may_go_looks_the_same),
		IN_HOUSE(the_last_good_code_stays_good_when_no_more_are_sent),
		IN_HOUSE(each_address_is_counted_for_itself),
		IN_HOUSE(nobody_gets_nothing_and_is_counted),
		IN_HOUSE(the_frozen_get_no_code_and_no_proof_counts),
		IN_HOUSE(turning_back_to_mail_sends_a_code_only_when_the_last_is_over),
		IN_HOUSE(turning_back_to_mail_that_may_not_be_sent_looks_the_same),
		IN_HOUSE(
			a_wrong_code_costs_the_flow_the_half_and_the_way_and_a_right_one_gives_back),
		IN_HOUSE(the_fifth_wrong_code_shuts_the_reset_and_is_logged_as_that),
		IN_HOUSE(a_flow_without_a_try_is_shut_by_the_next_answer),
		IN_HOUSE(when_the_day_s_failures_are_used_up_nothing_is_compared),
		IN_HOUSE(with_the_profile_entra_it_is_half_as_many),
		IN_HOUSE(the_tenth_failure_of_a_day_leaves_none_and_the_ninth_one),
		IN_HOUSE(after_a_hundred_failures_of_a_way_strangers_are_not_compared),
		IN_HOUSE(a_right_code_that_loses_the_race_is_a_miss),
		IN_HOUSE(a_right_code_that_can_not_be_written_down_is_a_miss),
		IN_HOUSE(where_not_even_the_miss_can_be_written_the_house_is_told),
		IN_HOUSE(whoever_proved_one_way_and_has_no_other_is_told_so),
		IN_HOUSE(where_the_site_says_so_the_reason_goes_by_mail_alone),
		IN_HOUSE(the_disabled_are_told_after_one_proof),
		IN_HOUSE(the_disabled_hear_it_by_mail_where_the_site_says_so),
		IN_HOUSE(before_the_last_step_it_is_looked_at_again_whether_the_account_may),
		IN_HOUSE(a_freeze_before_the_last_step_stops_it),
		IN_HOUSE(from_the_organisation_s_networks_the_reason_is_told_at_once),
		IN_HOUSE(after_an_app_or_a_code_of_paper_mail_is_sent),
		IN_HOUSE(a_code_of_paper_is_replaced_and_mail_that_may_not_be_sent_goes_to_nobody),
		IN_HOUSE(every_code_of_the_paper_counts),
		IN_HOUSE(without_mail_the_other_way_is_asked),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("signin reset", tests, NULL, NULL);
}
