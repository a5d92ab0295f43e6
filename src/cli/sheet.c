/* Values for a spreadsheet (CSV, RFC 4180). A cell is text, whatever a stranger typed into it. */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>

/* What makes a spreadsheet take a cell for a formula; the full-width ones are folded by some. */
static bool begins_formula(struct str s)
{
	static const struct str starts[] = { { "=", 1 }, { "+", 1 }, { "-", 1 }, { "@", 1 },
		{ "\t", 1 }, { "\r", 1 }, { "\n", 1 }, { "＝", 3 }, { "＋", 3 }, { "－", 3 },
		{ "＠", 3 } };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_starts(s, starts[i]))
			return true;
	return false;
}

/* Quoted always, so that no character can end it; controls, line ends among them, become blanks, so
 * that one line is one record; and before what would be a formula stands an apostrophe. */
static void cell(FILE *to, struct str s, bool last)
{
	(void)fputc('"', to);
	if (begins_formula(s))
		(void)fputc('\'', to);
	for (size_t i = 0; i < s.length; i++) {
		bool control = (uint8_t)s.at[i] < ' ' || s.at[i] == 0x7f;

		if (s.at[i] == '"')
			(void)fputc('"', to);
		(void)fputc(control ? ' ' : s.at[i], to);
	}
	(void)fputs(last ? "\"\r\n" : "\",", to);
}

void sheet_head(FILE *to, const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		cell(to, str_of(shape->fields[i].name), i + 1 == shape->count);
}

void sheet_record(FILE *to, const struct shape *shape, const void *record)
{
	char memory[40];

	for (size_t i = 0; i < shape->count; i++)
		cell(to, table_text(&shape->fields[i], record, memory), i + 1 == shape->count);
}
