/* Any bytes as the page of an application that somebody asks to be led to: refused, or a host in
 * one spelling and a path that stays at that host whoever reads it. */
#include "model/site.h"

#include "fuzz.h"

static struct str take(struct ctx *c, struct str address, struct str *rest)
{
	struct buf host = buf_in(c->arena, site_host_max);

	return site_page_take(address, &host, rest) ? buf_str(&host) : STR_NONE;
}

static void one_spelling(struct str host)
{
	must_be(host.length <= site_host_max && host.at[0] != '.' && !str_ends(host, STR(":443")));
	for (size_t i = 0; i < host.length; i++) {
		char at = host.at[i];

		must_be((at >= 'a' && at <= 'z') || (at >= '0' && at <= '9') || at == '.' ||
			at == '-' || at == ':');
	}
}

/* Joined anew it is the same page; put behind another's host it is that one's. */
static void reads_the_same(struct ctx *c, struct str host, struct str rest)
{
	struct buf joined = buf_in(c->arena, site_page_max);
	struct str again, rest_again;

	buf_add(&joined, STR("https://"));
	buf_add(&joined, host);
	buf_add(&joined, rest);
	if (joined.full)
		return;
	again = take(c, buf_str(&joined), &rest_again);
	must_be(str_same(again, host) && str_same(rest_again, rest));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str address = { (const char *)bytes, size }, rest, host;

	if (size > 4096)
		return 0;
	host = take(c, address, &rest);
	if (host.length) {
		must_be(str_starts(address, STR("https://")) && address.length <= site_page_max);
		one_spelling(host);
		must_be(rest.length == 0 || rest.at[0] == '/' || rest.at[0] == '?');
		for (size_t i = 0; i < rest.length; i++)
			must_be(rest.at[i] > ' ' && rest.at[i] < 0x7f && rest.at[i] != '#');
		reads_the_same(c, host, rest);
	}
	arena_wipe(c->arena);
	return 0;
}
