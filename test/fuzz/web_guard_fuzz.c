/* Any bytes as a request's head, lines "name:value" after "METHOD PATH": refused, or a head that
 * two readers cannot read differently. The spelling of a field's name changes nothing. */
#include "web/inside.h"

#include "fuzz.h"

/* *whole: no line was left out, as the library leaves out those without a colon. */
static bool take_head(struct str text, struct head *h, bool *whole)
{
	struct str line, rest = text;

	*h = (struct head){ 0 };
	*whole = true;
	if (!str_cut(rest, '\n', &line, &rest) || !str_cut(line, ' ', &h->method, &h->path))
		return false;
	h->line_size = line.length + 2;
	h->size = h->line_size + 2;
	while (rest.length && !h->crowded) {
		struct header *next = &h->headers[h->count];

		if (!str_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = STR_NONE;
		}
		h->size += line.length + 2;
		if (h->count == headers_most)
			h->crowded = true;
		else if (str_cut(line, ':', &next->name, &next->value))
			h->count++;
		else
			*whole = false;
	}
	return true;
}

static size_t count_of(const struct head *h, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < h->count; i++)
		count += h->headers[i].name.length == strlen(name) &&
			 strncasecmp(h->headers[i].name.at, name, strlen(name)) == 0;
	return count;
}

static void in_one_way(const struct head *h)
{
	must_be(!h->crowded && count_of(h, "host") <= 1 && count_of(h, "content-length") <= 1 &&
		count_of(h, "transfer-encoding") == 0 && count_of(h, "cookie") <= 1);
	for (size_t i = 0; i < h->count; i++) {
		struct str name = h->headers[i].name, value = h->headers[i].value;

		must_be(name.length);
		for (size_t at = 0; at < name.length; at++)
			must_be(name.at[at] > ' ' && name.at[at] < 0x7f &&
				!strchr("\"(),/:;<=>?@[\\]{}", name.at[at]));
		for (size_t at = 0; at < value.length; at++)
			must_be(value.at[at] != '\r' && value.at[at] != '\n' && value.at[at] != 0);
	}
}

static void accepted(const struct head *h, enum verb verb, int64_t length)
{
	struct str text = head_value(h, "content-length");

	in_one_way(h);
	must_be(length >= 0 && length <= body_limit && (verb == verb_post || length == 0));
	must_be(verb != verb_post || text.length);
	for (size_t i = 0; i < text.length; i++)
		must_be(text.at[i] >= '0' && text.at[i] <= '9');
	must_be(h->path.at[0] == '/' && h->path.length <= target_limit &&
		!memchr(h->path.at, 0, h->path.length));
}

static void spelt_otherwise(struct ctx *c, struct head *h, struct refusal first,
	struct refusal post, const struct site *site)
{
	enum verb verb;
	int64_t length;

	for (size_t i = 0; i < h->count; i++)
		h->headers[i].name = fuzz_swapped(c, h->headers[i].name);
	must_be(guard_head(h, &verb, &length).status == first.status);
	must_be(guard_post(h, site).status == post.status);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct site site;
	struct head h;
	enum verb verb;
	int64_t length;
	struct refusal first, post;
	bool whole;

	must_be(site_of(STR("https://reset.example.org"), &site));
	if (size > 65536 || !take_head((struct str){ (const char *)bytes, size }, &h, &whole))
		return 0;
	must_be((guard_whole(&h).status == 0) == (whole || h.crowded));
	first = guard_head(&h, &verb, &length);
	post = guard_post(&h, &site);
	must_be(!first.status == !first.words && !post.status == !post.words);
	if (!first.status)
		accepted(&h, verb, length);
	if (head_value(&h, "host").at && host_is(&site, head_value(&h, "host")))
		must_be(strncasecmp(head_value(&h, "host").at, "reset.example.org", 17) == 0);
	spelt_otherwise(c, &h, first, post, &site);
	arena_wipe(c->arena);
	return 0;
}
