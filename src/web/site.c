/* Applications behind a proxy: what their proxies ask, how a person gets to their hosts, and out.
 * The keeper judges hosts, tickets and people; here HTTP becomes questions, and answers become
 * heads. */
#include "web/visit.h"

#include "view/view.h"

enum { address_limit = 2100, line_limit = 400, groups_limit = 2000 };

/* ---- coming in ---- */

void refuse_site(struct visit *v, int status, const char *words)
{
	refusal_note(v->web, status, words);
	v->out.for_site = true;
	v->out.status = status;
	v->out.type = "text/plain; charset=utf-8";
	v->out.body =
		status == 403 ? STR("Not allowed.\n") : STR("This request is not well formed.\n");
}

/* Whoever comes with a form comes from our own page, which says so: that host, and nothing else,
 * may bring somebody's ticket here. Without it a stranger's ticket would make one enter as the
 * stranger. */
static struct refusal guard_enter(const struct visit *v)
{
	struct refusal r = guard_form(&v->head);

	if (!r.status && !str_same(head_value(&v->head, "origin"), v->web->site.origin))
		r = (struct refusal){ 403, "http_foreign" };
	return r;
}

struct refusal guard_site(struct visit *v, bool trusted)
{
	struct cookies theirs;

	/* A host that anybody may claim is no host. */
	if (!trusted)
		return (struct refusal){ 403, "http_host" };
	if (!forwarded_take(&v->head, &v->site))
		return (struct refusal){ 400, "http_malformed" };
	/* Of all cookies of that host one is ours. */
	cookies_take(&theirs, head_value(&v->head, "cookie"), true);
	v->cookies = (struct cookies){ .value[cookie_site] = theirs.value[cookie_site] };
	v->out = (struct response){ .for_site = true };
	return v->verb == verb_post ? guard_enter(v) : (struct refusal){ 0, NULL };
}

/* The cookie's bytes; NULL: there is none. False: no memory is left for secrets. */
static bool take_held(struct visit *v, struct secret **held)
{
	uint8_t bytes[token_size];
	size_t size = sizeof(bytes);

	*held = NULL;
	if (!v->cookies.value[cookie_site].length ||
		!base64url_take(v->cookies.value[cookie_site], bytes, &size))
		return true;
	*held = secret_take(v->c.arena, bytes, size);
	bytes_wipe(bytes, sizeof(bytes));
	return *held != NULL;
}

/* ---- what proxies ask ---- */

/* "https://reset.example.org/auth/start?to=…", for the page that was asked for; where that is too
 * long to be carried, for the host's first. */
static struct str start_at(struct visit *v, struct str uri)
{
	struct buf location = buf_in(v->c.arena, address_limit + 1);

	buf_add(&location, v->web->site.origin);
	buf_add(&location, STR("/auth/start?to=https%3A//"));
	add_in_query(&location, v->site.host);
	add_in_query(&location, uri);
	if (!location.full && location.length < target_limit &&
		uri.length + v->site.host.length + 8 <= page_limit)
		return buf_str(&location);
	return uri.length > 1 ? start_at(v, STR("/")) : STR_NONE;
}

/* Where a browser can be led to be let in, or told why not. */
static void send_away(struct visit *v, int status)
{
	bool leads = forwarded_by_person(&v->head);

	v->out.status = leads && str_is(v->head.path, "/auth/forward") ? 303 : status;
	v->out.type = "text/plain; charset=utf-8";
	v->out.body = status == 401 ? STR("Sign in first.\n") : STR("Not allowed.\n");
	if (leads)
		v->out.location = arena_copy(v->c.arena, start_at(v, v->site.uri));
}

static struct str line_of(struct visit *v, struct str value, size_t limit)
{
	struct buf line = buf_in(v->c.arena, limit + 1);

	remote_write(&line, value);
	/* A blank is how a field without a value is written: Caddy 2.6 passes on the name of its
	   own variable where a field is missing, and the library takes none that is empty. */
	if (line.length == 0 || line.length > limit || line.full) {
		line = buf_in(v->c.arena, limit);
		buf_char(&line, ' ');
	}
	buf_char(&line, 0);
	return str_upto(buf_str(&line), line.length - 1);
}

static void let_in(struct visit *v, const struct rec_site_person *person)
{
	v->out.remote[remote_user] = line_of(v, person->user, line_limit);
	v->out.remote[remote_name] = line_of(v, person->name, line_limit);
	v->out.remote[remote_email] = line_of(v, person->email, line_limit);
	v->out.remote[remote_groups] = line_of(v, person->groups, groups_limit);
	v->out.status = 200;
	v->out.type = "text/plain; charset=utf-8";
	v->out.body = STR("Signed in.\n");
}

static void verified(struct visit *v)
{
	const struct rec_site_person *person = v->ask.answer.record;

	if (v->ask.e || v->ask.reply == (int)reply_busy || v->ask.reply == (int)reply_fault)
		refuse_site(v, 503, "http_busy");
	else if (v->ask.reply == (int)reply_done && person)
		let_in(v, person);
	else if (v->ask.reply == (int)reply_sign_in_first)
		send_away(v, 401);
	else if (v->ask.reply == (int)reply_not_allowed)
		send_away(v, 403);
	else
		refuse_site(v, 403, "http_host");
}

void serve_verify(struct visit *v)
{
	struct op_site_verify in = { .host = v->site.host };

	if (!take_held(v, &in.held)) {
		refuse_site(v, 503, "http_busy");
		return;
	}
	visit_ask(v, operation_site_verify, &in, verified);
	secret_drop(&in.held);
}

