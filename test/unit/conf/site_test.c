/* What the site's address says: its host, its origin, and whether it is a name. */
#include "setup.h"

static struct conf at(const char *url)
{
	return (struct conf){ .base_url = str_of(url) };
}

static void says(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\", not \"%s\"", STR_ARG(s), expected);
}

static void a_host_stands_there_without_its_port(void **state)
{
	static const char *const rows[][2] = {
		{ "https://reset.example.org", "reset.example.org" },
		{ "https://reset.example.org:8443", "reset.example.org" },
		{ "http://localhost:8480", "localhost" },
		{ "http://[::1]:8480", "[::1]" },
		{ "https://[2001:db8::1]", "[2001:db8::1]" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf conf = at(rows[i][0]);

		says(conf_host(&conf), rows[i][1]);
	}
}

static void an_origin_is_as_browsers_write_it(void **state)
{
	static const char *const rows[][2] = {
		{ "https://Reset.Example.org", "https://reset.example.org" },
		{ "https://reset.example.org:443", "https://reset.example.org" },
		{ "https://reset.example.org:80", "https://reset.example.org:80" },
		{ "http://localhost:80", "http://localhost" },
		{ "http://localhost:443", "http://localhost:443" },
		{ "https://reset.example.org:8443", "https://reset.example.org:8443" },
	};
	struct fixture *f = *state;
	struct str origin;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf conf = at(rows[i][0]);

		assert_int_equal(conf_origin(&f->c, &conf, &origin), 0);
		says(origin, rows[i][1]);
	}
}

static void an_address_is_no_name(void **state)
{
	static const char *const names[] = { "https://reset.example.org", "http://localhost:8480",
		"https://a1", "https://reset2.example.org:8443", "https://10.example" };
	static const char *const others[] = { "https://192.0.2.1", "http://127.0.0.1:8480",
		"https://[2001:db8::1]", "https://3232235777", "https://1.2", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct conf conf = at(names[i]);

		assert_true(conf_named(&conf));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct conf conf = at(others[i]);

		assert_false(conf_named(&conf));
	}
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_host_stands_there_without_its_port),
		WITH_FIXTURE(an_origin_is_as_browsers_write_it),
		WITH_FIXTURE(an_address_is_no_name),
	};

	return cmocka_run_group_tests_name("the site's address", tests, NULL, NULL);
}
