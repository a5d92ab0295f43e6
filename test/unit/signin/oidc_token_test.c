/* The token endpoint and userinfo: each code once, each refresh token once, nothing after the
 * session. */
#include "oidc.h"

#include "../../../src/signin/oidc_inside.h"

static struct str claims_of(struct str token)
{
	struct str claims;

	assert_int_equal(oidc_read(&ctx, "JWT", token, &claims), 0);
	return claims;
}

static void assert_has(struct str text, const char *part)
{
	if (str_find(text, str_of(part)) == text.length)
		fail_msg("%s is not in %.*s", part, STR_ARG(text));
}

static void assert_lacks(struct str text, const char *part)
{
	if (str_find(text, str_of(part)) != text.length)
		fail_msg("%s is in %.*s", part, STR_ARG(text));
}

static void a_code_becomes_tokens(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;
	struct str claims;

	(void)state;
	sign_in();
	tokens = tokens_for(&client);
	assert_int_equal(secret_length(tokens->access_token), 43);
	assert_int_equal(secret_length(tokens->refresh_token), 64);
	assert_str(tokens->scope, "openid profile email groups offline_access");
	claims = claims_of(tokens->id_token);
	assert_has(claims,
		"{\"iss\":\"https://"
		"reset.example\",\"sub\":\"30313233343536373839616263646566\",\"aud\":\"");
	assert_str(oidc_claim(claims, "aud"), arena_copy(ctx.arena, client.id).at);
	assert_str(oidc_claim(claims, "nonce"), "a nonce");
	assert_str(oidc_claim(claims, "acr"), "https://refeds.org/profile/sfa");
	assert_has(claims, "\"iat\":1000000,\"exp\":1000600,\"auth_time\":1000000,");
	assert_has(claims, "\"amr\":[\"pwd\"]");
	assert_has(claims, "\"preferred_username\":\"ada\",\"name\":\"Ada "
			   "Lovelace\",\"locale\":\"en\",\"email\":\"ada@work.example\"");
	assert_has(claims, "\"groups\":[]");
	assert_held("COUNT(*) FROM oidc_grant WHERE code_used = 1 AND access IS NOT NULL AND "
		    "refresh IS NOT NULL",
		1);
}

static void what_was_proved_is_told(void **state)
{
	struct client client = APPLICATION(.algorithm = STR("RS256"));
	struct secret *seed = add_app();
	struct str claims;

	(void)state;
	assert_int_equal(ASK(signin_password, STR("ada"), typed(old_password)), reply_prove);
	assert_int_equal(ASK(signin_answer, typed(app_code(seed))), reply_signed_in);
	claims = claims_of(tokens_for(&client)->id_token);
	assert_has(claims, "\"amr\":[\"pwd\",\"otp\",\"mfa\"]");
	assert_str(oidc_claim(claims, "acr"), "https://refeds.org/profile/mfa");
}

static void only_what_was_asked_for_is_told(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_authorize in = usual(&client);
	const struct rec_oidc_tokens *tokens;
	const struct rec_oidc_person *person;
	struct str claims;

	(void)state;
	sign_in();
	in.scope = STR("openid something");
	in.nonce = STR_NONE;
	assert_int_equal(authorize(in), 0);
	assert_int_equal(token(exchange(&client, going()->code)), 0);
	tokens = out.record;
	assert_null(tokens->refresh_token);
	assert_str(tokens->scope, "openid");
	claims = claims_of(tokens->id_token);
	assert_lacks(claims, "ada");
	assert_lacks(claims, "nonce");
	assert_lacks(claims, "groups");
	assert_int_equal(userinfo(tokens->access_token), 0);
	person = out.record;
	assert_str(person->sub, "30313233343536373839616263646566");
	assert_null(person->email.at);
	assert_int_equal(out.item_count, 0);
}

static void a_code_is_good_once_and_ends_what_it_gave(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;
	struct secret *code;

	(void)state;
	sign_in();
	code = code_for(&client);
	assert_int_equal(token(exchange(&client, code)), 0);
	tokens = out.record;
	assert_int_equal(userinfo(tokens->access_token), 0);
	log_seen = held("SELECT MAX(rowid) FROM audit");
	assert_told_error(token(exchange(&client, code)), "invalid_grant");
	assert_logged("application_reuse failed");
	assert_told_error(userinfo(tokens->access_token), "invalid_token");
	assert_told_error(token(turn(&client, tokens->refresh_token)), "invalid_grant");
	assert_told_error(token(exchange(&client, code)), "invalid_grant");
	assert_logged("");
}

