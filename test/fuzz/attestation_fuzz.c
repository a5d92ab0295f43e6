/* Any bytes as an attestation object, or (after a NUL) as the authenticator's data in one: refused,
 * or pieces that stand within it. What web reads of a key in its one form, the keeper writes the
 * same. */
#include "method/inside.h"
#include "web/attestation.h"

#include "fuzz.h"

static void within(struct str piece, struct str whole)
{
	must_be(!piece.length ||
		(piece.at >= whole.at && piece.at + piece.length <= whole.at + whole.length));
}

static bool known(int64_t algorithm)
{
	return algorithm == -7 || algorithm == -8 || algorithm == -35 || algorithm == -257;
}

static void try_data(struct ctx *c, struct str data)
{
	struct attested key;
	struct str written, rest;
	size_t id_at = 55;
	err e;

	if (!attested_take(data, &key))
		return;
	within(key.id, data);
	within(key.first, data);
	within(key.second, data);
	must_be(known(key.algorithm) && key.aaguid.length == 16);
	must_be(key.id.at == data.at + id_at && (uint8_t)data.at[32] & 0x40);
	e = cose_key_write(
		c, &(struct credential_key){ key.algorithm, key.first, key.second }, &written);
	must_be(e == 0 || e == reply_refused); /* too long */
	rest = str_from(data, id_at + key.id.length);
	/* Of one length but in another order, or the same. */
	if (e == 0 && !((uint8_t)data.at[32] & 0x80))
		must_be(rest.length == written.length);
}

static void try_object(struct ctx *c, struct str object)
{
	struct attestation taken;

	if (!attestation_take(object, &taken))
		return;
	within(taken.format, object);
	within(taken.statement, object);
	within(taken.data, object);
	must_be(taken.format.length <= 32 && taken.statement.length >= 1);
	must_be(taken.format.length + taken.statement.length + taken.data.length <= object.length);
	try_data(c, taken.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size };

	if (size && bytes[0] == 0)
		try_data(c, str_from(text, 1));
	else
		try_object(c, text);
	arena_wipe(c->arena);
	return 0;
}
