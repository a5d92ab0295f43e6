/* The courier's side of the outbox: it takes the next message for one lease, and says what became
 * of it. It can not list or choose. */
#include "outbox/inside.h"

#include "conf/conf.h"

enum {
	lease_seconds = 120,
	passed_at_a_time = 64, /* messages to nobody, or too old, that one claim passes over */
	first_wait = 30,
	longest_wait = 60 * 60,
	give_up_after = 24 * 60 * 60
};

static err letter_of(struct ctx *c, const struct rows *rows, size_t row, struct rec_letter *out)
{
	struct str id = row_str(rows, row, 0);
	err e;

	*out = (struct rec_letter){
		.message = row_str(rows, row, 1),
		.language = row_str(rows, row, 3),
		.attempt = row_number(rows, row, 5) + 1,
		.made = row_number(rows, row, 6),
	};
	if ((e = id_text(c, id, &out->id)) ||
		(e = letter_open(c, id, row_str(rows, row, 2), &out->recipient)))
		return e;
	if (!row_str(rows, row, 4).at)
		return 0;
	return letter_open(c, id, row_str(rows, row, 4), &out->values);
}

/* Into the arena: the values of a letter may be longer than a secret can be. */
err letter_open(struct ctx *c, struct str id, struct str sealed, struct str *out)
{
	err e = unseal_text(c, key_seal, id, sealed, out);

	return e > 0 ? fault(c, fault_crypto, "a message does not open") : e;
}

/* A message to nobody is taken from the outbox like any other, and goes nowhere. */
static err pass_over(struct ctx *c, struct str id)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_outbox_nobody, 1, WITH(v_bytes(id), v_number(c->now)));
	return unit_commit(&unit);
}

static bool is_code(struct str message)
{
	return str_ends(message, STR("_code"));
}

static bool is_logout(struct str message)
{
	return str_is(message, "logout");
}

static bool worth(const struct ctx *c, struct str message, int64_t made, int64_t when)
{
	int64_t life = give_up_after;

	if (is_code(message))
		life = c->conf->mail_code_lifetime;
	else if (is_logout(message))
		life = outbox_logout_seconds;
	return made + life > when;
}

/* A code that nobody can use any more is not sent, nor a logout token whose time is over: the
 * courier or its peer was away too long. A notice is worth sending however late it comes to its
 * first try. */
static err too_old(struct ctx *c, struct str id)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_outbox_done, any_rows,
		WITH(v_bytes(id), v_text(STR("dead")), v_number(c->now), v_text(STR("too old"))));
	return unit_commit(&unit);
}

static err lease(struct ctx *c, const struct rows *rows)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_outbox_lease, 1,
		WITH(v_bytes(row_str(rows, 0, 0)), v_number(row_number(rows, 0, 5)),
			v_number(c->now + lease_seconds)));
	return unit_commit(&unit);
}

/* reply_again: this one goes nowhere, look at the next. */
static err claim_one(struct ctx *c, const struct rows *rows, struct rec_letter *out)
{
	struct str id = row_str(rows, 0, 0), message = row_str(rows, 0, 1);
	err e;

	if (!row_str(rows, 0, 2).at)
		return (e = pass_over(c, id)) ? e : (err)reply_again;
	if ((is_code(message) || is_logout(message)) &&
		!worth(c, message, row_number(rows, 0, 6), c->now))
		return (e = too_old(c, id)) ? e : (err)reply_again;
	if ((e = lease(c, rows)))
		return e == reply_lost_race ? (err)reply_nothing : e;
	return letter_of(c, rows, 0, out);
}

err serve_outbox_claim(struct ctx *c, const struct op_outbox_claim *in, struct answer *out)
{
	struct rec_letter *letter = arena_take(c->arena, sizeof(*letter));
	/* Without a mail server and a sender mail waits in the outbox, where `rekey outbox list`
	 * shows it, until they are set. What is for applications goes out all the same. */
	bool mail = !outbox_demo(c) && c->conf->smtp_host.length && c->conf->sender.length;
	struct rows rows;
	err e = reply_again;

	(void)in;
	if (!letter)
		return fault(c, fault_arena, "letter");
	for (int i = 0; i < passed_at_a_time && e == reply_again; i++) {
		if ((e = store_read(c, mail ? statement_outbox_next : statement_outbox_next_call,
			     WITH(v_number(c->now)), 1, &rows)))
			return e;
		e = rows.count ? claim_one(c, &rows, letter) : (err)reply_nothing;
	}
	if (e == 0)
		out->record = letter;
	return e == reply_again ? (err)reply_nothing : e;
}

/* 30 s, 1 min, 2 min, up to an hour. */
static int64_t wait_after(int64_t attempts)
{
	int64_t wait = first_wait;

	while (attempts-- > 1 && wait < longest_wait)
		wait *= 2;
	return wait < longest_wait ? wait : longest_wait;
}

err serve_outbox_report(struct ctx *c, const struct op_outbox_report *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	struct str id;
	int64_t next;
	err e;

	(void)out;
	if (!id_take(c, in->id, &id))
		return reply_not_found;
	if ((e = store_one(c, statement_outbox_attempts, WITH(v_bytes(id)), &rows)))
		return e;
	next = c->now + wait_after(row_number(&rows, 0, 0));
	if (str_is(in->outcome, "later") &&
		worth(c, row_str(&rows, 0, 2), row_number(&rows, 0, 1), next))
		unit_add(&unit, statement_outbox_later, any_rows,
			WITH(v_bytes(id), v_number(next),
				v_text(in->detail.at ? in->detail : STR(""))));
	else
		unit_add(&unit, statement_outbox_done, any_rows,
			WITH(v_bytes(id),
				v_text(str_is(in->outcome, "sent") ? STR("sent") : STR("dead")),
				v_number(c->now), v_text(in->detail.at ? in->detail : STR(""))));
	return unit_commit(&unit);
}

/* ---- the demonstration ---- */

bool outbox_demo(struct ctx *c)
{
	return c->conf->demo;
}

err serve_demo_inbox(struct ctx *c, const struct op_demo_inbox *in, struct answer *out)
{
	struct rec_letter *letters;
	struct rows rows;
	err e;

	(void)in;
	if (!outbox_demo(c))
		return reply_not_found;
	if ((e = store_read(c, statement_outbox_recent, WITH_NOTHING, 40, &rows)))
		return e;
	letters = arena_take(c->arena, (rows.count + 1) * sizeof(*letters));
	if (!letters)
		return fault(c, fault_arena, "letters");
	for (size_t i = 0; i < rows.count; i++)
		if ((e = letter_of(c, &rows, i, &letters[i])))
			return e;
	out->items = letters;
	out->item_count = rows.count;
	return 0;
}
