/* What a sign-in owes: in every combination of facts, and step by step with what stands in the log
 * and the store. */
#include "../journey.h"
#include "model/interrupt_promise.h"
#include "people/security_info.h"
#include "signin/interrupt.h"

/* ---- the rows that run ---- */

static void the_page_is_the_expected_one_in_every_combination(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 1u << fact_count; n++) {
		struct facts f = facts_of(n);
#define F(name) .name = f.name,
		struct interrupt_facts given = { FACTS(F) };
#undef F
		enum interrupt page = interrupt_page(&given);
		const char *why =
			promise_broken(&f, (enum page)page, interrupt_may_skip(&given, page));

		if (why)
			fail_msg("%u: %s: %s", n, interrupt_name(page), why);
		if ((enum page)page != page_expected(&f))
			fail_msg("%u: %s", n, interrupt_name(page));
	}
}

/* ---- Ada, with a password ---- */

static void rule(const char *name, int64_t value)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_policy_site_put, 1, WITH(v_text(str_of(name)), v_number(value)));
	assert_int_equal(unit_commit(&unit), 0);
}

static err sign_in(void)
{
	browser.flow = NULL;
	return ASK(signin_password, .name = STR("ada"), .password = typed(old_password));
}

static const struct rec_interrupt *shown(void)
{
	assert_int_equal(ASK(interrupt_show, 0), 0);
	return out.record;
}

static void assert_owes(const char *page)
{
	const struct rec_interrupt *r = shown();

	if (!str_is(r->page, page))
		fail_msg("%.*s, not %s", STR_ARG(r->page), page);
}

static void add_contact(const char *address)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_contact_add, 1, WITH(v_bytes(ada), v_text(str_of(address))));
	assert_int_equal(unit_commit(&unit), 0);
}

#define SESSION(column) "(SELECT " column " FROM session ORDER BY rowid DESC LIMIT 1)"
#define ROWS(column) "(SELECT " column " FROM registration)"

static void nothing_is_owed_where_nothing_is_required(void **state)
{
	(void)state;
	assert_int_equal(sign_in(), reply_signed_in);
	assert_held(SESSION("stage"), stage_through);
	/* and what is required later asks no open session */
	rule("registrationRequiredOnSignIn", 1);
	rule("multifactorAuthenticationRequired", 1);
	assert_owes("none");
	assert_int_equal(sign_in(), reply_owes);
	assert_held(SESSION("stage"), stage_owes);
	assert_owes("steps");
}

static void only_who_may_reset_is_asked_for_the_ways_of_a_reset(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("enablementType", 0);
	assert_int_equal(sign_in(), reply_signed_in);
	change_store("UPDATE account SET must_register = 1");
	assert_int_equal(sign_in(), reply_owes);
	assert_false(shown()->may_skip);
}

static void it_is_put_off_for_days_and_then_no_more(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("skipRegistrationMaxAllowedDays", 2);
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(shown()->skip_days, 2);
	assert_logged("signin ok");
	assert_int_equal(ASK(interrupt_later, 0), 0);
	assert_logged("info_complete failed: User skipped registration");
	assert_held(SESSION("stage"), stage_through);
	assert_held(ROWS("skips"), 1);
	assert_held(ROWS("skipped_since"), ctx.now);
	ctx.now += 86400 + 1;
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(shown()->skip_days, 1);
	assert_true(shown()->may_skip);
	ctx.now += 86400;
	assert_int_equal(sign_in(), reply_owes);
	assert_false(shown()->may_skip);
	assert_int_equal(ASK(interrupt_later, 0), reply_not_allowed);
	assert_held(SESSION("stage"), stage_owes);
}

static void it_is_put_off_so_often_and_no_more(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("skipRegistrationMaxAllowedCount", 2);
	for (int left = 2; left > 0; left--) {
		assert_int_equal(sign_in(), reply_owes);
		assert_int_equal(shown()->skip_count, left);
		assert_int_equal(ASK(interrupt_later, 0), 0);
	}
	assert_int_equal(sign_in(), reply_owes);
	assert_false(shown()->may_skip);
	rule("skipRegistrationMaxAllowedCount", 0);
	assert_true(shown()->may_skip);
	rule("skipRegistrationAllowed", 0);
	assert_false(shown()->may_skip);
}

