/* Reading a people file that stands in the test. */
#ifndef ROWS_HELP_H
#define ROWS_HELP_H

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "cli/rows.h"

struct reading {
	struct ctx c;
	FILE *file;
	const struct row_format *format;
	void *reader;
	struct import_row row;
	struct import_notice notice;
};

static inline err reading_open(struct reading *r, const struct row_format *format, struct str text)
{
	*r = (struct reading){ .format = format };
	r->c.arena = arena_open(256 * 1024);
	r->file = fmemopen((void *)(uintptr_t)text.at, text.length, "r");
	assert_non_null(r->file);
	return format->open(&r->c, r->file, &r->reader, &r->notice);
}

static inline err reading_next(struct reading *r)
{
	return r->format->next(&r->c, r->reader, &r->row, &r->notice);
}

static inline void reading_close(struct reading *r)
{
	(void)fclose(r->file);
	arena_close(&r->c.arena);
}

static inline void assert_text(struct str text, const char *expected)
{
	assert_int_equal(text.length, strlen(expected));
	assert_memory_equal(text.at, expected, text.length);
}

static inline void assert_cell(
	const struct reading *r, enum import_column column, const char *expected)
{
	assert_text(r->row.cells[column].text, expected);
}

/* The file as a whole is refused, for this reason. */
static inline void assert_file_refused(
	const struct row_format *format, struct str text, enum import_why why, const char *field)
{
	struct reading r;

	assert_int_equal(reading_open(&r, format, text), reply_malformed);
	assert_int_equal(r.notice.why, why);
	assert_string_equal(r.notice.field, field);
	reading_close(&r);
}

/* The first row is refused, the second (userName ada) is not, and then the file ends. */
static inline void assert_row_refused(const struct row_format *format, struct str text,
	enum import_why why, int64_t line, const char *field)
{
	struct reading r;

	assert_int_equal(reading_open(&r, format, text), 0);
	assert_int_equal(reading_next(&r), reply_refused);
	assert_int_equal(r.notice.why, why);
	assert_int_equal(r.notice.line, line);
	assert_string_equal(r.notice.field, field);
	assert_int_equal(reading_next(&r), 0);
	assert_cell(&r, import_user_name, "ada");
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

#endif
