/* Any bytes as a form: refused, or fields within their limits and of their kinds, which written
 * again and read again are the same. */
#include "web/inside.h"

#include "fuzz.h"

/* What was accepted can be sent: the frame's own rules hold for it. */
static struct str sent(struct ctx *c, enum operation_id id, const void *in)
{
	struct buf out = buf_in(c->arena, frame_limit);

	must_be(frame_ask(c, 1, id, NULL, in, &out) == 0);
	return buf_str(&out);
}

static void add_pair(struct buf *out, const char *name, struct str value)
{
	if (!value.length)
		return;
	buf_print(out, "%s%s=", out->length ? "&" : "", name);
	for (size_t i = 0; i < value.length; i++)
		buf_print(out, "%%%02x", (unsigned)(uint8_t)value.at[i]);
}

static void add_field(struct buf *out, const struct field *f, const void *in)
{
	const void *at = (const char *)in + f->offset;
	char memory[24];
	struct buf digits = buf_on(memory, sizeof(memory));
	const struct secret *secret;

	if (f->kind == kind_number || f->kind == kind_time) {
		buf_number(&digits, *(const int64_t *)at);
		add_pair(out, f->name, buf_str(&digits));
	} else if (f->kind == kind_secret) {
		secret = *(struct secret *const *)at;
		add_pair(out, f->name, secret ? secret_show(secret) : STR_NONE);
	} else {
		add_pair(out, f->name, *(const struct str *)at);
	}
}

static int digit(char ch)
{
	return fuzz_hex(ch >= 'a' && ch <= 'f' ? (char)(ch - 'a' + 'A') : ch);
}

/* WHATWG URL 5.1, without what it forgives; *good: nothing had to be forgiven. */
static struct str decoded(struct ctx *c, struct str s, bool *good)
{
	struct buf out = buf_in(c->arena, s.length + 1);

	*good = true;
	for (size_t i = 0; i < s.length && *good; i++) {
		if (s.at[i] != '%') {
			buf_char(&out, s.at[i] == '+' ? ' ' : s.at[i]);
			continue;
		}
		*good = s.length - i > 2 && digit(s.at[i + 1]) >= 0 && digit(s.at[i + 2]) >= 0;
		if (*good)
			buf_char(&out, (char)(digit(s.at[i + 1]) * 16 + digit(s.at[i + 2])));
		i += 2;
	}
	*good &= !memchr(out.at, 0, out.length) && utf8_valid(buf_str(&out));
	return buf_str(&out);
}

static void one_value(struct ctx *c, struct str text)
{
	bool good;
	struct str right = decoded(c, text, &good), copy = arena_copy(c->arena, text);

	must_be(form_decode((char *)(uintptr_t)copy.at, &copy.length) == good);
	must_be(!good || str_same(copy, right));
}

static void written_again(
	struct ctx *c, enum operation_id id, const void *in, const struct pair pairs[2])
{
	const struct shape *shape = operation_list[id].asks;
	void *again = arena_take(c->arena, shape->size);
	struct buf body = buf_in(c->arena, 3 * body_limit + 1024);
	struct pair read[2] = { { "csrf", token_text, STR_NONE }, { "next", 100, STR_NONE } };
	struct form_wrong wrong = { 0 };

	for (size_t i = 0; i < shape->count; i++)
		add_field(&body, &shape->fields[i], in);
	for (size_t i = 0; i < 2; i++)
		add_pair(&body, pairs[i].name, pairs[i].value);
	must_be(!body.full);
	must_be(form_fill(c, body.at, body.length, id, again, read, 2, &wrong) == 0);
	must_be(str_same(sent(c, id, in), sent(c, id, again)));
	must_be(str_same(pairs[0].value, read[0].value) && str_same(pairs[1].value, read[1].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum operation_id ids[] = { operation_signin_password, operation_info_confirm,
		operation_info_add, operation_recover_method };
	struct ctx *c = fuzz_ctx(2 * 1024 * 1024);
	static char body[body_limit];
	struct pair pairs[2] = { { "csrf", token_text, STR_NONE }, { "next", 100, STR_NONE } };
	struct form_wrong wrong = { 0 };

	if (size == 0 || size > sizeof(body))
		return 0;
	one_value(c, (struct str){ (const char *)bytes, size });
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		void *in = arena_take(c->arena, operation_list[ids[i]].asks->size);
		err e;

		memcpy(body, bytes, size);
		e = form_fill(c, body, size, ids[i], in, pairs, 2, &wrong);
		must_be(e == 0 || e == (err)reply_malformed);
		must_be(e == 0 || wrong.words);
		if (!e) {
			must_be(pairs[0].value.length <= token_text && utf8_valid(pairs[1].value));
			written_again(c, ids[i], in, pairs);
		}
	}
	arena_wipe(c->arena);
	return 0;
}
