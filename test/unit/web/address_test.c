/* The client's address, as far as trusted proxies vouch for it. */
#include "check.h"

static const struct network proxies[] = {
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1 }, 128 },
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 0 }, 104 },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
};
static const struct networks trusted = { proxies, 3 };

static void claims(
	struct networks list, const char *peer, const char *forwarded, const char *expected)
{
	char memory[address_text];
	struct buf out = buf_on(memory, sizeof(memory));

	address_claim(&out, list, str_of(peer), str_of(forwarded));
	says(buf_str(&out), expected);
}

static void without_trust_the_peer_is_the_client(void **state)
{
	(void)state;
	claims((struct networks){ 0 }, "127.0.0.1", "192.0.2.7", "127.0.0.1");
	claims(trusted, "192.0.2.1", "198.51.100.9", "192.0.2.1");
	claims(trusted, "127.0.0.1", "", "127.0.0.1");
}

static void a_trusted_proxy_vouches_for_the_last_hop_only(void **state)
{
	(void)state;
	claims(trusted, "127.0.0.1", "203.0.113.66, 192.0.2.7", "192.0.2.7");
	claims(trusted, "127.0.0.1", "203.0.113.66, 192.0.2.7, 10.9.9.9", "192.0.2.7");
	claims(trusted, "127.0.0.1", "203.0.113.66,192.0.2.7,10.9.9.9, 2001:db8::5", "192.0.2.7");
	claims(trusted, "127.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1");
}

static void a_socket_is_trusted_as_its_other_end(void **state)
{
	(void)state;
	claims((struct networks){ 0 }, "", "203.0.113.66, 192.0.2.7", "192.0.2.7");
	claims(trusted, "", "", "");
}

static void hops_have_many_spellings_and_one_meaning(void **state)
{
	(void)state;
	claims(trusted, "127.0.0.1", "192.0.2.7:4711", "192.0.2.7");
	claims(trusted, "127.0.0.1", "[2001:DB9::0:1]:443", "2001:db9::1");
	claims(trusted, "127.0.0.1", "[2001:db9::1]", "2001:db9::1");
	claims(trusted, "127.0.0.1", "2001:db9::1", "2001:db9::1");
	claims(trusted, "127.0.0.1", "::ffff:192.0.2.7", "192.0.2.7");
	claims(trusted, "::ffff:127.0.0.1", "192.0.2.7", "192.0.2.7");
}

static void a_hop_that_is_no_address_ends_the_list(void **state)
{
	static const char *const bad[] = { "unknown", "192.0.2", "192.0.2.7.8", "_hidden",
		"[2001:db9::1", "[2001:db9::1]x", "\"192.0.2.7\"", "", ",", "192.0.2.7, nonsense",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		claims(trusted, "127.0.0.1", bad[i], "127.0.0.1");
	claims(trusted, "127.0.0.1", "192.0.2.7, nonsense, 10.0.0.1", "10.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_trust_the_peer_is_the_client),
		cmocka_unit_test(a_trusted_proxy_vouches_for_the_last_hop_only),
		cmocka_unit_test(a_socket_is_trusted_as_its_other_end),
		cmocka_unit_test(hops_have_many_spellings_and_one_meaning),
		cmocka_unit_test(a_hop_that_is_no_address_ends_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
