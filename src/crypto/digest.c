/* Digests: BLAKE2b, plain and keyed for a purpose; SHA-256, and HMAC-SHA-1 for one-time codes. */
#include "crypto/inside.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

void digest_plain(struct str bytes, uint8_t out[digest_size])
{
	must_be(crypto_generichash(out, digest_size, bytes_of(bytes), bytes.length, NULL, 0) == 0);
}

void digest_sha256(struct str bytes, uint8_t out[digest_size])
{
	must_be(crypto_hash_sha256(out, bytes_of(bytes), bytes.length) == 0);
}

void digest_keyed(const struct keys *keys, enum key_purpose purpose, struct str about,
	struct str bytes, uint8_t out[digest_size])
{
	crypto_generichash_state state;
	uint8_t length[8];

	/* The length first, or ("ab", "c") and ("a", "bc") would be one. */
	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)((uint64_t)about.length >> (8 * i));
	must_be(crypto_generichash_init(&state, keys->digest[purpose], key_size, digest_size) ==
			0 &&
		crypto_generichash_update(&state, length, sizeof(length)) == 0 &&
		crypto_generichash_update(&state, bytes_of(about), about.length) == 0 &&
		crypto_generichash_update(&state, bytes_of(bytes), bytes.length) == 0 &&
		crypto_generichash_final(&state, out, digest_size) == 0);
	bytes_wipe(&state, sizeof(state));
}

err digest_hmac_sha1(struct ctx *c, struct str key, struct str bytes, uint8_t out[hmac_sha1_size])
{
	unsigned size = 0;

	if (!HMAC(EVP_sha1(), key.at, (int)key.length, bytes_of(bytes), bytes.length, out, &size))
		return fault(c, fault_crypto, "HMAC-SHA-1");
	must_be(size == hmac_sha1_size);
	return 0;
}
