/* Applications behind a proxy that asks rekey who comes, as the administrator makes them. */
#include "people/inside.h"

#include "model/site.h"

static err refused(struct answer *out, const char *field, enum import_why why)
{
	out->field = str_of(field);
	out->words = import_why_id(why);
	return reply_refused;
}

/* "https://wiki.example.org": the host alone, in its one spelling. */
static err take_host(struct ctx *c, struct str typed, struct answer *out, struct str *host)
{
	struct buf b = buf_in(c->arena, site_host_max);
	struct str rest;

	if (!site_page_take(str_trim(typed), &b, &rest) || (rest.length && !str_is(rest, "/")))
		return refused(out, "host", why_application_host);
	*host = buf_str(&b);
	return 0;
}

/* Of user, name, email, groups: those that are named, in this order, each once. */
static err take_headers(struct ctx *c, struct str typed, struct answer *out, struct str *headers)
{
	static const char *const known[] = { "user", "name", "email", "groups" };
	bool named[sizeof(known) / sizeof(known[0])] = { false }, more = true;
	struct buf b = buf_in(c->arena, 40);
	struct str rest = typed, one;

	while (more) {
		bool found = false;

		if (!(more = str_cut(rest, ',', &one, &rest)))
			one = rest;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (str_is(str_trim(one), known[i]))
				found = named[i] = true;
		if (!found)
			return refused(out, "headers", why_application_headers);
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!named[i])
			continue;
		if (b.length)
			buf_char(&b, ',');
		buf_add(&b, str_of(known[i]));
	}
	*headers = buf_str(&b);
	return b.full ? fault(c, fault_arena, "headers") : 0;
}

static void put(struct unit *unit, const struct application *a, struct str host, struct str headers)
{
	unit_add(unit, statement_site_put, 1, WITH(v_bytes(a->id), v_text(host), v_text(headers)));
}

err site_record(struct ctx *c, const struct application *a, struct rec_application *out)
{
	struct rows rows;
	err e;

	if (!str_is(a->kind, "site"))
		return 0;
	if ((e = store_one(c, statement_site_of, WITH(v_bytes(a->id)), &rows)))
		return e;
	out->host = row_str(&rows, 0, 0);
	out->headers = row_str(&rows, 0, 1);
	return 0;
}

err site_has_no_uri(const struct application *a, struct answer *out)
{
	if (a->redirect_uris.length || a->post_logout_uris.length || a->back_channel_uri.length)
		return refused(out, "name", why_application_kind);
	return 0;
}

err site_change(struct ctx *c, const struct op_application_set *in, const struct application *a,
	struct unit *unit, struct answer *out)
{
	struct rec_application is = { 0 };
	err e;

	/* Who may, and which groups are told, may be others now. */
	unit_add(unit, statement_groups_turned, 1, WITH_NOTHING);
	if (!in->host.length && !in->headers.length)
		return 0;
	if (!str_is(a->kind, "site"))
		return refused(out, in->host.length ? "host" : "headers", why_application_kind);
	if ((e = site_record(c, a, &is)) ||
		(in->host.length && (e = take_host(c, in->host, out, &is.host))) ||
		(in->headers.length && (e = take_headers(c, in->headers, out, &is.headers))))
		return e;
	put(unit, a, is.host, is.headers);
	return 0;
}

err serve_application_add_site(
	struct ctx *c, const struct op_application_add_site *in, struct answer *out)
{
	struct unit unit = unit_begin(c), groups = unit_begin(c);
	struct application a = { .id = id_make(c),
		.name = str_trim(in->name),
		.kind = STR("site"),
		.everyone = true,
		.level = 1,
		.created = c->now };
	struct str canonical, host, headers = STR("user");
	err e;

	if (!a.id.at)
		return fault(c, fault_arena, "application");
	if ((e = application_canonical(c, in->name, "name", out, &canonical)) ||
		(e = take_host(c, in->host, out, &host)) ||
		(in->headers.length && (e = take_headers(c, in->headers, out, &headers))) ||
		(e = application_who(c, in->who, &a, &groups, out)))
		return e;
	application_level(in->level, &a);
	application_put(&unit, &a, canonical);
	put(&unit, &a, host, headers);
	application_put_groups(&unit, &groups);
	if ((e = application_note(&unit, event_application_added, &a, "added")))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "host", why_application_host_taken) : e;
}
