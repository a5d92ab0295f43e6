/* Keys that sign tokens (JWS, RFC 7515): ES256 and RS256 (RFC 7518 3.3, 3.4), by libcrypto. A key
 * says its own algorithm; nothing that comes with a token does. */
#include "crypto/inside.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

enum {
	rsa_bits = 3072, /* as strong as P-256 (NIST SP 800-57 5.6.1) */
	coordinate = 32, /* bytes of a number of P-256 */
	pair = 2 * coordinate,
	der_most = 80 /* of an ECDSA signature on P-256: 72 */
};

static void close_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void close_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

static void close_number(BIGNUM **number)
{
	BN_free(*number);
}

static void close_pair(ECDSA_SIG **signature)
{
	ECDSA_SIG_free(*signature);
}

static err not_done(struct ctx *c, const char *what)
{
	ERR_clear_error();
	return fault(c, fault_crypto, "%s", what);
}

/* ---- making ---- */

/* Big-endian; least: with zeros in front to so many bytes. */
static err number_of(struct ctx *c, EVP_PKEY *key, const char *name, int least, struct str *out)
{
	scoped(close_number) BIGNUM *number = NULL;
	uint8_t *at;
	int size;

	if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
		return not_done(c, "a public key has no number");
	size = BN_num_bytes(number) > least ? BN_num_bytes(number) : least;
	if (!(at = arena_take(c->arena, (size_t)size)))
		return fault(c, fault_arena, "a public key");
	if (BN_bn2binpad(number, at, size) != size)
		return not_done(c, "a public key's number");
	*out = (struct str){ (const char *)at, (size_t)size };
	return 0;
}

static err public_of(struct ctx *c, EVP_PKEY *key, int64_t algorithm, struct credential_key *out)
{
	bool curve = algorithm == credential_es256;
	err e;

	*out = (struct credential_key){ .algorithm = algorithm };
	e = number_of(c, key, curve ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N,
		curve ? coordinate : 0, &out->first);
	return e ? e
		 : number_of(c, key, curve ? OSSL_PKEY_PARAM_EC_PUB_Y : OSSL_PKEY_PARAM_RSA_E,
			   curve ? coordinate : 0, &out->second);
}

/* In the arena, which is wiped; libcrypto's own copy is wiped at once. */
static err private_of(struct ctx *c, EVP_PKEY *key, struct str *out)
{
	unsigned char *der = NULL;
	int size = i2d_PrivateKey(key, &der);

	if (size <= 0)
		return not_done(c, "a private key cannot be written");
	*out = arena_copy(c->arena, (struct str){ (const char *)der, (size_t)size });
	OPENSSL_clear_free(der, (size_t)size);
	return out->at ? 0 : fault(c, fault_arena, "a private key");
}

err signing_key_make(
	struct ctx *c, int64_t algorithm, struct str *private, struct credential_key *public)
{
	scoped(close_key) EVP_PKEY *key = NULL;
	err e;

	must_be(algorithm == credential_es256 || algorithm == credential_rs256);
	key = algorithm == credential_es256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(rsa_bits);
	if (!key)
		return not_done(c, "a signing key cannot be made");
	e = public_of(c, key, algorithm, public);
	return e ? e : private_of(c, key, private);
}

/* ---- signing ---- */

/* Reads it as a key of its own kind and no other. */
static err take(struct ctx *c, int64_t algorithm, struct str private, EVP_PKEY **out)
{
	const unsigned char *at = bytes_of(private);

	*out = d2i_PrivateKey(algorithm == credential_es256 ? EVP_PKEY_EC : EVP_PKEY_RSA, NULL, &at,
		(long)private.length);
	return *out ? 0 : not_done(c, "a signing key cannot be read");
}

/* JWS has both numbers side by side where libcrypto has DER (RFC 7518 3.4). */
static err side_by_side(struct ctx *c, struct str der, struct str *out)
{
	const unsigned char *at = bytes_of(der);
	scoped(close_pair) ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &at, (long)der.length);
	uint8_t *flat = arena_take(c->arena, pair);

	if (!flat)
		return fault(c, fault_arena, "a signature");
	if (!both || BN_bn2binpad(ECDSA_SIG_get0_r(both), flat, coordinate) != coordinate ||
		BN_bn2binpad(ECDSA_SIG_get0_s(both), flat + coordinate, coordinate) != coordinate)
		return not_done(c, "a signature cannot be read");
	*out = (struct str){ (const char *)flat, pair };
	return 0;
}

err signing_key_sign(struct ctx *c, int64_t algorithm, struct str private, struct str message,
	struct str *signature)
{
	scoped(close_key) EVP_PKEY *key = NULL;
	scoped(close_digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();
	uint8_t *room = arena_take(c->arena, credential_signature_most);
	size_t size = credential_signature_most;
	err e;

	if (!room)
		return fault(c, fault_arena, "a signature");
	if ((e = take(c, algorithm, private, &key)))
		return e;
	if (!digest || EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key) != 1 ||
		EVP_DigestSign(digest, room, &size, bytes_of(message), message.length) != 1)
		return not_done(c, "a token cannot be signed");
	*signature = (struct str){ (const char *)room, size };
	return algorithm == credential_es256 ? side_by_side(c, *signature, signature) : 0;
}

/* ---- checking ---- */

static err as_der(struct ctx *c, struct str flat, uint8_t room[der_most], struct str *out)
{
	scoped(close_pair) ECDSA_SIG *both = ECDSA_SIG_new();
	scoped(close_number) BIGNUM *r = NULL, *s = NULL;
	unsigned char *at = room;
	int size;

	if (flat.length != pair)
		return reply_wrong;
	r = BN_bin2bn(bytes_of(flat), coordinate, NULL);
	s = BN_bin2bn(bytes_of(flat) + coordinate, coordinate, NULL);
	if (!both || !r || !s || ECDSA_SIG_set0(both, r, s) != 1)
		return not_done(c, "a signature cannot be read");
	r = s = NULL; /* the pair owns them now */
	size = i2d_ECDSA_SIG(both, &at);
	must_be(size > 0 && size <= der_most);
	*out = (struct str){ (const char *)room, (size_t)size };
	return 0;
}

err signing_key_verify(struct ctx *c, const struct credential_key *public, struct str message,
	struct str signature)
{
	uint8_t room[der_most];
	err e;

	if (public->algorithm == credential_es256 && (e = as_der(c, signature, room, &signature)))
		return e;
	return credential_key_verify(c, public, message, signature);
}
