/* Signatures of audit heads: Ed25519 (RFC 8032), its key from the master key. */
#include "crypto/inside.h"

#include <string.h>

void sign_bytes(const struct keys *keys, struct str bytes, uint8_t out[signature_size])
{
	must_be(crypto_sign_detached(out, NULL, bytes_of(bytes), bytes.length, keys->sign_secret) ==
		0);
}

bool sign_holds(const uint8_t public_key[public_key_size], struct str bytes,
	const uint8_t signature[signature_size])
{
	return crypto_sign_verify_detached(signature, bytes_of(bytes), bytes.length, public_key) ==
	       0;
}

void sign_public(const struct keys *keys, uint8_t out[public_key_size])
{
	memcpy(out, keys->sign_public, public_key_size);
}
