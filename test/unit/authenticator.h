/* An authenticator of one's own, for tests: keys and signatures by libcrypto, structures written
 * from WebAuthn 6.1 and RFC 8949, with nothing of the code that reads them. */
#ifndef TEST_AUTHENTICATOR_H
#define TEST_AUTHENTICATOR_H

#include "crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <string.h>
#include <sys/mman.h>

enum { up = 0x01, uv = 0x04, be = 0x08, bs = 0x10, at = 0x40, ed = 0x80 };

struct authenticator {
	EVP_PKEY *pair;
	int64_t algorithm;
	uint8_t memory[600];
	struct credential_key key; /* in memory */
};

static inline EVP_PKEY *make_pair(int64_t algorithm)
{
	switch (algorithm) {
	case -7:
		return EVP_EC_gen("P-256");
	case -35:
		return EVP_EC_gen("P-384");
	case -8:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	default:
		return EVP_RSA_gen(2048);
	}
}

static inline struct str number_out(EVP_PKEY *pair, const char *name, uint8_t *bytes, size_t size)
{
	BIGNUM *number = NULL;
	int length;

	must_be(EVP_PKEY_get_bn_param(pair, name, &number) == 1);
	length = size ? (int)size : BN_num_bytes(number);
	must_be(BN_bn2binpad(number, bytes, length) == length);
	BN_free(number);
	return (struct str){ (const char *)bytes, (size_t)length };
}

static inline void authenticator_make(struct authenticator *a, int64_t algorithm)
{
	size_t size = sizeof(a->memory), coordinate = algorithm == -7 ? 32 : 48;

	*a = (struct authenticator){ .pair = make_pair(algorithm), .algorithm = algorithm };
	must_be(a->pair);
	a->key.algorithm = algorithm;
	if (algorithm == -8) {
		must_be(EVP_PKEY_get_raw_public_key(a->pair, a->memory, &size) == 1);
		a->key.first = (struct str){ (const char *)a->memory, size };
	} else if (algorithm == -257) {
		a->key.first = number_out(a->pair, OSSL_PKEY_PARAM_RSA_N, a->memory, 0);
		a->key.second = number_out(a->pair, OSSL_PKEY_PARAM_RSA_E, a->memory + 550, 0);
	} else {
		a->key.first = number_out(a->pair, OSSL_PKEY_PARAM_EC_PUB_X, a->memory, coordinate);
		a->key.second =
			number_out(a->pair, OSSL_PKEY_PARAM_EC_PUB_Y, a->memory + 100, coordinate);
	}
}

static inline void authenticator_end(struct authenticator *a)
{
	EVP_PKEY_free(a->pair);
	a->pair = NULL;
}

static inline const EVP_MD *authenticator_hash(const struct authenticator *a)
{
	return a->algorithm == -8 ? NULL : a->algorithm == -35 ? EVP_sha384() : EVP_sha256();
}

/* In the arena. */
static inline struct str authenticator_sign_bytes(
	struct ctx *c, const struct authenticator *a, struct str message)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	size_t size = 600;
	char *bytes = arena_take(c->arena, size);

	must_be(bytes &&
		EVP_DigestSignInit(digest, NULL, authenticator_hash(a), NULL, a->pair) == 1);
	must_be(EVP_DigestSign(digest, (uint8_t *)bytes, &size, (const uint8_t *)message.at,
			message.length) == 1);
	EVP_MD_CTX_free(digest);
	return (struct str){ bytes, size };
}

static inline void add_sha256(struct buf *b, struct str bytes)
{
	uint8_t digest[32];

	must_be(EVP_Digest(bytes.at, bytes.length, digest, NULL, EVP_sha256(), NULL) == 1);
	buf_add(b, (struct str){ (const char *)digest, 32 });
}

/* What is signed: authenticator data and the digest of the client's. */
static inline struct str authenticator_sign(
	struct ctx *c, const struct authenticator *a, struct str data, struct str client_data)
{
	struct buf b = buf_in(c->arena, data.length + 32);

	buf_add(&b, data);
	add_sha256(&b, client_data);
	must_be(!b.full);
	return authenticator_sign_bytes(c, a, buf_str(&b));
}

/* ---- CBOR ---- */

