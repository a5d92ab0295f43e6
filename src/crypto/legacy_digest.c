/* The digest that a legacy scheme makes of what was typed. */
#include "crypto/inside.h"

#include <crypt.h>
#include <openssl/evp.h>

struct hash_scratch {
	struct crypt_data crypt;
	char phrase[secret_size_max + 1];
	uint8_t digest[legacy_digest_max];
};

struct hash_scratch *hash_scratch_open(void)
{
	struct hash_scratch *scratch = sodium_malloc(sizeof(*scratch));

	if (scratch)
		memset(scratch, 0, sizeof(*scratch));
	return scratch;
}

void hash_scratch_wipe(struct hash_scratch *scratch)
{
	bytes_wipe(scratch, sizeof(*scratch));
}

void hash_scratch_close(struct hash_scratch **scratch)
{
	sodium_free(*scratch);
	*scratch = NULL;
}

static bool sha1(const struct legacy *l, struct str typed, uint8_t *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1 &&
		    EVP_DigestUpdate(context, typed.at, typed.length) == 1 &&
		    EVP_DigestUpdate(context, l->salt, l->salt_size) == 1 &&
		    EVP_DigestFinal_ex(context, out, NULL) == 1;

	EVP_MD_CTX_free(context);
	return done;
}

static bool sha256(const struct legacy *l, struct str typed, uint8_t *out)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, bytes_of(typed), typed.length);
	crypto_hash_sha256_update(&state, l->salt, l->salt_size);
	crypto_hash_sha256_final(&state, out);
	bytes_wipe(&state, sizeof(state));
	return true;
}

static bool sha512(const struct legacy *l, struct str typed, uint8_t *out)
{
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, bytes_of(typed), typed.length);
	crypto_hash_sha512_update(&state, l->salt, l->salt_size);
	crypto_hash_sha512_final(&state, out);
	bytes_wipe(&state, sizeof(state));
	return true;
}

static bool pbkdf2(const struct legacy *l, struct str typed, uint8_t *out)
{
	const EVP_MD *md = l->kind == legacy_pbkdf2_sha256 ? EVP_sha256() : EVP_sha512();

	return PKCS5_PBKDF2_HMAC(typed.at, (int)typed.length, l->salt, (int)l->salt_size,
		       (int)l->rounds, md, (int)l->digest_size, out) == 1;
}

static bool scrypt(const struct legacy *l, struct str typed, uint8_t *out)
{
	return crypto_pwhash_scryptsalsa208sha256_ll(bytes_of(typed), typed.length, l->salt,
		       l->salt_size, (uint64_t)1 << l->rounds, (uint32_t)l->block,
		       (uint32_t)l->lanes, out, l->digest_size) == 0;
}

/* bcrypt looks at 72 bytes: two passwords that begin with the same 72 would be one. */
static bool within_reach(const struct legacy *l, struct str typed)
{
	if (typed.length >= CRYPT_MAX_PASSPHRASE_SIZE || memchr(typed.at, 0, typed.length))
		return false;
	return !str_starts(l->setting, STR("$2")) || typed.length <= 72;
}

static bool by_crypt(const struct legacy *l, struct str typed, struct hash_scratch *scratch)
{
	char setting[legacy_text_max + 1];
	const char *made;

	if (!within_reach(l, typed))
		return false;
	must_be(l->setting.length <= legacy_text_max);
	memcpy(setting, l->setting.at, l->setting.length);
	setting[l->setting.length] = 0;
	memcpy(scratch->phrase, typed.at, typed.length);
	scratch->phrase[typed.length] = 0;
	made = crypt_rn(scratch->phrase, setting, &scratch->crypt, (int)sizeof(scratch->crypt));
	if (!made || strlen(made) != l->setting.length + l->digest_size)
		return false;
	memcpy(scratch->digest, made + l->setting.length, l->digest_size);
	return true;
}

static bool digest(const struct legacy *l, struct str typed, struct hash_scratch *scratch)
{
	switch (l->kind) {
	case legacy_sha1:
		return sha1(l, typed, scratch->digest);
	case legacy_sha256:
		return sha256(l, typed, scratch->digest);
	case legacy_sha512:
		return sha512(l, typed, scratch->digest);
	case legacy_pbkdf2_sha256:
	case legacy_pbkdf2_sha512:
		return pbkdf2(l, typed, scratch->digest);
	case legacy_scrypt:
		return scrypt(l, typed, scratch->digest);
	case legacy_crypt:
		return by_crypt(l, typed, scratch);
	}
	return false;
}

bool legacy_digest(const struct legacy *legacy, struct str typed, struct hash_scratch *scratch,
	struct str *out)
{
	bool done = typed.length > 0 && digest(legacy, typed, scratch);
	*out = (struct str){ (const char *)scratch->digest, legacy->digest_size };
	return done;
}
