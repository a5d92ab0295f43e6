/* Any bytes as what people write for others (an entry of the board, as its title and as its text):
 * refused, or text that taken again is the same, in which no control or mark of direction turns
 * what is around it, and that a page shows as it is. */
#include "model/words.h"
#include "spec/spec.h"
#include "view/inside.h"

#include "html.h"

static void calm(struct str words, bool lines)
{
	must_be(words.length && utf8_valid(words) && str_same(str_trim(words), words));
	for (size_t at = 0; at < words.length;) {
		int32_t point = utf8_next(words, &at);

		must_be(point == '\t' || (lines && point == '\n') || point >= ' ');
		must_be(!(point >= 0x7f && point < 0xa0) && point != 0x200e && point != 0x200f &&
			!(point >= 0x2028 && point <= 0x202e) &&
			!(point >= 0x2066 && point <= 0x2069));
	}
}

/* What a browser reads of the page is the same text: nothing had to be left out of it. */
static void shown(struct ctx *c, struct str words)
{
	struct buf b = buf_in(c->arena, 7 * words.length + 8);

	view_html(&b, words);
	must_be(!b.full && str_same(html_read(c, buf_str(&b)), words));
}

static void take(struct ctx *c, struct str typed, bool lines)
{
	struct str words, again;
	err e = words_take(c, typed, lines, &words);

	must_be(e == 0 || e == (err)reply_refused);
	if (e)
		return;
	must_be(words.length <= typed.length);
	calm(words, lines);
	must_be(words_take(c, words, lines, &again) == 0 && str_same(again, words));
	shown(c, words);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str typed = { (const char *)bytes, size };

	if (size > 4096)
		return 0;
	take(c, typed, false);
	take(c, typed, true);
	arena_wipe(c->arena);
	return 0;
}