static void a_code_is_good_for_a_minute(void **state)
{
	struct client client = APPLICATION();
	struct secret *code;

	(void)state;
	sign_in();
	code = code_for(&client);
	ctx.now += 59;
	assert_int_equal(token(exchange(&client, code)), 0);
	code = code_for(&client);
	ctx.now += 60;
	assert_told_error(token(exchange(&client, code)), "invalid_grant");
}

static void a_code_is_bound_to_who_asked_where_and_with_what(void **state)
{
	struct client client = APPLICATION(), other = APPLICATION(.name = STR("Other"));
	static const char *const verifiers[] = { "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
		CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", VERIFIER "k",
		"d!jftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" };
	struct op_oidc_token in;
	struct secret *code;

	(void)state;
	sign_in();
	code = code_for(&client);
	in = exchange(&other, code);
	assert_told_error(token(in), "invalid_grant");
	assert_int_equal(token(exchange(&client, code)), 0);

	in = exchange(&client, code_for(&client));
	in.redirect_uri = STR("https://app.example/other");
	assert_told_error(token(in), "invalid_grant");
	in = exchange(&client, code_for(&client));
	in.redirect_uri = STR_NONE;
	assert_told_error(token(in), "invalid_grant");
	in = exchange(&client, code_for(&client));
	in.code_verifier = NULL;
	assert_told_error(token(in), "invalid_request");
	for (size_t i = 0; i < sizeof(verifiers) / sizeof(verifiers[0]); i++) {
		in = exchange(&client, code_for(&client));
		in.code_verifier = typed(verifiers[i]);
		assert_told_error(token(in), "invalid_grant");
		/* One guess: the right one comes too late. */
		in.code_verifier = typed(VERIFIER);
		assert_told_error(token(in), "invalid_grant");
	}
}

static void a_client_says_who_it_is(void **state)
{
	struct client client = APPLICATION(),
		      phone = APPLICATION(.name = STR("Phone"), .client = STR("public"));
	struct op_oidc_token in;

	(void)state;
	sign_in();
	in = exchange(&client, code_for(&client));
	in.client_secret = NULL;
	assert_told_error(token(in), "invalid_client");
	in.client_secret = typed("wrong");
	assert_told_error(token(in), "invalid_client");
	in.client_secret = typed(client.secret);
	in.client_id = STR("00000000000000000000000000000000");
	assert_told_error(token(in), "invalid_client");
	in.client_id = client.id;
	in.grant_type = STR("password");
	assert_told_error(token(in), "unsupported_grant_type");
	in.grant_type = STR("client_credentials");
	assert_told_error(token(in), "unsupported_grant_type");
	in.grant_type = STR("authorization_code");
	assert_int_equal(token(in), 0);

	in = exchange(&phone, code_for(&phone));
	in.client_secret = typed("anything");
	assert_told_error(token(in), "invalid_client");
	in.client_secret = NULL;
	assert_int_equal(token(in), 0);
	out = (struct answer){ 0 };
	assert_int_equal(serve_application_secret(
				 &ctx, &(struct op_application_secret){ STR("Wiki") }, &out),
		0);
	assert_told_error(token(exchange(&client, code_for(&client))), "invalid_client");
}

static void a_refresh_token_takes_turns(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *first, *second;
	struct str claims;

	(void)state;
	sign_in();
	first = tokens_for(&client);
	ctx.now += 100;
	assert_int_equal(token(turn(&client, first->refresh_token)), 0);
	second = out.record;
	claims = claims_of(second->id_token);
	assert_lacks(claims, "nonce");
	assert_has(claims, "\"iat\":1000100,\"exp\":1000700,\"auth_time\":1000000,");
	assert_told_error(userinfo(first->access_token), "invalid_token");
	assert_int_equal(userinfo(second->access_token), 0);
	/* A stolen one: both lose. */
	log_seen = held("SELECT MAX(rowid) FROM audit");
	assert_told_error(token(turn(&client, first->refresh_token)), "invalid_grant");
	assert_logged("application_reuse failed");
	assert_told_error(token(turn(&client, second->refresh_token)), "invalid_grant");
	assert_told_error(userinfo(second->access_token), "invalid_token");
}

