/* Usage, counted from the log: resets by day, way and outcome, and where people gave up. */
#include "log.h"

static struct answer answer;
static struct rec_usage sum;

static void later(int64_t seconds)
{
	clock_turn(seconds);
	ctx.now = clock_now();
}

/* A second each, so that they sort as they came. */
static void note(const char *support, enum event event, bool success, const char *reason)
{
	add_about(event, &(struct audit_about){ .account = STR("0123456789abcdef"),
				 .support = str_of(support),
				 .failure = !success,
				 .reason = str_of(reason) });
	later(1);
}

/* To 10:00 of the next day: nothing of a test falls over midnight unless it wants to. */
static void next_morning(void)
{
	later((clock_day(ctx.now) + 1) * 86400 + 10 * 3600 - ctx.now);
}

static void report(struct op_report_usage in)
{
	answer = (struct answer){ 0 };
	if (serve_report_usage(&ctx, &in, &answer))
		fail_msg("%s", ctx.fault.words);
	if (answer.record)
		sum = *(const struct rec_usage *)answer.record;
}

/* Over all days of the page. */
static int64_t counted(const char *what, const char *way, const char *outcome)
{
	const struct rec_usage_row *rows = answer.items;
	int64_t count = 0;

	for (size_t i = 0; i < answer.item_count; i++)
		if (str_is(rows[i].what, what) && str_is(rows[i].way, way) &&
			str_is(rows[i].outcome, outcome))
			count += rows[i].count;
	return count;
}

/* Five notes come before the last one. */
static void finish(const char *support, int64_t seconds)
{
	note(support, event_reset_progress, true, "User started the email verification option");
	note(support, event_reset_progress, true, "User completed the email verification option");
	note(support, event_reset_progress, true,
		"User started the mobile app code verification option");
	note(support, event_reset_progress, true,
		"User completed the mobile app code verification option");
	later(seconds - 5);
	note(support, event_reset_progress, true, "User successfully reset password");
	note(support, event_reset, true, "Successfully completed reset.");
}

static void a_reset_counts_once_by_its_ways_and_its_outcome(void **state)
{
	(void)state;
	next_morning();
	finish("AAAA-AAAA", 60);
	finish("BBBB-BBBB", 300);
	finish("CCCC-CCCC", 100);
	report((struct op_report_usage){ 0 });
	assert_int_equal(sum.begun, 3);
	assert_int_equal(sum.done, 3);
	assert_int_equal(sum.given_up, 0);
	assert_int_equal(sum.median_seconds, 100);
	assert_int_equal(sum.scanned, 18);
	assert_int_equal(counted("reset", "", "done"), 3);
	assert_int_equal(counted("proof", "mail", "tried"), 3);
	assert_int_equal(counted("proof", "totp", "proved"), 3);
	assert_int_equal(counted("proof", "recovery_code", "tried"), 0);
}

static void where_people_gave_up_is_the_last_thing_heard_of_their_reset(void **state)
{
	(void)state;
	next_morning();
	note("AAAA-AAAA", event_reset_progress, true, "User started the email verification option");
	note("AAAA-AAAA", event_reset_progress, false, "A code was wrong");
	note("BBBB-BBBB", event_reset_progress, true, "User started the email verification option");
	note("CCCC-CCCC", event_reset_progress, true, "User started the email verification option");
	note("CCCC-CCCC", event_reset_blocked, true, "Too many wrong codes");
	note("DDDD-DDDD", event_reset_progress, false, "A reason of a later version");
	later(3 * 3600);
	note("EEEE-EEEE", event_reset_progress, true, "User started the email verification option");
	note("FFFF-FFFF", event_reset_progress, false,
		"User cancelled before passing the required authentication methods");
	/* Whoever typed a name that nobody has, and pressed Cancel, began no reset. */
	add_about(event_reset_progress, &(struct audit_about){ .support = STR("GGGG-GGGG"),
						.failure = true,
						.reason = STR("User cancelled before passing the "
							      "required authentication methods") });
	report((struct op_report_usage){ .days = 2 });
	assert_int_equal(sum.begun, 6);
	assert_int_equal(sum.given_up, 5);
	assert_int_equal(sum.under_way, 1); /* E may still come back; F said that it will not */
	assert_int_equal(counted("step", "wrong_code", "given up"), 1);
	assert_int_equal(counted("step", "mail", "given up"), 1);
	assert_int_equal(counted("step", "tries", "given up"), 1);
	assert_int_equal(counted("step", "left", "given up"), 1);
	assert_int_equal(counted("step", "A reason of a later version", "given up"), 1);
	assert_int_equal(counted("code", "", "wrong"), 1);
	assert_int_equal(sum.median_seconds, 0);
}

