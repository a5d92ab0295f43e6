/* The chain: what was added holds, and whatever is done to it is found. */
#include "log.h"

#include <pthread.h>

enum { adders = 16, rows_each = 40 };

static void what_was_added_holds(void **state)
{
	struct audit_verdict v;

	(void)state;
	add(130);
	v = verdict();
	assert_null(v.why);
	assert_int_equal(v.rows, 130);
	assert_int_equal(v.days, 1);
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE seq IS NULL"), 0);
	assert_int_equal(number("SELECT MAX(seq) FROM audit"), 130);
}

static void an_empty_log_holds(void **state)
{
	struct audit_verdict v = verdict();

	(void)state;
	assert_null(v.why);
	assert_int_equal(v.rows, 0);
}

static void a_unit_that_fails_leaves_no_trace_and_no_gap(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	add(3);
	assert_int_equal(
		audit_add(&unit, event_reset, &(struct audit_about){ .failure = true }), 0);
	unit_add(&unit, statement_account_freeze, 1, WITH(v_bytes(STR("nobody")), v_number(1)));
	assert_int_equal(unit_commit(&unit), reply_lost_race);
	add(3);
	assert_int_equal(verdict().rows, 6);
	assert_null(verdict().why);
}

static void *adds(void *own)
{
	struct ctx *c = own;

	for (size_t i = 0; i < rows_each; i++) {
		struct unit unit = unit_begin(c);

		must_be(audit_add(&unit, event_signin,
				&(struct audit_about){ .note = STR("at once") }) == 0);
		must_be(unit_commit(&unit) == 0);
		arena_wipe(c->arena);
	}
	return NULL;
}

static void *closes(void *own)
{
	for (size_t i = 0; i < 20; i++)
		must_be(audit_close(own) == 0);
	return NULL;
}

static void many_who_add_and_close_at_once_lose_nothing(void **state)
{
	pthread_t threads[adders + 2];
	struct ctx own[adders + 2];
	struct audit_verdict v;

	(void)state;
	for (size_t i = 0; i < adders + 2; i++) {
		own[i] = ctx;
		own[i].arena = arena_open(128 * 1024);
		must_be(pthread_create(&threads[i], NULL, i < adders ? adds : closes, &own[i]) ==
			0);
	}
	for (size_t i = 0; i < adders + 2; i++) {
		pthread_join(threads[i], NULL);
		arena_close(&own[i].arena);
	}
	v = verdict();
	assert_null(v.why);
	assert_int_equal(v.rows, adders * rows_each);
}

static void days_follow_each_other(void **state)
{
	struct audit_verdict v;

	(void)state;
	for (size_t day = 0; day < 3; day++) {
		add(2);
		close_log();
		new_day();
	}
	v = verdict();
	assert_null(v.why);
	assert_int_equal(v.days, 4);
	assert_int_equal(v.rows, 6);
	assert_int_equal(number("SELECT COUNT(*) FROM audit_head WHERE state = 'open'"), 1);
}

static void a_clock_that_goes_back_breaks_nothing(void **state)
{
	(void)state;
	add(2);
	close_log();
	new_day();
	add(2);
	close_log();
	clock_turn(-2 * 86400);
	ctx.now = clock_now();
	add(2);
	assert_null(verdict().why);
	assert_int_equal(verdict().rows, 6);
	clock_turn(86400);
}

/* Three days of three rows, and an open one of three more; all closed. */
static void fill(void)
{
	for (size_t day = 0; day < 4; day++) {
		if (day)
			new_day();
		add(3);
		close_log();
	}
	assert_null(verdict().why);
}

