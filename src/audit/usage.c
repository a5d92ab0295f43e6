/* report usage: resets by day, way and outcome, where people gave up, registrations: counted from
 * the log. A day is read at a time, into memory of its own, so that a million rows take no more
 * than a thousand. */
#include "audit/inside.h"
#include "model/model.h"

enum {
	days_preset = 30,
	days_a_page = 60,         /* each has some 25 rows */
	longest_reset = 2 * 3600, /* recoverLifetime is an hour at most, and can be extended once */
	usage_arena =
		8 * 1024 * 1024, /* what one day's counts come to: some dozens of rows, and one for
				  * each time that a reset took; touched pages only are real */
	tallies_most = 120,
	day_seconds = 86400
};

/* ---- words ---- */

#define STEP(id, reason) { #id, reason },
static const struct {
	const char *id, *reason;
} steps[] = {
#include "spec/step.def"
};
#undef STEP

/* The step that a reason stands for; a reason that this version does not know stands for itself. */
static struct str step_of(struct str reason)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (str_is(reason, steps[i].reason))
			return str_of(steps[i].id);
	return reason.length ? reason : STR("other");
}

/* The way in "User started the email verification option", in our words; STR_NONE: it is another
 * reason. */
static struct str way_of(struct str reason, const char *verb)
{
	static const char *const names[][2] = { { "email", "mail" }, { "mobile app code", "totp" },
		{ "recovery code", "recovery_code" } };
	struct str end = STR(" verification option"), way = reason;

	if (!str_starts(reason, str_of(verb)) || !str_ends(reason, end))
		return STR_NONE;
	way = str_from(way, strlen(verb));
	way.length -= end.length;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(way, names[i][0]))
			return str_of(names[i][1]);
	return way;
}

/* ---- tallies ---- */

struct tallies {
	struct rec_usage_row at[tallies_most];
	size_t count;
};

static void tally(
	struct tallies *t, const char *what, struct str way, const char *outcome, int64_t count)
{
	for (size_t i = 0; i < t->count; i++) {
		struct rec_usage_row *row = &t->at[i];

		if (!str_is(row->what, what) || !str_same(row->way, way) ||
			!str_is(row->outcome, outcome))
			continue;
		row->count += count;
		return;
	}
	if (count && t->count < tallies_most)
		t->at[t->count++] = (struct rec_usage_row){ STR(""), str_of(what), way,
			str_of(outcome), count };
}

struct count {
	struct ctx *c;  /* of the operation: what outlives a day */
	struct ctx day; /* with an arena of its own */
	struct rec_usage *sum;
	int64_t *took; /* how many resets took so many seconds */
	struct tallies *gave_up, *today;
	struct rec_usage_row *rows;
	size_t row_count, row_room;
};

/* ---- one day ---- */

static struct value id_value(uint8_t id[id_size])
{
	return v_bytes((struct str){ (const char *)id, id_size });
}

struct event_row {
	enum event event;
	bool failure;
	struct str reason;
	int64_t all, flows; /* rows; different support codes in them */
};

static void count_proof(struct count *n, const struct event_row *row)
{
	struct str tried = way_of(row->reason, "User started the "),
		   proved = way_of(row->reason, "User completed the ");

	if (tried.at)
		tally(n->today, "proof", tried, "tried", row->flows);
	if (proved.at)
		tally(n->today, "proof", proved, "proved", row->flows);
	if (str_is(row->reason, "A code was wrong"))
		tally(n->today, "code", STR(""), "wrong", row->all);
}

