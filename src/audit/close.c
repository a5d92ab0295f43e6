/* Closing: what was added is numbered, chained and signed. */
#include "audit/inside.h"

enum {
	chained_at_once = unit_statements - 1, /* the head is one statement of the unit */
	close_arena = 256 * 1024,              /* so many rows, and what points to them */
	counts_at_once = 16
};

/* ---- the day ---- */

/* A log that begins anew, or after a head that cannot be trusted, follows nothing: whoever verifies
 * finds the break for ever. Chaining on would sign what somebody else wrote. */
static err begin(struct ctx *c, int64_t day)
{
	struct unit unit = unit_begin(c);
	struct head head = { .day = day, .state = "open" };

	head_add(&unit, &head);
	return unit_commit(&unit);
}

static err begin_first(struct ctx *c)
{
	log_line(log_warning, NULL, "audit: a new log begins");
	return begin(c, clock_day(c->now));
}

static err begin_after_break(struct ctx *c, const struct head *broken)
{
	int64_t today = clock_day(c->now);

	log_line(log_error, NULL, "audit: the head of day %lld was changed or a day is missing",
		(long long)broken->day);
	return begin(c, today > broken->day ? today : broken->day + 1);
}

/* The newest head is always open: a log whose newest day was taken out ends in a closed one, and
 * that is found. */
static err turn_day(struct ctx *c, const struct head *old)
{
	struct unit unit = unit_begin(c);
	struct head closed = *old, next = { .day = clock_day(c->now), .state = "open" };
	char hex[2 * digest_size];
	struct buf b = buf_on(hex, sizeof(hex));
	err e;

	closed.state = "closed";
	memcpy(next.first, old->last, digest_size);
	memcpy(next.last, old->last, digest_size);
	head_move(&unit, old, &closed);
	head_add(&unit, &next);
	if ((e = unit_commit(&unit)))
		return e;
	/* Outside of the store on purpose: an older copy put in its place cannot unsay this. */
	hex_add(&b, (struct str){ (const char *)closed.last, digest_size });
	log_line(log_info, NULL, "audit: day %lld closed with %lld rows, head %.*s",
		(long long)closed.day, (long long)closed.count, STR_ARG(buf_str(&b)));
	return 0;
}

/* The head that rows are chained to now. A clock that went back does not open an older day. */
static err head_today(struct ctx *c, struct head *out)
{
	err e = head_newest(c, out);

	if (e == reply_not_found)
		e = begin_first(c);
	else if (e)
		return e;
	else if (!head_is(out, "open") || !head_holds(c, out))
		e = begin_after_break(c, out);
	else if (out->day < clock_day(c->now))
		e = turn_day(c, out);
	else
		return 0;
	return e ? e : head_newest(c, out);
}

/* ---- the chain ---- */

static void warn_of_change(struct ctx *c, const struct row *row)
{
	uint8_t mac[digest_size];

	if (row_mac(c, row, mac) == 0 &&
		!bytes_same(row->mac, (struct str){ (const char *)mac, digest_size }))
		log_line(log_error, NULL, "audit: a row was changed before it was chained");
}

static err chain_row(struct unit *unit, const struct row *row, struct head *head)
{
	struct ctx *c = unit->c;
	uint8_t *hash = arena_take(c->arena, digest_size);
	err e;

	if (!hash)
		return fault(c, fault_arena, "audit: a hash");
	warn_of_change(c, row);
	if ((e = row_hash(c, row, head->last, hash)))
		return e;
	memcpy(head->last, hash, digest_size);
	head->count++;
	unit_add(unit, statement_audit_chain, 1,
		WITH(v_bytes(row->id), v_number(head->day), v_number(head->count),
			v_bytes((struct str){ (const char *)hash, digest_size })));
	return 0;
}

static err chain(struct ctx *c, const struct head *was, const struct rows *pending)
{
	struct unit unit = unit_begin(c);
	struct head head = *was;
	struct row row;
	err e;

	for (size_t i = 0; i < pending->count; i++) {
		row_take(pending, i, &row);
		if ((e = chain_row(&unit, &row, &head)))
			return e;
	}
	head_move(&unit, was, &head);
	return unit_commit(&unit);
}

/* reply_nothing: no more is pending. */
static err chain_some(struct ctx *c)
{
	struct rows pending;
	struct head head;
	err e;

	if ((e = head_today(c, &head)) ||
		(e = store_read(c, statement_audit_pending, WITH(v_number(audit_node)),
			 chained_at_once, &pending)))
		return e;
	return pending.count ? chain(c, &head, &pending) : reply_nothing;
}

/* ---- counts ---- */

static err count_row(struct ctx *c, const struct rows *counts, size_t at)
{
	struct unit unit = unit_begin(c);
	struct buf note = buf_in(c->arena, 200);
	char when[21];
	err e;

	clock_utc(row_number(counts, at, 0) * 60, when);
	buf_print(&note, "%.*s: %lld attempts in the minute of %s", STR_ARG(row_str(counts, at, 1)),
		(long long)row_number(counts, at, 2), when);
	unit_add(&unit, statement_audit_count_drop, 1,
		WITH(v_number(audit_node), v_number(row_number(counts, at, 0)),
			v_text(row_str(counts, at, 1)), v_number(row_number(counts, at, 2))));
	e = audit_add(&unit, event_unknown_names,
		&(struct audit_about){
			.failure = true, .actor = actor_system, .note = buf_str(&note) });
	return e ? e : unit_commit(&unit);
}

static err count_rows(struct ctx *c)
{
	struct rows counts;
	err e;

	if ((e = store_read(c, statement_audit_counts,
		     WITH(v_number(audit_node), v_number(c->now / 60)), counts_at_once, &counts)))
		return e;
	for (size_t i = 0; i < counts.count; i++)
		if ((e = count_row(c, &counts, i)) < 0)
			return e;
	return 0;
}

/* In an arena of its own, since it goes on until nothing is left. Who loses a race here loses it to
 * another closer, which has done the work. */
err audit_close(struct ctx *c)
{
	scoped(arena_close) struct arena *arena = arena_open(close_arena);
	struct ctx own = *c;
	err e;

	if (!arena)
		return fault(c, fault_memory, "audit: closing");
	own.arena = arena;
	own.request = NULL;
	e = count_rows(&own);
	while (e == 0) {
		arena_wipe(arena);
		e = chain_some(&own);
	}
	c->fault = own.fault;
	return e == reply_nothing || e == reply_lost_race ? 0 : e;
}
