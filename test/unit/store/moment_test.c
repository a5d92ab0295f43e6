/* What is read together is of one moment, and nobody waits with a connection in hand. */
#include "small.h"

static struct ctx other(void)
{
	struct ctx c = ctx;

	c.moment = NULL;
	return c;
}

static void what_is_read_together_is_of_one_moment(void **state)
{
	scoped(moment_close) struct moment moment = { 0 };
	struct ctx c = other();

	(void)state;
	assert_int_equal(keep_note(&c, 1, "one"), 0);
	moment_open(&ctx, &moment);
	assert_int_equal(notes(), 1);
	assert_int_equal(keep_note(&c, 2, "two"), 0);
	assert_int_equal(notes(), 1);
	moment_pass(&ctx);
	assert_int_equal(notes(), 2);
}

static void a_moment_begins_with_its_first_read(void **state)
{
	scoped(moment_close) struct moment moment = { 0 };
	struct ctx c = other();

	(void)state;
	moment_open(&ctx, &moment);
	assert_int_equal(keep_note(&c, 1, "one"), 0);
	assert_int_equal(notes(), 1);
}

static void a_commit_is_seen_by_who_committed(void **state)
{
	scoped(moment_close) struct moment moment = { 0 };

	(void)state;
	moment_open(&ctx, &moment);
	assert_int_equal(notes(), 0);
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	assert_null(moment.connection);
	assert_int_equal(notes(), 1);
	assert_int_equal(keep_note(&ctx, 1, "again"), reply_lost_race);
	assert_string_equal(note_words(1), "one");
}

/* Else the log grows for as long as somebody reads. */
static void a_moment_that_is_over_holds_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		scoped(moment_close) struct moment moment = { 0 };

		moment_open(&ctx, &moment);
		assert_int_equal(keep_note(&ctx, i, "a note"), 0);
		assert_int_equal(notes(), i + 1);
	}
	assert_null(ctx.moment);
	assert_int_equal(notes(), 100);
}

static void a_failed_read_spoils_no_other(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		scoped(moment_close) struct moment moment = { 0 };
		struct rows rows;

		moment_open(&ctx, &moment);
		assert_true(store_read(&ctx, note_one, WITH_NOTHING, 0, &rows) < 0);
		assert_int_equal(notes(), 0);
	}
}

static void a_copy_is_made_amid_a_moment(void **state)
{
	scoped(moment_close) struct moment moment = { 0 };

	(void)state;
	moment_open(&ctx, &moment);
	assert_int_equal(notes(), 0);
	assert_int_equal(store_copy(&ctx, path_of("copy.db")), 0);
	assert_int_equal(notes(), 0);
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, begin_small, drop_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_read_together_is_of_one_moment),
		STORE_TEST(a_moment_begins_with_its_first_read),
		STORE_TEST(a_commit_is_seen_by_who_committed),
		STORE_TEST(a_moment_that_is_over_holds_nothing),
		STORE_TEST(a_failed_read_spoils_no_other),
		STORE_TEST(a_copy_is_made_amid_a_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
