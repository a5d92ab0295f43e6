/* Units a second with 1, 8 and 64 clients, beside a bare SQLite loop that writes the same rows with
 * the same settings, one transaction each. usage: store_bench [FOLDER]; default: $TMPDIR or /tmp.
 */
#include "store/inside.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

enum { most_clients = 64, run_us = 1500000 };

static const enum statement add = 0, set = 1;
static const char *const texts[] = {
	"INSERT INTO deed (id, account, words) VALUES (?1, ?2, ?3)",
	"UPDATE account SET version = version + 1 WHERE id = ?1",
};
static const char tables[] =
	"CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT;"
	"CREATE TABLE deed (id INTEGER NOT NULL PRIMARY KEY, account INTEGER NOT NULL,"
	" words TEXT NOT NULL) STRICT;"
	"INSERT INTO account (id, version)"
	" WITH RECURSIVE n(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 63)"
	" SELECT id, 0 FROM n;";
static const struct migration migrations[] = { { 1, "start", "bench", tables } };
static const struct schema schema = { migrations, 1, texts, 2 };

static struct store *store;
static _Atomic int64_t next_id;
static _Atomic bool over;

static const struct str words = { "a word in a log, about as long as one usually is", 48 };

/* ---- ours ---- */

static void *work(void *of)
{
	struct ctx c = { .arena = arena_open(64 * 1024), .store = store };
	int64_t account = *(int64_t *)of, units = 0;

	while (!atomic_load(&over)) {
		struct unit unit = unit_begin(&c);
		int64_t id = atomic_fetch_add(&next_id, 1);

		unit_add(&unit, add, 1, WITH(v_number(id), v_number(account), v_text(words)));
		unit_add(&unit, set, 1, WITH(v_number(account)));
		must_be(unit_commit(&unit) == 0);
		arena_wipe(c.arena);
		units++;
	}
	arena_close(&c.arena);
	*(int64_t *)of = units;
	return NULL;
}

static double units_a_second(size_t clients)
{
	pthread_t threads[most_clients];
	int64_t counts[most_clients], begun = clock_monotonic_us(), units = 0;

	atomic_store(&over, false);
	for (size_t i = 0; i < clients; i++) {
		counts[i] = (int64_t)i;
		must_be(pthread_create(&threads[i], NULL, work, &counts[i]) == 0);
	}
	usleep(run_us);
	atomic_store(&over, true);
	for (size_t i = 0; i < clients; i++) {
		must_be(pthread_join(threads[i], NULL) == 0);
		units += counts[i];
	}
	return (double)units * 1e6 / (double)(clock_monotonic_us() - begun);
}

/* ---- bare ---- */

static sqlite3_stmt *bare_statement(sqlite3 *db, const char *text)
{
	sqlite3_stmt *statement;

	must_be(sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK);
	return statement;
}

static void bare_step(sqlite3_stmt *statement)
{
	must_be(sqlite3_step(statement) == SQLITE_DONE);
	must_be(sqlite3_reset(statement) == SQLITE_OK);
}

static double bare_a_second(const char *path)
{
	int64_t begun, units = 0;
	sqlite3_stmt *begin, *insert, *update, *commit;
	sqlite3 *db;

	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	must_be(sqlite3_exec(db,
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			"PRAGMA secure_delete = ON;",
			NULL, NULL, NULL) == SQLITE_OK);
	must_be(sqlite3_exec(db, tables, NULL, NULL, NULL) == SQLITE_OK);
	begin = bare_statement(db, "BEGIN IMMEDIATE");
	insert = bare_statement(db, texts[add]);
	update = bare_statement(db, texts[set]);
	commit = bare_statement(db, "COMMIT");
	begun = clock_monotonic_us();
	while (clock_monotonic_us() - begun < run_us) {
		bare_step(begin);
		must_be(sqlite3_bind_int64(insert, 1, units) == SQLITE_OK);
		must_be(sqlite3_bind_int64(insert, 2, 0) == SQLITE_OK);
		must_be(sqlite3_bind_text(insert, 3, words.at, (int)words.length, SQLITE_STATIC) ==
			SQLITE_OK);
		bare_step(insert);
		must_be(sqlite3_bind_int64(update, 1, 0) == SQLITE_OK);
		bare_step(update);
		bare_step(commit);
		units++;
	}
	must_be(sqlite3_finalize(begin) == SQLITE_OK && sqlite3_finalize(insert) == SQLITE_OK);
	must_be(sqlite3_finalize(update) == SQLITE_OK && sqlite3_finalize(commit) == SQLITE_OK);
	must_be(sqlite3_close(db) == SQLITE_OK);
	return (double)units * 1e6 / (double)(clock_monotonic_us() - begun);
}

static void remove_all(const char *folder)
{
	static const char *const names[] = { "bare.db", "bare.db-wal", "bare.db-shm", "rekey.db",
		"rekey.db-wal", "rekey.db-shm", "rekey.lock" };
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

int main(int count, char **arguments)
{
	static const size_t clients[] = { 1, 8, most_clients };
	struct ctx c = { .arena = arena_open(1024 * 1024) };
	const char *above = getenv("TMPDIR");
	char folder[200], path[300];
	struct store_status status;
	double bare;

	above = count > 1 ? arguments[1] : above ? above : "/tmp";
	snprintf(folder, sizeof(folder), "%s/store_bench_XXXXXX", above);
	must_be(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bare.db", folder);
	bare = bare_a_second(path);
	printf("%-28s %9.0f units/s\n", "bare SQLite, one client", bare);
	must_be(store_open_as(&c, folder, store_make, &schema, &store, &status) == 0);
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		double ours = units_a_second(clients[i]);

		printf("store, %2zu clients            %9.0f units/s  %6.2f times bare\n",
			clients[i], ours, ours / bare);
	}
	store_close(&store);
	remove_all(folder);
	arena_close(&c.arena);
	return 0;
}
