/* Any bytes as a typed code, the first byte its kind: refused, or a form whose form is itself. */
#include "method/method.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(struct ctx *c, enum method_kind kind, const struct secret *typed)
{
	static const size_t lengths[] = {
		[method_mail] = 8, [method_totp] = 6, [method_recovery_code] = 26
	};
	struct secret *once, *twice;
	err e = code_canonical(c, kind, typed, &once);

	must_be(e == 0 || e == reply_refused);
	if (e)
		return;
	must_be(secret_length(once) == lengths[kind]);
	must_be(code_canonical(c, kind, once, &twice) == 0);
	must_be(secret_same(once, secret_show(twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	struct secret *typed, *pass;

	if (!c.arena) {
		c.arena = arena_open(64 * 1024);
		must_be(c.arena && secrets_open(16));
	}
	if (size == 0 || size > secret_size_max)
		return 0;
	typed = secret_take(c.arena, bytes + 1, size - 1);
	check(&c, bytes[0] % method_kind_count, typed);
	must_be(pass_canonical(&c, typed, &pass) >= 0);
	arena_wipe(c.arena);
	return 0;
}
