/* Applications that people come to through rekey's sign-in, as the administrator makes them. */
#include "people/inside.h"

#include "crypto/crypto.h"
#include "model/name.h"
#include "model/uri.h"

enum {
	name_most = 160,
	list_limit = 4000,
	page_most = 20,
	groups_most = 20,
	secret_text = 43,
	back_channel_most = 254 /* what a message may be sent to */
};

static err refused(struct answer *out, const char *field, enum import_why why)
{
	out->field = str_of(field);
	out->words = import_why_id(why);
	return reply_refused;
}

/* ---- names ---- */

err application_canonical(struct ctx *c, struct str typed, const char *field, struct answer *out,
	struct str *canonical)
{
	struct str width;
	err e;

	if ((e = text_width(c, typed, &width)) || (e = text_lower(c, width, canonical)))
		return e > 0 ? refused(out, field, why_application_name) : e;
	if (canonical->length == 0 || canonical->length > name_most)
		return refused(out, field, why_application_name);
	return 0;
}

/* By its name, in any spelling, or by its client id. */
static err find(struct ctx *c, struct str typed, struct answer *out, struct application *a)
{
	struct str canonical, id;
	struct rows rows;
	err e;

	if ((e = application_canonical(c, typed, "name", out, &canonical)))
		return e;
	e = store_one(c, statement_application_named, WITH(v_text(canonical)), &rows);
	if (e == 0)
		return application_load(c, row_str(&rows, 0, 0), a);
	if (e == reply_not_found && id_take(c, canonical, &id))
		return application_load(c, id, a);
	return e;
}

err application_note(
	struct unit *unit, enum event event, const struct application *a, const char *did)
{
	struct buf words = buf_in(unit->c->arena, 400);

	buf_print(&words, "%s: %.*s", did, STR_ARG(str_upto(a->name, name_most)));
	if (words.full)
		return fault(unit->c, fault_arena, "application");
	return audit_add(unit, event,
		&(struct audit_about){ .actor = actor_socket, .note = buf_str(&words) });
}

/* ---- looking ---- */

/* "all", or "Staff, Sales" */
static err who_text(struct ctx *c, const struct application *a, struct str *out)
{
	struct buf b = buf_in(c->arena, list_limit);
	struct rows rows;
	err e;

	*out = STR("all");
	if (a->everyone)
		return 0;
	if ((e = store_read(c, statement_application_groups, WITH(v_bytes(a->id)), 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		buf_add(&b, i ? STR(", ") : STR(""));
		buf_add(&b, row_str(&rows, i, 0));
	}
	*out = rows.count ? buf_str(&b) : STR("nobody");
	return b.full ? fault(c, fault_limit, "a list of groups is over %d bytes", list_limit) : 0;
}

static err record_of(struct ctx *c, const struct application *a, struct rec_application *out)
{
	err e;

	*out = (struct rec_application){
		.name = a->name,
		.kind = a->kind,
		.client = a->client,
		.redirect_uris = a->redirect_uris,
		.post_logout_uris = a->post_logout_uris,
		.back_channel_uri = a->back_channel_uri,
		.level = a->level > 1 ? STR("second") : STR("password"),
		.algorithm = a->algorithm,
		.created = a->created,
		.secret_made = a->secret_made,
	};
	if ((e = id_text(c, a->id, &out->client_id)))
		return e;
	if ((e = site_record(c, a, out)))
		return e;
	return who_text(c, a, &out->who);
}

err serve_application_list(struct ctx *c, const struct op_application_list *in, struct answer *out)
{
	int64_t most = in->most > 0 ? in->most : page_most;
	struct rec_application *all;
	struct application a;
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_applications_page,
		     WITH(v_text(in->cursor.at ? in->cursor : STR("")), v_number(most + 1)), 0,
		     &rows)))
		return e;
	all = arena_take(c->arena, (rows.count + 1) * sizeof(*all));
	if (!all)
		return fault(c, fault_arena, "applications: a page");
	for (size_t i = 0; i < rows.count && i < (size_t)most; i++) {
		e = application_load(c, row_str(&rows, i, 0), &a);
		if (e == reply_not_found)
			continue;
		if (e || (e = record_of(c, &a, &all[out->item_count++])))
			return e;
	}
	out->items = all;
	if (rows.count > (size_t)most)
		out->cursor = row_str(&rows, (size_t)most - 1, 1);
	return 0;
}

err serve_application_show(struct ctx *c, const struct op_application_show *in, struct answer *out)
{
	struct rec_application *shown = arena_take(c->arena, sizeof(*shown));
	struct application a;
	err e;

	if (!shown)
		return fault(c, fault_arena, "application");
	if ((e = find(c, in->name, out, &a)) || (e = record_of(c, &a, shown)))
		return e;
	out->record = shown;
	return 0;
}

/* ---- judging ---- */

