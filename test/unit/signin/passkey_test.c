/* Passkeys from the page that registers one to everything that one proves, by an authenticator of
 * our own: beside each answer, what stands in the log after it, who is told what, and what the
 * store holds. */
#include "key.h"

static const struct rec_flow_page *page(void)
{
	return out.record;
}

static struct signature of_page(unsigned flags)
{
	struct signature s = { .flags = flags,
		.challenge = from_options(page()->options, "challenge") };

	sign(&s);
	return s;
}

static struct signature alone(unsigned flags)
{
	struct signature s = { .flags = flags };

	assert_int_equal(ASK(passkey_begin, 0), reply_done);
	s.challenge =
		from_options(((const struct rec_passkey_asked *)out.record)->options, "challenge");
	sign(&s);
	return s;
}

#define FLOW(column) "(SELECT " column " FROM flow ORDER BY rowid DESC LIMIT 1)"
#define STARTED_MAIL "reset_progress ok: User started the email verification option"
#define STARTED "reset_progress ok: User started the passkey verification option"
#define DID "reset_progress ok: User completed the passkey verification option"
#define TOO_FEW                                                                                    \
	"reset_progress failed: User's account has insufficient authentication methods defined"

static void begin_reset(const char *name)
{
	browser.flow = NULL;
	assert_int_equal(ASK(recover_begin, .name = str_of(name)), reply_check_messages);
	assert_int_equal(ASK(recover_method, .method = STR("passkey")), reply_next_proof);
	log_seen = held("SELECT MAX(rowid) FROM audit");
}

/* ---- registering ---- */

static void a_passkey_is_kept_as_its_authenticator_said_it(void **state)
{
	struct secret *token;

	(void)state;
	enter(1);
	token = browser.session;
	assert_int_equal(add(), reply_next_proof);
	assert_true(str_is(added->shown, "ada"));
	assert_true(str_find(added->options, STR("\"residentKey\":\"preferred\"")) <
		    added->options.length);
	assert_true(
		str_find(added->options, STR("\"attestation\":\"none\"")) < added->options.length);
	/* What stands for Ada is not her id. */
	assert_false(str_same(from_options(added->options, "user\":{\"id"), ada));
	assert_int_equal(from_options(added->options, "user\":{\"id").length, 32);
	assert_int_equal(make(up | uv | be | bs, "not"), reply_done);
	/* Two ways, but one mailbox alone hears of it: that is not complete. */
	assert_left("info_registered ok: passkey", "method_added ada@work.example");
	assert_string_equal(mailed("method_added", "label"), "Blue key");
	assert_held(
		"COUNT(*) FROM passkey WHERE counter = 0 AND eligible = 1 AND backed_up = 1 AND "
		"verified = 1 "
		"AND transports = 'internal usb' AND credential = CAST('a key''s name' AS BLOB)",
		1);
	assert_held("COUNT(*) FROM passkey WHERE INSTR(key, aaguid) > 0", 0);
	assert_held("COUNT(*) FROM session WHERE level = 2", 1);
	assert_ptr_not_equal(browser.session, token);
	/* The same again is nobody's new one. */
	assert_int_equal(add(), reply_next_proof);
	assert_true(str_find(added->options, STR("YSBrZXkncyBuYW1l")) < added->options.length);
	assert_int_equal(make(up | uv | be | bs, "not"), reply_again);
	assert_true(str_is(out.words, "passkey_not_made"));
}

static void what_was_not_made_for_this_page_is_not_registered(void **state)
{
	(void)state;
	enter(1);
	assert_int_equal(add(), reply_next_proof);
	assert_int_equal(make(uv, "not"), reply_again); /* nobody touched it */
	assert_int_equal(make(up, "wrong"), reply_again);
	assert_held("COUNT(*) FROM passkey", 0);
	assert_held("tries FROM method", 3);
	ctx.now += challenge_seconds;
	change_store("UPDATE session SET proved = proved + 600");
	assert_int_equal(make(up, "not"), reply_refused); /* the page was open too long: no try */
	assert_true(str_is(out.words, "passkey_old"));
	assert_held("tries FROM method", 3);
	added = out.record;
	assert_int_equal(make(up, "not"), reply_done);
	assert_held("COUNT(*) FROM passkey WHERE verified = 0", 1);
}

static void ten_passkeys_and_no_more(void **state)
{
	(void)state;
	enter(2);
	for (int i = 0; i < 10; i++) {
		struct buf b = buf_in(ctx.arena, 20);

		buf_print(&b, "passkeypasskey%02d", i);
		buf_char(&b, 0);
		add_method(b.at, "passkey", "", v_null());
	}
	assert_int_equal(add(), reply_too_many);
}

