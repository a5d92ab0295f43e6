/* Values aligned for eyes. What could steer a terminal or turn a line round is shown as "?". */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>
#include <uniwidth.h>
#include <unistd.h>

/* On a terminal a cell of a list is cut here; elsewhere nothing is cut. */
enum { cell_most = 40, columns_most = 32, gap = 2 };

static int point_width(int32_t point)
{
	int width = point_steers(point) ? 1 : uc_width((ucs4_t)point, "UTF-8");

	return width < 0 ? 1 : width;
}

static int32_t point_at(struct str s, size_t *at)
{
	size_t from = *at;
	int32_t point = utf8_next(s, at);

	if (point < 0)
		*at = from + 1;
	return point;
}

static int width_of(struct str s)
{
	int width = 0;

	for (size_t at = 0; at < s.length;)
		width += point_width(point_at(s, &at));
	return width;
}

/* Prints at most `most` columns; the last of them is "…" when something was cut. Returns the width.
 */
static int print_cut(FILE *to, struct str s, int most)
{
	int width = 0, whole = width_of(s);

	for (size_t at = 0; at < s.length;) {
		size_t from = at;
		int32_t point = point_at(s, &at);

		if (whole > most && width + point_width(point) > most - 1) {
			(void)fputs("…", to);
			return width + 1;
		}
		width += point_width(point);
		if (point_steers(point) || point < 0)
			(void)fputc('?', to);
		else
			(void)fwrite(s.at + from, 1, at - from, to);
	}
	return width;
}

static struct str time_text(int64_t seconds, char memory[40])
{
	if (seconds == 0)
		return STR_NONE;
	clock_utc(seconds, memory);
	return str_of(memory);
}

struct str table_text(const struct field *f, const void *record, char memory[40])
{
	const void *at = (const char *)record + f->offset;
	struct secret *secret;

	switch (f->kind) {
	case kind_number:
		(void)snprintf(memory, 40, "%lld", (long long)*(const int64_t *)at);
		return str_of(memory);
	case kind_time:
		return time_text(*(const int64_t *)at, memory);
	case kind_bytes:
		(void)snprintf(memory, 40, "(%zu bytes)", ((const struct str *)at)->length);
		return str_of(memory);
	case kind_secret:
		/* A one-time pass, shown to the one who asked for it. */
		secret = *(struct secret *const *)at;
		return secret ? secret_show(secret) : STR_NONE;
	default:
		return *(const struct str *)at;
	}
}

void table_record(FILE *to, const struct shape *shape, const void *record)
{
	char memory[40];
	int widest = 0;

	for (size_t i = 0; i < shape->count; i++) {
		int width = width_of(str_of(shape->fields[i].name));

		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		struct str text = table_text(f, record, memory);

		(void)fprintf(to, "%-*s", text.length ? widest + gap : 0, f->name);
		print_cut(to, text, INT32_MAX);
		(void)fputc('\n', to);
	}
}

/* 0: the column has nothing in it, and is left out. */
static int column_width(
	const struct field *f, size_t size, const char *items, size_t count, int most)
{
	char memory[40];
	int widest = 0;

	for (size_t i = 0; i < count; i++) {
		int width = width_of(table_text(f, items + i * size, memory));

		widest = width > widest ? width : widest;
	}
	if (widest && widest < width_of(str_of(f->name)))
		widest = width_of(str_of(f->name));
	return widest < most ? widest : most;
}

/* A cell, and what keeps the next one in its column; record NULL: the column's name. */
struct line {
	FILE *to;
	const int *widths;
	int most, pending; /* blanks that are printed if something follows */
};

static void cell(struct line *line, struct str text, int width)
{
	int used;

	if (text.length) {
		(void)fprintf(line->to, "%*s", line->pending, "");
		line->pending = 0;
	}
	used = print_cut(line->to, text, width < line->most ? line->most : width);
	line->pending += (used < width ? width - used : 0) + gap;
}

static void row(struct line line, const struct shape *shape, const void *record)
{
	char memory[40];

	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (line.widths[i])
			cell(&line, record ? table_text(f, record, memory) : str_of(f->name),
				line.widths[i]);
	}
	(void)fputc('\n', line.to);
}

/* Widens the columns for one page. True: there is a column that no page before had. */
static bool widen(int *widths, const struct shape *shape, const void *items, size_t count, int most)
{
	bool more = false;

	for (size_t i = 0; i < shape->count; i++) {
		int width = column_width(&shape->fields[i], shape->size, items, count, most);

		more |= width && !widths[i];
		widths[i] = width > widths[i] ? width : widths[i];
	}
	return more;
}

void table_items(FILE *to, const struct shape *shape, const void *items, size_t count, bool head)
{
	static int widths[columns_most]; /* of the list that is being printed */
	int most = isatty(fileno(to)) ? cell_most : INT32_MAX;
	struct line line = { .to = to, .widths = widths, .most = most };

	must_be(shape->count <= columns_most);
	if (head)
		memset(widths, 0, sizeof(widths));
	/* Names once, and again where a page brings a column that was empty until then. */
	if (widen(widths, shape, items, count, most)) {
		if (!head)
			(void)fputc('\n', to);
		row(line, shape, NULL);
	}
	for (size_t i = 0; i < count; i++)
		row(line, shape, (const char *)items + i * shape->size);
}
