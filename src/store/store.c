/* The store as the rooms above see it: open, read, commit, close. */
#include "store/inside.h"

#include "spec/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The writer, the readers, and a path. */
enum { memory_of_parts = 4096 + PATH_MAX, lock_tries = 40 };

/* ---- opening ---- */

static err path_in(struct ctx *c, const char *dir, const char *name, char out[PATH_MAX])
{
	struct buf path = buf_on(out, PATH_MAX);

	buf_add(&path, str_of(dir));
	buf_char(&path, '/');
	buf_add(&path, str_of(name));
	buf_char(&path, 0);
	return path.full ? fault(c, fault_store, "the path of the state folder is too long") : 0;
}

/* A keeper that was killed has its lock until the last of its threads is gone. */
static bool lock(int fd)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };

	for (int i = 0; i < lock_tries; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return false;
}

/* Two keepers on one store would each trust their own memory of it. The lock is on a file of its
 * own: closing any descriptor of the database would drop SQLite's locks. */
static err take_lock(struct ctx *c, const char *dir, int *out)
{
	char path[PATH_MAX];
	err e = path_in(c, dir, "rekey.lock", path);

	if (e)
		return e;
	*out = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*out < 0)
		return fault(c, fault_store, "rekey.lock: %s", strerror(errno));
	if (!lock(*out))
		return fault(c, fault_store, "the state folder is in use by another rekey");
	return 0;
}

/* SQLite would make the file readable to all, as far as the umask allows. */
static err make_file(struct ctx *c, const char *path, enum store_how how)
{
	scoped_fd fd = -1;

	if (access(path, F_OK) == 0)
		return 0;
	if (how == store_there)
		return fault(c, fault_store, "there is no rekey.db in the state folder");
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd >= 0 ? 0 : fault(c, fault_store, "rekey.db: %s", strerror(errno));
}

static bool in_doubt(int lock)
{
	struct stat st;

	return fstat(lock, &st) != 0 || st.st_size > 0;
}

/* A clean stop leaves no log behind. */
static bool stopped_uncleanly(const char *dir)
{
	struct ctx ignored = { 0 };
	char path[PATH_MAX];
	struct stat log;

	return path_in(&ignored, dir, "rekey.db-wal", path) == 0 && stat(path, &log) == 0 &&
	       log.st_size > 0;
}

/* SQLite's log mends what was being written; this finds a disk that lost or changed what it had
 * said it held. It reads the whole file, so only after a stop that may have had that cause. */
static err check_file(struct ctx *c, struct connection *writer)
{
	struct rows rows;
	err e = connection_ask(c, writer, "PRAGMA quick_check(1)", WITH_NOTHING, &rows);

	if (e)
		return e;
	if (str_is(row_str(&rows, 0, 0), "ok"))
		return 0;
	return fault(c, fault_store, "the store is damaged: %.*s", STR_ARG(row_str(&rows, 0, 0)));
}

static err open_writer(struct ctx *c, const char *dir, const char *path, bool check,
	const struct schema *schema, struct connection **out, struct store_status *status)
{
	struct connection *connection = NULL;
	err e = connection_open(c, path, connection_writes, schema, &connection);

	if (!e && check)
		e = check_file(c, connection);
	if (!e)
		e = migrate(c, connection, dir, schema, status);
	if (e)
		connection_close(&connection);
	else
		*out = connection;
	return e;
}

static err open_parts(struct ctx *c, struct store *store, const char *dir, enum store_how how,
	const struct schema *schema, struct store_status *status)
{
	bool unclean = stopped_uncleanly(dir), check;
	struct connection *connection = NULL;
	char path[PATH_MAX];
	err e;

	if ((e = path_in(c, dir, "rekey.db", path)) || (e = take_lock(c, dir, &store->lock)) ||
		(e = make_file(c, path, how)))
		return e;
	check = in_doubt(store->lock) || (unclean && how != store_again);
	if ((e = open_writer(c, dir, path, check, schema, &connection, status)))
		return e;
	if (ftruncate(store->lock, 0) != 0)
		log_line(log_warning, NULL, "rekey.lock: %s", strerror(errno));
	if ((e = readers_open(c, store->arena, path, schema, &store->readers)) ||
		(e = writer_open(c, store->arena, connection, store->lock, &store->writer)))
		connection_close(&connection);
	return e;
}