static void where_policy_asks_a_maker_must_vouch(void **state)
{
	(void)state;
	change_store("INSERT INTO policy_site VALUES ('isAttestationEnforced', 1)");
	enter(1);
	assert_int_equal(add(), reply_next_proof);
	assert_true(str_find(added->options, STR("\"attestation\":\"direct\"")) <
		    added->options.length);
	assert_int_equal(make(up, "stranger"), reply_refused);
	assert_true(str_is(out.words, "passkey_maker"));
	assert_held("tries FROM method", 5);
	added = out.record;
	assert_int_equal(make(up, "maker"), reply_done);
}

static void what_is_deleted_or_erased_leaves_no_key(void **state)
{
	const struct rec_method_row *rows;

	(void)state;
	register_key(up | uv);
	enter(2);
	assert_int_equal(ASK(info_show, 0), reply_done);
	assert_true(((const struct rec_info *)out.record)->complete);
	rows = out.items;
	/* It is the two ways that policy needs. */
	assert_int_equal(ASK(info_delete, .id = rows[0].id), reply_last_one);
	add_mail("mailmailmailmai0", "ada@home.example");
	(void)add_app();
	assert_int_equal(ASK(info_delete, .id = rows[0].id), reply_done);
	assert_held("COUNT(*) FROM passkey", 0);
	assert_left("info_deleted ok: passkey",
		"method_removed ada@work.example\nmethod_removed ada@home.example");
	change_store("DELETE FROM method");
	register_key(up | uv);
	assert_held("COUNT(*) FROM passkey", 1);
	asker.door = door_socket;
	assert_int_equal(ASK(people_erase, .name = STR("ada"), .confirm = STR("yes")), reply_done);
	assert_held("COUNT(*) FROM passkey", 0);
}

static void one_that_verified_its_user_is_complete_and_the_last_one(void **state)
{
	const struct rec_info *info;
	const struct rec_method_row *rows;

	(void)state;
	register_key(up | uv);
	enter(2);
	assert_int_equal(ASK(info_show, 0), reply_done);
	info = out.record;
	rows = out.items;
	assert_true(info->complete);
	assert_int_equal(ASK(info_delete, .id = rows[0].id), reply_last_one);
	change_store("UPDATE passkey SET verified = 0");
	assert_int_equal(ASK(info_show, 0), reply_done);
	info = out.record;
	assert_false(info->complete);
}

/* ---- a reset ---- */

static void one_that_verified_its_user_resets_alone(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	begin_reset("ada");
	assert_true(
		str_find(page()->options, STR("\"allowCredentials\":[]")) < page()->options.length);
	s = of_page(up | uv);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_choose);
	assert_logged(DID);
	assert_held(FLOW("state = 'proven' AND real = 1 AND proofs = 'passkey+verified'"), 1);
	assert_held("counter FROM passkey", counter);
	assert_held("last_used FROM method WHERE kind = 'passkey'", ctx.now);
	assert_held("COUNT(*) FROM counter WHERE count > 0", 0);
	assert_int_equal(ASK(recover_choose, .password = typed(new_password)), reply_password_done);
}

static void one_that_did_not_is_one_proof_of_two(void **state)
{
	struct signature s;

	(void)state;
	register_key(up);
	begin_reset("ada");
	s = of_page(up);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_contact_desk);
	assert_logged(TOO_FEW);
	add_mail("mailmailmailmai0", "ada@home.example");
	begin_reset("ada");
	s = of_page(up);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_check_messages);
	assert_held(FLOW("state = 'asked' AND proofs = 'passkey' AND method = 'mail'"), 1);
	assert_int_equal(ASK(recover_method, .method = STR("passkey")),
		reply_check_messages); /* each once */
}

static void of_nobody_and_of_others_it_proves_nothing_and_looks_the_same(void **state)
{
	struct signature s;
	size_t length;

	(void)state;
	register_key(up | uv);
	begin_reset("ada");
	length = page()->options.length;
	begin_reset("nobody");
	assert_int_equal(page()->options.length, length);
	s = of_page(up | uv);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
	assert_true(str_is(out.words, "passkey_wrong"));
	assert_true(str_is(page()->ways, "mail|totp|recovery_code|passkey"));
	begin_reset("ada");
	s = of_page(up | uv);
	s.bytes = with_bit(&ctx, s.bytes, 200);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
	assert_true(str_is(out.words, "passkey_wrong"));
	assert_logged("reset_progress failed: A passkey was refused: signature");
	s = of_page(up | uv);
	s.handle = STR("somebody else's");
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
	assert_logged("reset_progress failed: A passkey was refused: handle");
	s = of_page(up | uv);
	s.id = STR("a name that nobody has");
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
	assert_logged("reset_progress failed: A passkey was refused: unknown");
	assert_held(FLOW("tries = 2 AND proofs = '' AND real = 0"), 1);
	s = of_page(up | uv);
	change_store("UPDATE account SET frozen = 1");
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
}

