/* Many at once, power cuts and full disks:
 * what was acknowledged holds, what was not harms nobody. */
#include "small.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/wait.h>

enum { clients = 64, units_each = 30 };

/* Every third unit of a client loses: it wants a row that is not there. */
static void *write_units(void *of)
{
	int64_t client = *(int64_t *)of;
	struct ctx own = { .arena = arena_open(64 * 1024), .store = ctx.store };

	for (int64_t i = 0; i < units_each; i++) {
		struct unit unit = unit_begin(&own);

		add_note(&unit, client * 1000 + i, "mine");
		if (i % 3 == 2)
			unit_add(&unit, note_drop, 1, WITH(v_number(-1)));
		must_be(unit_commit(&unit) == (i % 3 == 2 ? reply_lost_race : 0));
		arena_wipe(own.arena);
	}
	arena_close(&own.arena);
	return NULL;
}

static void losers_in_a_group_do_not_harm_their_neighbours(void **state)
{
	pthread_t threads[clients];
	int64_t numbers[clients];

	(void)state;
	for (int64_t i = 0; i < clients; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_units, &numbers[i]), 0);
	}
	for (int64_t i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(notes(), clients * units_each / 3 * 2);
}

static void *read_notes(void *unused)
{
	struct ctx own = { .arena = arena_open(64 * 1024), .store = ctx.store };
	struct rows rows;

	(void)unused;
	for (int i = 0; i < 200; i++) {
		must_be(store_read(&own, note_all, WITH_NOTHING, 0, &rows) == 0 &&
			rows.count == 20);
		arena_wipe(own.arena);
	}
	arena_close(&own.arena);
	return NULL;
}

static void more_may_read_than_there_are_connections(void **state)
{
	pthread_t threads[clients];

	(void)state;
	for (int64_t i = 0; i < 20; i++)
		assert_int_equal(keep_note(&ctx, i, "read by many"), 0);
	for (size_t i = 0; i < clients; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_notes, NULL), 0);
	for (size_t i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
}

static void a_reader_that_cannot_be_opened_takes_no_place(void **state)
{
	char away[200];
	struct rows rows;

	(void)state;
	snprintf(away, sizeof(away), "%s", path_of("away.db"));
	assert_int_equal(rename(path_of("rekey.db"), away), 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(store_read(&ctx, note_all, WITH_NOTHING, 0, &rows), -fault_store);
	assert_int_equal(rename(away, path_of("rekey.db")), 0);
	assert_int_equal(store_read(&ctx, note_all, WITH_NOTHING, 0, &rows), 0);
}

/* Commits one note after another, and says each number only when it is durable. */
static _Noreturn void commit_and_tell(int pipe_end)
{
	if (open_small(&small, NULL))
		_exit(1);
	for (int64_t i = 1;; i++) {
		if (keep_note(&ctx, i, "durable") || write(pipe_end, &i, sizeof(i)) != sizeof(i))
			_exit(2);
		arena_wipe(ctx.arena);
	}
}

static void every_acknowledged_unit_survives_a_kill(void **state)
{
	int ends[2];
	int64_t number, last = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0)
		commit_and_tell(ends[1]);
	close(ends[1]);
	while (last < 50 && read(ends[0], &number, sizeof(number)) == sizeof(number))
		last = number;
	kill(child, SIGKILL);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number))
		last = number;
	waitpid(child, NULL, 0);
	close(ends[0]);
	assert_true(last >= 50);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_true(notes() == last || notes() == last + 1);
	assert_string_equal(note_words(last), "durable");
}

static void closing_answers_all_who_wait(void **state)
{
	pthread_t threads[clients];
	int64_t numbers[clients];

	(void)state;
	for (int64_t i = 0; i < clients; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_units, &numbers[i]), 0);
	}
	for (int64_t i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	store_close(&ctx.store);
	assert_int_not_equal(access(path_of("rekey.db-wal"), F_OK), 0);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(notes(), clients * units_each / 3 * 2);
}

static err keep_large(int64_t id)
{
	static char large[200 * 1024];
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, note_add, 1,
		WITH(v_number(id), v_text(STR("large")),
			v_bytes((struct str){ large, sizeof(large) })));
	return unit_commit(&unit);
}

static void a_full_disk_fails_the_unit_and_not_the_store(void **state)
{
	int64_t id = 1;
	err e;

	(void)state;
	if (mount("none", folder, "tmpfs", 0, "size=2m,mode=0700")) {
		print_message("no tmpfs may be mounted here\n");
		skip();
	}
	assert_int_equal(open_small(&small, NULL), 0);
	while ((e = keep_large(id)) == 0)
		id++;
	assert_int_equal(e, -fault_store);
	assert_true(id > 1);
	assert_int_equal(notes(), id - 1);
	assert_int_equal(mount("none", folder, "tmpfs", MS_REMOUNT, "size=8m,mode=0700"), 0);
	assert_int_equal(keep_large(id), 0);
	assert_int_equal(notes(), id);
	store_close(&ctx.store);
	assert_int_equal(umount(folder), 0);
}

static void a_copy_that_fails_leaves_no_file(void **state)
{
	char path[200];

	(void)state;
	snprintf(path, sizeof(path), "%s/full/copy.db", folder);
	assert_int_equal(mkdir(path_of("full"), 0700), 0);
	if (mount("none", path_of("full"), "tmpfs", 0, "size=64k,mode=0700")) {
		print_message("no tmpfs may be mounted here\n");
		skip();
	}
	assert_int_equal(keep_large(1), 0);
	assert_int_equal(store_copy(&ctx, path), -fault_store);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(umount(path_of("full")), 0);
}

static _Atomic bool copying;

static void *write_while_copying(void *of)
{
	struct ctx own = { .arena = arena_open(64 * 1024), .store = ctx.store };
	int64_t *written = of;

	while (atomic_load(&copying)) {
		must_be(keep_note(&own, ++*written, "one of a pair") == 0);
		arena_wipe(own.arena);
	}
	arena_close(&own.arena);
	return NULL;
}

static void a_copy_made_while_others_write_is_whole(void **state)
{
	char path[200];
	struct stat copy;
	pthread_t thread;
	int64_t written = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s", path_of("copy.db"));
	for (int64_t i = 1; i <= 30; i++)
		assert_int_equal(keep_large(-i), 0);
	atomic_store(&copying, true);
	assert_int_equal(pthread_create(&thread, NULL, write_while_copying, &written), 0);
	if (store_copy(&ctx, path))
		fail_msg("%s", ctx.fault.words);
	atomic_store(&copying, false);
	pthread_join(thread, NULL);
	assert_int_equal(stat(path, &copy), 0);
	assert_int_equal(copy.st_mode & 0777, 0600);
	assert_int_equal(store_copy(&ctx, path), -fault_io);
	store_close(&ctx.store);
	assert_int_equal(rename(path, path_of("rekey.db")), 0);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_true(notes() >= 30 && notes() <= 30 + written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			losers_in_a_group_do_not_harm_their_neighbours, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			more_may_read_than_there_are_connections, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_reader_that_cannot_be_opened_takes_no_place, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			every_acknowledged_unit_survives_a_kill, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			closing_answers_all_who_wait, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_full_disk_fails_the_unit_and_not_the_store, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_copy_made_while_others_write_is_whole, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_copy_that_fails_leaves_no_file, begin_small, drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
