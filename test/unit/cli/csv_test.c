/* Comma-separated values: good, bad and hostile files. */
#include "rows_help.h"

static void a_row_is_read_by_the_names_of_its_columns(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(
		reading_open(&r, &row_csv,
			STR("mail,userName,displayName\nada@example.org,ada,Ada Lovelace\n")),
		0);
	assert_int_equal(reading_next(&r), 0);
	assert_int_equal(r.row.line, 2);
	assert_cell(&r, import_user_name, "ada");
	assert_cell(&r, import_mail, "ada@example.org");
	assert_cell(&r, import_display_name, "Ada Lovelace");
	assert_cell(&r, import_surname, "");
	assert_int_equal(r.row.cells[import_display_name].column, 3);
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void a_byte_order_mark_and_carriage_returns_change_nothing(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv,
				 STR("\xef\xbb\xbfuserName,surname\r\ntanaka.t,"
				     "\xe7\x94\xb0\xe4\xb8\xad\r\n")),
		0);
	assert_int_equal(reading_next(&r), 0);
	assert_cell(&r, import_user_name, "tanaka.t");
	assert_cell(&r, import_surname, "\xe7\x94\xb0\xe4\xb8\xad");
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void the_last_line_needs_no_end(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv, STR("surname,userName\nLovelace,ada")), 0);
	assert_int_equal(reading_next(&r), 0);
	assert_cell(&r, import_user_name, "ada");
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void empty_lines_are_passed_over(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv, STR("\n\r\nuserName\n\n\r\nada\n\n")), 0);
	assert_int_equal(reading_next(&r), 0);
	assert_int_equal(r.row.line, 6);
	assert_cell(&r, import_user_name, "ada");
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void quotes_hold_commas_quotes_and_line_ends(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv,
				 STR("userName,displayName\n\"ada\",\"Ada, \"\"Countess\"\"\r\nof "
				     "Lovelace\"\nb,\"\"\n")),
		0);
	assert_int_equal(reading_next(&r), 0);
	assert_cell(&r, import_user_name, "ada");
	assert_cell(&r, import_display_name, "Ada, \"Countess\"\r\nof Lovelace");
	assert_int_equal(reading_next(&r), 0);
	assert_int_equal(r.row.line, 4);
	assert_cell(&r, import_display_name, "");
	reading_close(&r);
}

static void column_names_are_read_without_regard_to_case(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv, STR(" USERNAME , Mail\nada,\n")), 0);
	assert_int_equal(reading_next(&r), 0);
	assert_cell(&r, import_user_name, "ada");
	reading_close(&r);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	(void)state;
	assert_file_refused(&row_csv, STR("\n"), why_file_empty, "");
	assert_file_refused(&row_csv, STR("\xff\xfeu\0s\0"), why_file_utf16, "");
	assert_file_refused(&row_csv, STR("userName;mail\na;b\n"), why_file_separator, "");
	assert_file_refused(&row_csv, STR("userName\tmail\na\tb\n"), why_file_separator, "");
	assert_file_refused(&row_csv, STR("userName,shoeSize\n"), why_header_unknown, "shoeSize");
	assert_file_refused(&row_csv, STR("userName,mail,MAIL\n"), why_header_twice, "MAIL");
	assert_file_refused(&row_csv, STR("mail,surname\n"), why_header_no_name, "userName");
	assert_file_refused(&row_csv, STR("userName,\n"), why_header_unknown, "");
	assert_file_refused(&row_csv, STR("\"userName"), why_quote_open, "");
}

static void a_column_of_clear_passwords_is_refused(void **state)
{
	(void)state;
	assert_file_refused(&row_csv, STR("userName,password\n"), why_password_column, "password");
	assert_file_refused(
		&row_csv, STR("userName,UserPassword\n"), why_password_column, "UserPassword");
	assert_file_refused(
		&row_csv, STR("userName,unicodePwd\n"), why_password_column, "unicodePwd");
}

static void a_clear_password_in_the_column_of_hashes_is_refused(void **state)
{
	(void)state;
	assert_row_refused(&row_csv,
		STR("userName,passwordHash\neve,correct horse battery\nada,{SSHA}abcd\n"),
		why_hash_clear, 2, "passwordHash");
	assert_row_refused(&row_csv, STR("userName,passwordHash\neve,$ecret\nada,$6$a$b\n"),
		why_hash_clear, 2, "passwordHash");
}

