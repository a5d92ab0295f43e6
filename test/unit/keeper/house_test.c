/* What the keeper does by the clock: it sweeps, retires, recalls and signs, and goes on when the
 * store fails. The clock that wakes it does not wait here, so that hours go by in moments. */
#include "../house.h"
#include "audit/audit.h"
#include "keeper/inside.h"
#include "unit/failing.h"

#include <sqlite3.h>
#include <time.h>

enum { hour_of_ticks = 4 * 3600 };

static struct keeper keeper;
static atomic_int naps, threads_left;
static _Atomic pthread_t house_thread; /* known when both run */
static _Thread_local int own_naps;

/* The most that one thread has slept: the house's own. */
int clock_nanosleep(clockid_t clock, int how, const struct timespec *time, struct timespec *rest)
{
	(void)clock, (void)how, (void)time, (void)rest;
	own_naps++;
	if (pthread_equal(pthread_self(), atomic_load(&house_thread)))
		atomic_store(&naps, own_naps);
	return 0;
}

#if !REKEY_SANITIZED /* a sanitizer must see each thread begin */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with)
{
	if (atomic_load(&threads_left) > 0 && atomic_fetch_sub(&threads_left, 1) == 1)
		return EAGAIN;
	return ((__typeof__(&pthread_create))next_of("pthread_create"))(thread, how, run, with);
}
#endif

/* As somebody who can write the store. */
static void tamper(const char *sql)
{
	sqlite3 *db = NULL;
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	(void)sqlite3_busy_timeout(db, 20000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	must_be(sqlite3_close(db) == SQLITE_OK);
}

static int64_t number(const char *sql)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	char path[100];
	int64_t n;

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	must_be(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
	must_be(sqlite3_step(statement) == SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	must_be(sqlite3_finalize(statement) == SQLITE_OK && sqlite3_close(db) == SQLITE_OK);
	return n;
}

static int setup(void **state)
{
	int failed = open_house(state);

	ctx.now = clock_now();
	keeper.c = ctx;
	keeper.site = &site;
	atomic_store(&naps, 0);
	atomic_store(&house_thread, (pthread_t)0);
	atomic_store(&keeper.stopping, false);
	return failed || settings_swap(&keeper, settings);
}

static int teardown(void **state)
{
	settings = NULL; /* the keeper's */
	return close_house(state);
}

static void start(void)
{
	assert_int_equal(house_start(&keeper), 0);
	atomic_store(&house_thread, keeper.house_thread);
}

static void stop(void)
{
	atomic_store(&keeper.stopping, true);
	must_be(pthread_join(keeper.house_thread, NULL) == 0);
	must_be(pthread_join(keeper.wrap_thread, NULL) == 0);
}

static void ticks(int count)
{
	int until = atomic_load(&naps) + count;

	while (atomic_load(&naps) < until)
		(void)usleep(1000);
}

static void event(void)
{
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(
		audit_add(&unit, event_signin, &(struct audit_about){ .actor = actor_system }), 0);
	assert_int_equal(unit_commit(&unit), 0);
}

static void the_log_is_kept_as_long_as_is_said_and_no_longer(void **state)
{
	(void)state;
	event();
	assert_int_equal(audit_close(&ctx), 0);
	clock_turn((settings->audit_retention_days + 40) * 86400);
	start();
	ticks(hour_of_ticks + 1);
	stop();
	clock_turn(-(settings->audit_retention_days + 40) * 86400);
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE event = 'signin'"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE event = 'keeper_stopped'"), 1);
}

static void a_store_that_fails_for_a_while_is_looked_after_again(void **state)
{
	(void)state;
	atomic_store(&site.open, 77);
	atomic_store(&site.recall, true);
	tamper("INSERT INTO flow VALUES (x'01', 'recover', x'02', NULL, 'ada', 'en', 'judging', 1, "
	       "1, "
	       "9999999999, 0, 0, 'mail', '', 0, 4, NULL, 0, 0, '', NULL, '')");
	tamper("ALTER TABLE flow RENAME TO flow_away");
	start();
	ticks(300);
	assert_int_equal(atomic_load(&site.open), 77); /* not known, so as it was */
	tamper("ALTER TABLE flow_away RENAME TO flow");
	ticks(300);
	assert_int_equal(atomic_load(&site.open), 1);
	/* what could not be taken back before was, later */
	assert_int_equal(number("SELECT COUNT(*) FROM flow WHERE state = 'asked'"), 1);
	stop();
	assert_false(
		atomic_load(&site.recall)); /* what could not be taken back before was, later */
}

static void add_flow(const char *id, const char *expires)
{
	char sql[300];

	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO flow VALUES (x'%s', 'recover', x'%s', NULL, 'ada', 'en', "
		"'asked', 1, 1, unixepoch() %s, 0, 0, 'mail', '', 0, 4, NULL, 0, 0, '', NULL, '')",
		id, id, expires);
	tamper(sql);
}

/* A flow that ended is kept for who comes late, but not where it keeps others from beginning. */
static void what_ended_makes_room_when_there_is_little(void **state)
{
	(void)state;
	add_flow("01", "- 60");
	add_flow("02", "+ 600");
	start();
	ticks(300);
	assert_int_equal(number("SELECT COUNT(*) FROM flow"), 2);
	atomic_store(&site.open, flows_most / 2 + 1);
	ticks(300);
	stop();
	assert_int_equal(number("SELECT COUNT(*) FROM flow"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM flow WHERE expires > unixepoch()"), 1);
}

static void the_end_that_cannot_be_written_down_is_an_end(void **state)
{
	(void)state;
	start();
	ticks(10);
	tamper("ALTER TABLE audit RENAME TO audit_away");
	ticks(10);
	stop();
	tamper("ALTER TABLE audit_away RENAME TO audit");
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE event = 'keeper_stopped'"), 0);
}

static void a_house_without_its_threads_is_none(void **state)
{
	(void)state;
	if (REKEY_SANITIZED)
		skip();
	atomic_store(&keeper.stopping, true);
	for (int nth = 1; nth <= 2; nth++) {
		atomic_store(&threads_left, nth);
		assert_int_equal(house_start(&keeper), -fault_memory);
		if (nth == 2)
			must_be(pthread_join(keeper.house_thread, NULL) == 0);
	}
	for (int nth = 1; nth <= worker_count; nth += worker_count / 2) {
		jobs_open(&keeper.waiting, 1);
		atomic_store(&threads_left, nth);
		assert_int_equal(workers_start(&keeper), -fault_memory);
		jobs_close(&keeper.waiting);
		for (int i = 0; i < nth - 1; i++)
			must_be(pthread_join(keeper.workers[i], NULL) == 0);
	}
	atomic_store(&threads_left, 1);
	assert_int_equal(release_start(&keeper), -fault_memory);
}

#define HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE(the_log_is_kept_as_long_as_is_said_and_no_longer),
		HOUSE(a_store_that_fails_for_a_while_is_looked_after_again),
		HOUSE(what_ended_makes_room_when_there_is_little),
		HOUSE(the_end_that_cannot_be_written_down_is_an_end),
		HOUSE(a_house_without_its_threads_is_none),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("keeper house", tests, NULL, NULL);
}
