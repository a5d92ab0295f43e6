/* LDIF: good, bad and hostile files. */
#include "rows_help.h"

#define ADA "\ndn: uid=ada\nuid: ada\n" /* the good record after the one that is tried */

static void one(struct reading *r, struct str text)
{
	assert_int_equal(reading_open(r, &row_ldif, text), 0);
	assert_int_equal(reading_next(r), 0);
}

static void a_record_of_openldap_is_read(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("version: 1\n\n# people\ndn: uid=ada,dc=example\nobjectClass: inetOrgPerson\n"
		    "uid: ada\ncn: Ada Lovelace\nsn: Lovelace\ngivenName: Ada\nmail: "
		    "ada@example.org\n"
		    "mail: second@example.org\nemployeeNumber: 7\npreferredLanguage: en\n"
		    "userPassword: {SSHA}abcd\n"));
	assert_int_equal(r.row.line, 4);
	assert_cell(&r, import_user_name, "ada");
	assert_cell(&r, import_display_name, "Ada Lovelace");
	assert_cell(&r, import_surname, "Lovelace");
	assert_cell(&r, import_given_name, "Ada");
	assert_cell(&r, import_mail, "ada@example.org");
	assert_cell(&r, import_employee_id, "7");
	assert_cell(&r, import_preferred_language, "en");
	assert_cell(&r, import_password_hash, "{SSHA}abcd");
	assert_int_equal(r.row.cells[import_mail].line, 10);
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void a_record_of_active_directory_is_read(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: CN=Tanaka Taro,DC=example\r\nchangetype: add\r\nobjectClass: person\r\n"
		    "cn: Tanaka Taro\r\nuid: other\r\nsAMAccountName: tanaka.t\r\n"
		    "userPrincipalName: tanaka.t@example.org\r\n"
		    "displayName:: 55Sw5LitIOWkqumDjg==\r\nmsDS-PhoneticLastName: Tanaka\r\n"
		    "userAccountControl: 514\r\npwdLastSet: 0\r\n"));
	assert_cell(&r, import_user_name, "tanaka.t");
	assert_cell(&r, import_user_principal_name, "tanaka.t@example.org");
	assert_cell(&r, import_display_name, "\xe7\x94\xb0\xe4\xb8\xad \xe5\xa4\xaa\xe9\x83\x8e");
	assert_cell(&r, import_surname_reading, "Tanaka");
	assert_cell(&r, import_state, "disabled");
	assert_cell(&r, import_must_change, "yes");
	reading_close(&r);
}

static void an_account_that_is_not_disabled_stays_so(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: a\nuid: ada\nuserAccountControl: 512\npwdLastSet: 132\n"));
	assert_cell(&r, import_state, "active");
	assert_cell(&r, import_must_change, "");
	reading_close(&r);
}

static void readings_come_from_tagging_options_and_plain_values_win(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: a\nuid: ada\nsn;lang-ja: X\nsn: Y\nsn;lang-en: Z\n"
		    "sn;lang-ja;phonetic: yomi\ngivenName;lang-ja;phonetic: mei\n"
		    "displayName;lang-ja: only\n"));
	assert_cell(&r, import_surname, "Y");
	assert_cell(&r, import_surname_reading, "yomi");
	assert_cell(&r, import_given_name_reading, "mei");
	assert_cell(&r, import_display_name, "only");
	reading_close(&r);
}

static void folded_lines_and_comments_are_joined(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: a\n# a comment\n  that goes on: uid: eve\nui\n d: a\n da\nsn: Love\r\n  "
		    "lace\n"));
	assert_cell(&r, import_user_name, "ada");
	assert_cell(&r, import_surname, "Love lace");
	reading_close(&r);
}

static void a_name_may_stand_in_cn_alone(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: a\ncn: ada\ncn: second\n"));
	assert_cell(&r, import_user_name, "ada");
	assert_cell(&r, import_display_name, "ada");
	reading_close(&r);
}

static void groups_units_and_computers_are_passed_over(void **state)
{
	struct reading r;

	(void)state;
	one(&r, STR("dn: ou=people\nobjectClass: organizationalUnit\nou: people\n\n"
		    "dn: cn=all\nobjectClass: top\nobjectClass: groupOfNames\ncn: all\n\n"
		    "dn: cn=pc\nobjectClass: person\nobjectClass: user\nobjectClass: computer\n"
		    "sAMAccountName: PC$\n\n"
		    "dn: a\nobjectClass: top\nobjectClass: person\ncn: ada\n"));
	assert_cell(&r, import_user_name, "ada");
	assert_int_equal(reading_next(&r), reply_nothing);
	reading_close(&r);
}

static void a_photo_of_any_size_is_passed_over(void **state)
{
	struct arena *arena = arena_open(512 * 1024);
	struct buf b = buf_in(arena, 300 * 1024);
	struct reading r;

	(void)state;
	buf_add(&b, STR("dn: a\nuid: ada\njpegPhoto:: "));
	for (int i = 0; i < 200 * 1024; i++)
		buf_add(&b, i % 76 == 75 ? STR("\n ") : STR("A"));
	buf_add(&b, STR("\nsn: Lovelace\n"));
	one(&r, buf_str(&b));
	assert_cell(&r, import_surname, "Lovelace");
	reading_close(&r);
	arena_close(&arena);
}

