/* Rows of people files, put into the store. */
#include "house.h"

static struct secret *hash_of(const char *text)
{
	return secret_take(ctx.arena, text, strlen(text));
}

/* {SSHA} of "secret", salt "salt" */
static const char ssha[] = "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0";
static const char other_ssha[] = "{SSHA}KgGQxw5j5bj+gcWQsNai3vy03vBzYWx0";

static void a_person_is_added_whole(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(
		ROW(.line = 7, .user_name = STR(" Tanaka.T "), .mail = STR("tanaka.t@example.org"),
			.surname = STR("\xe7\x94\xb0\xe4\xb8\xad"),
			.given_name = STR("\xe5\xa4\xaa\xe9\x83\x8e"),
			.surname_reading = STR("tanaka"), .given_name_reading = STR("taro"),
			.employee_id = STR("1007"), .preferred_language = STR("fr, ja-JP;q=0.5"),
			.other_mail = STR("taro@example.net"), .password_hash = hash_of(ssha),
			.must_change = STR("Yes")),
		0);
	assert_text(answer.words, "added");
	assert_int_equal(answer.number, 7);
	a = person("tanaka.t");
	assert_text(a.name, "Tanaka.T");
	assert_text(a.display_name, "\xe7\x94\xb0\xe4\xb8\xad \xe5\xa4\xaa\xe9\x83\x8e");
	assert_text(a.reading, "tanaka taro");
	assert_text(a.language, "ja");
	assert_false(a.disabled);
	assert_true(a.must_change);
	assert_true(password_is_legacy(&ctx, a.id, a.password));
	assert_int_equal(count_of(statement_contacts_of, a.id), 1);
	assert_text(person("1007").name, "Tanaka.T");
	assert_text(person("TANAKA.T@example.org").name, "Tanaka.T");
}

static void the_stored_hash_verifies_the_password(void **state)
{
	struct hash_cost cost = { 19456, 2 };
	struct account a;
	bool stale = false;

	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada"), .password_hash = hash_of(ssha)), 0);
	a = person("ada");
	assert_int_equal(
		password_verify(&ctx, a.id, a.password, hash_of("secret"), cost, &stale), 0);
	assert_int_equal(password_verify(&ctx, a.id, a.password, hash_of("Secret"), cost, &stale),
		reply_wrong);
}

static void a_second_run_changes_nothing(void **state)
{
	struct op_people_import_row row = { .user_name = STR("ada"),
		.mail = STR("ada@example.org"),
		.password_hash = hash_of(ssha) };
	struct account before, after;

	(void)state;
	assert_int_equal(take_in(row), 0);
	before = person("ada");
	assert_int_equal(take_in(row), reply_already);
	after = person("ada");
	assert_true(str_same(before.password, after.password));
}

static void a_changed_row_changes_what_it_names_and_leaves_the_rest(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada"), .mail = STR("ada@example.org"),
				 .employee_id = STR("1"), .password_hash = hash_of(ssha)),
		0);
	a = person("ada");
	assert_int_equal(ROW(.user_name = STR("ADA"), .mail = STR("lovelace@example.org"),
				 .password_hash = hash_of(ssha)),
		0);
	assert_text(answer.words, "changed");
	assert_text(person("lovelace@example.org").employee_id, "1");
	assert_true(str_same(person("ada").password, a.password));
	assert_int_equal(person_find(&ctx, STR("ada@example.org"), &a), reply_not_found);
}

static void sign_in(struct str account)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_session_add, 1,
		WITH(v_bytes(STR("0123456789abcdef0123456789abcdef")), v_bytes(account),
			v_number(1), v_number(2), v_number(1), v_number(0), v_text(STR("")),
			v_text(STR("")), v_text(STR(""))));
	assert_int_equal(unit_commit(&unit), 0);
}

static void a_password_set_in_rekey_is_never_overwritten(void **state)
{
	struct account a;
	struct unit unit;

	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada"), .password_hash = hash_of(ssha)), 0);
	a = person("ada");
	unit = unit_begin(&ctx);
	unit_add(&unit, statement_password_set, 1,
		WITH(v_bytes(a.id), v_bytes(STR("chosen")), v_number(5)));
	assert_int_equal(unit_commit(&unit), 0);
	sign_in(a.id);
	assert_int_equal(ROW(.user_name = STR("ada"), .password_hash = hash_of(other_ssha),
				 .must_change = STR("1")),
		0);
	assert_text(person("ada").password, "chosen");
	assert_int_equal(count_of(statement_sessions_of, a.id), 1);
	assert_false(person("ada").must_change);
}

static void a_new_hash_replaces_an_imported_one_and_ends_sessions(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada"), .password_hash = hash_of(ssha)), 0);
	a = person("ada");
	sign_in(a.id);
	assert_int_equal(ROW(.user_name = STR("ada"), .password_hash = hash_of(other_ssha)), 0);
	assert_false(str_same(person("ada").password, a.password));
	assert_int_equal(count_of(statement_sessions_of, a.id), 0);
}

