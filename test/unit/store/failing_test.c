/* Whatever SQLite or the system refuses: a store is opened whole or not at all, a unit holds or
 * does not, a copy is whole or is not there; and afterwards all goes on. */
#include "small.h"
#include "unit/failing_store.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/file.h>

MAY_FAIL(int, fstat, -1, (int fd, struct stat *st), (fd, st))
MAY_FAIL(int, fsync, -1, (int fd), (fd))
MAY_FAIL(int, ftruncate, -1, (int fd, off_t size), (fd, size))
MAY_FAIL(ssize_t, pwrite, -1, (int fd, const void *at, size_t size, off_t from),
	(fd, at, size, from))
MAY_FAIL(int, mkdir, -1, (const char *path, mode_t mode), (path, mode))

int open(const char *path, int how, ...)
{
	__typeof__(&open) next = (__typeof__(&open))next_of("open");

	return call_fails() ? -1 : next(path, how, 0600);
}

int sqlite3_db_config(sqlite3 *db, int what, ...)
{
	__typeof__(&sqlite3_db_config) next =
		(__typeof__(&sqlite3_db_config))next_of("sqlite3_db_config");
	va_list with;
	int done = SQLITE_ERROR;

	va_start(with, what);
	if (call_fails()) {
		;
	} else if (what == SQLITE_DBCONFIG_LOOKASIDE) {
		void *at = va_arg(with, void *);
		int size = va_arg(with, int);

		done = next(db, what, at, size, va_arg(with, int));
	} else {
		int on = va_arg(with, int);

		done = next(db, what, on, va_arg(with, int *));
	}
	va_end(with);
	return done;
}

#if !REKEY_SANITIZED /* a sanitizer must see each thread begin */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with)
{
	__typeof__(&pthread_create) next = (__typeof__(&pthread_create))next_of("pthread_create");

	return call_fails() ? EAGAIN : next(thread, how, run, with);
}
#endif

enum { many = 500 }; /* more calls than any of these makes */

/* ---- opening ---- */

static void remove_all(const char *name)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s/%s", folder, name);
	assert_int_equal(system(command), 0);
}

static void a_store_is_made_or_it_is_said_why_not(void **state)
{
	int nth = 0, refused = 0;

	(void)state;
	for (;; remove_all("*")) {
		fail_at(++nth);
		err e = open_small(&small, NULL);
		if (!failure_came())
			break;
		refused += e != 0;
		assert_true(e <= 0);
		assert_int_equal(e == 0, ctx.store != NULL);
		store_close(&ctx.store);
		/* Whatever is there now is a store, or can be made one. */
		if (open_small(&small, NULL))
			fail_msg("after failure %d: %s", nth, ctx.fault.words);
		assert_int_equal(keep_note(&ctx, 1, "one"), 0);
		store_close(&ctx.store);
	}
	assert_true(refused > 15 && nth < many);
}

static void an_older_store_is_brought_up_to_date_or_stays(void **state)
{
	struct store_status status;
	int nth = 0, refused = 0;

	(void)state;
	for (;; remove_all("*")) {
		assert_int_equal(open_small(&small, NULL), 0);
		assert_int_equal(keep_note(&ctx, 1, "old"), 0);
		store_close(&ctx.store);
		fail_at(++nth);
		err e = open_small(&small_second, &status);
		if (!failure_came())
			break;
		refused += e != 0;
		assert_true(e <= 0);
		store_close(&ctx.store);
		remove_all("backup/*"); /* its name has the second in it, and the next start is this
					 second's */
		if (open_small(&small_second, &status))
			fail_msg("after failure %d: %s", nth, ctx.fault.words);
		assert_string_equal(note_words(1), "old");
		store_close(&ctx.store);
	}
	assert_true(refused > 20 && nth < many);
	assert_string_equal(note_words(1), "old");
}

/* The check after a stop that was no clean one is a call like any other: without it there is no
 * store. */