static void a_counter_that_goes_back_is_refused_and_told(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	counter = 40;
	begin_reset("ada");
	s = of_page(up | uv);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_choose);
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	counter = 40;
	begin_reset("ada");
	s = of_page(up | uv);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_again);
	assert_left("reset_progress failed: A passkey was refused: counter went back",
		"recover_code nobody\npasskey_copied ada@work.example");
	assert_string_equal(mailed("passkey_copied", "label"), "Blue key");
	assert_held("counter FROM passkey", 41);
	s = of_page(up | uv);
	assert_int_equal(ASK(recover_passkey, SIGNED(&s)), reply_choose);
	assert_held("counter FROM passkey", 42);
}

/* ---- sign-in ---- */

static void after_the_password_it_is_the_second_proof(void **state)
{
	struct signature s;

	(void)state;
	register_key(up);
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_true(str_is(page()->method, "passkey"));
	assert_true(str_find(page()->options, STR("YSBrZXkncyBuYW1l")) < page()->options.length);
	s = of_page(up);
	assert_int_equal(ASK(signin_passkey, SIGNED(&s)), reply_signed_in);
	assert_held("COUNT(*) FROM session WHERE level = 2", 1);
	assert_held(FLOW("state = 'done' AND proofs = 'passkey'"), 1);
}

static void what_is_owed_is_asked_after_a_passkey_too(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	add_paper(paper_code);
	add_mail("mailmailmailmai0", "ada@home.example");
	change_store("UPDATE account SET must_register = 1");
	s = alone(up | uv);
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_owes);
	assert_int_equal(ASK(interrupt_show, 0), 0);
	assert_true(str_is(((const struct rec_interrupt *)out.record)->page, "confirm"));
	browser.session = NULL;
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	s = of_page(up | uv);
	assert_int_equal(ASK(signin_passkey, SIGNED(&s)), reply_owes);
}

static void to_one_who_has_none_it_is_not_offered(void **state)
{
	(void)state;
	(void)add_app();
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_true(str_is(page()->ways, "totp|recovery_code"));
	assert_int_equal(ASK(signin_method, .method = STR("passkey")), reply_prove);
	assert_held(FLOW("method = 'totp'"), 1);
}

static void alone_it_signs_in_once(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	s = alone(up | uv);
	assert_int_equal(passkey_handle(&ctx, ada, &s.handle), 0);
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_signed_in);
	assert_logged("signin ok");
	assert_held("COUNT(*) FROM session WHERE level = 2", 1);
	assert_held("COUNT(*) FROM counter WHERE count > 0", 0);
	/* The same answer again, by one who saw it. */
	browser.session = browser.device = NULL;
	change_store("UPDATE passkey SET counter = 0");
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_wrong);
	assert_held("COUNT(*) FROM session", 1);
	ctx.now += challenge_seconds;
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_refused);
	assert_true(str_is(out.words, "passkey_old"));
}

static void alone_it_must_verify_its_user(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	s = alone(up);
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_wrong);
	assert_logged("signin failed: A passkey was refused: not_verified");
	assert_held("COUNT(*) FROM session", 0);
}

static void disabled_frozen_locked_and_unknown_are_all_wrong(void **state)
{
	static const char *const changes[] = { "UPDATE account SET state = 'disabled'",
		"UPDATE account SET state = 'active', frozen = 1", "UPDATE account SET frozen = 0",
		("INSERT OR REPLACE INTO counter VALUES (CAST('0123456789abcdef' AS BLOB), "
		 "'signin', 0, 10, 1000000, 2000000)") };
	static const char *const logged[] = { "signin failed: The account is disabled",
		"signin failed: The account's methods are frozen",
		"signin failed: A passkey was refused: signature",
		"signin failed: The account is locked" };
	struct signature s;

	(void)state;
	register_key(up | uv);
	for (size_t i = 0; i < 4; i++) {
		change_store(changes[i]);
		s = alone(up | uv);
		if (i == 2)
			s.bytes = with_bit(&ctx, s.bytes, 200);
		assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_wrong);
		assert_logged(logged[i]);
		assert_int_equal(out.words.length, 0);
	}
	s.id = STR("a name that nobody has");
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_wrong);
	assert_logged("");
}

