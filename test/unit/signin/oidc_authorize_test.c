/* The authorization endpoint: who is sent where, and what nobody is told. */
#include "oidc.h"

static void a_person_signed_in_goes_back_with_a_code(void **state)
{
	struct client client = APPLICATION();

	(void)state;
	sign_in();
	(void)code_for(&client);
	assert_str(going()->application, "Wiki");
	assert_held("COUNT(*) FROM oidc_grant WHERE code_used = 0", 1);
}

/* The browser is never sent to where nobody said it may (RFC 9700 4.1, 4.11). */
static void an_address_that_is_not_the_application_s_is_told_nothing(void **state)
{
	static const char *const others[] = { "", "https://evil.example/cb", CALLBACK "/",
		CALLBACK "?x", "https://app.example/", "https://app.example/CB",
		"https://app.example/cb#x", "javascript:alert(1)", CALLBACK "\r\nX: y" };
	struct client client = APPLICATION();
	struct op_oidc_authorize in;

	(void)state;
	sign_in();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		in = usual(&client);
		in.redirect_uri = str_of(others[i]);
		assert_told_error(authorize(in), "application_address");
		assert_null(going()->location.at);
		in.response_type = STR("token");
		assert_told_error(authorize(in), "application_address");
	}
	in = usual(&client);
	in.client_id = STR("00000000000000000000000000000000");
	assert_told_error(authorize(in), "application_unknown");
	in.client_id = STR("Wiki");
	assert_told_error(authorize(in), "application_unknown");
}

static void what_is_wrong_is_told_to_the_application(void **state)
{
	struct client client = APPLICATION();
	const struct op_oidc_authorize good = usual(&client);
	struct op_oidc_authorize in;

	(void)state;
	sign_in();
#define WRONG(member, value, error)                                                                \
	(in = good, in.member = STR(value), assert_int_equal(authorize(in), 0),                    \
		assert_to(BACK_WITH(error)), assert_null(going()->code))
	WRONG(response_type, "token", "unsupported_response_type");
	WRONG(response_type, "code id_token", "unsupported_response_type");
	WRONG(response_type, "", "invalid_request");
	WRONG(response_mode, "fragment", "invalid_request");
	WRONG(scope, "profile", "invalid_scope");
	WRONG(scope, "openidx", "invalid_scope");
	/* PKCE cannot be talked away (RFC 9700 2.1.1, 4.8). */
	WRONG(code_challenge, "", "invalid_request");
	WRONG(code_challenge_method, "", "invalid_request");
	WRONG(code_challenge_method, "plain", "invalid_request");
	WRONG(code_challenge_method, "s256", "invalid_request");
	WRONG(code_challenge, VERIFIER "x", "invalid_request");
	WRONG(code_challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "invalid_request");
	WRONG(code_challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "invalid_request");
	WRONG(prompt, "none login", "invalid_request");
	WRONG(prompt, "create", "invalid_request");
	WRONG(max_age, "-1", "invalid_request");
	WRONG(max_age, "1x", "invalid_request");
	WRONG(max_age, "99999999999", "invalid_request");
	WRONG(refused, "request", "request_not_supported");
	WRONG(refused, "request_uri", "request_uri_not_supported");
	WRONG(refused, "registration", "registration_not_supported");
	WRONG(id_token_hint, "a.b.c", "invalid_request");
#undef WRONG
}

static void whoever_is_not_signed_in_comes_back_to_the_same_request(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);
	struct str request;

	(void)state;
	in.login_hint = STR("ada");
	assert_int_equal(authorize(in), reply_sign_in_first);
	assert_null(going()->location.at);
	request = arena_copy(ctx.arena, going()->request);
	assert_int_equal(ASK(oidc_resume, request), reply_sign_in_first);
	assert_str(going()->login_hint, "ada");
	sign_in();
	assert_int_equal(ASK(oidc_resume, request), 0);
	assert_to(BACK);
	assert_non_null(going()->code);
	ctx.now += 60 * 60;
	sign_in();
	assert_int_equal(ASK(oidc_resume, request), reply_begin);
}

static void a_kept_request_is_the_keeper_s_own(void **state)
{
	struct client client = APPLICATION();
	struct str request;
	char *letter;

	(void)state;
	assert_int_equal(authorize(usual(&client)), reply_sign_in_first);
	request = arena_copy(ctx.arena, going()->request);
	sign_in();
	letter = (char *)(uintptr_t)&request.at[60];
	*letter = *letter == 'A' ? 'B' : 'A';
	assert_int_equal(ASK(oidc_resume, request), reply_begin);
	assert_int_equal(ASK(oidc_resume, STR("x")), reply_begin);
	assert_int_equal(ASK(oidc_resume, STR("!")), reply_begin);
}

