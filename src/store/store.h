/* The store: units of bound statements, one writer, group commit. Statements stand in
 * sql/statement.def and are true for SQLite and PostgreSQL.
 *
 * May come back: fault_store, fault_store_schema, fault_arena; reply_lost_race from unit_commit;
 * reply_not_found from store_one. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"
#include "statement_gen.h" /* enum statement { statement_... } */

enum value_kind { value_null, value_number, value_text, value_bytes };

struct value {
	enum value_kind kind;
	int64_t number;
	struct str str;
};

struct value v_null(void);
struct value v_number(int64_t n);
struct value v_text(struct str s);  /* never NULL: no text (at == NULL) is the empty text */
struct value v_bytes(struct str s); /* no bytes (at == NULL) is NULL */

/* Arguments of a statement, by position. */
#define WITH(...)                                                                                  \
	(const struct value[]){ __VA_ARGS__ },                                                     \
		(sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
#define WITH_NOTHING NULL, 0

struct rows {
	const struct value *const *at; /* count rows of columns values each, in the arena */
	size_t count, columns;
};

struct store_status {
	int64_t schema, newest_schema;
	bool made;      /* it was not there before */
	bool backed_up; /* the start that opened it backed up an older schema first */
};

enum store_how {
	store_there, /* it must be there */
	store_make,  /* it is made when it is absent */
	store_again  /* as store_make, and this machine runs since another process had it */
};

/* Opens dir/rekey.db (mode 0600). Only one process has it at a time: dir/rekey.lock. An older
 * schema is copied to dir/backup/rekey-SCHEMA-TIME.db and then migrated; a newer one, or one made
 * by other migrations, is refused (fault_store_schema). After an unclean stop the file is checked
 * first, and refused when damaged (fault_store): whole, which takes a second for some 200 MB. Not
 * so with store_again: what a process that was killed had written is still with the kernel, unless
 * an error had come back from the disk. */
must_use err store_open(struct ctx *c, const char *dir, enum store_how how, struct store **out,
	struct store_status *status);
/* Answers all units that wait, then closes.
 * Nobody may call it or anything else with it meanwhile. */
void store_close(struct store **store);

/* Reads what was committed before the call. most: 0 is all. The rows are copied to the arena. */
must_use err store_read(struct ctx *c, enum statement s, const struct value *with, size_t count,
	size_t most, struct rows *out);
/* Exactly one row: reply_not_found when there is none. */
must_use err store_one(
	struct ctx *c, enum statement s, const struct value *with, size_t count, struct rows *out);
struct value row_value(const struct rows *rows, size_t row, size_t column);
int64_t row_number(const struct rows *rows, size_t row, size_t column); /* NULL is 0 */
struct str row_str(const struct rows *rows, size_t row, size_t column); /* NULL is STR_NONE */

/* What c reads from here on is of one moment, through one connection: an operation sees a whole,
 * and the locks of the file are taken once. The moment ends where unit_commit waits, and where
 * moment_pass says so, before whatever else takes long (a hash); the next read begins another. Once
 * for each c; closed as a scoped variable. */
struct connection;
struct moment {
	struct ctx *c;
	struct connection *connection; /* NULL: nothing was read since it began */
};
void moment_open(struct ctx *c, struct moment *moment);
void moment_pass(struct ctx *c);
void moment_close(struct moment *moment);

/* A unit: all of it or nothing. Each statement says how many rows it must change, a SELECT how many
 * it must find; any_rows: whatever. */
enum { unit_statements = 48, any_rows = -1 };

struct unit {
	struct ctx *c;
	size_t count;
	bool failed; /* the arena was full, or too many statements */
	struct unit_step {
		enum statement statement;
		int64_t rows;
		const struct value *with;
		size_t count;
	} steps[unit_statements];
};

struct unit unit_begin(struct ctx *c);
/* Values are copied; what their texts point to must live until unit_commit returns. */
void unit_add(
	struct unit *unit, enum statement s, int64_t rows, const struct value *with, size_t count);
/* Durable when it returns 0. Otherwise nothing of the unit holds. reply_lost_race: a statement
 * changed another number of rows, or a key was taken, or what a row points to is gone. */
must_use err unit_commit(struct unit *unit);

/* A consistent copy to a new file (mode 0600, durable), while others read and write. fault_io: the
 * file is there already, or cannot be made. */
must_use err store_copy(struct ctx *c, const char *path);

#endif
