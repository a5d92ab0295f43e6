/* rekey report --html: the counts as a page of charts, the numbers of each in a table below it. */
#include "cli/document.h"

#include <string.h>

enum {
	days_most = 402,
	ways_most = 12,
	steps_most = 40,
	standings = 4,
	ways_counts = 4,
	page_arena = 4 * 1024 * 1024
};

static int64_t percent(int64_t part, int64_t whole)
{
	return whole > 0 ? (part * 200 + whole) / (2 * whole) : 0;
}

/* ---- people ---- */

struct people {
	struct document d;
	struct view_report_registration page;
	struct view_report_registration_standings standing[standings];
	struct view_report_registration_ways way[ways_most];
	struct view_report_registration_counts count[ways_counts];
};

static struct str drawing(struct document *d, const char *title, const struct view_bar *bars,
	size_t count, int64_t whole)
{
	struct buf out = buf_in(d->call->c->arena, view_drawing_limit);

	view_bars(&out, document_label(d, "chart", str_of(title)), bars, count, whole);
	return out.full ? STR_NONE : buf_str(&out);
}

static int add_registration(struct people *p)
{
	static const char *const names[standings] = { "enabled", "registered", "capable",
		"mfa_capable" };
	const struct op_report_registration in = { .most = 1 };
	const struct rec_registration *sum;
	struct view_bar bars[standings];
	struct answer a;
	int code = call_ask(p->d.call, operation_report_registration, &in, &a);

	if (code)
		return code;
	sum = a.record;
	p->page.people = sum->people;
	p->page.disabled = sum->disabled;
	p->page.to_register = sum->to_register;
	for (size_t i = 0; i < standings; i++) {
		const int64_t counts[standings] = { sum->enabled, sum->registered, sum->capable,
			sum->mfa_capable };
		struct str label = document_label(&p->d, "standing", str_of(names[i]));

		bars[i] = (struct view_bar){ label, counts[i] };
		p->standing[i] = (struct view_report_registration_standings){ label, counts[i],
			percent(counts[i], sum->people) };
	}
	p->page.chart = drawing(&p->d, "registration", bars, standings, sum->people);
	return 0;
}

static void add_counts(struct people *p, const struct rec_method_use *sum)
{
	static const char *const names[ways_counts] = { "none", "one", "two", "more" };
	const int64_t counts[ways_counts] = { sum->none, sum->one, sum->two, sum->more };

	for (size_t i = 0; i < ways_counts; i++)
		p->count[i] = (struct view_report_registration_counts){
			document_label(&p->d, "ways", str_of(names[i])), counts[i],
			percent(counts[i], sum->people)
		};
}

static int add_methods(struct people *p)
{
	const struct op_report_methods in = { 0 };
	const struct rec_method_use_row *rows;
	const struct rec_method_use *sum;
	struct view_bar bars[ways_most];
	struct answer a;
	size_t count;
	int code = call_ask(p->d.call, operation_report_methods, &in, &a);

	if (code)
		return code;
	sum = a.record;
	rows = a.items;
	count = a.item_count < ways_most ? a.item_count : ways_most;
	for (size_t i = 0; i < count; i++) {
		struct str label = document_label(&p->d, "way", rows[i].method);

		bars[i] = (struct view_bar){ label, rows[i].people };
		p->way[i] = (struct view_report_registration_ways){ label, rows[i].people,
			percent(rows[i].people, sum->people), rows[i].counts, rows[i].only };
	}
	p->page.people = sum->people;
	p->page.ways_count = count;
	p->page.ways_chart = drawing(&p->d, "ways", bars, count, sum->people);
	add_counts(p, sum);
	return 0;
}