static void a_store_that_cannot_be_checked_is_not_opened(void **state)
{
	int nth = 0, refused = 0;

	(void)state;
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	store_close(&ctx.store);
	for (;;) {
		FILE *log = fopen(path_of("rekey.db-wal"), "we");

		must_be(log && fputc('x', log) == 'x' && fclose(log) == 0);
		fail_at(++nth);
		err e = open_small(&small, NULL);
		if (!failure_came())
			break;
		refused += e != 0;
		assert_true(e < 0 || strcmp(failed_call, "fstat") == 0 ||
			    strcmp(failed_call, "ftruncate") == 0);
		store_close(&ctx.store);
	}
	assert_true(refused > 15 && nth < many);
	assert_string_equal(note_words(1), "one");
}

static void a_folder_whose_path_is_too_long_is_refused(void **state)
{
	struct store_status status;
	static char longer[5000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	/* 4085: there would be room for the name of the store, and not for that of its lock */
	for (size_t length = 4080; length < sizeof(longer); length += length < 4100 ? 1 : 100) {
		longer[length] = 0;
		assert_int_equal(
			store_open_as(&ctx, longer, store_make, &small, &ctx.store, &status),
			-fault_store);
		assert_non_null(strstr(ctx.fault.words, "too long"));
		assert_null(ctx.store);
		longer[length] = 'x';
	}
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
	struct store_status status;

	(void)state;
	assert_int_equal(
		store_open_as(&ctx, "/nowhere/at/all", store_make, &small, &ctx.store, &status),
		-fault_store);
	assert_null(ctx.store);
	store_close(&ctx.store);
}

static void what_has_no_log_of_its_own_is_no_store(void **state)
{
	struct connection *connection = NULL;

	(void)state;
	assert_int_equal(connection_open(&ctx, ":memory:", connection_writes, &small, &connection),
		-fault_store);
	assert_non_null(strstr(ctx.fault.words, "write-ahead log"));
	assert_null(connection);
	connection_close(&connection);
}

/* A statement that does not fit the schema would be found at once, not when somebody needs it. */
static void a_statement_for_another_schema_is_found(void **state)
{
	static const char *const texts[] = { "SELECT id FROM note", "SELECT id FROM nowhere" };
	const struct schema schema = { small_migrations, 1, texts, 2 };
	struct connection *connection;

	(void)state;
	assert_int_equal(
		connection_open(&ctx, path_of("rekey.db"), connection_reads, &schema, &connection),
		0);
	assert_int_equal(connection_prepare_all(&ctx, connection), -fault_store);
	connection_close(&connection);
}

/* ---- reading and writing ---- */

static void a_unit_holds_or_it_is_said_that_it_does_not(void **state)
{
	int64_t kept = 0;
	int nth = 0;

	(void)state;
	assert_int_equal(keep_note(&ctx, 0, "first"), 0);
	for (;;) {
		fail_at(++nth);
		err e = keep_note(&ctx, nth, "one");
		bool came = failure_came();

		assert_true(e == 0 || e == -fault_store);
		kept += e == 0;
		assert_int_equal(notes(), kept + 1);
		if (!came)
			break;
	}
	assert_true(nth > 6 && nth < many);
}

/* Nor when it cannot even be taken back at once. */
static void what_failed_never_holds_later(void **state)
{
	int64_t kept = 1;
	int nth = 0;

	(void)state;
	assert_int_equal(keep_note(&ctx, 0, "first"), 0);
	for (;;) {
		fail_from(++nth);
		err e = keep_note(&ctx, nth, "one");
		err again = keep_note(&ctx, -nth, "one more");
		bool came = failure_came();

		assert_true(again == 0 || again == -fault_store);
		kept += again == 0;

		assert_true(e == 0 || e == -fault_store);
		assert_int_equal(keep_note(&ctx, many + nth, "the writer goes on"), 0);
		kept += e == 0;
		assert_int_equal(notes(), ++kept);
		if (!came)
			break;
	}
	assert_true(nth > 6 && nth < many);
}

/* Somebody else, who would wait for no one. */
static bool another_may_write(void)
{
	sqlite3 *db = NULL;
	bool may;

	must_be(sqlite3_open(path_of("rekey.db"), &db) == SQLITE_OK);
	may = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
	must_be(sqlite3_close(db) == SQLITE_OK);
	return may;
}

/* What cannot be taken back at once is taken back soon, though no other caller comes. */
static void what_failed_does_not_keep_the_file(void **state)
{
	bool kept = false, came = true;

	(void)state;
	for (int nth = 1; came; nth++) {
		fail_from(nth);
		(void)keep_note(&ctx, nth, "some words");
		came = failure_came();
		kept |= !another_may_write();
		for (int i = 0; i < 100 && !another_may_write(); i++)
			(void)usleep(20 * 1000);
		assert_true(another_may_write());
	}
	assert_true(kept); /* else this test tries nothing */
}

static void a_unit_that_lost_its_race_leaves_nothing_whatever_fails(void **state)
{
	int nth = 0, lost = 0;

	(void)state;
	assert_int_equal(keep_note(&ctx, 0, "first"), 0);
	for (;;) {
		struct unit unit = unit_begin(&ctx);

		add_note(&unit, 1, "one");
		unit_add(&unit, note_set, 1, WITH(v_number(99), v_text(STR("nobody"))));
		fail_at(++nth);
		err e = unit_commit(&unit);
		bool came = failure_came();

		assert_true(e == reply_lost_race || e == -fault_store);
		lost += e == reply_lost_race;
		assert_int_equal(notes(), 1);
		if (!came)
			break;
	}
	assert_true(lost > 0 && nth > 6 && nth < many);
}

static void a_read_that_fails_is_a_fault_and_the_next_one_reads(void **state)
{
	struct rows rows;
	int nth = 0;

	(void)state;
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	store_close(&ctx.store);
	for (;;) {
		assert_int_equal(
			open_small(&small, NULL), 0); /* its first reader is opened by the read */
		fail_at(++nth);
		err e = store_one(&ctx, note_one, WITH(v_number(1)), &rows);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_store);
		assert_string_equal(note_words(1), "one");
		store_close(&ctx.store);
	}
	assert_true(nth > 8 && nth < many);
}

