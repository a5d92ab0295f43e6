/* Whatever a person is called, a page keeps its shape. */
#include "unit/view/sample.h"

#include <setjmp.h>
#include <cmocka.h>

enum { pages_most = 120, shape_limit = 24 * 1024 };

static const char hostile[] =
	"\"><script>alert(1)</script><b x='y' onload=z>&amp;<!-- {{t x}} \xff";

/* The names of all tags and attributes, in order: what a page is made of, without its texts. */
static void shape_of(struct str page, struct buf *shape)
{
	enum { in_text, in_tag, in_value } place = in_text;

	for (size_t i = 0; i < page.length; i++) {
		char c = page.at[i];

		if (place == in_text && c == '<')
			place = in_tag;
		else if (place == in_tag && c == '>')
			place = in_text;
		else if (c == '"' && place != in_text)
			place = place == in_tag ? in_value : in_tag;
		if (place == in_tag)
			buf_char(shape, c);
	}
}

struct seen {
	char *shape[pages_most];
	size_t length[pages_most], count, at;
	bool compare;
};

static void note(const char *name, const struct buf *page, void *to)
{
	struct seen *seen = to;
	char *memory = malloc(shape_limit);
	struct buf shape = buf_on(memory, shape_limit);
	size_t at = seen->at++;

	assert_true(utf8_valid(buf_str(page)));
	shape_of(buf_str(page), &shape);
	assert_false(shape.full);
	if (!seen->compare) {
		assert_true(at < pages_most);
		seen->shape[at] = memory;
		seen->length[at] = shape.length;
		seen->count = seen->at;
		return;
	}
	if (shape.length != seen->length[at] || memcmp(memory, seen->shape[at], shape.length) != 0)
		fail_msg("%s is another page when a name is hostile", name);
	free(memory);
}

static void forget(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		free(seen->shape[i]);
}

static void keeps_its_shape(struct str language)
{
	struct arena *arena = arena_open(65536);
	struct seen seen = { .count = 0 };
	struct sample sample = { .language = language, .arena = arena, .show = note, .to = &seen };

	sample_all(&sample);
	seen.at = 0;
	seen.compare = true;
	sample.hostile = hostile;
	sample_all(&sample);
	assert_true(seen.count > 40);
	assert_int_equal(seen.at, seen.count);
	forget(&seen);
	arena_close(&arena);
}

static void a_hostile_name_changes_no_page(void **state)
{
	(void)state;
	keeps_its_shape(STR("en"));
	keeps_its_shape(STR("ja"));
}

static void wants(const char *name, const struct buf *page, void *to)
{
	const struct str *what = to;

	if (str_find(buf_str(page), *what) == page->length)
		fail_msg("%s has no %.*s", name, STR_ARG(*what));
}

static void shuns(const char *name, const struct buf *page, void *to)
{
	const struct str *what = to;

	if (str_find(buf_str(page), *what) != page->length)
		fail_msg("%s has %.*s", name, STR_ARG(*what));
}

static void every_page(const char *language, void (*show)(const char *, const struct buf *, void *),
	const char *what)
{
	struct arena *arena = arena_open(65536);
	struct str text = str_of(what);

	sample_all(&(struct sample){
		.language = str_of(language), .arena = arena, .show = show, .to = &text });
	arena_close(&arena);
}

static void every_page_says_its_language(void **state)
{
	(void)state;
	every_page("en", wants, "<html lang=\"en\">");
	every_page("ja-JP", wants, "<html lang=\"ja\">");
}

static void every_page_has_a_way_to_help_and_one_heading(void **state)
{
	(void)state;
	every_page("en", wants, "<a class=\"phone\" href=\"tel:0355550199\">03-5555-0199</a>");
	every_page("en", wants, "<h1>");
	every_page("en", wants, "<code>7K4M-2QPX</code>");
}

