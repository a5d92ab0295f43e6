/* The attestation object (WebAuthn 6.5.4) and the key in it (COSE, RFC 9053 7), made flat. */
#include "web/attestation.h"

/* ---- the object: a map of three ---- */

enum { format_most = 32 }; /* WebAuthn 8.1 */

static bool text_next(struct str *rest, struct str *out)
{
	struct item item;

	if (!item_next(rest, &item) || item.kind != item_text)
		return false;
	*out = item.bytes;
	return true;
}

static bool bytes_next(struct str *rest, struct str *out)
{
	struct item item;

	if (!item_next(rest, &item) || item.kind != item_bytes)
		return false;
	*out = item.bytes;
	return true;
}

static bool map_next(struct str *rest, struct str *out)
{
	struct str head = *rest;
	struct item item;

	return item_next(&head, &item) && item.kind == item_map && item_whole(rest, out);
}

static bool member_next(struct str *rest, struct attestation *out)
{
	struct str name;

	if (!text_next(rest, &name))
		return false;
	if (str_is(name, "fmt"))
		return text_next(rest, &out->format) && out->format.length <= format_most;
	if (str_is(name, "attStmt"))
		return map_next(rest, &out->statement);
	return str_is(name, "authData") && bytes_next(rest, &out->data);
}

/* Three members with three names that are not the same: each is there. */
bool attestation_take(struct str object, struct attestation *out)
{
	struct str rest = object, whole;
	struct attestation taken = { .format = STR_NONE };
	struct item head;

	if (object.length > attestation_most || !item_whole(&rest, &whole) || rest.length ||
		!item_next(&whole, &head) || head.kind != item_map || head.number != 3)
		return false;
	for (int i = 0; i < 3; i++)
		if (!member_next(&whole, &taken))
			return false;
	*out = taken;
	return true;
}

/* ---- the key ---- */

struct cose {
	int64_t type, algorithm, curve;
	struct str parts[3]; /* of the labels -1, -2 and -3 */
};

static bool cose_member(struct str *rest, struct cose *out)
{
	struct item label, value;
	int64_t number;

	if (!item_next(rest, &label) || !item_small(&label, &number) || !item_next(rest, &value))
		return false;
	if (value.kind == item_bytes && number >= -3 && number <= -1) {
		out->parts[-1 - number] = value.bytes;
		return true;
	}
	if (number == 1)
		return item_small(&value, &out->type);
	if (number == 3)
		return item_small(&value, &out->algorithm);
	return number == -1 && item_small(&value, &out->curve);
}

static bool cose_next(struct str *rest, struct cose *out)
{
	struct str whole;
	struct item head;

	if (!item_whole(rest, &whole) || !item_next(&whole, &head) || head.kind != item_map)
		return false;
	for (uint64_t i = 0; i < head.number; i++)
		if (!cose_member(&whole, out))
			return false;
	return true;
}

/* RFC 9053 7, RFC 8230 4: which type, curve and parts a key of an algorithm has. */
static const struct form {
	int64_t algorithm, type, curve;
	size_t first, count; /* of its parts, which are all that it has */
} forms[] = {
	{ -7, 2, 1, 1, 2 },
	{ -35, 2, 2, 1, 2 },
	{ -8, 1, 6, 1, 1 },
	{ -257, 3, 0, 0, 2 },
};

static bool fits(const struct form *form, const struct cose *key)
{
	if (key->algorithm != form->algorithm || key->type != form->type ||
		key->curve != form->curve)
		return false;
	for (size_t i = 0; i < 3; i++)
		if ((key->parts[i].at != NULL) !=
			(i >= form->first && i < form->first + form->count))
			return false;
	return true;
}

static bool key_next(struct str *rest, struct attested *out)
{
	struct cose key = { .type = 0 };

	if (!cose_next(rest, &key))
		return false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!fits(&forms[i], &key))
			continue;
		out->algorithm = key.algorithm;
		out->first = key.parts[forms[i].first];
		if (forms[i].count == 2)
			out->second = key.parts[forms[i].first + 1];
		return true;
	}
	return false;
}

/* ---- the authenticator's data, WebAuthn 6.1 ---- */

enum {
	flags_at = 32,
	flag_attested = 0x40,
	flag_extensions = 0x80,
	aaguid_at = 37,
	aaguid_size = 16,
	id_at = aaguid_at + aaguid_size + 2,
};

static bool extensions_next(struct str *rest, bool said)
{
	struct str whole;

	return !said || map_next(rest, &whole);
}

bool attested_take(struct str data, struct attested *out)
{
	struct attested taken = { .aaguid = STR_NONE };
	struct str rest;
	size_t length;

	if (data.length < id_at || !((uint8_t)data.at[flags_at] & flag_attested))
		return false;
	length = (size_t)(uint8_t)data.at[id_at - 2] << 8 | (uint8_t)data.at[id_at - 1];
	taken.aaguid = str_upto(str_from(data, aaguid_at), aaguid_size);
	/* An id that is longer than what is there leaves no key. */
	taken.id = str_upto(str_from(data, id_at), length);
	rest = str_from(data, id_at + length);
	if (!key_next(&rest, &taken) ||
		!extensions_next(&rest, (uint8_t)data.at[flags_at] & flag_extensions) ||
		rest.length)
		return false;
	*out = taken;
	return true;
}