/* The list with single blanks between; "none" is an empty one; not given: as it was. */
static err take_uris(struct ctx *c, struct str typed, const char *field, bool loopback,
	struct answer *out, struct str *list)
{
	struct buf b = buf_in(c->arena, list_limit);
	struct str rest = typed, one;
	size_t count = 0;

	if (typed.length == 0)
		return 0;
	while (!str_is(typed, "none") && uri_next(&rest, &one)) {
		if (++count > uri_count_max || !(loopback ? uri_redirect(one) : uri_https(one)))
			return refused(
				out, field, loopback ? why_application_uri : why_application_https);
		buf_add(&b, count > 1 ? STR(" ") : STR(""));
		buf_add(&b, one);
	}
	*list = buf_str(&b);
	return b.full ? refused(out, field, why_application_uri) : 0;
}

static err take_back_channel(struct str typed, struct answer *out, struct str *uri)
{
	if (typed.length == 0)
		return 0;
	*uri = str_is(typed, "none") ? STR("") : typed;
	return uri->length && (!uri_https(*uri) || uri->length > back_channel_most)
		       ? refused(out, "back_channel_uri", why_application_https)
		       : 0;
}

/* "all", or the whole list of groups anew. */
err application_who(struct ctx *c, struct str typed, struct application *a, struct unit *unit,
	struct answer *out)
{
	struct str rest = typed, one;
	struct group group;
	size_t count = 0;
	bool more = true;
	err e;

	if (typed.length == 0)
		return 0;
	a->everyone = str_is(typed, "all");
	unit_add(unit, statement_application_groups_drop, any_rows, WITH(v_bytes(a->id)));
	while (!a->everyone && more) {
		if (!(more = str_cut(rest, ',', &one, &rest)))
			one = rest;
		e = ++count > groups_most ? reply_refused : group_find(c, one, "who", out, &group);
		if (e)
			return e > 0 ? refused(out, "who", why_application_who) : e;
		unit_add(unit, statement_application_group_add, 1,
			WITH(v_bytes(a->id), v_bytes(group.id)));
	}
	return 0;
}

void application_level(struct str typed, struct application *a)
{
	if (typed.length)
		a->level = str_is(typed, "second") ? 2 : 1;
}

/* ---- making and changing ---- */

/* What a confidential client knows: 256 random bits as text, kept as a keyed digest. */
static err secret_mint(struct ctx *c, struct application *a, struct secret **out)
{
	uint8_t bytes[token_size], *mac = arena_take(c->arena, mac_size);
	struct secret *text = secret_room(c->arena, secret_text);
	struct buf b;

	if (!mac || !text)
		return fault(c, fault_memory, "an application's secret");
	b = buf_on((char *)secret_bytes(text), secret_text);
	bytes_random(bytes, sizeof(bytes));
	base64url_add(&b, (struct str){ (const char *)bytes, sizeof(bytes) });
	bytes_wipe(bytes, sizeof(bytes));
	must_be(!b.full && b.length == secret_text);
	digest_keyed(c->keys, key_token, a->id, secret_show(text), mac);
	a->secret = (struct str){ (const char *)mac, mac_size };
	a->secret_made = c->now;
	*out = text;
	return 0;
}

static err show_secret(
	struct ctx *c, const struct application *a, struct secret *secret, struct answer *out)
{
	struct rec_application_secret *shown = arena_take(c->arena, sizeof(*shown));
	err e;

	if (!shown)
		return fault(c, fault_arena, "application");
	if ((e = id_text(c, a->id, &shown->client_id)))
		return e;
	shown->client_secret = secret;
	out->record = shown;
	return 0;
}

void application_put(struct unit *unit, const struct application *a, struct str canonical)
{
	unit_add(unit, statement_application_add, 1,
		WITH(v_bytes(a->id), v_text(a->name), v_text(canonical), v_text(a->kind),
			v_number(a->everyone), v_number(a->level), v_number(a->created),
			v_text(a->client), v_text(a->algorithm), v_text(a->redirect_uris),
			v_text(a->post_logout_uris), v_text(a->back_channel_uri),
			v_bytes(a->secret), v_number(a->secret_made)));
}

void application_put_groups(struct unit *unit, const struct unit *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		unit_add(unit, groups->steps[i].statement, groups->steps[i].rows,
			groups->steps[i].with, groups->steps[i].count);
}

static err judge(struct ctx *c, const struct op_application_add *in, struct application *a,
	struct answer *out)
{
	err e;

	if ((e = take_uris(c, in->redirect_uris, "redirect_uris", true, out, &a->redirect_uris)) ||
		(e = take_uris(c, in->post_logout_uris, "post_logout_uris", true, out,
			 &a->post_logout_uris)) ||
		(e = take_back_channel(in->back_channel_uri, out, &a->back_channel_uri)))
		return e;
	application_level(in->level, a);
	if (in->algorithm.length)
		a->algorithm = in->algorithm;
	if (str_is(a->kind, "site"))
		return site_has_no_uri(a, out);
	return a->redirect_uris.length ? 0 : refused(out, "redirect_uris", why_application_no_uri);
}

