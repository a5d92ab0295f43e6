/* Codes from an authenticator app (RFC 6238): seed, URI, match. */
#include "method/inside.h"

enum {
	window = 1,      /* steps before and after: the delay of typing, and a clock that is off */
	uri_limit = 600, /* as long as the operation that carries it allows */
	issuer_max = 48, /* bytes; each may become three */
	name_max = 64,
};

err totp_seed_make(struct ctx *c, struct secret **out)
{
	struct secret *seed = secret_room(c->arena, totp_seed_size);

	if (!seed)
		return fault(c, fault_memory, "locked pages");
	bytes_random(secret_bytes(seed), totp_seed_size);
	*out = seed;
	return 0;
}

/* ---- codes ---- */

static int64_t step_of(int64_t now)
{
	return now < 0 ? 0 : now / totp_step_seconds;
}

err totp_match(struct ctx *c, const struct secret *seed, const struct secret *code, int64_t now,
	int64_t floor, int64_t *step)
{
	scoped_secret *right = secret_room(c->arena, totp_digits);
	int64_t found = -1;

	if (!right)
		return fault(c, fault_memory, "locked pages");
	/* All of the window, without a branch: how long it takes does not tell which step it was.
	 * Of two equal codes the later step is taken, so that neither can be used again. */
	for (int64_t s = step_of(now) - window; s <= step_of(now) + window; s++) {
		int64_t fits;
		err e = hotp_write(c, seed, (uint64_t)s, secret_bytes(right), totp_digits);

		if (e)
			return e;
		fits = (int64_t)secret_same(right, secret_show(code)) & (int64_t)(s > floor) &
		       (int64_t)(s >= 0);
		found += (s - found) * fits;
	}
	if (found < 0)
		return reply_wrong;
	*step = found;
	return 0;
}

err totp_code(struct ctx *c, const struct secret *seed, int64_t now, struct secret **out)
{
	struct secret *code = secret_room(c->arena, totp_digits);
	err e;

	if (!code)
		return fault(c, fault_memory, "locked pages");
	e = hotp_write(c, seed, (uint64_t)step_of(now), secret_bytes(code), totp_digits);
	if (e)
		secret_drop(&code);
	else
		*out = code;
	return e;
}

/* ---- the key URI that apps read from a QR code ---- */

static bool unreserved(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '-' || ch == '.' || ch == '_' || ch == '~';
}

/* RFC 3986 2.1. A colon would part issuer and name anew, escaped or not: it becomes a blank. */
static void add_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.length; i++) {
		char ch = s.at[i] == ':' ? ' ' : s.at[i];

		if (unreserved(ch))
			buf_char(b, ch);
		else
			buf_print(b, "%%%02X", (unsigned)(uint8_t)ch);
	}
}

/* Only whole code points, or apps show none of it. */
static struct str cut(struct str s, size_t most)
{
	size_t end = s.length < most ? s.length : most;

	while (end < s.length && end > 0 && ((uint8_t)s.at[end] & 0xc0) == 0x80)
		end--;
	return str_upto(s, end);
}

err totp_uri(struct ctx *c, const struct secret *seed, struct str issuer, struct str name,
	struct secret **out)
{
	scoped_secret *room = secret_room(c->arena, uri_limit);
	struct buf b;

	if (!room)
		return fault(c, fault_memory, "locked pages");
	b = buf_on((char *)secret_bytes(room), uri_limit);
	buf_add(&b, STR("otpauth://totp/"));
	add_escaped(&b, cut(issuer, issuer_max));
	buf_char(&b, ':');
	add_escaped(&b, cut(name, name_max));
	buf_add(&b, STR("?secret="));
	base32_add(&b, secret_show(seed));
	buf_add(&b, STR("&issuer="));
	add_escaped(&b, cut(issuer, issuer_max));
	must_be(!b.full);
	*out = secret_take(c->arena, b.at, b.length);
	return *out ? 0 : fault(c, fault_memory, "locked pages");
}
