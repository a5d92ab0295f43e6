/* The language of a page: tags, and what browsers wish. */
#include "check.h"

static void wishes(const char *header, const char *expected)
{
	struct str language = language_of_header(str_of(header));

	if (!expected)
		assert_null(language.at);
	else
		says(language, expected);
}

static void the_language_wished_most_and_spoken_is_taken(void **state)
{
	(void)state;
	wishes("ja", "ja");
	wishes("ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja");
	wishes("fr, en;q=0.4, ja;q=0.5", "ja");
	wishes("en-GB;q=0.5 , ja;q=0.499", "en");
	wishes("de-DE,de", NULL);
	wishes("ja;q=0, en;q=0.1", "en");
	wishes("ja;q=0", NULL);
	wishes("jam, env", NULL);
	wishes("*", NULL);
	wishes("", NULL);
}

static void a_header_that_is_not_what_the_standard_says_is_no_wish(void **state)
{
	static const char *const bad[] = { "ja;q=1.5", "ja;q=2", "ja;q=0.1234", "ja;q", "ja;p=1",
		"ja;q=0,5", "j\xc3\xa4, ja", "ja;q=-1", "<script>, ja", "ja;q=0.5;x=1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		wishes(bad[i], NULL);
}

static void a_tag_is_known_by_its_first_part(void **state)
{
	(void)state;
	says(language_of_tag(STR("ja-JP")), "ja");
	says(language_of_tag(STR("JA_jp")), "ja");
	says(language_of_tag(STR("en")), "en");
	assert_null(language_of_tag(STR("eng")).at);
	assert_null(language_of_tag(STR("e")).at);
	assert_null(language_of_tag(STR_NONE).at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_language_wished_most_and_spoken_is_taken),
		cmocka_unit_test(a_header_that_is_not_what_the_standard_says_is_no_wish),
		cmocka_unit_test(a_tag_is_known_by_its_first_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
