/* Ways that were lost: said so at a gate, which changes nothing but what is asked for; and
 * replaced: who may, by which proofs; what goes and what stays, all of it at once. */
#include "../journey.h"

static struct secret *lost; /* the seed of the app that was lost */
static const struct rec_method_new *added;
static const struct str no_id = { "00000000000000000000000000000000", 32 };

#define HEX_APP "61707061707061707061707061707030" /* appappappappapp0 */
#define HEX_MAIL "6d61696c6d61696c6d61696c6d616930"
#define HEX_PAPER "636f646573636f646573636f64657330"

static void sign_in_by_paper(void)
{
	browser.session = browser.device = browser.flow = NULL;
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_int_equal(ASK(signin_method, .method = STR("recovery_code")), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(paper_code)), reply_signed_in);
}

static void sign_in_by_app(void)
{
	browser.session = browser.device = browser.flow = NULL;
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(lost))), reply_signed_in);
}

static void ada_lost_her_phone(void)
{
	lost = add_app();
	add_paper(paper_code);
	add_mail("mailmailmailmai0", "ada@home.example");
}

static err replace(const char *id)
{
	err e = ASK(info_replace, .id = str_of(id));

	added = out.record;
	return e;
}

static err confirm(void)
{
	return ASK(info_confirm, .id = added->id, .code = typed(app_code(added->seed)),
		.label = STR("new phone"));
}

static void note_what_was(void)
{
	log_seen = held("SELECT MAX(rowid) FROM audit");
	mail_seen = held("SELECT COALESCE(MAX(rowid), 0) FROM outbox");
}

#define APPS(more) "COUNT(*) FROM method WHERE kind = 'totp' AND state = 'active'" more

static void the_old_one_goes_when_the_new_one_counts(void **state)
{
	struct secret *token;

	(void)state;
	ada_lost_her_phone();
	sign_in_by_app(); /* whoever holds the phone is signed in there */
	sign_in_by_paper();
	note_what_was();
	token = browser.session;
	assert_int_equal(replace(HEX_APP), reply_next_proof);
	assert_left("", "");
	assert_held(APPS(" AND seed IS NOT NULL AND id = CAST('appappappappapp0' AS BLOB)"), 1);
	assert_held("COUNT(*) FROM session", 2);
	assert_int_equal(confirm(), reply_done);
	assert_left("info_deleted ok: totp\ninfo_registered ok: totp",
		"method_replaced ada@work.example\nmethod_replaced ada@home.example");
	assert_held(APPS(""), 1);
	assert_held(APPS(" AND id = CAST('appappappappapp0' AS BLOB)"), 0);
	assert_held(APPS(" AND label = 'new phone'"), 1);
	/* the rest stays */
	assert_held("COUNT(*) FROM method WHERE state = 'active'", 3);
	/* every other session and familiar device is over; this one has a new token */
	assert_held("COUNT(*) FROM session", 1);
	assert_held("COUNT(*) FROM device", 1);
	assert_ptr_not_equal(browser.session, token);
	assert_int_equal(ASK(info_show, 0), 0);
}

static void the_lost_one_does_not_prove_that_it_is_lost(void **state)
{
	(void)state;
	ada_lost_her_phone();
	sign_in_by_app();
	assert_int_equal(replace(HEX_APP), reply_refused);
	assert_true(str_is(out.words, "replace_other"));
	assert_int_equal(ASK(info_prove, .how = STR("totp"), .code = typed(app_code(lost))), 0);
	assert_int_equal(replace(HEX_APP), reply_refused);
	assert_int_equal(
		ASK(info_prove, .how = STR("recovery_code"), .code = typed(paper_code)), 0);
	assert_int_equal(replace(HEX_APP), reply_next_proof);
	/* nor at the end, when something else was proved meanwhile */
	assert_int_equal(ASK(info_prove, .how = STR("totp"), .code = typed(app_code(lost))), 0);
	assert_int_equal(confirm(), reply_prove_first);
	assert_held(APPS(" AND id = CAST('appappappappapp0' AS BLOB)"), 1);
	assert_held(APPS(""), 1);
}

static void without_a_fresh_proof_nothing_is_replaced(void **state)
{
	(void)state;
	ada_lost_her_phone();
	sign_in_by_paper();
	ctx.now += 300;
	assert_int_equal(replace(HEX_APP), reply_prove_first);
	ctx.now -= 300;
	assert_int_equal(replace(HEX_APP), reply_next_proof);
	ctx.now += 300;
	assert_int_equal(confirm(), reply_prove_first);
	assert_held(APPS(" AND id = CAST('appappappappapp0' AS BLOB)"), 1);
	assert_held(APPS(""), 1);
	/* a session from before it was kept what was proved */
	change_store("UPDATE session SET proved_by = '', proved = proved + 400");
	assert_int_equal(replace(HEX_APP), reply_prove_first);
}