static void an_address_taken_back_meanwhile_is_not_gone_to(void **state)
{
	struct client client = APPLICATION();
	struct str request;

	(void)state;
	assert_int_equal(authorize(usual(&client)), reply_sign_in_first);
	request = arena_copy(ctx.arena, going()->request);
	sign_in();
	out = (struct answer){ 0 };
	assert_int_equal(serve_application_set(&ctx,
				 &(struct op_application_set){ .name = STR("Wiki"),
					 .redirect_uris = STR("https://app.example/new") },
				 &out),
		0);
	assert_int_equal(ASK(oidc_resume, request), reply_begin);
}

static void prompt_none_asks_nobody(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	in.prompt = STR("none");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("login_required"));
	/* From elsewhere the session's cookie does not come:
	 * what it says is asked a moment later. */
	in.keep = 1;
	assert_int_equal(authorize(in), reply_sign_in_first);
	in.keep = 0;
	sign_in();
	assert_int_equal(authorize(in), 0);
	assert_to(BACK);
	in.max_age = STR("60");
	ctx.now += 61;
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("login_required"));
}

static void what_a_sign_in_owes_comes_before_the_application(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);
	struct str request;

	(void)state;
	change_store("INSERT INTO policy_site VALUES ('multifactorAuthenticationRequired', 1)");
	assert_int_equal(ASK(signin_password, STR("ada"), typed(old_password)), reply_owes);
	assert_int_equal(authorize(in), reply_owes);
	assert_null(going()->location.at);
	request = arena_copy(ctx.arena, going()->request);
	assert_int_equal(ASK(oidc_resume, request), reply_owes);
	in.prompt = STR("none");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("interaction_required"));
	change_store("DELETE FROM policy_site");
	assert_int_equal(ASK(oidc_resume, request), 0);
	assert_to(BACK);
	assert_non_null(going()->code);
}

static void prompt_login_and_max_age_want_a_new_proof(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);
	struct str request;

	(void)state;
	sign_in();
	in.max_age = STR("60");
	assert_int_equal(authorize(in), 0);
	ctx.now += 61;
	assert_int_equal(authorize(in), reply_prove_first);
	request = arena_copy(ctx.arena, going()->request);
	assert_int_equal(ASK(oidc_resume, request), reply_prove_first);
	assert_int_equal(ASK(info_prove, STR("password"), typed(old_password)), 0);
	assert_int_equal(ASK(oidc_resume, request), 0);
	assert_to(BACK);
	in.max_age = STR("");
	in.prompt = STR("login");
	ctx.now++;
	assert_int_equal(authorize(in), reply_prove_first);
	request = arena_copy(ctx.arena, going()->request);
	assert_int_equal(ASK(oidc_resume, request), reply_prove_first);
	ctx.now++;
	assert_int_equal(ASK(info_prove, STR("password"), typed(old_password)), 0);
	assert_int_equal(ASK(oidc_resume, request), 0);
}

static void another_account_is_a_sign_in_anew(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);
	struct str request;

	(void)state;
	sign_in();
	in.prompt = STR("select_account");
	ctx.now++;
	assert_int_equal(authorize(in), reply_sign_in_first);
	request = arena_copy(ctx.arena, going()->request);
	assert_int_equal(ASK(oidc_resume, request), reply_sign_in_first);
	ctx.now++;
	sign_in();
	assert_int_equal(ASK(oidc_resume, request), 0);
}

/* Consent is the organisation's, given when it added the application. */
static void consent_is_not_asked_for(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	sign_in();
	in.prompt = STR("consent");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK);
}

static void only_whom_the_application_is_open_to_may_go_there(void **state)
{
	struct client client;

	(void)state;
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = STR("Staff") }, &out), 0);
	client = APPLICATION(.who = STR("Staff"));
	sign_in();
	log_seen = held("SELECT MAX(rowid) FROM audit");
	assert_int_equal(authorize(usual(&client)), 0);
	assert_to(BACK_WITH("access_denied"));
	assert_null(going()->code);
	assert_logged("application_signin failed: The person may not use this application");
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("Staff"), .person = STR("ada") },
			&out),
		0);
	(void)code_for(&client);
	assert_logged("group_joined ok\napplication_signin ok");
}

static void a_second_proof_is_asked_for_where_the_application_wants_one(void **state)
{
	struct client client = APPLICATION(.level = STR("second"));
	struct op_oidc_authorize in = usual(&client);
	struct secret *seed;
	struct str request;

	(void)state;
	sign_in();
	/* None is registered: a page says so, and the application waits. */
	assert_told_error(authorize(in), "application_second");
	request = arena_copy(ctx.arena, going()->request);
	assert_true(request.length > 0);
	in.prompt = STR("none");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("interaction_required"));
	seed = add_app();
	assert_int_equal(ASK(oidc_resume, request), reply_prove_first);
	assert_int_equal(ASK(info_prove, STR("totp"), typed(app_code(seed))), 0);
	assert_int_equal(ASK(oidc_resume, request), 0);
	assert_to(BACK);
	assert_held("level FROM oidc_grant", 2);
}

