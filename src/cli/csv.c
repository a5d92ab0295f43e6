/* People from comma-separated values (RFC 4180): a header row, then one person a row. */
#include "cli/rows.h"

#include <string.h>
#include <strings.h>

struct csv {
	struct source in;
	size_t columns;
	enum import_column of[import_column_count]; /* which column of the file is which */
};

enum stop { stop_field, stop_row, stop_file };

static bool line_end(struct source *in, int byte)
{
	if (byte == '\r' && source_peek(in) == '\n')
		byte = source_take(in);
	return byte == '\n';
}

/* Takes an unquoted value, or what follows a quoted one that went wrong, up to its end. */
static enum stop take_plain(struct source *in, struct import_notice *notice, int64_t column)
{
	for (;;) {
		int64_t line = in->line;
		int byte = source_take(in);

		if (byte == EOF)
			return stop_file;
		if (byte == ',')
			return stop_field;
		if (line_end(in, byte))
			return stop_row;
		if (byte == '"')
			notice_give(notice, why_quote_inside, line, column, STR_NONE);
		else if (byte == '\r')
			notice_give(notice, why_bare_return, line, column, STR_NONE);
		source_keep(in, byte);
	}
}

/* Takes what stands between quotes; false when the file ends before the second one. */
static bool take_between(struct source *in)
{
	for (;;) {
		int byte = source_take(in);

		if (byte == EOF)
			return false;
		if (byte == '"' && source_peek(in) != '"')
			return true;
		if (byte == '"')
			(void)source_take(in);
		source_keep(in, byte);
	}
}

static enum stop take_quoted(struct source *in, struct import_notice *notice, int64_t column)
{
	int64_t line = in->line;
	size_t length;
	enum stop stop;

	(void)source_take(in);
	if (!take_between(in)) {
		notice_give(notice, why_quote_open, line, column, STR_NONE);
		return stop_file;
	}
	line = in->line;
	length = in->kept;
	stop = take_plain(in, &(struct import_notice){ 0 }, column);
	if (in->kept > length)
		notice_give(notice, why_quote_after, line, column, STR_NONE);
	return stop;
}

static enum stop take_cell(
	struct source *in, struct import_cell *cell, struct import_notice *notice)
{
	size_t start = in->kept;
	enum stop stop;

	cell->line = in->line;
	if (source_peek(in) == '"')
		stop = take_quoted(in, notice, cell->column);
	else
		stop = take_plain(in, notice, cell->column);
	cell->text = source_since(in, start);
	return stop;
}

/* One row of at most `most` cells; *count may be larger. reply_nothing at the end of the file. */
static err take_row(struct source *in, struct import_cell *cells, size_t most, size_t *count,
	struct import_notice *notice)
{
	int64_t line = in->line;
	enum stop stop = stop_field;
	size_t n = 0;

	in->kept = 0;
	in->long_row = false;
	if (source_peek(in) == EOF)
		return reply_nothing;
	for (; stop == stop_field; n++) {
		struct import_cell spare = { 0 }, *cell = n < most ? &cells[n] : &spare;

		cell->column = (int64_t)n + 1;
		stop = take_cell(in, cell, notice);
	}
	if (in->long_row) {
		*notice = (struct import_notice){ 0 };
		notice_give(notice, why_row_long, line, 0, STR_NONE);
	}
	*count = n;
	return 0;
}

/* The same, passing over empty lines. */
static err take_full_row(struct source *in, struct import_cell *cells, size_t most, size_t *count,
	struct import_notice *notice)
{
	err e;

	do {
		e = take_row(in, cells, most, count, notice);
	} while (!e && *count == 1 && in->kept == 0 && notice->why == why_none);
	return e;
}

/* ---- the header row ---- */

static bool names_clear_password(struct str header)
{
	static const char *const names[] = { "password", "userPassword", "unicodePwd", "passwd",
		"pwd", "clearPassword", "plainPassword", "cleartextPassword", "newPassword",
		"passwordClear", "passwordPlain" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == header.length &&
			strncasecmp(names[i], header.at, header.length) == 0)
			return true;
	return false;
}

