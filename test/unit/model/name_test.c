/* Names as people type them: one form, that form's form, and nobody else's. */
#include "model/name.h"
#include "spec/spec.h"

#include <setjmp.h>
#include <cmocka.h>

static struct ctx ctx;

static int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(1 << 20);
	return ctx.arena ? 0 : -1;
}

static int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

/* Lives until the next operation's wipe. */
static struct str canonical(const char *typed)
{
	struct str out = STR_NONE;
	err e = name_canonical(&ctx, str_of(typed), &out);

	assert_true(e == 0 || e == reply_refused);
	assert_int_equal(e == 0, out.at != NULL);
	return out;
}

static void assert_form(const char *typed, const char *form)
{
	struct str out = canonical(typed);

	if (!str_is(out, form))
		fail_msg("%s became %.*s, not %s", typed, STR_ARG(out), form);
	arena_wipe(ctx.arena);
}

static void assert_refused(const char *typed)
{
	struct str out = canonical(typed);

	if (out.at)
		fail_msg("%s became %.*s", typed, STR_ARG(out));
	arena_wipe(ctx.arena);
}

static void every_usual_spelling_is_one_name(void **state)
{
	static const char *const spellings[] = {
		"tanaka.t",
		"Tanaka.T",
		"  tanaka.t ",
		"\ttanaka.t\r\n",
		"TANAKA.T",
		"ｔａｎａｋａ．ｔ",
		"Ｔａｎａｋａ.ｔ",
		"　ｔａｎａｋａ．ｔ　",
		"\xc2\xa0tanaka.t\xe2\x80\x83",
		"CORP\\tanaka.t",
		"corp\\ Tanaka.T",
		"ＣＯＲＰ＼ｔａｎａｋａ．ｔ",
		"CORP\xc2\xa5tanaka.t",
		"CORP￥tanaka.t",
		"CORP\xe2\x82\xa9tanaka.t",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		assert_form(spellings[i], "tanaka.t");
}

static void mail_and_upn_stay_whole(void **state)
{
	(void)state;
	assert_form("Tanaka.T@Example.JP", "tanaka.t@example.jp");
	assert_form("ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｊｐ", "tanaka@example.jp");
	assert_form("tanaka@corp_internal.local", "tanaka@corp_internal.local");
	assert_form("tanaka@例え.jp", "tanaka@xn--r8jz45g.jp");
	assert_form("tanaka@XN--R8JZ45G.jp", "tanaka@xn--r8jz45g.jp");
	assert_form("tanaka@例え。jp", "tanaka@xn--r8jz45g.jp");
	assert_form("tanaka@BÜCHER.example", "tanaka@xn--bcher-kva.example");
}

static void letters_of_other_scripts_have_one_form(void **state)
{
	(void)state;
	assert_form("JOSÉ", "josé");
	assert_form("jose\xcc\x81", "josé");
	assert_form("ﾀﾅｶ", "タナカ");
	assert_form("ｶﾞﾝ", "ガン");
	assert_form("か\xe3\x82\x99", "が");
	assert_form("田中　太郎", "田中 太郎");
	assert_form("ΟΔΟΣ", "οδος");
	assert_form("STRASSE", "strasse");
	assert_form("Straße", "straße");
}

/* CVE-2019-19844: letters that fold to ASCII ones must not open their accounts. */
static void letters_that_only_look_ascii_never_become_it(void **state)
{
	(void)state;
	assert_form("m\xc4\xb1ke", "m\xc4\xb1ke");  /* U+0131 */
	assert_form("\xc4\xb0van", "i\xcc\x87van"); /* U+0130 */
	assert_form("\xc5\xbf"
		    "am",
		"\xc5\xbf"
		"am"); /* U+017F */
	assert_refused("\xe2\x84\xaa"
		       "im"); /* U+212A */
	assert_refused("a@\xe2\x84\xaa"
		       "elvin.example");
	assert_refused("a\xcd\xbe"); /* U+037E is ; to NFC */
	assert_form("\xe1\xb4\xae\xe1\xb4\xb5\xe1\xb4\xb3", "\xe1\xb4\xae\xe1\xb4\xb5\xe1\xb4\xb3");
}

static void what_can_be_no_name_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"\xe3\x80\x80",
		"\\",
		"CORP\\",
		"\\tanaka",
		"A\\B\\c",
		"CORP\\a@b",
		"@",
		"a@",
		"@b",
		"a@b@c",
		"a b@c",
		"a@b c",
		"a\nb",
		"a\x01",
		"a\x7f",
		"a\xc2\x85z",
		"a\xe2\x80\x8b",
		("\xe2\x80\xae"
		 "abc"),
		"a\xef\xbb\xbf",
		"a\xcd\xb8",
		"\xee\x80\x80",
		"a\xef\xbf\xbf",
		"\xff",
		"a\xc0\x80",
		"\xed\xa0\x80",
		"a\xc2",
		"\xe2\x80\xa8x\xe2\x80\xa8y",
		"a\xc2\xa0z",
		"a@\xcc\x81x",
		"tanaka@例\xe2\x80\x8bえ.jp",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i]);
}