static void a_password_alone_replaces_nothing(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	browser.flow = NULL;
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_signed_in);
	assert_int_equal(ASK(info_replace, .id = STR(HEX_MAIL), .address = STR("eve@evil.example")),
		reply_refused);
	assert_true(str_is(out.words, "replace_more"));
	change_store("UPDATE session SET vouched = 1");
	assert_int_equal(ASK(info_replace, .id = STR(HEX_MAIL), .address = STR("eve@evil.example")),
		reply_refused);
	assert_held("COUNT(*) FROM method", 1);
}

static void a_pass_of_the_desk_replaces_what_was_the_only_one(void **state)
{
	const struct rec_invitation *pass;
	struct answer invited = { 0 };

	(void)state;
	lost = add_app();
	(void)ask();
	asker.door = door_socket;
	assert_int_equal(serve_people_invite(
				 &ctx, &(struct op_people_invite){ .name = STR("ada") }, &invited),
		0);
	pass = invited.record;
	assert_int_equal(
		ASK(signin_pass, .name = STR("ada"), .pass = pass->pass), reply_must_change);
	assert_int_equal(ASK(signin_choose, .password = typed(new_password)), reply_signed_in);
	ctx.now += 300;
	assert_int_equal(replace(HEX_APP), reply_prove_first);
	ctx.now -= 300;
	/* It is for what was lost alone. */
	assert_int_equal(ASK(info_delete, .id = STR(HEX_APP)), reply_prove_first);
	assert_int_equal(replace(HEX_APP), reply_next_proof);
	assert_int_equal(ASK(info_pending, .id = added->id), reply_done);
	assert_int_equal(confirm(), reply_done);
	assert_held(APPS(""), 1);
	assert_held(APPS(" AND id = CAST('appappappappapp0' AS BLOB)"), 0);
	assert_held("level FROM session", 2);
}

static void an_address_is_replaced_and_hears_of_it(void **state)
{
	(void)state;
	ada_lost_her_phone();
	sign_in_by_app();
	note_what_was();
	assert_int_equal(ASK(info_replace, .id = STR(HEX_MAIL), .address = STR("ada@home.example")),
		reply_refused);
	assert_int_equal(ASK(info_replace, .id = STR(HEX_MAIL), .address = STR("ada@work.example")),
		reply_refused);
	assert_int_equal(ASK(info_replace, .id = STR(HEX_MAIL), .address = STR("ada@new.example")),
		reply_check_messages);
	added = out.record;
	assert_told("confirm_code ada@new.example");
	assert_int_equal(
		ASK(info_confirm, .id = added->id, .code = typed(mailed("confirm_code", "code"))),
		reply_done);
	assert_left("info_deleted ok: mail\ninfo_registered ok: mail",
		"method_replaced ada@work.example\nmethod_replaced ada@home.example");
	assert_held("COUNT(*) FROM method WHERE kind = 'mail' AND address = 'ada@new.example'", 1);
	assert_held("COUNT(*) FROM method WHERE kind = 'mail'", 1);
}

static void only_one_s_own_and_what_can_be(void **state)
{
	(void)state;
	ada_lost_her_phone();
	sign_in_by_paper();
	assert_int_equal(ASK(info_replace, .id = no_id), reply_not_found);
	assert_int_equal(replace(HEX_PAPER), reply_not_found);
	change_store("UPDATE method SET state = 'pending' WHERE kind = 'totp'");
	assert_int_equal(replace(HEX_APP), reply_not_found);
	change_store("UPDATE method SET state = 'active'");
	change_store("INSERT INTO policy_site VALUES ('mobileAppCodeEnabled', 0)");
	assert_int_equal(replace(HEX_APP), reply_not_found);
}

static void of_two_pages_one_replaces(void **state)
{
	(void)state;
	ada_lost_her_phone();
	sign_in_by_paper();
	assert_int_equal(replace(HEX_APP), reply_next_proof);
	change_store("DELETE FROM method WHERE id = CAST('appappappappapp0' AS BLOB)");
	assert_int_equal(confirm(), reply_not_found);
	assert_held(APPS(""), 0);
}

/* ---- "I don't have this any more" ---- */

#define GONE(way) "User no longer has the " way " verification option"

static const struct rec_flow_page *page(void)
{
	return out.record;
}

static void at_sign_in_another_way_is_asked_for(void **state)
{
	(void)state;
	ada_lost_her_phone();
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	note_what_was();
	assert_true(str_is(page()->method, "totp"));
	assert_int_equal(ASK(signin_lost, 0), reply_prove);
	assert_logged("signin failed: " GONE("mobile app code"));
	assert_true(str_is(page()->method, "recovery_code") && str_is(page()->lost, "totp"));
	assert_int_equal(ASK(signin_answer, .code = typed(paper_code)), reply_signed_in);
	assert_true(str_is(page()->lost, "totp"));
	/* and nothing of the account was changed by saying so */
	assert_held(APPS(""), 1);
	assert_held("failures FROM method WHERE kind = 'totp'", 0);
}