static void what_is_no_value_is_neither_written_nor_read(void **state)
{
	static const char *const texts[] = { "SELECT 1.5",
		"INSERT INTO note (id, words) VALUES (?1, ?2)" };
	const struct schema schema = { small_migrations, 1, texts, 2 };
	const struct value none = { .kind = (enum value_kind)99 };
	struct connection *connection;
	struct rows rows;
	int64_t count;

	(void)state;
	assert_int_equal(
		connection_open(&ctx, path_of("rekey.db"), connection_writes, &schema, &connection),
		0);
	assert_int_equal(
		connection_read(&ctx, connection, 0, WITH_NOTHING, 0, &rows), -fault_store);
	assert_int_equal(
		connection_run(&ctx, connection, 1, WITH(v_number(1), none), &count), -fault_store);
	connection_close(&connection);
	assert_int_equal(notes(), 0);
}

/* ---- copies ---- */

static void a_copy_is_whole_or_is_not_there(void **state)
{
	char path[200];
	int nth = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s", path_of("copy.db"));
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	assert_int_equal(
		notes(), 1); /* the connection is open, and only the copy's calls are counted */
	for (;;) {
		fail_at(++nth);
		err e = store_copy(&ctx, path);
		if (!failure_came())
			break;
		assert_true(e < 0);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	assert_true(nth > 4 && nth < 20);
	assert_int_equal(access(path, F_OK), 0);
}

static void a_copy_may_be_made_where_one_stands(void **state)
{
	char before[200];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(store_copy(&ctx, "copy.db"), 0);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(access(path_of("copy.db"), F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_store_is_made_or_it_is_said_why_not, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			an_older_store_is_brought_up_to_date_or_stays, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_store_that_cannot_be_checked_is_not_opened, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_folder_whose_path_is_too_long_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_folder_that_is_not_there_is_refused, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			what_has_no_log_of_its_own_is_no_store, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_statement_for_another_schema_is_found, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_unit_holds_or_it_is_said_that_it_does_not, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			what_failed_never_holds_later, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			what_failed_does_not_keep_the_file, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_unit_that_lost_its_race_leaves_nothing_whatever_fails, begin_small,
			drop_folder),
		cmocka_unit_test_setup_teardown(a_read_that_fails_is_a_fault_and_the_next_one_reads,
			begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			what_is_no_value_is_neither_written_nor_read, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_copy_is_whole_or_is_not_there, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_copy_may_be_made_where_one_stands, begin_small, drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
