/* Any bytes as the authenticator's data of an assertion, signed by the right key: taken if and only
 * if WebAuthn 7.2 says so; and with a bit changed after it was signed, never. The first byte says
 * which bit, the second what the store knows. */
#include "passkey.h"

static uint8_t public_key[32], secret_key[64];

static struct str record(struct ctx *c)
{
	static const uint8_t seed[32] = { 7 };
	struct credential_key key = { -8, { (const char *)public_key, 32 }, STR_NONE };
	struct str out;

	must_be(crypto_sign_seed_keypair(public_key, secret_key, seed) == 0);
	must_be(key_record_write(c, &key, &out) == 0);
	return out;
}

static struct str sign(struct ctx *c, struct str data, struct str client)
{
	struct buf b = buf_in(c->arena, data.length + 32);
	uint8_t digest[32], *out = arena_take(c->arena, 64);

	must_be(crypto_hash_sha256(digest, (const uint8_t *)client.at, client.length) == 0);
	buf_add(&b, data);
	buf_add(&b, (struct str){ (const char *)digest, 32 });
	must_be(out && !b.full &&
		crypto_sign_detached(out, NULL, (const uint8_t *)b.at, b.length, secret_key) == 0);
	return (struct str){ (const char *)out, 64 };
}

static bool good(struct str data, const struct passkey_stored *stored)
{
	return data.length >= fuzz_head && data.length <= 4096 && fuzz_flags_good(data, false) &&
	       fuzz_flag(data, 8) == stored->eligible &&
	       fuzz_tail_good(data, str_from(data, fuzz_head));
}

static void seen_well(
	struct str data, const struct passkey_stored *stored, const struct passkey_seen *seen)
{
	uint32_t counter = 0;

	for (size_t i = 33; i < 37; i++)
		counter = counter << 8 | (uint8_t)data.at[i];
	must_be(seen->state.counter == counter && seen->state.eligible == fuzz_flag(data, 8));
	must_be(seen->state.verified && seen->state.backed_up == fuzz_flag(data, 16));
	must_be(seen->counter_back == ((counter || stored->counter) && counter <= stored->counter));
}

/* One bit of what was signed, or of the signature. */
static struct passkey_assertion changed(struct ctx *c, struct passkey_assertion in, uint8_t which)
{
	struct str *part = which & 0x80 ? &in.signature : &in.authenticator_data;
	struct str copy = arena_copy(c->arena, *part);
	size_t byte = (which & 0x78) * (size_t)7 % copy.length;

	((char *)(uintptr_t)copy.at)[byte] ^= (char)(1 << (which & 7));
	*part = copy;
	return in;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = passkey_ctx();
	struct passkey_stored stored;
	struct passkey_assertion in, other;
	struct passkey_seen seen;
	enum passkey_refusal refusal;
	err e;

	if (size < 2 || size > 5000)
		return 0;
	stored = (struct passkey_stored){ record(c), bytes[1] & 1, bytes[1] >> 1 };
	in.client_data = fuzz_client_data(c, "get");
	in.authenticator_data = fuzz_data(c, (struct str){ (const char *)bytes + 2, size - 2 });
	in.signature = sign(c, in.authenticator_data, in.client_data);
	e = passkey_assert(c, &fuzz_expected, &stored, &in, &seen, &refusal);
	must_be(e == (good(in.authenticator_data, &stored) ? 0 : reply_refused));
	must_be((e == 0) == (refusal == passkey_none));
	if (e == 0)
		seen_well(in.authenticator_data, &stored, &seen);
	other = changed(c, in, bytes[0]);
	must_be(passkey_assert(c, &fuzz_expected, &stored, &other, &seen, &refusal) ==
		reply_refused);
	arena_wipe(c->arena);
	return 0;
}