static void a_password_that_must_change_is_changed_first(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	change_store("UPDATE password SET must_change = 1");
	s = alone(up | uv);
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_must_change);
	assert_held("COUNT(*) FROM session", 0);
	assert_int_equal(ASK(signin_choose, .password = typed(new_password)), reply_signed_in);
	assert_held("COUNT(*) FROM session WHERE level = 2", 1);
}

static void a_hundred_refused_by_strangers_end_the_comparing(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	change_store("INSERT INTO counter VALUES (CAST('0123456789abcdef' AS BLOB), 'passkey', 0, "
		     "100, 1, 0)");
	s = alone(up | uv);
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), reply_wrong);
}

/* ---- a fresh proof ---- */

static void it_proves_again_who_is_signed_in(void **state)
{
	const struct rec_info *info;
	struct signature s = { .flags = up };

	(void)state;
	register_key(up);
	enter(2);
	ctx.now += 600;
	assert_int_equal(ASK(info_add, .kind = STR("totp")), reply_prove_first);
	assert_int_equal(ASK(info_show, 0), reply_done);
	info = out.record;
	assert_true(str_is(info->prove_by, "passkey|totp|recovery_code"));
	s.challenge = from_options(info->options, "challenge");
	sign(&s);
	assert_int_equal(ASK(info_prove_passkey, SIGNED(&s)), reply_done);
	assert_int_equal(ASK(info_add, .kind = STR("totp")), reply_next_proof);
	/* The session has another name since: what was asked of the old one is over. */
	sign(&s);
	assert_int_equal(ASK(info_prove_passkey, SIGNED(&s)), reply_refused);
}

/* ---- where there can be none ---- */

static void a_site_without_a_name_has_none(void **state)
{
	(void)state;
	set_conf("site.baseUrl", "https://192.0.2.1");
	assert_int_equal(passkey_site(&ctx), 0);
	assert_int_equal(ASK(passkey_begin, 0), reply_not_found);
	enter(1);
	assert_int_equal(add(), reply_not_allowed);
	set_conf("site.rpId", "example");
	assert_int_equal(passkey_site(&ctx), -fault_conf);
	set_conf("site.baseUrl", "https://reset.firm.co.uk");
	set_conf("site.rpId", "co.uk");
	assert_int_equal(passkey_site(&ctx), -fault_conf);
	set_conf("site.rpId", "firm.co.uk");
	assert_int_equal(passkey_site(&ctx), 0);
}

static void a_key_that_somebody_put_into_the_store_does_not_open(void **state)
{
	struct signature s;

	(void)state;
	register_key(up | uv);
	change_store("UPDATE passkey SET credential = CAST('another name' AS BLOB)");
	s = alone(up | uv);
	s.id = STR("another name");
	assert_int_equal(ASK(signin_alone, SIGNED(&s)), -fault_crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEY(a_passkey_is_kept_as_its_authenticator_said_it),
		WITH_KEY(what_was_not_made_for_this_page_is_not_registered),
		WITH_KEY(ten_passkeys_and_no_more),
		WITH_KEY(where_policy_asks_a_maker_must_vouch),
		WITH_KEY(what_is_deleted_or_erased_leaves_no_key),
		WITH_KEY(one_that_verified_its_user_is_complete_and_the_last_one),
		WITH_KEY(one_that_verified_its_user_resets_alone),
		WITH_KEY(one_that_did_not_is_one_proof_of_two),
		WITH_KEY(of_nobody_and_of_others_it_proves_nothing_and_looks_the_same),
		WITH_KEY(a_counter_that_goes_back_is_refused_and_told),
		WITH_KEY(after_the_password_it_is_the_second_proof),
		WITH_KEY(what_is_owed_is_asked_after_a_passkey_too),
		WITH_KEY(to_one_who_has_none_it_is_not_offered),
		WITH_KEY(alone_it_signs_in_once),
		WITH_KEY(alone_it_must_verify_its_user),
		WITH_KEY(disabled_frozen_locked_and_unknown_are_all_wrong),
		WITH_KEY(a_password_that_must_change_is_changed_first),
		WITH_KEY(a_hundred_refused_by_strangers_end_the_comparing),
		WITH_KEY(it_proves_again_who_is_signed_in),
		WITH_KEY(a_site_without_a_name_has_none),
		WITH_KEY(a_key_that_somebody_put_into_the_store_does_not_open),
	};

	log_open("test", log_error);
	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("passkeys", tests, NULL, NULL);
}
