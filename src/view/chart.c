/* Charts as drawings (SVG 1.1) in a document: bars with a label each, and a column for each day.
 * Their text alternative is the label of the drawing; the numbers stand in a table beside it. */
#include "view/inside.h"

enum {
	bar_width = 360,
	bar_step = 44,
	label_line = 14,
	bar_top = 22,
	bar_height = 12,
	column_step = 10,
	column_gap = 2
};

static void begin(
	struct buf *out, const char *kind, int64_t width, int64_t height, struct str label)
{
	buf_print(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"%s\" viewBox=\"0 0 %lld %lld\"",
		kind, (long long)width, (long long)height);
	buf_add(out, STR(" role=\"img\" aria-label=\""));
	view_html(out, label);
	buf_add(out, STR("\""));
}

static void rect(
	struct buf *out, const char *kind, int64_t x, int64_t y, int64_t width, int64_t height)
{
	if (width > 0 && height > 0)
		buf_print(out,
			"<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\"/>",
			kind, (long long)x, (long long)y, (long long)width, (long long)height);
}

/* What is not nothing can be seen. */
static int64_t length_of(int64_t value, int64_t whole, int64_t room)
{
	int64_t length = whole > 0 && value > 0 ? value * room / whole : 0;

	return value > 0 && length < 1 ? 1 : length < room ? length : room;
}

static void bar(struct buf *out, const struct view_bar *b, int64_t at, int64_t whole)
{
	int64_t top = at * bar_step, line = top + label_line;

	buf_print(out, "<text x=\"0\" y=\"%lld\">", (long long)line);
	view_html(out, b->label);
	buf_print(out, "</text><text x=\"%d\" y=\"%lld\" text-anchor=\"end\">%lld</text>",
		bar_width, (long long)line, (long long)b->value);
	rect(out, "track", 0, top + bar_top, bar_width, bar_height);
	rect(out, "mark", 0, top + bar_top, length_of(b->value, whole, bar_width), bar_height);
}

void view_bars(
	struct buf *out, struct str label, const struct view_bar *bars, size_t count, int64_t whole)
{
	for (size_t i = 0; i < count; i++)
		whole = bars[i].value > whole ? bars[i].value : whole;
	begin(out, "bars", bar_width, (int64_t)count * bar_step, label);
	buf_char(out, '>');
	for (size_t i = 0; i < count; i++)
		bar(out, &bars[i], (int64_t)i, whole);
	buf_add(out, STR("</svg>"));
}

/* Stretched to the room there is: so there is no text in it. */
void view_columns(
	struct buf *out, struct str label, const struct view_column *columns, size_t count)
{
	enum { height = 100, least = 14 };
	int64_t highest = view_columns_highest(columns, count);

	begin(out, "columns", (int64_t)(count > least ? count : least) * column_step, height,
		label);
	buf_add(out, STR(" preserveAspectRatio=\"none\">"));
	for (size_t i = 0; i < count; i++) {
		int64_t full = length_of(columns[i].full, highest, height);
		int64_t hollow = length_of(columns[i].hollow, highest, height);
		int64_t x = (int64_t)i * column_step + column_gap / 2;

		hollow = hollow < height - full ? hollow : height - full;
		rect(out, "mark", x, height - full, column_step - column_gap, full);
		rect(out, "rest", x, height - full - hollow, column_step - column_gap, hollow);
	}
	buf_add(out, STR("</svg>"));
}

int64_t view_columns_highest(const struct view_column *columns, size_t count)
{
	int64_t highest = 0;

	for (size_t i = 0; i < count; i++)
		if (columns[i].full + columns[i].hollow > highest)
			highest = columns[i].full + columns[i].hollow;
	return highest;
}
