/* Settings in force: an operation keeps those it began with, however often they are swapped
 * meanwhile. */
#include "../house.h"
#include "keeper/inside.h"

enum { kept = 8 };

static struct keeper keeper;

static struct conf *of_length(const char *least)
{
	struct conf_error *errors;
	struct conf *conf;
	size_t count;

	assert_int_equal(conf_read(&ctx, NULL, &conf, &errors, &count), 0);
	assert_int_equal(conf_set(&ctx, conf, "policy.passwordMinLength", least), 0);
	return conf;
}

/* One keeper for all: what one test holds it gives back. */
static int setup(void **state)
{
	int failed = open_house(state);

	keeper.c = ctx;
	return failed;
}

static void swap(const char *least)
{
	assert_int_equal(settings_swap(&keeper, of_length(least)), 0);
}

static void what_an_operation_began_with_it_keeps(void **state)
{
	const struct conf *before, *again, *after;

	(void)state;
	swap("20");
	before = settings_hold(&keeper);
	again = settings_hold(&keeper);
	assert_ptr_equal(before, again);
	swap("21");
	after = settings_hold(&keeper);
	assert_int_equal(before->password_min_length, 20);
	assert_int_equal(after->password_min_length, 21);
	settings_let(&keeper, before);
	assert_int_equal(again->password_min_length, 20); /* one still reads it */
	settings_let(&keeper, again);
	settings_let(&keeper, after);
}

static void what_nobody_reads_makes_room_at_once(void **state)
{
	const struct conf *held;

	(void)state;
	for (int i = 0; i < 3 * kept; i++)
		swap("22");
	held = settings_hold(&keeper);
	assert_int_equal(held->password_min_length, 22);
	settings_let(&keeper, held);
}

static void more_reloads_than_there_is_room_for_are_refused_and_the_last_good_one_holds(
	void **state)
{
	const struct conf *held[kept + 1], *now;
	size_t count = 0;
	struct conf *refused;
	err e = 0;

	(void)state;
	while (count <= kept) {
		held[count++] = settings_hold(&keeper);
		refused = of_length("23");
		if ((e = settings_swap(&keeper, refused)))
			break;
	}
	assert_int_equal(e, -fault_limit);
	conf_close(&refused); /* it stays the caller's */
	assert_int_equal(count, kept);
	now = settings_hold(&keeper);
	assert_ptr_equal(now, held[count - 1]);
	settings_let(&keeper, now);
	for (size_t i = 0; i < count; i++)
		settings_let(&keeper, held[i]);
	swap("24");
	now = settings_hold(&keeper);
	assert_int_equal(now->password_min_length, 24);
	settings_let(&keeper, now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_operation_began_with_it_keeps),
		cmocka_unit_test(what_nobody_reads_makes_room_at_once),
		cmocka_unit_test(
			more_reloads_than_there_is_room_for_are_refused_and_the_last_good_one_holds),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("keeper settings", tests, setup, close_house);
}