/* The two pages about people have the part about ways in common. */
static void draw_methods(struct people *p)
{
	struct view_report_methods_ways ways[ways_most];
	struct view_report_methods_counts counts[ways_counts];
	struct view_report_methods page = { p->page.people, p->page.ways_chart, ways,
		p->page.ways_count, counts, ways_counts };

	for (size_t i = 0; i < p->page.ways_count; i++)
		ways[i] = (struct view_report_methods_ways){ p->way[i].label, p->way[i].count,
			p->way[i].percent, p->way[i].counts, p->way[i].only };
	for (size_t i = 0; i < ways_counts; i++)
		counts[i] = (struct view_report_methods_counts){ p->count[i].label,
			p->count[i].count, p->count[i].percent };
	view_report_methods(&p->d.text, &p->d.base, &page);
}

static int people(struct people *p, bool all, struct str path)
{
	int code;

	p->page.standings = p->standing;
	p->page.standings_count = standings;
	p->page.ways = p->way;
	p->page.counts = p->count;
	p->page.counts_count = ways_counts;
	if ((code = add_methods(p)) || (all && (code = add_registration(p))))
		return code;
	if (all)
		view_report_registration(&p->d.text, &p->d.base, &p->page);
	else
		draw_methods(p);
	return document_save(&p->d, path);
}

/* ---- usage ---- */

struct usage {
	struct document d;
	struct rec_usage sum;
	int64_t first; /* day */
	struct view_report_usage page;
	struct view_report_usage_days day[days_most];
	struct view_report_usage_steps step[steps_most];
	struct view_report_usage_ways way[ways_most];
	struct str way_id[ways_most];
};

static struct str day_text(const struct usage *u, int64_t day)
{
	struct buf b = buf_in(u->d.call->c->arena, 12);
	int year, month, date;

	clock_date(day, &year, &month, &date);
	buf_print(&b, "%04d-%02d-%02d", year, month, date);
	return b.full ? STR_NONE : buf_str(&b);
}

static void begin_usage(struct usage *u, const struct rec_usage *sum)
{
	int64_t last = clock_day(sum->until);

	u->sum = *sum;
	u->first = clock_day(sum->since);
	for (int64_t day = u->first; day <= last && u->page.days_count < days_most; day++)
		u->day[u->page.days_count++].day = day_text(u, day);
	u->page.since = day_text(u, u->first);
	u->page.until = day_text(u, last);
}

static struct view_report_usage_ways *way_row(struct usage *u, struct str id)
{
	size_t i = 0;

	while (i < u->page.ways_count && !str_same(u->way_id[i], id))
		i++;
	if (i == ways_most)
		return NULL;
	if (i == u->page.ways_count) {
		u->way_id[i] = arena_copy(u->d.call->c->arena, id);
		u->way[i].way = document_label(&u->d, "way", u->way_id[i]);
		u->page.ways_count++;
	}
	return &u->way[i];
}

static void take_way(struct usage *u, const struct rec_usage_row *row)
{
	struct view_report_usage_ways *way = row->way.length ? way_row(u, row->way) : NULL;

	if (!way)
		return;
	way->tried += str_is(row->outcome, "tried") ? row->count : 0;
	way->proved += str_is(row->outcome, "proved") ? row->count : 0;
	way->registered += str_is(row->outcome, "done") ? row->count : 0;
	way->deleted += str_is(row->outcome, "deleted") ? row->count : 0;
}

static void take_reset(struct usage *u, const struct rec_usage_row *row)
{
	for (size_t i = 0; i < u->page.days_count; i++) {
		if (!str_same(u->day[i].day, row->day))
			continue;
		u->day[i].day_done += str_is(row->outcome, "done") ? row->count : 0;
		u->day[i].day_given_up += str_is(row->outcome, "given up") ? row->count : 0;
		u->day[i].day_under_way += str_is(row->outcome, "under way") ? row->count : 0;
	}
}

/* The most frequent first. */
static void take_step(struct usage *u, const struct rec_usage_row *row)
{
	struct view_report_usage_steps step = { document_label(&u->d, "step",
							arena_copy(u->d.call->c->arena, row->way)),
		row->count, percent(row->count, u->sum.given_up) };
	size_t at = u->page.steps_count;

	if (at == steps_most)
		return;
	for (; at > 0 && u->step[at - 1].count < step.count; at--)
		u->step[at] = u->step[at - 1];
	u->step[at] = step;
	u->page.steps_count++;
}

