/* Applications behind a proxy: who signed in to rekey enters them, at their own host, by a ticket
 * that is good once. What the browser holds there opens that host alone, and ends with the person's
 * session. */
#include "audit/audit.h"
#include "conf/conf.h"
#include "flow/flow.h"
#include "model/site.h"
#include "people/security_info.h"
#include "signin/interrupt.h"
#include "signin/session.h"
#include "store/records.h"

enum {
	ticket_seconds = 60,
	tickets_kept =
		16, /* of one session: as many tabs may open applications at the same moment */
	circle_tickets = 4, /* that were made for one application within a minute: it does not keep
			       our cookie */
	ticket_text = 43,
	groups_text = 2000 /* with all else it fits the 4 KB that nginx reads a head into */
};

static const char held_purpose[] = "site", ticket_purpose[] = "site ticket";

static err refused(struct answer *out, const char *words)
{
	out->field = STR("to");
	out->words = str_of(words);
	return reply_refused;
}

/* ---- verify ---- */

struct entered {
	struct str application, member_of, headers, application_name;
	int64_t turn, groups_turn, level;
	bool allowed, everyone, disabled;
	struct session session;
	struct str name, display_name, mail;
};

static void entered_take(const struct rows *r, struct entered *x)
{
	*x = (struct entered){
		.application = row_str(r, 0, 0),
		.turn = row_number(r, 0, 1),
		.allowed = row_number(r, 0, 2) != 0,
		.member_of = row_str(r, 0, 3),
		.headers = row_str(r, 0, 4),
		.application_name = row_str(r, 0, 5),
		.everyone = row_number(r, 0, 6) != 0,
		.level = row_number(r, 0, 7),
		.session = { .id = row_str(r, 0, 8),
			.account = row_str(r, 0, 9),
			.created = row_number(r, 0, 10),
			.seen = row_number(r, 0, 11),
			.expires = row_number(r, 0, 12),
			.level = row_number(r, 0, 13) },
		.name = row_str(r, 0, 14),
		.display_name = row_str(r, 0, 15),
		.mail = row_str(r, 0, 16),
		.disabled = !str_is(row_str(r, 0, 17), "active"),
		.groups_turn = row_number(r, 0, 18),
	};
}

/* The row of what the browser holds for this host. reply_not_found. */
static err entered_load(struct ctx *c, const struct secret *held, struct str host, struct str *id,
	struct entered *x)
{
	struct rows rows;
	err e;

	if (!held)
		return reply_not_found;
	if ((e = token_mac(c, held_purpose, held, id)) ||
		(e = store_one(
			 c, statement_site_session_load, WITH(v_bytes(*id), v_text(host)), &rows)))
		return e;
	entered_take(&rows, x);
	return 0;
}

/* Names with commas between, as many as fit: those that decide who may enter come first. */
static err groups_join(struct ctx *c, const struct rows *rows, struct entered *x)
{
	struct buf names = buf_in(c->arena, groups_text);

	x->allowed = false;
	for (size_t i = 0; i < rows->count; i++) {
		struct str name = row_str(rows, i, 0);

		x->allowed = x->allowed || row_number(rows, i, 1);
		if (names.length + 1 + name.length > groups_text)
			break;
		if (names.length)
			buf_char(&names, ',');
		buf_add(&names, name);
	}
	x->member_of = buf_str(&names);
	return names.full ? fault(c, fault_arena, "groups of a person") : 0;
}

/* Kept in the row, since a person may be in a thousand groups; read anew when any of them changed.
 * The turn is the one read before the groups, so that what changes in between is read once more. */
static err groups_refresh(struct ctx *c, struct str id, struct entered *x)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	err e;

	if (x->turn == x->groups_turn)
		return 0;
	if ((e = store_read(c, statement_site_groups_of,
		     WITH(v_bytes(x->application), v_bytes(x->session.account)), 0, &rows)) ||
		(e = groups_join(c, &rows, x)))
		return e;
	unit_add(&unit, statement_site_session_groups, any_rows,
		WITH(v_bytes(id), v_number(x->groups_turn), v_number(x->allowed),
			v_text(x->member_of)));
	return unit_commit(&unit);
}

static bool told(const struct entered *x, const char *what)
{
	struct str rest = x->headers, one;

	while (str_cut(rest, ',', &one, &rest))
		if (str_is(one, what))
			return true;
	return str_is(rest, what);
}