static void a_row_with_another_number_of_fields_is_refused_and_the_next_is_read(void **state)
{
	(void)state;
	assert_row_refused(&row_csv, STR("userName,mail\neve\nada,\n"), why_row_fields, 2, "");
	assert_row_refused(
		&row_csv, STR("userName,mail\neve,a,b,c\nada,\n"), why_row_fields, 2, "");
	assert_row_refused(&row_csv, STR("userName\neve,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\nada\n"),
		why_row_fields, 2, "");
}

static void broken_quotes_are_refused_where_they_stand(void **state)
{
	(void)state;
	assert_row_refused(&row_csv, STR("userName,surname\neve,a\"b\nada,\n"), why_quote_inside, 2,
		"surname");
	assert_row_refused(&row_csv, STR("userName,surname\neve,\"a\nb\"c\nada,\n"),
		why_quote_after, 3, "surname");
	assert_row_refused(
		&row_csv, STR("userName,surname\neve,a\rb\nada,\n"), why_bare_return, 2, "surname");
}

static void a_quote_that_never_closes_is_refused_and_nothing_follows(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(reading_open(&r, &row_csv, STR("userName,mail\neve,\"x\nada,\n")), 0);
	assert_int_equal(reading_next(&r), reply_refused);
	assert_int_equal(r.notice.why, why_quote_open);
	assert_int_equal(r.notice.line, 2);
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	assert_row_refused(
		&row_csv, STR("userName,surname\neve,a\0b\nada,\n"), why_nul_byte, 2, "surname");
	assert_row_refused(
		&row_csv, STR("userName,surname\neve,\xff\nada,\n"), why_not_utf8, 2, "surname");
	assert_row_refused(&row_csv, STR("userName,surname\neve,\xed\xa0\x80\nada,\n"),
		why_not_utf8, 2, "surname");
}

static void a_person_without_a_name_is_refused(void **state)
{
	(void)state;
	assert_row_refused(
		&row_csv, STR("mail,userName\na@b,  \n,ada\n"), why_name_missing, 2, "userName");
}

/* "userName,surname" / "eve," and `length` letters / "ada," */
static struct str file_with_long_value(struct arena *arena, size_t length)
{
	struct buf b = buf_in(arena, length + 100);

	buf_add(&b, STR("userName,surname\neve,"));
	for (size_t i = 0; i < length; i++)
		buf_char(&b, 'x');
	buf_add(&b, STR("\nada,\n"));
	return buf_str(&b);
}

static void a_value_or_a_row_that_is_too_long_is_refused(void **state)
{
	struct arena *arena = arena_open(512 * 1024);

	(void)state;
	assert_row_refused(
		&row_csv, file_with_long_value(arena, 161), why_value_long, 2, "surname");
	assert_row_refused(
		&row_csv, file_with_long_value(arena, row_limit - 3), why_value_long, 2, "surname");
	assert_row_refused(
		&row_csv, file_with_long_value(arena, row_limit - 2), why_row_long, 2, "");
	assert_row_refused(
		&row_csv, file_with_long_value(arena, 3 * row_limit), why_row_long, 2, "");
	arena_close(&arena);
}

static void a_name_from_the_file_cannot_drive_the_terminal(void **state)
{
	(void)state;
	assert_file_refused(&row_csv, STR("userName,\x1b[31m\n"), why_header_unknown, "?[31m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_by_the_names_of_its_columns),
		cmocka_unit_test(a_byte_order_mark_and_carriage_returns_change_nothing),
		cmocka_unit_test(the_last_line_needs_no_end),
		cmocka_unit_test(empty_lines_are_passed_over),
		cmocka_unit_test(quotes_hold_commas_quotes_and_line_ends),
		cmocka_unit_test(column_names_are_read_without_regard_to_case),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
		cmocka_unit_test(a_column_of_clear_passwords_is_refused),
		cmocka_unit_test(a_clear_password_in_the_column_of_hashes_is_refused),
		cmocka_unit_test(
			a_row_with_another_number_of_fields_is_refused_and_the_next_is_read),
		cmocka_unit_test(broken_quotes_are_refused_where_they_stand),
		cmocka_unit_test(a_quote_that_never_closes_is_refused_and_nothing_follows),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(a_person_without_a_name_is_refused),
		cmocka_unit_test(a_value_or_a_row_that_is_too_long_is_refused),
		cmocka_unit_test(a_name_from_the_file_cannot_drive_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
