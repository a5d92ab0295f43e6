/* Signing out as an application asks, and what an ended session leaves behind. */
#include "oidc.h"

#include "../../../src/signin/oidc_inside.h"

#define BYE "https://app.example/bye"

static struct str farewell(struct op_oidc_logout in)
{
	const struct rec_oidc_farewell *record;

	assert_int_equal(kept(serve_oidc_logout(&ctx, &in, ask())), 0);
	record = out.record;
	assert_true(record->request.length > 0);
	return arena_copy(ctx.arena, record->request);
}

#define FAREWELL(...) farewell((struct op_oidc_logout){ __VA_ARGS__ })

static err leave(struct str request, bool sure)
{
	return ASK(oidc_leave, request, sure);
}

static const char *led_to(void)
{
	const struct rec_oidc_farewell *record = out.record;

	return record->location.length ? arena_copy(ctx.arena, record->location).at : "";
}

static struct client client_with_bye(void)
{
	return APPLICATION(.post_logout_uris = STR(BYE),
		.back_channel_uri = STR("https://app.example/told"));
}

static void the_application_of_this_session_need_not_be_asked_about(void **state)
{
	struct client client = client_with_bye();
	struct str hint, request;

	(void)state;
	sign_in();
	hint = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	request = FAREWELL(.id_token_hint = hint, .post_logout_redirect_uri = STR(BYE),
		.state = STR("s 1"));
	assert_held("COUNT(*) FROM session", 1);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	assert_int_equal(leave(request, false), 0);
	assert_string_equal(led_to(), BYE "?state=s%201");
	assert_true(out.end_session);
	assert_held("COUNT(*) FROM session", 0);
	assert_logged("sign_out ok");
}

static void without_a_hint_the_person_is_asked(void **state)
{
	struct client client = client_with_bye();
	struct str request;

	(void)state;
	sign_in();
	request = FAREWELL(.client_id = client.id, .post_logout_redirect_uri = STR(BYE));
	assert_int_equal(leave(request, false), reply_sure);
	assert_held("COUNT(*) FROM session", 1);
	assert_int_equal(leave(STR_NONE, false), reply_sure);
	assert_int_equal(leave(STR("A"), false), reply_sure);
	assert_int_equal(leave(request, true), 0);
	assert_string_equal(led_to(), BYE);
	assert_held("COUNT(*) FROM session", 0);
}

/* One of another session, another application's, or made up. */
static void a_hint_that_does_not_fit_is_none(void **state)
{
	struct client client = client_with_bye(), other = APPLICATION(.name = STR("Other"));
	struct str hint, request;

	(void)state;
	sign_in();
	hint = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	request = FAREWELL(.id_token_hint = hint, .client_id = other.id,
		.post_logout_redirect_uri = STR(BYE));
	assert_int_equal(leave(request, false), reply_sure);
	request = FAREWELL(.id_token_hint = STR("e30.e30.x"), .client_id = client.id);
	assert_int_equal(leave(request, false), reply_sure);
	request = FAREWELL(.id_token_hint = hint);
	browser.session = NULL;
	sign_in();
	assert_int_equal(leave(request, false), reply_sure);
}

static void nobody_is_sent_where_the_application_did_not_say(void **state)
{
	static const char *const others[] = { "https://evil.example", BYE "/", BYE "?x", CALLBACK,
		"" };
	struct client client = client_with_bye();
	struct str hint;

	(void)state;
	sign_in();
	hint = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	browser.session = NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(leave(FAREWELL(.id_token_hint = hint,
					       .post_logout_redirect_uri = str_of(others[i])),
					 false),
			0);
		assert_string_equal(led_to(), "");
	}
	/* Nor without saying which application asks. */
	assert_int_equal(leave(FAREWELL(.post_logout_redirect_uri = STR(BYE)), false), 0);
	assert_string_equal(led_to(), "");
	assert_int_equal(
		leave(FAREWELL(.id_token_hint = hint, .post_logout_redirect_uri = STR(BYE)), false),
		0);
	assert_string_equal(led_to(), BYE);
}