static void a_record_that_is_too_long_is_refused(void **state)
{
	struct arena *arena = arena_open(512 * 1024);
	struct buf b = buf_in(arena, 200 * 1024);

	(void)state;
	buf_add(&b, STR("dn: a\nuid: eve\nsn: "));
	for (int i = 0; i < row_limit; i++)
		buf_char(&b, 'x');
	buf_add(&b, STR("\n" ADA));
	assert_row_refused(&row_ldif, buf_str(&b), why_row_long, 1, "");
	arena_close(&arena);
}

static void changes_other_than_add_are_refused(void **state)
{
	(void)state;
	assert_row_refused(&row_ldif, STR("dn: a\nchangetype: modify\nreplace: sn\nsn: x\n-\n" ADA),
		why_change_type, 2, "changetype");
	assert_row_refused(&row_ldif, STR("dn: uid=eve\nchangetype: delete\n" ADA), why_change_type,
		2, "changetype");
}

static void urls_are_not_followed(void **state)
{
	(void)state;
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\nsn:< file:///etc/passwd\n" ADA),
		why_value_url, 3, "sn");
}

static void clear_passwords_are_refused(void **state)
{
	(void)state;
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\nuserPassword: open sesame\n" ADA),
		why_hash_clear, 3, "passwordHash");
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\nuserPassword:: b3BlbiBzZXNhbWU=\n" ADA),
		why_hash_clear, 3, "passwordHash");
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\nunicodePwd:: IgB4ACIA\n" ADA),
		why_hash_clear, 3, "unicodePwd");
}

static void two_names_or_two_passwords_are_refused(void **state)
{
	(void)state;
	assert_row_refused(
		&row_ldif, STR("dn: a\nuid: eve\nuid: eva\n" ADA), why_value_twice, 3, "uid");
	assert_row_refused(&row_ldif,
		STR("dn: a\nuid: eve\nuserPassword: {SSHA}a\nuserPassword: {SSHA}b\n" ADA),
		why_value_twice, 4, "userPassword");
}

static void lines_of_another_form_are_refused(void **state)
{
	(void)state;
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\nnonsense\n" ADA), why_line_form, 3, "");
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\n: x\n" ADA), why_line_form, 3, "");
	assert_row_refused(&row_ldif, STR("dn: a\nuid: eve\ns n: x\n" ADA), why_line_form, 3, "");
	assert_row_refused(&row_ldif, STR(" dn: a\nuid: eve\n" ADA), why_line_form, 1, "");
	assert_row_refused(
		&row_ldif, STR("dn: a\nuid: eve\n\rsn: x\n" ADA), why_bare_return, 3, "");
	assert_row_refused(&row_ldif, STR("uid: eve\n" ADA), why_dn_missing, 1, "uid");
}

static void damaged_values_are_refused(void **state)
{
	(void)state;
	assert_row_refused(
		&row_ldif, STR("dn: a\nuid: eve\nsn:: a\n" ADA), why_value_base64, 3, "sn");
	assert_row_refused(
		&row_ldif, STR("dn: a\nuid: eve\nsn:: /w==\n" ADA), why_not_utf8, 3, "surname");
	assert_row_refused(
		&row_ldif, STR("dn: a\nuid: eve\nsn:: AA==\n" ADA), why_nul_byte, 3, "surname");
	assert_row_refused(&row_ldif, STR("dn: a\nuid:\n" ADA), why_name_missing, 1, "userName");
}

static void another_version_is_refused(void **state)
{
	(void)state;
	assert_file_refused(&row_ldif, STR("version: 2\ndn: a\n"), why_ldif_version, "version");
	assert_file_refused(&row_ldif, STR("version\n"), why_ldif_version, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_of_openldap_is_read),
		cmocka_unit_test(a_record_of_active_directory_is_read),
		cmocka_unit_test(an_account_that_is_not_disabled_stays_so),
		cmocka_unit_test(readings_come_from_tagging_options_and_plain_values_win),
		cmocka_unit_test(folded_lines_and_comments_are_joined),
		cmocka_unit_test(a_name_may_stand_in_cn_alone),
		cmocka_unit_test(groups_units_and_computers_are_passed_over),
		cmocka_unit_test(a_photo_of_any_size_is_passed_over),
		cmocka_unit_test(a_record_that_is_too_long_is_refused),
		cmocka_unit_test(changes_other_than_add_are_refused),
		cmocka_unit_test(urls_are_not_followed),
		cmocka_unit_test(clear_passwords_are_refused),
		cmocka_unit_test(two_names_or_two_passwords_are_refused),
		cmocka_unit_test(lines_of_another_form_are_refused),
		cmocka_unit_test(damaged_values_are_refused),
		cmocka_unit_test(another_version_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
