/* Any bytes as a user name: refused, or a form whose form is itself. */
#include "model/name.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	struct str typed = { (const char *)bytes, size }, once, twice;
	err e;

	if (!c.arena)
		c.arena = arena_open(1024 * 1024);
	e = name_canonical(&c, typed, &once);
	must_be(e == 0 || e == reply_refused);
	if (e == 0) {
		must_be(once.length >= 1 && once.length <= name_size_max && utf8_valid(once));
		must_be(name_canonical(&c, once, &twice) == 0 && str_same(once, twice));
	}
	arena_wipe(c.arena);
	return 0;
}
