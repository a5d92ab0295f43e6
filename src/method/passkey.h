/* Passkeys and security keys (WebAuthn Level 3), as the keeper judges them: raw bytes at fixed
 * places, neither CBOR nor JSON read. What the web process took out of the CBOR is believed only
 * when it makes the same bytes again.
 *
 * May come back: reply_refused with *refusal set; fault_memory, fault_arena, fault_crypto. */
#ifndef METHOD_PASSKEY_H
#define METHOD_PASSKEY_H

#include "crypto/crypto.h"

enum {
	passkey_challenge_size = 32,
	passkey_aaguid_size = 16,
	passkey_id_most = 1023,           /* WebAuthn 4, "credential ID" */
	passkey_client_data_most = 4096,  /* bytes */
	passkey_authenticator_most = 4096 /* bytes: an id, a key of RSA, and extensions */
};

#define REFUSAL(name, meaning) passkey_##name,
enum passkey_refusal {
#include "method/passkey.def"
	passkey_refusal_count
};
#undef REFUSAL

const char *passkey_refusal_name(enum passkey_refusal refusal);

/* What the answer must be made for. */
struct passkey_expected {
	struct str challenge; /* passkey_challenge_size bytes, made for this and used once */
	struct str origin; /* as browsers write it: "https://reset.example.org", ":8443" if any */
	struct str rp_id;  /* as rp_id_take made it */
	bool verified;     /* the authenticator must have verified its user (a PIN, a finger) */
};

/* What an authenticator said of itself. */
struct passkey_state {
	bool verified;    /* UV */
	bool eligible;    /* BE: may be copied to other devices */
	bool backed_up;   /* BS: is copied now */
	uint32_t counter; /* 0 from those that do not count */
};

void passkey_challenge_make(uint8_t out[passkey_challenge_size]); /* random */

/* ---- registering: WebAuthn 7.1, without the attestation ---- */

struct passkey_registration {
	struct str client_data, authenticator_data; /* raw */
	struct str id;                              /* as the browser said it (rawId) */
	struct credential_key key;                  /* as web read it */
};

struct passkey_born {
	struct str id;     /* in authenticator_data; not yet known to be nobody else's */
	struct str key;    /* the record for the store, in c's arena */
	struct str aaguid; /* in authenticator_data; a claim */
	struct passkey_state state;
};

must_use err passkey_register(struct ctx *c, const struct passkey_expected *expected,
	const struct passkey_registration *in, struct passkey_born *out,
	enum passkey_refusal *refusal);

/* ---- signing in: WebAuthn 7.2 ---- */

struct passkey_assertion {
	struct str client_data, authenticator_data, signature; /* raw */
};

struct passkey_stored {
	struct str key; /* the record */
	bool eligible;
	uint32_t counter; /* the highest that was seen */
};

struct passkey_seen {
	struct passkey_state state;
	bool counter_back; /* 7.2, signCount: it did not go up, so there may be a copy of the key */
};

/* A record that does not read is fault_crypto: somebody changed the store. */
must_use err passkey_assert(struct ctx *c, const struct passkey_expected *expected,
	const struct passkey_stored *stored, const struct passkey_assertion *in,
	struct passkey_seen *out, enum passkey_refusal *refusal);

/* ---- the site's name for authenticators (WebAuthn 4, "RP ID") ---- */

/* As typed, for a base URL with this host (as URLs have it: A-labels, no port): lower case,
 * A-labels. reply_refused: neither the host nor a parent of it, a public suffix, or an address. */
must_use err rp_id_take(struct ctx *c, struct str typed, struct str host, struct str *out);

#endif