err serve_application_add(struct ctx *c, const struct op_application_add *in, struct answer *out)
{
	struct unit unit = unit_begin(c), groups = unit_begin(c);
	struct application a = { .id = id_make(c),
		.name = str_trim(in->name),
		.kind = STR("oidc"),
		.client = in->client.length ? in->client : STR("confidential"),
		.algorithm = STR("ES256"),
		.everyone = true,
		.level = 1,
		.created = c->now };
	struct secret *secret = NULL;
	struct str canonical;
	err e;

	if (!a.id.at)
		return fault(c, fault_arena, "application");
	if ((e = application_canonical(c, in->name, "name", out, &canonical)) ||
		(e = judge(c, in, &a, out)) || (e = application_who(c, in->who, &a, &groups, out)))
		return e;
	if (str_is(a.client, "confidential") && (e = secret_mint(c, &a, &secret)))
		return e;
	application_put(&unit, &a, canonical);
	application_put_groups(&unit, &groups);
	if ((e = application_note(&unit, event_application_added, &a, "added")))
		return e;
	e = unit_commit(&unit);
	if (e)
		return e == reply_lost_race ? (err)reply_already : e;
	return show_secret(c, &a, secret, out);
}

/* Which members are given, for the log. */
static void say_given(const struct op_application_set *in, struct buf *words)
{
	const struct {
		struct str value;
		const char *name;
	} all[] = { { in->to, "name" }, { in->redirect_uris, "redirect URIs" },
		{ in->who, "who may" }, { in->level, "level" }, { in->algorithm, "algorithm" },
		{ in->post_logout_uris, "post-logout URIs" },
		{ in->back_channel_uri, "back-channel URI" }, { in->host, "host" },
		{ in->headers, "headers" } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].value.length)
			buf_print(words, "%s%s", words->length ? ", " : "", all[i].name);
	buf_char(words, 0);
}

static err change(struct ctx *c, const struct op_application_set *in, struct application *a,
	struct unit *unit, struct answer *out)
{
	const struct op_application_add same = { .redirect_uris = in->redirect_uris,
		.level = in->level,
		.algorithm = in->algorithm,
		.post_logout_uris = in->post_logout_uris,
		.back_channel_uri = in->back_channel_uri };
	struct str canonical;
	err e;

	if (in->to.length)
		a->name = str_trim(in->to);
	if ((e = application_canonical(c, a->name, "to", out, &canonical)) ||
		(e = judge(c, &same, a, out)) || (e = application_who(c, in->who, a, unit, out)))
		return e;
	unit_add(unit, statement_application_change, 1,
		WITH(v_bytes(a->id), v_text(a->name), v_text(canonical), v_number(a->everyone),
			v_number(a->level), v_number(c->now), v_text(a->algorithm),
			v_text(a->redirect_uris), v_text(a->post_logout_uris),
			v_text(a->back_channel_uri)));
	return site_change(c, in, a, unit, out);
}

err serve_application_set(struct ctx *c, const struct op_application_set *in, struct answer *out)
{
	struct buf words = buf_in(c->arena, 200);
	struct unit unit = unit_begin(c);
	struct application a;
	err e;

	say_given(in, &words);
	if (words.full)
		return fault(c, fault_arena, "application");
	if ((e = find(c, in->name, out, &a)))
		return e;
	if (words.length == 1)
		return reply_nothing;
	if ((e = change(c, in, &a, &unit, out)) ||
		(e = application_note(&unit, event_application_changed, &a, words.at)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "to", why_application_taken) : e;
}

err serve_application_secret(
	struct ctx *c, const struct op_application_secret *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct secret *secret;
	struct application a;
	err e;

	if ((e = find(c, in->name, out, &a)))
		return e;
	if (!str_is(a.client, "confidential"))
		return refused(out, "name", why_application_public);
	if ((e = secret_mint(c, &a, &secret)))
		return e;
	unit_add(&unit, statement_application_secret, 1,
		WITH(v_bytes(a.id), v_bytes(a.secret), v_number(c->now)));
	if ((e = application_note(&unit, event_application_secret, &a, "new secret")) ||
		(e = unit_commit(&unit)))
		return e;
	return show_secret(c, &a, secret, out);
}

err serve_application_delete(
	struct ctx *c, const struct op_application_delete *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct application a;
	err e;

	if ((e = find(c, in->name, out, &a)))
		return e;
	unit_add(&unit, statement_application_drop, 1, WITH(v_bytes(a.id)));
	if ((e = application_note(&unit, event_application_deleted, &a, "deleted")))
		return e;
	return unit_commit(&unit);
}
