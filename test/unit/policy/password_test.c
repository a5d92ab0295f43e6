/* What a new password must be: each rule, and what each leaves alone. */
#include "policy/inside.h"
#include "spec/spec.h"
#include "common_gen.h"

#include <setjmp.h>
#include <cmocka.h>

static struct ctx ctx;

static int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(1 << 20);
	return ctx.arena && secrets_open(32) ? 0 : -1;
}

static int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

static const struct str names[] = { { "tanaka.t", 8 }, { "田中 太郎", 13 }, { "Taro Tanaka", 11 },
	{ "taro.tanaka@corp.example", 24 }, { "li", 2 }, { "x", 1 } };
static const struct str organisation[] = { { "Contoso", 7 }, { "ブルースカイ", 18 } };
static const struct password_rules rules = { 15, 256, organisation, 2 };

static struct secret *normal; /* of the last password that was accepted */
static int64_t number;

/* The rule it breaks; "" when it is accepted. */
static const char *judge(struct str password)
{
	struct secret *typed = secret_take(ctx.arena, password.at, password.length);
	struct str why = STR_NONE;
	err e;

	normal = NULL;
	assert_non_null(typed);
	number = 0;
	e = password_judge(&ctx, typed, &rules, names, 6, &normal, &why, &number);
	assert_true(e == 0 || e == reply_rules);
	assert_int_equal(e == 0, normal != NULL);
	return e ? why.at : "";
}

