/* What is refused before anything else looks at a request. */
#include "check.h"

static const struct site site = { true, { "reset.example.org", 17 },
	{ "https://reset.example.org", 25 } };

static void add(struct head *head, const char *name, const char *value)
{
	head->headers[head->count++] = (struct header){ str_of(name), str_of(value) };
}

static struct head head_of(const char *method, const char *path)
{
	struct head head = { .method = str_of(method), .path = str_of(path) };

	add(&head, "Host", "reset.example.org");
	return head;
}

static int status(const struct head *head)
{
	enum verb verb;
	int64_t length;

	return guard_head(head, &verb, &length).status;
}

static void an_ordinary_request_passes(void **state)
{
	struct head head = head_of("POST", "/recover");
	enum verb verb;
	int64_t length;

	(void)state;
	add(&head, "Content-Length", "16384");
	add(&head, "User-Agent", "Mozilla/5.0\t(x)");
	assert_int_equal(guard_head(&head, &verb, &length).status, 0);
	assert_int_equal(verb, verb_post);
	assert_int_equal(length, 16384);
}

static void only_three_methods_are_known(void **state)
{
	static const char *const others[] = { "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get",
		"GETX", "PRI" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct head head = head_of(others[i], "/");

		assert_int_equal(status(&head), 405);
	}
	assert_int_equal(status(&(struct head){ .method = STR("GET"), .path = STR("/") }), 0);
	assert_int_equal(status(&(struct head){ .method = STR("HEAD"), .path = STR("/") }), 0);
}

static void fields_that_decide_are_there_once(void **state)
{
	static const char *const names[] = { "host", "CONTENT-LENGTH", "Transfer-Encoding",
		"Content-Type", "Cookie", "Origin", "Sec-Fetch-Site", "Expect", "Authorization" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct head head = { .method = STR("GET"), .path = STR("/") };

		add(&head, names[i], "0");
		add(&head, "Accept", "x");
		add(&head, "accept", "y");
		add(&head, names[i], "0");
		assert_int_equal(status(&head), 400);
	}
}

static void names_are_tokens_and_values_have_no_control_bytes(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = { { "Ho st", "x" }, { "", "x" }, { "X\x01", "x" }, { "X:", "x" }, { "X(", "x" },
		{ "\xc3\xa9", "x" }, { "X", "a\nb" }, { "X", "a\rb" }, { "X", "\x7f" },
		{ "X", "\x1b[0m" } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct head head = head_of("GET", "/");

		add(&head, bad[i].name, bad[i].value);
		assert_int_equal(status(&head), 400);
	}
}

static void chunks_are_refused_with_or_without_a_length(void **state)
{
	struct head head = head_of("POST", "/");

	(void)state;
	add(&head, "Transfer-Encoding", "chunked");
	assert_int_equal(status(&head), 411);
	add(&head, "Content-Length", "5");
	assert_int_equal(status(&head), 411);
	head = head_of("GET", "/");
	add(&head, "transfer-encoding", "identity");
	assert_int_equal(status(&head), 411);
}

static void a_length_is_digits_within_the_limit(void **state)
{
	static const struct {
		const char *value;
		int status;
	} cases[] = { { "0", 0 }, { "16384", 0 }, { "16385", 413 }, { "-1", 400 }, { "+1", 400 },
		{ "", 400 }, { "1 ", 400 }, { "0x10", 400 }, { "1,1", 400 },
		{ "99999999999999999999", 400 } };
	struct head head;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		head = head_of("POST", "/");
		add(&head, "Content-Length", cases[i].value);
		assert_int_equal(status(&head), cases[i].status);
	}
	head = head_of("POST", "/");
	assert_int_equal(status(&head), 411);
	head = head_of("GET", "/");
	add(&head, "Content-Length", "3");
	assert_int_equal(status(&head), 400);
}

static void only_the_origin_form_and_not_too_long(void **state)
{
	char path[target_limit + 3] = "/";
	struct head head;

	(void)state;
	head = head_of("GET", "http://reset.example.org/");
	assert_int_equal(status(&head), 400);
	head = head_of("GET", "*");
	assert_int_equal(status(&head), 400);
	head = head_of("GET", "");
	assert_int_equal(status(&head), 400);
	memset(path + 1, 'a', target_limit);
	head = head_of("GET", path);
	assert_int_equal(status(&head), 414);
}

static void too_many_headers_are_refused(void **state)
{
	struct head head = head_of("GET", "/");

	(void)state;
	head.crowded = true;
	assert_int_equal(status(&head), 431);
}

static int post_status(const char *name, const char *value, const char *type)
{
	struct head head = head_of("POST", "/");

	if (type)
		add(&head, "Content-Type", type);
	if (name)
		add(&head, name, value);
	return guard_post(&head, &site).status;
}

/* A head as it came, its fields where the library finds them. */
static struct refusal whole(const char *first, const char *fields, size_t told)
{
	static char came[400];
	struct head head = { .line_size = strlen(first) };
	struct str line, rest;