static err person_show(struct ctx *c, const struct entered *x, struct answer *out)
{
	struct rec_site_person *p = arena_take(c->arena, sizeof(*p));

	if (!p)
		return fault(c, fault_arena, "a person");
	if (told(x, "user"))
		p->user = x->name;
	if (told(x, "name"))
		p->name = x->display_name;
	if (told(x, "email"))
		p->email = x->mail;
	if (told(x, "groups"))
		p->groups = x->member_of;
	out->record = p;
	return 0;
}

/* Whoever is not in: a host that nobody registered is not to be asked about. */
static err not_in(struct ctx *c, struct str host)
{
	struct rows rows;
	err e = store_one(c, statement_site_named, WITH(v_text(host)), &rows);

	return e ? e : (err)reply_sign_in_first;
}

err serve_site_verify(struct ctx *c, const struct op_site_verify *in, struct answer *out)
{
	struct entered x;
	struct str id;
	err e;

	if ((e = entered_load(c, in->held, in->host, &id, &x)))
		return e == reply_not_found ? not_in(c, in->host) : e;
	if (!session_live(c, &x.session) || x.disabled || x.session.level < x.level)
		return reply_sign_in_first;
	if ((e = groups_refresh(c, id, &x)))
		return e;
	if (!x.everyone && !x.allowed)
		return reply_not_allowed;
	if ((e = session_touch(c, &x.session)))
		return e;
	return person_show(c, &x, out);
}

/* ---- start: at rekey, by who is signed in ---- */

/* What a sign-in still owes comes before anything leaves rekey (decision 0011, 4). */
static err owes(struct ctx *c)
{
	enum interrupt page;
	err e = interrupt_of(c, c->who, &page);

	return e || page == interrupt_none ? e : (err)reply_owes;
}

/* Has the account something to prove itself with a second time? Mail never counts at sign-in. */
static err has_second(struct ctx *c, bool *has)
{
	struct methods methods;
	err e = methods_load(c, c->who->account, &methods);

	*has = !e && methods_have_second(methods);
	return e;
}

/* May this person, as far as they have proved who they are, enter? */
static err may_enter(struct ctx *c, const struct application *a, struct answer *out)
{
	bool open, second;
	err e;

	if ((e = owes(c)) || (e = application_open(c, a, c->who->account, &open)))
		return e;
	if (!open) {
		out->words = STR("site_not_yours");
		return reply_refused;
	}
	if (c->who->level >= a->level)
		return 0;
	if ((e = has_second(c, &second)))
		return e;
	return second ? (err)reply_prove_first : refused(out, "site_needs_second");
}

/* Path and query; our own addresses at that host are no page to come to. */
static err page_of(struct ctx *c, struct str rest, struct str *page)
{
	struct buf b = buf_in(c->arena, site_page_max);

	if (rest.length == 0 || rest.at[0] != '/')
		buf_char(&b, '/');
	if (!str_starts(rest, STR("/.rekey/")))
		buf_add(&b, rest);
	if (b.length == 0)
		buf_char(&b, '/');
	*page = buf_str(&b);
	return b.full ? fault(c, fault_arena, "a page") : 0;
}

/* The application whose page that is. reply_refused. */
static err target_of(struct ctx *c, struct str to, struct answer *out, struct application *a,
	struct str *host, struct str *page)
{
	struct buf b = buf_in(c->arena, site_host_max);
	struct rows rows;
	struct str rest;
	err e;

	if (!site_page_take(to, &b, &rest))
		return refused(out, "site_unknown");
	*host = buf_str(&b);
	if ((e = store_one(c, statement_site_named, WITH(v_text(*host)), &rows)) ||
		(e = application_load(c, row_str(&rows, 0, 0), a)))
		return e == reply_not_found ? refused(out, "site_unknown") : e;
	return page_of(c, rest, page);
}

static err secret_as_text(struct ctx *c, const struct secret *token, struct secret **out)
{
	struct secret *text = secret_room(c->arena, ticket_text);
	struct buf b;

	if (!text)
		return fault(c, fault_memory, "locked pages");
	/* It goes into the one form that it is made for. */
	b = buf_on((char *)secret_bytes(text), ticket_text);
	base64url_add(&b, secret_show(token));
	must_be(!b.full && b.length == ticket_text);
	*out = text;
	return 0;
}

static err ticket_mint(
	struct ctx *c, const struct application *a, struct str page, struct rec_site_ticket *t)
{
	struct unit unit = unit_begin(c);
	scoped_secret *token = NULL;
	struct rows lately;
	struct str id;
	err e;

