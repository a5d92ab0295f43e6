/* Requests and answers as a browser, or somebody worse, sees them. */
#include "served.h"

/* A browser's cookie and the form token of a page that it was given. */
static struct {
	char cookie[200], token[token_text + 1];
} browser;

static void copy_after(const char *answer, const char *mark, char *out, size_t length)
{
	const char *at = strstr(answer, mark);

	assert_non_null(at);
	memcpy(out, at + strlen(mark), length);
	out[length] = 0;
}

static void open_page(const char *path)
{
	char value[token_text + 1];
	const char *answer = get(path, "");

	copy_after(answer, "Set-Cookie: __Host-rekey_browser=", value, token_text);
	copy_after(answer, "name=\"csrf\" value=\"", browser.token, token_text);
	(void)snprintf(browser.cookie, sizeof(browser.cookie),
		"Cookie: __Host-rekey_browser=%s\r\n", value);
}

static const char *post_form(const char *path, const char *fields)
{
	static char body[4096], head[600];

	(void)snprintf(body, sizeof(body), "csrf=%s&%s", browser.token, fields);
	(void)snprintf(head, sizeof(head), "%s" FORM, browser.cookie);
	return post(path, head, body);
}

static int ordinary(void **state)
{
	(void)state;
	served.reply = served.page = reply_check_messages;
	served.silent = served.gives_tokens = false;
	return 0;
}

/* ---- what every answer carries ---- */

static void every_answer_has_the_security_fields_and_no_server(void **state)
{
	static const char *const requests[] = {
		"GET /help HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
		"GET /nowhere HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
		"PUT /help HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
		"GET /help HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"POST /recover HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx",
		"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /signout HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		const char *answer = ask(requests[i]);

		has(answer, "Content-Security-Policy: default-src 'none'; style-src 'self'; "
			    "script-src 'self';");
		has(answer, "frame-ancestors 'none'; base-uri 'none'\r\n");
		has(answer, "X-Content-Type-Options: nosniff\r\n");
		has(answer, "Referrer-Policy: no-referrer\r\n");
		has(answer, "Cross-Origin-Opener-Policy: same-origin\r\n");
		has(answer, "Cross-Origin-Resource-Policy: same-origin\r\n");
		has(answer, "Permissions-Policy: ");
		has(answer, "Strict-Transport-Security: max-age=31536000");
		has(answer, "Cache-Control: no-store\r\n");
		lacks(answer, "\r\nServer:");
		lacks(answer, "\r\nX-Powered-By:");
	}
}

static void a_file_may_be_kept_for_ever_and_is_sent_once(void **state)
{
	char name[80], path[100], tag[80], more[120];
	const char *answer;

	(void)state;
	copy_after(get("/help", ""), "href=\"/static/portal.", name, 20);
	(void)snprintf(path, sizeof(path), "/static/portal.%.*s", 20, name);
	answer = get(path, "");
	is(answer, 200);
	has(answer, "Content-Type: text/css");
	has(answer, "Cache-Control: public, max-age=31536000, immutable\r\n");
	copy_after(answer, "ETag: ", tag, strcspn(strstr(answer, "ETag: ") + 6, "\r"));
	(void)snprintf(more, sizeof(more), "If-None-Match: %s\r\n", tag);
	is(get(path, more), 304);
	is(get("/static/portal.0000000000000000.css", ""), 404);
	is(get("/static/../help", ""), 404);
}

