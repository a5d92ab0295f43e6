/* A peer and X-Forwarded-For of any bytes: one address in its one spelling. Nobody but a trusted
 * proxy changes what a peer is, and only the hops nearest to us count. */
#include "web/inside.h"

#include <arpa/inet.h>

#include "fuzz.h"

static const struct network trusted[] = {
	{ { [10] = 0xff, [11] = 0xff, 127 }, 96 + 8 },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
};
static const struct networks proxies = { trusted, 2 };

static struct str claim(struct ctx *c, struct str peer, struct str forwarded)
{
	struct buf out = buf_in(c->arena, address_text);

	address_claim(&out, proxies, peer, forwarded);
	must_be(!out.full);
	return buf_str(&out);
}

static void one_spelling(struct ctx *c, struct str address)
{
	char text[address_text + 1] = "", again[address_text] = "";
	uint8_t bytes[16];
	int family = memchr(address.at, ':', address.length) ? AF_INET6 : AF_INET;

	must_be(address.length < sizeof(text));
	memcpy(text, address.at, address.length);
	must_be(inet_pton(family, text, bytes) == 1);
	must_be(inet_ntop(family, bytes, again, sizeof(again)) && str_is(address, again));
	must_be(str_same(claim(c, address, STR_NONE), address));
}

static struct str with_hop(struct ctx *c, struct str forwarded, const char *hop)
{
	struct buf out = buf_in(c->arena, forwarded.length + address_text);

	buf_add(&out, forwarded);
	buf_print(&out, ", %s", hop);
	must_be(!out.full);
	return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size }, claimed, peer;

	if (size > 16384)
		return 0;
	claimed = claim(c, STR("127.0.0.1"), text);
	one_spelling(c, claimed);
	must_be(str_is(claim(c, STR("192.0.2.7"), text), "192.0.2.7"));
	must_be(str_same(claim(c, STR("127.0.0.1"), with_hop(c, text, "2001:db8::7")), claimed) ||
		str_is(claimed, "127.0.0.1"));
	must_be(str_is(
		claim(c, STR("127.0.0.1"), with_hop(c, text, "[2001:db7::1]:80")), "2001:db7::1"));
	peer = claim(c, text, STR_NONE);
	if (peer.length)
		one_spelling(c, peer);
	arena_wipe(c->arena);
	return 0;
}
