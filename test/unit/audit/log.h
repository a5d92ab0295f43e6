/* A log of its own for each test, on a real store; and a second connection that tampers with it. */
#ifndef TEST_AUDIT_LOG_H
#define TEST_AUDIT_LOG_H

#include "../house.h"
#include "audit/inside.h"
#include "model/model.h"

#include <sqlite3.h>

static inline int log_setup(void **state)
{
	int failed = open_house(state);

	ctx.now = clock_now();
	return failed;
}

/* As somebody who can write the store, and has no keys. Returns how many rows changed. */
static inline int tamper(const char *sql)
{
	sqlite3 *db = NULL;
	char path[100];
	int changed;

	snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		print_error("%s\n", sqlite3_errmsg(db));
		must_be_failed("the tampering worked", __FILE__, __LINE__);
	}
	changed = sqlite3_total_changes(db);
	sqlite3_close(db);
	return changed;
}

/* One number out of the store. */
static inline int64_t number(const char *sql)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	char path[100];
	int64_t n;

	snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	must_be(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
	must_be(sqlite3_step(statement) == SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return n;
}

static inline void new_day(void)
{
	arena_wipe(ctx.arena);
	clock_turn(86400);
	ctx.now = clock_now();
}

static inline void add_about(enum event event, const struct audit_about *about)
{
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(audit_add(&unit, event, about), 0);
	assert_int_equal(unit_commit(&unit), 0);
}

/* In units of up to 40 rows, whose order in the log is that of their adding. */
static inline void add(size_t count)
{
	struct audit_about about = { .support = STR("K7Q2-9XWM"), .note = STR("n") };

	while (count) {
		struct unit unit = unit_begin(&ctx);

		for (size_t i = 0; i < 40 && count; i++, count--)
			assert_int_equal(audit_add(&unit, event_signin, &about), 0);
		assert_int_equal(unit_commit(&unit), 0);
		arena_wipe(ctx.arena);
	}
}

static inline void close_log(void)
{
	arena_wipe(ctx.arena);
	assert_int_equal(audit_close(&ctx), 0);
}

static inline struct audit_verdict verdict(void)
{
	struct audit_verdict out;

	arena_wipe(ctx.arena);
	assert_int_equal(audit_verify(&ctx, &out), 0);
	return out;
}

/* An account of this name, with `digit` 16 times as its id. */
static inline struct str person(const char *name, char digit)
{
	static char ids[10][id_size];
	char *id = ids[digit - '0'], sql[900];
	struct buf b = buf_on(sql, sizeof(sql) - 1);

	memset(id, digit, id_size);
	buf_print(&b,
		"INSERT INTO account (id, name, canonical, display_name, reading, given_name, "
		"surname, "
		"upn, mail, employee_id, language, state, frozen, must_register, created, changed, "
		"last_signin) VALUES (CAST('%.*s' AS BLOB), '%s', '%s', '', '', '', '', '', '', "
		"'', '', "
		"'active', 0, 0, 0, 0, 0); ",
		id_size, id, name, name);
	buf_print(&b, "INSERT INTO login_name VALUES ('%s', CAST('%.*s' AS BLOB), 'name')", name,
		id_size, id);
	sql[b.length] = 0;
	assert_int_equal(tamper(sql), 2);
	return (struct str){ id, id_size };
}

#endif
