/* Who vouches for an authenticator (WebAuthn 8): "packed" and "fido-u2f", by libcrypto. */
#include "web/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string.h>

enum { chain_most = 4, message_most = attestation_most + 32 };

/* ---- the statement, as members of "packed" (8.2) and "fido-u2f" (8.6) ---- */

struct statement {
	struct item algorithm; /* item_other: absent */
	struct str signature;
	struct str chain[chain_most];
	size_t certificates;
};

static bool chain_next(struct str *rest, struct statement *out)
{
	struct item head, one;

	if (!item_next(rest, &head) || head.kind != item_array || head.number < 1 ||
		head.number > chain_most)
		return false;
	for (size_t i = 0; i < head.number; i++) {
		if (!item_next(rest, &one) || one.kind != item_bytes)
			return false;
		out->chain[i] = one.bytes;
	}
	out->certificates = head.number;
	return true;
}

static bool statement_member(struct str *rest, struct statement *out)
{
	struct item name, value;

	if (!item_next(rest, &name) || name.kind != item_text)
		return false;
	if (str_is(name.bytes, "x5c"))
		return chain_next(rest, out);
	if (!item_next(rest, &value))
		return false;
	if (str_is(name.bytes, "alg"))
		out->algorithm = value;
	else if (str_is(name.bytes, "sig") && value.kind == item_bytes)
		out->signature = value.bytes;
	else
		return false;
	return true;
}

/* That no member is there twice was seen when the object was taken. */
static bool statement_take(struct str map, struct statement *out)
{
	struct item head;

	if (!item_next(&map, &head) || head.kind != item_map)
		return false;
	for (uint64_t i = 0; i < head.number; i++)
		if (!statement_member(&map, out))
			return false;
	return out->signature.length > 0;
}

/* ---- signatures ---- */

static void close_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void close_digest(EVP_MD_CTX **digest)
{
	EVP_MD_CTX_free(*digest);
}

#define scoped_key scoped(close_key) EVP_PKEY

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)s.at;
}

/* Which hash the algorithm has with a key of this kind; false: it is of another kind. */
static bool hash_of(EVP_PKEY *key, int64_t algorithm, const EVP_MD **out)
{
	switch (algorithm) {
	case -7:
		*out = EVP_sha256();
		return EVP_PKEY_is_a(key, "EC") == 1;
	case -35:
		*out = EVP_sha384();
		return EVP_PKEY_is_a(key, "EC") == 1;
	case -8:
		*out = NULL;
		return EVP_PKEY_is_a(key, "ED25519") == 1;
	case -257:
		*out = EVP_sha256();
		return EVP_PKEY_is_a(key, "RSA") == 1;
	default:
		return false;
	}
}

static bool signed_by(EVP_PKEY *key, int64_t algorithm, struct str message, struct str signature)
{
	scoped(close_digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();
	const EVP_MD *hash;

	return key && digest && hash_of(key, algorithm, &hash) &&
	       EVP_DigestVerifyInit(digest, NULL, hash, NULL, key) == 1 &&
	       EVP_DigestVerify(digest, bytes_of(signature), signature.length, bytes_of(message),
		       message.length) == 1;
}

/* ---- certificates ---- */

static bool chain_add(STACK_OF(X509) * others, const struct statement *s)
{
	for (size_t i = 1; i < s->certificates; i++) {
		X509 *one = certificate_of(s->chain[i]);

		if (!one || !sk_X509_push(others, one)) {
			X509_free(one);
			return false;
		}
	}
	return true;
}

static enum vouched judge_chain(struct trust *trust, X509 *first, const struct statement *s)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	bool whole = others && chain_add(others, s);
	bool leads = whole && certificate_leads(trust, first, others);

	sk_X509_pop_free(others, X509_free);
	if (!whole)
		return vouched_wrong;
	return leads ? vouched_by_maker : vouched_by_stranger;
}

/* ---- "packed" ---- */

