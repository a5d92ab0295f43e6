/* Any bytes as the named values that the keeper seals into a row of the outbox: refused, or values
 * that written again are the same bytes, each name once. */
#include "spec/values.h"

#include "fuzz.h"

static void written_again(struct ctx *c, struct str values)
{
	struct buf again = buf_in(c->arena, values.length + 1);
	struct str name, value;
	size_t at = 0;

	while (values_next(values, &at, &name, &value)) {
		must_be(name.length && str_same(values_get(values, name), value));
		values_add(&again, name, value);
	}
	must_be(at == values.length && !again.full && str_same(buf_str(&again), values));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(1024 * 1024);
	struct str values = { (const char *)bytes, size }, name, value;
	size_t at = 0, before = 0;

	while (values_next(values, &at, &name, &value)) {
		must_be(at > before && at <= size);
		before = at;
	}
	must_be(!values_whole(values) || at == size);
	if (values_whole(values))
		written_again(c, values);
	arena_wipe(c->arena);
	return 0;
}
