/* What a request claims: its address, its language, its browser. */
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

static void wishes(const char *header, const char *expected)
{
	struct str language = language_of_header(str_of(header));

	if (!expected)
		assert_null(language.at);
	else
		says(language, expected);
}

static void the_language_wished_most_and_spoken_is_taken(void **state)
{
	(void)state;
	wishes("ja", "ja");
	wishes("ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja");
	wishes("fr, en;q=0.4, ja;q=0.5", "ja");
	wishes("en-GB;q=0.5 , ja;q=0.499", "en");
	wishes("de-DE,de", NULL);
	wishes("ja;q=0, en;q=0.1", "en");
	wishes("ja;q=0", NULL);
	wishes("jam, env", NULL);
	wishes("*", NULL);
	wishes("", NULL);
}

static void a_header_that_is_not_what_the_standard_says_is_no_wish(void **state)
{
	static const char *const bad[] = { "ja;q=1.5", "ja;q=2", "ja;q=0.1234", "ja;q", "ja;p=1",
		"ja;q=0,5", "j\xc3\xa4, ja", "ja;q=-1", "<script>, ja", "ja;q=0.5;x=1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		wishes(bad[i], NULL);
}

static void a_tag_is_known_by_its_first_part(void **state)
{
	(void)state;
	says(language_of_tag(STR("ja-JP")), "ja");
	says(language_of_tag(STR("JA_jp")), "ja");
	says(language_of_tag(STR("en")), "en");
	assert_null(language_of_tag(STR("eng")).at);
	assert_null(language_of_tag(STR("e")).at);
	assert_null(language_of_tag(STR_NONE).at);
}

static void agent(const char *header, const char *expected)
{
	char memory[120];
	struct buf out = buf_on(memory, sizeof(memory));

	agent_write(&out, str_of(header));
	says(buf_str(&out), expected);
}

static void a_browser_is_named_in_known_words(void **state)
{
	(void)state;
	agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	      "Chrome/120.0.0.0 Safari/537.36 Edg/120.0",
		"Edge, Windows");
	agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
	      "Safari/604.1",
		"Safari, iPhone");
	agent("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
		"Firefox, Linux");
	agent("<b>curl</b>", "");
	agent("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_trust_the_peer_is_the_client),
		cmocka_unit_test(a_trusted_proxy_vouches_for_the_last_hop_only),
		cmocka_unit_test(a_socket_is_trusted_as_its_other_end),
		cmocka_unit_test(hops_have_many_spellings_and_one_meaning),
		cmocka_unit_test(a_hop_that_is_no_address_ends_the_list),
		cmocka_unit_test(the_language_wished_most_and_spoken_is_taken),
		cmocka_unit_test(a_header_that_is_not_what_the_standard_says_is_no_wish),
		cmocka_unit_test(a_tag_is_known_by_its_first_part),
		cmocka_unit_test(a_browser_is_named_in_known_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
