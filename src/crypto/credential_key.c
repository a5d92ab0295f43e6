/* Keys of authenticators (WebAuthn), and what they signed: ES256, ES384, EdDSA and RS256, by
 * libcrypto. A key says its own algorithm; nothing that comes with a signature does. */
#include "crypto/inside.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

enum {
	rsa_least = 256, /* bytes of the modulus: 2048 bits */
	rsa_most = 512,
	exponent_most = 4,
	coordinate_most = 48,
};

static void close_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void close_making(EVP_PKEY_CTX **making)
{
	EVP_PKEY_CTX_free(*making);
}

static void close_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

/* What libcrypto did not do: for want of memory, or because of what it was given. */
static err not_done(struct ctx *c, err reply)
{
	bool memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;

	ERR_clear_error();
	return memory ? fault(c, fault_memory, "libcrypto") : reply;
}

/* ---- elliptic curves ---- */

/* Without a point, and kept: making one costs a third of a check. */
static EVP_PKEY *p256, *p384;

static err make_curve(struct ctx *c, const char *name, EVP_PKEY **out)
{
	scoped(close_making) EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM parts[] = { OSSL_PARAM_construct_utf8_string(
				       OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)name, 0),
		OSSL_PARAM_construct_end() };

	if (*out || (making && EVP_PKEY_fromdata_init(making) == 1 &&
			    EVP_PKEY_fromdata(making, out, EVP_PKEY_KEY_PARAMETERS, parts) == 1))
		return 0;
	return not_done(c, fault(c, fault_crypto, "no curve %s", name));
}

err credential_open(struct ctx *c)
{
	err e = make_curve(c, "P-256", &p256);

	return e ? e : make_curve(c, "P-384", &p384);
}

/* A point that is not on the curve is refused by libcrypto. */
static err curve_key(struct ctx *c, EVP_PKEY *curve, size_t size, const struct credential_key *key,
	EVP_PKEY **out)
{
	uint8_t point[1 + 2 * coordinate_most] = { POINT_CONVERSION_UNCOMPRESSED };

	if (key->first.length != size || key->second.length != size)
		return reply_refused;
	memcpy(point + 1, key->first.at, size);
	memcpy(point + 1 + size, key->second.at, size);
	*out = EVP_PKEY_dup(curve);
	if (*out && EVP_PKEY_set1_encoded_public_key(*out, point, 1 + 2 * size) == 1)
		return 0;
	return not_done(c, reply_refused);
}

/* ---- RSA ---- */

static bool whole(struct str number, size_t least, size_t most)
{
	return number.length >= least && number.length <= most && number.at[0] != 0 &&
	       (number.at[number.length - 1] & 1);
}

/* Both odd and without leading zeros; 2048 to 4096 bits; an exponent above 1 in 32 bits. */
static bool rsa_sound(const struct credential_key *key)
{
	return whole(key->first, rsa_least, rsa_most) && whole(key->second, 1, exponent_most) &&
	       (key->first.length > rsa_least || (uint8_t)key->first.at[0] >= 0x80) &&
	       !(key->second.length == 1 && key->second.at[0] == 1);
}

/* In the byte order of the machine, as a parameter has it. */
static OSSL_PARAM number_part(const char *name, struct str number, uint8_t *room)
{
	union {
		uint16_t two;
		uint8_t first;
	} order = { .two = 1 };

	for (size_t i = 0; i < number.length; i++)
		room[i] = (uint8_t)number.at[order.first ? number.length - 1 - i : i];
	return OSSL_PARAM_construct_BN(name, room, number.length);
}

static err rsa_key(struct ctx *c, const struct credential_key *key, EVP_PKEY **out)
{
	scoped(close_making) EVP_PKEY_CTX *making = NULL;
	uint8_t modulus[rsa_most], exponent[exponent_most];
	OSSL_PARAM parts[3];

	if (!rsa_sound(key))
		return reply_refused;
	parts[0] = number_part(OSSL_PKEY_PARAM_RSA_N, key->first, modulus);
	parts[1] = number_part(OSSL_PKEY_PARAM_RSA_E, key->second, exponent);
	parts[2] = OSSL_PARAM_construct_end();
	making = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (making && EVP_PKEY_fromdata_init(making) == 1 &&
		EVP_PKEY_fromdata(making, out, EVP_PKEY_PUBLIC_KEY, parts) == 1)
		return 0;
	return not_done(c, reply_refused);
}

/* ---- any of them ---- */

static err edwards_key(struct ctx *c, const struct credential_key *key, EVP_PKEY **out)
{
	if (key->first.length != public_key_size || key->second.length)
		return reply_refused;
	*out = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, bytes_of(key->first), key->first.length);
	return *out ? 0 : not_done(c, reply_refused);
}

static err take(struct ctx *c, const struct credential_key *key, EVP_PKEY **out)
{
	switch (key->algorithm) {
	case credential_es256:
		return curve_key(c, p256, 32, key, out);
	case credential_es384:
		return curve_key(c, p384, coordinate_most, key, out);
	case credential_eddsa:
		return edwards_key(c, key, out);
	case credential_rs256:
		return rsa_key(c, key, out);
	default:
		return reply_refused;
	}
}

static const EVP_MD *hash_of(int64_t algorithm)
{
	switch (algorithm) {
	case credential_eddsa:
		return NULL; /* has its own */
	case credential_es384:
		return EVP_sha384();
	default:
		return EVP_sha256();
	}
}

/* A point of small order is refused: one signature could be of many messages. */
err credential_key_check(struct ctx *c, const struct credential_key *key)
{
	scoped(close_key) EVP_PKEY *taken = NULL;
	err e = take(c, key, &taken);

	if (e)
		return e;
	if (key->algorithm == credential_eddsa &&
		crypto_core_ed25519_is_valid_point(bytes_of(key->first)) != 1)
		return reply_refused;
	return 0;
}

err credential_key_verify(
	struct ctx *c, const struct credential_key *key, struct str message, struct str signature)
{
	scoped(close_key) EVP_PKEY *taken = NULL;
	scoped(close_digest) EVP_MD_CTX *digest = NULL;
	err e = take(c, key, &taken);

	if (e)
		return e;
	if (!signature.length || signature.length > credential_signature_most)
		return reply_wrong;
	digest = EVP_MD_CTX_new();
	if (!digest ||
		EVP_DigestVerifyInit(digest, NULL, hash_of(key->algorithm), NULL, taken) != 1)
		return not_done(c, fault(c, fault_crypto, "a signature cannot be checked"));
	if (EVP_DigestVerify(digest, bytes_of(signature), signature.length, bytes_of(message),
		    message.length) == 1)
		return 0;
	return not_done(c, reply_wrong);
}