static void assert_verdict(const char *password, const char *rule)
{
	const char *why = judge(str_of(password));

	if (strcmp(why, rule) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", password, why, rule);
	/* Only the rules of length and form have a number to say. */
	if (strcmp(rule, "password_common") == 0 || strcmp(rule, "password_name") == 0 ||
		strcmp(rule, "password_organisation") == 0 ||
		strcmp(rule, "password_repeated") == 0)
		assert_int_equal(number, 0);
	arena_wipe(ctx.arena);
}

static const char *many(const char *sign, size_t count)
{
	static char text[2048];
	struct buf b = buf_on(text, sizeof(text) - 1);

	while (count-- > 0)
		buf_add(&b, str_of(sign));
	text[b.length] = 0;
	return text;
}

/* ---- length ---- */

static void fifteen_code_points_are_enough_and_fourteen_are_not(void **state)
{
	(void)state;
	assert_verdict("zebra lamp 4711", "");
	assert_verdict("zebra lamp 471", "password_short");
	assert_int_equal(number, 15);
	assert_verdict("", "password_short");
	assert_verdict(many("\xf0\x9f\x98\x80\xf0\x9f\x98\x81\xf0\x9f\x98\x82", 5), "");
	assert_verdict(many("\xf0\x9f\x98\x80", 14), "password_short");
}

static void length_is_counted_after_composition(void **state)
{
	(void)state;
	assert_verdict("zebra lamp 471e\xcc\x81", "");
	assert_verdict("zebra lamp 47e\xcc\x81", "password_short");
	assert_verdict(many("e\xcc\x81u\xcc\x81", 128), "");
	assert_verdict(many("e\xcc\x81", 257), "password_long");
}

static void two_hundred_and_fifty_six_code_points_are_the_most(void **state)
{
	(void)state;
	assert_verdict(many("\xf0\x9f\x98\x80\xf0\x9f\x98\x81", 128), "");
	assert_verdict(many("\xf0\x9f\x98\x80", 257), "password_long");
	assert_int_equal(number, 256);
	assert_verdict(many("\xf0\x9d\x85\xa0", 150), "password_long"); /* 12 bytes each in NFC */
}

/* ---- characters ---- */

static void blanks_and_case_are_part_of_a_password(void **state)
{
	(void)state;
	assert_string_equal(judge(STR("  Zebra lamp 47 ")), "");
	assert_true(secret_same(normal, STR("  Zebra lamp 47 ")));
	assert_string_equal(judge(STR("Ｚｅｂｒａ　ｌａｍｐ　４７１１")), "");
	assert_true(secret_same(normal, STR("Ｚｅｂｒａ　ｌａｍｐ　４７１１")));
}

static void every_printing_character_is_accepted(void **state)
{
	(void)state;
	for (char c = ' '; c <= '~'; c++) {
		char password[] = "zebra lamp 4711?";

		password[15] = c;
		assert_verdict(password, "");
	}
}

static void no_kind_of_character_is_asked_for(void **state)
{
	(void)state;
	assert_verdict("purpurnkartoffel", "");
	assert_verdict("8205119377452290", "");
	assert_verdict("&%/&§=?`´*~°^<>|", "");
	assert_verdict("さくらのしたでねこがひるねをする", "");
}

static void controls_and_unassigned_points_are_refused(void **state)
{
	(void)state;
	assert_verdict("zebra lamp\t47112", "password_characters");
	assert_verdict("zebra lamp\n47112", "password_characters");
	assert_verdict("zebra lamp\x7f"
		       "47112",
		"password_characters");
	assert_verdict("zebra lamp\xc2\x85"
		       "47112",
		"password_characters");
	assert_verdict("zebra lamp\xcd\xb8"
		       "47112",
		"password_characters"); /* U+0378 */
	assert_verdict("zebra lamp\xf3\xa0\x80\x80"
		       "47112",
		"password_characters"); /* U+E0000 */
	assert_string_equal(judge(STR("zebra lamp\0"
				      "47112")),
		"password_characters");
	assert_verdict("zebra lamp\xff"
		       "47112",
		"password_malformed");
	assert_verdict("zebra lamp 4711\xc3", "password_malformed");
	assert_verdict("zebra lamp\xed\xa0\x80"
		       "47112",
		"password_malformed");
}

/* ---- one form ---- */

static struct secret *form(const char *text)
{
	struct secret *out;

	assert_int_equal(
		password_normal(&ctx, secret_take(ctx.arena, text, strlen(text)), &out), 0);
	return out;
}

static void spellings_that_unicode_calls_equal_are_one_password(void **state)
{
	/* As in NormalizationTest.txt: what is typed, and its NFC. */
	static const char *const pairs[][2] = {
		{ "A\xcc\x8a", "Å" },
		{ "\xe2\x84\xab", "Å" },
		{ "\xe2\x84\xa6", "Ω" },
		{ "\xe2\x84\xaa", "K" },
		{ "か\xe3\x82\x99", "が" },
		{ "は\xe3\x82\x9a", "ぱ" },
		{ "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", "각" },
		{ "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87" },
		{ "s\xcc\xa3\xcc\x87", "ṩ" },
		{ "\xe1\xb8\x8b\xcc\xa3", "ḍ\xcc\x87" },
		{ "ﬁ", "ﬁ" },
		{ "Ａ", "Ａ" },
		{ "²", "²" },
		{ "\xe0\xa5\x98", "क\xe0\xa4\xbc" },
		{ "", "" },
		{ "\xf0\x9d\x85\x9e", "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_true(secret_same(form(pairs[i][0]), str_of(pairs[i][1])));
		assert_true(secret_same(form(pairs[i][1]), str_of(pairs[i][1])));
		arena_wipe(ctx.arena);
	}
}

static void what_cannot_be_normal_is_refused(void **state)
{
	struct secret *out = NULL;

	(void)state;
	assert_int_equal(
		password_normal(&ctx, secret_take(ctx.arena, "\xff", 1), &out), reply_refused);
	assert_int_equal(
		password_normal(&ctx, secret_take(ctx.arena, "a\0", 2), &out), reply_refused);
	assert_null(out);
	arena_wipe(ctx.arena);
}

/* ---- common ---- */

static void every_entry_of_the_list_is_refused(void **state)
{
	size_t count = sizeof(common_list) / sizeof(common_list[0]), refused = 0, long_ones = 0;

	(void)state;
	assert_int_equal(count, 10000);
	for (size_t i = 0; i < count; i++) {
		struct str entry = str_of(common_list[i]);
		const char *why = judge(entry);

		refused += *why != 0;
		long_ones += entry.length >= 15;
		if (!*why)
			print_error("%s\n", entry.at);
		if (entry.length >= 15 && strcmp(why, "password_common") != 0 &&
			strcmp(why, "password_name") != 0 && strcmp(why, "password_repeated") != 0)
			fail_msg("%s: %s", entry.at, why);
		arena_wipe(ctx.arena);
	}
	assert_int_equal(refused, count);
	assert_true(long_ones >= 3000);
}

static void what_is_near_an_entry_is_refused_too(void **state)
{
	static const char *const near[] = {
		"correct horse battery staple",
		"CorrectHorseBatteryStaple",
		"correct-horse-battery-staple",
		"correcthorsebatterystapl3",
		"c0rrecth0rseb4tterystaple",
		"correcthorsebatterystaple1",
		"correcthorsebatterystaple!",
		"xcorrecthorsebatterystaple",
		"correcthorsebaterystaple",
		"correcthorsebatterystapla",
		"correct horse battery stapl",
		"P@ssw0rdP@ssw0rd",
		"Password Password",
		"passwordpassword1",
		"ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
		"1234567890123456",
		"123456789012345",
		"1qaz2wsx3edc4rfv",
		"Summer2024Summer",
		"Winter2031Winter2031",
		"passwördpassword",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		assert_verdict(near[i], "password_common");
}

static void one_sign_again_and_again_is_refused(void **state)
{
	static const char *const signs[] = { "a", "A", " ", "-", "é", "あ", "\xf0\x9f\x98\x80",
		"　", "界" };

	(void)state;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		assert_verdict(many(signs[i], 15), "password_repeated");
		assert_verdict(many(signs[i], 256), "password_repeated");
	}
}

static void what_only_holds_an_entry_is_accepted(void **state)
{
	static const char *const far[] = {
		"my password grows in the yard",
		"ContosoXk2 vq9 lamp",
		"correcthorsebatterystaple12 oak",
		"iloveyou 3 submarines",
		"passwordpassqord zq",
		"tanaka eats 3 green submarines",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		assert_verdict(far[i], "");
}

/* As likeness: what is compared with the list. */
static bool common(const char *text)
{
	uint32_t points[256];
	struct likeness password = { points, 0 };

	for (; *text; text++)
		points[password.count++] = like((uint32_t)(uint8_t)*text);
	return banned_common(password);
}

/* Also those that are too short to be a password here: the first and the last of the list among
 * them. */
static void every_entry_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(common_list) / sizeof(common_list[0]); i++)
		if (!common(common_list[i]))
			fail_msg("%s is not found", common_list[i]);
	assert_false(common("zebra lamp 4711"));
}

/* One sign more, less or other, at the first place, in the middle, at the last. */
static void one_edit_anywhere_is_near_and_two_are_not(void **state)
{
	static const char *const near[] = { "xorrecthorsebatterystaple",
		"correcthorxebatterystaple", "correcthorsebatterystaplx",
		"orrecthorsebatterystaple", "correcthorsbatterystaple", "correcthorsebatterystapl",
		"xcorrecthorsebatterystaple", "correcthorsebxatterystaple",
		"correcthorsebatterystaplex" };
	static const char *const far[] = { "xxrrecthorsebatterystaple", "correcthxxsebatterystaple",
		"correcthorsebatterystaxx", "rrecthorsebatterystaple",
		"xxcorrecthorsebatterystaple", "correcthorsebatterystaplexx",
		"xorrecthorsebatterystaplx" };

	(void)state;
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (!common(near[i]))
			fail_msg("%s is not near", near[i]);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		if (common(far[i]))
			fail_msg("%s is near", far[i]);
}

static void half_and_full_width_are_alike_and_nothing_beside_them(void **state)
{
	(void)state;
	for (uint32_t point = '!'; point <= '~'; point++)
		assert_int_equal(like(point - '!' + 0xff01), like(point));
	assert_int_equal(like(0x3000), like(' '));
	assert_int_equal(like(' '), 0);
	assert_int_equal(like(0xff00), 0xff00);
	assert_int_equal(like(0xff5f), 0xff5f);
	assert_int_equal(like(0x3001), 0x3001);
	assert_int_equal(like(128), 128);
	assert_int_equal(like(0xc9), 0xe9); /* É */
}

static void a_sign_is_repeated_when_it_is_at_every_place(void **state)
{
	static const uint32_t first[] = { 'b', 'a', 'a', 'a' }, second[] = { 'a', 'b', 'a', 'a' },
			      last[] = { 'a', 'a', 'a', 'b' }, all[] = { 'a', 'a', 'a', 'a' };

	(void)state;
	assert_false(banned_repeated(first, 4));
	assert_false(banned_repeated(second, 4));
	assert_false(banned_repeated(last, 4));
	assert_true(banned_repeated(all, 4));
}

/* ---- words, one edit, and some digits ---- */

static size_t points_of(const char *text, uint32_t points[64])
{
	size_t count = 0;

	while (*text)
		points[count++] = (uint32_t)*text++;
	return count;
}

/* Is the password "abcd" and "efg", again and again? */
static bool made(const char *password)
{
	uint32_t points[64], long_word[64], short_word[64];
	size_t count = points_of(password, points);
	const struct likeness words[] = { { long_word, points_of("abcd", long_word) },
		{ short_word, points_of("efg", short_word) } };

	return banned_words((struct likeness){ points, count }, points, words, 2);
}

static void assert_made(bool expected, const char *const *passwords)
{
	for (; *passwords; passwords++)
		if (made(*passwords) != expected)
			fail_msg("%s", *passwords);
}

#define MADE(...) assert_made(true, (const char *const[]){ __VA_ARGS__, NULL })
#define NOT_MADE(...) assert_made(false, (const char *const[]){ __VA_ARGS__, NULL })

static void words_follow_one_another_and_the_last_may_be_cut_short(void **state)
{
	(void)state;
	MADE("abcd", "efg", "abcdabcd", "abcdefg", "efgabcd", "efgefgefg", "abcda", "abcdab",
		"abcdabcdabc", "efge", "efgef", "abcdabcde");
	NOT_MADE("ab", "ef", "abcdzz", "zzabcd", "abcdzzabcd", "abef", "abcdab1", "abcdabefg",
		"efgefabcdz");
}

static void one_edit_of_a_word_of_four_is_allowed_and_none_of_three(void **state)
{
	(void)state;
	MADE("zbcdefg", "abzdefg", "abczefg", "bcdefg", "acdefg", "abcefg", "zabcdefg", "abzcdefg",
		"abcdzefg");
	MADE("efgzbcd", "efgabzd", "efgabcz", "efgbcd", "efgacd", "efgabc", "efgzabcd", "efgabzcd",
		"efgabcdz");
	MADE("abc", "bcd", "abcdz", "zabcd", "abcdabzd", "abzdabcd");
	NOT_MADE("efzabcd", "zfgabcd", "fgabcd", "zefgefg", "efzgefg", "efgzefg");
	NOT_MADE("abzdabzd", "zbcdzbcd", "bcdabcz", "acdefgabzd", "abczdz", "zabcdz", "abzzefg",
		"azzdefg", "cdefg", "adefg", "abzzcdefg");
}

static void eight_digits_and_marks_are_allowed_beside_the_words(void **state)
{
	(void)state;
	MADE("efg13579135", "13579135efg", "1357efg9135", "abzd13579135", "13579135abzd",
		"13579135abcdab");
	NOT_MADE("efg135791357", "135791357efg", "1357efg91357", "abzd135791357", "135791357abzd",
		"13579135", "13579135ab");
	/* A ninth may be the one edit of a word. */
	MADE("abcd135791357", "135791357abcd");
	NOT_MADE("abcd1357913579", "1357913579abcd");
}

/* A run of one sign, or of signs that follow, is one idea. */
static void a_run_of_digits_counts_for_one(void **state)
{
	(void)state;
	MADE("efg000000000000", "000000000000efg", "efg123456789", "123456789efg", "113579135efg",
		"123579135efg");
	NOT_MADE("efg987654321", "987654321efg", "1135791357efg", "efg246813579");
}

/* ---- names ---- */

static void names_alone_in_any_dress_are_refused(void **state)
{
	static const char *const dressed[] = {
		"tanakatanakatanaka",
		"Tanaka.Tanaka.Tanaka",
		"TaroTanakaTaroTanaka",
		"t4n4k4t4n4k4t4n4k4",
		"tanaka.taro.1990",
		"Tanaka!Taro!2024!!",
		"tanaka 000000000",
		"tanaka123456789",
		"tanakatanakatamaka",
		"tanakatanakatanak",
		"tanakatanakattanaka",
		"contoso tanaka con",
		"Contoso Tanaka 24",
		"lililililililili",
		"田中太郎田中太郎田中太郎田中太郎",
		"taro.tanaka@corp.example",
		"CorpCorpCorpCorp",
		"ｔａｎａｋａｔａｎａｋａ１２３",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dressed) / sizeof(dressed[0]); i++)
		assert_verdict(dressed[i], "password_name");
}

