/* A small strict reader of the mail that we write: RFC 5322, RFC 2047, RFC 2045 6.7 and 6.8. */
#ifndef FUZZ_MAIL_H
#define FUZZ_MAIL_H

#include "fuzz.h"

/* Lines end with CRLF, and have neither elsewhere; none is over `most` bytes. */
static inline bool line_read(struct str *rest, struct str *line, size_t most)
{
	size_t end = str_find(*rest, STR("\r\n"));

	if (rest->length == 0)
		return false;
	must_be(end < rest->length && end <= most);
	*line = str_upto(*rest, end);
	for (size_t i = 0; i < end; i++)
		must_be((uint8_t)line->at[i] >= ' ' && (uint8_t)line->at[i] < 0x7f);
	*rest = str_from(*rest, end + 2);
	return true;
}

/* An unfolded field's value as a reader shows it: encoded words, or as it is. */
static inline struct str words_read(struct ctx *c, struct str s)
{
	struct buf out = buf_in(c->arena, s.length + 1);
	struct str open = STR("=?UTF-8?B?");

	if (!str_starts(s, open)) {
		must_be(str_find(s, STR("=?")) == s.length);
		return s;
	}
	while (s.length) {
		size_t end = str_find(s, STR("?="));
		size_t before = out.length;

		must_be(str_starts(s, open) && end < s.length && end + 2 <= 75);
		base64_read(str_from(str_upto(s, end), open.length), &out);
		/* RFC 2047 5: each word holds whole letters. */
		must_be(!out.full && utf8_valid(str_from(buf_str(&out), before)));
		s = str_from(s, end + 2);
		must_be(s.length == 0 || s.at[0] == ' ');
		s = str_from(s, 1);
	}
	return buf_str(&out);
}

static inline void quoted_read(struct str line, struct buf *out, bool *soft)
{
	*soft = false;
	must_be(line.length <= 76 && !str_ends(line, STR(" ")));
	for (size_t i = 0; i < line.length; i++) {
		if (line.at[i] != '=') {
			buf_char(out, line.at[i]);
		} else if (i + 1 == line.length) {
			*soft = true;
		} else {
			must_be(i + 2 < line.length && fuzz_hex(line.at[i + 1]) >= 0 &&
				fuzz_hex(line.at[i + 2]) >= 0);
			buf_char(out,
				(char)(fuzz_hex(line.at[i + 1]) << 4 | fuzz_hex(line.at[i + 2])));
			i += 2;
		}
	}
}

/* The body of a part as text with "\n"; quoted-printable ends with a line end of its own. */
static inline struct str body_read(struct ctx *c, struct str body, bool base64)
{
	struct buf out = buf_in(c->arena, body.length + 1), text;
	struct str line;
	bool soft;

	while (line_read(&body, &line, 76)) {
		if (base64) {
			base64_read(line, &out);
			continue;
		}
		quoted_read(line, &out, &soft);
		if (!soft)
			buf_char(&out, '\n');
	}
	if (!base64) {
		must_be(out.length && out.at[out.length - 1] == '\n');
		out.length--;
		return buf_str(&out);
	}
	text = buf_in(c->arena, out.length + 1);
	for (size_t i = 0; i < out.length; i++) {
		if (out.at[i] == '\r' && i + 1 < out.length && out.at[i + 1] == '\n')
			continue;
		buf_char(&text, out.at[i]);
	}
	return buf_str(&text);
}

#endif
