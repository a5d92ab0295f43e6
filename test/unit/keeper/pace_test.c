/* The steps at which answers go: as long as few are late, and no longer. */
#include "keeper/inside.h"

#include <setjmp.h>
#include <cmocka.h>

static struct pace_keeper pace = { .lock = PTHREAD_MUTEX_INITIALIZER };
static int64_t now = 1000 * 1000 * 1000;

static int anew(void **state)
{
	(void)state;
	pace = (struct pace_keeper){ .lock = PTHREAD_MUTEX_INITIALIZER, .began_us = now };
	return 0;
}

/* One answer that took so long; how long after its arrival it may go. */
static int64_t after(enum pace of, int64_t took_us)
{
	return pace_release(&pace, of, now - took_us, now) - (now - took_us);
}

/* A second with so many answers, the first `late` of which took so long, and the others nothing. */
static void second(int answers, int late, int64_t took_us)
{
	for (int i = 0; i < answers; i++) {
		(void)after(pace_silent, i < late ? took_us : 0);
		now += 1000 * 1000 / answers;
	}
}

static void answers_go_at_steps(void **state)
{
	(void)state;
	assert_int_equal(pace_release(&pace, pace_quick, now - 7, now), 0);
	assert_int_equal(after(pace_silent, 0), 25000);
	assert_int_equal(after(pace_silent, 24999), 25000);
	assert_int_equal(after(pace_silent, 25000), 50000);
	assert_int_equal(after(pace_signin, 60000), 75000);
}

static void a_few_late_ones_change_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		second(100, 4, 30000);
	assert_int_equal(after(pace_silent, 0), 25000);
	assert_int_equal(after(pace_silent, 30000), 50000);
}

static void when_more_are_late_the_steps_are_longer_for_all(void **state)
{
	(void)state;
	second(100, 5, 30000);
	assert_int_equal(after(pace_silent, 0), 50000);
	assert_int_equal(after(pace_signin, 0), 25000);
	second(100, 50, 120000);
	assert_int_equal(after(pace_silent, 0), 100000);
	for (int i = 0; i < 9; i++)
		second(100, 100, 5000000);
	assert_int_equal(after(pace_silent, 0), 800000); /* and no longer than this */
}

static void they_are_short_again_when_half_would_long_have_been_enough(void **state)
{
	(void)state;
	second(100, 5, 30000);
	assert_int_equal(after(pace_silent, 0), 50000);
	for (int i = 0; i < 40; i++)
		second(100, 2, 30000); /* two of a hundred would be late at 25 ms */
	assert_int_equal(after(pace_silent, 0), 50000);
	for (int i = 0; i < 29; i++)
		second(100, 1, 30000);
	assert_int_equal(after(pace_silent, 0), 50000);
	for (int i = 0; i < 3; i++)
		second(100, 1, 30000);
	assert_int_equal(after(pace_silent, 0), 25000);
}

static void few_answers_are_judged_by_the_minute(void **state)
{
	(void)state;
	second(10, 10, 30000);
	now += 2 * 1000 * 1000;
	assert_int_equal(after(pace_silent, 0), 25000); /* ten say little */
	now += 58 * 1000 * 1000;
	assert_int_equal(after(pace_silent, 0), 50000);
	now += 60 * 1000 * 1000;
	assert_int_equal(after(pace_silent, 0), 25000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answers_go_at_steps, anew),
		cmocka_unit_test_setup(a_few_late_ones_change_nothing, anew),
		cmocka_unit_test_setup(when_more_are_late_the_steps_are_longer_for_all, anew),
		cmocka_unit_test_setup(
			they_are_short_again_when_half_would_long_have_been_enough, anew),
		cmocka_unit_test_setup(few_answers_are_judged_by_the_minute, anew),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