	snprintf(came, sizeof(came), "%s", fields);
	rest = str_of(came);
	head.size = head.line_size + rest.length + 2;
	while (told-- && str_cut(rest, '\n', &line, &rest)) {
		struct header *h = &head.headers[head.count++];

		must_be(str_cut(line, ':', &h->name, &h->value));
		h->value.length--;
		while (str_starts(h->value, STR(" ")))
			h->value = str_from(h->value, 1);
	}
	return guard_whole(&head);
}

static void every_byte_of_a_head_is_in_what_the_library_told(void **state)
{
	const char *first = "GET / HTTP/1.1\r\n";

	(void)state;
	assert_int_equal(whole(first, "Host: a\r\nX:\r\nY: \r\nZ:   b \r\n", 9).status, 0);
	assert_int_equal(whole(first, "", 9).status, 0);
	/* fields that were left out */
	assert_int_equal(
		whole(first, "Host: a\r\nTransfer-Encoding:\r\n chunked\r\n", 1).status, 400);
	assert_int_equal(whole(first, "Host: a\r\n:\r\n", 1).status, 400);
}

static void a_post_is_a_form(void **state)
{
	(void)state;
	assert_int_equal(post_status(NULL, NULL, "application/x-www-form-urlencoded"), 0);
	assert_int_equal(
		post_status(NULL, NULL, "Application/X-WWW-Form-Urlencoded; Charset=UTF-8"), 0);
	assert_int_equal(post_status(NULL, NULL, NULL), 415);
	assert_int_equal(post_status(NULL, NULL, "text/plain"), 415);
	assert_int_equal(post_status(NULL, NULL, "multipart/form-data; boundary=x"), 415);
	assert_int_equal(
		post_status(NULL, NULL, "application/x-www-form-urlencoded; charset=shift_jis"),
		415);
}

static void a_post_comes_from_our_own_pages(void **state)
{
	static const char form[] = "application/x-www-form-urlencoded";

	(void)state;
	assert_int_equal(post_status("Origin", "https://reset.example.org", form), 0);
	assert_int_equal(post_status("Origin", "null", form), 0);
	assert_int_equal(post_status("Sec-Fetch-Site", "same-origin", form), 0);
	assert_int_equal(post_status("Sec-Fetch-Site", "none", form), 0);
	assert_int_equal(post_status("Origin", "https://evil.example", form), 403);
	assert_int_equal(post_status("Origin", "http://reset.example.org", form), 403);
	assert_int_equal(
		post_status("Origin", "https://reset.example.org.evil.example", form), 403);
	assert_int_equal(post_status("Sec-Fetch-Site", "cross-site", form), 403);
	assert_int_equal(post_status("Sec-Fetch-Site", "same-site", form), 403);
}

static void the_host_is_ours_by_name_and_port(void **state)
{
	struct site local;

	(void)state;
	assert_true(host_is(&site, STR("reset.example.org")));
	assert_true(host_is(&site, STR("Reset.Example.ORG")));
	assert_true(host_is(&site, STR("reset.example.org:443")));
	assert_false(host_is(&site, STR("reset.example.org:80")));
	assert_false(host_is(&site, STR("reset.example.org.")));
	assert_false(host_is(&site, STR("evil.example")));
	assert_false(host_is(&site, STR("")));
	assert_true(site_of(STR("http://localhost:8080/"), &local));
	assert_false(local.https);
	says(local.origin, "http://localhost:8080");
	assert_true(host_is(&local, STR("localhost:8080")));
	assert_false(host_is(&local, STR("localhost")));
}

static void a_site_is_a_scheme_and_a_host(void **state)
{
	static const char *const bad[] = { "", "reset.example.org", "ftp://a", "https://",
		"https:///", "https://a/b", "https://user@a" };
	struct site out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(site_of(str_of(bad[i]), &out));
}

/* It comes from anywhere: nothing of a browser's speaks for it. What it holds is a form all the
 * same. */
static void a_program_s_post_is_a_form_from_anywhere(void **state)
{
	struct head head = { .method = STR("POST"), .path = STR("/oidc/token") };

	(void)state;
	assert_int_equal(guard_program(&head, 0).status, 0);
	assert_int_equal(guard_program(&head, 1).status, 415);
	add(&head, "Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
	add(&head, "Origin", "https://elsewhere.example");
	add(&head, "Sec-Fetch-Site", "cross-site");
	assert_int_equal(guard_program(&head, 1).status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_request_passes),
		cmocka_unit_test(only_three_methods_are_known),
		cmocka_unit_test(fields_that_decide_are_there_once),
		cmocka_unit_test(names_are_tokens_and_values_have_no_control_bytes),
		cmocka_unit_test(chunks_are_refused_with_or_without_a_length),
		cmocka_unit_test(a_length_is_digits_within_the_limit),
		cmocka_unit_test(only_the_origin_form_and_not_too_long),
		cmocka_unit_test(too_many_headers_are_refused),
		cmocka_unit_test(every_byte_of_a_head_is_in_what_the_library_told),
		cmocka_unit_test(a_post_is_a_form),
		cmocka_unit_test(a_post_comes_from_our_own_pages),
		cmocka_unit_test(a_program_s_post_is_a_form_from_anywhere),
		cmocka_unit_test(the_host_is_ours_by_name_and_port),
		cmocka_unit_test(a_site_is_a_scheme_and_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
