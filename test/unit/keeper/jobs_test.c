/* Queues of operations: first come, first served; who waits is woken, also by the end. */
#include "keeper/inside.h"

#include <setjmp.h>
#include <cmocka.h>

static void what_came_first_leaves_first(void **state)
{
	struct job a = { 0 }, b = { 0 }, c = { 0 };
	struct jobs jobs;

	(void)state;
	jobs_open(&jobs, 0);
	assert_null(jobs_take(&jobs, false));
	assert_true(jobs_put(&jobs, &a));
	assert_true(jobs_put(&jobs, &b));
	assert_ptr_equal(jobs_take(&jobs, true), &a);
	assert_true(jobs_put(&jobs, &c));
	assert_ptr_equal(jobs_take(&jobs, true), &b);
	assert_ptr_equal(jobs_take(&jobs, false), &c);
	assert_null(jobs_take(&jobs, false));
	/* An emptied queue is as good as new. */
	assert_true(jobs_put(&jobs, &b));
	assert_ptr_equal(jobs_take(&jobs, false), &b);
}

static void nothing_waits_behind_those_that_hash(void **state)
{
	static struct job hashing[hasher_most + 3], quick;
	struct jobs jobs;

	(void)state;
	jobs_open(&jobs, hasher_most + 2);
	for (size_t i = 0; i < hasher_most + 3; i++)
		hashing[i].hashes = true;
	for (size_t i = 0; i < hasher_most + 2; i++)
		assert_true(jobs_put(&jobs, &hashing[i]));
	assert_false(jobs_put(&jobs, &hashing[hasher_most + 2]));
	assert_true(jobs_put(&jobs, &quick));
	assert_ptr_equal(jobs_take(&jobs, false), &quick);
	for (size_t i = 0; i < hasher_most; i++)
		assert_ptr_equal(jobs_take(&jobs, false), &hashing[i]);
	assert_null(jobs_take(&jobs, false)); /* the other workers are kept for what is quick */
	jobs_over(&jobs, &quick);
	assert_null(jobs_take(&jobs, false));
	jobs_over(&jobs, &hashing[0]);
	assert_ptr_equal(jobs_take(&jobs, false), &hashing[hasher_most]);
	assert_true(jobs_put(&jobs, &hashing[0])); /* its place is free again */
	assert_false(jobs_put(&jobs, &hashing[hasher_most + 2]));
}

static void *take_waiting(void *jobs)
{
	return jobs_take(jobs, true);
}

static void who_waits_gets_what_comes(void **state)
{
	pthread_t waiting;
	struct jobs jobs;
	struct job job = { 0 };
	void *got;

	(void)state;
	jobs_open(&jobs, 0);
	must_be(pthread_create(&waiting, NULL, take_waiting, &jobs) == 0);
	assert_true(jobs_put(&jobs, &job));
	must_be(pthread_join(waiting, &got) == 0);
	assert_ptr_equal(got, &job);
}

enum { crowd = 8 };

static struct jobs crowded;
static pthread_barrier_t all_busy;

/* Holds what it took until as many are held as there are threads. */
static void *take_and_wait(void *ignored)
{
	struct job *job = jobs_take(&crowded, true);

	(void)ignored;
	(void)pthread_barrier_wait(&all_busy);
	return job;
}

static size_t idle_now(void)
{
	size_t idle;

	pthread_mutex_lock(&crowded.lock);
	idle = crowded.idle;
	pthread_mutex_unlock(&crowded.lock);
	return idle;
}

/* Each is called by another that is busy itself from then on: else this ends by the time-out. */
static void who_is_busy_keeps_nobody_from_being_called(void **state)
{
	struct job job[crowd] = { 0 };
	pthread_t thread[crowd];

	(void)state;
	jobs_open(&crowded, crowd);
	must_be(pthread_barrier_init(&all_busy, NULL, crowd) == 0);
	for (size_t i = 0; i < crowd; i++)
		must_be(pthread_create(&thread[i], NULL, take_and_wait, NULL) == 0);
	while (idle_now() < crowd)
		(void)sched_yield();
	for (size_t i = 0; i < crowd; i++) {
		job[i].hashes = i < crowd / 2;
		assert_true(jobs_put(&crowded, &job[i]));
	}
	for (size_t i = 0; i < crowd; i++) {
		void *got;

		must_be(pthread_join(thread[i], &got) == 0);
		assert_non_null(got);
	}
	assert_int_equal(crowded.idle, 0);
	must_be(pthread_barrier_destroy(&all_busy) == 0);
}

static void when_it_is_closed_what_is_there_is_finished_and_nobody_waits(void **state)
{
	pthread_t waiting;
	struct jobs jobs, empty;
	struct job job = { 0 };
	void *got;

	(void)state;
	jobs_open(&empty, 0);
	must_be(pthread_create(&waiting, NULL, take_waiting, &empty) == 0);
	jobs_close(&empty);
	must_be(pthread_join(waiting, &got) == 0);
	assert_null(got);
	jobs_open(&jobs, 0);
	assert_true(jobs_put(&jobs, &job));
	jobs_close(&jobs);
	assert_ptr_equal(jobs_take(&jobs, true), &job);
	assert_null(jobs_take(&jobs, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_first_leaves_first),
		cmocka_unit_test(nothing_waits_behind_those_that_hash),
		cmocka_unit_test(who_waits_gets_what_comes),
		cmocka_unit_test(who_is_busy_keeps_nobody_from_being_called),
		cmocka_unit_test(when_it_is_closed_what_is_there_is_finished_and_nobody_waits),
	};

	return cmocka_run_group_tests_name("keeper jobs", tests, NULL, NULL);
}
