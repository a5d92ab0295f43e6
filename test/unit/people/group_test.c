/* Groups: named once however it is spelt, people and groups in them, around each person all that
 * hold them. */
#include "house.h"

static err add(const char *name)
{
	answer = (struct answer){ 0 };
	return serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) }, &answer);
}

static err join(const char *group, const char *person, const char *inner)
{
	answer = (struct answer){ 0 };
	return serve_group_join(&ctx,
		&(struct op_group_join){
			.name = str_of(group), .person = str_of(person), .group = str_of(inner) },
		&answer);
}

static err leave(const char *group, const char *person, const char *inner)
{
	answer = (struct answer){ 0 };
	return serve_group_leave(&ctx,
		&(struct op_group_leave){
			.name = str_of(group), .person = str_of(person), .group = str_of(inner) },
		&answer);
}

/* "a, b": the names of a list's rows, whose first member is a name at this place. */
static const char *names(size_t size, size_t at)
{
	static char text[400];
	struct buf b = buf_on(text, sizeof(text) - 1);

	for (size_t i = 0; i < answer.item_count; i++) {
		const char *row = (const char *)answer.items + i * size + at;

		buf_add(&b, i ? STR(", ") : STR(""));
		buf_add(&b, *(const struct str *)(const void *)row);
	}
	text[b.length] = 0;
	return text;
}

static const char *members(const char *group)
{
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_show(&ctx, &(struct op_group_show){ .name = str_of(group) }, &answer),
		0);
	return names(sizeof(struct rec_group_member), offsetof(struct rec_group_member, name));
}

static const char *around(const char *person)
{
	answer = (struct answer){ 0 };
	assert_int_equal(serve_people_groups(&ctx,
				 &(struct op_people_groups){ .name = str_of(person) }, &answer),
		0);
	return names(sizeof(struct rec_group_name), offsetof(struct rec_group_name, name));
}

static int open_with_people(void **state)
{
	return open_house(state) || ROW(.user_name = STR("ada")) || ROW(.user_name = STR("bob"));
}

static void a_name_is_one_name_however_it_is_spelt(void **state)
{
	(void)state;
	assert_int_equal(add("Sales Tokyo"), 0);
	assert_int_equal(add("SALES TOKYO"), reply_already);
	assert_int_equal(add("ｓａｌｅｓ tokyo "), reply_already);
	assert_int_equal(join("sales tokyo", "ada", NULL), 0);
	assert_string_equal(around("ada"), "Sales Tokyo");
	assert_int_equal(add(""), reply_refused);
	assert_int_equal(add("a, b"), reply_refused);
	assert_int_equal(add("a\tb"), reply_refused);
	assert_text(answer.words, "group_name");
}

static void members_are_people_and_groups(void **state)
{
	(void)state;
	assert_int_equal(add("staff") | add("sales"), 0);
	assert_int_equal(join("staff", NULL, "sales") | join("staff", "bob", NULL) |
				 join("staff", "ada", NULL),
		0);
	assert_string_equal(members("staff"), "sales, ada, bob");
	assert_int_equal(((const struct rec_group *)answer.record)->people, 2);
	assert_int_equal(((const struct rec_group *)answer.record)->groups, 1);
	assert_int_equal(join("staff", "ada", NULL), reply_already);
	assert_int_equal(leave("staff", "ada", NULL), 0);
	assert_int_equal(leave("staff", "ada", NULL), reply_not_found);
	assert_string_equal(members("staff"), "sales, bob");
	assert_int_equal(join("staff", "ada", "sales"), reply_refused);
	assert_int_equal(join("staff", NULL, NULL), reply_refused);
	assert_int_equal(join("staff", "nobody", NULL), reply_not_found);
	assert_int_equal(join("nowhere", "ada", NULL), reply_not_found);
}

static void whoever_is_in_a_group_is_in_those_around_it(void **state)
{
	(void)state;
	assert_int_equal(add("company") | add("staff") | add("sales"), 0);
	assert_int_equal(join("company", NULL, "staff") | join("staff", NULL, "sales") |
				 join("sales", "ada", NULL),
		0);
	assert_string_equal(around("ada"), "company, sales, staff");
	assert_string_equal(around("bob"), "");
	assert_int_equal(leave("company", NULL, "staff"), 0);
	assert_string_equal(around("ada"), "sales, staff");
}

static void no_group_is_within_itself(void **state)
{
	(void)state;
	assert_int_equal(add("company") | add("staff") | add("sales"), 0);
	assert_int_equal(join("company", NULL, "company"), reply_refused);
	assert_int_equal(join("company", NULL, "staff") | join("staff", NULL, "sales"), 0);
	assert_int_equal(join("sales", NULL, "company"), reply_refused);
	assert_text(answer.words, "group_circle");
}

static void a_group_goes_and_its_people_stay(void **state)
{
	(void)state;
	assert_int_equal(add("staff") | add("sales"), 0);
	assert_int_equal(join("staff", NULL, "sales") | join("sales", "ada", NULL), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_delete(&ctx,
			&(struct op_group_delete){ .name = STR("sales"), .confirm = STR("yes") },
			&answer),
		0);
	assert_string_equal(around("ada"), "");
	assert_string_equal(members("staff"), "");
	assert_text(person("ada").name, "ada");
}

static void another_name_and_no_other_s(void **state)
{
	(void)state;
	assert_int_equal(add("staff") | add("sales") | join("staff", "ada", NULL), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_rename(&ctx,
			&(struct op_group_rename){ .name = STR("staff"), .to = STR("Sales") },
			&answer),
		reply_refused);
	assert_text(answer.words, "group_taken");
	assert_int_equal(serve_group_rename(&ctx,
				 &(struct op_group_rename){ .name = STR("staff"),
					 .to = STR("Everybody"),
					 .description = STR("all of us") },
				 &answer),
		0);
	assert_string_equal(around("ada"), "Everybody");
}

static void a_page_ends_where_it_was_asked_to(void **state)
{
	(void)state;
	assert_int_equal(add("one") | add("two") | join("one", NULL, "two") |
				 join("one", "ada", NULL) | join("one", "bob", NULL),
		0);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_group_show(&ctx,
				 &(struct op_group_show){ .name = STR("one"), .most = 1 }, &answer),
		0);
	assert_string_equal(names(sizeof(struct rec_group_member), 0), "two, ada");
	assert_text(answer.cursor, "ada");
	answer = (struct answer){ 0 };
	assert_int_equal(serve_group_show(&ctx,
				 &(struct op_group_show){
					 .name = STR("one"), .most = 1, .cursor = STR("ada") },
				 &answer),
		0);
	assert_string_equal(names(sizeof(struct rec_group_member), 0), "bob");
	answer = (struct answer){ 0 };
	assert_int_equal(serve_group_list(&ctx, &(struct op_group_list){ .most = 1 }, &answer), 0);
	assert_text(answer.cursor, "one");
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_list(
			&ctx, &(struct op_group_list){ .most = 1, .cursor = STR("one") }, &answer),
		0);
	assert_string_equal(
		names(sizeof(struct rec_group), offsetof(struct rec_group, name)), "two");
	assert_null(answer.cursor.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_name_is_one_name_however_it_is_spelt, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			members_are_people_and_groups, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			whoever_is_in_a_group_is_in_those_around_it, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			no_group_is_within_itself, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			a_group_goes_and_its_people_stay, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			another_name_and_no_other_s, open_with_people, close_house),
		cmocka_unit_test_setup_teardown(
			a_page_ends_where_it_was_asked_to, open_with_people, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
