/* What tests of operations on people need besides the house. */
#ifndef PEOPLE_HOUSE_H
#define PEOPLE_HOUSE_H

#include "../house.h"
#include "people/inside.h"

#include <sqlite3.h>

static struct answer answer;

static inline void assert_text(struct str text, const char *expected)
{
	if (!str_is(text, expected))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(text), expected);
}

static inline struct account person(const char *name)
{
	struct account account = { 0 };

	assert_int_equal(person_find(&ctx, str_of(name), &account), 0);
	return account;
}

static inline err take_in(struct op_people_import_row row)
{
	answer = (struct answer){ 0 };
	return serve_people_import_row(&ctx, &row, &answer);
}

#define ROW(...) take_in((struct op_people_import_row){ __VA_ARGS__ })

/* What no door of ours does. */
static inline void write_store(const char *sql)
{
	char path[100], *why = NULL;
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static inline int64_t count_of(enum statement s, struct str account)
{
	struct rows rows;

	assert_int_equal(store_read(&ctx, s, WITH(v_bytes(account)), 0, &rows), 0);
	return (int64_t)rows.count;
}

#endif
