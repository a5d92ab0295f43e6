/* What the files of this room share. */
#ifndef CRYPTO_INSIDE_H
#define CRYPTO_INSIDE_H

#include "crypto/crypto.h"
#include "spec/spec.h"

#include <pthread.h>
#include <sodium.h>

enum { key_size = 32 };

/* In guarded, locked memory of libsodium's, read-only once derived. */
struct keys {
	uint8_t master[key_size];
	uint8_t seal[key_count][key_size]; /* one purpose never uses one key for two algorithms */
	uint8_t digest[key_count][key_size];
	uint8_t sign_secret[crypto_sign_SECRETKEYBYTES];
	uint8_t sign_public[public_key_size];
	char id[9];
};

/* key_file.c: dir/master.key, 32 bytes. */
must_use err key_file_read(
	struct ctx *c, const char *dir, uint8_t out[key_size]); /* reply_not_found */
must_use err key_file_write(
	struct ctx *c, const char *dir, const uint8_t key[key_size]); /* reply_already */

static inline const uint8_t *bytes_of(struct str s)
{
	return (const uint8_t *)s.at;
}

must_use err credential_open(struct ctx *c); /* credential_key.c: the curves, once */

/* ---- hash_text.c: pieces of a hash's text ---- */

/* The next piece up to '$', and the rest; the last piece leaves an empty rest. False: no more. */
bool piece_next(struct str *rest, struct str *piece);
/* "LABELnumber" without leading zeros, from least to most. */
bool piece_number(struct str piece, const char *label, int64_t least, int64_t most, int64_t *out);
/* base64 without padding, '.' read as '+' (passlib); *size in: room, out: used. */
bool piece_bytes(struct str piece, uint8_t *out, size_t *size);

/* ---- argon2.c: PHC texts of argon2id and argon2i, verified by libsodium ---- */

struct argon2 {
	bool id; /* else argon2i, which is only verified, never made */
	struct hash_cost cost;
	int64_t lanes;
};

enum hash_form { form_other, form_good, form_malformed, form_cost };

enum hash_form argon2_read(struct str text, struct argon2 *out);
bool argon2_cost_possible(struct hash_cost cost);
/* check is NUL-terminated. False with *failed: no memory. */
bool argon2_holds(const char *check, bool id, struct str input, bool *failed);
bool argon2_make(
	struct str input, struct hash_cost cost, char out[crypto_pwhash_argon2id_STRBYTES]);
/* As much work as making one, and nothing of it kept. */
bool argon2_burn(struct str input, struct hash_cost cost);

/* ---- legacy.c: other hashes, read from their text and written without their digest ---- */

enum legacy_kind {
	legacy_sha1,
	legacy_sha256,
	legacy_sha512,
	legacy_pbkdf2_sha256,
	legacy_pbkdf2_sha512,
	legacy_scrypt,
	legacy_crypt,
};

enum { legacy_salt_max = 64, legacy_digest_max = 128, legacy_text_max = 512 };

struct legacy {
	enum legacy_kind kind;
	struct str setting;            /* crypt: all that stands before the digest */
	uint8_t salt[legacy_salt_max]; /* the others */
	uint8_t digest[legacy_digest_max];
	size_t salt_size, digest_size;
	int64_t rounds;       /* pbkdf2: iterations; scrypt: log2 of N */
	int64_t block, lanes; /* scrypt: r, p */
};

enum hash_form legacy_read(struct str text, struct legacy *out);
/* The same text with zeros where the digest was: what wrapping needs to keep. */
must_use err legacy_blank(struct ctx *c, const struct legacy *legacy, struct str *out);

/* ---- legacy_digest.c ---- */

struct hash_scratch; /* locked memory of one hashing thread, used again for each hash */

must_use struct hash_scratch *hash_scratch_open(void); /* NULL: no memory */
void hash_scratch_wipe(struct hash_scratch *scratch);
void hash_scratch_close(struct hash_scratch **scratch);
/* The digest of what was typed, in the scratch until that is wiped. False: such a hash cannot be of
 * what was typed (a NUL, or beyond the 72 bytes that bcrypt looks at). */
bool legacy_digest(const struct legacy *legacy, struct str typed, struct hash_scratch *scratch,
	struct str *out);

/* ---- pool.c: one piece of work, and the threads that do it ---- */

enum hash_task {
	hash_make,         /* made := argon2id of the input */
	hash_check,        /* right := check holds for the input */
	hash_check_legacy, /* right := the input is legacy->digest */
	hash_check_nobody, /* right := false */
};

struct hash_work {
	enum hash_task task;
	bool patient;                /* only when no sign-in waits */
	struct str typed;            /* locked memory of the caller, who waits */
	const struct legacy *legacy; /* input is typed digested this way; NULL: typed itself */
	const char *check;
	bool check_id;
	bool burn; /* one argon2id at cost besides */
	struct hash_cost cost;
	char made[crypto_pwhash_argon2id_STRBYTES];
	bool right, failed;

	/* The pool's: */
	struct hash_work *next;
	pthread_cond_t
		over; /* one for each: a finished hash wakes its own caller, not all who wait */
	bool finished, refused;
};

/* One piece of work in the calling thread, as the pool's threads do it: tests of a pool without
 * threads. False: none waits. */
bool hash_pool_once(struct hash_pool *pool, struct hash_scratch *scratch);
size_t hash_pool_waiting(const struct hash_pool *pool);      /* sign-ins that wait */
size_t hash_pool_patient(const struct hash_pool *pool);      /* wraps that wait */
must_use err hash_do(struct ctx *c, struct hash_work *work); /* reply_busy, fault_memory */

#endif