static void count_event(struct count *n, const struct event_row *row)
{
	const char *outcome = row->failure ? "failed" : "done";

	switch (row->event) {
	case event_reset_progress:
		count_proof(n, row);
		break;
	case event_reset:
		if (row->failure)
			tally(n->today, "password", STR(""), "refused", row->all);
		break;
	case event_change:
		tally(n->today, "change", STR(""), outcome, row->all);
		n->sum->changed += row->failure ? 0 : row->all;
		break;
	case event_unlock:
	case event_person_unlocked:
		tally(n->today, "unlock", row->event == event_unlock ? STR("self") : STR("desk"),
			outcome, row->all);
		n->sum->unlocked += row->failure ? 0 : row->all;
		break;
	case event_person_invited:
		tally(n->today, "pass", STR(""), "issued", row->all);
		n->sum->passes += row->all;
		break;
	case event_info_registered:
		tally(n->today, "registration", row->reason, outcome, row->all);
		n->sum->registered += row->failure ? 0 : row->all;
		break;
	case event_info_deleted:
		tally(n->today, "registration", row->reason, "deleted", row->all);
		break;
	case event_reset_registered:
		tally(n->today, "registration", STR(""), "complete", row->all);
		n->sum->people_registered += row->all;
		break;
	default:
		break;
	}
}