static void take_rows(struct usage *u, const struct answer *a)
{
	const struct rec_usage_row *rows = a->items;

	for (size_t i = 0; i < a->item_count; i++) {
		if (str_is(rows[i].what, "reset"))
			take_reset(u, &rows[i]);
		else if (str_is(rows[i].what, "step"))
			take_step(u, &rows[i]);
		else if (str_is(rows[i].what, "proof") || str_is(rows[i].what, "registration"))
			take_way(u, &rows[i]);
	}
}

static int read_usage(struct usage *u, struct arena *arena)
{
	struct op_report_usage in = { 0 };
	struct call *call = u->d.call;
	struct answer a;
	int code, reply;

	if (!call_number(call, "--days", 1, 400, 0, &in.days))
		return exit_usage;
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, operation_report_usage, &in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		if (a.record)
			begin_usage(u, a.record);
		take_rows(u, &a);
		in.cursor = arena_copy(call->c->arena, a.cursor);
	} while (in.cursor.length);
	return 0;
}

static void draw_charts(struct usage *u)
{
	static struct view_column columns[days_most];
	struct view_bar steps[steps_most], ways[ways_most];
	struct buf out = buf_in(u->d.call->c->arena, view_drawing_limit);

	for (size_t i = 0; i < u->page.days_count; i++)
		columns[i] = (struct view_column){ u->day[i].day_done,
			u->day[i].day_given_up + u->day[i].day_under_way };
	view_columns(
		&out, document_label(&u->d, "chart", STR("days")), columns, u->page.days_count);
	u->page.chart = out.full ? STR_NONE : buf_str(&out);
	u->page.highest = view_columns_highest(columns, u->page.days_count);
	for (size_t i = 0; i < u->page.steps_count; i++)
		steps[i] = (struct view_bar){ u->step[i].label, u->step[i].count };
	for (size_t i = 0; i < u->page.ways_count; i++)
		ways[i] = (struct view_bar){ u->way[i].way, u->way[i].proved };
	u->page.steps_chart = drawing(&u->d, "steps", steps, u->page.steps_count, 0);
	u->page.ways_chart = drawing(&u->d, "proved", ways, u->page.ways_count, 0);
}

static void draw_usage(struct usage *u)
{
	struct buf minutes = buf_in(u->d.call->c->arena, 24);

	buf_print(&minutes, "%lld.%lld", (long long)(u->sum.median_seconds / 60),
		(long long)(u->sum.median_seconds % 60 / 6));
	u->page.minutes = buf_str(&minutes);
	u->page.scanned = u->sum.scanned;
	u->page.begun = u->sum.begun;
	u->page.done = u->sum.done;
	u->page.given_up = u->sum.given_up;
	u->page.under_way = u->sum.under_way;
	u->page.percent = percent(u->sum.done, u->sum.begun);
	u->page.unlocked = u->sum.unlocked;
	u->page.changed = u->sum.changed;
	u->page.passes = u->sum.passes;
	u->page.people_registered = u->sum.people_registered;
	u->page.days = u->day;
	u->page.steps = u->step;
	u->page.ways = u->way;
	draw_charts(u);
	view_report_usage(&u->d.text, &u->d.base, &u->page);
}

static int usage(struct usage *u, struct str path)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	int code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	if ((code = read_usage(u, arena)))
		return code;
	draw_usage(u);
	return document_save(&u->d, path);
}

int report_html(struct call *call, enum operation_id id, struct str path)
{
	struct people *p = arena_take(call->c->arena, sizeof(*p));
	struct usage *u = arena_take(call->c->arena, sizeof(*u));
	int code;

	if (!p || !u)
		return call_say(exit_fault, "out of memory");
	if ((code = document_open(call, &p->d)))
		return code;
	u->d = p->d;
	return id == operation_report_usage ? usage(u, path)
					    : people(p, id == operation_report_registration, path);
}
