/* Applications behind a proxy, as the administrator makes them: one host each, in one spelling. */
#include "house.h"

static struct answer answer;

#define ADD(...)                                                                                   \
	((answer = (struct answer){ 0 }),                                                          \
		serve_application_add_site(                                                        \
			&ctx, &(struct op_application_add_site){ __VA_ARGS__ }, &answer))
#define SET(...)                                                                                   \
	((answer = (struct answer){ 0 }),                                                          \
		serve_application_set(&ctx, &(struct op_application_set){ __VA_ARGS__ }, &answer))

static const struct rec_application *shown(const char *name)
{
	answer = (struct answer){ 0 };
	assert_int_equal(serve_application_show(&ctx,
				 &(struct op_application_show){ .name = str_of(name) }, &answer),
		0);
	return answer.record;
}

static void is(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\", not \"%s\"", STR_ARG(s), expected);
}

static void a_site_is_added_with_its_host_in_one_spelling(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("Wiki"), .host = STR("https://WIKI.example.org:443/")), 0);
	is(shown("wiki")->host, "wiki.example.org");
	is(shown("wiki")->kind, "site");
	is(shown("wiki")->headers, "user");
	is(shown("wiki")->who, "all");
	is(shown("wiki")->level, "password");
	assert_int_equal(
		ADD(.name = STR("Other"), .host = STR("https://wiki.example.org")), reply_refused);
	is(answer.words, "application_host_taken");
	assert_int_equal(
		ADD(.name = STR("wiki"), .host = STR("https://other.example.org")), reply_refused);
	is(answer.words, "application_host_taken");
}

static void what_is_no_host_is_refused(void **state)
{
	static const char *const bad[] = { "wiki.example.org", "http://wiki.example.org",
		"https://wiki.example.org/path", "https://wiki.example.org?x",
		"https://a@wiki.example.org", "https://*.example.org", "https://" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ADD(.name = STR("Wiki"), .host = str_of(bad[i])), reply_refused);
		is(answer.words, "application_host");
	}
}

static void fields_are_named_in_any_order_each_once(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("Wiki"), .host = STR("https://wiki.example.org"),
				 .headers = STR("groups, user,email, user,name")),
		0);
	is(shown("Wiki")->headers, "user,name,email,groups");
	assert_int_equal(SET(.name = STR("Wiki"), .headers = STR("email")), 0);
	is(shown("Wiki")->headers, "email");
	assert_int_equal(SET(.name = STR("Wiki"), .headers = STR("user,password")), reply_refused);
	is(answer.words, "application_headers");
	assert_int_equal(SET(.name = STR("Wiki"), .headers = STR("user,")), reply_refused);
}

static void a_site_is_changed_and_is_no_other_kind(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("Wiki"), .host = STR("https://wiki.example.org"),
				 .level = STR("second")),
		0);
	assert_int_equal(SET(.name = STR("Wiki"), .to = STR("Pages"),
				 .host = STR("https://pages.example.org")),
		0);
	is(shown("Pages")->host, "pages.example.org");
	is(shown("Pages")->level, "second");
	assert_int_equal(
		SET(.name = STR("Pages"), .redirect_uris = STR("https://pages.example.org/cb")),
		reply_refused);
	is(answer.words, "application_kind");
	answer = (struct answer){ 0 };
	assert_int_equal(serve_application_add(&ctx,
				 &(struct op_application_add){ .name = STR("Client"),
					 .redirect_uris = STR("https://client.example.org/cb") },
				 &answer),
		0);
	assert_int_equal(SET(.name = STR("Client"), .host = STR("https://client.example.org")),
		reply_refused);
	is(answer.words, "application_kind");
	assert_int_equal(SET(.name = STR("Client"), .headers = STR("user")), reply_refused);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(a_site_is_added_with_its_host_in_one_spelling),
		IN_HOUSE(what_is_no_host_is_refused),
		IN_HOUSE(fields_are_named_in_any_order_each_once),
		IN_HOUSE(a_site_is_changed_and_is_no_other_kind),
	};

	must_be(secrets_open(256));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
