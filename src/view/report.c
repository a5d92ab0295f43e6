/* Reports as pages of charts, the numbers of each in a table below it: for the command line and for
 * the administrator's page. */
#include "view/report.h"

static int64_t percent(int64_t part, int64_t whole)
{
	return whole > 0 ? (part * 200 + whole) / (2 * whole) : 0;
}

/* The sentence GROUP_ID of the catalogue; the id where nobody wrote one. */
static struct str label(struct arena *arena, struct str language, const char *group, struct str id)
{
	struct buf name = buf_in(arena, 80);

	buf_print(&name, "%s_%.*s", group, STR_ARG(id));
	return !name.full && view_has_words(buf_str(&name)) ? view_words(language, buf_str(&name))
							    : id;
}

/* The last thing in the arena, at its length. */
static struct str drawn(struct arena *arena, const struct buf *out)
{
	if (out->full)
		return STR_NONE;
	arena_trim(arena, out->at, out->length);
	return buf_str(out);
}

static struct str drawing(struct arena *arena, struct str title, const struct view_bar *bars,
	size_t count, int64_t whole)
{
	struct buf out = buf_in(arena, view_drawing_limit);

	view_bars(&out, title, bars, count, whole);
	return drawn(arena, &out);
}

/* ---- people ---- */

static struct str people_chart(struct report_people *p, const char *title,
	const struct view_bar *bars, size_t count, int64_t whole)
{
	return drawing(p->arena, label(p->arena, p->base.language, "chart", str_of(title)), bars,
		count, whole);
}

void report_take_registration(struct report_people *p, const struct rec_registration *sum)
{
	static const char *const names[report_standings] = { "enabled", "registered", "capable",
		"mfa_capable" };
	const int64_t counts[report_standings] = { sum->enabled, sum->registered, sum->capable,
		sum->mfa_capable };
	struct view_bar bars[report_standings];

	p->page.people = sum->people;
	p->page.disabled = sum->disabled;
	p->page.to_register = sum->to_register;
	for (size_t i = 0; i < report_standings; i++) {
		struct str name = label(p->arena, p->base.language, "standing", str_of(names[i]));

		bars[i] = (struct view_bar){ name, counts[i] };
		p->standing[i] = (struct view_report_registration_standings){ name, counts[i],
			percent(counts[i], sum->people) };
	}
	p->page.chart = people_chart(p, "registration", bars, report_standings, sum->people);
}

static void add_counts(struct report_people *p, const struct rec_method_use *sum)
{
	static const char *const names[report_ways_counts] = { "none", "one", "two", "more" };
	const int64_t counts[report_ways_counts] = { sum->none, sum->one, sum->two, sum->more };

	for (size_t i = 0; i < report_ways_counts; i++)
		p->count[i] = (struct view_report_registration_counts){
			label(p->arena, p->base.language, "ways", str_of(names[i])), counts[i],
			percent(counts[i], sum->people)
		};
}

void report_take_methods(struct report_people *p, const struct rec_method_use *sum,
	const struct rec_method_use_row *rows, size_t row_count)
{
	size_t count = row_count < report_ways ? row_count : report_ways;
	struct view_bar bars[report_ways];

	for (size_t i = 0; i < count; i++) {
		struct str name = label(p->arena, p->base.language, "way", rows[i].method);

		bars[i] = (struct view_bar){ name, rows[i].people };
		p->way[i] = (struct view_report_registration_ways){ name, rows[i].people,
			percent(rows[i].people, sum->people), rows[i].counts, rows[i].only };
	}
	p->page.people = sum->people;
	p->page.ways_count = count;
	p->page.ways_chart = people_chart(p, "ways", bars, count, sum->people);
	add_counts(p, sum);
}

void report_draw_registration(struct buf *out, struct report_people *p)
{
	p->page.standings = p->standing;
	p->page.standings_count = report_standings;
	p->page.ways = p->way;
	p->page.counts = p->count;
	p->page.counts_count = report_ways_counts;
	view_report_registration(out, &p->base, &p->page);
}

/* The two pages about people have the part about ways in common. */
void report_draw_methods(struct buf *out, struct report_people *p)
{
	struct view_report_methods_ways ways[report_ways];
	struct view_report_methods_counts counts[report_ways_counts];
	struct view_report_methods page = { p->page.people, p->page.ways_chart, ways,
		p->page.ways_count, counts, report_ways_counts };

	for (size_t i = 0; i < p->page.ways_count; i++)
		ways[i] = (struct view_report_methods_ways){ p->way[i].label, p->way[i].count,
			p->way[i].percent, p->way[i].counts, p->way[i].only };
	for (size_t i = 0; i < report_ways_counts; i++)
		counts[i] = (struct view_report_methods_counts){ p->count[i].label,
			p->count[i].count, p->count[i].percent };
	view_report_methods(out, &p->base, &page);
}

