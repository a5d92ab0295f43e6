/* What is written reads back as what was meant, and as nothing more. */
#include "view/inside.h"

#include <setjmp.h>
#include <cmocka.h>

static char memory[8192];

static struct str written(view_escape *escape, struct str value)
{
	struct buf out = buf_on(memory, sizeof(memory));

	escape(&out, value);
	assert_false(out.full);
	return buf_str(&out);
}

#define assert_text(found, expected)                                                               \
	do {                                                                                       \
		struct str found_ = (found);                                                       \
		assert_int_equal(found_.length, strlen(expected));                                 \
		assert_memory_equal(found_.at, expected, found_.length);                           \
	} while (0)

/* What a browser makes of the five references we write (HTML 13.2.5.72). */
static struct str read_back(struct str html, char *to)
{
	static const struct {
		const char *reference;
		char is;
	} known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
		{ "&#39;", '\'' } };
	size_t length = 0;

	for (size_t i = 0; i < html.length;) {
		size_t taken = 1;

		to[length] = html.at[i];
		for (size_t k = 0; k < 5; k++)
			if (str_starts(str_from(html, i), str_of(known[k].reference))) {
				to[length] = known[k].is;
				taken = strlen(known[k].reference);
			}
		assert_false(taken == 1 && strchr("<>&\"'", html.at[i]));
		length++;
		i += taken;
	}
	return (struct str){ to, length };
}

/* A text of marks that matter to HTML, among others, from a seed. */
static struct str made_up(uint64_t seed, char to[64])
{
	static const char *const pieces[] = { "<", ">", "&", "\"", "'", "a", "=", "/", "&amp;",
		"&#39", " ", "\xe5\xb7\x9d", "\n", "<!--", "\xf0\x9f\x90\x9f", ";" };
	struct buf b = buf_on(to, 64);

	for (int i = 0; i < 12; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		buf_add(&b, str_of(pieces[seed >> 60]));
	}
	return buf_str(&b);
}

static void what_is_written_as_html_reads_back_the_same(void **state)
{
	char value[64], back[256];

	(void)state;
	for (uint64_t seed = 0; seed < 5000; seed++) {
		struct str meant = made_up(seed, value);

		assert_true(str_same(read_back(written(view_html, meant), back), meant));
	}
}

static void bytes_that_are_no_text_become_a_mark(void **state)
{
	(void)state;
	assert_text(written(view_html, STR("a\xff"
					   "b")),
		"a\xef\xbf\xbd"
		"b");
	assert_text(written(view_html, ((struct str){ "a\0b", 3 })), "a\xef\xbf\xbd"
								     "b");
	assert_text(written(view_html, STR("\xc2\x85")), "\xef\xbf\xbd");
	assert_text(written(view_html, STR("\xe5\xb7")), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void a_plain_value_stays_on_its_line(void **state)
{
	(void)state;
	assert_text(written(view_plain, STR("ada\r\nBcc: eve@example.org")),
		"ada\xef\xbf\xbd Bcc: eve@example.org");
	assert_text(written(view_plain, STR("a & b <c>")), "a & b <c>");
}

static void an_address_of_another_scheme_leads_nowhere(void **state)
{
	static const char *const refused[] = { "javascript:alert(1)", "JaVaScript:x",
		"//evil.example/", "/\\evil.example", "data:text/html,x", "vbscript:x",
		" https://a", "https://a b", "", "x", "/a\nb", "java\tscript:x" };

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_text(written(view_url, str_of(refused[i])), "#");
}

static void our_own_addresses_are_kept(void **state)
{
	(void)state;
	assert_text(written(view_url, STR("/recover")), "/recover");
	assert_text(written(view_url, STR("/")), "/");
	assert_text(written(view_url, STR("https://a.example/?x=1&y=\"")),
		"https://a.example/?x=1&amp;y=&quot;");
	assert_text(written(view_url, STR("otpauth://totp/A:b?secret=X")),
		"otpauth://totp/A:b?secret=X");
	assert_text(written(view_url, STR("tel:+81355550199")), "tel:+81355550199");
}

static void a_part_of_an_address_cannot_leave_its_part(void **state)
{
	(void)state;
	assert_text(written(view_url_part, STR("a-b_c.~9")), "a-b_c.~9");
	assert_text(written(view_url_part, STR("x&y=/../?#\"<")), "x%26y%3D%2F..%2F%3F%23%22%3C");
	assert_text(written(view_url_part, STR("\xe5\xb7\x9d")), "%E5%B7%9D");
}

static void a_telephone_number_is_its_digits(void **state)
{
	(void)state;
	assert_text(written(view_telephone, STR("+81 (0)3-5555-0199;ext=\"")), "+810355550199");
}

static void a_key_is_shown_in_groups_of_four(void **state)
{
	(void)state;
	assert_text(written(view_groups, STR("JBSWY3DPEHPK3PXP")), "JBSW Y3DP EHPK 3PXP");
	assert_text(written(view_groups, STR("JBSWY")), "JBSW Y");
	assert_text(written(view_groups, STR("<JB>")), "JB");
}

static void what_does_not_fit_is_told(void **state)
{
	char small[8];
	struct buf out = buf_on(small, sizeof(small));

	(void)state;
	view_html(&out, STR("<<<"));
	assert_true(out.full);
	assert_true(out.length <= sizeof(small));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_as_html_reads_back_the_same),
		cmocka_unit_test(bytes_that_are_no_text_become_a_mark),
		cmocka_unit_test(a_plain_value_stays_on_its_line),
		cmocka_unit_test(an_address_of_another_scheme_leads_nowhere),
		cmocka_unit_test(our_own_addresses_are_kept),
		cmocka_unit_test(a_part_of_an_address_cannot_leave_its_part),
		cmocka_unit_test(a_telephone_number_is_its_digits),
		cmocka_unit_test(a_key_is_shown_in_groups_of_four),
		cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
