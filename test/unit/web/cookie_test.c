/* Cookies read strictly and written with what the scheme allows. */
#include "check.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct cookies take(const char *header, bool https)
{
	struct cookies cookies;

	cookies_take(&cookies, str_of(header), https);
	return cookies;
}

static void ours_are_found_among_others(void **state)
{
	struct cookies c = take("a=b; rekey_session=" TOKEN ";rekey_language=ja ; x", false);

	(void)state;
	says(c.value[cookie_session], TOKEN);
	says(c.value[cookie_language], "ja");
	assert_int_equal(c.value[cookie_flow].length, 0);
}

static void behind_tls_only_the_host_prefix_counts(void **state)
{
	(void)state;
	says(take("__Host-rekey_flow=" TOKEN, true).value[cookie_flow], TOKEN);
	assert_int_equal(take("rekey_flow=" TOKEN, true).value[cookie_flow].length, 0);
	assert_int_equal(take("__Host-rekey_flow=" TOKEN, false).value[cookie_flow].length, 0);
	assert_int_equal(take("__host-rekey_flow=" TOKEN, true).value[cookie_flow].length, 0);
}

static void one_that_came_twice_is_absent(void **state)
{
	struct cookies c =
		take("rekey_flow=" TOKEN "; rekey_flow=" OTHER "; rekey_device=" TOKEN, false);

	(void)state;
	assert_int_equal(c.value[cookie_flow].length, 0);
	says(c.value[cookie_device], TOKEN);
	c = take("rekey_flow=" TOKEN "; rekey_flow=" OTHER "; rekey_flow=" TOKEN, false);
	assert_int_equal(c.value[cookie_flow].length, 0);
}

static void one_that_came_twice_is_absent_though_one_of_them_is_malformed(void **state)
{
	struct cookies c = take("rekey_flow=bad; rekey_flow=" TOKEN, false);

	(void)state;
	assert_int_equal(c.value[cookie_flow].length, 0);
	c = take("rekey_flow=" TOKEN "; rekey_flow=bad", false);
	assert_int_equal(c.value[cookie_flow].length, 0);
}

static void one_that_is_not_well_formed_is_absent(void **state)
{
	static const char *const bad[] = { "rekey_session=", "rekey_session=short",
		"rekey_session=" TOKEN "A", "rekey_session=\"" TOKEN "\"",
		"rekey_session=*AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"rekey_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "rekey_session", "=",
		";;;", "rekey_language=fr", "rekey_language=EN", "rekey_did=Bad",
		"rekey_next=security-info" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cookies c = take(bad[i], false);

		for (int j = 0; j < cookie_count; j++)
			assert_int_equal(c.value[j].length, 0);
	}
}

static void written(enum cookie cookie, const char *value, bool https, const char *expected)
{
	char memory[set_cookie_limit];
	struct buf out = buf_on(memory, sizeof(memory));

	cookie_write(&out, cookie, str_of(value), https);
	assert_false(out.full);
	says(buf_str(&out), expected);
}

static void each_is_written_with_its_protections(void **state)
{
	(void)state;
	written(cookie_session, TOKEN, true,
		"__Host-rekey_session=" TOKEN "; Path=/; HttpOnly; SameSite=Strict; Secure");
	written(cookie_session, TOKEN, false,
		"rekey_session=" TOKEN "; Path=/; HttpOnly; SameSite=Strict");
	written(cookie_flow, TOKEN, true,
		"__Host-rekey_flow=" TOKEN "; Path=/; HttpOnly; SameSite=Lax; Secure");
	written(cookie_device, TOKEN, true,
		"__Host-rekey_device=" TOKEN
		"; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=31536000");
	written(cookie_session, "", true,
		"__Host-rekey_session=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
}

static void what_an_application_asked_is_longer_than_others(void **state)
{
	static char header[request_limit + 100];
	size_t at = strlen("rekey_request=");

	(void)state;
	memcpy(header, "rekey_request=", at);
	memset(header + at, 'a', request_limit + 1);
	assert_int_equal(take(header, false).value[cookie_request].length, 0);
	header[at + request_limit] = 0;
	assert_int_equal(take(header, false).value[cookie_request].length, request_limit);
	assert_int_equal(take("rekey_request=a.b", false).value[cookie_request].length, 0);
	written(cookie_request, "abc", true,
		"__Host-rekey_request=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=3600");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_are_found_among_others),
		cmocka_unit_test(behind_tls_only_the_host_prefix_counts),
		cmocka_unit_test(one_that_came_twice_is_absent),
		cmocka_unit_test(one_that_came_twice_is_absent_though_one_of_them_is_malformed),
		cmocka_unit_test(one_that_is_not_well_formed_is_absent),
		cmocka_unit_test(each_is_written_with_its_protections),
		cmocka_unit_test(what_an_application_asked_is_longer_than_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
