/* Hashes from elsewhere, read from the texts that other systems keep: RFC 2307 schemes, PHC strings
 * of pbkdf2 and scrypt, and what libcrypt makes. What would cost too much to verify is refused. */
#include "crypto/inside.h"

#include <crypt.h>

enum {
	pbkdf2_rounds_max = 2000000,
	scrypt_log_max = 20,
	scrypt_work_max = 1 << 20, /* N * r * p: at N=2^17, r=8, p=1 about 0.4 s */
	sha_crypt_rounds_max = 1000000,
	bcrypt_log_max = 14,
	digest_min = 16, /* a shorter one is found by trying */
};

/* ---- {SHA} and its kin (RFC 2307, and OpenLDAP's and 389's salted forms) ---- */

static const struct scheme {
	const char *name;
	size_t size;
	enum legacy_kind kind;
	bool salted;
} schemes[] = {
	{ "SHA", 20, legacy_sha1, false },
	{ "SSHA", 20, legacy_sha1, true },
	{ "SHA256", 32, legacy_sha256, false },
	{ "SSHA256", 32, legacy_sha256, true },
	{ "SHA512", 64, legacy_sha512, false },
	{ "SSHA512", 64, legacy_sha512, true },
};
enum { scheme_count = sizeof(schemes) / sizeof(schemes[0]) };

static enum hash_form sha_read(const struct scheme *scheme, struct str text, struct legacy *out)
{
	uint8_t bytes[legacy_digest_max];
	size_t size = sizeof(bytes);

	if (!base64_take(text, bytes, &size) || size < scheme->size ||
		(size > scheme->size) != scheme->salted || size - scheme->size > legacy_salt_max)
		return form_malformed;
	out->kind = scheme->kind;
	out->digest_size = scheme->size;
	out->salt_size = size - scheme->size;
	for (size_t i = 0; i < size; i++)
		*(i < scheme->size ? &out->digest[i] : &out->salt[i - scheme->size]) = bytes[i];
	return form_good;
}

/* ---- pbkdf2 and scrypt ---- */

static bool salt_and_digest(struct str rest, struct legacy *out)
{
	struct str salt, digest;

	out->salt_size = sizeof(out->salt);
	out->digest_size = sizeof(out->digest);
	return piece_next(&rest, &salt) && piece_next(&rest, &digest) && rest.length == 0 &&
	       piece_bytes(salt, out->salt, &out->salt_size) &&
	       piece_bytes(digest, out->digest, &out->digest_size) &&
	       out->digest_size >= digest_min;
}

/* ROUNDS$SALT$DIGEST as passlib and OpenLDAP write it, i=ROUNDS,l=SIZE$... as PHC has it. */
static enum hash_form pbkdf2_read(enum legacy_kind kind, struct str rest, struct legacy *out)
{
	struct str cost, length = STR_NONE;
	int64_t size = 0;

	out->kind = kind;
	if (!piece_next(&rest, &cost) || !salt_and_digest(rest, out))
		return form_malformed;
	(void)str_cut(cost, ',', &cost, &length);
	if (!piece_number(
		    cost, str_starts(cost, STR("i=")) ? "i=" : "", 1, UINT32_MAX, &out->rounds))
		return form_malformed;
	if (length.length && !(piece_number(length, "l=", digest_min, legacy_digest_max, &size) &&
				     (size_t)size == out->digest_size))
		return form_malformed;
	return out->rounds <= pbkdf2_rounds_max ? form_good : form_cost;
}

static bool scrypt_fits(const struct legacy *s)
{
	return s->rounds <= scrypt_log_max && s->block <= 32 && s->lanes <= 16 &&
	       ((int64_t)1 << s->rounds) * s->block * s->lanes <= scrypt_work_max;
}

/* ln=LOG,r=BLOCK,p=LANES$SALT$DIGEST */
static enum hash_form scrypt_read(struct str rest, struct legacy *out)
{
	struct str cost, log, block;

	out->kind = legacy_scrypt;
	if (!piece_next(&rest, &cost) || !salt_and_digest(rest, out) ||
		!str_cut(cost, ',', &log, &cost) || !str_cut(cost, ',', &block, &cost) ||
		!piece_number(log, "ln=", 1, 63, &out->rounds) ||
		!piece_number(block, "r=", 1, UINT32_MAX, &out->block) ||
		!piece_number(cost, "p=", 1, UINT32_MAX, &out->lanes))
		return form_malformed;
	return scrypt_fits(out) ? form_good : form_cost;
}

/* ---- crypt(5) ---- */

