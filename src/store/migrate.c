/* Brings a store's schema up to date: forward only, checked against what was applied before. */
#include "store/inside.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static const char table_text[] =
	"CREATE TABLE migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
	" checksum TEXT NOT NULL, applied INTEGER NOT NULL) STRICT";

/* What was applied: no rows when the file is empty. */
static err load_applied(struct ctx *c, struct connection *writer, struct rows *out)
{
	int64_t tables, ours;
	err e;

	if ((e = connection_number(c, writer, "SELECT COUNT(*) FROM sqlite_schema", &tables)) ||
		(e = connection_number(c, writer,
			 "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'migration'", &ours)))
		return e;
	if (tables == 0) {
		*out = (struct rows){ 0 };
		return 0;
	}
	if (ours == 0)
		return fault(c, fault_store_schema, "rekey.db was not made by rekey");
	return connection_ask(c, writer,
		"SELECT number, name, checksum FROM migration ORDER BY number", WITH_NOTHING, out);
}

static err check_applied(struct ctx *c, const struct rows *applied, const struct schema *schema)
{
	if (applied->count > schema->migration_count)
		return fault(c, fault_store_schema,
			"the store has schema %zu; this version knows %zu: use a newer version",
			applied->count, schema->migration_count);
	for (size_t i = 0; i < applied->count; i++) {
		const struct migration *m = &schema->migrations[i];

		if (row_number(applied, i, 0) != m->number ||
			!str_is(row_str(applied, i, 1), m->name) ||
			!str_is(row_str(applied, i, 2), m->checksum))
			return fault(c, fault_store_schema,
				"migration %zu of the store is not the one of this version", i + 1);
	}
	return 0;
}

/* dir/backup/rekey-SCHEMA-TIME.db, the time as 20261123T065200Z. */
static void backup_path(const char *dir, size_t number, char out[PATH_MAX])
{
	struct buf path = buf_on(out, PATH_MAX);
	char utc[21];

	clock_utc(clock_now(), utc);
	buf_add(&path, str_of(dir));
	buf_print(&path, "/backup/rekey-%zu-", number);
	for (const char *at = utc; *at; at++)
		if (*at != '-' && *at != ':')
			buf_char(&path, *at);
	buf_add(&path, STR(".db\0"));
	must_be(!path.full); /* SQLite opened rekey.db there, and takes no path of this length */
}

static err back_up(struct ctx *c, struct connection *writer, const char *dir, size_t number,
	char path[PATH_MAX])
{
	char folder[PATH_MAX];
	struct buf name = buf_on(folder, sizeof(folder));

	backup_path(dir, number, path);
	buf_add(&name, str_of(dir));
	buf_add(&name, STR("/backup\0"));
	if (mkdir(folder, 0700) && errno != EEXIST)
		return fault(c, fault_io, "the backup folder: %s", strerror(errno));
	return copy_to(c, writer, path);
}

static err apply(struct ctx *c, struct connection *writer, const struct migration *m)
{
	struct rows none;
	err e = connection_script(c, writer, m->text);

	if (e)
		return e;
	return connection_ask(c, writer,
		"INSERT INTO migration (number, name, checksum, applied) VALUES (?1, ?2, ?3, ?4)",
		WITH(v_number(m->number), v_text(str_of(m->name)), v_text(str_of(m->checksum)),
			v_number(clock_now())),
		&none);
}

static err check_references(struct ctx *c, struct connection *writer)
{
	struct rows broken;
	err e = connection_ask(c, writer, "PRAGMA foreign_key_check", WITH_NOTHING, &broken);

	if (e || broken.count == 0)
		return e;
	return fault(
		c, fault_store_schema, "after migrating, %zu rows point to nothing", broken.count);
}

static err apply_rest(
	struct ctx *c, struct connection *writer, const struct schema *schema, size_t applied)
{
	err e = applied ? 0 : connection_script(c, writer, table_text);

	for (size_t i = applied; i < schema->migration_count && !e; i++)
		e = apply(c, writer, &schema->migrations[i]);
	return e ? e : check_references(c, writer);
}

/* Nothing was migrated: the store holds what its copy holds, and the next try makes another. */
static void undo(struct connection *writer, const char *backup)
{
	struct ctx none = { 0 };

	if (connection_in_transaction(writer))
		must_be(connection_script(&none, writer, "ROLLBACK") == 0);
	if (*backup)
		(void)unlink(backup);
}

/* All in one transaction. References are judged at its end, and not while a migration rebuilds a
 * table; SQLite lets that be switched only outside of a transaction. */
static err apply_all(struct ctx *c, struct connection *writer, const struct schema *schema,
	size_t applied, const char *backup)
{
	err e = connection_script(c, writer, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");

	if (e)
		return e;
	e = apply_rest(c, writer, schema, applied);
	if (!e)
		e = connection_script(c, writer, "COMMIT");
	if (e)
		undo(writer, backup);
	return e ? e : connection_script(c, writer, "PRAGMA foreign_keys = ON");
}

err migrate(struct ctx *c, struct connection *writer, const char *dir, const struct schema *schema,
	struct store_status *status)
{
	char backup[PATH_MAX] = "";
	struct rows applied;
	err e;

	if ((e = load_applied(c, writer, &applied)) || (e = check_applied(c, &applied, schema)))
		return e;
	*status = (struct store_status){
		.schema = (int64_t)schema->migration_count,
		.newest_schema = (int64_t)schema->migration_count,
		.made = applied.count == 0,
		.backed_up = applied.count > 0 && applied.count < schema->migration_count,
	};
	if (status->backed_up && (e = back_up(c, writer, dir, applied.count, backup)))
		return e;
	if (applied.count == schema->migration_count)
		return 0;
	return apply_all(c, writer, schema, applied.count, backup);
}