static void acr_values_are_a_wish(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	in.acr_values = STR("https://refeds.org/profile/mfa");
	sign_in();
	assert_int_equal(authorize(in), 0);
	(void)add_app();
	assert_int_equal(authorize(in), reply_prove_first);
	in.acr_values = STR("something else");
	assert_int_equal(authorize(in), 0);
}

static void a_hint_says_who_is_meant(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	sign_in();
	in.id_token_hint = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	in.prompt = STR("none");
	ctx.now += 11 * 60; /* its time is over, and it is a hint all the same */
	assert_int_equal(authorize(in), 0);
	assert_to(BACK);
	change_store("UPDATE oidc_key SET id = x'00000000000000000000000000000000'");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("invalid_request"));
}

static void sign_in_as_bob(void)
{
	const struct rec_invitation *made;

	out = (struct answer){ 0 };
	assert_int_equal(
		serve_people_add(&ctx, &(struct op_people_add){ .name = STR("bob") }, &out), 0);
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_people_invite(&ctx, &(struct op_people_invite){ STR("bob") }, &out), 0);
	made = out.record;
	assert_int_equal(ASK(signin_pass, STR("bob"), made->pass), reply_must_change);
	assert_int_equal(ASK(signin_choose, typed(new_password)), reply_signed_in);
}

static void a_hint_of_another_is_a_sign_in(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	sign_in();
	in.id_token_hint = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	sign_in_as_bob();
	assert_int_equal(authorize(in), reply_sign_in_first);
	in.prompt = STR("none");
	assert_int_equal(authorize(in), 0);
	assert_to(BACK_WITH("login_required"));
	in.id_token_hint = STR_NONE;
	assert_int_equal(authorize(in), 0);
	assert_to(BACK);
}

static void a_public_client_of_a_desktop_names_its_own_port(void **state)
{
	struct client client =
		APPLICATION(.client = STR("public"), .redirect_uris = STR("http://127.0.0.1/cb"));
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	sign_in();
	in.redirect_uri = STR("http://127.0.0.1:50123/cb");
	assert_int_equal(authorize(in), 0);
	assert_to("http://127.0.0.1:50123/cb?state=a%20state&iss=https%3A%2F%2Freset.example");
	in.redirect_uri = STR("http://127.0.0.1:50123/other");
	assert_told_error(authorize(in), "application_address");
}

static void an_address_with_a_query_keeps_it(void **state)
{
	struct client client = APPLICATION(.redirect_uris = STR("https://app.example/cb?tenant=1"));
	struct op_oidc_authorize in = usual(&client);

	(void)state;
	sign_in();
	in.redirect_uri = STR("https://app.example/cb?tenant=1");
	in.state = STR("\xc3\xa4&code=evil#");
	assert_int_equal(authorize(in), 0);
	assert_to("https://app.example/"
		  "cb?tenant=1&state=%C3%A4%26code%3Devil%23&iss=https%3A%2F%2Freset.example");
}

static void whoever_is_sent_round_and_round_fills_nothing(void **state)
{
	struct client client = APPLICATION();

	(void)state;
	sign_in();
	for (int i = 0; i < 30; i++)
		(void)code_for(&client);
	assert_held("COUNT(*) FROM oidc_grant", 20);
	assert_held("COUNT(DISTINCT sid) FROM oidc_grant", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(a_person_signed_in_goes_back_with_a_code),
		IN_HOUSE(an_address_that_is_not_the_application_s_is_told_nothing),
		IN_HOUSE(what_is_wrong_is_told_to_the_application),
		IN_HOUSE(whoever_is_not_signed_in_comes_back_to_the_same_request),
		IN_HOUSE(a_kept_request_is_the_keeper_s_own),
		IN_HOUSE(an_address_taken_back_meanwhile_is_not_gone_to),
		IN_HOUSE(prompt_none_asks_nobody),
		IN_HOUSE(what_a_sign_in_owes_comes_before_the_application),
		IN_HOUSE(prompt_login_and_max_age_want_a_new_proof),
		IN_HOUSE(another_account_is_a_sign_in_anew),
		IN_HOUSE(consent_is_not_asked_for),
		IN_HOUSE(only_whom_the_application_is_open_to_may_go_there),
		IN_HOUSE(a_second_proof_is_asked_for_where_the_application_wants_one),
		IN_HOUSE(acr_values_are_a_wish),
		IN_HOUSE(a_hint_says_who_is_meant),
		IN_HOUSE(a_hint_of_another_is_a_sign_in),
		IN_HOUSE(a_public_client_of_a_desktop_names_its_own_port),
		IN_HOUSE(an_address_with_a_query_keeps_it),
		IN_HOUSE(whoever_is_sent_round_and_round_fills_nothing),
	};

	must_be(secrets_open(400));
	return cmocka_run_group_tests_name("authorization endpoint", tests, NULL, NULL);
}
