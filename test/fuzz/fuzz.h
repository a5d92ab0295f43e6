/* What the targets share: a context, and strict readers of what we write, which know nothing of the
 * code that wrote it. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* One context for all inputs; its arena is wiped by who used it. */
static inline struct ctx *fuzz_ctx(size_t arena)
{
	static struct ctx c;

	if (!c.arena) {
		c.arena = arena_open(arena);
		must_be(c.arena && secrets_open(64));
	}
	return &c;
}

/* The first byte says how long the piece after it is; it leaves *rest. */
static inline struct str fuzz_piece(struct str *rest)
{
	size_t most = rest->length ? (uint8_t)rest->at[0] : 0;
	struct str piece = str_upto(str_from(*rest, 1), most);

	*rest = str_from(*rest, 1 + piece.length);
	return piece;
}

/* The same letters in the other case. */
static inline struct str fuzz_swapped(struct ctx *c, struct str s)
{
	char *at = arena_take(c->arena, s.length + 1);

	must_be(at);
	for (size_t i = 0; i < s.length; i++) {
		char low = (char)(s.at[i] | 0x20);

		at[i] = low >= 'a' && low <= 'z' ? (char)(s.at[i] ^ 0x20) : s.at[i];
	}
	return (struct str){ at, s.length };
}

static inline int fuzz_hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

/* RFC 3986 2.1: unreserved as they are, all else as %XX. */
static inline struct str percent_read(struct ctx *c, struct str s)
{
	struct buf out = buf_in(c->arena, s.length + 1);

	for (size_t i = 0; i < s.length; i++) {
		char ch = s.at[i], low = (char)(ch | 0x20);
		bool plain = (low >= 'a' && low <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' ||
			     ch == '.' || ch == '_' || ch == '~';

		must_be(plain || ch == '%');
		if (ch == '%') {
			must_be(i + 2 < s.length && fuzz_hex(s.at[i + 1]) >= 0 &&
				fuzz_hex(s.at[i + 2]) >= 0);
			ch = (char)(fuzz_hex(s.at[i + 1]) << 4 | fuzz_hex(s.at[i + 2]));
			i += 2;
		}
		buf_char(&out, ch);
	}
	must_be(!out.full);
	return buf_str(&out);
}

static inline void utf8_write(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_char(out, (char)point);
	} else if (point < 0x800) {
		buf_char(out, (char)(0xc0 | point >> 6));
		buf_char(out, (char)(0x80 | (point & 63)));
	} else {
		buf_char(out, (char)(0xe0 | point >> 12));
		buf_char(out, (char)(0x80 | (point >> 6 & 63)));
		buf_char(out, (char)(0x80 | (point & 63)));
	}
}

/* What a reader of broken UTF-8 shows: U+FFFD for each byte that is none, and for each code point
 * that `never` names. */
static inline struct str utf8_shown(struct ctx *c, struct str s, bool (*never)(int32_t point))
{
	struct buf out = buf_in(c->arena, 3 * s.length + 1);

	for (size_t at = 0; at < s.length;) {
		size_t from = at;
		int32_t point = utf8_next(s, &at);

		if (point < 0)
			at = from + 1;
		if (point < 0 || (never && never(point)))
			utf8_write(&out, 0xfffd);
		else
			buf_add(&out, (struct str){ s.at + from, at - from });
	}
	must_be(!out.full);
	return buf_str(&out);
}

/* ---- JSON, RFC 8259 ---- */

static inline void json_blanks(struct str *rest)
{
	while (str_starts(*rest, STR(" ")))
		*rest = str_from(*rest, 1);
}

static inline void json_skip(struct str *rest, char ch)
{
	json_blanks(rest);
	must_be(rest->length && rest->at[0] == ch);
	*rest = str_from(*rest, 1);
	json_blanks(rest);
}

static inline void json_escape(struct str *rest, struct buf *out)
{
	uint32_t point = 0;

	must_be(rest->length);
	if (rest->at[0] != 'u') {
		must_be(rest->at[0] == '"' || rest->at[0] == '\\');
		buf_char(out, rest->at[0]);
		*rest = str_from(*rest, 1);
		return;
	}
	must_be(rest->length > 4);
	for (int i = 1; i <= 4; i++) {
		int digit = fuzz_hex(
			(char)(rest->at[i] >= 'a' ? rest->at[i] - 'a' + 'A' : rest->at[i]));

		must_be(digit >= 0);
		point = point << 4 | (uint32_t)digit;
	}
	utf8_write(out, point);
	*rest = str_from(*rest, 5);
}

/* A string, with its quotes, off *rest: no control stands in it raw, and it is UTF-8. */
static inline struct str json_read(struct ctx *c, struct str *rest)
{
	struct buf out = buf_in(c->arena, rest->length + 1);

	must_be(str_starts(*rest, STR("\"")));
	*rest = str_from(*rest, 1);
	for (;;) {
		char ch;

		must_be(rest->length);
		ch = rest->at[0];
		*rest = str_from(*rest, 1);
		if (ch == '"')
			break;
		must_be((uint8_t)ch >= 0x20);
		if (ch == '\\')
			json_escape(rest, &out);
		else
			buf_char(&out, ch);
	}
	must_be(!out.full && utf8_valid(buf_str(&out)));
	return buf_str(&out);
}

/* ---- base64, RFC 4648 4 ---- */

static inline int base64_digit(char ch)
{
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 26;
	if (ch >= '0' && ch <= '9')
		return ch - '0' + 52;
	if (ch == '+')
		return 62;
	return ch == '/' ? 63 : -1;
}

static inline void base64_read(struct str s, struct buf *out)
{
	must_be(s.length % 4 == 0);
	for (size_t at = 0; at < s.length; at += 4) {
		uint32_t held = 0;
		int digits = 0;

		for (int i = 0; i < 4 && s.at[at + (size_t)i] != '='; i++, digits++) {
			must_be(base64_digit(s.at[at + (size_t)i]) >= 0);
			held = held << 6 | (uint32_t)base64_digit(s.at[at + (size_t)i]);
		}
		must_be(digits == 4 || (digits >= 2 && at + 4 == s.length));
		held <<= 6 * (4 - digits);
		for (int i = 0; i + 1 < digits; i++)
			buf_char(out, (char)(held >> (16 - 8 * i)));
	}
}

#endif
