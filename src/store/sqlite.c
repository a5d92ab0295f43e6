/* One connection to SQLite: how it is set, how statements are bound, run and read. */
#include "store/inside.h"

#include "spec/spec.h"

#include <pthread.h>
#include <sqlite3.h>

struct connection {
	sqlite3 *db;
	const struct schema *schema;
	sqlite3_stmt *begin, *end; /* of what is read together; NULL until first used */
	sqlite3_stmt *prepared[];  /* by enum statement; NULL until first used */
};

/* A keeper, a backup or an administrator's shell may hold the file for a moment. */
enum { busy_milliseconds = 5000 };

/* Pages: writer and readers keep little, for most of the database is read through the system's own
 * cache. wal_autocheckpoint and journal_size_limit keep the log near 4 MB. secure_delete: a code or
 * a message that was blanked is gone from the file, too. */
static const char settings_of_all[] =
	"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
	"PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
	"PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;"
	"PRAGMA journal_size_limit = 4194304;";
static const char settings_of_writer[] = "PRAGMA cache_size = -1024;";
static const char settings_of_reader[] = "PRAGMA cache_size = -128;";

/* SQLite's words name tables and columns, never values. */
static err failed(struct ctx *c, struct connection *connection, const char *doing)
{
	int code = sqlite3_errcode(connection->db);

	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return fault(c, fault_store, "rekey.db is no store of rekey, or it is damaged");
	return fault(c, fault_store, "%s: %s", doing, sqlite3_errmsg(connection->db));
}

/* ---- opening and closing ---- */

static void configure(void)
{
	/* Statistics cost a lock shared by all threads at every allocation. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* The rooms' own threads keep to one connection each; connections need no locks. */
	(void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	must_be(sqlite3_initialize() == SQLITE_OK);
}

/* Without it readers and the writer would shut each other out; a network file system has none. */
static err begin_log(struct ctx *c, struct connection *connection)
{
	struct rows mode;
	err e = connection_ask(c, connection, "PRAGMA journal_mode = WAL", WITH_NOTHING, &mode);

	if (e)
		return e;
	if (str_is(row_str(&mode, 0, 0), "wal"))
		return 0;
	return fault(c, fault_store, "the state folder's file system has no write-ahead log");
}

static err harden(struct ctx *c, struct connection *connection, enum connection_kind kind)
{
	sqlite3 *db = connection->db;
	err e;

	(void)sqlite3_extended_result_codes(db, 1);
	(void)sqlite3_busy_timeout(db, busy_milliseconds);
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 256, 64) != SQLITE_OK ||
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) != SQLITE_OK ||
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL) != SQLITE_OK)
		return failed(c, connection, "settings of the store");
	/* Nothing we ask is longer, deeper or wider: a hostile file finds less to work with. */
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
	(void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 256 * 1024);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM INTO attaches its target */
	if ((e = connection_script(c, connection, settings_of_all)))
		return e;
	if (kind == connection_reads)
		return connection_script(c, connection, settings_of_reader);
	e = connection_script(c, connection, settings_of_writer);
	return e ? e : begin_log(c, connection);
}

