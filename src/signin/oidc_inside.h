/* What the files of OpenID Connect share. */
#ifndef SIGNIN_OIDC_INSIDE_H
#define SIGNIN_OIDC_INSIDE_H

#include "crypto/crypto.h"
#include "model/model.h"
#include "signin/oidc.h"
#include "store/records.h"

/* ---- oidc_keys.c ---- */

enum { jws_limit = 8 * 1024 };

/* A token with these claims (JWS compact serialization, RFC 7515 7.1), signed by the key that signs
 * now; one is made when there is none. algorithm: "ES256" or "RS256". */
must_use err oidc_sign(
	struct ctx *c, struct str algorithm, const char *type, struct str claims, struct str *out);
/* The claims of a token of this type that was signed here, whether or not its time is over.
 * reply_wrong. */
must_use err oidc_read(struct ctx *c, const char *type, struct str token, struct str *claims);

#endif
