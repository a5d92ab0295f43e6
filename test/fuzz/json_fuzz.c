/* Any bytes as values of what we write as JSON: it reads back to them. Nothing of ours reads JSON.
 */
#include "cli/inside.h"
#include "base/json.h"

#include "fuzz.h"

static void name_is(struct ctx *c, struct str *rest, const char *name)
{
	must_be(str_is(json_read(c, rest), name));
	json_skip(rest, ':');
}

/* The command line: a record, one line, whatever the bytes. */
static void record(struct ctx *c, struct str a, struct str b)
{
	struct rec_letter_row row = { .id = a, .detail = b, .attempts = -7 };
	const struct shape *shape = &shape_rec_letter_row;
	char *made = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&made, &size);
	struct str rest;

	must_be(to);
	json_record(to, shape, &row);
	must_be(fclose(to) == 0);
	rest = (struct str){ made, size };
	must_be(!memchr(made, '\n', size) && size);
	json_skip(&rest, '{');
	for (size_t i = 0; i < shape->count; i++) {
		name_is(c, &rest, shape->fields[i].name);
		if (shape->fields[i].offset == offsetof(struct rec_letter_row, id))
			must_be(str_same(json_read(c, &rest), utf8_shown(c, a, NULL)));
		else if (shape->fields[i].offset == offsetof(struct rec_letter_row, detail))
			must_be(str_same(json_read(c, &rest), utf8_shown(c, b, NULL)));
		else
			while (rest.length && rest.at[0] != ',' && rest.at[0] != '}')
				rest = str_from(rest, 1);
		json_skip(&rest, i + 1 < shape->count ? ',' : '}');
	}
	must_be(rest.length == 0);
	memory_return(made);
}

/* What a person is given of their own: the keeper's values, which are UTF-8. */
static void personal(struct ctx *c, struct str a, struct str b)
{
	struct buf out = buf_in(c->arena, 7 * (a.length + b.length) + 100);
	struct json j = { .out = &out };
	struct str rest;

	if (!utf8_valid(a) || !utf8_valid(b) || !a.length || !b.length)
		return;
	json_open(&j, NULL, '{');
	json_text(&j, "a", a);
	json_open(&j, "list", '[');
	json_text(&j, NULL, b);
	json_close(&j, ']');
	json_close(&j, '}');
	must_be(!out.full);
	rest = buf_str(&out);
	json_skip(&rest, '{');
	name_is(c, &rest, "a");
	must_be(str_same(json_read(c, &rest), a));
	json_skip(&rest, ',');
	name_is(c, &rest, "list");
	json_skip(&rest, '[');
	must_be(str_same(json_read(c, &rest), b));
	json_skip(&rest, ']');
	json_skip(&rest, '}');
	must_be(rest.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(1024 * 1024);
	struct str b = { (const char *)bytes, size }, a = fuzz_piece(&b);

	if (size > 4096)
		return 0;
	record(c, a, b);
	personal(c, a, b);
	arena_wipe(c->arena);
	return 0;
}
