/* What is refused before anything else looks at it: heads that two readers could read differently,
 * and posts that do not come from our own pages. */
#include "web/inside.h"

static const struct refusal fine = { 0, NULL };

/* RFC 9110 5.6.2 */
static bool is_token(struct str s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.length; i++) {
		char at = s.at[i];

		if (!((at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') ||
			    (at >= '0' && at <= '9') ||
			    (at && memchr(others, at, sizeof(others) - 1))))
			return false;
	}
	return s.length > 0;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if (((uint8_t)s.at[i] < 0x20 && s.at[i] != '\t') || s.at[i] == 0x7f)
			return true;
	return false;
}

/* Fields that decide how a request is read or whom it is from: two of them are an attack. */
static bool must_be_single(struct str name)
{
	static const char *const names[] = { "host", "content-length", "transfer-encoding",
		"content-type", "cookie", "origin", "sec-fetch-site", "expect", "authorization" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == name.length &&
			strncasecmp(names[i], name.at, name.length) == 0)
			return true;
	return false;
}

static bool repeats(const struct head *head, size_t before)
{
	struct str name = head->headers[before].name;

	for (size_t i = 0; i < before; i++)
		if (head->headers[i].name.length == name.length &&
			strncasecmp(head->headers[i].name.at, name.at, name.length) == 0)
			return true;
	return false;
}

static struct refusal guard_fields(const struct head *head)
{
	if (head->crowded)
		return (struct refusal){ 431, "http_headers" };
	for (size_t i = 0; i < head->count; i++) {
		const struct header *h = &head->headers[i];

		if (!is_token(h->name) || has_control(h->value) ||
			(must_be_single(h->name) && repeats(head, i)))
			return (struct refusal){ 400, "http_malformed" };
	}
	return fine;
}

/* The library leaves out folded fields, lines without a name and what stands behind a NUL, and
 * takes a bare LF for a line end; another reader on the way may have read them otherwise. It does
 * say how long the head was. Name and value of a field stand where they came, so that what is
 * between them counts. */
struct refusal guard_whole(const struct head *head)
{
	size_t told = head->line_size + 2;

	for (size_t i = 0; i < head->count; i++) {
		const struct header *h = &head->headers[i];

		told += (uintptr_t)h->value.at - (uintptr_t)h->name.at + h->value.length + 2;
	}
	if (!head->crowded && head->size != told)
		return (struct refusal){ 400, "http_malformed" };
	return fine;
}

static struct refusal guard_target(const struct head *head)
{
	if (head->path.length > target_limit)
		return (struct refusal){ 414, "http_long_address" };
	/* Only the origin form (RFC 9112 3.2.1): a proxy is not what we are. */
	if (head->path.length == 0 || head->path.at[0] != '/' || has_control(head->path))
		return (struct refusal){ 400, "http_malformed" };
	return fine;
}

static bool verb_of(struct str method, enum verb *verb)
{
	if (str_is(method, "GET"))
		*verb = verb_get;
	else if (str_is(method, "HEAD"))
		*verb = verb_head;
	else if (str_is(method, "POST"))
		*verb = verb_post;
	else
		return false;
	return true;
}

/* Browsers send forms with a length; whoever sends chunks is refused rather than read. */
static struct refusal guard_length(const struct head *head, enum verb verb, int64_t *length)
{
	struct str text = head_value(head, "content-length");

	*length = 0;
	if (head_value(head, "transfer-encoding").at)
		return (struct refusal){ 411, "http_length" };
	if (!text.at)
		return verb == verb_post ? (struct refusal){ 411, "http_length" } : fine;
	if (text.length == 0 || text.at[0] == '-' || !str_number(text, length))
		return (struct refusal){ 400, "http_malformed" };
	if (*length > 0 && verb != verb_post)
		return (struct refusal){ 400, "http_malformed" };
	if (*length > body_limit)
		return (struct refusal){ 413, "http_long_body" };
	return fine;
}

struct refusal guard_head(const struct head *head, enum verb *verb, int64_t *length)
{
	struct refusal r = guard_fields(head);

	*verb = verb_get;
	if (!r.status)
		r = guard_target(head);
	if (!r.status && !verb_of(head->method, verb))
		r = (struct refusal){ 405, "http_method" };
	if (!r.status)
		r = guard_length(head, *verb, length);
	return r;
}

/* The media type without its parameters; the one parameter allowed is charset=utf-8. */
static bool is_form(struct str type)
{
	struct str kind, rest;

	if (!str_cut(type, ';', &kind, &rest)) {
		kind = type;
		rest = STR_NONE;
	}
	kind = str_trim(kind);
	rest = str_trim(rest);
	if (rest.length && (rest.length != 13 || strncasecmp(rest.at, "charset=utf-8", 13) != 0))
		return false;
	return kind.length == 33 &&
	       strncasecmp(kind.at, "application/x-www-form-urlencoded", 33) == 0;
}

/* Our pages send no referrer, so browsers say "Origin: null" of their posts (Fetch, "append a
 * request Origin header"): then Sec-Fetch-Site speaks, and the form token in any case. */
static bool comes_from_us(const struct head *head, const struct site *site)
{
	struct str origin = head_value(head, "origin"), fetch = head_value(head, "sec-fetch-site");

	if (fetch.length && !str_is(fetch, "same-origin") && !str_is(fetch, "none"))
		return false;
	return !origin.length || str_is(origin, "null") || str_same(origin, site->origin);
}

struct refusal guard_form(const struct head *head)
{
	if (!is_form(head_value(head, "content-type")))
		return (struct refusal){ 415, "http_media_type" };
	return fine;
}

struct refusal guard_post(const struct head *head, const struct site *site)
{
	struct refusal r = guard_form(head);

	if (r.status)
		return r;
	if (!comes_from_us(head, site))
		return (struct refusal){ 403, "http_foreign" };
	return fine;
}

struct refusal guard_program(const struct head *head, int64_t length)
{
	if (length && !is_form(head_value(head, "content-type")))
		return (struct refusal){ 415, "http_media_type" };
	return fine;
}

/* ---- where this server is ---- */

bool site_of(struct str base_url, struct site *out)
{
	struct str rest;

	if (str_ends(base_url, STR("/")))
		base_url.length--;
	out->https = str_starts(base_url, STR("https://"));
	if (!out->https && !str_starts(base_url, STR("http://")))
		return false;
	rest = str_from(base_url, out->https ? 8 : 7);
	if (rest.length == 0 || memchr(rest.at, '/', rest.length) ||
		memchr(rest.at, '@', rest.length))
		return false;
	out->host = rest;
	out->origin = base_url;
	return true;
}

/* Without the port that the scheme means anyway. */
static struct str plain_host(struct str host, bool https)
{
	struct str port = https ? STR(":443") : STR(":80");

	if (str_ends(host, port))
		host.length -= port.length;
	return host;
}

bool host_is(const struct site *site, struct str host)
{
	struct str ours = plain_host(site->host, site->https);

	host = plain_host(host, site->https);
	return host.length == ours.length && strncasecmp(host.at, ours.at, ours.length) == 0;
}
