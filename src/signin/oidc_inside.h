/* What the files of OpenID Connect share. */
#ifndef SIGNIN_OIDC_INSIDE_H
#define SIGNIN_OIDC_INSIDE_H

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "model/model.h"
#include "signin/oidc.h"
#include "signin/session.h"
#include "store/records.h"

enum {
	code_seconds = 60,         /* RFC 9700 4.5.3.1: short */
	access_seconds = 10 * 60,  /* then the application turns its refresh token */
	request_seconds = 60 * 60, /* to sign in, and to register what is missing */
	scope_limit = 200,
	challenge_size = 43 /* base64url of SHA-256 */
};

/* acr: REFEDS' names, which many applications know. */
#define acr_single "https://refeds.org/profile/sfa"
#define acr_multi "https://refeds.org/profile/mfa"

/* ---- oidc_keys.c ---- */

enum { jws_limit = 8 * 1024 };

/* A token with these claims (JWS compact serialization, RFC 7515 7.1), signed by the key that signs
 * now; one is made when there is none. algorithm: "ES256" or "RS256". */
must_use err oidc_sign(
	struct ctx *c, struct str algorithm, const char *type, struct str claims, struct str *out);
/* The claims of a token of this type that was signed here, whether or not its time is over.
 * reply_wrong. */
must_use err oidc_read(struct ctx *c, const char *type, struct str token, struct str *claims);

/* ---- oidc_request.c: what an application asks of the authorization endpoint ---- */

struct oidc_request {
	struct application application;
	struct str redirect_uri, scope, state, nonce, challenge, prompt, acr_values, login_hint;
	struct str subject; /* of id_token_hint: whom the application means; STR_NONE: anybody */
	int64_t max_age;    /* seconds; -1: any */
	int64_t began;
	bool fresh; /* asked just now, not kept over a sign-in */
};

/* What may be told to the browser alone, since the application or its address is unknown:
 * reply_refused with out->words. What the application is told: *wrong, an error of RFC 6749 4.1.2.1
 * or OpenID Connect Core 3.1.2.6; NULL: nothing is wrong. */
must_use err oidc_request_take(struct ctx *c, const struct op_oidc_authorize *in,
	struct answer *out, struct oidc_request *q, const char **wrong);
/* As text that only the keeper can read or make, for the browser to keep. */
must_use err oidc_request_seal(struct ctx *c, const struct oidc_request *q, struct str *out);
/* reply_begin: not such a text, too old, or the application changed meanwhile. */
must_use err oidc_request_open(struct ctx *c, struct str text, struct oidc_request *q);

/* Adds name=value to an address; nothing when the value is empty. */
void oidc_parameter(struct buf *b, const char *name, struct str value);
bool oidc_words_have(struct str words, const char *word); /* of a list with blanks between */
/* The application of a client id; reply_not_found, also for what is none. */
must_use err oidc_application(struct ctx *c, struct str client_id, struct application *out);
/* The value of a claim in claims that were signed here, of those whose values are plain. */
struct str oidc_claim(struct str claims, const char *name);
/* Sealed text about a purpose, as base64url, and back. reply_begin. */
must_use err oidc_keep(struct ctx *c, const char *purpose, struct str plain, struct str *text);
must_use err oidc_kept(struct ctx *c, const char *purpose, struct str text, struct str *plain);

/* ---- oidc_grant.c: what an application was given ---- */

struct oidc_grant {
	struct str id, application, account, session, sid, scope, nonce, redirect_uri, challenge,
		proofs;
	struct str access_scope, refresh;
	int64_t auth_time, level, code_expires, access_expires;
	bool code_used;
};

enum { grant_by_code, grant_by_access, grant_by_id };

must_use err oidc_grant_load(
	struct ctx *c, int by, struct str key, struct oidc_grant *out); /* reply_not_found */
/* The live session of a grant, and its owner. reply_sign_in_first. */
must_use err oidc_grant_alive(struct ctx *c, const struct oidc_grant *g, struct session *out);
/* A new one with its code, in the unit. */
must_use err oidc_grant_make(struct unit *unit, const struct oidc_request *q,
	const struct session *s, struct secret **code);
/* A token as text: an id in front (STR_NONE: none) and 256 random bits. mac: what is kept of it. */
must_use err oidc_token_mint(
	struct ctx *c, const char *about, struct str id, struct secret **text, struct str *mac);
must_use err oidc_token_mac(
	struct ctx *c, const char *about, const struct secret *text, struct str *mac);

/* ---- oidc_claims.c ---- */

must_use err oidc_person(struct ctx *c, const struct account *a, struct str scope,
	struct rec_oidc_person *person, struct answer *out);
/* An id token (OpenID Connect Core 2). with_nonce: of a code, not of a refresh token (12.2). */
must_use err oidc_id_token(struct ctx *c, const struct application *a, const struct oidc_grant *g,
	const struct account *account, struct str scope, bool with_nonce, struct str *out);
struct str oidc_issuer(const struct ctx *c);

#endif