static bool crypt_digits(struct str s)
{
	for (size_t i = 0; i < s.length; i++) {
		char c = s.at[i];

		if (!((c >= '.' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			return false;
	}
	return true;
}

/* $5$[rounds=N$]SALT$DIGEST, and $1$ without rounds. */
static enum hash_form sha_crypt_cost(struct str rest)
{
	struct str piece;
	int64_t rounds;

	must_be(piece_next(&rest, &piece)); /* the digest, if nothing else */
	if (!str_starts(piece, STR("rounds=")))
		return form_good;
	if (!piece_number(piece, "rounds=", 1000, INT32_MAX, &rounds))
		return form_malformed;
	return rounds <= sha_crypt_rounds_max ? form_good : form_cost;
}

static enum hash_form bcrypt_cost(struct str rest)
{
	struct str piece;
	int64_t log;

	must_be(piece_next(&rest, &piece));
	if (piece.length != 2 ||
		!piece_number(str_from(piece, piece.at[0] == '0'), "", 4, 31, &log))
		return form_malformed;
	return log <= bcrypt_log_max ? form_good : form_cost;
}

/* Only what crypt_gensalt makes: flavour j, N by its digit, r 5 or T; up to 128 MiB. */
static enum hash_form yescrypt_cost(struct str rest)
{
	struct str piece;

	must_be(piece_next(&rest, &piece));
	if (piece.length != 3 || piece.at[0] != 'j')
		return form_malformed;
	if (piece.at[2] != '5' && piece.at[2] != 'T')
		return form_cost;
	if ((piece.at[1] < '5' || piece.at[1] > '9') && (piece.at[1] < 'A' || piece.at[1] > 'C'))
		return form_cost;
	return form_good;
}

/* The old DES, BSDi and NT forms are left out: they look at 8 characters, or cost nothing. */
static const struct crypt_form {
	const char *prefix;
	size_t digest_size, salt_max;
	enum hash_form (*cost)(struct str rest);
} crypt_forms[] = {
	{ "$1$", 22, 8, sha_crypt_cost },
	{ "$5$", 43, 16, sha_crypt_cost },
	{ "$6$", 86, 16, sha_crypt_cost },
	{ "$2a$", 31, 22, bcrypt_cost },
	{ "$2b$", 31, 22, bcrypt_cost },
	{ "$2y$", 31, 22, bcrypt_cost },
	{ "$y$", 43, 86, yescrypt_cost },
};
enum { crypt_form_count = sizeof(crypt_forms) / sizeof(crypt_forms[0]) };

static const struct crypt_form *crypt_form_of(struct str text)
{
	for (size_t i = 0; i < crypt_form_count; i++)
		if (str_starts(text, str_of(crypt_forms[i].prefix)))
			return &crypt_forms[i];
	return NULL;
}

/* libcrypt itself judges the setting: it must be one it would verify, and end where we cut it. */
static bool setting_holds(struct str setting)
{
	char text[legacy_text_max + 1];
	struct buf copy = buf_on(text, legacy_text_max);
	int verdict;

	for (size_t i = 0; i < setting.length; i++)
		if (setting.at[i] <= ' ' || setting.at[i] > '~')
			return false;
	buf_add(&copy, setting);
	must_be(!copy.full); /* a longer text was refused */
	text[copy.length] = 0;
	verdict = crypt_checksalt(text);
	return verdict == CRYPT_SALT_OK || verdict == CRYPT_SALT_METHOD_LEGACY ||
	       verdict == CRYPT_SALT_TOO_CHEAP;
}

/* bcrypt's salt and digest touch, and have one length; the others have a dollar between. A longer
 * salt than libcrypt looks at would come out shortened, and never verify. */
static bool setting_ends(const struct crypt_form *form, struct str setting)
{
	struct str piece = STR_NONE, rest = setting;

	if (form->cost == bcrypt_cost)
		return setting.length == strlen(form->prefix) + 3 + form->salt_max;
	while (piece_next(&rest, &piece))
		;
	return str_ends(setting, STR("$")) && piece.length <= form->salt_max;
}

static enum hash_form crypt_read(struct str text, struct legacy *out)
{
	const struct crypt_form *form = crypt_form_of(text);
	struct str prefix, digest;

	if (!form)
		return form_other;
	prefix = str_of(form->prefix);
	if (text.length < prefix.length + form->digest_size)
		return form_malformed;
	out->kind = legacy_crypt;
	out->setting = str_upto(text, text.length - form->digest_size);
	digest = str_from(text, out->setting.length);
	if (!setting_ends(form, out->setting) || !crypt_digits(digest) ||
		!setting_holds(out->setting))
		return form_malformed;
	out->digest_size = digest.length;
	for (size_t i = 0; i < digest.length; i++)
		out->digest[i] = (uint8_t)digest.at[i];
	return form->cost(str_from(text, prefix.length));
}

/* ---- which it is ---- */

static bool name_same(struct str a, const char *b)
{
	return a.length == strlen(b) && strncasecmp(a.at, b, a.length) == 0;
}

static enum hash_form scheme_read(struct str name, struct str text, struct legacy *out)
{
	for (size_t i = 0; i < scheme_count; i++)
		if (name_same(name, schemes[i].name))
			return sha_read(&schemes[i], text, out);
	if (name_same(name, "CRYPT"))
		return crypt_read(text, out);
	if (name_same(name, "PBKDF2-SHA256"))
		return pbkdf2_read(legacy_pbkdf2_sha256, text, out);
	if (name_same(name, "PBKDF2-SHA512"))
		return pbkdf2_read(legacy_pbkdf2_sha512, text, out);
	return form_other;
}

enum hash_form legacy_read(struct str text, struct legacy *out)
{
	struct str name, rest;

	*out = (struct legacy){ 0 };
	if (text.length > legacy_text_max)
		return form_malformed;
	if (str_starts(text, STR("{")) && str_cut(str_from(text, 1), '}', &name, &rest))
		return scheme_read(name, rest, out);
	if (str_starts(text, STR("$pbkdf2-sha256$")))
		return pbkdf2_read(legacy_pbkdf2_sha256, str_from(text, 15), out);
	if (str_starts(text, STR("$pbkdf2-sha512$")))
		return pbkdf2_read(legacy_pbkdf2_sha512, str_from(text, 15), out);
	if (str_starts(text, STR("$scrypt$")))
		return scrypt_read(str_from(text, 8), out);
	return crypt_read(text, out);
}

/* ---- without the digest ---- */

static void add_unpadded(struct buf *b, const uint8_t *bytes, size_t size)
{
	base64_add(b, (struct str){ (const char *)bytes, size });
	while (b->length && b->at[b->length - 1] == '=')
		b->length--;
}

static void add_salt_and_zeros(struct buf *b, const struct legacy *l)
{
	static const uint8_t zeros[legacy_digest_max];

	buf_char(b, '$');
	add_unpadded(b, l->salt, l->salt_size);
	buf_char(b, '$');
	add_unpadded(b, zeros, l->digest_size);
}

static void add_sha(struct buf *b, const struct legacy *l)
{
	uint8_t bytes[legacy_digest_max + legacy_salt_max] = { 0 };

	for (size_t i = 0; i < scheme_count; i++)
		if (schemes[i].kind == l->kind && schemes[i].salted == (l->salt_size > 0))
			buf_print(b, "{%s}", schemes[i].name);
	for (size_t i = 0; i < l->salt_size; i++)
		bytes[l->digest_size + i] = l->salt[i];
	base64_add(b, (struct str){ (const char *)bytes, l->digest_size + l->salt_size });
}

static void add_crypt(struct buf *b, const struct legacy *l)
{
	buf_add(b, l->setting);
	for (size_t i = 0; i < l->digest_size; i++)
		buf_char(b, '.');
}

static void add_blank(struct buf *b, const struct legacy *l)
{
	switch (l->kind) {
	case legacy_sha1:
	case legacy_sha256:
	case legacy_sha512:
		add_sha(b, l);
		return;
	case legacy_pbkdf2_sha256:
	case legacy_pbkdf2_sha512:
		buf_print(b, "$pbkdf2-sha%d$%" PRId64, l->kind == legacy_pbkdf2_sha256 ? 256 : 512,
			l->rounds);
		add_salt_and_zeros(b, l);
		return;
	case legacy_scrypt:
		buf_print(b, "$scrypt$ln=%" PRId64 ",r=%" PRId64 ",p=%" PRId64, l->rounds, l->block,
			l->lanes);
		add_salt_and_zeros(b, l);
		return;
	case legacy_crypt:
		add_crypt(b, l);
		return;
	}
}

err legacy_blank(struct ctx *c, const struct legacy *legacy, struct str *out)
{
	struct buf text = buf_in(c->arena, legacy_text_max);

	add_blank(&text, legacy);
	if (text.full)
		return fault(c, fault_arena, "legacy setting");
	*out = buf_str(&text);
	return 0;
}