/* ---- usage ---- */

static struct str day_text(const struct report_usage *u, int64_t day)
{
	struct buf b = buf_in(u->arena, 12);
	int year, month, date;

	clock_date(day, &year, &month, &date);
	buf_print(&b, "%04d-%02d-%02d", year, month, date);
	return b.full ? STR_NONE : buf_str(&b);
}

void report_begin_usage(struct report_usage *u, const struct rec_usage *sum)
{
	int64_t last = clock_day(sum->until);

	u->sum = *sum;
	u->first = clock_day(sum->since);
	for (int64_t day = u->first; day <= last && u->page.days_count < report_days; day++)
		u->day[u->page.days_count++].day = day_text(u, day);
	u->page.since = day_text(u, u->first);
	u->page.until = day_text(u, last);
}

static struct view_report_usage_ways *way_row(struct report_usage *u, struct str id)
{
	size_t i = 0;

	while (i < u->page.ways_count && !str_same(u->way_id[i], id))
		i++;
	if (i == report_ways)
		return NULL;
	if (i == u->page.ways_count) {
		u->way_id[i] = arena_copy(u->arena, id);
		u->way[i].way = label(u->arena, u->base.language, "way", u->way_id[i]);
		u->page.ways_count++;
	}
	return &u->way[i];
}

static void take_way(struct report_usage *u, const struct rec_usage_row *row)
{
	struct view_report_usage_ways *way = row->way.length ? way_row(u, row->way) : NULL;

	if (!way)
		return;
	way->tried += str_is(row->outcome, "tried") ? row->count : 0;
	way->proved += str_is(row->outcome, "proved") ? row->count : 0;
	way->registered += str_is(row->outcome, "done") ? row->count : 0;
	way->deleted += str_is(row->outcome, "deleted") ? row->count : 0;
}

static void take_reset(struct report_usage *u, const struct rec_usage_row *row)
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
static void take_step(struct report_usage *u, const struct rec_usage_row *row)
{
	struct view_report_usage_steps step = { label(u->arena, u->base.language, "step",
							arena_copy(u->arena, row->way)),
		row->count, percent(row->count, u->sum.given_up) };
	size_t at = u->page.steps_count;

	if (at == report_steps)
		return;
	for (; at > 0 && u->step[at - 1].count < step.count; at--)
		u->step[at] = u->step[at - 1];
	u->step[at] = step;
	u->page.steps_count++;
}

void report_take_usage(struct report_usage *u, const struct rec_usage_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_is(rows[i].what, "reset"))
			take_reset(u, &rows[i]);
		else if (str_is(rows[i].what, "step"))
			take_step(u, &rows[i]);
		else if (str_is(rows[i].what, "proof") || str_is(rows[i].what, "registration"))
			take_way(u, &rows[i]);
	}
}

static struct str usage_title(struct report_usage *u, const char *title)
{
	return label(u->arena, u->base.language, "chart", str_of(title));
}

static void draw_days(struct report_usage *u)
{
	struct view_column *columns = arena_take(u->arena, report_days * sizeof(*columns));
	struct str title = usage_title(u, "days");
	struct buf out = buf_in(u->arena, view_drawing_limit);

	if (!columns)
		return;
	for (size_t i = 0; i < u->page.days_count; i++)
		columns[i] = (struct view_column){ u->day[i].day_done,
			u->day[i].day_given_up + u->day[i].day_under_way };
	view_columns(&out, title, columns, u->page.days_count);
	u->page.highest = view_columns_highest(columns, u->page.days_count);
	u->page.chart = drawn(u->arena, &out);
}

static void draw_charts(struct report_usage *u)
{
	struct view_bar steps[report_steps], ways[report_ways];

	for (size_t i = 0; i < u->page.steps_count; i++)
		steps[i] = (struct view_bar){ u->step[i].label, u->step[i].count };
	for (size_t i = 0; i < u->page.ways_count; i++)
		ways[i] = (struct view_bar){ u->way[i].way, u->way[i].proved };
	draw_days(u);
	u->page.steps_chart =
		drawing(u->arena, usage_title(u, "steps"), steps, u->page.steps_count, 0);
	u->page.ways_chart =
		drawing(u->arena, usage_title(u, "proved"), ways, u->page.ways_count, 0);
}

void report_draw_usage(struct buf *out, struct report_usage *u)
{
	struct buf minutes = buf_in(u->arena, 24);

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
	view_report_usage(out, &u->base, &u->page);
}
