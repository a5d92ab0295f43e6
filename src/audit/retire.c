/* Retention: the rows of old days go, their signed heads stay. */
#include "audit/inside.h"

enum { retire_arena = 128 * 1024, days_at_once = 20 };

/* Only a day that still has all its rows: what was tampered with stays, to be looked at. */
static err drop_day(struct ctx *c, const struct head *head)
{
	struct unit unit = unit_begin(c);
	struct head dropped = *head;
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_audit_day_count,
		     WITH(v_number(audit_node), v_number(head->day)), &rows)))
		return e;
	if (row_number(&rows, 0, 0) != head->count || row_number(&rows, 0, 1) != head->count ||
		!head_holds(c, head)) {
		log_line(log_error, NULL, "audit: day %lld is not as its head says, so it is kept",
			(long long)head->day);
		return 0;
	}
	dropped.state = "dropped";
	head_move(&unit, head, &dropped);
	return unit_commit(&unit);
}

/* In slices, so that the writer serves others between two of them. */
static err sweep_some(struct ctx *c)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	err e;

	e = store_one(c, statement_audit_dropped_left, WITH(v_number(audit_node)), &rows);
	if (e)
		return e;
	unit_add(&unit, statement_audit_dropped_rows, any_rows, WITH(v_number(audit_node)));
	return unit_commit(&unit);
}

static err drop_days(struct ctx *c, int64_t oldest_kept)
{
	struct rows rows;
	struct head head;
	err e;

	if ((e = store_read(c, statement_audit_heads_old,
		     WITH(v_number(audit_node), v_number(oldest_kept)), days_at_once, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		if ((e = head_take(c, &rows, i, &head)) || (e = drop_day(c, &head)) < 0)
			return e;
	return 0;
}

err audit_retire(struct ctx *c, int64_t keep_days)
{
	scoped(arena_close) struct arena *arena = arena_open(retire_arena);
	struct ctx own = *c;
	err e;

	if (!arena)
		return fault(c, fault_memory, "audit: retiring");
	own.arena = arena;
	e = drop_days(&own, clock_day(c->now) - keep_days);
	while (e == 0) {
		arena_wipe(arena);
		e = sweep_some(&own);
	}
	c->fault = own.fault;
	return e == reply_not_found || e == reply_lost_race ? 0 : e;
}