static void a_reset_over_midnight_is_of_the_day_it_began(void **state)
{
	const struct rec_usage_row *rows;

	(void)state;
	next_morning();
	later(14 * 3600 - 60);
	finish("AAAA-AAAA", 120);
	report((struct op_report_usage){ .days = 2 });
	assert_int_equal(sum.begun, 1);
	assert_int_equal(sum.done, 1);
	assert_int_equal(sum.median_seconds, 120);
	rows = answer.items;
	assert_true(str_is(rows[0].what, "reset"));
	assert_int_equal(rows[0].count, 1);
	for (size_t i = 1; i < answer.item_count; i++)
		assert_false(str_is(rows[i].what, "reset"));
	/* Whoever looks at the second day alone sees that it began before. */
	report((struct op_report_usage){ .days = 1 });
	assert_int_equal(sum.begun, 0);
}

static void registrations_unlocks_and_changes_are_counted(void **state)
{
	(void)state;
	next_morning();
	note("", event_info_registered, true, "mail");
	note("", event_info_registered, true, "mail");
	note("", event_info_registered, true, "totp");
	note("", event_info_deleted, true, "totp");
	note("", event_reset_registered, true, "");
	note("", event_change, true, "");
	note("", event_change, false, "The old password was wrong");
	note("", event_person_unlocked, true, "");
	note("", event_person_invited, true, "");
	note("", event_signin, true, "");
	report((struct op_report_usage){ 0 });
	assert_int_equal(sum.scanned, 9); /* sign-ins are not looked at */
	assert_int_equal(sum.registered, 3);
	assert_int_equal(sum.people_registered, 1);
	assert_int_equal(sum.changed, 1);
	assert_int_equal(sum.unlocked, 1);
	assert_int_equal(sum.passes, 1);
	assert_int_equal(counted("registration", "mail", "done"), 2);
	assert_int_equal(counted("registration", "totp", "deleted"), 1);
	assert_int_equal(counted("change", "", "failed"), 1);
	assert_int_equal(counted("unlock", "desk", "done"), 1);
}

static void more_days_than_a_page_come_page_by_page_and_sum_up_once(void **state)
{
	int64_t rows = 0, first;

	(void)state;
	next_morning();
	first = clock_day(ctx.now);
	for (int i = 0; i < 130; i++) {
		note("", event_info_registered, true, "mail");
		next_morning();
	}
	report((struct op_report_usage){ .days = 400 });
	assert_int_equal(sum.registered, 130);
	assert_int_equal(
		clock_day(sum.since), first); /* what the log has, not what was asked for */
	for (;; report((struct op_report_usage){ .days = 400, .cursor = answer.cursor })) {
		rows += counted("registration", "mail", "done");
		if (!answer.cursor.length)
			break;
	}
	assert_null(answer.record);
	assert_int_equal(rows, 130);
	report((struct op_report_usage){ .days = 10 });
	assert_int_equal(sum.registered, 9);
}

static void a_cursor_is_a_day(void **state)
{
	static const char *const bad[] = { "2026-13-01", "2026-02-30", "yesterday!", "2026-1-1",
		"1970-01-01", "9999-01-01" };

	(void)state;
	next_morning();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		answer = (struct answer){ 0 };
		assert_int_equal(
			serve_report_usage(&ctx,
				&(struct op_report_usage){ .cursor = str_of(bad[i]) }, &answer),
			reply_malformed);
	}
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, log_setup, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOG(a_reset_counts_once_by_its_ways_and_its_outcome),
		WITH_LOG(where_people_gave_up_is_the_last_thing_heard_of_their_reset),
		WITH_LOG(a_reset_over_midnight_is_of_the_day_it_began),
		WITH_LOG(registrations_unlocks_and_changes_are_counted),
		WITH_LOG(more_days_than_a_page_come_page_by_page_and_sum_up_once),
		WITH_LOG(a_cursor_is_a_day),
	};

	return !secrets_open(64) || cmocka_run_group_tests(tests, NULL, NULL);
}
