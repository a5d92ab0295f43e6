/* Pages of applications: whose a page is, in one spelling; nothing that two readers could read
 * differently. */
#include "model/site.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void a_page_is_parted_into_host_and_the_rest(void **state)
{
	static const struct {
		const char *address, *host, *rest;
	} rows[] = {
		{ "https://wiki.example.org", "wiki.example.org", "" },
		{ "https://wiki.example.org/", "wiki.example.org", "/" },
		{ "https://WIKI.Example.org/A?B=c&d", "wiki.example.org", "/A?B=c&d" },
		{ "https://wiki.example.org?a=b", "wiki.example.org", "?a=b" },
		{ "https://wiki.example.org:443/x", "wiki.example.org", "/x" },
		{ "https://wiki.example.org:8443/x#y", "wiki.example.org:8443", "/x" },
		{ "https://wiki.example.org#y", "wiki.example.org", "" },
		{ "https://wiki.example.org//evil.example/", "wiki.example.org",
			"//evil.example/" },
		{ "https://wiki.example.org/\\evil.example", "wiki.example.org",
			"/\\evil.example" },
		{ "https://wiki.example.org/@evil.example?a@b:c", "wiki.example.org",
			"/@evil.example?a@b:c" },
		{ "https://xn--r8jz45g.jp/", "xn--r8jz45g.jp", "/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char memory[site_host_max];
		struct buf host = buf_on(memory, sizeof(memory));
		struct str rest;

		if (!site_page_take(str_of(rows[i].address), &host, &rest))
			fail_msg("refused: %s", rows[i].address);
		assert_true(str_is(buf_str(&host), rows[i].host));
		assert_true(str_is(rest, rows[i].rest));
	}
}

static void what_is_no_page_of_an_application(void **state)
{
	static const char *const bad[] = { "", "https://", "https:///x", "http://wiki.example.org/",
		"HTTPS://wiki.example.org/", "//wiki.example.org/", "/x",
		"https:/wiki.example.org/", "https:wiki.example.org/", " https://wiki.example.org/",
		"https://wiki.example.org@evil.example/", "https://user@wiki.example.org/",
		"https://user:pass@wiki.example.org/", "https://wiki.example.org\\@evil.example/",
		"https://wiki.example.org\\evil.example/", "https://evil%2eexample/",
		"https://wiki.example.org./", "https://.wiki.example.org/",
		"https://wiki..example.org/", "https://wiki.example.org:/",
		"https://wiki.example.org:0/", "https://wiki.example.org:08443/",
		"https://wiki.example.org:65536/", "https://wiki.example.org:44x/",
		"https://wiki.example.org:443:443/", "https://wiki.example.org:-1/",
		"https://[::1]/", "https://wiki_example.org/", "https://w\xc3\xaeki.example.org/",
		"https://wiki.example.org/a b", "https://wiki.example.org/\r\nX: y",
		"https://wiki.example.org/\x7f", "https://wiki.example.org/\xc3\xa4",
		"https://wiki.example.org\t/", "https://wiki.example.org\r\n.evil.example/",
		"javascript:alert(1)", "data:text/html,x", "https://*.example.org/" };
	char memory[site_host_max], with_nul[] = "https://wiki.example.org/\0x",
				    nul_in_host[] = "https://wiki\0.example.org/";
	struct buf host;
	struct str rest;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		host = buf_on(memory, sizeof(memory));
		if (site_page_take(str_of(bad[i]), &host, &rest))
			fail_msg("accepted: %s", bad[i]);
	}
	host = buf_on(memory, sizeof(memory));
	assert_false(site_page_take((struct str){ with_nul, sizeof(with_nul) - 1 }, &host, &rest));
	host = buf_on(memory, sizeof(memory));
	assert_false(
		site_page_take((struct str){ nul_in_host, sizeof(nul_in_host) - 1 }, &host, &rest));
}

static void nothing_is_longer_than_it_may_be(void **state)
{
	char address[site_page_max + 2], memory[site_host_max];
	struct buf host = buf_on(memory, sizeof(memory));
	struct str rest;

	(void)state;
	memset(address, 'a', sizeof(address));
	memcpy(address, "https://a/", 10);
	assert_true(site_page_take((struct str){ address, site_page_max }, &host, &rest));
	host = buf_on(memory, sizeof(memory));
	assert_false(site_page_take((struct str){ address, site_page_max + 1 }, &host, &rest));
	address[9] = 'a';
	address[8 + 253] = '/';
	host = buf_on(memory, sizeof(memory));
	assert_true(site_page_take((struct str){ address, 300 }, &host, &rest));
	address[8 + 253] = 'a';
	address[8 + 254] = '/';
	host = buf_on(memory, sizeof(memory));
	assert_false(site_page_take((struct str){ address, 300 }, &host, &rest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_parted_into_host_and_the_rest),
		cmocka_unit_test(what_is_no_page_of_an_application),
		cmocka_unit_test(nothing_is_longer_than_it_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
