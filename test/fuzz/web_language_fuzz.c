/* Any bytes as Accept-Language, and as ?lng= and ?mkt=: one of our languages or none, whatever case
 * it is written in; a wish for a language that is not ours changes nothing. */
#include "web/inside.h"

#include "fuzz.h"

static void ours_or_none(struct str language)
{
	must_be(!language.at || str_is(language, "en") || str_is(language, "ja"));
}

static void header(struct ctx *c, struct str text)
{
	struct str language = language_of_header(text);
	struct buf more = buf_in(c->arena, text.length + 10);

	ours_or_none(language);
	must_be(str_same(language, language_of_header(fuzz_swapped(c, text))));
	buf_add(&more, text);
	buf_add(&more, STR(",tlh;q=0.9"));
	must_be(!more.full && str_same(language, language_of_header(buf_str(&more))));
}

static void query(struct ctx *c, struct str text)
{
	struct str copy = arena_copy(c->arena, text), language;

	must_be(copy.at);
	if (!form_decode((char *)(uintptr_t)copy.at, &copy.length))
		return;
	must_be(utf8_valid(copy) && !memchr(copy.at, 0, copy.length));
	language = language_of_tag(copy);
	ours_or_none(language);
	must_be(str_same(language, language_of_tag(fuzz_swapped(c, copy))));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size };

	if (size == 0 || size > 32768)
		return 0;
	header(c, text);
	query(c, text);
	arena_wipe(c->arena);
	return 0;
}