static void every_tampering_is_found(void **state)
{
	static const struct {
		const char *sql, *why;
	} rows[] = {
		{ "DELETE FROM audit WHERE rowid = 5", "a row is missing" },
		{ "DELETE FROM audit WHERE rowid = 1", "a row is missing" },
		{ "DELETE FROM audit WHERE rowid = 12",
			"a row is missing" }, /* the newest of all */
		{ "DELETE FROM audit WHERE rowid >= 4 AND rowid <= 6", "a row is missing" },
		{ "DELETE FROM audit", "a row is missing" },
		{ "UPDATE audit SET at = at + 1 WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET event = 'reset' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET failure = 1 WHERE rowid = 12", "a row was changed" },
		{ "UPDATE audit SET note = '' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET support = 'X' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET reason = 'X' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET actor = 'desk' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET account = x'00112233445566778899aabbccddeeff' WHERE rowid = 5",
			"a row was changed" },
		{ "UPDATE audit SET sealed = x'00' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET id = x'00' WHERE rowid = 5", "a row was changed" },
		{ "UPDATE audit SET mac = (SELECT mac FROM audit WHERE rowid = 4) WHERE rowid = 5",
			"a row was changed" },
		{ "UPDATE audit SET hash = (SELECT hash FROM audit WHERE rowid = 4) WHERE rowid = "
		  "5",
			"a row does not follow the one before it" },
		{ "UPDATE audit SET seq = 9 WHERE rowid = 4; UPDATE audit SET seq = 1 WHERE rowid "
		  "= 5; "
		  "UPDATE audit SET seq = 2 WHERE rowid = 4",
			"a row does not follow the one before it" },
		{ "INSERT INTO audit SELECT x'77', at, event, failure, reason, support, account, "
		  "actor, sealed, "
		  "note, mac, node, day, 4, hash FROM audit WHERE rowid = 6",
			"a row was added beside the chain" },
		{ "INSERT INTO audit SELECT x'77', at, event, failure, reason, support, account, "
		  "actor, sealed, "
		  "note, mac, node, day + 1000, seq, hash FROM audit WHERE rowid = 6",
			"rows of a day that has no head" },
		{ "UPDATE audit_head SET count = 2 WHERE rowid = 2; DELETE FROM audit WHERE rowid "
		  "= 6",
			"the head of a day was changed" },
		{ "UPDATE audit_head SET state = 'dropped' WHERE rowid = 2; DELETE FROM audit "
		  "WHERE day = "
		  "(SELECT day FROM audit_head WHERE rowid = 2)",
			"the head of a day was changed" },
		{ "UPDATE audit_head SET hash = first WHERE rowid = 3",
			"the head of a day was changed" },
		{ "DELETE FROM audit WHERE rowid BETWEEN 4 AND 6; DELETE FROM audit_head WHERE "
		  "rowid = 2",
			"a day before this one is missing" },
		{ "DELETE FROM audit WHERE rowid < 4; DELETE FROM audit_head WHERE rowid = 1",
			"a day before this one is missing" },
		/* the newest, with its head: the closer itself must not cover it up */
		{ "UPDATE audit_head SET count = 2, hash = (SELECT hash FROM audit WHERE rowid = "
		  "11) "
		  "WHERE rowid = 4; DELETE FROM audit WHERE rowid = 12",
			"the head of a day was changed" },
		{ "DELETE FROM audit WHERE rowid > 9; DELETE FROM audit_head WHERE rowid = 4",
			"a day before this one is missing" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct audit_verdict v;

		assert_int_equal(close_house(state), 0);
		assert_int_equal(log_setup(state), 0);
		fill();
		assert_true(tamper(rows[i].sql) > 0);
		v = verdict();
		if (!v.why || strcmp(v.why, rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].sql, v.why ? v.why : "not found");
		/* Nor does anything that rekey does later make it whole again. */
		add(2);
		close_log();
		new_day();
		add(2);
		close_log();
		assert_non_null(verdict().why);
	}
}

static void a_change_before_the_row_was_chained_is_found(void **state)
{
	(void)state;
	add(3);
	assert_int_equal(tamper("UPDATE audit SET event = 'reset' WHERE rowid = 2"), 1);
	assert_string_equal(verdict().why, "a row was changed");
	assert_int_equal(verdict().seq, 2);
}

static void a_log_under_another_key_does_not_hold(void **state)
{
	char other[] = "/tmp/rekey-other-XXXXXX", command[100];
	struct keys *others = NULL;

	(void)state;
	fill();
	assert_non_null(mkdtemp(other));
	assert_int_equal(keys_open(&ctx, other, true, &others), 0);
	ctx.keys = others;
	assert_non_null(verdict().why);
	ctx.keys = keys;
	keys_close(&others);
	snprintf(command, sizeof(command), "rm -rf %s", other);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_added_holds, log_setup, close_house),
		cmocka_unit_test_setup_teardown(an_empty_log_holds, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_unit_that_fails_leaves_no_trace_and_no_gap, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			many_who_add_and_close_at_once_lose_nothing, log_setup, close_house),
		cmocka_unit_test_setup_teardown(days_follow_each_other, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_clock_that_goes_back_breaks_nothing, log_setup, close_house),
		cmocka_unit_test_setup_teardown(every_tampering_is_found, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_change_before_the_row_was_chained_is_found, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_log_under_another_key_does_not_hold, log_setup, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
