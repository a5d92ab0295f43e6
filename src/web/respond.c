/* What goes back: status, body, and the fields that every answer carries, errors too. */
#include "web/visit.h"

/* OWASP Secure Headers; CSP level 3. Nothing inline, nothing from elsewhere; a document that stands
 * by itself has its style within, and neither script nor form. */
static const char page_policy[] =
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
static const char document_policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	"form-action 'none'; frame-ancestors 'none'";
static const char picture_policy[] =
	"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

static const struct fixed {
	const char *name, *value;
} fixed[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
};

static const char *const remote_names[remote_count] = {
	[remote_user] = "Remote-User",
	[remote_name] = "Remote-Name",
	[remote_email] = "Remote-Email",
	[remote_groups] = "Remote-Groups",
};

static const char *const caches[] = {
	[cache_never] = "no-store",
	[cache_minute] = "public, max-age=60",
	[cache_half_hour] = "public, max-age=1800",
	[cache_forever] = "public, max-age=31536000, immutable",
};

void set_cookie(struct visit *v, enum cookie cookie, struct str value)
{
	struct buf text = buf_in(v->c.arena, set_cookie_limit + value.length);

	/* Applications are at https, wherever rekey itself may be. */
	cookie_write(&text, cookie, value, v->web->site.https || cookie == cookie_site);
	buf_char(&text, 0);
	v->cookies.value[cookie] = value;
	if (!text.full)
		v->out.cookies[cookie] = str_upto(buf_str(&text), text.length - 1);
}

/* The one place where a token of the keeper's becomes text: it goes into the browser's cookie. */
void set_token(struct visit *v, enum cookie cookie, const struct secret *token)
{
	struct buf text = buf_in(v->c.arena, token_text);

	base64url_add(&text, secret_show(token));
	if (!text.full)
		set_cookie(v, cookie, buf_str(&text));
}

static bool add(struct MHD_Response *r, const char *name, const char *value)
{
	return MHD_add_response_header(r, name, value) == MHD_YES;
}

static bool add_number(struct MHD_Response *r, const char *name, int64_t number)
{
	char memory[24];
	struct buf text = buf_on(memory, sizeof(memory));

	buf_number(&text, number);
	buf_char(&text, 0);
	return add(r, name, memory);
}

/* The page may send its form to one more host, and says there where it comes from: its origin
 * alone. */
static bool add_form_to(const struct visit *v, struct MHD_Response *r)
{
	struct buf policy = buf_in(v->c.arena, sizeof(page_policy) + forwarded_host_limit + 20);
	struct str all = str_of(page_policy), self = STR("form-action 'self'");
	size_t at = str_find(all, self) + self.length;

	buf_add(&policy, str_upto(all, at));
	buf_add(&policy, STR(" https://"));
	buf_add(&policy, v->out.form_to);
	buf_add(&policy, str_from(all, at));
	buf_char(&policy, 0);
	return !policy.full && add(r, "Content-Security-Policy", policy.at) &&
	       add(r, "Referrer-Policy", "strict-origin");
}

static bool add_policy(const struct visit *v, struct MHD_Response *r)
{
	if (v->out.form_to.length)
		return add_form_to(v, r);
	return add(r, "Content-Security-Policy",
		       v->out.picture    ? picture_policy
		       : v->out.document ? document_policy
					 : page_policy) &&
	       add(r, "Referrer-Policy", "no-referrer");
}

static bool add_fixed(const struct visit *v, struct MHD_Response *r)
{
	bool good = add(r, "Cache-Control", caches[v->out.cache]);

	/* No page, and at a host that is not ours to make rules for. */
	if (v->out.for_site)
		return good;
	good = good && add_policy(v, r);

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && good; i++)
		good = add(r, fixed[i].name, fixed[i].value);
	if (good && v->web->site.https)
		good = add(r, "Strict-Transport-Security", "max-age=31536000");
	return good;
}

/* What the proxy of an application is told of a person. */
static bool add_remote(const struct visit *v, struct MHD_Response *r)
{
	bool good = true;

	for (size_t i = 0; i < remote_count && good; i++)
		good = !v->out.remote[i].length || add(r, remote_names[i], v->out.remote[i].at);
	return good;
}

static bool add_own(const struct visit *v, struct MHD_Response *r)
{
	const struct response *out = &v->out;
	bool good = !out->type || add(r, "Content-Type", out->type);

	for (size_t i = 0; i < cookie_count && good; i++)
		good = !out->cookies[i].length || add(r, "Set-Cookie", out->cookies[i].at);
	if (good && out->location.length)
		good = add(r, "Location", out->location.at);
	if (good && out->etag.length)
		good = add(r, "ETag", out->etag.at);
	if (good && out->retry_seconds)
		good = add_number(r, "Retry-After", out->retry_seconds);
	if (good && out->refresh)
		good = add(r, "Refresh", out->refresh);
	if (good && out->allow)
		good = add(r, "Allow", out->allow);
	if (good && out->authenticate)
		good = add(r, "WWW-Authenticate", out->authenticate);
	/* Not "cookies": the language and the familiar device outlive a session. */
	if (good && out->clear_site)
		good = add(r, "Clear-Site-Data", "\"cache\", \"storage\"");
	return good;
}

enum MHD_Result respond(struct visit *v)
{
	const struct response *out = &v->out;
	struct MHD_Response *r = MHD_create_response_from_buffer(
		out->body.length, (void *)(uintptr_t)out->body.at, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_NO;

	if (!r)
		return MHD_NO;
	if (add_fixed(v, r) && add_own(v, r) && add_remote(v, r))
		result = MHD_queue_response(v->connection, (unsigned)out->status, r);
	MHD_destroy_response(r);
	return result;
}