/* The same for proxies that hand the answer to the browser as it is: it is led on by the answer
 * itself. */
void serve_forward(struct visit *v)
{
	serve_verify(v);
}

/* ---- at rekey: to an application ---- */

/* The page asked for, kept while its person signs in. */
static void keep_to(struct visit *v)
{
	struct buf text = buf_in(v->c.arena, page_text);
	uint8_t *bytes = arena_take(v->c.arena, page_limit);
	size_t size = page_limit;

	if (v->to.length > page_limit)
		v->to = STR_NONE;
	if (v->to.length) {
		base64url_add(&text, v->to);
		set_cookie(v, cookie_to, buf_str(&text));
	} else if (bytes && base64url_take(v->cookies.value[cookie_to], bytes, &size)) {
		v->to = (struct str){ (const char *)bytes, size };
	}
	if (!utf8_valid(v->to) || (v->to.length && memchr(v->to.at, 0, v->to.length)))
		v->to = STR_NONE;
}

static int status_of(struct str why)
{
	return str_is(why, "site_unknown") ? 404 : 403;
}

static void show_start(struct visit *v)
{
	const struct rec_site_ticket *t = v->ask.answer.record;

	if (settle(v))
		return;
	if (v->ask.reply == (int)reply_owes) {
		set_cookie(v, cookie_next, STR("/auth/start"));
		redirect(v, STR("/register"));
	} else if (v->ask.reply == (int)reply_done && t && t->ticket) {
		v->out.form_to = t->host;
		show(v, page_site, 200);
	} else {
		show(v, page_site_no, status_of(v->ask.answer.words));
	}
}

static void ask_start(struct visit *v)
{
	struct op_site_start in = { .to = v->to };

	if (v->to.length) {
		visit_ask(v, operation_site_start, &in, show_start);
		return;
	}
	v->ask.answer.words = STR("site_unknown");
	show(v, page_site_no, 404);
}

void serve_to_site(struct visit *v)
{
	keep_to(v);
	if (!sign_in_first(v))
		brand_then(v, ask_start);
}

void render_site(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_site_ticket *t = v->ask.answer.record;
	struct buf enter = buf_in(v->c.arena, line_limit);
	struct view_site page = {
		.name = t->name, .host = t->host, .ticket = t->ticket, .circles = t->circles
	};

	buf_add(&enter, STR("https://"));
	buf_add(&enter, t->host);
	buf_add(&enter, STR("/.rekey/enter"));
	page.enter = buf_str(&enter);
	base->signed_in = true;
	view_site(out, base, &page);
}

void render_site_no(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_site_no page = { .why = v->ask.answer.words };

	base->signed_in = v->cookies.value[cookie_session].length > 0;
	view_site_no(out, base, &page);
}

/* ---- at the application's host: in, and out ---- */

/* The answer's address is whole: the proxy's own host must not decide where this leads. */
static void lead_to(struct visit *v, struct str before, struct str host, struct str path)
{
	struct buf location = buf_in(v->c.arena, address_limit);

	buf_add(&location, before);
	buf_add(&location, host);
	buf_add(&location, path);
	if (location.full)
		refuse_site(v, 400, "http_malformed");
	else
		redirect(v, buf_str(&location));
}

static void entered(struct visit *v)
{
	const struct rec_site_entry *entry = v->ask.answer.record;

	if (v->ask.e || v->ask.reply == (int)reply_busy || v->ask.reply == (int)reply_fault) {
		refuse_site(v, 503, "http_busy");
	} else if (v->ask.reply == (int)reply_done && entry && entry->held) {
		set_token(v, cookie_site, entry->held);
		lead_to(v, STR("https://"), v->site.host, entry->page);
	} else {
		/* To be asked anew: of a ticket that is over we know where it led. */
		redirect(v, start_at(v, entry && entry->page.length ? entry->page : STR("/")));
	}
}

void serve_enter(struct visit *v)
{
	struct op_site_enter *in = arena_take(v->c.arena, sizeof(*in));
	struct form_wrong wrong;

	must_be(in);
	if (form_fill(&v->c, v->body, v->body_length, operation_site_enter, in, NULL, 0, &wrong)) {
		refuse_site(v, 400, "http_malformed");
		return;
	}
	/* Whatever the form says. */
	in->host = v->site.host;
	visit_ask(v, operation_site_enter, in, entered);
	secret_drop(&in->ticket);
}

static void left(struct visit *v)
{
	if (v->ask.e || v->ask.reply != (int)reply_done) {
		refuse_site(v, 503, "http_busy");
		return;
	}
	set_cookie(v, cookie_site, STR_NONE);
	lead_to(v, v->web->site.origin, STR_NONE, STR("/signed-out/application"));
}

/* A link of the application's own pages: others that lead here, and pictures that load from here,
 * end nothing. */
void serve_leave_site(struct visit *v)
{
	struct op_site_leave in = { .host = v->site.host };
	struct str fetch = head_value(&v->head, "sec-fetch-site");

	if (fetch.length && !str_is(fetch, "same-origin") && !str_is(fetch, "none")) {
		refuse_site(v, 403, "http_foreign");
	} else if (!take_held(v, &in.held)) {
		refuse_site(v, 503, "http_busy");
	} else if (!in.held) {
		lead_to(v, v->web->site.origin, STR_NONE, STR("/signed-out/application"));
	} else {
		visit_ask(v, operation_site_leave, &in, left);
		secret_drop(&in.held);
	}
}