err connection_open(struct ctx *c, const char *path, enum connection_kind kind,
	const struct schema *schema, struct connection **out)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	int may = kind == connection_writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	struct connection *connection;
	err e;

	must_be(pthread_once(&configured, configure) == 0);
	connection = calloc(
		1, sizeof(*connection) + schema->statement_count * sizeof(connection->prepared[0]));
	if (!connection)
		return fault(c, fault_memory, "a connection to the store");
	connection->schema = schema;
	if (sqlite3_open_v2(path, &connection->db, may | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		e = failed(c, connection, "opening the store");
	else
		e = harden(c, connection, kind);
	if (e)
		connection_close(&connection);
	else
		*out = connection;
	return e;
}

void connection_close(struct connection **connection)
{
	struct connection *closing = *connection;

	if (!closing)
		return;
	for (size_t i = 0; i < closing->schema->statement_count; i++)
		(void)sqlite3_finalize(closing->prepared[i]);
	(void)sqlite3_finalize(closing->begin);
	(void)sqlite3_finalize(closing->end);
	must_be(sqlite3_close(closing->db) == SQLITE_OK);
	free(closing);
	*connection = NULL;
}

bool connection_in_transaction(const struct connection *connection)
{
	return !sqlite3_get_autocommit(connection->db);
}

/* ---- statements ---- */

static err prepare(struct ctx *c, struct connection *connection, const char *text, unsigned flags,
	sqlite3_stmt **out)
{
	const char *rest = NULL;

	if (sqlite3_prepare_v3(connection->db, text, -1, flags, out, &rest) != SQLITE_OK)
		return failed(c, connection, "a statement");
	must_be(*out && !*rest); /* one statement, all of it */
	return 0;
}

static err prepared(
	struct ctx *c, struct connection *connection, enum statement s, sqlite3_stmt **out)
{
	sqlite3_stmt **cached = &connection->prepared[s];
	err e;

	must_be(s < connection->schema->statement_count);
	if (!*cached && (e = prepare(c, connection, connection->schema->statements[s],
				 SQLITE_PREPARE_PERSISTENT, cached)))
		return e;
	*out = *cached;
	return 0;
}

err connection_prepare_all(struct ctx *c, struct connection *connection)
{
	for (size_t s = 0; s < connection->schema->statement_count; s++) {
		sqlite3_stmt *statement;
		err e = prepared(c, connection, (enum statement)s, &statement);

		if (e)
			return e;
	}
	return 0;
}

/* Values outlive the step: SQLite need not copy them. */
static int bind_one(sqlite3_stmt *statement, int place, const struct value *v)
{
	const char *at = v->str.at ? v->str.at : "";

	switch (v->kind) {
	case value_null:
		return sqlite3_bind_null(statement, place);
	case value_number:
		return sqlite3_bind_int64(statement, place, v->number);
	case value_text:
		return sqlite3_bind_text64(
			statement, place, at, v->str.length, SQLITE_STATIC, SQLITE_UTF8);
	case value_bytes:
		return sqlite3_bind_blob64(statement, place, at, v->str.length, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static err bind(struct ctx *c, struct connection *connection, sqlite3_stmt *statement,
	const struct value *with, size_t count)
{
	int wants = sqlite3_bind_parameter_count(statement);

	if (count != (size_t)wants)
		return fault(c, fault_store, "%zu values where %d are wanted: %.100s", count, wants,
			sqlite3_sql(statement));
	for (int i = 0; i < wants; i++)
		if (bind_one(statement, i + 1, &with[i]) != SQLITE_OK)
			return failed(c, connection, "a value");
	return 0;
}

/* Ends the read transaction too; forgets where values were. */
static void unbind(sqlite3_stmt *statement)
{
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
}

/* ---- reading ---- */

static err copy_str(struct ctx *c, const void *at, int length, struct str *out)
{
	*out = arena_copy(c->arena, (struct str){ at, (size_t)length });
	return out->at ? 0 : fault(c, fault_arena, "a value of %d bytes", length);
}

static err copy_value(struct ctx *c, sqlite3_stmt *statement, int column, struct value *out)
{
	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		*out = v_number(sqlite3_column_int64(statement, column));
		return 0;
	case SQLITE_NULL:
		*out = v_null();
		return 0;
	case SQLITE_TEXT:
		out->kind = value_text;
		return copy_str(c, sqlite3_column_text(statement, column),
			sqlite3_column_bytes(statement, column), &out->str);
	case SQLITE_BLOB:
		out->kind = value_bytes;
		return copy_str(c, sqlite3_column_blob(statement, column),
			sqlite3_column_bytes(statement, column), &out->str);
	}
	return fault(c, fault_store, "a column that is neither number, text nor bytes");
}

/* Rows as they grow: pointers to them are moved to twice the room when it is full. */
struct growing {
	const struct value **at;
	size_t count, room;
};

static err add_row(struct ctx *c, struct growing *rows, const struct value *row)
{
	if (rows->count == rows->room) {
		size_t room = rows->room ? 2 * rows->room : 4;
		const struct value **at = arena_take(c->arena, room * sizeof(*at));

		if (!at)
			return fault(c, fault_arena, "%zu rows", room);
		if (rows->count)
			memcpy(at, rows->at, rows->count * sizeof(*at));
		rows->at = at;
		rows->room = room;
	}
	rows->at[rows->count++] = row;
	return 0;
}

static err copy_row(struct ctx *c, sqlite3_stmt *statement, struct growing *rows)
{
	int columns = sqlite3_column_count(statement);
	struct value *row = arena_take(c->arena, (size_t)columns * sizeof(*row));
	err e;

	if (!row)
		return fault(c, fault_arena, "a row of %d columns", columns);
	for (int i = 0; i < columns; i++)
		if ((e = copy_value(c, statement, i, &row[i])))
			return e;
	return add_row(c, rows, row);
}

static err read_rows(struct ctx *c, struct connection *connection, sqlite3_stmt *statement,
	size_t most, struct rows *out)
{
	struct growing rows = { 0 };
	int step;
	err e;

	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		if ((e = copy_row(c, statement, &rows)))
			return e;
		if (rows.count == most)
			break;
	}
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		return failed(c, connection, "reading");
	*out = (struct rows){ rows.at, rows.count, (size_t)sqlite3_column_count(statement) };
	return 0;
}

err connection_read(struct ctx *c, struct connection *connection, enum statement s,
	const struct value *with, size_t count, size_t most, struct rows *out)
{
	sqlite3_stmt *statement;
	err e;

	if ((e = prepared(c, connection, s, &statement)))
		return e;
	if (!(e = bind(c, connection, statement, with, count)))
		e = read_rows(c, connection, statement, most, out);
	unbind(statement);
	return e;
}

err connection_together(struct ctx *c, struct connection *connection)
{
	const unsigned kept = SQLITE_PREPARE_PERSISTENT;
	err e;

	/* What ends it is made first: what is begun has an end. */
	if ((!connection->end && (e = prepare(c, connection, "COMMIT", kept, &connection->end))) ||
		(!connection->begin &&
			(e = prepare(c, connection, "BEGIN", kept, &connection->begin))))
		return e;
	if (sqlite3_step(connection->begin) != SQLITE_DONE)
		e = failed(c, connection, "reading together");
	else
		e = 0;
	(void)sqlite3_reset(connection->begin);
	return e;
}

bool connection_apart(struct connection *connection)
{
	if (!connection_in_transaction(connection))
		return true; /* an error while reading has ended it */
	(void)sqlite3_step(connection->end);
	(void)sqlite3_reset(connection->end);
	return !connection_in_transaction(connection);
}

err connection_ask(struct ctx *c, struct connection *connection, const char *text,
	const struct value *with, size_t count, struct rows *out)
{
	sqlite3_stmt *statement;
	err e;

	if ((e = prepare(c, connection, text, 0, &statement)))
		return e;
	if (!(e = bind(c, connection, statement, with, count)))
		e = read_rows(c, connection, statement, 0, out);
	(void)sqlite3_finalize(statement);
	return e;
}

/* ---- writing ---- */

err connection_script(struct ctx *c, struct connection *connection, const char *text)
{
	if (sqlite3_exec(connection->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return failed(c, connection, "a script");
	return 0;
}

err connection_number(struct ctx *c, struct connection *connection, const char *text, int64_t *out)
{
	sqlite3_stmt *statement;
	err e;

	if ((e = prepare(c, connection, text, 0, &statement)))
		return e;
	if (sqlite3_step(statement) == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	else
		e = failed(c, connection, "reading a number");
	(void)sqlite3_finalize(statement);
	return e;
}

/* Somebody else was there first, or took away what the row points to. */
static bool lost(int step)
{
	return step == SQLITE_CONSTRAINT_PRIMARYKEY || step == SQLITE_CONSTRAINT_UNIQUE ||
	       step == SQLITE_CONSTRAINT_FOREIGNKEY;
}

static err step_all(
	struct ctx *c, struct connection *connection, sqlite3_stmt *statement, int64_t *rows)
{
	int64_t found = 0;
	int step;

	while ((step = sqlite3_step(statement)) == SQLITE_ROW)
		found++;
	if (lost(step))
		return reply_lost_race;
	if (step != SQLITE_DONE)
		return failed(c, connection, "writing");
	*rows = sqlite3_stmt_readonly(statement) ? found : sqlite3_changes64(connection->db);
	return 0;
}

err connection_run(struct ctx *c, struct connection *connection, enum statement s,
	const struct value *with, size_t count, int64_t *rows)
{
	sqlite3_stmt *statement;
	err e;

	if ((e = prepared(c, connection, s, &statement)))
		return e;
	if (!(e = bind(c, connection, statement, with, count)))
		e = step_all(c, connection, statement, rows);
	unbind(statement);
	return e;
}
