/* A browser's name in known words. */
#include "check.h"

static void agent(const char *header, const char *expected)
{
	char memory[120];
	struct buf out = buf_on(memory, sizeof(memory));

	agent_write(&out, str_of(header));
	says(buf_str(&out), expected);
}

static void a_browser_is_named_in_known_words(void **state)
{
	(void)state;
	agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	      "Chrome/120.0.0.0 Safari/537.36 Edg/120.0",
		"Edge, Windows");
	agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
	      "Safari/604.1",
		"Safari, iPhone");
	agent("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
		"Firefox, Linux");
	agent("<b>curl</b>", "");
	agent("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_is_named_in_known_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
