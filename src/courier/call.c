/* Telling an application that a session ended (OpenID Connect Back-Channel Logout 1.0),
 * by libcurl. */
#include "courier/inside.h"

#include <curl/curl.h>

enum { body_room = 8 * 1024, call_seconds = 20 };

static void close_handle(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

/* What it answers besides its status is of no interest; much of it is a mistake. */
static size_t pass_over(char *at, size_t size, size_t count, void *left)
{
	size_t *room = left, length = size * count;

	(void)at;
	if (length > *room)
		return 0;
	*room -= length;
	return length;
}

/* https alone, to this address alone:
 * a redirect would be somebody else's word on where tokens go. */
static bool set_address(struct ctx *c, CURL *h, struct str uri)
{
	const char *url = arena_copy(c->arena, uri).at;

	return url && !curl_easy_setopt(h, CURLOPT_URL, url) &&
	       !curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "https") &&
	       !curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L) &&
	       !curl_easy_setopt(h, CURLOPT_PROXY, "") &&
	       !curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)connect_seconds) &&
	       !curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)call_seconds);
}

static bool set_tls(struct ctx *c, CURL *h, struct str ca_file)
{
	const char *file = ca_file.length ? arena_copy(c->arena, ca_file).at : NULL;

	return !curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       !curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L) &&
	       (!ca_file.length || (file && !curl_easy_setopt(h, CURLOPT_CAINFO, file) &&
					   !curl_easy_setopt(h, CURLOPT_CAPATH, NULL)));
}

/* A token has no letter that a form would write otherwise. */
static bool set_body(struct ctx *c, CURL *h, struct str token, size_t *room)
{
	struct buf body = buf_in(c->arena, token.length + 20);

	buf_add(&body, STR("logout_token="));
	buf_add(&body, token);
	return !body.full && !curl_easy_setopt(h, CURLOPT_POST, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)body.length) &&
	       !curl_easy_setopt(h, CURLOPT_POSTFIELDS, body.at) &&
	       !curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, pass_over) &&
	       !curl_easy_setopt(h, CURLOPT_WRITEDATA, room);
}

/* What it refuses it will refuse again (2.8); what it could not do, or who was not there, is asked
 * again. */
static enum outcome outcome_of(CURLcode code, long status)
{
	if (code == CURLE_OK && status >= 200 && status <= 299)
		return outcome_sent;
	return code == CURLE_OK && status >= 300 && status <= 499 && status != 429 ? outcome_never
										   : outcome_later;
}

void call_send(
	struct ctx *c, struct str ca_file, struct str uri, struct str token, struct sending *out)
{
	scoped(close_handle) CURL *h = curl_easy_init();
	size_t room = body_room;
	long status = 0;
	CURLcode code;

	if (!h || !token.length || !set_address(c, h, uri) || !set_tls(c, h, ca_file) ||
		!set_body(c, h, token, &room)) {
		*out = (struct sending){ .outcome = outcome_later,
			.detail = "libcurl has no memory" };
		return;
	}
	code = curl_easy_perform(h);
	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	out->outcome = outcome_of(code, status);
	(void)snprintf(out->detail, sizeof(out->detail), "%ld %s", status,
		code == CURLE_OK ? "" : curl_easy_strerror(code));
}