/* What stands before the bytes of a key to make a SubjectPublicKeyInfo (RFC 5480, RFC 8410). */
static const struct {
	int64_t algorithm;
	struct str head;
	size_t size; /* of each part */
} infos[] = {
	{ -7,
		STR("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce"
		    "\x3d\x03"
		    "\x01\x07\x03\x42\x00\x04"),
		32 },
	{ -35,
		STR("\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00"
		    "\x22\x03"
		    "\x62\x00\x04"),
		48 },
	{ -8, STR("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), 32 },
};

/* The new key itself. NULL: of RSA, with which no authenticator signs for itself; or none at all.
 */
static EVP_PKEY *own_key(const struct attested *key)
{
	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
		char memory[128];
		struct buf info = buf_on(memory, sizeof(memory));
		const unsigned char *at = (const unsigned char *)memory;

		if (infos[i].algorithm != key->algorithm || key->first.length != infos[i].size ||
			key->second.length != (key->algorithm == -8 ? 0 : infos[i].size))
			continue;
		buf_add(&info, infos[i].head);
		buf_add(&info, key->first);
		buf_add(&info, key->second);
		return info.full ? NULL : d2i_PUBKEY(NULL, &at, (long)info.length);
	}
	return NULL;
}

static enum vouched judge_self(const struct statement *s, int64_t algorithm,
	const struct attested *key, struct str message)
{
	scoped_key *own = own_key(key);

	if (algorithm != key->algorithm)
		return vouched_wrong;
	if (algorithm == -257)
		return vouched_not;
	return signed_by(own, algorithm, message, s->signature) ? vouched_by_itself : vouched_wrong;
}

static enum vouched judge_packed(struct trust *trust, const struct statement *s,
	const struct attested *key, struct str message)
{
	scoped_certificate *first = s->certificates ? certificate_of(s->chain[0]) : NULL;
	int64_t algorithm;

	if (!item_small(&s->algorithm, &algorithm))
		return vouched_wrong;
	if (!s->certificates)
		return judge_self(s, algorithm, key, message);
	if (!first || !certificate_packed(first, key->aaguid) ||
		!signed_by(X509_get0_pubkey(first), algorithm, message, s->signature))
		return vouched_wrong;
	return judge_chain(trust, first, s);
}

/* ---- "fido-u2f": security keys from before WebAuthn ---- */

static bool on_p256(EVP_PKEY *key)
{
	char name[32];

	return key && EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) == 1 &&
	       strcmp(name, SN_X9_62_prime256v1) == 0;
}

static bool u2f_message(
	struct buf *out, const struct attested *key, struct str data, struct str digest)
{
	buf_char(out, 0);
	buf_add(out, str_upto(data, 32)); /* digest of the RP ID */
	buf_add(out, digest);
	buf_add(out, key->id);
	buf_char(out, 4);
	buf_add(out, key->first);
	buf_add(out, key->second);
	return !out->full && key->algorithm == -7 && key->first.length == 32 &&
	       key->second.length == 32;
}

static enum vouched judge_u2f(struct trust *trust, const struct statement *s,
	const struct attested *key, struct str data, struct str digest)
{
	scoped_certificate *first = s->certificates == 1 ? certificate_of(s->chain[0]) : NULL;
	char memory[1 + 32 + 32 + 1023 + 65];
	struct buf message = buf_on(memory, sizeof(memory));

	if (s->algorithm.kind != item_other || !first || !on_p256(X509_get0_pubkey(first)) ||
		!u2f_message(&message, key, data, digest) ||
		!signed_by(X509_get0_pubkey(first), -7, buf_str(&message), s->signature))
		return vouched_wrong;
	return judge_chain(trust, first, s);
}

/* ---- any of them ---- */

static enum vouched judge(struct trust *trust, const struct attestation *attestation,
	const struct attested *key, struct str digest)
{
	struct statement s = { .certificates = 0 };
	char memory[message_most];
	struct buf message = buf_on(memory, sizeof(memory));

	if (!statement_take(attestation->statement, &s))
		return vouched_wrong;
	if (str_is(attestation->format, "fido-u2f"))
		return judge_u2f(trust, &s, key, attestation->data, digest);
	buf_add(&message, attestation->data);
	buf_add(&message, digest);
	return message.full ? vouched_wrong : judge_packed(trust, &s, key, buf_str(&message));
}

enum vouched statement_judge(struct trust *trust, const struct attestation *attestation,
	const struct attested *key, struct str client_data)
{
	unsigned char digest[32];
	enum vouched vouched;

	if (str_is(attestation->format, "none"))
		return str_is(attestation->statement, "\xa0") ? vouched_not : vouched_wrong;
	if (!str_is(attestation->format, "packed") && !str_is(attestation->format, "fido-u2f"))
		return vouched_not;
	if (EVP_Digest(client_data.at, client_data.length, digest, NULL, EVP_sha256(), NULL) != 1)
		return vouched_wrong;
	vouched = judge(
		trust, attestation, key, (struct str){ (const char *)digest, sizeof(digest) });
	ERR_clear_error();
	return vouched;
}
