/* Retention: rows of old days go, heads stay, and the log still holds. */
#include "log.h"

/* Days of two rows each, the last of them open. */
static void fill(size_t days)
{
	for (size_t day = 0; day < days; day++) {
		if (day)
			new_day();
		add(2);
		close_log();
	}
}

static void retire(int64_t keep_days)
{
	arena_wipe(ctx.arena);
	assert_int_equal(audit_retire(&ctx, keep_days), 0);
}

static void old_days_lose_their_rows_and_keep_their_heads(void **state)
{
	struct audit_verdict v;

	(void)state;
	fill(6);
	retire(2);
	v = verdict();
	assert_null(v.why);
	assert_int_equal(v.days, 6);
	assert_int_equal(v.dropped_days, 3);
	assert_int_equal(v.rows, 6);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 6);
}

static void what_is_young_stays(void **state)
{
	(void)state;
	fill(3);
	retire(400);
	assert_int_equal(verdict().rows, 6);
	assert_int_equal(verdict().dropped_days, 0);
}

static void a_large_day_goes_in_slices(void **state)
{
	(void)state;
	add(1000);
	close_log();
	new_day();
	new_day();
	add(1);
	close_log();
	retire(1);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 1);
	assert_null(verdict().why);
}

static void a_crash_between_head_and_rows_is_made_good(void **state)
{
	(void)state;
	fill(4);
	tamper("CREATE TABLE kept AS SELECT * FROM audit WHERE day = (SELECT MIN(day) FROM audit)");
	retire(2);
	assert_int_equal(tamper("INSERT INTO audit SELECT * FROM kept"), 2);
	assert_null(verdict().why);
	retire(2);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 6);
	assert_null(verdict().why);
}

static void a_day_that_was_tampered_with_is_kept(void **state)
{
	(void)state;
	fill(4);
	assert_int_equal(tamper("DELETE FROM audit WHERE rowid = 1"), 1);
	retire(1);
	assert_string_equal(verdict().why, "a row is missing");
	assert_int_equal(number("SELECT COUNT(*) FROM audit_head WHERE state = 'dropped'"), 1);
}

static void a_head_that_was_changed_is_not_signed_again(void **state)
{
	(void)state;
	fill(4);
	assert_int_equal(tamper("DELETE FROM audit WHERE rowid = 2; "
				"UPDATE audit_head SET count = 1 WHERE rowid = 1"),
		2);
	retire(1);
	assert_string_equal(verdict().why, "the head of a day was changed");
	assert_int_equal(
		number("SELECT COUNT(*) FROM audit WHERE day = (SELECT MIN(day) FROM audit_head)"),
		1);
}

static void a_dropped_days_head_still_guards_the_chain(void **state)
{
	(void)state;
	fill(5);
	retire(1);
	assert_null(verdict().why);
	assert_int_equal(tamper("DELETE FROM audit_head WHERE rowid = 2"), 1);
	assert_string_equal(verdict().why, "a day before this one is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			old_days_lose_their_rows_and_keep_their_heads, log_setup, close_house),
		cmocka_unit_test_setup_teardown(what_is_young_stays, log_setup, close_house),
		cmocka_unit_test_setup_teardown(a_large_day_goes_in_slices, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_crash_between_head_and_rows_is_made_good, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_day_that_was_tampered_with_is_kept, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_head_that_was_changed_is_not_signed_again, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_dropped_days_head_still_guards_the_chain, log_setup, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
