/* Opening a store: made, migrated, or refused with words. */
#include "small.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>

static void a_store_is_made_only_when_asked(void **state)
{
	struct store_status status;
	struct stat file;

	(void)state;
	assert_int_equal(store_open_as(&ctx, folder, store_there, &small, &ctx.store, &status),
		-fault_store);
	assert_int_equal(open_small(&small, &status), 0);
	assert_int_equal(status.schema, 1);
	assert_int_equal(status.newest_schema, 1);
	assert_false(status.backed_up);
	assert_int_equal(stat(path_of("rekey.db"), &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	assert_int_equal(stat(path_of("rekey.db-wal"), &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
}

static void only_one_has_it_at_a_time(void **state)
{
	struct store_status status;
	struct store *second = NULL;

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(
		store_open_as(&ctx, folder, store_make, &small, &second, &status), -fault_store);
	assert_null(second);
	store_close(&ctx.store);
	assert_int_equal(open_small(&small, NULL), 0);
}

/* The name of the one file in backup/. */
static const char *backup_name(void)
{
	static char name[300];
	struct dirent *entry;
	DIR *dir = opendir(path_of("backup"));

	name[0] = 0;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, sizeof(name), "backup/%s", entry->d_name);
	if (dir)
		closedir(dir);
	return name;
}

static void an_older_schema_is_backed_up_and_migrated(void **state)
{
	struct store_status status;

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(keep_note(&ctx, 1, "old"), 0);
	store_close(&ctx.store);
	assert_int_equal(open_small(&small_second, &status), 0);
	assert_int_equal(status.schema, 2);
	assert_true(status.backed_up);
	assert_string_equal(note_words(1), "old");
	assert_int_equal(strncmp(backup_name(), "backup/rekey-1-2", 16), 0);
	store_close(&ctx.store);

	assert_int_equal(open_small(&small_second, &status), 0);
	assert_false(status.backed_up);
	store_close(&ctx.store);
}

static void the_backup_is_the_store_as_it_was(void **state)
{
	char from[200];

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(keep_note(&ctx, 1, "old"), 0);
	store_close(&ctx.store);
	assert_int_equal(open_small(&small_second, NULL), 0);
	assert_int_equal(keep_note(&ctx, 2, "new"), 0);
	store_close(&ctx.store);
	snprintf(from, sizeof(from), "%s", path_of(backup_name()));
	assert_int_equal(rename(from, path_of("rekey.db")), 0);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(notes(), 1);
}

static void a_newer_schema_is_refused(void **state)
{
	(void)state;
	assert_int_equal(open_small(&small_second, NULL), 0);
	store_close(&ctx.store);
	assert_int_equal(open_small(&small, NULL), -fault_store_schema);
	assert_non_null(strstr(ctx.fault.words, "newer version"));
	assert_int_equal(open_small(&small_second, NULL), 0);
}

static void a_changed_migration_is_refused(void **state)
{
	struct migration changed[2] = { small_migrations[0], small_migrations[1] };
	const struct schema schema = { changed, 2, small_texts, small_statements };

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	store_close(&ctx.store);
	changed[0].checksum = "other";
	assert_int_equal(open_small(&schema, NULL), -fault_store_schema);
	changed[0] = small_migrations[0];
	changed[0].name = "other";
	assert_int_equal(open_small(&schema, NULL), -fault_store_schema);
	changed[0] = small_migrations[0];
	changed[0].number = 7;
	assert_int_equal(open_small(&schema, NULL), -fault_store_schema);
	assert_string_equal(backup_name(), "");
}

static void a_migration_that_fails_changes_nothing(void **state)
{
	struct migration broken[2] = { small_migrations[0], small_migrations[1] };
	const struct schema schema = { broken, 2, small_texts, small_statements };

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(keep_note(&ctx, 1, "old"), 0);
	store_close(&ctx.store);
	broken[1].text = "DELETE FROM note; ALTER TABLE nowhere ADD COLUMN x INTEGER;";
	assert_int_equal(open_small(&schema, NULL), -fault_store);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(notes(), 1);
	store_close(&ctx.store);
	assert_string_equal(backup_name(), ""); /* nothing to go back from */
	/* also where SQLite takes all of it back by itself */
	broken[1].text =
		"DELETE FROM reply; INSERT OR ROLLBACK INTO note VALUES (1, 'again', NULL);";
	assert_int_equal(open_small(&schema, NULL), -fault_store);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_string_equal(note_words(1), "old");
	assert_string_equal(backup_name(), "");
}

static void a_migration_may_not_leave_rows_that_point_to_nothing(void **state)
{
	struct migration broken[2] = { small_migrations[0], small_migrations[1] };
	const struct schema schema = { broken, 2, small_texts, small_statements };

	(void)state;
	broken[1].text = "INSERT INTO reply (note) VALUES (99);";
	assert_int_equal(open_small(&schema, NULL), -fault_store_schema);
}

static void write_file(const char *name, long at, const char *bytes, size_t size)
{
	int fd = open(path_of(name), O_RDWR | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, size, at), size);
	close(fd);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
	static const char words[] =
		"these are the words of somebody's letter, and no database at all";

	(void)state;
	write_file("rekey.db", 0, words, sizeof(words));
	assert_int_equal(open_small(&small, NULL), -fault_store);
}

static void a_database_that_is_not_ours_is_refused(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(path_of("rekey.db"), &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "CREATE TABLE song (title TEXT)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(open_small(&small, NULL), -fault_store_schema);
	assert_non_null(strstr(ctx.fault.words, "not made by rekey"));
}

/* A page in the middle of the table turned to zeroes, and a log that says: not stopped cleanly. */
static must_use err open_again(void)
{
	struct store_status status;

	return store_open_as(&ctx, folder, store_again, &small, &ctx.store, &status);
}

static void damage_is_found_after_an_unclean_stop(void **state)
{
	static const char zeroes[4096];

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	for (int64_t i = 1; i <= 800; i++) {
		assert_int_equal(
			keep_note(&ctx, i, "enough words to fill a page of the table soon"), 0);
		arena_wipe(ctx.arena);
	}
	store_close(&ctx.store);
	write_file("rekey.db", 8 * 4096, zeroes, sizeof(zeroes));
	write_file("rekey.db-wal", 0, "x", 1);
	assert_int_equal(open_small(&small, NULL), -fault_store);
	assert_non_null(strstr(ctx.fault.words, "damaged"));
	/* A process was killed, no more: what it had written is still there. */
	write_file("rekey.db-wal", 0, "x", 1);
	assert_int_equal(open_again(), 0);
	store_close(&ctx.store);
	/* Unless the disk had failed it. */
	write_file("rekey.lock", 0, "?", 1);
	assert_int_equal(open_again(), -fault_store);
	assert_non_null(strstr(ctx.fault.words, "damaged"));
	assert_int_equal(
		open_again(), -fault_store); /* and it is in doubt until it was found sound */
}

static void every_statement_is_good_for_the_schema(void **state)
{
	struct connection *connection = NULL;
	struct store_status status;

	(void)state;
	assert_int_equal(store_open(&ctx, folder, store_make, &ctx.store, &status), 0);
	assert_int_equal(connection_open(&ctx, path_of("rekey.db"), connection_reads,
				 &schema_sqlite, &connection),
		0);
	if (connection_prepare_all(&ctx, connection))
		fail_msg("%s", ctx.fault.words);
	connection_close(&connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_store_is_made_only_when_asked, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			only_one_has_it_at_a_time, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			an_older_schema_is_backed_up_and_migrated, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			the_backup_is_the_store_as_it_was, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_newer_schema_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_changed_migration_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_migration_that_fails_changes_nothing, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_migration_may_not_leave_rows_that_point_to_nothing, make_folder,
			drop_folder),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_no_database_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_database_that_is_not_ours_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			damage_is_found_after_an_unclean_stop, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			every_statement_is_good_for_the_schema, make_folder, drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
