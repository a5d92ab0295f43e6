/* Typed codes: every usual spelling is one code, and anything else is none. */
#include "unit/method/fixture.h"

static void assert_code(enum method_kind kind, const char *text, const char *canonical)
{
	struct secret *code = NULL;
	err e = code_canonical(&ctx, kind, typed(text), &code);

	if (e || !str_is(secret_show(code), canonical))
		fail_msg("%s: %d", text, e);
	arena_wipe(ctx.arena);
}

static void assert_no_code(enum method_kind kind, const char *text)
{
	struct secret *code = NULL;

	if (code_canonical(&ctx, kind, typed(text), &code) != reply_refused)
		fail_msg("%s was taken", text);
	assert_null(code);
	arena_wipe(ctx.arena);
}

static void a_sent_code_has_many_spellings_and_one_form(void **state)
{
	static const char *const spellings[] = { "12345678", " 12345678\r\n", "1234 5678",
		"1234-5678", "１２３４５６７８", "１２３４　５６７８", "1234－5678",
		"１２３４ー５６７８", "1234–5678",
		"1234\xe2\x88\x92"
		"5678",
		"1 2 3 4 5 6 7 8",
		"1234\xe2\x80\xaf"
		"5678",
		"1234\xef\xbd\xb0"
		"5678",
		"\xe2\x80\x8b"
		"1234\xc2\xa0"
		"5678" };

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		assert_code(method_mail, spellings[i], "12345678");
}

static void what_is_not_so_many_digits_is_no_code(void **state)
{
	static const char *const others[] = { "", " ", "1234567", "123456789", "1234567a",
		"12345678x", "0x123456", "+2345678", "1234.5678", "１２３４５６７ａ", "١٢٣٤٥٦٧٨",
		"1234567\xff", "1234567\xef\xbc", "一二三四五六七八" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_no_code(method_mail, others[i]);
	assert_code(method_totp, "００7 082", "007082");
	assert_no_code(method_totp, "12345678");
	assert_no_code(method_mail, "123456");
	assert_no_code(method_kind_count, "123456");
}

static void a_nul_is_no_part_of_a_code(void **state)
{
	struct secret *code;

	(void)state;
	assert_int_equal(
		code_canonical(&ctx, method_mail, secret_take(ctx.arena, "12345678\0", 9), &code),
		reply_refused);
}

static void a_recovery_code_has_many_spellings_and_one_form(void **state)
{
	static const char *const spellings[] = {
		"0123-4567-89AB-CDEF-GHJK-MNPQ-RW",
		"0123456789ABCDEFGHJKMNPQRW",
		" o123 4567 89ab cdef ghjk mnpq rw ",
		"０１２３－４５６７－８９ＡＢ－ＣＤＥＦ－ＧＨＪＫ－ＭＮＰＱ－ＲＷ",
		"０１２３ー４５６７ー８９ａｂーｃｄｅｆーｇｈｊｋーｍｎｐｑーｒｗ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		assert_code(method_recovery_code, spellings[i], "0123456789ABCDEFGHJKMNPQRW");
	assert_code(method_recovery_code, "oil3-4567-89ab-cdef-ghjk-mnpq-rw",
		"0113456789ABCDEFGHJKMNPQRW");
}

static void other_lengths_and_letters_are_no_recovery_code(void **state)
{
	static const char *const others[] = { "", "0123-4567-89AB-CDEF-GHJK-MNPQ-R",
		"0123-4567-89AB-CDEF-GHJK-MNPQ-RWX", "0123-4567-89AB-CDEF-GHJK-MNPQ-UW",
		"0123-4567-89AB-CDEF-GHJK-MNPQ-R*", "0123-4567-89AB-CDEF-GHJK-MNPQ-R1" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_no_code(method_recovery_code, others[i]);
}

static void made_codes_are_read_back(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct secret *recovery, *pass, *sent, *read, *again;

		assert_int_equal(recovery_code_make(&ctx, &recovery), 0);
		assert_int_equal(secret_length(recovery), 26 + 6);
		assert_int_equal(code_canonical(&ctx, method_recovery_code, recovery, &read), 0);
		assert_int_equal(secret_length(read), 26);
		assert_int_equal(code_canonical(&ctx, method_recovery_code, read, &again), 0);
		assert_true(secret_same(read, secret_show(again)));
		assert_int_equal(pass_make(&ctx, &pass), 0);
		assert_int_equal(secret_length(pass), 16 + 3);
		assert_int_equal(pass_canonical(&ctx, pass, &read), 0);
		assert_int_equal(secret_length(read), 16);
		assert_int_equal(pass_canonical(&ctx, recovery, &read), reply_refused);
		assert_int_equal(sent_code_make(&ctx, &sent), 0);
		assert_int_equal(code_canonical(&ctx, method_mail, sent, &read), 0);
		assert_true(secret_same(read, secret_show(sent)));
		arena_wipe(ctx.arena);
	}
}

/* Chi-square over the digits of each place: nine degrees of freedom, p about 1e-6. */
static void every_digit_of_a_sent_code_is_as_likely(void **state)
{
	static const int rounds = 20000;
	static int counts[8][10];

	(void)state;
	for (int i = 0; i < rounds; i++) {
		struct secret *code;

		assert_int_equal(sent_code_make(&ctx, &code), 0);
		for (size_t place = 0; place < 8; place++)
			counts[place][secret_bytes(code)[place] - '0']++;
		arena_wipe(ctx.arena);
	}
	for (size_t place = 0; place < 8; place++) {
		double chi = 0, expected = (double)rounds / 10;

		for (size_t digit = 0; digit < 10; digit++)
			chi += (counts[place][digit] - expected) *
			       (counts[place][digit] - expected) / expected;
		assert_true(chi < 50);
	}
}

static void nothing_of_a_code_is_left_in_locked_memory(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) { /* more than there are secrets, were they not given back */
		struct secret *text = typed("1234 5678"), *code;

		assert_int_equal(code_canonical(&ctx, method_mail, text, &code), 0);
		secret_drop(&code);
		assert_int_equal(code_canonical(&ctx, method_totp, text, &code), reply_refused);
		assert_int_equal(
			code_canonical(&ctx, method_recovery_code, text, &code), reply_refused);
		secret_drop(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(a_sent_code_has_many_spellings_and_one_form),
		CALM(what_is_not_so_many_digits_is_no_code),
		CALM(a_nul_is_no_part_of_a_code),
		CALM(a_recovery_code_has_many_spellings_and_one_form),
		CALM(other_lengths_and_letters_are_no_recovery_code),
		CALM(made_codes_are_read_back),
		CALM(every_digit_of_a_sent_code_is_as_likely),
		CALM(nothing_of_a_code_is_left_in_locked_memory),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