static err count_events(struct count *n, int64_t from, int64_t to)
{
	uint8_t first[id_size], last[id_size];
	struct event_row row;
	struct rows rows;
	err e;

	id_from_time(from, first);
	id_from_time(to, last);
	if ((e = store_read(&n->day, statement_usage_events, WITH(id_value(first), id_value(last)),
		     0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		n->sum->scanned += row_number(&rows, i, 3);
		row = (struct event_row){ .failure = row_number(&rows, i, 1) != 0,
			.reason = row_str(&rows, i, 2),
			.all = row_number(&rows, i, 3),
			.flows = row_number(&rows, i, 4) };
		if (event_of(row_str(&rows, i, 0), &row.event))
			count_event(n, &row);
	}
	return 0;
}

/* Of a reset whose last row is younger than one can last, nobody knows yet. What ended it by itself
 * is known. */
static bool is_over(struct str event, struct str reason)
{
	struct str step = step_of(reason);

	return str_is(event, "reset_blocked") || str_is(step, "left") || str_is(step, "few_ways") ||
	       str_is(step, "scope") || str_is(step, "disabled") || str_is(step, "frozen");
}

static void count_reset(struct count *n, const struct rows *rows, size_t i)
{
	struct str event = row_str(rows, i, 0), reason = row_str(rows, i, 2), step;
	int64_t seconds = row_number(rows, i, 3), all = row_number(rows, i, 4);
	int64_t young = is_over(event, reason) ? 0 : row_number(rows, i, 5);

	n->sum->begun += all;
	if (str_is(event, "reset") && row_number(rows, i, 1) == 0) {
		tally(n->today, "reset", STR(""), "done", all);
		n->sum->done += all;
		n->took[seconds < 0 ? 0 : seconds < longest_reset ? seconds : longest_reset] += all;
		return;
	}
	tally(n->today, "reset", STR(""), "under way", young);
	tally(n->today, "reset", STR(""), "given up", all - young);
	step = step_of(reason);
	if (step.at == reason.at) /* it outlives the day */
		step = arena_copy(n->c->arena, reason);
	tally(n->gave_up, "step", step, "given up", all - young);
	n->sum->under_way += young;
	n->sum->given_up += all - young;
}

static err count_resets(struct count *n, int64_t from, int64_t to)
{
	int64_t young = n->c->now - longest_reset;
	uint8_t first[id_size], last[id_size];
	struct rows rows;
	err e;

	id_from_time(from - longest_reset, first);
	id_from_time(to + longest_reset, last);
	if ((e = store_read(&n->day, statement_usage_resets,
		     WITH(id_value(first), id_value(last), v_number(from), v_number(to),
			     v_number(young)),
		     0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		count_reset(n, &rows, i);
	return 0;
}

/* ---- the answer ---- */

static err keep(struct count *n, const struct tallies *t, struct str day)
{
	for (size_t i = 0; i < t->count; i++) {
		struct rec_usage_row *row = &n->rows[n->row_count];

		if (n->row_count == n->row_room)
			return fault(n->c, fault_limit, "report: more rows than a page holds");
		*row = t->at[i];
		row->day = day;
		row->way = str_upto(arena_copy(n->c->arena, row->way), 120);
		n->row_count++;
	}
	return 0;
}

/* Counts one day; its rows are kept where the page has it. */
static err count_day(struct count *n, int64_t day, bool kept)
{
	int64_t from = day * day_seconds, to = from + day_seconds;
	struct str text;
	err e;

	n->today->count = 0;
	if ((e = count_resets(n, from, to)) || (e = count_events(n, from, to)))
		return e;
	if (kept && ((e = day_text(n->c, day, &text)) || (e = keep(n, n->today, text))))
		return e;
	arena_wipe(n->day.arena);
	return 0;
}

static int64_t median(const int64_t *took, int64_t count)
{
	int64_t seen = 0;

	for (int64_t seconds = 0; seconds <= longest_reset && count; seconds++)
		if ((seen += took[seconds]) * 2 >= count)
			return seconds;
	return 0;
}

static err room(struct count *n)
{
	n->row_room = (days_a_page + 2) * 40;
	n->sum = arena_take(n->c->arena, sizeof(*n->sum));
	n->took = arena_take(n->c->arena, (longest_reset + 1) * sizeof(*n->took));
	n->gave_up = arena_take(n->c->arena, sizeof(*n->gave_up));
	n->today = arena_take(n->c->arena, sizeof(*n->today));
	n->rows = arena_take(n->c->arena, n->row_room * sizeof(*n->rows));
	if (!n->sum || !n->took || !n->gave_up || !n->today || !n->rows)
		return fault(n->c, fault_arena, "report: usage");
	return 0;
}

/* All days for the sums, of which the page has the first; or the days of a later page alone. */
static err count_days(
	struct count *n, int64_t from, int64_t last, bool first_page, struct answer *out)
{
	int64_t page_end = from + days_a_page <= last ? from + days_a_page : last + 1;
	err e;

	for (int64_t day = from; day <= (first_page ? last : page_end - 1); day++)
		if ((e = count_day(n, day, day < page_end)))
			return e;
	if (page_end <= last && (e = day_text(n->c, page_end, &out->cursor)))
		return e;
	return first_page ? keep(n, n->gave_up, STR("")) : 0;
}

static bool day_take(struct str text, int64_t *day)
{
	int64_t year, month, date, guess;
	int y, m, d;

	if (text.length != 10 || !str_number(str_upto(text, 4), &year) ||
		!str_number(str_upto(str_from(text, 5), 2), &month) ||
		!str_number(str_from(text, 8), &date))
		return false;
	/* No day is further from this guess than three. */
	guess = (year - 1970) * 365 + (year - 1969) / 4 + (month - 1) * 30 + month * 4 / 7 + date;
	for (*day = guess - 6; *day <= guess + 6; ++*day) {
		clock_date(*day > 0 ? *day : 0, &y, &m, &d);
		if (y == year && m == month && d == date)
			return true;
	}
	return false;
}

static err range(
	const struct count *n, const struct op_report_usage *in, int64_t *from, int64_t *last)
{
	int64_t days = in->days ? in->days : days_preset, oldest;
	struct rows rows;
	err e = store_one(n->c, statement_audit_oldest, WITH_NOTHING, &rows);

	if (e && e != reply_not_found)
		return e;
	*last = clock_day(n->c->now);
	*from = *last - days + 1;
	oldest = e ? *last : clock_day(row_number(&rows, 0, 0));
	*from = oldest > *from ? oldest : *from;
	if (in->cursor.length &&
		(!day_take(in->cursor, from) || *from > *last || *from < *last - 400))
		return reply_malformed;
	return 0;
}

err serve_report_usage(struct ctx *c, const struct op_report_usage *in, struct answer *out)
{
	scoped(arena_close) struct arena *arena = arena_open(usage_arena);
	struct count n = { .c = c, .day = *c };
	int64_t from, last;
	err e;

	if (!arena)
		return fault(c, fault_memory, "report: usage");
	n.day.arena = arena;
	if ((e = room(&n)) || (e = range(&n, in, &from, &last)) ||
		(e = count_days(&n, from, last, !in->cursor.length, out))) {
		if (n.day.fault.kind != fault_none)
			c->fault = n.day.fault;
		return e;
	}
	n.sum->since = from * day_seconds;
	n.sum->until = c->now;
	n.sum->median_seconds = median(n.took, n.sum->done);
	out->record = in->cursor.length ? NULL : n.sum;
	out->items = n.rows;
	out->item_count = n.row_count;
	return 0;
}
