/* Any bytes as a people file: every row is accepted whole or refused with a reason. */
#ifndef FUZZ_ROWS_H
#define FUZZ_ROWS_H

#include "cli/rows.h"

static inline void judge_rows(struct ctx *c, const struct row_format *format, FILE *file)
{
	struct import_notice notice;
	struct import_row row;
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
	}
}

static inline int try_rows(const struct row_format *format, const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "r");

	if (!c.arena) {
		c.arena = arena_open(256 * 1024);
		must_be(c.arena);
	}
	if (file) {
		judge_rows(&c, format, file);
		(void)fclose(file);
	}
	arena_wipe(c.arena);
	return 0;
}

#endif
