/* Any bytes as a value of a page: what a browser reads back is the value, wherever it stands. */
#include "view/inside.h"

#include "html.h"

static struct str escaped(struct ctx *c, view_escape *escape, struct str value)
{
	struct buf out = buf_in(c->arena, 7 * value.length + 8);

	escape(&out, value);
	must_be(!out.full);
	return buf_str(&out);
}

static void text(struct ctx *c, struct str value)
{
	struct str shown = utf8_shown(c, value, html_never), plain = escaped(c, view_plain, value);

	must_be(str_same(html_read(c, escaped(c, view_html, value)), shown));
	/* A mail's line: the same, but for line ends and tabs. */
	must_be(plain.length == shown.length);
	for (size_t i = 0; i < plain.length; i++)
		must_be(plain.at[i] ==
			(shown.at[i] == '\n' || shown.at[i] == '\t' ? ' ' : shown.at[i]));
}

/* What an address may begin with; nothing else is followed. */
static bool is_followed(struct str url)
{
	static const char *const starts[] = { "/", "https://", "http://",
		"mailto:", "tel:", "otpauth://", "data:image/" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_starts(url, str_of(starts[i])))
			return true;
	return false;
}

static void addresses(struct ctx *c, struct str value)
{
	struct str url = html_read(c, escaped(c, view_url, value));

	must_be(str_is(url, "#") || str_same(url, utf8_shown(c, value, html_never)));
	if (!str_is(url, "#")) {
		must_be(is_followed(url) && !str_starts(url, STR("//")));
		for (size_t i = 0; i < url.length; i++)
			must_be((uint8_t)url.at[i] > ' ' && url.at[i] != '\\');
	}
	must_be(str_same(percent_read(c, escaped(c, view_url_part, value)), value));
}

static void typed(struct ctx *c, struct str value)
{
	struct str telephone = escaped(c, view_telephone, value),
		   groups = escaped(c, view_groups, value);

	must_be(str_same(telephone, escaped(c, view_telephone, telephone)));
	must_be(str_same(groups, escaped(c, view_groups, groups)));
	for (size_t i = 0; i < telephone.length; i++)
		must_be(strchr("0123456789+", telephone.at[i]) && telephone.at[i]);
	for (size_t i = 0; i < groups.length; i++)
		must_be((groups.at[i] == ' ') == (i % 5 == 4));
}

/* A sentence with a value in it: its own words stand as they were. */
static void sentence(struct ctx *c, struct str value)
{
	static const char *const languages[] = { "en", "ja" };

	for (size_t i = 0; i < 2; i++) {
		struct str language = str_of(languages[i]), id = str_upto(value, 12);
		struct buf with = buf_in(c->arena, value.length + 2000);
		struct view_value n = { STR("n"), value };

		view_say(&with, language, view_has_words(id) ? id : STR("form_long"), &n, 1);
		must_be(!with.full || str_find(view_words(language, id), STR("{n}")));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(1024 * 1024);
	struct str value = { (const char *)bytes, size };

	if (size > 8192)
		return 0;
	text(c, value);
	addresses(c, value);
	typed(c, value);
	sentence(c, value);
	arena_wipe(c->arena);
	return 0;
}
