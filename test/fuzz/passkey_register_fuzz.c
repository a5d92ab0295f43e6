/* Any bytes as the authenticator's data of a registration, as the keeper reads them, with what web
 * says of them (the first byte has it lie): refused, or each part is where WebAuthn says, and what
 * is taken of it is kept. */
#include "web/attestation.h"

#include "passkey.h"

/* What web reads; also when it reads it only with another word on extensions. */
static bool read_by_web(struct ctx *c, struct str data, struct attested *key)
{
	struct str other = arena_copy(c->arena, data);

	if (attested_take(data, key))
		return true;
	must_be(other.at);
	if (other.length > 32)
		((char *)(uintptr_t)other.at)[32] ^= (char)0x80;
	return attested_take(other, key);
}

/* Web in earnest; or, when it refuses, one that was taken over, and says what the input says. */
static struct passkey_registration said_by_web(struct ctx *c, struct str data, struct str input)
{
	struct passkey_registration in = { .client_data = fuzz_client_data(c, "create"),
		.authenticator_data = data };
	static const int64_t algorithms[] = { -7, -8, -35, -257, -37 };
	struct attested key;

	if (read_by_web(c, data, &key)) {
		in.id = key.id;
		in.key = (struct credential_key){ key.algorithm, key.first, key.second };
		return in;
	}
	in.key.algorithm = algorithms[input.length % 5];
	in.id = fuzz_piece(&input);
	in.key.first = fuzz_piece(&input);
	in.key.second = fuzz_piece(&input);
	return in;
}

static struct str one_bit(struct ctx *c, struct str s, unsigned bit)
{
	struct str copy = arena_copy(c->arena, s);

	must_be(copy.at);
	if (copy.length)
		((char *)(uintptr_t)copy.at)[bit / 8 % copy.length] ^= (char)(1 << (bit % 8));
	else
		copy = STR("x");
	return copy;
}

/* A lie of web that was taken over: whatever it is, it must be seen. */
static void lie(struct ctx *c, struct passkey_registration *in, unsigned how)
{
	if (how % 4 == 0)
		in->key.algorithm = in->key.algorithm == -7 ? -8 : -7;
	if (how % 4 == 1)
		in->key.first = one_bit(c, in->key.first, how);
	if (how % 4 == 2)
		in->key.second = one_bit(c, in->key.second, how);
	if (how % 4 == 3)
		in->id = one_bit(c, in->id, how);
}

static void taken_well(
	struct ctx *c, const struct passkey_registration *in, const struct passkey_born *born)
{
	struct str data = in->authenticator_data, cose, written;
	size_t id = born->id.length;
	struct credential_key key;

	must_be(fuzz_flags_good(data, true) && id >= 1 && id <= 1023);
	must_be(born->id.at == data.at + 55 && str_same(born->id, in->id));
	must_be((size_t)(uint8_t)data.at[53] << 8 == (id & 0xff00) &&
		(uint8_t)data.at[54] == (id & 0xff));
	must_be(born->aaguid.at == data.at + 37 && born->aaguid.length == 16);
	must_be(key_record_read(born->key, &key) && key.algorithm == in->key.algorithm);
	must_be(str_same(key.first, in->key.first) && str_same(key.second, in->key.second));
	cose = str_from(data, 55 + id);
	must_be(((uint8_t)cose.at[0] == 0xa4 || (uint8_t)cose.at[0] == 0xa5) && cose.at[1] == 1);
	must_be(str_find(cose, key.first) < cose.length &&
		str_find(cose, key.second) <= cose.length);
	must_be(cose_key_write(c, &in->key, &written) == 0 && str_starts(cose, written));
	must_be(fuzz_tail_good(data, str_from(cose, written.length)));
	must_be(born->state.verified && born->state.eligible == fuzz_flag(data, 8));
}

/* Nothing that the keeper takes is read in another way by web. */
static void same_for_web(const struct passkey_registration *in)
{
	struct attested key;

	must_be(attested_take(in->authenticator_data, &key) ||
		fuzz_flag(in->authenticator_data, 128));
	if (attested_take(in->authenticator_data, &key))
		must_be(key.algorithm == in->key.algorithm && str_same(key.id, in->id) &&
			str_same(key.first, in->key.first) && str_same(key.second, in->key.second));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = passkey_ctx();
	struct str input = { (const char *)bytes + 1, size - 1 }, data;
	struct passkey_registration in;
	struct passkey_born born;
	enum passkey_refusal refusal = passkey_none;
	err e;

	if (size < 1 || size > 5000)
		return 0;
	data = fuzz_data(c, input);
	in = said_by_web(c, data, input);
	if (bytes[0] & 0x80)
		lie(c, &in, bytes[0] & 0x7f);
	e = passkey_register(c, &fuzz_expected, &in, &born, &refusal);
	must_be(e == 0 || e == reply_refused);
	must_be((e == 0) == (refusal == passkey_none));
	if (e == 0) {
		taken_well(c, &in, &born);
		same_for_web(&in);
	}
	arena_wipe(c->arena);
	return 0;
}
