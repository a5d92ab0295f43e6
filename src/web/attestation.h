/* What a browser hands over when a key is registered (WebAuthn 6.5), made flat for the keeper. The
 * keeper believes none of it: it makes the same bytes again of what is said here. */
#ifndef WEB_ATTESTATION_H
#define WEB_ATTESTATION_H

#include "base/base.h"

/* ---- cbor.c: the part of CBOR (RFC 8949) that authenticators may use (CTAP2 8): whole numbers,
 * bytes, text, arrays, maps, true and false; definite lengths, shortest heads, no tags ---- */

enum {
	cbor_depth_most = 8,
	cbor_pairs_most = 32, /* of one map */
};

enum item_kind {
	item_other,
	item_number,
	item_negative,
	item_bytes,
	item_text,
	item_array,
	item_map,
	item_bool
};

struct item {
	enum item_kind kind;
	uint64_t number;  /* of a negative n: -1 - n; of an array its items, of a map its pairs */
	struct str bytes; /* also of a text, which is UTF-8 */
};

/* Takes the next item off *rest; of an array or a map the head alone. False: it is none of these.
 */
must_use bool item_next(struct str *rest, struct item *out);
/* Takes a whole item, with all within it: not too deep, no key of a map twice, keys numbers or
 * texts. */
must_use bool item_whole(struct str *rest, struct str *out);
/* A number that a label, an algorithm or a curve can be. */
must_use bool item_small(const struct item *item, int64_t *out);

/* ---- attestation.c ---- */

enum { attestation_most = 12 * 1024 }; /* bytes: with a chain of certificates */

struct attestation {
	struct str format;    /* "none", "packed", ... */
	struct str statement; /* the map as it came */
	struct str data;      /* the authenticator's: what the keeper gets */
};

/* False: not such an object, or more than one. */
must_use bool attestation_take(struct str object, struct attestation *out);

/* What stands in the authenticator's data at a registration. */
struct attested {
	struct str aaguid, id;
	int64_t algorithm; /* COSE: -7, -8, -35, -257 */
	struct str first;  /* x; Ed25519: the key; RSA: the modulus */
	struct str second; /* y; Ed25519: nothing; RSA: the exponent */
};

/* False: its parts do not fit, the key is of no kind that we take, or something follows. */
must_use bool attested_take(struct str data, struct attested *out);

/* ---- statement.c: who vouches for the authenticator (WebAuthn 8). It is judged here, far from the
 * store: a wrong answer can only keep a key out, or let one in that needed no voucher. ---- */

struct trust; /* certificates of makers */

enum vouched {
	vouched_not,         /* "none", or in a way that we do not read */
	vouched_by_itself,   /* the new key signed for itself: nothing is known of who made it */
	vouched_by_stranger, /* a certificate holds that leads to none of ours */
	vouched_by_maker,    /* ... that leads to one of ours */
	vouched_wrong,       /* it is not well formed, or does not hold: the key is to be refused */
};

/* trust: NULL for no maker. client_data: as the browser wrote it. */
enum vouched statement_judge(struct trust *trust, const struct attestation *attestation,
	const struct attested *key, struct str client_data);

/* ---- certificate.c ---- */

/* Once, before the cage closes, since it lets nothing be read later: all certificates (PEM) of the
 * files of a folder that end in ".pem"; NULL: no folder, and no maker is known. fault_io: the
 * folder or a file of it does not read; fault_memory, fault_crypto. */
must_use err trust_open(struct ctx *c, const char *folder, struct trust **out);
void trust_close(struct trust **trust);

#endif
