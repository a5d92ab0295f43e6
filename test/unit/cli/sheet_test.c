/* Values for a spreadsheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/inside.h"

static char *text;

/* The row of an audit log whose detail is this. */
static const char *line_of(struct str detail)
{
	struct rec_audit_row row = {
		.at = 1795416720, .activity = STR("Sign-in"), .detail = detail
	};
	size_t size;
	FILE *to;

	free(text);
	to = open_memstream(&text, &size);
	assert_non_null(to);
	sheet_record(to, &shape_rec_audit_row, &row);
	fclose(to);
	return text;
}

static void a_row_has_a_cell_for_each_field(void **state)
{
	(void)state;
	assert_string_equal(line_of(STR("plain")),
		"\"2026-11-23T06:52:00Z\",\"Sign-in\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"plain\","
		"\"\",\"\",\"\",\"\",\"\",\"\"\r\n");
}

static void the_head_names_the_fields(void **state)
{
	char *head = NULL;
	size_t size;
	FILE *to = open_memstream(&head, &size);

	(void)state;
	sheet_head(to, &shape_rec_audit_row);
	fclose(to);
	assert_int_equal(strncmp(head, "\"at\",\"activity\",\"result\",", 25), 0);
	assert_non_null(strstr(head, "\"id\"\r\n"));
	free(head);
}

static void what_would_run_as_a_formula_is_text(void **state)
{
	static const char *const starts[] = { "=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1",
		"＠x" };
	char wanted[60];

	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		snprintf(wanted, sizeof(wanted), "\"'%s\"", starts[i]);
		assert_non_null(strstr(line_of(str_of(starts[i])), wanted));
	}
	assert_non_null(strstr(line_of(STR("\t=1")), "\"' =1\""));
	assert_non_null(strstr(line_of(STR("a=1")), "\"a=1\""));
}

static void no_character_ends_a_cell_or_a_line(void **state)
{
	const char *line = line_of(STR("a\",\"b\r\n=c"));

	(void)state;
	assert_non_null(strstr(line, "\"a\"\",\"\"b  =c\""));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_a_cell_for_each_field),
		cmocka_unit_test(the_head_names_the_fields),
		cmocka_unit_test(what_would_run_as_a_formula_is_text),
		cmocka_unit_test(no_character_ends_a_cell_or_a_line),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(text);
	return failed;
}
