/* Codes that are printed and typed back: recovery codes (128 bits) and one-time passes (80 bits),
 * in Crockford's base32, which has no letter that a pen makes look like another. */
#include "method/inside.h"

enum { group = 4 };

static size_t digits_of(size_t bytes)
{
	return (bytes * 8 + 4) / 5;
}

static void crockford_write(const uint8_t *bytes, size_t size, uint8_t *out)
{
	struct buf b = buf_on((char *)out, digits_of(size));

	crockford_add(&b, (struct str){ (const char *)bytes, size });
	must_be(!b.full && b.length == digits_of(size));
}

static void in_groups(const uint8_t *digits, size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i % group == 0)
			*out++ = '-';
		*out++ = digits[i];
	}
}

err printed_code_make(struct ctx *c, size_t bytes, struct secret **out)
{
	size_t digits = digits_of(bytes);
	scoped_secret *random = secret_room(c->arena, bytes);
	scoped_secret *plain = secret_room(c->arena, digits);
	struct secret *shown = secret_room(c->arena, digits + (digits - 1) / group);

	if (!random || !plain || !shown)
		return fault(c, fault_memory, "locked pages");
	bytes_random(secret_bytes(random), bytes);
	crockford_write(secret_bytes(random), bytes, secret_bytes(plain));
	in_groups(secret_bytes(plain), digits, secret_bytes(shown));
	*out = shown;
	return 0;
}

err printed_code_canonical(
	struct ctx *c, const struct secret *typed, size_t bytes, struct secret **out)
{
	scoped_secret *read = secret_room(c->arena, bytes);
	scoped_secret *folded = NULL;
	struct secret *canonical;
	err e;

	if (!read)
		return fault(c, fault_memory, "locked pages");
	if ((e = code_fold(c, typed, &folded)))
		return e;
	if (!crockford_take(secret_show(folded), secret_bytes(read), bytes))
		return reply_refused;
	if (!(canonical = secret_room(c->arena, digits_of(bytes))))
		return fault(c, fault_memory, "locked pages");
	crockford_write(secret_bytes(read), bytes, secret_bytes(canonical));
	*out = canonical;
	return 0;
}

err recovery_code_make(struct ctx *c, struct secret **out)
{
	return printed_code_make(c, recovery_code_bytes, out);
}

err pass_make(struct ctx *c, struct secret **out)
{
	return printed_code_make(c, pass_bytes, out);
}

err pass_canonical(struct ctx *c, const struct secret *typed, struct secret **out)
{
	return printed_code_canonical(c, typed, pass_bytes, out);
}