static void at_sign_in_saying_so_proves_nothing(void **state)
{
	(void)state;
	ada_lost_her_phone();
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed("000000")), reply_again);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ASK(signin_lost, 0), reply_prove);
	assert_int_equal(page()->tries_left, 4); /* and gives no try back */
	assert_true(str_is(page()->method, "recovery_code"));
	assert_true(str_is(page()->lost, "totp+recovery_code"));
	assert_held("COUNT(*) FROM session", 0);
	/* What was found again proves it. */
	assert_int_equal(ASK(signin_method, .method = STR("totp")), reply_prove);
	assert_int_equal(ASK(signin_answer, .code = typed(app_code(lost))), reply_signed_in);
	assert_held("COUNT(*) FROM session WHERE level = 2", 1);
}

static void of_a_reset_as_many_proofs_are_asked_for_as_before(void **state)
{
	int64_t steps;

	(void)state;
	ada_lost_her_phone();
	assert_int_equal(ASK(recover_begin, .name = STR("ada")), reply_check_messages);
	steps = page()->steps;
	note_what_was();
	assert_int_equal(ASK(recover_lost, 0), reply_next_proof);
	assert_logged(
		"reset_progress failed: " GONE("email") "\nreset_progress ok: User started the "
							"mobile app code verification option");
	assert_int_equal(ASK(recover_lost, 0), reply_next_proof);
	assert_true(str_is(page()->method, "recovery_code"));
	assert_int_equal(page()->steps, steps);
	assert_int_equal(page()->step, 1);
	assert_int_equal(ASK(recover_answer, .code = typed(paper_code)), reply_next_proof);
	assert_int_equal(page()->step, 2);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ASK(recover_lost, 0), reply_next_proof);
	assert_int_equal(page()->step, 2);
	assert_held("state = 'asked' AND proofs = 'recovery_code' FROM flow", 1);
	assert_int_equal(ASK(recover_choose, .password = typed(new_password)), reply_next_proof);
	assert_int_equal(ASK(recover_method, .method = STR("totp")), reply_next_proof);
	assert_int_equal(ASK(recover_answer, .code = typed(app_code(lost))), reply_choose);
	/* Now it is over with asking. */
	assert_int_equal(ASK(recover_lost, 0), reply_choose);
	assert_held("state = 'proven' FROM flow", 1);
}

/* Nobody who may reset hears the same as somebody, whatever is pressed. */
static void of_a_reset_it_tells_nothing(void **state)
{
	static const char *const names[] = { "ada", "noo" };
	struct str said[2][6];

	(void)state;
	ada_lost_her_phone();
	for (size_t n = 0; n < 2; n++) {
		browser.flow = NULL;
		assert_int_equal(
			ASK(recover_begin, .name = str_of(names[n])), reply_check_messages);
		for (size_t i = 0; i < 6; i++) {
			struct buf b = buf_in(ctx.arena, 600);
			err e = ASK(recover_lost, 0);

			buf_print(&b, "%d %.*s %.*s %.*s %.*s %.*s %d %d %d", e,
				STR_ARG(page()->reply), STR_ARG(page()->method),
				STR_ARG(page()->ways), STR_ARG(page()->offered),
				STR_ARG(page()->lost), (int)page()->step, (int)page()->steps,
				(int)page()->tries_left);
			said[n][i] = buf_str(&b);
		}
	}
	for (size_t i = 0; i < 6; i++)
		assert_true(str_same(said[0][i], said[1][i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(at_sign_in_another_way_is_asked_for),
		IN_HOUSE(at_sign_in_saying_so_proves_nothing),
		IN_HOUSE(of_a_reset_as_many_proofs_are_asked_for_as_before),
		IN_HOUSE(of_a_reset_it_tells_nothing),
		IN_HOUSE(the_old_one_goes_when_the_new_one_counts),
		IN_HOUSE(the_lost_one_does_not_prove_that_it_is_lost),
		IN_HOUSE(without_a_fresh_proof_nothing_is_replaced),
		IN_HOUSE(a_password_alone_replaces_nothing),
		IN_HOUSE(a_pass_of_the_desk_replaces_what_was_the_only_one),
		IN_HOUSE(an_address_is_replaced_and_hears_of_it),
		IN_HOUSE(only_one_s_own_and_what_can_be),
		IN_HOUSE(of_two_pages_one_replaces),
	};

	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("ways that were lost", tests, NULL, NULL);
}
