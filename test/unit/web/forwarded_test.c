/* What proxies say, read in one way only; what they are told, in one line only. */
#include "check.h"

static struct head head_of(const char *const *fields)
{
	struct head head = { .path = STR("/auth/verify") };

	for (size_t i = 0; fields[i]; i += 2)
		head.headers[head.count++] =
			(struct header){ str_of(fields[i]), str_of(fields[i + 1]) };
	return head;
}

#define HEAD(...) head_of((const char *const[]){ __VA_ARGS__, NULL })

static void takes(struct head head, const char *host, const char *uri)
{
	struct forwarded f;

	assert_true(forwarded_take(&head, &f));
	says(f.host, host);
	says(f.uri, uri);
}

static void refuses(struct head head)
{
	struct forwarded f;

	assert_false(forwarded_take(&head, &f));
}

static void each_proxy_says_it_in_its_way(void **state)
{
	(void)state;
	takes(HEAD("Host", "rekey", "X-Forwarded-Host", "Wiki.Example.org", "X-Forwarded-Uri",
		      "/a?b"),
		"wiki.example.org", "/a?b");
	takes(HEAD("x-forwarded-host", "wiki.example.org:443"), "wiki.example.org", "");
	takes(HEAD("X-Forwarded-Host", "wiki.example.org:8443"), "wiki.example.org:8443", "");
	takes(HEAD("Host", "wiki.example.org"), "wiki.example.org", "");
	takes(HEAD("Host", "rekey", "X-Original-URL", "https://wiki.example.org/a?b"),
		"wiki.example.org", "/a?b");
	takes(HEAD("X-Original-URL", "https://wiki.example.org?b"), "wiki.example.org", "?b");
	takes(HEAD("X-Original-URL", "https://WIKI.example.org:443/x", "X-Forwarded-Host",
		      "wiki.example.org"),
		"wiki.example.org", "/x");
	takes(HEAD("X-Original-URL", "https://wiki.example.org/x", "X-Forwarded-Host",
		      "wiki.example.org", "X-Forwarded-Uri", "/y"),
		"wiki.example.org", "/y");
}

static void what_could_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const hosts[] = { "", "wiki.example.org, mail.example.org",
		"wiki.example.org mail.example.org", "wiki.example.org/x", "user@wiki.example.org",
		"wiki.example.org\\", "wiki.example.org;x", "w\xc3\xaeki.example.org",
		"\"wiki.example.org\"", "wiki%2eexample.org", "wiki.example.org\t" };
	static const char *const urls[] = { "", "http://wiki.example.org/", "https://",
		"wiki.example.org/", "//wiki.example.org/",
		"https://mail.example.org@wiki.example.org/", "https://wiki.example.org\\/", "/x",
		"HTTPS://wiki.example.org/" };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		refuses(HEAD("Host", "wiki.example.org", "X-Forwarded-Host", hosts[i]));
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		refuses(HEAD("Host", "wiki.example.org", "X-Original-URL", urls[i]));
	refuses(HEAD(
		"X-Forwarded-Host", "wiki.example.org", "x-forwarded-host", "wiki.example.org"));
	refuses(HEAD("X-Forwarded-Host", "wiki.example.org", "X-Forwarded-Uri", "/",
		"X-Forwarded-Uri", "/"));
	refuses(HEAD("X-Forwarded-Host", "wiki.example.org", "X-Original-URL",
		"https://mail.example.org/"));
	refuses(HEAD("X-Original-URL", "https://wiki.example.org/", "X-Original-URL",
		"https://wiki.example.org/"));
	refuses(HEAD("X-Forwarded-Host", "wiki.example.org", "X-Forwarded-Uri",
		"https://evil.example/"));
	refuses(HEAD("X-Forwarded-Host", "wiki.example.org", "X-Forwarded-Uri", "@evil.example/"));
	refuses(HEAD("Accept", "text/html"));
}

static void a_host_has_a_longest(void **state)
{
	char host[forwarded_host_limit + 2];

	(void)state;
	memset(host, 'a', sizeof(host));
	host[forwarded_host_limit] = 0;
	takes(HEAD("X-Forwarded-Host", host), host, "");
	host[forwarded_host_limit] = 'a';
	host[forwarded_host_limit + 1] = 0;
	refuses(HEAD("X-Forwarded-Host", host));
}

static void only_who_opens_a_page_is_led_elsewhere(void **state)
{
	struct head page = HEAD("Sec-Fetch-Mode", "navigate", "Accept", "*/*"),
		    old = HEAD("Accept", "text/html,*/*"),
		    script = HEAD("Sec-Fetch-Mode", "cors", "Accept", "text/html"),
		    program = HEAD("Accept", "application/json"), silent = HEAD("Host", "x");

	(void)state;
	assert_true(forwarded_by_person(&page));
	assert_true(forwarded_by_person(&old));
	assert_false(forwarded_by_person(&script));
	assert_false(forwarded_by_person(&program));
	assert_false(forwarded_by_person(&silent));
}

static void a_value_is_one_line_whatever_it_says(void **state)
{
	static const struct {
		const char *value, *line;
	} rows[] = {
		{ "Ada Lovelace", "Ada Lovelace" }, { "", "" }, { "  Ada  ", "Ada" },
		{ "Ada\r\nRemote-User: root", "Ada  Remote-User: root" },
		{ "Ada\nRemote-User: root", "Ada Remote-User: root" }, { "\r\n", "" },
		{ "\x01\x7f"
		  "Ada\x7f",
			"Ada" },
		{ "a\tb", "a b" },
		{ "\xe7\x94\xb0\xe4\xb8\xad \xe5\xa4\xaa\xe9\x83\x8e",
			"\xe7\x94\xb0\xe4\xb8\xad \xe5\xa4\xaa\xe9\x83\x8e" },
		{ "a\xc2\x85"
		  "b",
			"a b" }, /* NEL */
		{ "a\xe2\x80\xa8"
		  "b\xe2\x80\xa9",
			"a b" }, /* LINE and PARAGRAPH SEPARATOR */
		{ "a\xff\xfe"
		  "b",
			"a  b" },
		{ "\xc1 b", "b" },
		{ "a\xc4\x8a"
		  "b",
			"a\xc4\x8a"
			"b" }, /* U+010A, whose low byte is a line feed */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char memory[100];
		struct buf out = buf_on(memory, sizeof(memory));

		remote_write(&out, str_of(rows[i].value));
		says(buf_str(&out), rows[i].line);
	}
}

static void a_value_that_is_too_long_is_none(void **state)
{
	char memory[4];
	struct buf out = buf_on(memory, sizeof(memory));

	(void)state;
	remote_write(&out, STR("ada lovelace"));
	assert_true(out.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_proxy_says_it_in_its_way),
		cmocka_unit_test(what_could_be_read_in_two_ways_is_refused),
		cmocka_unit_test(a_host_has_a_longest),
		cmocka_unit_test(only_who_opens_a_page_is_led_elsewhere),
		cmocka_unit_test(a_value_is_one_line_whatever_it_says),
		cmocka_unit_test(a_value_that_is_too_long_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
