/* Handing one mail to the relay (RFC 5321, RFC 3207), by libcurl. */
#include "courier/inside.h"

#include <curl/curl.h>
#include <malloc.h>

/* libcurl copies the password and the mail; what it gives back is wiped on the way. */
static void free_wiped(void *at)
{
	if (at)
		explicit_bzero(at, malloc_usable_size(at));
	free(at);
}

static void *realloc_wiped(void *old, size_t size)
{
	size_t had = old ? malloc_usable_size(old) : 0;
	void *at = malloc(size);

	if (at && old) {
		memcpy(at, old, had < size ? had : size);
		free_wiped(old);
	}
	return at;
}

err smtp_open(struct ctx *c)
{
	if (curl_global_init_mem(
		    CURL_GLOBAL_ALL, malloc, free_wiped, realloc_wiped, strdup, calloc))
		return fault(c, fault_mail, "libcurl does not start");
	return 0;
}

static void close_handle(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

static void close_list(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static size_t read_on(char *to, size_t size, size_t count, void *from)
{
	struct str *rest = from;
	size_t length = size * count < rest->length ? size * count : rest->length;

	memcpy(to, rest->at, length);
	*rest = str_from(*rest, length);
	return length;
}

/* NUL-terminated in the arena; NULL when it is empty. */
static const char *c_text(struct ctx *c, struct str s)
{
	return s.length ? arena_copy(c->arena, s).at : NULL;
}

static bool set_peer(struct ctx *c, CURL *h, const struct relay *relay)
{
	struct buf url = buf_in(c->arena, 300);

	/* An address of IPv6 stands in brackets (RFC 3986 3.2.2). */
	buf_print(&url,
		str_find(relay->host, STR(":")) < relay->host.length ? "%s://[%.*s]:%lld"
								     : "%s://%.*s:%lld",
		relay->port == 465 ? "smtps" : "smtp", STR_ARG(relay->host),
		(long long)relay->port);
	buf_char(&url, 0);
	return !url.full && !curl_easy_setopt(h, CURLOPT_URL, url.at) &&
	       !curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
	       !curl_easy_setopt(h, CURLOPT_PROXY, "") &&
	       !curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)connect_seconds) &&
	       !curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)answer_seconds) &&
	       !curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)send_seconds);
}

/* Codes travel in this mail: no relay gets it that cannot say who it is. */
static bool set_tls(struct ctx *c, CURL *h, const struct relay *relay)
{
	const char *ca_file = c_text(c, relay->ca_file);

	return !curl_easy_setopt(h, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL) &&
	       !curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       !curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L) &&
	       (!ca_file || (!curl_easy_setopt(h, CURLOPT_CAINFO, ca_file) &&
				    !curl_easy_setopt(h, CURLOPT_CAPATH, NULL)));
}

static bool set_auth(struct ctx *c, CURL *h, const struct relay *relay)
{
	const char *user = c_text(c, relay->user);
	scoped_secret *ended = NULL;
	struct str password;

	if (!user)
		return true;
	password = relay->password ? secret_show(relay->password) : STR("");
	ended = secret_room(c->arena, password.length + 1);
	if (!ended)
		return false;
	memcpy(secret_bytes(ended), password.at, password.length);
	return !curl_easy_setopt(h, CURLOPT_USERNAME, user) &&
	       !curl_easy_setopt(h, CURLOPT_PASSWORD, (const char *)secret_bytes(ended));
}

static bool set_envelope(
	struct ctx *c, CURL *h, const struct relay *relay, struct curl_slist *to, struct str *rest)
{
	return to && !curl_easy_setopt(h, CURLOPT_MAIL_FROM, c_text(c, relay->sender)) &&
	       !curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to) &&
	       !curl_easy_setopt(h, CURLOPT_UPLOAD, 1L) &&
	       !curl_easy_setopt(h, CURLOPT_READFUNCTION, read_on) &&
	       !curl_easy_setopt(h, CURLOPT_READDATA, rest);
}

/* libcurl tells what it says to the relay only to a debugger. All that is looked at is which
 * command it is: the last one but QUIT is what a refusal is about. */
static int note_command(CURL *h, curl_infotype what, char *at, size_t length, void *of)
{
	struct str said = { at, length };
	bool *about_mail = of;

	(void)h;
	if (what == CURLINFO_HEADER_OUT && !str_starts(said, STR("QUIT")))
		*about_mail = str_starts(said, STR("RCPT ")) || str_starts(said, STR("DATA"));
	return 0;
}

static bool set_note(CURL *h, bool *about_mail)
{
	return !curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, note_command) &&
	       !curl_easy_setopt(h, CURLOPT_DEBUGDATA, about_mail) &&
	       !curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
}

/* Final only what is said of this recipient or of this mail (RFC 5321 4.2.1): a relay that refuses
 * us, our sender or our password will be put right by somebody, and then the mail should go. What
 * was said before TLS anyone on the way could have said: RCPT and DATA are said after it only. */
static enum outcome outcome_of(CURLcode code, long reply, bool about_mail)
{
	if (code == CURLE_OK)
		return outcome_sent;
	if (reply >= 500 && reply <= 599 && about_mail)
		return outcome_never;
	return outcome_later;
}

static void judge(CURL *h, CURLcode code, bool about_mail, struct sending *out)
{
	long reply = 0;

	(void)curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &reply);
	out->outcome = outcome_of(code, reply, about_mail);
	if (code == CURLE_OK)
		snprintf(out->detail, sizeof(out->detail), "%ld", reply);
	else
		snprintf(out->detail, sizeof(out->detail), "%ld %s", reply,
			curl_easy_strerror(code));
}

void smtp_send(struct ctx *c, const struct relay *relay, struct str recipient, struct str message,
	struct sending *out)
{
	scoped(close_handle) CURL *h = curl_easy_init();
	scoped(close_list) struct curl_slist *to = curl_slist_append(NULL, c_text(c, recipient));
	struct str rest = message;
	bool about_mail = false;
	CURLcode code;

	if (!h || !set_peer(c, h, relay) || !set_tls(c, h, relay) || !set_auth(c, h, relay) ||
		!set_envelope(c, h, relay, to, &rest) || !set_note(h, &about_mail)) {
		*out = (struct sending){ .outcome = outcome_later,
			.detail = "libcurl has no memory" };
		return;
	}
	code = curl_easy_perform(h);
	judge(h, code, about_mail, out);
}
