/* The arena of an operation. */
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

static void a_trimmed_block_gives_back_its_end(void **state)
{
	struct arena *arena = arena_open(64 * 1024);
	size_t before = arena_used(arena);
	char *block = arena_take(arena, 32 * 1024), *next;

	(void)state;
	memset(block, 'x', 10);
	arena_trim(arena, block, 10);
	assert_true(arena_used(arena) < before + 64);
	next = arena_take(arena, 32 * 1024);
	assert_non_null(next);
	assert_true(next >= block + 10);
	assert_int_equal(next[0], 0);
	arena_close(&arena);
}

static void what_is_taken_after_a_wipe_is_zero(void **state)
{
	struct arena *arena = arena_open(64 * 1024);
	char *block = arena_take(arena, 1000);

	(void)state;
	memset(block, 'x', 1000);
	arena_wipe(arena);
	block = arena_take(arena, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(block[i], 0);
	arena_close(&arena);
}

static void what_was_taken_since_a_mark_is_given_back_as_zero(void **state)
{
	struct arena *arena = arena_open(64 * 1024);
	char *kept = arena_take(arena, 100), *gone;
	struct secret *early = secret_take(arena, "early", 5), *late;
	struct arena_mark mark = arena_mark(arena);
	size_t used = arena_used(arena);

	(void)state;
	memset(kept, 'k', 100);
	gone = arena_take(arena, 40 * 1024);
	memset(gone, 'x', 40 * 1024);
	late = secret_take(arena, "late", 4);
	assert_non_null(early);
	assert_non_null(late);
	arena_back(arena, mark);
	assert_int_equal(arena_used(arena), used);
	assert_int_equal(kept[99], 'k');
	assert_int_equal(secret_length(early), 5);
	gone = arena_take(arena, 40 * 1024);
	for (size_t i = 0; i < 40 * 1024; i++)
		assert_int_equal(gone[i], 0);
	/* Of the two secrets that there are, one is free again. */
	assert_non_null(secret_take(arena, "again", 5));
	assert_null(secret_take(arena, "third", 5));
	arena_close(&arena);
}

static void a_full_arena_gives_nothing(void **state)
{
	struct arena *arena = arena_open(4096);

	(void)state;
	assert_null(arena_take(arena, 4096));
	assert_null(arena_take(arena, SIZE_MAX));
	assert_non_null(arena_take(arena, 1024));
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trimmed_block_gives_back_its_end),
		cmocka_unit_test(what_is_taken_after_a_wipe_is_zero),
		cmocka_unit_test(what_was_taken_since_a_mark_is_given_back_as_zero),
		cmocka_unit_test(a_full_arena_gives_nothing),
	};

	must_be(secrets_open(2));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
