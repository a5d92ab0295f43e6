/* A small strict reader of the HTML that we write. */
#ifndef FUZZ_HTML_H
#define FUZZ_HTML_H

#include "fuzz.h"

static inline char html_entity(struct str *rest)
{
	static const struct {
		struct str as;
		char is;
	} all[] = { { { "&amp;", 5 }, '&' }, { { "&lt;", 4 }, '<' }, { { "&gt;", 4 }, '>' },
		{ { "&quot;", 6 }, '"' }, { { "&#39;", 5 }, '\'' } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (str_starts(*rest, all[i].as)) {
			*rest = str_from(*rest, all[i].as.length);
			return all[i].is;
		}
	must_be_failed("an entity of ours", __FILE__, __LINE__);
}

/* What a browser makes of an escaped value, which holds nothing that means more than itself. */
static inline struct str html_read(struct ctx *c, struct str s)
{
	struct buf out = buf_in(c->arena, s.length + 1);

	while (s.length) {
		must_be(!strchr("<>\"'", s.at[0]) && s.at[0] != 0);
		if (s.at[0] == '&') {
			buf_char(&out, html_entity(&s));
		} else {
			buf_char(&out, s.at[0]);
			s = str_from(s, 1);
		}
	}
	must_be(!out.full && utf8_valid(buf_str(&out)));
	return buf_str(&out);
}

static inline bool html_never(int32_t point)
{
	return (point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0);
}

#endif
