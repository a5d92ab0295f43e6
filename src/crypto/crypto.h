/* Keys, sealed values, keyed digests, password hashes, signatures. All by libsodium, libcrypto and
 * libcrypt; nothing outside this room calls them.
 *
 * May come back: fault_crypto, fault_keys, fault_arena, fault_memory, fault_io. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/base.h"

must_use err crypto_open(struct ctx *c); /* once, at start, before anything else here */

/* ---- keys: one file of 32 random bytes, from which each purpose has its own ---- */

/* In this order for ever, new ones last: a purpose's place chooses its key. */
enum key_purpose {
	key_password, /* the keyed layer over password hashes */
	key_seal,     /* values in the store */
	key_code,     /* typed codes and recovery codes, as MACs */
	key_token,    /* session, flow, device and notice tokens, as MACs */
	key_name,     /* names that exist nowhere: throttle buckets */
	key_person,   /* wraps the per-account key that seals audit names */
	key_work,     /* proof-of-work challenges and signed waits */
	key_count
};

struct keys;
/* dir/master.key: made when absent and make is true; refused unless a plain file of mode 0600 or
 * stricter, owned by us. The keys live in locked memory until keys_close. */
must_use err keys_open(struct ctx *c, const char *dir, bool make, struct keys **out);
void keys_close(struct keys **keys);
/* The master key under a passphrase (argon2id 64 MiB, t=3; XChaCha20-Poly1305), as text. */
must_use err keys_export(
	struct ctx *c, const struct keys *keys, const struct secret *passphrase, struct str *out);
/* reply_malformed: not such a text; reply_wrong: not that passphrase; reply_already: dir has a key,
 * which is never overwritten. */
must_use err keys_import(
	struct ctx *c, const char *dir, struct str text, const struct secret *passphrase);
struct str keys_id(const struct keys *keys); /* 8 hex digits; says which key, tells nothing of it */

/* ---- digests ---- */

enum { digest_size = 32, hmac_sha1_size = 20 };

void digest_plain(struct str bytes, uint8_t out[digest_size]);  /* BLAKE2b-256 */
void digest_sha256(struct str bytes, uint8_t out[digest_size]); /* where a standard says so */
/* BLAKE2b-256 keyed for the purpose; `about` binds it to a place (flow id, account id). */
void digest_keyed(const struct keys *keys, enum key_purpose purpose, struct str about,
	struct str bytes, uint8_t out[digest_size]);
/* HMAC-SHA-1 (RFC 2104), for one-time codes (RFC 4226) alone. libcrypto takes memory for it, so it
 * can fail. */
must_use err digest_hmac_sha1(
	struct ctx *c, struct str key, struct str bytes, uint8_t out[hmac_sha1_size]);

/* ---- sealing: XChaCha20-Poly1305, random nonce, version byte, bound to `about` ---- */

enum { seal_overhead = 1 + 24 + 16 };

must_use err seal(struct ctx *c, enum key_purpose purpose, struct str about, struct str plain,
	struct str *out);
/* reply_wrong when it was changed, or sealed about something else.
 * At most secret_size_max bytes. */
must_use err unseal(struct ctx *c, enum key_purpose purpose, struct str about, struct str sealed,
	struct secret **out);
/* The same into the arena, for what is private but no secret, or longer than a secret can be. */
must_use err unseal_text(struct ctx *c, enum key_purpose purpose, struct str about,
	struct str sealed, struct str *out);
/* The same with a key of 32 bytes of one's own (the audit log's per-account keys). */
must_use err seal_with(
	struct ctx *c, struct str key, struct str about, struct str plain, struct str *out);
must_use err unseal_with(
	struct ctx *c, struct str key, struct str about, struct str sealed, struct str *out);

/* ---- password hashes ---- */

struct hash_cost {
	int64_t memory_kib, passes;
};

/* argon2id (RFC 9106) at this cost under the keyed layer, bound to the account. reply_busy. */
must_use err password_hash(struct ctx *c, struct str account, const struct secret *password,
	struct hash_cost cost, struct str *out);
/* 0: right; reply_wrong; reply_busy. *stale: made at another cost, or not by us: hash anew with the
 * password. A stored value of any kind, also none or a damaged one (which is always wrong), costs
 * at least one argon2id at `cost`. */
