/* Units and reads: all or nothing, counted, durable, and every value as it was. */
#include "small.h"

static void a_unit_holds_as_a_whole(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	add_note(&unit, 1, "one");
	add_note(&unit, 2, "two");
	unit_add(&unit, note_set, 1, WITH(v_number(1), v_text(STR("first"))));
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(notes(), 2);
	assert_string_equal(note_words(1), "first");
}

static void a_lost_race_leaves_nothing(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	add_note(&unit, 1, "one");
	unit_add(&unit, note_set, 1, WITH(v_number(99), v_text(STR("nobody"))));
	add_note(&unit, 2, "two");
	assert_int_equal(unit_commit(&unit), reply_lost_race);
	assert_int_equal(notes(), 0);
}

static void a_taken_key_is_a_lost_race(void **state)
{
	(void)state;
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	assert_int_equal(keep_note(&ctx, 1, "again"), reply_lost_race);
	assert_string_equal(note_words(1), "one");
	for (int i = 0; i < 2; i++) {
		struct unit unit = unit_begin(&ctx);

		unit_add(&unit, tag_add, 1, WITH(v_text(STR("the same"))));
		assert_int_equal(unit_commit(&unit), i == 0 ? 0 : reply_lost_race);
	}
}

static void what_points_to_nothing_is_a_lost_race(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	store_close(&ctx.store); /* also when nothing was migrated at the start */
	assert_int_equal(open_small(&small, NULL), 0);
	add_note(&unit, 1, "one");
	unit_add(&unit, reply_add, 1, WITH(v_number(99)));
	assert_int_equal(unit_commit(&unit), reply_lost_race);
	assert_int_equal(notes(), 0);
}

static void a_select_counts_what_it_finds(void **state)
{
	struct unit found = unit_begin(&ctx), missed = unit_begin(&ctx);

	(void)state;
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	unit_add(&found, note_one, 1, WITH(v_number(1)));
	add_note(&found, 2, "two");
	assert_int_equal(unit_commit(&found), 0);
	unit_add(&missed, note_one, 0, WITH(v_number(1)));
	add_note(&missed, 3, "three");
	assert_int_equal(unit_commit(&missed), reply_lost_race);
	assert_int_equal(notes(), 2);
}

static void any_number_of_rows_may_change(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	unit_add(&unit, note_drop, any_rows, WITH(v_number(99)));
	add_note(&unit, 1, "one");
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(notes(), 1);
}

static void a_value_of_the_wrong_type_is_a_fault_with_words(void **state)
{
	struct unit unit = unit_begin(&ctx);

	(void)state;
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	unit_add(&unit, note_wrong_type, 1, WITH(v_number(1)));
	assert_int_equal(unit_commit(&unit), -fault_store);
	assert_int_equal(ctx.fault.kind, fault_store);
	assert_non_null(strstr(ctx.fault.words, "note.bytes"));
	assert_int_equal(keep_note(&ctx, 2, "the writer goes on"), 0);
}

/* As a full disk does, in the middle of a group. */
static void a_transaction_that_was_ended_is_a_fault_and_the_writer_goes_on(void **state)
{
	struct unit unit = unit_begin(&ctx);
	struct stat lock;

	(void)state;
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	add_note(&unit, 2, "two");
	unit_add(&unit, note_or_rollback, 1, WITH(v_number(1)));
	assert_int_equal(stat(path_of("rekey.lock"), &lock), 0);
	assert_int_equal(lock.st_size, 0);
	assert_int_equal(unit_commit(&unit), -fault_store);
	assert_int_equal(notes(), 1);
	assert_int_equal(keep_note(&ctx, 3, "three"), 0);
	assert_int_equal(notes(), 2);
	/* The next start shall look whether the disk still holds what it had taken. */
	assert_int_equal(stat(path_of("rekey.lock"), &lock), 0);
	assert_int_equal(lock.st_size, 1);
	store_close(&ctx.store);
	assert_int_equal(open_small(&small, NULL), 0);
	assert_int_equal(stat(path_of("rekey.lock"), &lock), 0);
	assert_int_equal(lock.st_size, 0);
}

static void a_missing_value_is_a_fault(void **state)
{
	struct unit unit = unit_begin(&ctx);
	struct rows rows;

	(void)state;
	unit_add(&unit, note_add, 1, WITH(v_number(1), v_text(STR("one"))));
	assert_int_equal(unit_commit(&unit), -fault_store);
	assert_int_equal(store_read(&ctx, note_one, WITH_NOTHING, 0, &rows), -fault_store);
}

static void an_empty_unit_is_done_and_an_overfull_one_is_not(void **state)
{
	struct unit empty = unit_begin(&ctx), full = unit_begin(&ctx);

	(void)state;
	assert_int_equal(unit_commit(&empty), 0);
	for (int64_t i = 0; i <= unit_statements; i++)
		add_note(&full, i, "x");
	assert_int_equal(unit_commit(&full), -fault_arena);
	assert_int_equal(notes(), 0);
}