/* ---- back channel ---- */

static void end_grants(void)
{
	ctx.request = NULL;
	assert_int_equal(oidc_end_grants(&ctx), 0);
	ctx.request = &asker;
}

static void an_application_is_told_of_a_session_that_ended(void **state)
{
	struct client client = client_with_bye();
	struct str sid, claims;
	const char *token;

	(void)state;
	sign_in();
	assert_int_equal(oidc_read(&ctx, "JWT", tokens_for(&client)->id_token, &claims), 0);
	sid = oidc_claim(claims, "sid");
	(void)tokens_for(&client);
	end_grants();
	assert_held("COUNT(*) FROM outbox", 0);
	assert_int_equal(ASK(signout), 0);
	assert_held("COUNT(*) FROM oidc_grant WHERE session IS NULL", 2);
	end_grants();
	assert_held("COUNT(*) FROM oidc_grant", 0);
	assert_held("COUNT(*) FROM outbox WHERE message = 'logout'", 1);
	token = mailed("logout", "token");
	assert_non_null(token);
	assert_int_equal(oidc_read(&ctx, "JWT", str_of(token), &claims), reply_wrong);
	assert_int_equal(oidc_read(&ctx, "logout+jwt", str_of(token), &claims), 0);
	assert_true(str_same(oidc_claim(claims, "sid"), sid));
	assert_true(str_same(oidc_claim(claims, "aud"), client.id));
	assert_true(str_find(claims, STR("\"events\":{\"http://schemas.openid.net/event/"
					 "backchannel-logout\":{}}")) < claims.length);
	assert_null(oidc_claim(claims, "nonce").at);
	end_grants();
	assert_held("COUNT(*) FROM outbox", 1);
}

static void who_does_not_want_to_hear_is_not_told(void **state)
{
	struct client client = APPLICATION(), unused = APPLICATION(.name = STR("Unused"),
						      .back_channel_uri = STR("https://u.example"));

	(void)state;
	sign_in();
	(void)tokens_for(&client);
	(void)code_for(&unused); /* and never asked for its tokens */
	assert_int_equal(ASK(signout), 0);
	end_grants();
	assert_held("COUNT(*) FROM oidc_grant", 0);
	assert_held("COUNT(*) FROM outbox", 0);
}

/* The token is over: what comes later than that is not sent. */
static void a_logout_that_is_too_late_is_not_sent(void **state)
{
	struct client client = client_with_bye();
	const struct rec_letter *letter;

	(void)state;
	sign_in();
	(void)tokens_for(&client);
	assert_int_equal(ASK(signout), 0);
	end_grants();
	out = (struct answer){ 0 };
	assert_int_equal(serve_outbox_claim(&ctx, &(struct op_outbox_claim){ 0 }, &out), 0);
	letter = out.record;
	assert_str(letter->message, "logout");
	assert_str(letter->recipient, "https://app.example/told");
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_outbox_report(&ctx,
			&(struct op_outbox_report){ .id = letter->id, .outcome = STR("later") },
			&out),
		0);
	ctx.now += 600;
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_outbox_claim(&ctx, &(struct op_outbox_claim){ 0 }, &out), reply_nothing);
	assert_held("COUNT(*) FROM outbox WHERE state = 'dead' AND sealed IS NULL", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(the_application_of_this_session_need_not_be_asked_about),
		IN_HOUSE(without_a_hint_the_person_is_asked),
		IN_HOUSE(a_hint_that_does_not_fit_is_none),
		IN_HOUSE(nobody_is_sent_where_the_application_did_not_say),
		IN_HOUSE(an_application_is_told_of_a_session_that_ended),
		IN_HOUSE(who_does_not_want_to_hear_is_not_told),
		IN_HOUSE(a_logout_that_is_too_late_is_not_sent),
	};

	must_be(secrets_open(400));
	return cmocka_run_group_tests_name("signing out of applications", tests, NULL, NULL);
}
