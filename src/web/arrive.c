/* A request's arrival: its head as values, whether it may come in, who it claims to be, where it
 * goes. */
#include "web/visit.h"

#include <arpa/inet.h>

enum { refusals_told_every_us = 60 * 1000 * 1000 };

static enum MHD_Result take_header(void *at, enum MHD_ValueKind kind, const char *name,
	size_t name_length, const char *value, size_t value_length)
{
	struct head *head = at;

	(void)kind;
	if (head->count == headers_most) {
		head->crowded = true;
		return MHD_NO;
	}
	head->headers[head->count++] =
		(struct header){ { name, name_length }, { value, value_length } };
	return MHD_YES;
}

static void take_head(struct visit *v, const char *path, const char *method)
{
	v->head.method = str_of(method);
	v->head.path = str_of(path);
	(void)MHD_get_connection_values_n(v->connection, MHD_HEADER_KIND, take_header, &v->head);
}

/* The peer's address as text; nothing for a Unix socket. */
static struct str peer_address(struct visit *v, char text[address_text])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(v->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = info ? info->client_addr : NULL;
	const void *at = NULL;

	if (a && a->sa_family == AF_INET)
		at = &((const struct sockaddr_in *)a)->sin_addr;
	else if (a && a->sa_family == AF_INET6)
		at = &((const struct sockaddr_in6 *)a)->sin6_addr;
	if (!at || !inet_ntop(a->sa_family, at, text, address_text))
		return STR_NONE;
	return str_of(text);
}

/* All X-Forwarded-For fields as one list: RFC 9110 5.3 says they are. */
static struct str forwarded_for(struct visit *v)
{
	struct buf all = buf_in(v->c.arena, 1024);

	for (size_t i = 0; i < v->head.count; i++) {
		const struct header *h = &v->head.headers[i];

		if (h->name.length != 15 || strncasecmp(h->name.at, "x-forwarded-for", 15) != 0)
			continue;
		if (all.length)
			buf_char(&all, ',');
		buf_add(&all, h->value);
	}
	return all.full ? STR_NONE : buf_str(&all);
}

static struct str query(struct visit *v, const char *name)
{
	const char *value = NULL;
	size_t length = 0;
	struct str copy;

	if (MHD_lookup_connection_value_n(v->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name),
		    &value, &length) != MHD_YES ||
		!value)
		return STR_NONE;
	copy = arena_copy(v->c.arena, (struct str){ value, length });
	if (!copy.at || !form_decode((char *)(uintptr_t)copy.at, &copy.length))
		return STR_NONE;
	return copy;
}

/* The cookie is the person's own choice and wins; a link's wish is kept for the pages after it. */
static void choose_language(struct visit *v)
{
	struct str wish = language_of_tag(query(v, "lng"));

	v->language = language_of_tag(v->cookies.value[cookie_language]);
	if (!wish.at)
		wish = language_of_tag(query(v, "mkt"));
	if (!v->language.at && wish.at) {
		v->language = wish;
		set_cookie(v, cookie_language, wish);
	}
	if (!v->language.at)
		v->language = language_of_header(head_value(&v->head, "accept-language"));
	if (!v->language.at)
		v->language = STR("en");
}

static void make_request(struct visit *v, struct str peer)
{
	struct buf address = buf_in(v->c.arena, address_text), agent = buf_in(v->c.arena, 120);

	address_claim(&address, v->web->conf->trusted_proxies, peer, forwarded_for(v));
	agent_write(&agent, head_value(&v->head, "user-agent"));
	v->request = (struct request){ .door = door_visitor,
		.address = buf_str(&address),
		.agent = buf_str(&agent),
		.language = v->language };
	v->c.request = &v->request;
}

/* ---- a new configuration ---- */

void web_configure(struct web *web)
{
	struct conf *next = atomic_exchange(&web->next_conf, NULL);

	if (!next)
		return;
	conf_close(&web->conf);
	web->conf = next;
	/* Refused at start; the setting needs a restart to change. */
	must_be(site_of(next->base_url, &web->site));
}

/* ---- may it come in? ---- */

/* Told which address to use: never the one that was asked for. */
static struct refusal guard_host(struct visit *v)
{
	struct str host = head_value(&v->head, "host");

	if (host.at && host_is(&v->web->site, host))
		return (struct refusal){ 0, NULL };
	return (struct refusal){ 421, "http_host" };
}

static struct refusal guard_visit(struct visit *v, struct str peer)
{
	int64_t length;
	struct refusal r = guard_head(&v->head, &v->verb, &length);
	bool known = false;

	if (!r.status)
		r = guard_whole(&v->head);
	if (r.status)
		return r;
	v->body_length = (size_t)length;
	v->route = route_find(v->head.path, v->verb, &known);
	if (v->route && (v->route->flags & route_site))
		return guard_site(v, address_trusted(v->web->conf->trusted_proxies, peer));
	if (!v->route || !(v->route->flags & route_bare))
		r = guard_host(v);
	if (!r.status && !v->route)
		r = known ? (struct refusal){ 405, "http_method" }
			  : (struct refusal){ 404, "http_nothing" };
	if (!r.status && v->verb == verb_post)
		r = v->route->flags & route_program ? guard_program(&v->head, length)
						    : guard_post(&v->head, &v->web->site);
	return r;
}

/* What a link may say. Anything else is passed over: people's links carry all sorts of things. */
static void take_query(struct visit *v)
{
	struct str id = query(v, "id"), kind = query(v, "kind"), how = query(v, "how"),
		   next = query(v, "next"), username = query(v, "username");

	v->username = username.length <= 320 ? username : STR_NONE;
	v->id = id_good(id) ? id : STR_NONE;
	v->kind = choice_has("mail|totp|recovery_code", kind) ? kind : STR_NONE;
	v->how = choice_has("password|totp|recovery_code", how) ? how : STR_NONE;
	v->next = route_is_own(next, true) ? next : STR_NONE;
	v->to = query(v, "to");
}

/* Counted, so that a flood of them is no flood of lines; a wrong link is no attack. */
void refusal_note(struct web *web, int status, const char *words)
{
	int64_t now = clock_monotonic_us();

	if (status == 404)
		return;
	web->refused++;
	if (web->refused_told_us && now - web->refused_told_us < refusals_told_every_us)
		return;
	log_line(log_warning, NULL,
		"refused %lld requests since the last such line; this one: %d %s",
		(long long)web->refused, status, words ? words : "");
	web->refused = 0;
	web->refused_told_us = now;
}

void visit_arrive(struct visit *v, const char *path, const char *method)
{
	char text[address_text];
	struct str peer = peer_address(v, text);
	struct refusal r;

	take_head(v, path, method);
	cookies_take(&v->cookies, head_value(&v->head, "cookie"), v->web->site.https);
	choose_language(v);
	make_request(v, peer);
	r = guard_visit(v, peer);
	if (r.status && v->route && (v->route->flags & route_site)) {
		refuse_site(v, r.status, r.words);
		return;
	}
	if (r.status) {
		refuse_visit(v, r.status, r.words);
		return;
	}
	take_query(v);
	if (v->body_length)
		v->body = arena_take(v->c.arena, v->body_length);
}
