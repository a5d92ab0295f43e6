/* Mails: every message in both languages, and values that do not fit the list. */
#include "unit/view/sample.h"

#include <setjmp.h>
#include <cmocka.h>

enum { part_limit = 16 * 1024 };

struct letter {
	struct arena *arena;
	struct ctx c;
	struct buf subject, text, html;
};

static int open_letter(void **state)
{
	struct letter *l = calloc(1, sizeof(*l));

	l->arena = l->c.arena = arena_open(4 * part_limit);
	l->subject = buf_in(l->arena, part_limit);
	l->text = buf_in(l->arena, part_limit);
	l->html = buf_in(l->arena, part_limit);
	*state = l;
	return 0;
}

static int close_letter(void **state)
{
	struct letter *l = *state;

	arena_close(&l->arena);
	free(l);
	return 0;
}

static err write_letter(struct letter *l, const char *message, const char *language,
	const struct view_value *values, size_t count)
{
	l->subject.length = l->text.length = l->html.length = 0;
	return view_mail(&l->c, str_of(message), str_of(language), values, count, &l->subject,
		&l->text, &l->html);
}

static bool has(const struct buf *b, const char *what)
{
	return str_find(buf_str(b), str_of(what)) < b->length;
}

static const struct mail_shape *message_of(const char *name)
{
	for (size_t i = 0; i < mail_shape_count; i++)
		if (str_is(mail_shapes[i].name, name))
			return &mail_shapes[i];
	fail_msg("no message %s", name);
	return NULL;
}

static void every_message_is_written_in_both_languages(void **state)
{
	struct letter *l = *state;
	struct sample sample = { .hostile = NULL };
	struct view_value values[sample_values_most];
	char english[part_limit];

	for (size_t i = 0; i < mail_shape_count; i++) {
		size_t count = sample_values(&sample, &mail_shapes[i], values);

		assert_int_equal(write_letter(l, mail_shapes[i].name.at, "en", values, count), 0);
		assert_true(l->subject.length > 10 && l->text.length > 100 && l->html.length > 500);
		memcpy(english, l->text.at, l->text.length);
		english[l->text.length] = '\0';
		assert_int_equal(write_letter(l, mail_shapes[i].name.at, "ja", values, count), 0);
		assert_false(has(&l->text, english));
		assert_true(has(&l->html, "<html lang=\"ja\">"));
	}
}

static void the_code_comes_first_and_never_in_the_subject(void **state)
{
	struct letter *l = *state;
	struct view_value values[sample_values_most];
	size_t count = sample_values(
		&(struct sample){ .hostile = NULL }, message_of("recover_code"), values);

	assert_int_equal(write_letter(l, "recover_code", "ja", values, count), 0);
	assert_true(str_starts(buf_str(&l->text), STR("49203911\n")));
	assert_false(has(&l->subject, "49203911"));
	assert_false(has(&l->html, "<title>49203911"));
}

static void a_value_cannot_add_a_line_or_a_tag(void **state)
{
	struct letter *l = *state;
	struct sample sample = { .hostile = "x\r\nBcc: eve@example.org\n\n<script>y</script>" };
	struct view_value values[sample_values_most];

	for (size_t i = 0; i < mail_shape_count; i++) {
		size_t count = sample_values(&sample, &mail_shapes[i], values);

		assert_int_equal(write_letter(l, mail_shapes[i].name.at, "en", values, count), 0);
		assert_false(has(&l->subject, "\n"));
		assert_false(has(&l->subject, "\r"));
		assert_false(has(&l->text, "\nBcc:"));
		assert_false(has(&l->html, "<script"));
	}
}

static void a_missing_value_is_a_fault(void **state)
{
	struct letter *l = *state;
	struct view_value values[sample_values_most];
	size_t count =
		sample_values(&(struct sample){ .hostile = NULL }, message_of("test"), values);

	assert_int_equal(write_letter(l, "test", "en", values, count), 0);
	assert_int_equal(write_letter(l, "test", "en", values, count - 1), -fault_mail);
}

static void an_unknown_value_is_a_fault(void **state)
{
	struct letter *l = *state;
	struct view_value values[sample_values_most];
	size_t count =
		sample_values(&(struct sample){ .hostile = NULL }, message_of("test"), values);

	values[count++] = (struct view_value){ STR("password"), STR("x") };
	assert_int_equal(write_letter(l, "test", "en", values, count), -fault_mail);
}

static void a_time_that_is_no_number_is_a_fault(void **state)
{
	struct letter *l = *state;
	struct view_value values[sample_values_most];
	size_t count =
		sample_values(&(struct sample){ .hostile = NULL }, message_of("test"), values);

	for (size_t i = 0; i < count; i++)
		if (str_is(values[i].name, "when"))
			values[i].value = STR("soon");
	assert_int_equal(write_letter(l, "test", "en", values, count), -fault_mail);
}

static void an_unknown_message_is_a_fault(void **state)
{
	assert_int_equal(write_letter(*state, "advertisement", "en", NULL, 0), -fault_mail);
}

static void a_message_too_long_for_its_place_is_a_fault(void **state)
{
	struct letter *l = *state;
	struct view_value values[sample_values_most];
	size_t count =
		sample_values(&(struct sample){ .hostile = NULL }, message_of("test"), values);

	l->html.limit = 100;
	assert_int_equal(write_letter(l, "test", "en", values, count), -fault_limit);
}

#define with_letter(test) cmocka_unit_test_setup_teardown(test, open_letter, close_letter)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_letter(every_message_is_written_in_both_languages),
		with_letter(the_code_comes_first_and_never_in_the_subject),
		with_letter(a_value_cannot_add_a_line_or_a_tag),
		with_letter(a_missing_value_is_a_fault),
		with_letter(an_unknown_value_is_a_fault),
		with_letter(a_time_that_is_no_number_is_a_fault),
		with_letter(an_unknown_message_is_a_fault),
		with_letter(a_message_too_long_for_its_place_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
