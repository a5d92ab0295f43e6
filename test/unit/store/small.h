/* A small store for the tests: two tables, a few statements, a folder that goes away. */
#ifndef TEST_STORE_SMALL_H
#define TEST_STORE_SMALL_H

#include "spec/spec.h"
#include "store/inside.h"

#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Statements of this schema, by their places in small_texts. */
static const enum statement note_add = 0, note_set = 1, note_drop = 2, note_one = 3, note_all = 4,
			    note_count = 5, reply_add = 6, note_wrong_type = 7,
			    note_or_rollback = 8, tag_add = 9;

static const char *const small_texts[] = {
	"INSERT INTO note (id, words, bytes) VALUES (?1, ?2, ?3)",
	"UPDATE note SET words = ?2 WHERE id = ?1",
	"DELETE FROM note WHERE id = ?1",
	"SELECT id, words, bytes FROM note WHERE id = ?1",
	"SELECT id, words, bytes FROM note ORDER BY id",
	"SELECT COUNT(*) FROM note",
	"INSERT INTO reply (note) VALUES (?1)",
	"UPDATE note SET bytes = 5 WHERE id = ?1",
	"INSERT OR ROLLBACK INTO note (id, words) VALUES (?1, '')",
	"INSERT INTO tag (word) VALUES (?1)",
};

enum { small_statements = sizeof(small_texts) / sizeof(small_texts[0]) };

static const struct migration small_migrations[] = {
	{ 1, "start", "c1",
		"CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, words TEXT NOT NULL, bytes "
		"BLOB) STRICT;"
		"CREATE TABLE reply (note INTEGER NOT NULL REFERENCES note (id)) STRICT;"
		"CREATE TABLE tag (word TEXT NOT NULL UNIQUE) STRICT;" },
	{ 2, "more", "c2", "ALTER TABLE note ADD COLUMN more INTEGER NOT NULL DEFAULT 7;" },
};

static const struct schema small = { small_migrations, 1, small_texts, small_statements };
static const struct schema small_second = { small_migrations, 2, small_texts, small_statements };

static struct ctx ctx;
static char folder[64];

static must_use err open_small(const struct schema *schema, struct store_status *status)
{
	struct store_status ignored;

	return store_open_as(
		&ctx, folder, store_make, schema, &ctx.store, status ? status : &ignored);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rekey_store_XXXXXX");
	ctx = (struct ctx){ .arena = arena_open(8 * 1024 * 1024) };
	return ctx.arena && mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	char command[100];

	(void)state;
	store_close(&ctx.store);
	arena_close(&ctx.arena);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static inline int begin_small(void **state)
{
	return make_folder(state) || open_small(&small, NULL) ? -1 : 0;
}

static void add_note(struct unit *unit, int64_t id, const char *words)
{
	unit_add(unit, note_add, 1, WITH(v_number(id), v_text(str_of(words)), v_null()));
}

static err keep_note(struct ctx *c, int64_t id, const char *words)
{
	struct unit unit = unit_begin(c);

	add_note(&unit, id, words);
	return unit_commit(&unit);
}

static int64_t notes(void)
{
	struct rows rows;

	assert_int_equal(store_one(&ctx, note_count, WITH_NOTHING, &rows), 0);
	return row_number(&rows, 0, 0);
}

static const char *note_words(int64_t id)
{
	struct rows rows;

	assert_int_equal(store_one(&ctx, note_one, WITH(v_number(id)), &rows), 0);
	return row_str(&rows, 0, 1).at;
}

static inline const char *path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

#endif