err store_open_as(struct ctx *c, const char *dir, enum store_how how, const struct schema *schema,
	struct store **out, struct store_status *status)
{
	struct arena *arena = arena_open(sizeof(struct store) + memory_of_parts);
	struct store *store;
	err e;

	if (!arena)
		return fault(c, fault_memory, "the store");
	store = arena_take(arena, sizeof(*store));
	store->arena = arena;
	store->lock = -1;
	if ((e = open_parts(c, store, dir, how, schema, status)))
		store_close(&store);
	else
		*out = store;
	return e;
}

err store_open(struct ctx *c, const char *dir, enum store_how how, struct store **out,
	struct store_status *status)
{
	return store_open_as(c, dir, how, &schema_sqlite, out, status);
}

void store_close(struct store **store)
{
	struct store *closing = *store;
	struct arena *arena;

	if (!closing)
		return;
	/* The writer last: the last connection empties the log, and reads cannot. */
	readers_close(&closing->readers);
	writer_close(&closing->writer);
	fd_close(&closing->lock);
	arena = closing->arena;
	arena_close(&arena);
	*store = NULL;
}

/* ---- reading ---- */

static err read_alone(struct ctx *c, enum statement s, const struct value *with, size_t count,
	size_t most, struct rows *out)
{
	struct connection *reader;
	err e = reader_take(c, c->store->readers, &reader);

	if (e)
		return e;
	e = connection_read(c, reader, s, with, count, most, out);
	reader_give(c->store->readers, reader);
	return e;
}

static err moment_begin(struct ctx *c, struct moment *moment)
{
	struct connection *reader;
	err e = reader_take(c, c->store->readers, &reader);

	if (e)
		return e;
	e = connection_together(c, reader);
	if (e)
		reader_drop(c->store->readers, reader);
	else
		moment->connection = reader;
	return e;
}

err store_read(struct ctx *c, enum statement s, const struct value *with, size_t count, size_t most,
	struct rows *out)
{
	err e;

	if (!c->moment)
		return read_alone(c, s, with, count, most, out);
	if (!c->moment->connection && (e = moment_begin(c, c->moment)))
		return e;
	return connection_read(c, c->moment->connection, s, with, count, most, out);
}

void moment_open(struct ctx *c, struct moment *moment)
{
	must_be(!c->moment);
	*moment = (struct moment){ .c = c };
	c->moment = moment;
}

void moment_pass(struct ctx *c)
{
	struct connection *reader = c->moment ? c->moment->connection : NULL;

	if (!reader)
		return;
	c->moment->connection = NULL;
	if (connection_apart(reader))
		reader_give(c->store->readers, reader);
	else
		reader_drop(c->store->readers, reader);
}

void moment_close(struct moment *moment)
{
	if (!moment->c)
		return;
	moment_pass(moment->c);
	moment->c->moment = NULL;
}

err store_one(
	struct ctx *c, enum statement s, const struct value *with, size_t count, struct rows *out)
{
	struct rows rows;
	err e = store_read(c, s, with, count, 2, &rows);

	if (e)
		return e;
	if (rows.count == 0)
		return reply_not_found;
	if (rows.count > 1)
		return fault(c, fault_store, "more than one row where one was asked for");
	*out = rows;
	return 0;
}

err store_copy(struct ctx *c, const char *path)
{
	struct connection *reader;
	err e;

	moment_pass(c);
	if ((e = reader_take(c, c->store->readers, &reader)))
		return e;
	e = copy_to(c, reader, path);
	reader_give(c->store->readers, reader);
	return e;
}

/* ---- units ---- */

struct unit unit_begin(struct ctx *c)
{
	return (struct unit){ .c = c };
}

void unit_add(
	struct unit *unit, enum statement s, int64_t rows, const struct value *with, size_t count)
{
	struct value *copy = arena_take(unit->c->arena, count * sizeof(*copy));

	if (!copy || unit->count == unit_statements) {
		unit->failed = true;
		return;
	}
	if (count)
		memcpy(copy, with, count * sizeof(*copy));
	unit->steps[unit->count++] =
		(struct unit_step){ .statement = s, .rows = rows, .with = copy, .count = count };
}

err unit_commit(struct unit *unit)
{
	if (unit->failed)
		return fault(unit->c, fault_arena, "a unit of %zu statements", unit->count);
	if (unit->count == 0)
		return 0;
	moment_pass(unit->c);
	return writer_commit(unit->c->store->writer, unit);
}