	if ((e = store_one(c, statement_site_tickets_lately,
		     WITH(v_bytes(c->who->id), v_bytes(a->id), v_number(c->now - ticket_seconds)),
		     &lately)) ||
		(e = token_mint(c, ticket_purpose, &token, &id)) ||
		(e = secret_as_text(c, token, &t->ticket)))
		return e;
	t->circles = row_number(&lately, 0, 0) >= circle_tickets;
	unit_add(&unit, statement_site_ticket_add, 1,
		WITH(v_bytes(id), v_bytes(a->id), v_bytes(c->who->id), v_text(page),
			v_number(c->now), v_number(c->now + ticket_seconds)));
	unit_add(&unit, statement_site_tickets_trim, any_rows,
		WITH(v_bytes(c->who->id), v_number(tickets_kept)));
	e = unit_commit(&unit);
	/* The session, or the application, is just gone. */
	return e == reply_lost_race ? (err)reply_sign_in_first : e;
}

err serve_site_start(struct ctx *c, const struct op_site_start *in, struct answer *out)
{
	struct rec_site_ticket *t = arena_take(c->arena, sizeof(*t));
	struct application a;
	struct str page;
	err e;

	if (!t)
		return fault(c, fault_arena, "a ticket");
	if ((e = target_of(c, in->to, out, &a, &t->host, &page)) || (e = may_enter(c, &a, out)) ||
		(e = ticket_mint(c, &a, page, t)))
		return e;
	t->name = a.name;
	out->record = t;
	return 0;
}

/* ---- enter: at the application's own host ---- */

/* The digest under which a typed ticket would be kept. False: it is none. */
static err ticket_mac(struct ctx *c, const struct secret *typed, struct str *id)
{
	scoped_secret *token = secret_room(c->arena, token_size);
	size_t size = token_size;

	if (!token)
		return fault(c, fault_memory, "locked pages");
	if (!base64url_take(secret_show(typed), secret_bytes(token), &size) || size != token_size)
		return reply_not_found;
	return token_mac(c, ticket_purpose, token, id);
}

static err enter(struct ctx *c, struct str ticket, const struct rows *t, const struct session *s,
	struct rec_site_entry *entry)
{
	struct value application = v_bytes(row_str(t, 0, 0)), session = v_bytes(row_str(t, 0, 1));
	struct audit_about about = {
		.account = s->account, .actor = actor_self, .note = row_str(t, 0, 5)
	};
	struct unit unit = unit_begin(c);
	struct str held;
	err e;

	if ((e = token_mint(c, held_purpose, &entry->held, &held)))
		return e;
	unit_add(&unit, statement_site_ticket_use, 1, WITH(v_bytes(ticket), v_number(c->now)));
	/* One browser enters anew: what it held before is over. */
	unit_add(&unit, statement_site_session_drop, any_rows, WITH(session, application));
	unit_add(&unit, statement_site_session_add, 1,
		WITH(v_bytes(held), application, session, v_number(c->now)));
	if ((e = audit_add(&unit, event_site_entered, &about)))
		return e;
	return unit_commit(&unit);
}

/* A ticket that is used up, or over, opens nothing; where it led is still told, so that who comes
 * with it is asked to enter anew. */
err serve_site_enter(struct ctx *c, const struct op_site_enter *in, struct answer *out)
{
	struct rec_site_entry *entry = arena_take(c->arena, sizeof(*entry));
	struct session s;
	struct rows t;
	struct str id;
	err e;

	if (!entry)
		return fault(c, fault_arena, "an entry");
	if ((e = ticket_mac(c, in->ticket, &id)) ||
		(e = store_one(
			 c, statement_site_ticket_load, WITH(v_bytes(id), v_text(in->host)), &t)))
		return e;
	entry->page = row_str(&t, 0, 2);
	out->record = entry;
	if (row_number(&t, 0, 3) || row_number(&t, 0, 4) <= c->now)
		return reply_sign_in_first;
	if ((e = session_load(c, row_str(&t, 0, 1), &s)))
		return e == reply_not_found ? (err)reply_sign_in_first : e;
	if (!session_alive(c, &s))
		return reply_sign_in_first;
	e = enter(c, id, &t, &s, entry);
	if (e)
		secret_drop(&entry->held);
	return e == reply_lost_race ? (err)reply_sign_in_first : e;
}

err serve_site_leave(struct ctx *c, const struct op_site_leave *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct entered x;
	struct str id;
	err e;

	(void)out;
	if ((e = entered_load(c, in->held, in->host, &id, &x)))
		return e == reply_not_found ? 0 : e;
	unit_add(&unit, statement_site_session_end, any_rows, WITH(v_bytes(id)));
	if ((e = audit_add(&unit, event_sign_out,
		     &(struct audit_about){ .account = x.session.account,
			     .actor = actor_self,
			     .note = x.application_name })))
		return e;
	return unit_commit(&unit);
}
