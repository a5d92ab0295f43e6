/* A credential's public key as bytes: as authenticators write it (COSE, RFC 9053 7), and as the
 * store keeps it. */
#include "method/passkey.h"
#include "method/inside.h"

enum {
	record_version = 1,
	record_head = 1 + 2, /* version, algorithm */
	part_head = 2,       /* bytes of a part, big-endian */
	record_limit = record_head + 2 * part_head + 512 + 48,
	cose_limit = 32 + 512 + 48, /* heads and labels; RSA of 4096 bits */
};

/* ---- COSE: the one form that CTAP2 allows, shortest heads and labels in order ---- */

enum { major_bytes = 2, major_map = 5 };

static void add_head(struct buf *b, unsigned major, size_t number)
{
	if (number < 24) {
		buf_char(b, (char)(major << 5 | number));
	} else if (number < 256) {
		buf_char(b, (char)(major << 5 | 24));
		buf_char(b, (char)number);
	} else {
		buf_char(b, (char)(major << 5 | 25));
		buf_char(b, (char)(number >> 8));
		buf_char(b, (char)number);
	}
}

static void add_number(struct buf *b, int64_t number)
{
	if (number < 0)
		add_head(b, 1, (size_t)(-1 - number));
	else
		add_head(b, 0, (size_t)number);
}

static void add_part(struct buf *b, int64_t label, struct str part)
{
	add_number(b, label);
	add_head(b, major_bytes, part.length);
	buf_add(b, part);
}

struct form {
	int64_t algorithm, type, curve;
	int64_t first; /* the label of the first part; the second has the next */
	size_t members;
};

static const struct form forms[] = {
	{ credential_es256, 2, 1, -2, 5 },
	{ credential_es384, 2, 2, -2, 5 },
	{ credential_eddsa, 1, 6, -2, 4 },
	{ credential_rs256, 3, 0, -1, 4 },
};

static const struct form *form_of(int64_t algorithm)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].algorithm == algorithm)
			return &forms[i];
	return NULL;
}

err cose_key_write(struct ctx *c, const struct credential_key *key, struct str *out)
{
	const struct form *form = form_of(key->algorithm);
	struct buf b = buf_in(c->arena, cose_limit);

	if (!form)
		return reply_refused;
	if (!b.at)
		return fault(c, fault_arena, "a key");
	add_head(&b, major_map, form->members);
	add_number(&b, 1);
	add_number(&b, form->type);
	add_number(&b, 3);
	add_number(&b, form->algorithm);
	if (form->curve) {
		add_number(&b, -1);
		add_number(&b, form->curve);
	}
	add_part(&b, form->first, key->first);
	if (key->algorithm != credential_eddsa)
		add_part(&b, form->first - 1, key->second);
	if (b.full)
		return reply_refused;
	*out = buf_str(&b);
	return 0;
}

/* ---- the store's record: version, algorithm, then each part after its length ---- */

static void add_two(struct buf *b, unsigned number)
{
	buf_char(b, (char)(number >> 8));
	buf_char(b, (char)number);
}

static void add_counted(struct buf *b, struct str part)
{
	add_two(b, (unsigned)part.length);
	buf_add(b, part);
}

err key_record_write(struct ctx *c, const struct credential_key *key, struct str *out)
{
	struct buf b = buf_in(c->arena, record_limit);

	buf_char(&b, record_version);
	add_two(&b, (unsigned)(uint16_t)(int16_t)key->algorithm);
	add_counted(&b, key->first);
	add_counted(&b, key->second);
	if (b.full)
		return fault(c, fault_arena, "a key");
	*out = buf_str(&b);
	return 0;
}

static bool take_two(struct str *rest, unsigned *out)
{
	if (rest->length < 2)
		return false;
	*out = (unsigned)(uint8_t)rest->at[0] << 8 | (uint8_t)rest->at[1];
	*rest = str_from(*rest, 2);
	return true;
}

static bool take_counted(struct str *rest, struct str *out)
{
	unsigned length;

	if (!take_two(rest, &length) || rest->length < length)
		return false;
	*out = str_upto(*rest, length);
	*rest = str_from(*rest, length);
	return true;
}

bool key_record_read(struct str record, struct credential_key *out)
{
	struct str rest = str_from(record, 1);
	unsigned algorithm;

	if (!record.length || record.at[0] != record_version || !take_two(&rest, &algorithm) ||
		!take_counted(&rest, &out->first) || !take_counted(&rest, &out->second))
		return false;
	out->algorithm = (int16_t)(uint16_t)algorithm;
	return rest.length == 0;
}
