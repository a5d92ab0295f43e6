/* What the files of this room share. */
#ifndef CLI_INSIDE_H
#define CLI_INSIDE_H

#include "cli/cli.h"

#include <stdio.h>

/* One part of a usage line. */
struct slot {
	struct str name, value; /* "FILE" and nothing; "--most" and "N"; "--dry-run" and nothing */
	bool option, optional;
};

/* The next slot of *rest; false at the end. Words of the command itself are passed over. */
bool usage_next(struct str *rest, struct slot *out);
/* Sorts what stands after the command into call->given. words holds count. 0, or exit_usage with a
 * sentence said. */
must_use int call_parse(struct call *call, int count, char *const *words);
/* Leaves of argv what is not --data, --format or --config, which may stand anywhere before "--". */
must_use int call_globals(struct call *call, int *argc, char **argv);

/* Every command there is: rows of command.def, of other rooms, and operations with a command form.
 * help.c and completion.c walk over them. */
struct entry {
	const char *usage, *help;
	const struct command *command; /* or */
	const struct operation *operation;
};
bool entry_at(size_t i, struct entry *out); /* false after the last */
/* The leading words of a usage line that are the command's name: 1 or 2. */
struct str usage_name(const char *usage);

extern const struct str text_people; /* share/sample/people.csv */

int operation_run(struct call *call, const struct operation *op);
/* What was given, as the fields of an operation: in has op->asks->size bytes.
 * 0, or an exit code. */
must_use int operation_fill(struct call *call, const struct operation *op, void *in);

/* table.c: values aligned for eyes; what could steer a terminal is replaced. */
void table_record(FILE *to, const struct shape *shape, const void *record);
/* A value as text; memory holds numbers and times. */
struct str table_text(const struct field *f, const void *record, char memory[40]);
void table_items(FILE *to, const struct shape *shape, const void *items, size_t count, bool head);
/* json.c: values for programs. */
void json_record(FILE *to, const struct shape *shape, const void *record);
void json_str(FILE *to, struct str s);
/* sheet.c: values for a spreadsheet, which runs none of them (RFC 4180). */
void sheet_head(FILE *to, const struct shape *shape);
void sheet_record(FILE *to, const struct shape *shape, const void *record);
/* pages.c: asks page after page, with the cursor of one in what is asked for the next. An exit
 * code. */
typedef void take_page(void *into, const struct answer *a);
must_use int call_pages(
	struct call *call, enum operation_id id, void *in, take_page *take, void *into);
/* Every row of an operation's list, page after page, with what was given as its fields,
 * as a sheet on standard output. An exit code. */
int sheet_pages(struct call *call, enum operation_id id);

#define COMMAND(noun, verb, function, usage, help) int function(struct call *call);
#include "cli/command.def"
#undef COMMAND

#endif
