/* The keys in memory: one master key, and from it one for each purpose. */
#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

/* Numbers of subkeys are for ever: what is sealed today must open under the next version. */
enum { subkey_id = 1, subkey_sign = 2, subkey_seal = 16, subkey_digest = 64 };
static const char subkey_context[crypto_kdf_CONTEXTBYTES] = { 'r', 'e', 'k', 'e', 'y', ' ', 'v',
	'1' };

err crypto_open(struct ctx *c)
{
	EVP_MD *sha1;

	if (sodium_init() < 0)
		return fault(c, fault_crypto, "libsodium does not start");
	/* A configuration file could load engines and providers; and the cage would refuse it
	 * later. */
	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL))
		return fault(c, fault_crypto, "libcrypto does not start");
	sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	if (!sha1)
		return fault(
			c, fault_crypto, "libcrypto has no SHA-1, which authenticator apps use");
	EVP_MD_free(sha1);
	return credential_open(c);
}

static void derive(uint8_t *out, size_t size, uint64_t number, const uint8_t master[key_size])
{
	must_be(crypto_kdf_derive_from_key(out, size, number, subkey_context, master) == 0);
}

static void derive_all(struct keys *keys)
{
	uint8_t seed[crypto_sign_SEEDBYTES], id[crypto_kdf_BYTES_MIN];
	struct buf text = buf_on(keys->id, sizeof(keys->id) - 1);

	for (uint64_t i = 0; i < key_count; i++) {
		derive(keys->seal[i], key_size, subkey_seal + i, keys->master);
		derive(keys->digest[i], key_size, subkey_digest + i, keys->master);
	}
	derive(seed, sizeof(seed), subkey_sign, keys->master);
	must_be(crypto_sign_seed_keypair(keys->sign_public, keys->sign_secret, seed) == 0);
	bytes_wipe(seed, sizeof(seed));
	derive(id, sizeof(id), subkey_id, keys->master);
	hex_add(&text, (struct str){ (const char *)id, 4 });
}

static err read_or_make(struct ctx *c, const char *dir, bool make, uint8_t master[key_size])
{
	err e = key_file_read(c, dir, master);

	if (e != reply_not_found)
		return e;
	if (!make)
		return fault(c, fault_keys, "there is no master.key");
	bytes_random(master, key_size);
	e = key_file_write(c, dir, master);
	/* Another process was first: its key is the key. */
	if (e == reply_already)
		e = key_file_read(c, dir, master);
	return e == reply_not_found ? fault(c, fault_keys, "master.key came and went") : e;
}

err keys_open(struct ctx *c, const char *dir, bool make, struct keys **out)
{
	struct keys *keys = sodium_malloc(sizeof(*keys));
	err e;

	if (!keys)
		return fault(c, fault_memory, "no memory for the keys");
	memset(keys, 0, sizeof(*keys));
	if ((e = read_or_make(c, dir, make, keys->master))) {
		keys_close(&keys);
		return e;
	}
	derive_all(keys);
	if (sodium_mprotect_readonly(keys) != 0) {
		keys_close(&keys);
		return fault(c, fault_memory, "the keys cannot be made read-only");
	}
	*out = keys;
	return 0;
}

void keys_close(struct keys **keys)
{
	sodium_free(*keys); /* wipes */
	*keys = NULL;
}

struct str keys_id(const struct keys *keys)
{
	return str_of(keys->id);
}