static void the_first_step_is_one_that_sign_in_can_ask_for(void **state)
{
	const struct rec_interrupt *r;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("multifactorAuthenticationRequired", 1);
	assert_int_equal(sign_in(), reply_owes);
	r = shown();
	assert_true(str_is(r->kinds, "passkey|totp|recovery_code") && r->second && r->step == 1 &&
		    r->steps == 2);
	rule("passkeysEnabled", 0);
	assert_true(str_is(shown()->kinds, "totp|recovery_code"));
	rule("mobileAppCodeEnabled", 0);
	assert_true(str_is(shown()->kinds, "recovery_code"));
	rule("recoveryCodesEnabled", 0);
	assert_owes("ask_desk");
	rule("multifactorAuthenticationRequired", 0);
	assert_owes("ask_desk"); /* two ways are asked for, and one is on */
	rule("emailOptionEnabled", 1);
	rule("numberOfAuthenticationMethodsRequired", 1);
	assert_owes("steps");
	assert_true(str_is(shown()->kinds, "mail"));
}

/* ---- passkeys ---- */

static void add_key(const char *id, bool verifies, const char *state)
{
	struct unit unit = unit_begin(&ctx);

	add_method(id, "passkey", "", v_null());
	unit_add(&unit, statement_passkey_add, 1,
		WITH(v_bytes(str_of(id)), v_bytes(str_of(id)), v_bytes(STR("key")),
			v_bytes(STR("aaguid-16-bytes-")), v_text(STR("usb")), v_number(0),
			v_number(0), v_number(0), v_number(verifies)));
	assert_int_equal(unit_commit(&unit), 0);
	if (str_is(str_of(state), "waiting"))
		change_store("UPDATE method SET state = 'waiting', counts_from = 9000000000 WHERE "
			     "kind = 'passkey'");
}

static void one_passkey_that_verifies_its_user_is_all(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("multifactorAuthenticationRequired", 1);
	assert_int_equal(sign_in(), reply_owes);
	add_contact("ada@home.example");
	add_key("passkeypasskey00", true, "active");
	assert_owes("none");
}

static void whoever_has_one_passkey_alone_is_asked_for_codes(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(ASK(interrupt_start, 0), 0);
	add_contact("ada@home.example");
	add_key("passkeypasskey00", true, "active");
	assert_owes("spare");
	add_key("passkeypasskey01", false, "active");
	assert_owes("none");
}

/* Of what would be changed with it, nobody but its reader would hear. */
static void one_mailbox_alone_is_too_little(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(ASK(interrupt_start, 0), 0);
	assert_false(shown()->unheard); /* first things first */
	add_key("passkeypasskey00", true, "active");
	add_paper(paper_code);
	assert_owes("steps");
	assert_true(str_is(shown()->kinds, "mail") && shown()->unheard && shown()->may_skip);
	rule("emailOptionEnabled", 0);
	assert_owes("none");
	rule("emailOptionEnabled", 1);
	change_store("UPDATE session SET stage = 1");
	assert_owes("steps");
	/* Where it is not asked for, nobody is. */
	rule("registrationRequiredOnSignIn", 0);
	assert_owes("none");
	rule("registrationRequiredOnSignIn", 1);
	change_store("UPDATE session SET stage = 1");
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_owes("none");
}

static void without_a_work_mailbox_an_own_one_is_enough(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	change_store("UPDATE account SET mail = ''");
	assert_int_equal(sign_in(), reply_owes);
	add_mail("mailmailmailmai0", "ada@home.example");
	add_paper(paper_code);
	assert_owes("none");
}

