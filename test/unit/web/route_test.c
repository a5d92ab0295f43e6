/* Addresses: those of the table, byte by byte, and nothing that only looks like one. */
#include "check.h"

#include "web/visit.h"

static void a_path_is_found_for_its_verb(void **state)
{
	bool known;

	(void)state;
	assert_non_null(route_find(STR("/recover"), verb_get, &known));
	assert_ptr_equal(route_find(STR("/recover"), verb_head, &known),
		route_find(STR("/recover"), verb_get, &known));
	assert_ptr_not_equal(route_find(STR("/recover"), verb_post, &known),
		route_find(STR("/recover"), verb_get, &known));
	assert_null(route_find(STR("/recover/leave"), verb_get, &known));
	assert_true(known);
	assert_null(route_find(STR("/nowhere"), verb_get, &known));
	assert_false(known);
}

static void tricks_reach_no_route(void **state)
{
	static const char *const tricks[] = { "//", "/recover/", "//recover", "/./recover",
		"/x/../recover", "/%72ecover", "/recover%2fanswer", "/recover;x=1", "/Recover",
		"/recover%00", "/recover#x", "/recover ", "/recover\\answer",
		"/security-info/..;/change", "recover", "", "/static/../recover/",
		"/signin/password_done" };
	bool known;

	(void)state;
	for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
		const struct route *route = route_find(str_of(tricks[i]), verb_get, &known);

		/* Below /static/ only the exact names of files are served. */
		assert_true(!route || route->serve == serve_file);
		assert_null(route_find(str_of(tricks[i]), verb_post, &known));
	}
}

static void sign_in_leads_only_to_pages_that_may_be_led_to(void **state)
{
	static const char *const good[] = { "/security-info", "/change", "/security-info/add",
		"/security-info/add?kind=mail", "/security-info/delete?id=aZ_-9" };
	static const char *const bad[] = { "", "/", "//evil.example", "/\\evil.example",
		"https://evil.example", "/signin", "/signout", "/security-info?",
		"/security-info?next=/x", "/change?id=a/b",
		"/change?id=", "/security-info/delete?id=a&b=c", "/change#x", "/change\r\nX: y",
		"change", "/help", "/security-info/add?kind=x" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(route_is_own(str_of(good[i]), true));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(route_is_own(str_of(bad[i]), true));
	assert_true(route_is_own(STR("/help"), false));
	assert_false(route_is_own(STR("/brand.css"), false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_found_for_its_verb),
		cmocka_unit_test(tricks_reach_no_route),
		cmocka_unit_test(sign_in_leads_only_to_pages_that_may_be_led_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
