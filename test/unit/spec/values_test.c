/* Named values in one run of bytes. */
#include "spec/values.h"

#include <setjmp.h>
#include <cmocka.h>

static struct str written(struct buf *b)
{
	values_add(b, STR("code"), STR("12345678"));
	values_add(b, STR("name"), STR("田中 太郎"));
	values_add(b, STR("link"), STR(""));
	return buf_str(b);
}

static void what_is_written_is_read_back_in_order(void **state)
{
	char memory[200];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str values = written(&b), name, value;
	size_t at = 0;

	(void)state;
	assert_false(b.full);
	assert_true(values_next(values, &at, &name, &value));
	assert_true(str_is(name, "code") && str_is(value, "12345678"));
	assert_true(values_next(values, &at, &name, &value));
	assert_true(str_is(name, "name") && str_is(value, "田中 太郎"));
	assert_true(values_next(values, &at, &name, &value));
	assert_true(str_is(name, "link") && value.at && value.length == 0);
	assert_false(values_next(values, &at, &name, &value));
	assert_int_equal(at, values.length);
	assert_true(values_whole(values));
}

static void the_bytes_are_as_the_door_says(void **state)
{
	char memory[20];
	struct buf b = buf_on(memory, sizeof(memory));

	(void)state;
	values_add(&b, STR("ab"), STR("c"));
	assert_true(str_same(buf_str(&b), STR("\x02\x00"
					      "ab"
					      "\x01\x00"
					      "c")));
}

static void a_name_finds_its_value_and_no_other(void **state)
{
	char memory[200];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str values = written(&b);

	(void)state;
	assert_true(str_is(values_get(values, STR("code")), "12345678"));
	assert_non_null(values_get(values, STR("link")).at);
	assert_null(values_get(values, STR("cod")).at);
}

static void every_cut_is_noticed(void **state)
{
	char memory[200];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str values = written(&b), name, value;
	size_t whole = 0;

	(void)state;
	for (size_t length = 1; length < values.length; length++) {
		struct str part = str_upto(values, length);
		size_t at = 0;

		while (values_next(part, &at, &name, &value))
			assert_true(value.at + value.length <= part.at + part.length);
		whole += values_whole(part);
		assert_int_equal(values_whole(part), at == length);
	}
	assert_int_equal(whole, 2); /* after the first pair and after the second */
}

static void a_name_twice_or_without_letters_is_not_whole(void **state)
{
	char memory[200];
	struct buf twice = buf_on(memory, 100), nameless = buf_on(memory + 100, 100);

	(void)state;
	values_add(&twice, STR("code"), STR("1"));
	values_add(&twice, STR("code"), STR("2"));
	assert_false(values_whole(buf_str(&twice)));
	values_add(&nameless, STR(""), STR("1"));
	assert_false(values_whole(buf_str(&nameless)));
	assert_true(values_whole(STR_NONE));
}

static void what_does_not_fit_leaves_no_half_pair(void **state)
{
	char memory[20];
	struct buf b = buf_on(memory, sizeof(memory));

	(void)state;
	values_add(&b, STR("code"), STR("1234"));
	assert_false(b.full);
	values_add(&b, STR("name"), STR("1234"));
	assert_true(b.full);
	assert_true(values_whole(buf_str(&b)));
}

static void a_value_of_65536_bytes_is_refused(void **state)
{
	static char large[65536], memory[140000];
	struct buf b = buf_on(memory, sizeof(memory));

	(void)state;
	values_add(&b, STR("name"), (struct str){ large, sizeof(large) - 1 });
	assert_false(b.full);
	values_add(&b, STR("name"), (struct str){ large, sizeof(large) });
	assert_true(b.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back_in_order),
		cmocka_unit_test(the_bytes_are_as_the_door_says),
		cmocka_unit_test(a_name_finds_its_value_and_no_other),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(a_name_twice_or_without_letters_is_not_whole),
		cmocka_unit_test(what_does_not_fit_leaves_no_half_pair),
		cmocka_unit_test(a_value_of_65536_bytes_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
