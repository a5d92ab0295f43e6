/* Any bytes as a people file: every row is accepted whole or refused with a reason; the first one
 * that is accepted is read as the same when it is written as comma-separated values. */
#ifndef FUZZ_ROWS_H
#define FUZZ_ROWS_H

#include "cli/rows.h"

#include "fuzz.h"

static inline void write_cells(FILE *to, const struct import_row *row, bool names)
{
	bool some = false;

	for (size_t i = 0; i < import_column_count; i++) {
		struct str text = names ? str_of(import_columns[i].header) : row->cells[i].text;

		if (!row->cells[i].text.length)
			continue;
		must_be(fputs(some ? ",\"" : "\"", to) >= 0);
		some = true;
		for (size_t at = 0; at < text.length; at++) {
			if (text.at[at] == '"')
				(void)fputc('"', to);
			(void)fputc(text.at[at], to);
		}
		(void)fputc('"', to);
	}
	must_be(fputs("\r\n", to) >= 0);
}

static inline void read_again(struct ctx *c, const struct import_row *row)
{
	struct import_notice notice;
	struct import_row again;
	char *made = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&made, &size), *from;
	void *reader;

	must_be(to);
	write_cells(to, row, true);
	write_cells(to, row, false);
	must_be(fclose(to) == 0 && (from = fmemopen(made, size, "r")));
	must_be(row_csv.open(c, from, &reader, &notice) == 0);
	must_be(row_csv.next(c, reader, &again, &notice) == 0);
	for (size_t i = 0; i < import_column_count; i++)
		must_be(str_same(row->cells[i].text, again.cells[i].text));
	must_be(row_csv.next(c, reader, &again, &notice) == reply_nothing);
	(void)fclose(from);
	memory_return(made);
}

static inline void judge_rows(struct ctx *c, const struct row_format *format, FILE *file)
{
	struct import_notice notice;
	struct import_row row;
	bool again = false;
	void *reader;
	err e = format->open(c, file, &reader, &notice);

	must_be(e == 0 || (e == reply_malformed && notice.why != why_none));
	while (e == 0 || e == reply_refused) {
		e = format->next(c, reader, &row, &notice);
		must_be(e == 0 || e == reply_nothing ||
			(e == reply_refused && notice.why != why_none));
		for (size_t i = 0; e == 0 && i < import_column_count; i++) {
			must_be(row.cells[i].text.length <= import_columns[i].most);
			must_be(utf8_valid(row.cells[i].text));
		}
		if (e == 0 && !again)
			read_again(c, &row);
		again |= e == 0;
	}
}

static inline int try_rows(const struct row_format *format, const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(512 * 1024);
	FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "r");

	if (file) {
		judge_rows(c, format, file);
		(void)fclose(file);
	}
	arena_wipe(c->arena);
	return 0;
}

#endif
