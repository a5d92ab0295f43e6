/* Rows of a people file, whatever its form: what csv.c and ldif.c share.
 *
 * Nothing here grows with the file: one row is at most row_limit bytes, in memory taken once from
 * c's arena. The texts of a row hold until the next one is read.
 *
 * May come back from reading: 0, a row; reply_nothing, the end; reply_refused, this row is not to
 * be imported and the next one may be read; reply_malformed, the file cannot be read (both: the
 * notice says why); fault_io, fault_arena. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include <stdio.h>

#include "spec/import.h"
#include "spec/spec.h"

enum {
	row_limit = 64 * 1024, /* the keeper takes no larger frame, and no person needs more */
	header_limit = 64 /* bytes of a column's or attribute's name that are shown in a report */
};

struct import_cell {
	struct str text;      /* empty: leave what is there */
	int64_t line, column; /* column of a CSV file, from 1; 0 in LDIF */
};

struct import_row {
	int64_t line; /* where it begins */
	struct import_cell cells[import_column_count];
};

struct import_notice {
	enum import_why why;
	int64_t line, column;         /* column: 0 when it is not about one */
	char field[header_limit + 1]; /* the column's or attribute's name, or "" */
};

/* A file read byte by byte, counting lines; what is kept goes into the row's memory. */
struct source {
	FILE *file;
	int64_t line, bytes; /* line of the next byte; bytes read, for the progress bar */
	char *memory;
	size_t kept;
	bool long_row; /* something did not fit */
};

must_use err source_open(struct ctx *c, FILE *file, struct source *out); /* passes over a BOM */
int source_take(struct source *in);                                      /* the next byte, or EOF */
int source_peek(struct source *in);
void source_keep(struct source *in, int byte);                  /* adds it to the row's memory */
struct str source_since(const struct source *in, size_t start); /* what was kept since then */
must_use err source_failed(struct ctx *c, const struct source *in); /* fault_io after a bad read */

/* Writes down the first refusal of a row; later ones change nothing. */
void notice_give(struct import_notice *notice, enum import_why why, int64_t line, int64_t column,
	struct str field);
/* What holds for a row of either form: a userName, every value UTF-8 and not too long, no clear
 * password. Returns 0 or reply_refused. */
must_use err row_judge(const struct import_row *row, struct import_notice *notice);
bool value_looks_hashed(struct str value); /* {SCHEME}... or $id$...: not a clear password */

/* One reader of rows. */
struct row_format {
	const char *name;
	must_use err (*open)(struct ctx *c, FILE *file, void **out, struct import_notice *notice);
	must_use err (*next)(
		struct ctx *c, void *reader, struct import_row *row, struct import_notice *notice);
	const struct source *(*source)(const void *reader); /* how far it has come */
};

extern const struct row_format row_csv, row_ldif;

#endif