must_use err password_verify(struct ctx *c, struct str account, struct str stored,
	const struct secret *password, struct hash_cost cost, bool *stale);
/* As much work as password_verify, on nobody's hash; reply_wrong or reply_busy. */
must_use err password_verify_nobody(
	struct ctx *c, const struct secret *password, struct hash_cost cost);
/* A hash from elsewhere, sealed as it is: PHC strings ($argon2id$, $argon2i$, $pbkdf2-sha256$,
 * $pbkdf2-sha512$, $scrypt$); {SHA} and {SSHA}, also with 256 and 512; {ARGON2}, {PBKDF2-SHA256}
 * and {PBKDF2-SHA512} as OpenLDAP has them; $1$, $2a$, $2b$, $2y$, $5$, $6$ and $y$ of crypt(5),
 * bare or after {CRYPT}. reply_refused with *why (an id: hash_unknown, hash_clear, hash_cost,
 * hash_malformed) when not accepted; hash_cost: verifying it could stall every sign-in. */
must_use err password_import(
	struct ctx *c, struct str account, struct str hash, struct str *out, struct str *why);
/* True: sealed but legacy (no argon2), to be wrapped in the background. */
bool password_is_legacy(struct ctx *c, struct str account, struct str stored);
/* argon2id over the legacy digest, so that the store alone verifies nothing cheaply.
 * reply_nothing: it was not legacy; reply_wrong: it does not open; reply_busy: the pool closes. */
must_use err password_wrap(struct ctx *c, struct str account, struct str stored,
	struct hash_cost cost, struct str *out);

/* The pool in which all argon2id runs: as many threads as cores and a bounded queue. password_hash,
 * password_verify and password_verify_nobody go through c->pool and may return reply_busy;
 * password_wrap waits for idle time. c->pool NULL: in the calling thread (tests). */
must_use err hash_pool_open(struct ctx *c, size_t threads, size_t queue, struct hash_pool **out);
void hash_pool_close(struct hash_pool **pool);

/* ---- signatures of audit heads: Ed25519, key from the master key ---- */

enum { signature_size = 64, public_key_size = 32 };

void sign_bytes(const struct keys *keys, struct str bytes, uint8_t out[signature_size]);
bool sign_holds(const uint8_t public_key[public_key_size], struct str bytes,
	const uint8_t signature[signature_size]);
void sign_public(const struct keys *keys, uint8_t out[public_key_size]);

/* ---- keys of authenticators (WebAuthn), and what they signed; by libcrypto ---- */

enum { credential_signature_most = 512 }; /* bytes: RSA of 4096 bits */

/* By their COSE numbers (IANA, RFC 9053, RFC 8812). */
enum {
	credential_es256 = -7,   /* ECDSA on P-256, SHA-256 */
	credential_eddsa = -8,   /* Ed25519 */
	credential_es384 = -35,  /* ECDSA on P-384, SHA-384 */
	credential_rs256 = -257, /* RSASSA-PKCS1-v1_5, SHA-256, 2048 to 4096 bits */
};

struct credential_key {
	int64_t algorithm;
	struct str first;  /* x; Ed25519: the key; RSA: the modulus, big-endian */
	struct str second; /* y; Ed25519: nothing; RSA: the exponent, big-endian */
};

/* reply_refused: of another algorithm or size, not on the curve, of small order, even. */
must_use err credential_key_check(struct ctx *c, const struct credential_key *key);
/* Whether a key that was checked made the signature of the message. reply_wrong: it did not;
 * reply_refused: it cannot be that key. */
must_use err credential_key_verify(
	struct ctx *c, const struct credential_key *key, struct str message, struct str signature);

/* ---- keys that sign tokens (JWS, RFC 7515): credential_es256 or credential_rs256 of 3072 bits
 * ---- */

/* private: DER, in the arena: to be sealed. */
must_use err signing_key_make(
	struct ctx *c, int64_t algorithm, struct str *private, struct credential_key *public);
/* The signature as JWS has it (RFC 7518 3.3, 3.4). */
must_use err signing_key_sign(struct ctx *c, int64_t algorithm, struct str private,
	struct str message, struct str *signature);
/* reply_wrong: the key did not make it. */
must_use err signing_key_verify(struct ctx *c, const struct credential_key *public,
	struct str message, struct str signature);

#endif
