/* Addresses of applications: which may be registered, and what is the same as what was. */
#include "model/uri.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void what_may_be_registered(void **state)
{
	static const char *const good[] = { "https://app.example", "https://app.example/",
		"https://app.example/cb?x=1", "https://app.example:8443/cb",
		"https://[2001:db8::1]/cb", "http://127.0.0.1/cb", "http://127.0.0.1:8000/cb",
		"http://[::1]:1/", "http://localhost/cb" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!uri_redirect(str_of(good[i])))
			fail_msg("refused: %s", good[i]);
}

static void what_may_not(void **state)
{
	static const char *const bad[] = { "", "https://", "https:///cb", "https:app.example/cb",
		"http://app.example/cb", "HTTPS://app.example/cb", "https://app.example/cb#x",
		"https://user@app.example/cb", "https://app.example@evil.example/cb",
		"https://app.example\\@evil.example/", "https://app.example:/cb",
		"https://app.example:80a/cb", "https://app.example:1234567/cb",
		"https://app.example/c b", "//app.example/cb", "/cb", "javascript:alert(1)",
		"data:text/html,x", "com.example.app:/cb", "http://127.0.0.1.evil.example/cb",
		"http://127.0.0.1@evil.example/cb", "http://[::1/cb", "http://[::1]evil.example/",
		"https://app.example/\x7f", "https://\xc3\xa4.example/", "https://app%2eexample/",
		"https://app.example/{x}", "http://localhost.evil.example/", "ftp://app.example/cb",
		" https://app.example/cb", "https://*.app.example/cb" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (uri_redirect(str_of(bad[i])))
			fail_msg("accepted: %s", bad[i]);
}

static void one_address_and_no_other(void **state)
{
	const struct str list = STR("https://app.example/cb https://app.example/other");
	static const char *const near[] = { "https://app.example/cb/", "https://app.example/cb?",
		"https://app.example/cb?x=1", "https://app.example/c", "https://app.example/",
		"https://app.example", "https://app.example/CB", "https://APP.example/cb",
		"https://app.example:443/cb", "https://app.example/./cb",
		"https://app.example/x/../cb", "https://app.example/%63b",
		"https://app.example//cb", "https://app.example/cb#", "https://app.example/cb ",
		" https://app.example/cb", "https://app.example.evil.example/cb",
		"https://evil.example/https://app.example/cb",
		"https://app.example@evil.example/cb", "https://evil.example/cb",
		"http://app.example/cb", "//app.example/cb", "https:app.example/cb",
		"https:/app.example/cb", "https://app.example/cb https://app.example/other",
		"https://app.example\\cb", "https://app.example/cb%00",
		"https://app.example/cb%0d%0a", "https://app.example/cb;x", "" };

	(void)state;
	assert_true(uri_listed(list, STR("https://app.example/cb"), false));
	assert_true(uri_listed(list, STR("https://app.example/other"), true));
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (uri_listed(list, str_of(near[i]), true))
			fail_msg("accepted: %s", near[i]);
	assert_false(uri_listed(STR(""), STR(""), false));
}

static void a_native_application_takes_the_port_that_is_free(void **state)
{
	const struct str list = STR("http://127.0.0.1/cb http://[::1]:5/cb http://localhost/cb");

	(void)state;
	assert_true(uri_listed(list, STR("http://127.0.0.1:50123/cb"), true));
	assert_true(uri_listed(list, STR("http://[::1]:50123/cb"), true));
	assert_false(uri_listed(list, STR("http://127.0.0.1:50123/cb"), false));
	assert_false(uri_listed(list, STR("http://localhost:50123/cb"), true));
	assert_false(uri_listed(list, STR("http://127.0.0.1:50123/other"), true));
	assert_false(uri_listed(list, STR("http://127.0.0.1:50123/cb?x"), true));
	assert_false(uri_listed(list, STR("http://x@127.0.0.1:50123/cb"), true));
	assert_false(uri_listed(list, STR("http://127.0.0.1:80@evil.example/cb"), true));
	assert_false(uri_listed(list, STR("https://127.0.0.1:50123/cb"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_registered),
		cmocka_unit_test(what_may_not),
		cmocka_unit_test(one_address_and_no_other),
		cmocka_unit_test(a_native_application_takes_the_port_that_is_free),
	};

	return cmocka_run_group_tests_name("addresses of applications", tests, NULL, NULL);
}