static void head_has_the_fields_without_the_body(void **state)
{
	const char *answer = ask("HEAD /help HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");

	(void)state;
	is(answer, 200);
	has(answer, "Content-Type: text/html; charset=utf-8\r\n");
	lacks(answer, "Content-Length: 0\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

/* ---- where ---- */

static void another_host_is_told_the_address_and_hears_nothing_of_itself(void **state)
{
	const char *answer =
		ask("GET /recover HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

	(void)state;
	is(answer, 421);
	has(answer, "https://reset.example.org");
	lacks(answer, "evil.example");
}

static void machines_may_ask_by_any_host(void **state)
{
	(void)state;
	is(ask("GET /healthz HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n"), 200);
	served.reply = reply_done;
	is(ask("GET /readyz HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n"), 200);
	served.reply = reply_fault;
	is(ask("GET /readyz HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n"), 503);
}

static void an_address_is_refused_when_path_or_query_is_too_long(void **state)
{
	char path[target_limit + 20];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = 0;
	memcpy(path, "/help?x=", 8);
	is(get(path, ""), 414);
	memcpy(path, "/help/x/", 8);
	is(get(path, ""), 414);
	memcpy(path, "/help?x=", 8);
	path[target_limit] = 0;
	is(get(path, ""), 200);
}

static void a_wrong_verb_is_told_the_right_ones(void **state)
{
	const char *answer = get("/recover/leave", "");

	(void)state;
	is(answer, 405);
	has(answer, "Allow: POST\r\n");
	answer = ask("PUT /help HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	is(answer, 405);
	has(answer, "Allow: GET, HEAD\r\n");
	has(ask("PUT /recover HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"),
		"Allow: GET, HEAD, POST\r\n");
}

static void the_start_and_the_well_known_lead_on(void **state)
{
	const char *answer = get("/", "");

	(void)state;
	is(answer, 303);
	has(answer, "Location: /signin\r\n");
	answer = get("/.well-known/change-password", "");
	is(answer, 303);
	has(answer, "Location: /change\r\n");
	is(get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
		   ""),
		404);
}

static void a_page_of_a_session_leads_to_sign_in_and_back(void **state)
{
	const char *answer = get("/security-info/delete?id=ab12", "");

	(void)state;
	is(answer, 303);
	has(answer, "Location: /signin?next=/security-info/delete%3Fid%3Dab12\r\n");
	answer = get("/signin?next=/security-info/delete%3Fid%3Dab12", "");
	has(answer, "Set-Cookie: __Host-rekey_next=/security-info/delete?id=ab12; ");
	answer = get("/signin?next=//evil.example", "");
	is(answer, 200);
	lacks(answer, "rekey_next");
}

static void a_link_from_elsewhere_to_a_session_goes_on_by_itself(void **state)
{
	const char *answer = get("/change", "Sec-Fetch-Site: cross-site\r\n");

	(void)state;
	is(answer, 200);
	has(answer, "Refresh: 0; url=/change\r\n");
}

/* ---- forms ---- */

static void a_form_is_asked_and_leads_to_the_page_of_the_reply(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	served.gives_tokens = true;
	answer = post_form("/recover", "name=ada");
	is(answer, 303);
	has(answer, "Location: /recover/check_messages\r\n");
	has(answer, "Set-Cookie: __Host-rekey_flow=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY; "
		    "Path=/; "
		    "HttpOnly; SameSite=Lax; Secure\r\n");
	assert_int_equal(served.asked, operation_recover_begin);
	assert_non_null(memmem(served.seen, served.seen_length, "ada", 3));
}

static void a_form_without_its_token_reaches_nobody(void **state)
{
	char head[600];
	const char *answer;

	(void)state;
	open_page("/recover");
	served.asked = -1;
	(void)snprintf(head, sizeof(head), "%s" FORM, browser.cookie);
	answer = post("/recover", head, "name=ada");
	is(answer, 403);
	has(answer, "name=\"csrf\"");
	is(post("/recover", FORM, "name=ada"), 403);
	browser.token[7] = browser.token[7] == 'A' ? 'B' : 'A';
	is(post_form("/recover", "name=ada"), 403);
	open_page("/recover");
	(void)snprintf(
		head, sizeof(head), "%s" FORM "Origin: https://evil.example\r\n", browser.cookie);
	is(post("/recover", head, "name=ada"), 403);
	assert_int_equal(served.asked, -1);
}

static void a_malformed_form_is_refused_with_a_sentence(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	answer = post_form("/recover", "name=ada&admin=1");
	is(answer, 400);
	has(answer, "role=\"alert\"");
	is(post_form("/recover", "name=a&name=b"), 400);
	is(post_form("/recover", "name=%zz"), 400);
	is(post("/recover", "Content-Type: text/plain\r\n", "name=a"), 415);
}

static void a_field_left_empty_is_asked_for_on_the_page(void **state)
{
	const char *answer;

	(void)state;
	open_page("/signin");
	answer = post_form("/signin", "name=%3Cada%3E&password=");
	is(answer, 422);
	has(answer, "value=\"&lt;ada&gt;\"");
	has(answer, "id=\"password-wrong\"");
}

static void a_refusal_shows_the_page_again_without_the_password(void **state)
{
	const char *answer;

	(void)state;
	open_page("/signin");
	served.reply = reply_wrong;
	answer = post_form("/signin", "name=ada&password=sesame-open");
	is(answer, 422);
	has(answer, "value=\"ada\"");
	lacks(answer, "sesame");
}

static void a_refused_new_password_is_kept_to_be_mended(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	served.reply = reply_rules;
	served.page = reply_choose;
	answer = post_form("/recover/choose", "password=short+%22one");
	is(answer, 422);
	has(answer, "value=\"short &quot;one\"");
	served.reply = reply_choose;
	answer = get("/recover/choose", browser.cookie);
	is(answer, 200);
	lacks(answer, "short");
}

static void a_way_already_used_is_no_button(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	answer = get("/recover/ways", browser.cookie);
	is(answer, 200);
	has(answer, "value=\"totp\"");
	has(answer, "value=\"recovery_code\"");
	lacks(answer, "value=\"mail\"");
}

static void a_wrong_code_is_not_shown_again(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	served.reply = reply_again;
	answer = post_form("/recover/answer", "code=13579");
	is(answer, 422);
	lacks(answer, "13579");
	has(answer, "id=\"code-wrong\"");
	/* A change of language leads to the page where the flow stands. */
	has(answer, "name=\"path\" value=\"/recover/check_messages\"");
}

static void a_session_form_needs_the_token_of_that_session(void **state)
{
	static const char session[] =
		"; __Host-rekey_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";

	(void)state;
	open_page("/recover");
	served.asked = -1;
	memcpy(browser.cookie + strlen(browser.cookie) - 2, session, sizeof(session));
	is(post_form("/signout", "username="), 403);
	assert_int_equal(served.asked, -1);
	is(post_form("/recover", "name=ada"), 303);
}

static void signing_out_clears_the_browser(void **state)
{
	static const char session[] =
		"; __Host-rekey_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
	const char *answer;

	(void)state;
	open_page("/recover");
	memcpy(browser.cookie + strlen(browser.cookie) - 2, session, sizeof(session));
	served.reply = reply_done;
	answer = get("/security-info", browser.cookie);
	is(answer, 200);
	copy_after(answer, "name=\"csrf\" value=\"", browser.token, token_text);
	answer = post_form("/signout", "username=");
	is(answer, 303);
	has(answer, "Location: /signed-out\r\n");
	has(answer, "Clear-Site-Data: \"cache\", \"storage\"\r\n");
	has(answer, "Set-Cookie: __Host-rekey_session=; Path=/; HttpOnly; SameSite=Strict; Secure; "
		    "Max-Age=0\r\n");
}

/* ---- language ---- */

static void the_language_is_the_persons_then_the_links_then_the_browsers(void **state)
{
	const char *answer = get("/help", "Accept-Language: ja-JP,ja;q=0.9\r\n");

	(void)state;
	has(answer, "<html lang=\"ja\">");
	lacks(answer, "rekey_language");
	answer = get("/help?mkt=ja-JP", "Accept-Language: en\r\n");
	has(answer, "<html lang=\"ja\">");
	has(answer, "Set-Cookie: __Host-rekey_language=ja; ");
	answer = get("/help?lng=ja", "Cookie: __Host-rekey_language=en\r\n");
	has(answer, "<html lang=\"en\">");
	has(get("/help", "Accept-Language: ja;q=9\r\n"), "<html lang=\"en\">");
}

static void what_a_link_says_is_escaped(void **state)
{
	const char *answer = get("/recover?username=%22%3E%3Cscript%3E", "");

	(void)state;
	has(answer, "value=\"&quot;&gt;&lt;script&gt;\"");
	has(answer, "Example &lt;&amp;&gt; Co");
	is(get("/recover?username=%ff&id=../x&next=javascript:x", ""), 200);
}

/* ---- many at once ---- */

enum { batch = 128, rounds = 30 }; /* the size of the library's batches */

static void a_full_batch_of_browsers_in_step_is_served(void **state)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\n" HOST "\r\n";
	static char answer[4096];
	int fds[batch];

	(void)state;
	for (int i = 0; i < batch; i++)
		fds[i] = connect_to_it();
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < batch; i++)
			assert_int_equal(send(fds[i], request, sizeof(request) - 1, MSG_NOSIGNAL),
				sizeof(request) - 1);
		for (int i = 0; i < batch; i++)
			assert_true(recv(fds[i], answer, sizeof(answer), 0) > 0);
	}
	for (int i = 0; i < batch; i++)
		fd_close(&fds[i]);
}