/* Words that people are never told (share/locale speaks plainly). */
static void no_page_speaks_jargon(void **state)
{
	static const char *const words[] = { "uthenticat", "redential", "SSPR", "MFA", "two-factor",
		"あなた" };

	(void)state;
	every_page("ja", shuns, words[5]);
	for (size_t i = 1; i < 5; i++)
		every_page("en", shuns, words[i]);
	every_page("en", shuns, "authentication");
}

static void a_form_carries_its_token(void **state)
{
	struct buf out = buf_on(malloc(view_page_limit), view_page_limit);
	struct view_base base = { .language = STR("en"), .csrf = STR("t0ken") };
	struct str rest;
	size_t forms = 0, tokens = 0;

	(void)state;
	view_recover(&out, &base, &(struct view_recover){ .name = STR("ada") });
	for (rest = buf_str(&out); rest.length; rest = str_from(rest, 1)) {
		forms += str_starts(rest, STR("<form"));
		tokens += str_starts(rest, STR("name=\"csrf\" value=\"t0ken\""));
	}
	assert_int_equal(forms, 2);
	assert_int_equal(tokens, forms);
	free(out.at);
}

static bool page_says(const char *title, int64_t step, const char *error)
{
	struct buf out = buf_on(malloc(view_page_limit), view_page_limit);
	struct view_base base = { .language = STR("en"),
		.organisation = STR("Example"),
		.step = step,
		.steps = 3,
		.error = str_of(error),
		.error_field = str_of(error ? "code" : NULL),
		.error_number = 4 };
	bool found;

	view_next_proof(
		&out, &base, &(struct view_next_proof){ .method = STR("totp"), .tries_left = 4 });
	found = str_find(buf_str(&out), str_of(title)) < out.length;
	free(out.at);
	return found;
}

static void a_title_says_what_is_wrong_and_where_one_is(void **state)
{
	(void)state;
	assert_true(page_says(
		"<title>Enter the code from your authenticator app – Step 2 of 3 – Example</title>",
		2, NULL));
	assert_true(page_says("<title>Error: Enter the code", 2, "app_code_wrong"));
	assert_true(page_says("<a href=\"#code\">That code didn&#39;t work.", 2, "app_code_wrong"));
	assert_true(page_says("id=\"code-wrong\"", 2, "app_code_wrong"));
	assert_false(page_says("id=\"code-wrong\"", 2, NULL));
}

/* At the first step nothing worked yet: the page of another way must not say so. */
static void only_after_a_proof_it_says_that_it_worked(void **state)
{
	(void)state;
	assert_true(page_says("That worked.", 2, NULL));
	assert_false(page_says("That worked.", 1, NULL));
	assert_false(page_says("That worked.", 2, "app_code_wrong"));
}

static bool choose_says(bool ascii, const char *wanted)
{
	struct buf out = buf_on(malloc(view_page_limit), view_page_limit);
	struct view_base base = { .language = STR("en"), .organisation = STR("Example") };
	bool found;

	view_choose(&out, &base, &(struct view_choose){ .min = 15, .ascii = ascii });
	found = str_find(buf_str(&out), str_of(wanted)) < out.length;
	free(out.at);
	return found;
}

/* A password manager that makes one up keeps to the rules of the directory. */
static void a_password_manager_is_told_the_rules(void **state)
{
	(void)state;
	assert_true(choose_says(false, "passwordrules=\"minlength: 15;\""));
	assert_true(
		choose_says(true, "passwordrules=\"minlength: 15; allowed: ascii-printable;\""));
}

static int open_secrets(void **state)
{
	(void)state;
	return secrets_open(8) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hostile_name_changes_no_page),
		cmocka_unit_test(every_page_says_its_language),
		cmocka_unit_test(every_page_has_a_way_to_help_and_one_heading),
		cmocka_unit_test(no_page_speaks_jargon),
		cmocka_unit_test(a_form_carries_its_token),
		cmocka_unit_test(a_title_says_what_is_wrong_and_where_one_is),
		cmocka_unit_test(only_after_a_proof_it_says_that_it_worked),
		cmocka_unit_test(a_password_manager_is_told_the_rules),
	};

	return cmocka_run_group_tests(tests, open_secrets, NULL);
}