static inline void cbor_head(struct buf *b, unsigned major, uint64_t number)
{
	unsigned bytes = number < 24      ? 0
			 : number < 256   ? 1
			 : number < 65536 ? 2
			 : number >> 32   ? 8
					  : 4;
	unsigned more = bytes == 0   ? (unsigned)number
			: bytes == 1 ? 24
			: bytes == 2 ? 25
			: bytes == 4 ? 26
				     : 27;

	buf_char(b, (char)(major << 5 | more));
	for (unsigned i = bytes; i > 0; i--)
		buf_char(b, (char)(number >> (8 * (i - 1))));
}

static inline void cbor_number(struct buf *b, int64_t number)
{
	cbor_head(b, number < 0, number < 0 ? (uint64_t)(-1 - number) : (uint64_t)number);
}

static inline void cbor_bytes(struct buf *b, struct str bytes)
{
	cbor_head(b, 2, bytes.length);
	buf_add(b, bytes);
}

static inline void cbor_text(struct buf *b, const char *text)
{
	cbor_head(b, 3, strlen(text));
	buf_add(b, str_of(text));
}

static inline void add_cose(struct buf *b, const struct credential_key *key)
{
	bool rsa = key->algorithm == -257, edwards = key->algorithm == -8;

	cbor_head(b, 5, rsa || edwards ? 4 : 5);
	cbor_number(b, 1);
	cbor_number(b, rsa ? 3 : edwards ? 1 : 2);
	cbor_number(b, 3);
	cbor_number(b, key->algorithm);
	if (!rsa) {
		cbor_number(b, -1);
		cbor_number(b, edwards ? 6 : key->algorithm == -7 ? 1 : 2);
	}
	cbor_number(b, rsa ? -1 : -2);
	cbor_bytes(b, key->first);
	if (!edwards) {
		cbor_number(b, rsa ? -2 : -3);
		cbor_bytes(b, key->second);
	}
}

/* ---- the structures, into the arena ---- */

static inline void add_data_head(struct buf *b, const char *rp_id, unsigned flags, uint32_t counter)
{
	add_sha256(b, str_of(rp_id));
	buf_char(b, (char)flags);
	for (int i = 24; i >= 0; i -= 8)
		buf_char(b, (char)(counter >> i));
}

static inline struct str assertion_data(
	struct ctx *c, const char *rp_id, unsigned flags, uint32_t counter, struct str tail)
{
	struct buf b = buf_in(c->arena, 37 + tail.length);

	add_data_head(&b, rp_id, flags, counter);
	buf_add(&b, tail);
	must_be(!b.full);
	return buf_str(&b);
}

static inline struct str registration_data(struct ctx *c, const char *rp_id, unsigned flags,
	struct str id, const struct credential_key *key, struct str tail)
{
	struct buf b = buf_in(c->arena, 800 + id.length + tail.length);

	add_data_head(&b, rp_id, flags | at, 0);
	buf_add(&b, STR("aaguid-16-bytes-"));
	buf_char(&b, (char)(id.length >> 8));
	buf_char(&b, (char)id.length);
	buf_add(&b, id);
	add_cose(&b, key);
	buf_add(&b, tail);
	must_be(!b.full);
	return buf_str(&b);
}

static inline struct str client_data(
	struct ctx *c, const char *type, struct str challenge, const char *origin)
{
	struct buf b = buf_in(c->arena, 600);

	buf_print(&b, "{\"type\":\"webauthn.%s\",\"challenge\":\"", type);
	base64url_add(&b, challenge);
	buf_print(&b, "\",\"origin\":\"%s\",\"crossOrigin\":false}", origin);
	must_be(!b.full);
	return buf_str(&b);
}

/* The same at the end of what can be read at all: one byte further ends the test. Until the next
 * call with this number. */
static inline struct str at_edge(unsigned number, struct str s)
{
	enum { room = 8192, page = 4096 };
	static char *memory[4];
	char *begin;

	must_be(number < 4 && s.length <= room);
	if (!memory[number]) {
		memory[number] = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		must_be(memory[number] != MAP_FAILED &&
			mprotect(memory[number] + room, page, PROT_NONE) == 0);
	}
	begin = memory[number] + room - s.length;
	if (s.length)
		memmove(begin, s.at, s.length);
	return (struct str){ begin, s.length };
}

/* The same with one bit turned. */
static inline struct str with_bit(struct ctx *c, struct str s, size_t bit)
{
	struct str copy = arena_copy(c->arena, s);

	must_be(copy.at);
	((char *)(uintptr_t)copy.at)[bit / 8] ^= (char)(1 << (bit % 8));
	return copy;
}

#endif