/* ---- the keeper ---- */

static void what_the_keeper_refuses_has_its_status(void **state)
{
	static const struct {
		enum reply reply;
		int status;
	} cases[] = { { reply_busy, 503 }, { reply_too_fast, 429 }, { reply_fault, 500 },
		{ reply_not_allowed, 403 }, { reply_malformed, 400 }, { reply_begin, 303 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		served.reply = cases[i].reply;
		open_page("/help");
		is(post_form("/recover/answer", "code=1"), cases[i].status);
	}
	served.reply = reply_fault;
	has(post_form("/recover/answer", "code=1"), "ABCD1234");
}

static void without_a_keeper_pages_still_say_what_to_do(void **state)
{
	const char *answer;

	(void)state;
	open_page("/recover");
	(void)shutdown(served.far, SHUT_RDWR);
	while (keeper_joined(served.web.keeper))
		(void)usleep(1000);
	answer = post_form("/recover", "name=ada");
	is(answer, 503);
	has(answer, "Retry-After: 5\r\n");
	is(get("/help", ""), 200);
}

int main(void)
{
#define case_(name) cmocka_unit_test_setup(name, ordinary)
	const struct CMUnitTest tests[] = {
		case_(every_answer_has_the_security_fields_and_no_server),
		case_(a_file_may_be_kept_for_ever_and_is_sent_once),
		case_(head_has_the_fields_without_the_body),
		case_(another_host_is_told_the_address_and_hears_nothing_of_itself),
		case_(machines_may_ask_by_any_host),
		case_(an_address_is_refused_when_path_or_query_is_too_long),
		case_(a_wrong_verb_is_told_the_right_ones),
		case_(the_start_and_the_well_known_lead_on),
		case_(a_page_of_a_session_leads_to_sign_in_and_back),
		case_(a_link_from_elsewhere_to_a_session_goes_on_by_itself),
		case_(a_form_is_asked_and_leads_to_the_page_of_the_reply),
		case_(a_form_without_its_token_reaches_nobody),
		case_(a_malformed_form_is_refused_with_a_sentence),
		case_(a_field_left_empty_is_asked_for_on_the_page),
		case_(a_refusal_shows_the_page_again_without_the_password),
		case_(a_refused_new_password_is_kept_to_be_mended),
		case_(a_way_already_used_is_no_button),
		case_(a_wrong_code_is_not_shown_again),
		case_(a_session_form_needs_the_token_of_that_session),
		case_(signing_out_clears_the_browser),
		case_(the_language_is_the_persons_then_the_links_then_the_browsers),
		case_(what_a_link_says_is_escaped),
		case_(a_full_batch_of_browsers_in_step_is_served),
		case_(what_the_keeper_refuses_has_its_status),
		case_(without_a_keeper_pages_still_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, serve_start, serve_stop);
}
