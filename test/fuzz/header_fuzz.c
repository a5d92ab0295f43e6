/* Any bytes as a field of a mail's header, and as a body: what a reader decodes is the text, in
 * lines that no relay breaks. */
#include "courier/inside.h"

#include "mail.h"

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if ((uint8_t)s.at[i] < ' ' || s.at[i] == 0x7f)
			return true;
	return false;
}

/* A field folded over lines, as one line (RFC 5322 2.2.3). */
static struct str unfolded(struct ctx *c, struct str folded, size_t used)
{
	struct buf out = buf_in(c->arena, folded.length + 2),
		   all = buf_in(c->arena, folded.length + 2);
	struct str rest, line;

	buf_add(&all, folded);
	buf_add(&all, STR("\r\n"));
	rest = buf_str(&all);
	for (bool first = true; line_read(&rest, &line, 76 - (first ? used : 0)); first = false) {
		must_be(first || str_starts(line, STR(" ")));
		buf_add(&out, line);
	}
	must_be(!out.full);
	return buf_str(&out);
}

static void field(struct ctx *c, struct str text, size_t used)
{
	struct buf out = buf_in(c->arena, 4 * text.length + 400);

	header_text(&out, text, used);
	must_be(out.full == !utf8_valid(text) || text.length == 0);
	if (!out.full)
		must_be(str_same(words_read(c, unfolded(c, buf_str(&out), used)), text));
}

static void body(struct ctx *c, struct str text)
{
	struct buf out = buf_in(c->arena, 4 * text.length + 400);

	body_add(&out, text);
	must_be(!out.full);
	must_be(str_same(
		body_read(c, buf_str(&out), strcmp(body_encoding(text), "base64") == 0), text));
}

static void address(struct str s)
{
	if (!address_plain(s))
		return;
	must_be(s.length <= 254 && address_domain(s).length);
	must_be(s.at[0] != '@' && !memchr(address_domain(s).at, '@', address_domain(s).length));
	for (size_t i = 0; i < s.length; i++)
		must_be(s.at[i] > ' ' && s.at[i] < 0x7f && !strchr("<>()[],;:\\\"", s.at[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(1024 * 1024);
	struct str text = { (const char *)bytes + 1, size - 1 };

	if (size < 2 || size > 8192)
		return 0;
	if (!has_control(text))
		field(c, text, 1 + bytes[0] % 12);
	if (!memchr(text.at, 0, text.length) && !memchr(text.at, '\r', text.length))
		body(c, text);
	address(text);
	arena_wipe(c->arena);
	return 0;
}
