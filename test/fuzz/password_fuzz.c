/* Any bytes as a new password and a name: a verdict, and a normal form whose form is itself. The
 * password is what stands before the first NUL. */
#include "policy/password.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void judge(struct ctx *c, const struct secret *typed, struct str name)
{
	const struct password_rules rules = { 8, 256, &name, 1 };
	struct secret *normal = NULL, *again;
	struct str why = STR_NONE;
	int64_t number;
	err e = password_judge(c, typed, &rules, &name, 1, &normal, &why, &number);

	must_be((e == 0 && normal && !why.at) || (e == reply_rules && !normal && why.length));
	if (e)
		return;
	must_be(password_normal(c, normal, &again) == 0);
	must_be(secret_same(normal, secret_show(again)));
	must_be(utf8_count(secret_show(normal)) >= 8 && utf8_count(secret_show(normal)) <= 256);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	struct str all = { (const char *)bytes, size }, password = all, name = STR_NONE;
	struct secret *typed;

	if (!c.arena) {
		c.arena = arena_open(1024 * 1024);
		must_be(c.arena && secrets_open(16));
	}
	(void)str_cut(all, 0, &password, &name);
	typed = secret_take(c.arena, password.at, password.length);
	if (typed)
		judge(&c, typed, name);
	arena_wipe(c.arena);
	return 0;
}
