/* Charts and documents: what is drawn is what was counted, and no name gets out of its place. */
#include "view/view.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static char memory[view_document_limit];
static struct buf out;

static int anew(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	out = buf_on(memory, sizeof(memory) - 1);
	return 0;
}

static size_t times(const char *text)
{
	size_t count = 0;

	for (const char *at = memory; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void a_bar_is_as_long_as_its_share(void **state)
{
	const struct view_bar bars[] = { { STR("all"), 2000 }, { STR("half"), 1000 },
		{ STR("one"), 1 }, { STR("none"), 0 } };

	(void)state;
	view_bars(&out, STR("a chart"), bars, 4, 2000);
	assert_non_null(strstr(memory, "role=\"img\" aria-label=\"a chart\""));
	assert_int_equal(times("class=\"mark\""), 3); /* nothing is drawn of nothing */
	assert_non_null(strstr(memory, "class=\"mark\" x=\"0\" y=\"22\" width=\"360\""));
	assert_non_null(strstr(memory, "class=\"mark\" x=\"0\" y=\"66\" width=\"180\""));
	assert_non_null(strstr(memory,
		"class=\"mark\" x=\"0\" y=\"110\" width=\"1\"")); /* and of something, something */
	assert_non_null(strstr(memory, ">none</text>"));
	assert_int_equal(times("class=\"track\""), 4);
}

static void the_longest_bar_ends_with_the_chart(void **state)
{
	const struct view_bar bars[] = { { STR("more"), 30 }, { STR("less"), 10 } };

	(void)state;
	view_bars(&out, STR("x"), bars, 2, 0);
	assert_non_null(strstr(memory, "y=\"22\" width=\"360\""));
	assert_non_null(strstr(memory, "y=\"66\" width=\"120\""));
}

static void columns_stand_on_one_ground(void **state)
{
	const struct view_column columns[] = { { 30, 10 }, { 0, 0 }, { 0, 20 } };

	(void)state;
	assert_int_equal(view_columns_highest(columns, 3), 40);
	view_columns(&out, STR("days"), columns, 3);
	assert_int_equal(times("<rect"), 3);
	assert_non_null(
		strstr(memory, "class=\"mark\" x=\"1\" y=\"25\" width=\"8\" height=\"75\""));
	assert_non_null(strstr(memory, "class=\"rest\" x=\"1\" y=\"0\" width=\"8\" height=\"25\""));
	assert_non_null(
		strstr(memory, "class=\"rest\" x=\"21\" y=\"50\" width=\"8\" height=\"50\""));
}

static void large_counts_do_not_overflow_and_no_counts_divide_by_nothing(void **state)
{
	const struct view_column huge[] = { { 1000000000000, 1000000000000 } },
				 none[] = { { 0, 0 } };

	(void)state;
	view_columns(&out, STR("x"), huge, 1);
	assert_non_null(strstr(memory, "y=\"50\" width=\"8\" height=\"50\""));
	view_columns(&out, STR("x"), none, 1);
	view_columns(&out, STR("x"), none, 0);
	view_bars(&out, STR("x"), NULL, 0, 0);
	assert_false(out.full);
}

#define HOSTILE STR("</text></svg><script>alert(1)</script>\"'&")

static void names_stay_in_their_places(void **state)
{
	const struct view_bar bars[] = { { HOSTILE, 1 } };
	const struct view_report_usage_steps steps[] = { { HOSTILE, 1, 100 } };
	const struct view_document base = {
		.language = STR("en"), .organisation = HOSTILE, .made = 1
	};
	const struct view_report_usage page = { .since = STR("2026-11-01"),
		.until = STR("2026-11-02"),
		.begun = 1,
		.steps = steps,
		.steps_count = 1 };

	(void)state;
	view_bars(&out, HOSTILE, bars, 1, 1);
	view_report_usage(&out, &base, &page);
	assert_null(strstr(memory, "<script"));
	assert_int_equal(times("</svg>"), 1);
	assert_non_null(strstr(memory, "&lt;script&gt;"));
}

/* Opened from a folder, it asks for nothing, runs nothing, and speaks its language. */
static void a_document_stands_alone(void **state)
{
	static const char *const languages[] = { "en", "ja" };
	const struct view_report_registration page = {
		.people = 3, .chart = STR("<svg/>"), .ways_chart = STR("<svg/>")
	};

	for (size_t i = 0; i < 2; i++) {
		struct view_document base = {
			.language = str_of(languages[i]), .organisation = STR("Example"), .made = 1
		};

		(void)anew(state);
		view_report_registration(&out, &base, &page);
		assert_false(out.full);
		assert_null(strstr(memory, "http://"));
		assert_null(strstr(memory, "<link"));
		assert_null(strstr(memory, "<script"));
		assert_null(strstr(memory, "@import"));
		assert_non_null(strstr(memory, "default-src 'none'"));
		assert_non_null(strstr(memory, "<style>"));
		assert_non_null(strstr(memory, i ? "<html lang=\"ja\">" : "<html lang=\"en\">"));
		assert_non_null(strstr(memory, i ? "登録の状況" : "Who has registered"));
	}
}

static void an_address_is_a_code_and_a_book_is_none(void **state)
{
	static char book[8000];

	(void)state;
	assert_true(view_qr(&out, STR("https://reset.example.org")));
	assert_int_equal(times("<path"), 2);
	memset(book, 'x', sizeof(book));
	assert_false(view_qr(&out, (struct str){ book, sizeof(book) }));
}

#define ANEW(test) cmocka_unit_test_setup(test, anew)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ANEW(a_bar_is_as_long_as_its_share),
		ANEW(the_longest_bar_ends_with_the_chart),
		ANEW(columns_stand_on_one_ground),
		ANEW(large_counts_do_not_overflow_and_no_counts_divide_by_nothing),
		ANEW(names_stay_in_their_places),
		ANEW(a_document_stands_alone),
		ANEW(an_address_is_a_code_and_a_book_is_none),
	};

	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
