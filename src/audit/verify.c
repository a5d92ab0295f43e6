/* Verifying: every day's head, every row, and that nothing lies beside them. */
#include "audit/inside.h"

enum {
	verify_arena = 1024 * 1024,
	heads_at_once = 60,
	rows_at_once = 400, /* with their texts about half of the arena */
	column_seq = row_columns,
	column_hash
};

struct walk {
	struct ctx c; /* with an arena of the walk's own */
	struct audit_verdict *verdict;
	struct head head; /* of the day it is in */
	uint8_t last[digest_size];
	int64_t seq;
};

/* The first thing found wrong stays. */
static void broken(struct walk *w, int64_t seq, const char *why)
{
	if (w->verdict->why)
		return;
	w->verdict->why = why;
	w->verdict->day = w->head.day;
	w->verdict->seq = seq;
}

static bool hash_is(struct str stored, const uint8_t hash[digest_size])
{
	return bytes_same(stored, (struct str){ (const char *)hash, digest_size });
}

/* ---- rows ---- */

static err check_row(struct walk *w, const struct rows *rows, size_t at)
{
	uint8_t hash[digest_size], mac[digest_size];
	struct row row;
	err e;

	row_take(rows, at, &row);
	if ((e = row_hash(&w->c, &row, w->last, hash)) || (e = row_mac(&w->c, &row, mac)))
		return e;
	w->seq++;
	if (row_number(rows, at, column_seq) != w->seq)
		broken(w, w->seq, "a row is missing");
	else if (!hash_is(row.mac, mac))
		broken(w, w->seq, "a row was changed");
	else if (!hash_is(row_str(rows, at, column_hash), hash))
		broken(w, w->seq, "a row does not follow the one before it");
	memcpy(w->last, hash, digest_size);
	w->verdict->rows++;
	return 0;
}

static err check_rows(struct walk *w)
{
	struct rows rows;
	err e;

	while (w->seq < w->head.count && !w->verdict->why) {
		int64_t left = w->head.count - w->seq;

		arena_wipe(w->c.arena);
		if ((e = store_read(&w->c, statement_audit_day_rows,
			     WITH(v_number(audit_node), v_number(w->head.day), v_number(w->seq)),
			     left < rows_at_once ? (size_t)left : rows_at_once, &rows)))
			return e;
		if (rows.count == 0)
			broken(w, w->seq + 1, "a row is missing");
		for (size_t i = 0; i < rows.count && !w->verdict->why; i++)
			if ((e = check_row(w, &rows, i)))
				return e;
	}
	return 0;
}

/* Rows are counted first: what is chained meanwhile is in the head that is read after them. */
static err check_surplus(struct walk *w)
{
	struct head newer;
	struct rows rows;
	err e;

	if ((e = store_one(&w->c, statement_audit_day_count,
		     WITH(v_number(audit_node), v_number(w->head.day)), &rows)) ||
		(e = head_of(&w->c, w->head.day, &newer)))
		return e;
	if (row_number(&rows, 0, 0) > newer.count || row_number(&rows, 0, 1) > newer.count)
		broken(w, newer.count + 1, "a row was added beside the chain");
	return 0;
}

/* Retention may drop the day while it is walked; then there is nothing to say about its rows. */
static err forgive_dropped(struct walk *w)
{
	struct head newer;
	err e;

	if (!w->verdict->why || w->verdict->day != w->head.day)
		return 0;
	if ((e = head_of(&w->c, w->head.day, &newer)))
		return e;
	if (head_is(&newer, "dropped") && head_holds(&w->c, &newer))
		w->verdict->why = NULL;
	return 0;
}

static err check_day_rows(struct walk *w)
{
	err e;

	w->seq = 0;
	memcpy(w->last, w->head.first, digest_size);
	if ((e = check_rows(w)) || (e = check_surplus(w)))
		return e;
	if (memcmp(w->last, w->head.last, digest_size) != 0)
		broken(w, w->seq, "the rows do not come to what the head says");
	return forgive_dropped(w);
}

/* ---- heads ---- */

static err check_day(struct walk *w, const uint8_t before[digest_size])
{
	if (!head_holds(&w->c, &w->head))
		broken(w, 0, "the head of a day was changed");
	else if (memcmp(w->head.first, before, digest_size) != 0)
		broken(w, 0, "a day before this one is missing");
	w->verdict->days++;
	if (w->verdict->why)
		return 0;
	if (head_is(&w->head, "dropped")) {
		w->verdict->dropped_days++;
		return 0;
	}
	return check_day_rows(w);
}

/* All days after w->head.day, in order. `before` moves on. */
static err check_days(struct walk *w, uint8_t before[digest_size])
{
	struct head heads[heads_at_once];
	struct rows rows;
	err e;

	arena_wipe(w->c.arena);
	if ((e = store_read(&w->c, statement_audit_heads,
		     WITH(v_number(audit_node), v_number(w->head.day)), heads_at_once, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		if ((e = head_take(&w->c, &rows, i, &heads[i])))
			return e;
	for (size_t i = 0; i < rows.count && !w->verdict->why; i++) {
		w->head = heads[i];
		if ((e = check_day(w, before)))
			return e;
		memcpy(before, w->head.last, digest_size);
	}
	return rows.count == heads_at_once ? 0 : reply_nothing;
}

static err check_end(struct walk *w)
{
	struct rows rows;
	err e;

	arena_wipe(w->c.arena);
	w->verdict->newest_day = w->head.day;
	memcpy(w->verdict->newest_head, w->head.last, digest_size);
	if (w->verdict->days == 0 || !head_is(&w->head, "open"))
		broken(w, 0, "the newest day is missing");
	if ((e = store_read(&w->c, statement_audit_stray, WITH(v_number(audit_node)), 1, &rows)))
		return e;
	if (rows.count) {
		w->head.day = row_number(&rows, 0, 0);
		broken(w, 0, "rows of a day that has no head");
	}
	return 0;
}

static err walk_all(struct walk *w)
{
	uint8_t before[digest_size] = { 0 };
	err e = 0;

	while (e == 0 && !w->verdict->why)
		e = check_days(w, before);
	if (e < 0)
		return e;
	return w->verdict->why ? 0 : check_end(w);
}

err audit_verify(struct ctx *c, struct audit_verdict *out)
{
	scoped(arena_close) struct arena *arena = arena_open(verify_arena);
	struct walk w = { .c = *c, .verdict = out, .head.day = -1 };
	err e;

	*out = (struct audit_verdict){ 0 };
	if (!arena)
		return fault(c, fault_memory, "audit: verifying");
	if ((e = audit_close(c)))
		return e;
	w.c.arena = arena;
	e = walk_all(&w);
	c->fault = w.c.fault;
	return e;
}