static void two_people_do_not_share_a_name(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada"), .mail = STR("info@example.org")), 0);
	assert_int_equal(
		ROW(.user_name = STR("eve"), .mail = STR("INFO@example.org")), reply_unclear);
	assert_text(answer.field, "mail");
	assert_text(answer.words, "name_taken");
	assert_int_equal(person_find(&ctx, STR("eve"), &a), reply_not_found);
	assert_int_equal(ROW(.user_name = STR("eve"), .employee_id = STR("Ada")), reply_unclear);
	assert_text(answer.field, "employeeId");
}

static void one_name_given_twice_in_a_row_is_one_name(void **state)
{
	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada@example.org"), .mail = STR("ada@example.org"),
				 .user_principal_name = STR("Ada@example.org")),
		0);
	assert_text(person("ada@example.org").mail, "ada@example.org");
}

static void a_dry_run_says_the_same_and_does_nothing(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(ROW(.dry = 1, .user_name = STR("ada"), .password_hash = hash_of(ssha)), 0);
	assert_text(answer.words, "added");
	assert_int_equal(person_find(&ctx, STR("ada"), &a), reply_not_found);
	assert_int_equal(
		ROW(.dry = 1, .user_name = STR("ada"), .password_hash = hash_of("{SSHA}x")),
		reply_refused);
}

static void disabling_by_import_ends_and_freezes(void **state)
{
	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada")), 0);
	assert_int_equal(ROW(.user_name = STR("ada"), .state = STR("Disabled")), 0);
	assert_true(person("ada").disabled);
	assert_int_not_equal(person("ada").frozen, 0);
	assert_int_equal(ROW(.user_name = STR("ada"), .state = STR("active")), 0);
	assert_false(person("ada").disabled);
	assert_int_not_equal(person("ada").frozen, 0);
}

static void refused(struct op_people_import_row row, const char *field, const char *why)
{
	struct account a;

	if (!row.user_name.at)
		row.user_name = STR("eve");
	assert_int_equal(take_in(row), reply_refused);
	assert_text(answer.field, field);
	assert_text(answer.words, why);
	assert_int_equal(person_find(&ctx, STR("eve"), &a), reply_not_found);
}

#define REFUSED(field, why, ...) refused((struct op_people_import_row){ __VA_ARGS__ }, field, why)

static void what_is_wrong_is_named_and_nothing_is_kept(void **state)
{
	(void)state;
	REFUSED("userName", "name_missing", .user_name = STR("  "));
	REFUSED("userName", "control_inside", .user_name = STR("ev\ne"));
	REFUSED("mail", "mail_form", .mail = STR("nobody"));
	REFUSED("mail", "mail_form", .mail = STR("a@b@c"));
	REFUSED("mail", "mail_form", .mail = STR("@example.org"));
	REFUSED("mail", "mail_form", .mail = STR("a b@example.org"));
	REFUSED("mail", "mail_form", .mail = STR("a@example..org"));
	REFUSED("mail", "mail_form", .mail = STR("Ada <a@example.org>"));
	REFUSED("mail", "mail_non_ascii", .mail = STR("\xc3\xa4@example.org"));
	REFUSED("userPrincipalName", "principal_form", .user_principal_name = STR("CORP\\eve"));
	REFUSED("otherMail", "mail_form", .other_mail = STR("a@"));
	REFUSED("displayName", "control_inside", .display_name = STR("a\r\nBcc: b"));
	REFUSED("displayName", "control_inside",
		.display_name = STR("a\xe2\x80\xae"
				    "b"));
	REFUSED("surnameReading", "control_inside", .surname_reading = STR("\x1b[2J"));
	REFUSED("preferredLanguage", "language_unknown", .preferred_language = STR("e"));
	REFUSED("preferredLanguage", "language_unknown", .preferred_language = STR("en_US"));
	REFUSED("preferredLanguage", "language_unknown", .preferred_language = STR("ja,,en"));
	REFUSED("mustChange", "flag_unknown", .must_change = STR("maybe"));
	REFUSED("state", "state_unknown", .state = STR("asleep"));
	REFUSED("passwordHash", "hash_unknown", .password_hash = hash_of("{NTLM}abc"));
}

static void added_people_are_new(void **state)
{
	struct op_people_add add = { .name = STR("ada"),
		.given_name = STR("Ada"),
		.surname = STR("Lovelace"),
		.language = STR("en") };

	(void)state;
	assert_int_equal(serve_people_add(&ctx, &add, &answer), 0);
	assert_text(person("ada").display_name, "Ada Lovelace");
	assert_false(person("ada").password.at);
	assert_int_equal(serve_people_add(&ctx, &add, &answer), reply_refused);
	assert_text(answer.words, "name_taken");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_person_is_added_whole),
		TEST(the_stored_hash_verifies_the_password),
		TEST(a_second_run_changes_nothing),
		TEST(a_changed_row_changes_what_it_names_and_leaves_the_rest),
		TEST(a_password_set_in_rekey_is_never_overwritten),
		TEST(a_new_hash_replaces_an_imported_one_and_ends_sessions),
		TEST(two_people_do_not_share_a_name),
		TEST(one_name_given_twice_in_a_row_is_one_name),
		TEST(a_dry_run_says_the_same_and_does_nothing),
		TEST(disabling_by_import_ends_and_freezes),
		TEST(what_is_wrong_is_named_and_nothing_is_kept),
		TEST(added_people_are_new),
	};

	if (!secrets_open(64))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
