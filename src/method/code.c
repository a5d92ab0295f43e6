/* Typed codes, brought to the one form in which they are compared. */
#include "method/inside.h"

static bool between(int32_t point, int32_t first, int32_t last)
{
	return point >= first && point <= last;
}

static bool blank(int32_t point)
{
	return point == ' ' || between(point, '\t', '\r') || point == 0xa0 ||
	       between(point, 0x2000, 0x200b) || point == 0x202f || point == 0x3000;
}

/* Besides the hyphens, what keyboards give for one: the minus sign, and the long-vowel mark that a
 * Japanese input method makes of the same key. */
static bool hyphen(int32_t point)
{
	return point == '-' || between(point, 0x2010, 0x2015) || point == 0x2212 ||
	       point == 0x30fc || point == 0xff0d || point == 0xff70;
}

static int32_t half_width(int32_t point)
{
	return between(point, 0xff01, 0xff5e) ? point - 0xff01 + '!' : point;
}

/* Returns the bytes written, or -1. */
static int64_t fold(struct str typed, uint8_t *out)
{
	int64_t length = 0;

	for (size_t at = 0; at < typed.length;) {
		int32_t point = utf8_next(typed, &at);

		if (blank(point) || hyphen(point))
			continue;
		point = half_width(point);
		if (!between(point, '!', '~'))
			return -1;
		out[length++] = (uint8_t)point;
	}
	return length;
}

err code_fold(struct ctx *c, const struct secret *typed, struct secret **out)
{
	scoped_secret *room = secret_room(c->arena, secret_length(typed));
	int64_t length;

	if (!room)
		return fault(c, fault_memory, "locked pages");
	length = fold(secret_show(typed), secret_bytes(room));
	if (length < 0)
		return reply_refused;
	*out = secret_take(c->arena, secret_bytes(room), (size_t)length);
	return *out ? 0 : fault(c, fault_memory, "locked pages");
}

void digits_write(uint8_t *out, size_t digits, uint32_t number)
{
	for (; digits-- > 0; number /= 10)
		out[digits] = (uint8_t)('0' + number % 10);
}

static err digits_canonical(
	struct ctx *c, const struct secret *typed, size_t digits, struct secret **out)
{
	struct secret *folded;
	bool all = true;
	err e;

	if ((e = code_fold(c, typed, &folded)))
		return e;
	for (size_t i = 0; i < secret_length(folded); i++)
		all &= between(secret_bytes(folded)[i], '0', '9');
	if (!all || secret_length(folded) != digits) {
		secret_drop(&folded);
		return reply_refused;
	}
	*out = folded;
	return 0;
}

err code_canonical(
	struct ctx *c, enum method_kind kind, const struct secret *typed, struct secret **out)
{
	switch (kind) {
	case method_mail:
		return digits_canonical(c, typed, sent_code_digits, out);
	case method_totp:
		return digits_canonical(c, typed, totp_digits, out);
	case method_recovery_code:
		return printed_code_canonical(c, typed, recovery_code_bytes, out);
	case method_passkey: /* no code: bytes, of passkey.h */
	case method_kind_count:
		break;
	}
	return reply_refused;
}