static bool other_separator(const struct import_cell *cell, size_t count)
{
	return count == 1 && cell->text.length &&
	       (memchr(cell->text.at, ';', cell->text.length) ||
		       memchr(cell->text.at, '\t', cell->text.length));
}

static enum import_why judge_header(struct csv *csv, struct str name)
{
	enum import_column column;

	if (names_clear_password(name))
		return why_password_column;
	if (!import_column_of(name, &column))
		return why_header_unknown;
	for (size_t i = 0; i < csv->columns; i++)
		if (csv->of[i] == column)
			return why_header_twice;
	csv->of[csv->columns++] = column;
	return why_none;
}

static bool has_user_name(const struct csv *csv)
{
	for (size_t i = 0; i < csv->columns; i++)
		if (csv->of[i] == import_user_name)
			return true;
	return false;
}

/* Room for more cells than there are columns, so that the one too many is named. */
static err take_header(struct csv *csv, struct import_notice *notice)
{
	struct import_cell cells[2 * import_column_count];
	size_t most = sizeof(cells) / sizeof(*cells), count = 0;

	if (take_full_row(&csv->in, cells, most, &count, notice))
		notice_give(notice, why_file_empty, 1, 0, STR_NONE);
	else if (notice->why == why_none && other_separator(cells, count))
		notice_give(notice, why_file_separator, cells[0].line, 0, STR_NONE);
	for (size_t i = 0; i < count && i < most && notice->why == why_none; i++) {
		struct str name = str_trim(cells[i].text);
		enum import_why why = judge_header(csv, name);

		if (why != why_none)
			notice_give(notice, why, cells[i].line, cells[i].column, name);
	}
	if (!has_user_name(csv))
		notice_give(notice, why_header_no_name, 1, 0, STR("userName"));
	return notice->why == why_none ? 0 : reply_malformed;
}

static bool utf16(struct source *in)
{
	int byte = source_peek(in);

	return byte == 0xff || byte == 0xfe || byte == 0;
}

static err open_csv(struct ctx *c, FILE *file, void **out, struct import_notice *notice)
{
	struct csv *csv = arena_take(c->arena, sizeof(*csv));
	err e;

	*notice = (struct import_notice){ 0 };
	if (!csv)
		return fault(c, fault_arena, "import: no room for a reader");
	if ((e = source_open(c, file, &csv->in)))
		return e;
	if (utf16(&csv->in)) {
		notice_give(notice, why_file_utf16, 1, 0, STR_NONE);
		return reply_malformed;
	}
	e = take_header(csv, notice);
	if (ferror(file))
		return source_failed(c, &csv->in);
	if (!e)
		*out = csv;
	return e;
}

/* ---- the rows ---- */

/* A refusal about a column of the file says the column's name. */
static void name_column(const struct csv *csv, struct import_notice *notice)
{
	int64_t column = notice->column;

	if (column > 0 && column <= (int64_t)csv->columns && !notice->field[0])
		(void)snprintf(notice->field, sizeof(notice->field), "%s",
			import_columns[csv->of[column - 1]].header);
}

static err next_csv(
	struct ctx *c, void *reader, struct import_row *row, struct import_notice *notice)
{
	struct csv *csv = reader;
	struct import_cell cells[import_column_count];
	size_t count = 0;
	err e;

	*notice = (struct import_notice){ 0 };
	e = take_full_row(&csv->in, cells, import_column_count, &count, notice);
	if (ferror(csv->in.file))
		return source_failed(c, &csv->in);
	if (e)
		return e;
	*row = (struct import_row){ .line = cells[0].line };
	if (count != csv->columns)
		notice_give(notice, why_row_fields, row->line, 0, STR_NONE);
	for (size_t i = 0; i < count && i < csv->columns; i++)
		row->cells[csv->of[i]] = cells[i];
	name_column(csv, notice);
	return row_judge(row, notice);
}

static const struct source *source_csv(const void *reader)
{
	return &((const struct csv *)reader)->in;
}

const struct row_format row_csv = {
	.name = "csv",
	.open = open_csv,
	.next = next_csv,
	.source = source_csv,
};
