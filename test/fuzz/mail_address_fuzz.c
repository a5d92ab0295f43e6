/* Any bytes as a mail address: refused with a reason, or one recipient without anything else. */
#include "method/method.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(struct str s)
{
	struct str local, domain;

	must_be(s.length >= 3 && s.length <= 254);
	must_be(str_cut(s, '@', &local, &domain) && local.length && domain.length > 2 &&
		!memchr(domain.at, '@', domain.length));
	for (size_t i = 0; i < s.length; i++)
		must_be(s.at[i] > ' ' && s.at[i] <= '~' && !strchr(",;\"<>()[]\\:%!", s.at[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	struct str typed = { (const char *)bytes, size };
	struct mail_address once, twice;
	err e;

	if (!c.arena)
		c.arena = arena_open(1024 * 1024);
	e = mail_address_take(&c, typed, &once);
	must_be(e == 0 || (e == reply_refused && once.why));
	if (e == 0) {
		check(once.address);
		check(once.channel);
		must_be(mail_address_take(&c, once.address, &twice) == 0);
		must_be(str_same(once.address, twice.address));
		must_be(str_same(once.channel, twice.channel));
	}
	arena_wipe(c.arena);
	return 0;
}