static void a_passkey_without_its_user_is_one_way(void **state)
{
	const struct rec_interrupt *r;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	assert_int_equal(sign_in(), reply_owes);
	add_key("passkeypasskey00", false, "active");
	assert_owes("steps");
	r = shown();
	assert_true(str_is(r->kinds, "totp|mail|recovery_code") && r->step == 2 && r->steps == 2);
}

/* Where it is all that policy allows, another that verifies its user is what is missing. */
static void where_passkeys_are_all_there_is_they_are_asked_for(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("mobileAppCodeEnabled", 0);
	rule("recoveryCodesEnabled", 0);
	rule("emailOptionEnabled", 0);
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("steps");
	assert_true(str_is(shown()->kinds, "passkey"));
	add_key("passkeypasskey00", false, "active");
	assert_owes("steps");
	assert_true(str_is(shown()->kinds, "passkey"));
	add_key("passkeypasskey01", true, "active");
	assert_owes("none");
	assert_true(str_is(shown()->kinds, ""));
	rule("passkeysEnabled", 0);
	change_store("UPDATE session SET stage = 0");
	assert_owes("ask_desk");
}

/* The vouching is that of every first way: a password alone registers what counts after a day. */
static void a_passkey_that_a_password_alone_adds_waits(void **state)
{
	(void)state;
	rule("multifactorAuthenticationRequired", 1);
	add_contact("ada@home.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("vouch");
	change_store("UPDATE session SET vouch_tries = 0");
	assert_owes("steps");
	assert_true(shown()->late && str_is(shown()->kinds, "passkey|totp|recovery_code"));
	add_key("passkeypasskey00", true, "waiting");
	assert_owes("wait");
	assert_true(str_is(shown()->kinds, "totp|recovery_code"));
}

static void the_campaign_ends_with_a_passkey_or_the_best_of_the_others(void **state)
{
	(void)state;
	rule("registrationCampaignState", 1);
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("better");
	assert_true(str_is(shown()->kinds, "passkey|totp"));
	add_key("passkeypasskey00", false, "active");
	assert_owes("none");
	change_store("DELETE FROM method WHERE kind = 'passkey'");
	change_store("UPDATE session SET stage = 0");
	assert_owes("better");
	rule("mobileAppCodeEnabled", 0);
	assert_owes("none"); /* mail is the best of the others, and is there */
}

static void the_pages_of_the_others(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	rule("combinedRegistration", 0);
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("reset_setup");
	rule("multifactorAuthenticationRequired", 1);
	assert_owes("mfa_setup");
	assert_false(shown()->may_skip);
}

static void what_is_there_is_looked_over_after_so_many_days(void **state)
{
	struct secret *seed;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	add_mail("mailmailmailmai0", "ada@home.example");
	seed = add_app();
	change_store("UPDATE method SET verified = 1000000");
	ctx.now = 1000000 + 180 * 86400 - 60;
	assert_int_equal(sign_in(), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
	ctx.now += 60;
	assert_int_equal(sign_in(), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_owes);
	assert_owes("confirm");
	assert_int_equal(out.item_count, 2);
	assert_false(shown()->may_skip);
	assert_logged("signin ok\nsignin ok");
	/* after a new proof only */
	ctx.now += 301;
	assert_int_equal(ASK(interrupt_confirm, 0), reply_prove_first);
	change_store("UPDATE session SET proved = proved + 301");
	assert_int_equal(ASK(interrupt_confirm, 0), 0);
	assert_logged("info_reviewed ok");
	assert_held(ROWS("confirmed"), ctx.now);
	assert_owes("none");
	rule("registrationReconfirmIntervalInDays", 0);
	ctx.now += 10000 * 86400LL;
	assert_int_equal(sign_in(), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
}

static void who_must_register_by_name_looks_it_over_at_least(void **state)
{
	struct secret *seed;

	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	seed = add_app();
	change_store("UPDATE account SET must_register = 1");
	assert_int_equal(sign_in(), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_owes);
	assert_owes("confirm");
	assert_int_equal(ASK(interrupt_later, 0), reply_not_allowed);
	assert_int_equal(ASK(interrupt_confirm, 0), 0);
	assert_held("must_register FROM account", 0);
	assert_owes("none");
}

static void the_campaign_is_put_off_three_times(void **state)
{
	(void)state;
	rule("registrationCampaignState", 1);
	assert_int_equal(sign_in(), reply_signed_in); /* nothing is better than nothing at all */
	add_mail("mailmailmailmai0", "ada@home.example");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sign_in(), reply_owes);
		assert_owes("better");
		assert_true(shown()->may_skip && shown()->skip_days == 1);
		assert_int_equal(ASK(interrupt_later, 0), 0);
		assert_int_equal(sign_in(), reply_signed_in);
		ctx.now += 86400;
	}
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(ASK(interrupt_later, 0), reply_not_allowed);
	rule("enforceRegistrationAfterAllowedSnoozes", 0);
	assert_int_equal(ASK(interrupt_later, 0), 0);
	rule("mobileAppCodeEnabled", 0);
	ctx.now += 86400;
	assert_int_equal(sign_in(), reply_signed_in);
}

static void the_privacy_notice_that_was_accepted_is_kept(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	assert_int_equal(sign_in(), reply_owes);
	assert_false(shown()->begun);
	assert_int_equal(ASK(interrupt_start, 0), 0);
	assert_true(shown()->begun);
	assert_held(ROWS("notice_version"), 1);
	assert_held(ROWS("notice_at"), ctx.now);
}

static void leaving_in_the_middle_is_logged(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	assert_int_equal(sign_in(), reply_owes);
	assert_logged("signin ok");
	assert_int_equal(ASK(signout, 0), 0);
	assert_logged("info_complete failed: User cancelled registration\nsign_out ok");
}

/* ---- a password alone ---- */

static void what_a_password_alone_adds_counts_after_a_day(void **state)
{
	const struct rec_method_new *made;
	struct secret *seed;

	(void)state;
	rule("multifactorAuthenticationRequired", 1);
	assert_int_equal(sign_in(), reply_owes);
	assert_logged("signin ok");
	assert_true(shown()->late);
	assert_int_equal(ASK(info_add, .kind = STR("totp")), reply_next_proof);
	made = out.record;
	seed = made->seed;
	assert_int_equal(ASK(info_confirm, .id = made->id, .code = typed(app_code(seed))), 0);
	assert_left("info_registered ok: totp", "method_waiting ada@work.example");
	assert_held(SESSION("level"), 1);
	assert_held("counts_from FROM method", ctx.now + 86400);
	assert_owes("wait");
	assert_int_equal(shown()->waits, ctx.now + 86400);
	ctx.now += 86400 - 1;
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("wait");
	ctx.now += 1;
	assert_int_equal(sign_in(), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
}

static void who_says_it_was_not_me_ends_what_waits(void **state)
{
	(void)state;
	assert_int_equal(sign_in(), reply_signed_in);
	assert_int_equal(ASK(info_add, .kind = STR("recovery_code")), reply_done);
	assert_held("COUNT(*) FROM method", 1);
	ctx.now += 3600;
	assert_int_equal(
		ASK(notice_deny,
			.token = typed(strchr(mailed("method_waiting", "deny_link"), '#') + 1)),
		0);
	assert_held("COUNT(*) FROM method", 0);
	assert_held("frozen > 0 FROM account", 1);
}

/* Whoever knew the old password alone may have added it. */
static void a_new_password_by_a_pass_drops_what_waits(void **state)
{
	struct answer invited = { 0 };
	const struct rec_invitation *pass;

	(void)state;
	assert_int_equal(sign_in(), reply_signed_in);
	assert_int_equal(ASK(info_add, .kind = STR("recovery_code")), reply_done);
	assert_held("COUNT(*) FROM method", 1);
	asker.door = door_socket;
	assert_int_equal(serve_people_invite(
				 &ctx, &(struct op_people_invite){ .name = STR("ada") }, &invited),
		0);
	pass = invited.record;
	browser.flow = NULL;
	assert_int_equal(
		ASK(signin_pass, .name = STR("ada"), .pass = pass->pass), reply_must_change);
	assert_int_equal(ASK(signin_choose, .password = typed(new_password)), reply_signed_in);
	assert_held("COUNT(*) FROM method", 0);
}

static void what_is_said_of_it_before_it_is_added(void **state)
{
	(void)state;
	assert_int_equal(sign_in(), reply_signed_in);
	assert_int_equal(ASK(info_show, 0), 0);
	assert_int_equal(((const struct rec_info *)out.record)->late, 1);
	add_contact("ada@home.example");
	assert_int_equal(ASK(info_show, 0), 0);
	assert_int_equal(((const struct rec_info *)out.record)->late, 2);
	assert_int_equal(ASK(vouch_send, 0), 0);
	assert_int_equal(ASK(vouch_answer, .code = typed(mailed("vouch_code", "code"))), 0);
	assert_int_equal(ASK(info_show, 0), 0);
	assert_int_equal(((const struct rec_info *)out.record)->late, 0);
}

static void a_pass_a_network_and_a_second_proof_let_it_count_at_once(void **state)
{
	struct session s = { .level = 1 };

	(void)state;
	(void)ask();
	assert_false(session_strong(&ctx, &s));
	s.by_pass = true;
	assert_true(session_strong(&ctx, &s));
	s = (struct session){ .level = 2 };
	assert_true(session_strong(&ctx, &s));
	s = (struct session){ .level = 1, .vouched = true };
	assert_true(session_strong(&ctx, &s));
	s = (struct session){ .level = 1 };
	set_conf("site.trustedNetworks", "192.0.2.0/24");
	assert_true(session_strong(&ctx, &s));
	set_conf("site.trustedNetworks", "198.51.100.0/24");
	assert_false(session_strong(&ctx, &s));
}

static void a_code_to_an_address_known_before_lets_it_count_at_once(void **state)
{
	struct secret *token;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	add_contact("ada@home.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("vouch");
	assert_int_equal(ASK(vouch_send, 0), 0);
	assert_left("signin ok", "vouch_code ada@home.example");
	token = browser.session;
	assert_int_equal(ASK(vouch_answer, .code = typed("00000000")), reply_again);
	assert_int_equal(out.number, 4);
	assert_logged("signin failed: Wrong code to an address known before");
	assert_int_equal(ASK(vouch_answer, .code = typed(mailed("vouch_code", "code"))), 0);
	assert_logged("signin ok: Proved an address known before");
	assert_ptr_not_equal(browser.session, token);
	assert_owes("steps");
	assert_false(shown()->late);
	/* once */
	assert_int_equal(ASK(vouch_send, 0), reply_already);
	assert_int_equal(ASK(info_add, .kind = STR("recovery_code")), reply_done);
	assert_held("counts_from FROM method", 0);
	assert_held(SESSION("level"), 2);
}

static void five_wrong_codes_and_no_more_are_sent_or_taken(void **state)
{
	const char *code;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	add_contact("ada@home.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(ASK(vouch_send, 0), 0);
	code = mailed("vouch_code", "code");
	for (int i = 0; i < 4; i++)
		assert_int_equal(ASK(vouch_answer, .code = typed("00000000")), reply_again);
	assert_int_equal(ASK(vouch_answer, .code = typed("00000000")), 0);
	assert_int_equal(ASK(vouch_answer, .code = typed(code)), 0);
	assert_held(SESSION("vouched"), 0);
	assert_owes("steps");
	assert_true(shown()->late);
}

static void a_code_that_is_too_old_or_another_s_is_none(void **state)
{
	const char *first;

	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	add_contact("ada@home.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_int_equal(ASK(vouch_send, 0), 0);
	first = mailed("vouch_code", "code");
	assert_int_equal(ASK(vouch_send, 0), 0);
	assert_int_equal(ASK(vouch_answer, .code = typed(first)), reply_again);
	ctx.now += 600;
	assert_int_equal(
		ASK(vouch_answer, .code = typed(mailed("vouch_code", "code"))), reply_again);
	assert_int_equal(ASK(vouch_send, 0), 0);
	assert_int_equal(ASK(vouch_send, 0), reply_too_fast);
}

static void a_mailbox_that_the_password_protects_vouches_for_nobody(void **state)
{
	(void)state;
	rule("registrationRequiredOnSignIn", 1);
	add_contact("ada@mail.work.example");
	assert_int_equal(sign_in(), reply_owes);
	assert_owes("steps");
	assert_int_equal(ASK(vouch_send, 0), reply_too_fast);
	assert_told("");
}

/* ---- asked first ---- */

static void the_chosen_way_is_asked_first(void **state)
{
	struct secret *seed = NULL;

	(void)state;
	seed = add_app();
	add_paper(paper_code);
	assert_int_equal(sign_in(), reply_prove);
	assert_true(str_is(((const struct rec_flow_page *)out.record)->method, "totp"));
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
	assert_logged("signin ok");
	assert_int_equal(ASK(info_default, .kind = STR("recovery_code")), 0);
	assert_logged("info_default ok: recovery_code");
	assert_int_equal(sign_in(), reply_prove);
	assert_true(str_is(((const struct rec_flow_page *)out.record)->method, "recovery_code"));
	change_store("DELETE FROM method WHERE kind = 'recovery_code'");
	assert_int_equal(sign_in(), reply_prove);
	assert_true(str_is(((const struct rec_flow_page *)out.record)->method, "totp"));
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(seed))), reply_signed_in);
	assert_int_equal(ASK(info_default, .kind = STR("recovery_code")), reply_not_found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_the_expected_one_in_every_combination),
		IN_HOUSE(nothing_is_owed_where_nothing_is_required),
		IN_HOUSE(only_who_may_reset_is_asked_for_the_ways_of_a_reset),
		IN_HOUSE(it_is_put_off_for_days_and_then_no_more),
		IN_HOUSE(it_is_put_off_so_often_and_no_more),
		IN_HOUSE(the_first_step_is_one_that_sign_in_can_ask_for),
		IN_HOUSE(one_passkey_that_verifies_its_user_is_all),
		IN_HOUSE(whoever_has_one_passkey_alone_is_asked_for_codes),
		IN_HOUSE(one_mailbox_alone_is_too_little),
		IN_HOUSE(without_a_work_mailbox_an_own_one_is_enough),
		IN_HOUSE(a_passkey_without_its_user_is_one_way),
		IN_HOUSE(where_passkeys_are_all_there_is_they_are_asked_for),
		IN_HOUSE(a_passkey_that_a_password_alone_adds_waits),
		IN_HOUSE(the_campaign_ends_with_a_passkey_or_the_best_of_the_others),
		IN_HOUSE(the_pages_of_the_others),
		IN_HOUSE(what_is_there_is_looked_over_after_so_many_days),
		IN_HOUSE(who_must_register_by_name_looks_it_over_at_least),
		IN_HOUSE(the_campaign_is_put_off_three_times),
		IN_HOUSE(the_privacy_notice_that_was_accepted_is_kept),
		IN_HOUSE(leaving_in_the_middle_is_logged),
		IN_HOUSE(what_a_password_alone_adds_counts_after_a_day),
		IN_HOUSE(who_says_it_was_not_me_ends_what_waits),
		IN_HOUSE(a_new_password_by_a_pass_drops_what_waits),
		IN_HOUSE(what_is_said_of_it_before_it_is_added),
		IN_HOUSE(a_pass_a_network_and_a_second_proof_let_it_count_at_once),
		IN_HOUSE(a_code_to_an_address_known_before_lets_it_count_at_once),
		IN_HOUSE(five_wrong_codes_and_no_more_are_sent_or_taken),
		IN_HOUSE(a_code_that_is_too_old_or_another_s_is_none),
		IN_HOUSE(a_mailbox_that_the_password_protects_vouches_for_nobody),
		IN_HOUSE(the_chosen_way_is_asked_first),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("what a sign-in owes", tests, NULL, NULL);
}
