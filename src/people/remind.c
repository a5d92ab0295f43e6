/* people remind: asks those who may reset and have not registered to do so, by mail. A page of
 * people at a time, in units of some dozens, and at a pace that a mail server does not notice: each
 * message waits in the outbox for its own moment. */
#include "people/inside.h"

#include "conf/conf.h"
#include "outbox/outbox.h"
#include "policy/standing.h"

enum {
	page_people = (unit_statements - 1) / 2, /* two statements each, and the row of the log */
	days_preset = 14,
	a_minute_preset = 120,
	day = 86400
};

struct reminding {
	struct ctx *c;
	const struct op_people_remind *in;
	struct rec_reminded *sum;
	struct unit unit;
	int64_t start, per_minute, not_since;
};

/* The work mailbox, which gets notices;
 * without one, an address that is known to be the person's. */
static err address_of(
	struct ctx *c, const struct account *account, struct methods methods, struct str *out)
{
	const struct method *mail = methods_next(methods, method_mail, NULL);
	struct rows contacts;
	err e;

	*out = account->mail.length ? account->mail : mail ? mail->address : STR_NONE;
	if (out->length)
		return 0;
	if ((e = store_read(c, statement_contacts_of, WITH(v_bytes(account->id)), 1, &contacts)))
		return e;
	*out = contacts.count ? row_str(&contacts, 0, 0) : STR_NONE;
	return 0;
}

static err to_register(struct ctx *c, struct str account, struct methods methods, bool *out)
{
	int64_t worth[method_kind_count];
	struct standing standing;
	err e;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		worth[kind] = (int64_t)methods_worth(methods, kind);
	e = standing_read(c, account, worth, &standing);
	*out = !e && standing.enabled && !standing.registered;
	return e;
}

/* All reminders of a page, or none of them, with what the log says of them. */
static err finish(struct reminding *r)
{
	struct buf note = buf_in(r->c->arena, 40);
	err e;

	if (r->unit.count == 0)
		return 0;
	buf_print(&note, "%lld people", (long long)r->sum->reminded);
	if ((e = audit_add(&r->unit, event_people_reminded,
		     &(struct audit_about){ .actor = actor_socket, .note = buf_str(&note) })))
		return e;
	return unit_commit(&r->unit);
}

static err send_one(struct reminding *r, const struct account *account, struct str address)
{
	int64_t when = r->start + r->sum->reminded++ * 60 / r->per_minute;
	struct pair link = { "link", r->c->conf->base_url };

	if (r->in->dry)
		return 0;
	r->sum->first = r->sum->first ? r->sum->first : when;
	r->sum->last = when;
	unit_add(&r->unit, statement_reminder_put, 1,
		WITH(v_bytes(account->id), v_number(r->c->now), v_number(r->not_since)));
	return outbox_add_later(&r->unit, account, address, "please_register", &link, 1, when);
}

static err remind(struct reminding *r, struct str id)
{
	struct account account;
	struct methods methods;
	struct str address;
	bool wanted;
	err e;

	r->sum->looked_at++;
	if ((e = account_load(r->c, id, &account)) || (e = methods_load(r->c, id, &methods)) ||
		(e = to_register(r->c, id, methods, &wanted)) || !wanted ||
		(e = address_of(r->c, &account, methods, &address)))
		return e == reply_not_found ? 0 : e;
	if (address.length)
		return send_one(r, &account, address);
	r->sum->no_address++;
	return 0;
}

/* After those that wait already. */
static err start_of(struct reminding *r)
{
	struct rows last;
	err e = store_one(r->c, statement_reminders_last, WITH_NOTHING, &last);

	r->start = r->c->now;
	if (e == 0 && row_number(&last, 0, 0) >= r->start)
		r->start = row_number(&last, 0, 0) + 1;
	return e == reply_not_found ? 0 : e;
}

static err page(struct reminding *r, struct str after, struct answer *out, struct rows *rows)
{
	struct value with[] = { v_text(after), v_number(r->not_since), v_number(page_people),
		v_null() };
	struct group group;
	err e;

	if (!r->in->group.length)
		return store_read(r->c, statement_remind_page, with, 3, 0, rows);
	if ((e = group_find(r->c, r->in->group, "group", out, &group)))
		return e;
	with[3] = v_bytes(group.id);
	return store_read(r->c, statement_remind_page_group, with, 4, 0, rows);
}

static err refused(struct answer *out, const char *words)
{
	out->words = str_of(words);
	return reply_refused;
}

err serve_people_remind(struct ctx *c, const struct op_people_remind *in, struct answer *out)
{
	int64_t days = in->again_after ? in->again_after : days_preset;
	struct reminding r = { .c = c,
		.in = in,
		.sum = arena_take(c->arena, sizeof(*r.sum)),
		.unit = unit_begin(c),
		.per_minute = in->per_minute ? in->per_minute : a_minute_preset,
		.not_since = c->now - days * day };
	struct rows rows;
	err e;

	if (!r.sum)
		return fault(c, fault_arena, "remind");
	if (!in->dry && !outbox_open(c))
		return refused(
			out, "no mail can leave: set smtpHost and sender in [mail], and reload");
	if (!c->conf->base_url.length)
		return refused(
			out, "the mail would have no address to go to: set baseUrl in [site]");
	if ((e = page(&r, in->cursor.length ? in->cursor : STR(""), out, &rows)) ||
		(e = start_of(&r)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		if ((e = remind(&r, row_str(&rows, i, 0))))
			return e;
	if ((e = finish(&r)))
		return e;
	if (rows.count == page_people)
		out->cursor = row_str(&rows, rows.count - 1, 1);
	out->record = r.sum;
	return 0;
}
