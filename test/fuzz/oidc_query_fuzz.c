/* Any bytes as what an application sends: refused, or fields within their limits which written
 * again and read again are the same; and as an address: registered only when it is one that
 * browsers and we read alike. */
#include "model/uri.h"
#include "web/inside.h"

#include "fields.h"

static struct str sent(struct ctx *c, enum operation_id id, const void *in)
{
	struct buf out = buf_in(c->arena, frame_limit);

	must_be(frame_ask(c, 1, id, NULL, in, &out) == 0);
	return buf_str(&out);
}

static void add_field(struct buf *out, const struct field *f, const void *in)
{
	const void *at = (const char *)in + f->offset;
	const struct secret *secret;
	struct str value;

	if (f->kind == kind_number) {
		buf_print(out, "&%s=%lld", f->name, (long long)*(const int64_t *)at);
		return;
	}
	secret = f->kind == kind_secret ? *(struct secret *const *)at : NULL;
	value = f->kind != kind_secret ? *(const struct str *)at
		: secret               ? secret_show(secret)
				       : STR_NONE;
	buf_print(out, "&%s=", f->name);
	for (size_t i = 0; i < value.length; i++)
		buf_print(out, "%%%02X", (unsigned)(uint8_t)value.at[i]);
}

/* Between what nobody knows, which is passed over. */
static void written_again(struct ctx *c, enum operation_id id, const void *in)
{
	const struct shape *shape = operation_list[id].asks;
	void *again = arena_take(c->arena, shape->size);
	struct buf text = buf_in(c->arena, 3 * body_limit + 1024);
	struct form_wrong wrong = { 0 };

	buf_add(&text, STR("utm_source=x"));
	for (size_t i = 0; i < shape->count; i++)
		add_field(&text, &shape->fields[i], in);
	buf_add(&text, STR("&unknown&=&x=%41"));
	must_be(!text.full);
	must_be(form_fill_open(c, text.at, text.length, id, again, NULL, 0, &wrong) == 0);
	must_be(str_same(sent(c, id, in), sent(c, id, again)));
}

static void as_query(struct ctx *c, const uint8_t *bytes, size_t size)
{
	static const enum operation_id ids[] = { operation_oidc_authorize, operation_oidc_token,
		operation_oidc_logout };
	static char text[body_limit];
	struct form_wrong wrong = { 0 };
	struct pair pair = { "request", 100, STR_NONE };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		void *in = arena_take(c->arena, operation_list[ids[i]].asks->size);
		err e;

		memcpy(text, bytes, size);
		e = form_fill_open(c, text, size, ids[i], in, &pair, 1, &wrong);
		must_be(e == 0 || e == (err)reply_malformed);
		must_be(e == 0 || wrong.words);
		if (e)
			continue;
		must_be(pair.value.length <= 100);
		fields_sound(operation_list[ids[i]].asks, in);
		written_again(c, ids[i], in);
	}
}

/* Nothing in it that could end the host early, or begin another. */
static void as_address(struct str s)
{
	struct str rest = s, one;

	if (uri_redirect(s)) {
		must_be(str_starts(s, STR("https://")) || str_starts(s, STR("http://127.0.0.1")) ||
			str_starts(s, STR("http://[::1]")) ||
			str_starts(s, STR("http://localhost")));
		for (size_t i = 0; i < s.length; i++)
			must_be(s.at[i] > 0x20 && s.at[i] < 0x7f && s.at[i] != '\\' &&
				s.at[i] != '#');
		must_be(uri_listed(s, s, false));
	}
	must_be(!uri_https(s) || uri_redirect(s));
	while (uri_next(&rest, &one)) {
		must_be(one.length && !memchr(one.at, ' ', one.length));
		must_be(uri_listed(s, one, false) && uri_listed(s, one, true));
	}
	must_be(!uri_listed(STR("https://app.example/cb"), s, true) ||
		str_is(s, "https://app.example/cb"));
	must_be(!uri_listed(STR("http://127.0.0.1/cb"), s, false) ||
		str_is(s, "http://127.0.0.1/cb"));
	must_be(!uri_listed(STR("http://127.0.0.1/cb"), s, true) ||
		(str_starts(s, STR("http://127.0.0.1")) && str_ends(s, STR("/cb"))));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(2 * 1024 * 1024);

	if (size == 0 || size > body_limit)
		return 0;
	as_address((struct str){ (const char *)bytes, size });
	as_query(c, bytes, size);
	arena_wipe(c->arena);
	return 0;
}
