/* Any bytes as a Cookie field: each of ours is absent or well formed, whatever stands beside it and
 * in whatever order; what is set is what is read back. */
#include "web/inside.h"

#include "fuzz.h"

static void well_formed(const struct cookies *c)
{
	for (int i = 0; i < cookie_count; i++) {
		struct str value = c->value[i];
		bool token = i == cookie_session || i == cookie_flow || i == cookie_device ||
			     i == cookie_browser || i == cookie_site;

		if (!value.at)
			continue;
		must_be(!token || value.length == token_text);
		must_be(i != cookie_next || (value.at[0] == '/' && value.length <= 100));
		must_be(i != cookie_request || value.length <= request_limit);
		must_be(i != cookie_to || value.length <= page_text);
		must_be(i != cookie_language || str_is(value, "en") || str_is(value, "ja"));
	}
}

/* The same cookies, the last one first. */
static struct str turned(struct ctx *c, struct str text)
{
	struct buf out = buf_in(c->arena, text.length + 1);

	for (size_t end = text.length;; end--) {
		size_t at = end;

		while (at > 0 && text.at[at - 1] != ';')
			at--;
		buf_add(&out, (struct str){ text.at + at, end - at });
		if (at == 0)
			break;
		buf_char(&out, ';');
		end = at;
	}
	must_be(!out.full && out.length == text.length);
	return buf_str(&out);
}

static void same(const struct cookies *a, const struct cookies *b)
{
	for (int i = 0; i < cookie_count; i++)
		must_be(str_same(a->value[i], b->value[i]));
}

static void set_again(struct ctx *c, const struct cookies *read, bool https)
{
	struct buf all =
		buf_in(c->arena, cookie_count * set_cookie_limit + request_limit + page_text);
	struct cookies again;

	for (enum cookie i = 0; i < cookie_count; i++) {
		struct buf one = buf_in(c->arena, set_cookie_limit + read->value[i].length);
		struct str pair, attributes;

		cookie_write(&one, i, read->value[i], https);
		must_be(!one.full);
		/* A path may hold what ends a cookie's value; it is judged before it is set. */
		if (!read->value[i].length || memchr(read->value[i].at, ';', read->value[i].length))
			continue;
		must_be(str_cut(buf_str(&one), ';', &pair, &attributes));
		buf_add(&all, pair);
		buf_add(&all, STR("; "));
	}
	must_be(!all.full);
	cookies_take(&again, buf_str(&all), https);
	same(read, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size };

	if (size == 0 || size > 32768)
		return 0;
	for (int https = 0; https < 2; https++) {
		struct cookies read, other;

		cookies_take(&read, text, https);
		well_formed(&read);
		cookies_take(&other, turned(c, text), https);
		same(&read, &other);
		set_again(c, &read, https);
	}
	arena_wipe(c->arena);
	return 0;
}
