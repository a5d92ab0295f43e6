/* Queues of operations: first come, first served; who waits is woken, also by the end. */
#include "keeper/inside.h"

#include <setjmp.h>
#include <cmocka.h>

static void what_came_first_leaves_first(void **state)
{
	struct job a, b, c;
	struct jobs jobs;

	(void)state;
	jobs_open(&jobs);
	assert_null(jobs_take(&jobs, false));
	jobs_put(&jobs, &a);
	jobs_put(&jobs, &b);
	assert_ptr_equal(jobs_take(&jobs, true), &a);
	jobs_put(&jobs, &c);
	assert_ptr_equal(jobs_take(&jobs, true), &b);
	assert_ptr_equal(jobs_take(&jobs, false), &c);
	assert_null(jobs_take(&jobs, false));
	/* An emptied queue is as good as new. */
	jobs_put(&jobs, &b);
	assert_ptr_equal(jobs_take(&jobs, false), &b);
}

static void *take(void *jobs)
{
	return jobs_take(jobs, true);
}

static void who_waits_gets_what_comes(void **state)
{
	pthread_t waiting;
	struct jobs jobs;
	struct job job;
	void *got;

	(void)state;
	jobs_open(&jobs);
	must_be(pthread_create(&waiting, NULL, take, &jobs) == 0);
	jobs_put(&jobs, &job);
	must_be(pthread_join(waiting, &got) == 0);
	assert_ptr_equal(got, &job);
}

static void when_it_is_closed_what_is_there_is_finished_and_nobody_waits(void **state)
{
	pthread_t waiting;
	struct jobs jobs, empty;
	struct job job;
	void *got;

	(void)state;
	jobs_open(&empty);
	must_be(pthread_create(&waiting, NULL, take, &empty) == 0);
	jobs_close(&empty);
	must_be(pthread_join(waiting, &got) == 0);
	assert_null(got);
	jobs_open(&jobs);
	jobs_put(&jobs, &job);
	jobs_close(&jobs);
	assert_ptr_equal(jobs_take(&jobs, true), &job);
	assert_null(jobs_take(&jobs, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_first_leaves_first),
		cmocka_unit_test(who_waits_gets_what_comes),
		cmocka_unit_test(when_it_is_closed_what_is_there_is_finished_and_nobody_waits),
	};

	return cmocka_run_group_tests_name("keeper jobs", tests, NULL, NULL);
}