static void what_everybody_there_knows_is_called_by_its_name(void **state)
{
	static const char *const known[] = {
		"contosocontoso1",
		"contosocontosoco",
		"ContosoContosoCont",
		"contoso20241123!",
		"ブルースカイブルースカイブルー",
		"ブルースカイブルースカイブルースカイ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_verdict(known[i], "password_organisation");
}

static err judged_by(struct str word, size_t count, const char *password)
{
	struct str *words = arena_take(ctx.arena, count * sizeof(*words)), why = STR_NONE;
	struct password_rules many_words = { 15, 256, words, count };
	struct str text = str_of(password);

	for (size_t i = 0; i < count; i++) {
		struct buf b = buf_in(ctx.arena, 16);

		buf_print(&b, "w%zuz", i);
		words[i] = i + 1 < count ? buf_str(&b) : word;
	}
	return password_judge(&ctx, secret_take(ctx.arena, text.at, text.length), &many_words, NULL,
		0, &normal, &why, &number);
}

/* As many words as the setting holds;
 * and what it cannot hold is refused rather than passed over. */
static void the_last_of_many_words_counts_too(void **state)
{
	(void)state;
	assert_int_equal(judged_by(STR("zebrafish"), 800, "zebrafish zebrafish"), reply_rules);
	arena_wipe(ctx.arena);
	assert_int_equal(judged_by(STR("zebrafish"), 800, "zebra lamp ferry coast"), 0);
	arena_wipe(ctx.arena);
	assert_int_equal(judged_by(STR("zebrafish"), 2049, "zebra lamp ferry coast"), -fault_limit);
	arena_wipe(ctx.arena);
}

/* Passwords of 15 are made of two or three of these. */
static void a_japanese_reading_is_looked_for_as_it_sounds(void **state)
{
	static const struct {
		const char *reading, *password;
	} rows[] = {
		{ "たなか たろう", "tanakatarou1990" },
		{ "たなか たろう", "Tanaka Taro 1990!" },
		{ "タナカ タロウ", "tanaka.taro.tanaka" },
		{ "おおの ゆうこ", "OonoYuukoOonoYuuko" },
		{ "おおの ゆうこ", "Ono.Yuko.Ono.Yuko" },
		{ "きょうこ しゃちょう", "kyoukoshachou12" },
		{ "しゃしん", "shashinshashin1" },
		{ "いっちょうめ", "itchoume itchome" },
		{ "はっとり じゅん", "HattoriJunHattori" },
		{ "ヴィクトリア", "vikutoriavikutoria" },
		{ "すーぱーまりお", "supamariosupamario" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str reading = str_of(rows[i].reading), password = str_of(rows[i].password),
			   why;
		struct secret *typed = secret_take(ctx.arena, password.at, password.length), *out;

		if (password_judge(&ctx, typed, &rules, &reading, 1, &out, &why, &number) !=
			reply_rules)
			fail_msg("%s", rows[i].password);
		if (!str_is(why, "password_name"))
			fail_msg("%s: %s", rows[i].password, why.at);
		arena_wipe(ctx.arena);
	}
}

static void names_within_more_are_accepted(void **state)
{
	static const char *const more[] = {
		"tanaka 8205 1193 7745",
		"tanaka river lamp",
		"contoso tanaka lamp",
		"contoso cont lamp oil",
		"8205119377452290",
		"lamp oil li candle",
		"田中太郎は毎朝コーヒーを飲みます",
		"xxxx lamp xxxx oil",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		assert_verdict(more[i], "");
}

static void strange_names_do_no_harm(void **state)
{
	static char long_name[5000];
	struct str strange[80];
	struct str why;
	struct secret *typed = secret_take(ctx.arena, "zebra lamp 4711", 15), *out;

	(void)state;
	memset(long_name, 'z', sizeof(long_name));
	for (size_t i = 0; i < 80; i++)
		strange[i] = i % 3 == 0   ? STR_NONE
			     : i % 3 == 1 ? STR("\xff\xfe ab")
					  : (struct str){ long_name, sizeof(long_name) };
	assert_int_equal(password_judge(&ctx, typed, &rules, strange, 80, &out, &why, &number), 0);
	arena_wipe(ctx.arena);
}

/* ---- cost ---- */

static int64_t best_of_ten(const char *password, const struct str *words, size_t count)
{
	struct secret *typed = secret_take(ctx.arena, password, strlen(password)), *out;
	struct str why;
	int64_t least = INT64_MAX;

	for (int i = 0; i < 10; i++) {
		int64_t begun = clock_monotonic_us(), took;

		assert_true(password_judge(
				    &ctx, typed, &rules, words, count, &out, &why, &number) >= 0);
		took = clock_monotonic_us() - begun;
		least = took < least ? took : least;
	}
	arena_wipe(ctx.arena);
	return least;
}

static void judging_takes_less_than_a_millisecond(void **state)
{
	enum { patience_us = REKEY_SANITIZED ? 50000 : 1000 };
	struct str alike[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		alike[i] = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	assert_true(best_of_ten(many("a", 256), alike, 8) < patience_us);
	assert_true(best_of_ten(many("zebra lamp ", 5), alike, 8) < patience_us);
}

/* ---- pieces of names ---- */

/* Does a password that is this again and again break the rule of names,
 * for somebody of this name? */
static bool named(const char *name, const char *part)
{
	struct str own = str_of(name), why = STR_NONE;
	struct buf b = buf_in(ctx.arena, 200);
	err e;

	for (int i = 0; i < 8; i++)
		buf_add(&b, str_of(part));
	e = password_judge(&ctx, secret_take(ctx.arena, b.at, b.length), &rules, &own, 1, &normal,
		&why, &number);
	arena_wipe(ctx.arena);
	return e == reply_rules && str_is(why, "password_name");
}

/* An accent for which there is no composed letter is no letter itself, but parts no word. */
static void a_mark_belongs_to_the_letter_before_it(void **state)
{
	(void)state;
	assert_true(named("qx\xcc\x81zr", "qx\xcc\x81zr"));
	assert_false(named("qx\xcc\x81zr", "qx"));
	assert_true(named("qx-zr", "qx"));
}

/* Each piece begins anew, whatever parts it from the one before. */
static void every_piece_of_a_name_is_a_word_of_its_own(void **state)
{
	(void)state;
	assert_true(named("qx-zr", "zr"));
	assert_true(named("qx zr vt", "vt"));
	assert_true(named("qxzr", "qxzr"));
	assert_false(named("q-zr", "q"));
	assert_true(named("wrongly\xff"
			  "cut",
		"wrongly"));
	assert_false(named("wrongly\xff"
			   "cut",
		"cut"));
}

static bool named_by(struct str own, const char *password)
{
	struct str why = STR_NONE;
	err e = password_judge(&ctx, secret_take(ctx.arena, password, strlen(password)), &rules,
		&own, 1, &normal, &why, &number);

	arena_wipe(ctx.arena);
	return e == reply_rules && str_is(why, "password_name");
}

static void a_byte_of_zero_parts_words_as_a_blank_does(void **state)
{
	(void)state;
	assert_true(named_by(STR("qx\0zrvt"), "zrvtzrvtzrvtzrvt"));
}

/* Sixty-four letters of a piece are looked at. */
static void of_a_long_piece_the_first_64_letters_are_the_word(void **state)
{
	char name[71], password[129];

	(void)state;
	for (size_t i = 0; i < 70; i++)
		name[i] = (char)('a' + i * i * 7 % 23);
	name[70] = 0;
	memcpy(password, name, 64);
	memcpy(password + 64, name, 64);
	password[128] = 0;
	assert_true(
		named_by(str_of(name), password)); /* a letter more, twice, would be two edits */
}

static struct str kana(const char *text)
{
	static char latin[400];
	static uint32_t points[200];
	struct str all = str_of(text);
	size_t count = 0;

	for (size_t at = 0; at < all.length;)
		points[count++] = (uint32_t)utf8_next(all, &at);
	return (struct str){ latin,
		romaji((struct likeness){ points, count }, latin, sizeof(latin)) };
}

static void assert_sounds(const char *text, const char *expected)
{
	struct str found = kana(text);

	if (!str_is(found, expected))
		fail_msg("%s: \"%.*s\", not \"%s\"", text, STR_ARG(found), expected);
}

/* Hepburn, written down a second time: every kana in both scripts. */
static void every_kana_has_its_sound(void **state)
{
	static const char *const rows[][3] = {
		{ "あいうえお", "アイウエオ", "aiueo" },
		{ "かきくけこがぎぐげご", "カキクケコガギグゲゴ", "kakikukekogagigugego" },
		{ "さしすせそざじずぜぞ", "サシスセソザジズゼゾ", "sashisusesozajizuzezo" },
		{ "たちつてとだぢづでど", "タチツテトダヂヅデド", "tachitsutetodajizudedo" },
		{ "なにぬねの", "ナニヌネノ", "naninuneno" },
		{ "はひふへほばびぶべぼぱぴぷぺぽ", "ハヒフヘホバビブベボパピプペポ",
			"hahifuhehobabibubebopapipupepo" },
		{ "まみむめも", "マミムメモ", "mamimumemo" },
		{ "やゆよ", "ヤユヨ", "yayuyo" },
		{ "らりるれろ", "ラリルレロ", "rarirurero" },
		{ "わゐゑをん", "ワヰヱヲン", "waieon" },
		{ "ゔゕゖ", "ヴヵヶ", "vukake" },
		{ "きゃきゅきょ", "キャキュキョ", "kyakyukyo" },
		{ "しゃしゅしょ", "シャシュショ", "shashusho" },
		{ "ちゃちゅちょ", "チャチュチョ", "chachucho" },
		{ "じゃじゅじょ", "ジャジュジョ", "jajujo" },
		{ "ふぁふぃふぇふぉ", "ファフィフェフォ", "fafifefo" },
		{ "ゔぃくとりあ", "ヴィクトリア", "vikutoria" },
		{ "とぅでぃ", "トゥディ", "tudi" },
		{ "しぇじぇちぇ", "シェジェチェ", "shejeche" },
		{ "うぃりあむ", "ウィリアム", "wiriamu" },
		{ "うぇんうぉんうぅ", "ウェンウォンウゥ", "wenwonu" },
		{ "くぁぐぁくぉくぅ", "クァグァクォクゥ", "kwagwakwoku" },
		{ "いぇいぃ", "イェイィ", "yei" },
		{ "あっか", "アッカ", "akka" },
		{ "いっち", "イッチ", "itchi" },
		{ "はっしゃ", "ハッシャ", "hassha" },
		{ "ぁ", "ァ", "a" },
		{ "ゎ", "ヮ", "wa" },
		{ "ゃ", "ャ", "ya" },
		{ "おーさか", "オーサカ", "osaka" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t script = 0; script < 2; script++)
			assert_sounds(rows[i][script], rows[i][2]);
}

static void what_is_not_all_kana_has_no_sound(void **state)
{
	static const char *const others[] = { "", "a", "かa", "田中", "か田", "ー", "\xe3\x81\x80",
		"\xe3\x82\x97", "\xe3\x82\xa0", "\xe3\x83\xb7", "\xe3\x83\xbb", "\xe3\x83\xbd" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_sounds(others[i], "");
}

static void assert_short(const char *text, const char *expected)
{
	char latin[40];
	size_t length = strlen(text);

	memcpy(latin, text, length + 1);
	assert_int_equal(romaji_short(latin, length), strlen(expected));
	assert_memory_equal(latin, expected, strlen(expected));
}

static void the_second_half_of_a_long_vowel_is_left_out(void **state)
{
	(void)state;
	assert_short("yuuko", "yuko");
	assert_short("oosaka", "osaka");
	assert_short("satou", "sato");
	assert_short("ou", "o");
	assert_short("uo", "uo");
	assert_short("au", "au");
	assert_short("ao", "ao");
	assert_short("eu", "eu");
	assert_short("io", "io");
	assert_short("aa", "aa");
	assert_short("u", "u");
	assert_short("", "");
}

static void a_reading_longer_than_there_is_room_for_is_cut(void **state)
{
	uint32_t kana[] = { 0x3055, 0x304b, 0x306a }; /* sakana */
	char latin[8] = "";

	(void)state;
	assert_int_equal(romaji((struct likeness){ kana, 3 }, latin, 5), 5);
	assert_memory_equal(latin, "sakan\0", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fifteen_code_points_are_enough_and_fourteen_are_not),
		cmocka_unit_test(length_is_counted_after_composition),
		cmocka_unit_test(two_hundred_and_fifty_six_code_points_are_the_most),
		cmocka_unit_test(blanks_and_case_are_part_of_a_password),
		cmocka_unit_test(every_printing_character_is_accepted),
		cmocka_unit_test(no_kind_of_character_is_asked_for),
		cmocka_unit_test(controls_and_unassigned_points_are_refused),
		cmocka_unit_test(spellings_that_unicode_calls_equal_are_one_password),
		cmocka_unit_test(what_cannot_be_normal_is_refused),
		cmocka_unit_test(every_entry_of_the_list_is_refused),
		cmocka_unit_test(what_is_near_an_entry_is_refused_too),
		cmocka_unit_test(one_sign_again_and_again_is_refused),
		cmocka_unit_test(what_only_holds_an_entry_is_accepted),
		cmocka_unit_test(names_alone_in_any_dress_are_refused),
		cmocka_unit_test(what_everybody_there_knows_is_called_by_its_name),
		cmocka_unit_test(the_last_of_many_words_counts_too),
		cmocka_unit_test(a_japanese_reading_is_looked_for_as_it_sounds),
		cmocka_unit_test(names_within_more_are_accepted),
		cmocka_unit_test(strange_names_do_no_harm),
		cmocka_unit_test(a_mark_belongs_to_the_letter_before_it),
		cmocka_unit_test(every_piece_of_a_name_is_a_word_of_its_own),
		cmocka_unit_test(a_byte_of_zero_parts_words_as_a_blank_does),
		cmocka_unit_test(of_a_long_piece_the_first_64_letters_are_the_word),
		cmocka_unit_test(every_entry_is_found),
		cmocka_unit_test(one_edit_anywhere_is_near_and_two_are_not),
		cmocka_unit_test(half_and_full_width_are_alike_and_nothing_beside_them),
		cmocka_unit_test(a_sign_is_repeated_when_it_is_at_every_place),
		cmocka_unit_test(words_follow_one_another_and_the_last_may_be_cut_short),
		cmocka_unit_test(one_edit_of_a_word_of_four_is_allowed_and_none_of_three),
		cmocka_unit_test(eight_digits_and_marks_are_allowed_beside_the_words),
		cmocka_unit_test(a_run_of_digits_counts_for_one),
		cmocka_unit_test(every_kana_has_its_sound),
		cmocka_unit_test(what_is_not_all_kana_has_no_sound),
		cmocka_unit_test(the_second_half_of_a_long_vowel_is_left_out),
		cmocka_unit_test(a_reading_longer_than_there_is_room_for_is_cut),
		cmocka_unit_test(judging_takes_less_than_a_millisecond),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