static void another_s_refresh_token_is_refused_and_lives_on(void **state)
{
	struct client client = APPLICATION(), other = APPLICATION(.name = STR("Other"));
	const struct rec_oidc_tokens *tokens;

	(void)state;
	sign_in();
	tokens = tokens_for(&client);
	assert_told_error(token(turn(&other, tokens->refresh_token)), "invalid_grant");
	assert_told_error(token(turn(&client, typed("x"))), "invalid_grant");
	assert_told_error(token(turn(&client, tokens->access_token)), "invalid_grant");
	assert_told_error(userinfo(tokens->refresh_token), "invalid_token");
	assert_told_error(userinfo(NULL), "invalid_token");
	assert_int_equal(token(turn(&client, tokens->refresh_token)), 0);
}

static void a_refresh_token_gives_no_more_than_was_given(void **state)
{
	struct client client = APPLICATION();
	struct op_oidc_token in;
	struct op_oidc_authorize ask_for = usual(&client);
	const struct rec_oidc_tokens *tokens;

	(void)state;
	sign_in();
	ask_for.scope = STR("openid email offline_access");
	assert_int_equal(authorize(ask_for), 0);
	assert_int_equal(token(exchange(&client, going()->code)), 0);
	tokens = out.record;
	in = turn(&client, tokens->refresh_token);
	in.scope = STR("openid profile");
	assert_int_equal(token(in), 0);
	tokens = out.record;
	assert_str(tokens->scope, "openid");
	assert_int_equal(userinfo(tokens->access_token), 0);
	assert_null(((const struct rec_oidc_person *)out.record)->email.at);
	in = turn(&client, tokens->refresh_token);
	in.scope = STR("profile");
	assert_told_error(token(in), "invalid_scope");
	in.scope = STR_NONE;
	assert_int_equal(token(in), 0);
	assert_str(
		((const struct rec_oidc_tokens *)out.record)->scope, "openid email offline_access");
}

static void an_access_token_lives_ten_minutes(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;

	(void)state;
	sign_in();
	tokens = tokens_for(&client);
	ctx.now += 599;
	assert_int_equal(userinfo(tokens->access_token), 0);
	ctx.now++;
	assert_told_error(userinfo(tokens->access_token), "invalid_token");
}

/* However the session ends. */
static void tokens_end_with_the_session(void **state)
{
	static const char *const ends[] = { "DELETE FROM session",
		"UPDATE session SET expires = 1000000", "UPDATE session SET seen = 1",
		"UPDATE account SET state = 'disabled'" };
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;
	struct secret *code;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		change_store("UPDATE account SET state = 'active'");
		sign_in();
		tokens = tokens_for(&client);
		code = code_for(&client);
		change_store("PRAGMA foreign_keys = ON");
		if (i == 0)
			assert_int_equal(ASK(signout), 0);
		else
			change_store(ends[i]);
		assert_told_error(userinfo(tokens->access_token), "invalid_token");
		assert_told_error(token(turn(&client, tokens->refresh_token)), "invalid_grant");
		assert_told_error(token(exchange(&client, code)), "invalid_grant");
		browser.session = NULL;
	}
}

/* A new proof gives the session another id: what hangs on it stays. */
static void a_new_proof_ends_no_token(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;
	struct str sid, again;

	(void)state;
	sign_in();
	tokens = tokens_for(&client);
	sid = oidc_claim(claims_of(tokens->id_token), "sid");
	assert_int_equal(ASK(info_prove, STR("password"), typed(old_password)), 0);
	assert_int_equal(userinfo(tokens->access_token), 0);
	again = oidc_claim(claims_of(tokens_for(&client)->id_token), "sid");
	assert_true(sid.length == 32 && str_same(sid, again));
	assert_int_equal(token(turn(&client, tokens->refresh_token)), 0);
}

static void whom_the_application_is_closed_to_gets_nothing_more(void **state)
{
	struct client client = APPLICATION();
	const struct rec_oidc_tokens *tokens;

	(void)state;
	sign_in();
	tokens = tokens_for(&client);
	change_store("UPDATE application SET everyone = 0");
	assert_told_error(userinfo(tokens->access_token), "invalid_token");
	assert_told_error(token(turn(&client, tokens->refresh_token)), "invalid_grant");
	change_store("UPDATE application SET everyone = 1, level = 2");
	assert_told_error(userinfo(tokens->access_token), "invalid_token");
	change_store("UPDATE application SET level = 1");
	assert_int_equal(userinfo(tokens->access_token), 0);
}

