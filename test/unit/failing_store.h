/* Calls of SQLite that fail when a test says so. */
#ifndef TEST_FAILING_STORE_H
#define TEST_FAILING_STORE_H

#include "unit/failing.h"

#include <sqlite3.h>

MAY_FAIL(int, sqlite3_step, SQLITE_IOERR, (sqlite3_stmt * s), (s))
MAY_FAIL(int, sqlite3_bind_null, SQLITE_NOMEM, (sqlite3_stmt * s, int place), (s, place))
MAY_FAIL(int, sqlite3_bind_int64, SQLITE_NOMEM, (sqlite3_stmt * s, int place, sqlite3_int64 n),
	(s, place, n))
MAY_FAIL(int, sqlite3_bind_text64, SQLITE_NOMEM,
	(sqlite3_stmt * s, int place, const char *at, sqlite3_uint64 size, void (*drop)(void *),
		unsigned char code),
	(s, place, at, size, drop, code))
MAY_FAIL(int, sqlite3_bind_blob64, SQLITE_NOMEM,
	(sqlite3_stmt * s, int place, const void *at, sqlite3_uint64 size, void (*drop)(void *)),
	(s, place, at, size, drop))
MAY_FAIL(int, sqlite3_open_v2, SQLITE_CANTOPEN,
	(const char *path, sqlite3 **db, int how, const char *vfs), (path, db, how, vfs))
MAY_FAIL(int, sqlite3_exec, SQLITE_IOERR,
	(sqlite3 * db, const char *text, int (*each)(void *, int, char **, char **), void *with,
		char **words),
	(db, text, each, with, words))

int sqlite3_prepare_v3(sqlite3 *db, const char *text, int size, unsigned how, sqlite3_stmt **out,
	const char **rest)
{
	__typeof__(&sqlite3_prepare_v3) next =
		(__typeof__(&sqlite3_prepare_v3))next_of("sqlite3_prepare_v3");

	if (!call_fails())
		return next(db, text, size, how, out, rest);
	*out = NULL;
	return SQLITE_NOMEM;
}

#endif
