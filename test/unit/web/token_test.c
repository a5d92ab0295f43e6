/* The form token: who may have made a form. */
#include "check.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct str form_token(char out[token_text], const char *browser, const char *session)
{
	token_form(out, str_of(browser), str_of(session));
	return (struct str){ out, token_text };
}

static void a_form_token_fits_its_browser_and_session(void **state)
{
	char memory[token_text];
	struct str within = form_token(memory, TOKEN, OTHER);

	(void)state;
	assert_true(token_good(within, STR(TOKEN), STR(OTHER), true));
	assert_false(token_good(within, STR(OTHER), STR(OTHER), true));
	assert_false(token_good(within, STR(TOKEN), STR(TOKEN), true));
	assert_false(token_good(within, STR(TOKEN), STR_NONE, false));
	assert_false(token_good(STR_NONE, STR(TOKEN), STR(OTHER), true));
	assert_false(token_good(within, STR_NONE, STR(OTHER), true));
	memory[5] = memory[5] == 'A' ? 'B' : 'A';
	assert_false(token_good(within, STR(TOKEN), STR(OTHER), true));
}

static void a_form_made_without_the_session_serves_visitors_only(void **state)
{
	char memory[token_text];
	struct str without = form_token(memory, TOKEN, "");

	(void)state;
	assert_true(token_good(without, STR(TOKEN), STR(OTHER), false));
	assert_false(token_good(without, STR(TOKEN), STR(OTHER), true));
	assert_true(token_good(without, STR(TOKEN), STR_NONE, true));
}

static void a_new_token_is_another_each_time(void **state)
{
	char one[token_text], two[token_text];

	(void)state;
	token_new(one);
	token_new(two);
	assert_memory_not_equal(one, two, token_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_token_fits_its_browser_and_session),
		cmocka_unit_test(a_form_made_without_the_session_serves_visitors_only),
		cmocka_unit_test(a_new_token_is_another_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