static void a_nul_does_not_end_a_name(void **state)
{
	struct str out = STR_NONE;

	(void)state;
	assert_int_equal(name_canonical(&ctx, STR("root\0x"), &out), reply_refused);
	assert_int_equal(name_canonical(&ctx, STR("a@\xe4\xbe\x8b\0x.jp"), &out), reply_refused);
}

static void length_has_an_edge(void **state)
{
	static char typed[name_typed_max + 2];

	(void)state;
	memset(typed, 'a', name_size_max);
	assert_int_equal(canonical(typed).length, name_size_max);
	typed[name_size_max] = 'a';
	assert_refused(typed);
	memset(typed, ' ', name_typed_max + 1);
	typed[0] = 'a';
	assert_refused(typed);
	typed[name_typed_max] = 0;
	assert_form(typed, "a");
	memset(typed, 0, sizeof(typed));
	for (size_t i = 0; i < 104; i++) /* NFC makes 12 bytes of each */
		memcpy(typed + 4 * i, "\xf0\x9d\x85\xa0", 4);
	assert_refused(typed);
}

/* ---- properties ---- */

static bool ascii_only(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if ((uint8_t)s.at[i] >= 0x80)
			return false;
	return true;
}

static struct str as_utf8(uint32_t point, char out[5])
{
	static const uint8_t marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	memset(out, 0, 5);
	for (size_t i = size; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 63));
	out[0] = (char)(size == 1 ? point : marks[size] | point);
	return (struct str){ out, size };
}

/* Returns whether it was a name at all. */
static bool form_is_its_own(struct str typed)
{
	struct str once = STR_NONE, twice = STR_NONE;
	bool named = name_canonical(&ctx, typed, &once) == 0;

	if (named) {
		assert_int_equal(name_canonical(&ctx, once, &twice), 0);
		if (!str_same(once, twice))
			fail_msg("%.*s, then %.*s, then %.*s", STR_ARG(typed), STR_ARG(once),
				STR_ARG(twice));
	}
	return named;
}

static void the_form_of_every_letter_is_its_own_form(void **state)
{
	size_t named = 0;

	(void)state;
	for (uint32_t point = 1; point < 0x110000; point++) {
		char text[5];

		named += form_is_its_own(as_utf8(point, text));
		arena_wipe(ctx.arena);
	}
	assert_true(named > 100000);
}

static bool folds_by_width(uint32_t point)
{
	return (point >= 0xff01 && point <= 0xff5e) || point == 0x3000;
}

static void no_letter_outside_ascii_becomes_ascii(void **state)
{
	(void)state;
	for (uint32_t point = 0x80; point < 0x110000; point++) {
		char letter[5], name[8] = "x";
		struct str out = STR_NONE;

		memcpy(name + 1, as_utf8(point, letter).at, 5);
		if (folds_by_width(point) || name_canonical(&ctx, str_of(name), &out))
			continue;
		/* White space at the end is trimmed: the name is then x. */
		if (ascii_only(out) && !str_is(out, "x"))
			fail_msg("U+%04X became %.*s", point, STR_ARG(out));
		arena_wipe(ctx.arena);
	}
}

static void the_form_of_any_string_is_its_own_form(void **state)
{
	static const uint32_t likely[] = { 'a', 'Z', '.', '@', '\\', ' ', '-', 0x130, 0x131, 0x17f,
		0x212a, 0x301, 0x307, 0x3099, 0x3000, 0xff21, 0xff20, 0xff3c, 0xff76, 0xff9e, 0x3a3,
		0x3c3, 0x3c2, 0x1e9e, 0xdf, 0xa5, 0x200d, 0x1100, 0x1161, 0x11a8, 0xac00, 0x345,
		0x3b1, 0x1f80 };
	enum { likely_count = sizeof(likely) / sizeof(likely[0]) };

	(void)state;
	for (int round = 0; round < 100000; round++) {
		char text[5], memory[64];
		struct buf b = buf_on(memory, sizeof(memory));

		for (uint32_t i = 1 + number_random(8); i > 0; i--) {
			uint32_t point = number_random(3) ? likely[number_random(likely_count)]
							  : number_random(0x30000);
			buf_add(&b, as_utf8(point, text));
		}
		(void)form_is_its_own(buf_str(&b));
		arena_wipe(ctx.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_usual_spelling_is_one_name),
		cmocka_unit_test(mail_and_upn_stay_whole),
		cmocka_unit_test(letters_of_other_scripts_have_one_form),
		cmocka_unit_test(letters_that_only_look_ascii_never_become_it),
		cmocka_unit_test(what_can_be_no_name_is_refused),
		cmocka_unit_test(a_nul_does_not_end_a_name),
		cmocka_unit_test(length_has_an_edge),
		cmocka_unit_test(the_form_of_every_letter_is_its_own_form),
		cmocka_unit_test(no_letter_outside_ascii_becomes_ascii),
		cmocka_unit_test(the_form_of_any_string_is_its_own_form),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
