/* What both readers of people files share: bytes and lines, row memory, rules for every value. */
#include "cli/rows.h"

#include <errno.h>
#include <string.h>

static void skip_mark(struct source *in)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };

	if (source_peek(in) != mark[0])
		return;
	for (size_t i = 0; i < sizeof(mark) && source_peek(in) == mark[i]; i++)
		(void)source_take(in);
}

err source_open(struct ctx *c, FILE *file, struct source *out)
{
	struct source in = { .file = file, .line = 1, .memory = arena_take(c->arena, row_limit) };

	if (!in.memory)
		return fault(c, fault_arena, "import: no room for one row");
	skip_mark(&in);
	*out = in;
	return 0;
}

int source_peek(struct source *in)
{
	int byte = getc_unlocked(in->file);

	if (byte != EOF)
		(void)ungetc(byte, in->file);
	return byte;
}

int source_take(struct source *in)
{
	int byte = getc_unlocked(in->file);

	if (byte == EOF)
		return EOF;
	in->bytes++;
	if (byte == '\n')
		in->line++;
	return byte;
}

void source_keep(struct source *in, int byte)
{
	if (in->kept < row_limit)
		in->memory[in->kept++] = (char)byte;
	else
		in->long_row = true;
}

struct str source_since(const struct source *in, size_t start)
{
	return (struct str){ in->memory + start, in->kept - start };
}

err source_failed(struct ctx *c, const struct source *in)
{
	if (ferror(in->file))
		return fault(c, fault_io, "import: the file cannot be read: %m");
	return 0;
}

/* A name from the file goes to a terminal: only printable ASCII of it is shown. */
static void show_name(char out[header_limit + 1], struct str name)
{
	size_t length = name.length < header_limit ? name.length : header_limit;

	for (size_t i = 0; i < length; i++)
		out[i] = name.at[i] >= ' ' && name.at[i] <= '~' ? name.at[i] : '?';
	out[length] = '\0';
}

void notice_give(struct import_notice *notice, enum import_why why, int64_t line, int64_t column,
	struct str field)
{
	if (notice->why != why_none)
		return;
	notice->why = why;
	notice->line = line;
	notice->column = column;
	show_name(notice->field, field);
}

bool value_looks_hashed(struct str value)
{
	struct str scheme, rest;

	if (value.length > 1 && value.at[0] == '$')
		return str_cut(str_from(value, 1), '$', &scheme, &rest) && scheme.length > 0;
	return value.length > 2 && value.at[0] == '{' && str_cut(value, '}', &scheme, &rest);
}

static enum import_why judge_value(enum import_column column, struct str value)
{
	if (value.length > import_columns[column].most)
		return why_value_long;
	if (value.length && memchr(value.at, 0, value.length))
		return why_nul_byte;
	if (!utf8_valid(value))
		return why_not_utf8;
	if (column == import_password_hash && value.length && !value_looks_hashed(value))
		return why_hash_clear;
	return why_none;
}

err row_judge(const struct import_row *row, struct import_notice *notice)
{
	for (enum import_column i = 0; i < import_column_count; i++) {
		const struct import_cell *cell = &row->cells[i];
		enum import_why why = judge_value(i, cell->text);

		if (why != why_none)
			notice_give(notice, why, cell->line, cell->column,
				str_of(import_columns[i].header));
	}
	if (str_trim(row->cells[import_user_name].text).length == 0)
		notice_give(notice, why_name_missing, row->line, 0, STR("userName"));
	return notice->why == why_none ? 0 : reply_refused;
}
