/* What the targets of passkeys share. */
#ifndef FUZZ_PASSKEY_H
#define FUZZ_PASSKEY_H

#include "method/inside.h"

#include <sodium.h>
#include <stdlib.h>

#include "fuzz.h"

#define FUZZ_ORIGIN "https://reset.example.org"

enum { fuzz_head = 37 };

static const struct passkey_expected fuzz_expected = {
	.challenge = STR("thirty-two bytes of a challenge!"),
	.origin = STR(FUZZ_ORIGIN),
	.rp_id = STR("example.org"),
	.verified = true,
};

static inline struct ctx *passkey_ctx(void)
{
	static bool open;
	struct ctx *c = fuzz_ctx(256 * 1024);

	if (!open)
		must_be(crypto_open(c) == 0);
	open = true;
	return c;
}

static inline struct str fuzz_client_data(struct ctx *c, const char *type)
{
	struct buf b = buf_in(c->arena, 200);

	buf_print(&b, "{\"type\":\"webauthn.%s\",\"challenge\":\"", type);
	base64url_add(&b, fuzz_expected.challenge);
	buf_add(&b, STR("\",\"origin\":\"" FUZZ_ORIGIN "\",\"crossOrigin\":false}"));
	must_be(!b.full);
	return buf_str(&b);
}

/* A copy that ends where the sanitizer sees a step too far; until the next one. */
static inline struct str fuzz_exact(struct str s)
{
	static char *memory;

	free(memory);
	memory = malloc(s.length ? s.length : 1);
	must_be(memory);
	if (s.length)
		memcpy(memory, s.at, s.length);
	return (struct str){ memory, s.length };
}

/* The right digest put before it, so that no time is lost with guessing it. */
static inline struct str fuzz_data(struct ctx *c, struct str after_digest)
{
	struct buf b = buf_in(c->arena, 32 + after_digest.length);
	uint8_t digest[32];

	must_be(crypto_hash_sha256(digest, (const uint8_t *)fuzz_expected.rp_id.at,
			fuzz_expected.rp_id.length) == 0);
	buf_add(&b, (struct str){ (const char *)digest, sizeof(digest) });
	buf_add(&b, after_digest);
	must_be(!b.full);
	return fuzz_exact(buf_str(&b));
}

static inline bool fuzz_flag(struct str data, unsigned flag)
{
	return ((uint8_t)data.at[32] & flag) != 0;
}

/* What WebAuthn 7 asks of flags, and of what stands after all that is fixed. */
static inline bool fuzz_flags_good(struct str data, bool registering)
{
	return fuzz_flag(data, 1) && fuzz_flag(data, 4) &&
	       (fuzz_flag(data, 8) || !fuzz_flag(data, 16)) && fuzz_flag(data, 64) == registering;
}

static inline bool fuzz_tail_good(struct str data, struct str tail)
{
	if (!fuzz_flag(data, 128))
		return tail.length == 0;
	return tail.length && ((uint8_t)tail.at[0] & 0xe0) == 0xa0;
}

#endif