static void groups_are_told_also_those_around_them(void **state)
{
	struct client client = APPLICATION();
	const struct rec_group_name *groups;
	const struct rec_oidc_tokens *tokens;

	(void)state;
	out = (struct answer){ 0 };
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = STR("Staff") }, &out) |
			serve_group_add(
				&ctx, &(struct op_group_add){ .name = STR("\"Sales\"") }, &out) |
			serve_group_join(&ctx,
				&(struct op_group_join){
					.name = STR("Staff"), .group = STR("\"Sales\"") },
				&out) |
			serve_group_join(&ctx,
				&(struct op_group_join){
					.name = STR("\"Sales\""), .person = STR("ada") },
				&out),
		0);
	sign_in();
	tokens = tokens_for(&client);
	assert_has(claims_of(tokens->id_token), "\"groups\":[\"\\\"Sales\\\"\",\"Staff\"]");
	assert_int_equal(userinfo(tokens->access_token), 0);
	assert_int_equal(out.item_count, 2);
	groups = out.items;
	assert_str(groups[1].name, "Staff");
}

/* ---- tokens as text ---- */

/* Nothing in a token says how it is checked (RFC 8725 3.1):
 * "none", another algorithm, another key. */
static void a_token_not_signed_here_is_none(void **state)
{
	struct client client = APPLICATION(),
		      rsa = APPLICATION(.name = STR("Rsa"), .algorithm = STR("RS256"));
	struct str tokens[2], head, body, rest, other_head, claims;
	static const char *const heads[] = { "{\"alg\":\"none\"}",
		"{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
		"{\"alg\":\"none\",\"kid\":\"x\",\"typ\":\"JWT\"}" };

	(void)state;
	sign_in();
	tokens[0] = arena_copy(ctx.arena, tokens_for(&client)->id_token);
	tokens[1] = arena_copy(ctx.arena, tokens_for(&rsa)->id_token);
	assert_int_equal(oidc_read(&ctx, "JWT", tokens[0], &claims), 0);
	assert_int_equal(oidc_read(&ctx, "JWT", tokens[1], &claims), 0);
	assert_int_equal(oidc_read(&ctx, "logout+jwt", tokens[0], &claims), reply_wrong);
	assert_true(str_cut(tokens[0], '.', &head, &rest) && str_cut(rest, '.', &body, &rest));
	assert_true(str_cut(tokens[1], '.', &other_head, &claims));
	for (size_t i = 0; i < 4; i++) {
		struct buf b = buf_in(ctx.arena, 4000);

		if (i < 3)
			base64url_add(&b, str_of(heads[i]));
		else
			buf_add(&b, other_head);
		buf_char(&b, '.');
		buf_add(&b, body);
		buf_char(&b, '.');
		assert_int_equal(oidc_read(&ctx, "JWT", buf_str(&b), &claims), reply_wrong);
		buf_add(&b, rest);
		assert_int_equal(oidc_read(&ctx, "JWT", buf_str(&b), &claims), reply_wrong);
	}
	for (size_t i = 0; i < tokens[0].length; i++) {
		char *at = (char *)(uintptr_t)&tokens[0].at[i], was = *at;

		*at = was == 'A' ? 'B' : 'A';
		assert_int_equal(oidc_read(&ctx, "JWT", tokens[0], &claims), reply_wrong);
		*at = was;
		assert_int_equal(
			oidc_read(&ctx, "JWT", str_upto(tokens[0], i), &claims), reply_wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(a_code_becomes_tokens),
		IN_HOUSE(what_was_proved_is_told),
		IN_HOUSE(only_what_was_asked_for_is_told),
		IN_HOUSE(a_code_is_good_once_and_ends_what_it_gave),
		IN_HOUSE(a_code_is_good_for_a_minute),
		IN_HOUSE(a_code_is_bound_to_who_asked_where_and_with_what),
		IN_HOUSE(a_client_says_who_it_is),
		IN_HOUSE(a_refresh_token_takes_turns),
		IN_HOUSE(another_s_refresh_token_is_refused_and_lives_on),
		IN_HOUSE(a_refresh_token_gives_no_more_than_was_given),
		IN_HOUSE(an_access_token_lives_ten_minutes),
		IN_HOUSE(tokens_end_with_the_session),
		IN_HOUSE(a_new_proof_ends_no_token),
		IN_HOUSE(whom_the_application_is_closed_to_gets_nothing_more),
		IN_HOUSE(groups_are_told_also_those_around_them),
		IN_HOUSE(a_token_not_signed_here_is_none),
	};

	must_be(secrets_open(400));
	return cmocka_run_group_tests_name("token endpoint", tests, NULL, NULL);
}
