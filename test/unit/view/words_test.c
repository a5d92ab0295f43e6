/* Sentences, moments, colours and files. */
#include "view/inside.h"

#include <setjmp.h>
#include <cmocka.h>

static char memory[8192];

static struct buf page(void)
{
	return buf_on(memory, sizeof(memory));
}

#define assert_text(found, expected)                                                               \
	do {                                                                                       \
		struct str found_ = (found);                                                       \
		assert_int_equal(found_.length, strlen(expected));                                 \
		assert_memory_equal(found_.at, expected, found_.length);                           \
	} while (0)

static void the_language_is_one_of_two(void **state)
{
	(void)state;
	assert_text(view_language(STR("ja")), "ja");
	assert_text(view_language(STR("ja-JP")), "ja");
	assert_text(view_language(STR("JA_jp")), "ja");
	assert_text(view_language(STR("jam")), "en");
	assert_text(view_language(STR("de")), "en");
	assert_text(view_language(STR_NONE), "en");
}

static void a_number_stands_in_its_sentence(void **state)
{
	struct view_value n = { STR("n"), STR("15") };
	struct buf out = page();

	(void)state;
	view_say(&out, STR("en"), STR("password_short"), &n, 1);
	assert_text(buf_str(&out), "The password is too short. Use at least 15 characters.");
	out = page();
	view_say(&out, STR("ja"), STR("password_short"), &n, 1);
	assert_text(buf_str(&out), "パスワードが短すぎます。15 文字以上にしてください。");
}

static void one_is_said_in_the_singular(void **state)
{
	struct view_value n = { STR("n"), STR("1") };
	struct buf out = page();

	(void)state;
	view_say(&out, STR("en"), STR("code_wrong"), &n, 1);
	assert_int_not_equal(str_find(buf_str(&out), STR("1 try left.")), out.length);
}

/* The administrator's page finds them by the setting's name. */
static void every_setting_has_a_name_and_a_meaning(void **state)
{
#define RULE(name, typed, kind, combine, page, preset, least, most, help) #name,
#define LIST(name, typed, page, help) #name,
#define TEXT(name, typed, kind, page, help) #name,
	static const char *const settings[] = {
#include "spec/rule.def"
	};
#undef RULE
#undef LIST
#undef TEXT

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct buf label = page();

		buf_print(&label, "set_%s", settings[i]);
		if (!view_has_words(buf_str(&label)))
			fail_msg("%s has no name", settings[i]);
		buf_print(&label, "_words");
		if (!view_has_words(buf_str(&label)))
			fail_msg("%s has no meaning", settings[i]);
	}
}

static void an_unknown_sentence_still_says_something(void **state)
{
	(void)state;
	assert_false(view_has_words(STR("no_such_thing")));
	assert_true(str_same(view_words(STR("en"), STR("no_such_thing")),
		view_words(STR("en"), STR("generic"))));
	assert_true(view_words(STR("ja"), STR_NONE).length > 0);
}

static void every_sentence_is_found_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sentence_count; i++) {
		assert_true(view_has_words(sentences[i].id));
		assert_true(str_same(
			view_words(STR("en"), sentences[i].id), sentences[i].in[view_en].other));
		assert_true(str_same(
			view_words(STR("ja"), sentences[i].id), sentences[i].in[view_ja].other));
		assert_false(
			str_same(sentences[i].in[view_en].other, sentences[i].in[view_ja].other));
	}
}

/* The words that refusals of other rooms name. */
static void every_refusal_has_a_sentence(void **state)
{
	static const char *const ids[] = { "password_short", "password_long", "password_common",
		"password_name", "password_characters", "password_malformed", "password_same",
		"password_wrong", "password_missing", "code_malformed", "code_wrong",
		"name_malformed", "mail_malformed", "mail_protected", "mail_taken",
		"mail_non_ascii", "label_malformed", "pass_malformed", "pass_wrong", "wrong",
		"last_one", "too_many", "already", "lost_race", "busy", "too_fast", "required",
		"not_registered", "disabled", "out_of_scope", "administrators_off", "elsewhere",
		"frozen", "method_disabled", "no_directory", "password_reset", "password_changed",
		"generic" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_true(view_has_words(str_of(ids[i])));
}

static void a_moment_is_written_as_people_write_it(void **state)
{
	struct buf out = page();

	(void)state;
	view_time(&out, STR("en"), 1795424640, 0);
	assert_text(buf_str(&out), "23 November 2026 at 09:04");
	out = page();
	view_time(&out, STR("ja"), 1795424640, 540);
	assert_text(buf_str(&out), "2026年11月23日 18:04");
	out = page();
	view_time(&out, STR("en"), 1795424640, -600);
	assert_text(buf_str(&out), "22 November 2026 at 23:04");
	out = page();
	view_time(&out, STR("en"), 0, 540);
	assert_int_equal(out.length, 0);
}

static double linear(unsigned byte)
{
	double x = byte / 255.0;

	return x * (x * (x * 0.305306011 + 0.682171111) + 0.012522878);
}

static double luminance(struct str css, size_t at)
{
	uint8_t part[3];

	assert_true(hex_take(str_upto(str_from(css, at), 6), part, 3));
	return 0.2126 * linear(part[0]) + 0.7152 * linear(part[1]) + 0.0722 * linear(part[2]);
}

/* The contrast of the first or second --accent with the --on-accent that stands on it. */
static double contrast(struct str css, bool dark)
{
	size_t from = dark ? str_find(css, STR("@media")) : 0;
	struct str part = str_from(css, from);
	double a = luminance(part, str_find(part, STR("--accent:#")) + 10);
	double b = luminance(part, str_find(part, STR("--on-accent:#")) + 13);

	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void any_accent_can_be_read_in_light_and_dark(void **state)
{
	static const char *const chosen[] = { "#ffff00", "#000000", "#ffffff", "#ff0000", "#1f4b99",
		"#7f7f7f", "#00ff00", "nonsense", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(chosen) / sizeof(chosen[0]); i++) {
		struct buf out = page();

		view_brand_css(&out, str_of(chosen[i]));
		assert_true(contrast(buf_str(&out), false) >= 4.5);
		assert_true(contrast(buf_str(&out), true) >= 4.5);
	}
}

static void a_file_is_found_by_its_whole_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < view_file_count; i++) {
		assert_ptr_equal(view_static(view_files[i].path), &view_files[i]);
		assert_true(view_files[i].bytes.length > 0);
		assert_true(str_starts(view_files[i].path, STR("/static/")));
	}
	assert_null(view_static(STR("/static/portal.css")));
	assert_null(view_static(STR_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_language_is_one_of_two),
		cmocka_unit_test(a_number_stands_in_its_sentence),
		cmocka_unit_test(one_is_said_in_the_singular),
		cmocka_unit_test(every_setting_has_a_name_and_a_meaning),
		cmocka_unit_test(an_unknown_sentence_still_says_something),
		cmocka_unit_test(every_sentence_is_found_in_both_languages),
		cmocka_unit_test(every_refusal_has_a_sentence),
		cmocka_unit_test(a_moment_is_written_as_people_write_it),
		cmocka_unit_test(any_accent_can_be_read_in_light_and_dark),
		cmocka_unit_test(a_file_is_found_by_its_whole_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
