/* An application that Ada comes to, as it asks and as her browser goes. */
#ifndef SIGNIN_OIDC_TEST_H
#define SIGNIN_OIDC_TEST_H

#include "../journey.h"

#include "signin/oidc.h"

#define CALLBACK "https://app.example/cb"
/* RFC 7636, appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

struct client {
	struct str id;
	const char *secret; /* NULL: public */
};

static inline struct client add_application(struct op_application_add row)
{
	const struct rec_application_secret *made;
	struct client client;

	if (!row.name.length)
		row.name = STR("Wiki");
	if (!row.redirect_uris.length)
		row.redirect_uris = STR(CALLBACK);
	out = (struct answer){ 0 };
	assert_int_equal(serve_application_add(&ctx, &row, &out), 0);
	made = out.record;
	client.id = made->client_id;
	client.secret = made->client_secret
				? arena_copy(ctx.arena, secret_show(made->client_secret)).at
				: NULL;
	return client;
}

#define APPLICATION(...) add_application((struct op_application_add){ __VA_ARGS__ })

/* What an application asks that does all as it should. */
static inline struct op_oidc_authorize usual(const struct client *client)
{
	return (struct op_oidc_authorize){ .client_id = client->id,
		.redirect_uri = STR(CALLBACK),
		.response_type = STR("code"),
		.scope = STR("openid profile email groups offline_access"),
		.state = STR("a state"),
		.nonce = STR("a nonce"),
		.code_challenge = STR(CHALLENGE),
		.code_challenge_method = STR("S256") };
}

static inline err authorize(struct op_oidc_authorize in)
{
	return kept(serve_oidc_authorize(&ctx, &in, ask()));
}

static inline const struct rec_oidc_answer *going(void)
{
	return out.record;
}

static inline void assert_str(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), expected);
}

#define assert_to(expected) assert_str(going()->location, expected)
#define BACK CALLBACK "?state=a%20state&iss=https%3A%2F%2Freset.example"
#define BACK_WITH(error) CALLBACK "?error=" error "&state=a%20state&iss=https%3A%2F%2Freset.example"

static inline struct op_oidc_token exchange(const struct client *client, struct secret *code)
{
	return (struct op_oidc_token){ .grant_type = STR("authorization_code"),
		.client_id = client->id,
		.client_secret = client->secret ? typed(client->secret) : NULL,
		.code = code,
		.redirect_uri = STR(CALLBACK),
		.code_verifier = typed(VERIFIER) };
}

/* As the application's server asks: without Ada's browser. */
static inline err token(struct op_oidc_token in)
{
	asker = (struct request){
		.door = door_visitor, .address = STR("198.51.100.1"), .language = STR("en")
	};
	out = (struct answer){ 0 };
	ctx.who = NULL;
	return kept(serve_oidc_token(&ctx, &in, &out));
}

#define assert_told_error(e, error)                                                                \
	(assert_int_equal(e, reply_refused), assert_str(out.words, error))

static inline void sign_in(void)
{
	assert_int_equal(ASK(signin_password, STR("ada"), typed(old_password)), reply_signed_in);
}

static inline struct secret *code_for(const struct client *client)
{
	assert_int_equal(authorize(usual(client)), 0);
	assert_to(BACK);
	assert_non_null(going()->code);
	return going()->code;
}

static inline const struct rec_oidc_tokens *tokens_for(const struct client *client)
{
	assert_int_equal(token(exchange(client, code_for(client))), 0);
	return out.record;
}

static inline err userinfo(struct secret *access)
{
	out = (struct answer){ 0 };
	return serve_oidc_userinfo(&ctx, &(struct op_oidc_userinfo){ access }, &out);
}

static inline struct op_oidc_token turn(const struct client *client, struct secret *refresh)
{
	return (struct op_oidc_token){ .grant_type = STR("refresh_token"),
		.client_id = client->id,
		.client_secret = client->secret ? typed(client->secret) : NULL,
		.refresh_token = refresh };
}

#endif