static void the_failed_unit_of_a_full_arena_writes_nothing(void **state)
{
	struct ctx tight = ctx;
	struct unit unit;

	(void)state;
	tight.arena = arena_open(4096);
	unit = unit_begin(&tight);
	add_note(&unit, 1, "one");
	while (arena_take(tight.arena, 16))
		;
	add_note(&unit, 2, "two");
	assert_int_equal(unit_commit(&unit), -fault_arena);
	assert_int_equal(notes(), 0);
	arena_close(&tight.arena);
}

static void every_value_comes_back_as_it_was(void **state)
{
	const struct str words = STR("a\0b 田中"), bytes = STR("\0\xff\0");
	struct unit unit = unit_begin(&ctx);
	struct rows rows;

	(void)state;
	unit_add(&unit, note_add, 1, WITH(v_number(INT64_MIN), v_text(words), v_bytes(bytes)));
	unit_add(&unit, note_add, 1, WITH(v_number(0), v_text(STR_NONE), v_bytes(STR_NONE)));
	unit_add(&unit, note_add, 1, WITH(v_number(INT64_MAX), v_text(STR("")), v_bytes(STR(""))));
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(store_read(&ctx, note_all, WITH_NOTHING, 0, &rows), 0);
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.columns, 3);
	assert_int_equal(row_number(&rows, 0, 0), INT64_MIN);
	assert_true(str_same(row_str(&rows, 0, 1), words));
	assert_true(str_same(row_str(&rows, 0, 2), bytes));
	assert_int_equal(row_value(&rows, 1, 1).kind, value_text);
	assert_int_equal(row_value(&rows, 1, 2).kind, value_null);
	assert_null(row_str(&rows, 1, 2).at);
	assert_int_equal(row_value(&rows, 2, 2).kind, value_bytes);
	assert_int_equal(row_str(&rows, 2, 2).length, 0);
	assert_int_equal(row_number(&rows, 2, 0), INT64_MAX);
}

static void reading_stops_at_the_most(void **state)
{
	struct rows rows;

	(void)state;
	for (int64_t i = 1; i <= 40; i++)
		assert_int_equal(keep_note(&ctx, i, "x"), 0);
	assert_int_equal(store_read(&ctx, note_all, WITH_NOTHING, 7, &rows), 0);
	assert_int_equal(rows.count, 7);
	assert_int_equal(row_number(&rows, 6, 0), 7);
	assert_int_equal(store_read(&ctx, note_all, WITH_NOTHING, 0, &rows), 0);
	assert_int_equal(rows.count, 40);
	assert_int_equal(row_number(&rows, 39, 0), 40);
}

static void one_row_is_one_row(void **state)
{
	struct rows rows;

	(void)state;
	assert_int_equal(store_one(&ctx, note_one, WITH(v_number(1)), &rows), reply_not_found);
	assert_int_equal(keep_note(&ctx, 1, "one"), 0);
	assert_int_equal(keep_note(&ctx, 2, "two"), 0);
	assert_int_equal(store_one(&ctx, note_one, WITH(v_number(1)), &rows), 0);
	assert_int_equal(store_one(&ctx, note_all, WITH_NOTHING, &rows), -fault_store);
}

static void reads_into_a_full_arena_fail_and_leave_the_reader_whole(void **state)
{
	struct ctx tight = ctx;
	struct rows rows;

	(void)state;
	tight.arena = arena_open(4096);
	for (int64_t i = 1; i <= 100; i++)
		assert_int_equal(keep_note(&ctx, i, "some words to fill the arena with"), 0);
	for (int i = 0; i < 20; i++)
		assert_int_equal(
			store_read(&tight, note_all, WITH_NOTHING, 0, &rows), -fault_arena);
	assert_int_equal(notes(), 100);
	arena_close(&tight.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_unit_holds_as_a_whole, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_lost_race_leaves_nothing, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_taken_key_is_a_lost_race, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			what_points_to_nothing_is_a_lost_race, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_select_counts_what_it_finds, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			any_number_of_rows_may_change, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_value_of_the_wrong_type_is_a_fault_with_words, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			a_transaction_that_was_ended_is_a_fault_and_the_writer_goes_on, begin_small,
			drop_folder),
		cmocka_unit_test_setup_teardown(
			a_missing_value_is_a_fault, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			an_empty_unit_is_done_and_an_overfull_one_is_not, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			the_failed_unit_of_a_full_arena_writes_nothing, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			every_value_comes_back_as_it_was, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			reading_stops_at_the_most, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(one_row_is_one_row, begin_small, drop_folder),
		cmocka_unit_test_setup_teardown(
			reads_into_a_full_arena_fail_and_leave_the_reader_whole, begin_small,
			drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
