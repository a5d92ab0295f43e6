/* A letter as a mail. */
#include "courier/inside.h"

#include <setjmp.h>
#include <cmocka.h>

enum { arena_size = 1024 * 1024 };

static int open_ctx(void **state)
{
	static struct ctx c;

	c = (struct ctx){ .arena = arena_open(arena_size) };
	*state = &c;
	return c.arena ? 0 : -1;
}

static int close_ctx(void **state)
{
	struct ctx *c = *state;

	arena_close(&c->arena);
	return 0;
}

static struct mail sample(void)
{
	return (struct mail){
		.id = STR("00112233445566778899aabbccddeeff"),
		.sender = STR("no-reply@example.org"),
		.organisation = STR("Example"),
		.recipient = STR("ada@example.net"),
		.language = STR("en"),
		.subject = STR("Your code"),
		.text = STR("12345678\nThat is it."),
		.html = STR("<p>12345678</p>"),
		.made = 1795420000,
	};
}

static struct str written(struct ctx *c, const struct mail *mail)
{
	struct str out = STR_NONE;

	arena_wipe(c->arena);
	assert_int_equal(mail_write(c, mail, &out), 0);
	return out;
}

static bool has(struct str s, const char *text)
{
	return str_find(s, str_of(text)) < s.length;
}

static void the_header_says_who_when_and_that_a_machine_wrote(void **state)
{
	struct mail mail = sample();
	struct str out = written(*state, &mail);

	assert_true(
		str_starts(out, STR("Date: Mon, 23 Nov 2026 07:46:40 +0000\r\n"
				    "From: \"Example\"\r\n <no-reply@example.org>\r\n"
				    "To: <ada@example.net>\r\n"
				    "Subject: Your code\r\n"
				    "Message-ID: <00112233445566778899aabbccddeeff@example.org>\r\n"
				    "Auto-Submitted: auto-generated\r\n"
				    "X-Auto-Response-Suppress: All\r\n"
				    "Content-Language: en\r\n"
				    "MIME-Version: 1.0\r\n"
				    "Content-Type: multipart/alternative;\r\n")));
}

static void both_bodies_stand_in_order_and_the_last_is_closed(void **state)
{
	struct mail mail = sample();
	struct str out = written(*state, &mail);

	assert_true(has(out,
		"\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n12345678\r\nThat is it.\r\n"));
	assert_true(str_find(out, STR("text/plain")) < str_find(out, STR("text/html")));
	assert_true(str_ends(out, STR("\r\n--=_00112233445566778899aabbccddeeff--\r\n")));
}

static void without_html_it_is_one_plain_part(void **state)
{
	struct mail mail = sample();
	struct str out;

	mail.html = STR_NONE;
	out = written(*state, &mail);
	assert_false(has(out, "multipart") || has(out, "html"));
	assert_true(str_ends(out, STR("\r\n\r\n12345678\r\nThat is it.\r\n")));
}

static void every_line_ends_in_crlf_and_is_short(void **state)
{
	struct mail mail = sample();
	size_t width = 0;
	struct str out;

	mail.subject = STR("パスワードの再設定に使うコードをお送りします。心当たりがない場合はお知"
			   "らせください");
	mail.organisation = STR("とても長い名前の会社とても長い名前の会社とても長い名前の会社");
	mail.text = STR("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七"
			"八九十\n。");
	out = written(*state, &mail);
	for (size_t i = 0; i < out.length; i++) {
		if (out.at[i] == '\n') {
			assert_true(i > 0 && out.at[i - 1] == '\r');
			assert_true(width <= 77);
			width = 0;
		} else {
			assert_true(out.at[i] == '\r' || (out.at[i] >= ' ' && out.at[i] <= '~'));
			width++;
		}
	}
}

/* Bare, it would name senders of its own. */
static void a_name_that_cannot_be_quoted_is_encoded(void **state)
{
	static const char *const names[] = { "a\" <eve@example.net>, \"b", "the \"IT\"",
		"back\\slash",
		"Commas, and as long as a line has room for, so that quotes fit no more" };
	struct mail mail = sample();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str out;

		mail.organisation = str_of(names[i]);
		out = written(*state, &mail);
		assert_true(str_find(out, mail.organisation) == out.length);
		assert_true(str_find(out, STR("From: =?UTF-8?B?")) < out.length);
	}
}

static void a_line_end_in_a_header_is_refused(void **state)
{
	static const char *const bad[] = { "a\r\nBcc: eve@example.net", "a\nb", "a\rb", "a\tb",
		"a\x7f" };
	struct ctx *c = *state;
	struct str out;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mail subject = sample(), organisation = sample(), language = sample(),
			    id = sample();

		subject.subject = organisation.organisation = language.language = id.id =
			str_of(bad[i]);
		assert_int_equal(mail_write(*state, &subject, &out), reply_refused);
		assert_int_equal(mail_write(*state, &organisation, &out), reply_refused);
		assert_int_equal(mail_write(*state, &language, &out), reply_refused);
		assert_int_equal(mail_write(*state, &id, &out), reply_refused);
		arena_wipe(c->arena);
	}
}

static void nul_is_refused_in_headers_and_body(void **state)
{
	struct mail subject = sample(), text = sample();
	struct str out;

	subject.subject = STR("a\0b");
	text.text = STR("a\0b");
	assert_int_equal(mail_write(*state, &subject, &out), reply_refused);
	assert_int_equal(mail_write(*state, &text, &out), reply_refused);
}

static void an_address_that_is_more_than_one_plain_address_is_refused(void **state)
{
	static const char *const bad[] = { "", "ada", "@example.net", "ada@", "a@b@c",
		"ada@exa mple.net", "ada@example.net,eve@example.net",
		"ada@example.net;eve@example.net", "<ada@example.net>", "ada @example.net",
		"\"a b\"@example.net", "ada@example.net\r\n", "ada@example.net>",
		"ada(c)@example.net", "ada@[192.0.2.1]", "\xc3\xa4@example.net", "ada@.example.net",
		"1234567890123456789012345678901234567890123456789012345678901234x@example.net" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(address_plain(str_of(bad[i])));
	assert_true(address_plain(STR("ada.lovelace+reset@mail.example.co.jp")));
	assert_true(address_plain(STR("..odd..dots.@docomo.ne.jp")));
}

static void either_end_refuses_a_bad_address(void **state)
{
	struct mail from = sample(), to = sample();
	struct str out;

	from.sender = to.recipient = STR("a@b,c@d");
	assert_int_equal(mail_write(*state, &from, &out), reply_refused);
	assert_int_equal(mail_write(*state, &to, &out), reply_refused);
}

static struct str text_header(char *memory, size_t size, const char *text, size_t used)
{
	struct buf b = buf_on(memory, size);

	header_text(&b, str_of(text), used);
	assert_false(b.full);
	return buf_str(&b);
}

/* Joins the encoded words again, as a reader does (RFC 2047 6.2). */
static struct str decoded(struct ctx *c, struct str header)
{
	struct buf b = buf_in(c->arena, 2000);

	assert_false(b.full);
	while (header.length) {
		struct str word, rest;
		size_t size;
		uint8_t *room;

		assert_true(str_starts(header, STR("=?UTF-8?B?")));
		header = str_from(header, 10);
		word = str_upto(header, str_find(header, STR("?=")));
		rest = str_from(header, word.length + 2);
		size = word.length;
		room = arena_take(c->arena, size);
		assert_true(base64_take(word, room, &size));
		assert_true(utf8_valid((struct str){ (char *)room, size }));
		buf_add(&b, (struct str){ (char *)room, size });
		header = rest.length ? str_from(rest, 3) : rest;
	}
	return buf_str(&b);
}

static void encoded_words_hold_whole_characters_and_give_back_the_text(void **state)
{
	static const char *const texts[] = {
		"コード", "é", "=?fake?=", " blank before",
		"パスワードの再設定に使うコードです。心当たりがない場合は、お知らせください。𠮷野家"
	};
	char memory[1000];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t used = 1; used < 30; used++) {
			struct str header = text_header(memory, sizeof(memory), texts[i], used);
			struct ctx *c = *state;

			arena_wipe(c->arena);
			assert_true(str_is(decoded(c, header), texts[i]));
		}
	assert_true(str_is(text_header(memory, sizeof(memory), "Plain words", 9), "Plain words"));
}

static void what_is_not_utf8_is_not_encoded_but_refused(void **state)
{
	char memory[100];
	struct buf b = buf_on(memory, sizeof(memory));

	(void)state;
	header_text(&b, STR("\xff\xfe"), 0);
	assert_true(b.full);
}

static void dates_are_those_of_the_calendar(void **state)
{
	static const struct {
		int64_t seconds;
		const char *date;
	} rows[] = { { 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
		{ 951827696, "Tue, 29 Feb 2000 12:34:56 +0000" },
		{ 4102444799, "Thu, 31 Dec 2099 23:59:59 +0000" } };
	char memory[60];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_on(memory, sizeof(memory));

		header_date(&b, rows[i].seconds);
		assert_true(str_is(buf_str(&b), rows[i].date));
	}
}

static struct str body(char *memory, size_t size, const char *text)
{
	struct buf b = buf_on(memory, size);

	body_add(&b, str_of(text));
	assert_false(b.full);
	return buf_str(&b);
}

static void quoted_printable_keeps_blanks_and_escapes_the_rest(void **state)
{
	char memory[1000];

	(void)state;
	assert_true(
		str_is(body(memory, sizeof(memory), "caf\xc3\xa9 a=b and more words\nend \n.\nx"),
			"caf=C3=A9 a=3Db and more words\r\nend=20\r\n.\r\nx\r\n"));
}

static void long_lines_are_broken_softly(void **state)
{
	static char text[301], memory[1000];
	struct str out;

	(void)state;
	memset(text, 'a', 300);
	out = body(memory, sizeof(memory), text);
	assert_int_equal(str_find(out, STR("=\r\n")), 75);
}

static void japanese_travels_as_base64_of_crlf_lines(void **state)
{
	char memory[1000];

	(void)state;
	assert_string_equal(body_encoding(STR("コード\n")), "base64");
	assert_true(str_is(body(memory, sizeof(memory), "コード\n1"), "44Kz44O844OJDQox\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_says_who_when_and_that_a_machine_wrote),
		cmocka_unit_test(both_bodies_stand_in_order_and_the_last_is_closed),
		cmocka_unit_test(without_html_it_is_one_plain_part),
		cmocka_unit_test(every_line_ends_in_crlf_and_is_short),
		cmocka_unit_test(a_name_that_cannot_be_quoted_is_encoded),
		cmocka_unit_test(a_line_end_in_a_header_is_refused),
		cmocka_unit_test(nul_is_refused_in_headers_and_body),
		cmocka_unit_test(an_address_that_is_more_than_one_plain_address_is_refused),
		cmocka_unit_test(either_end_refuses_a_bad_address),
		cmocka_unit_test(encoded_words_hold_whole_characters_and_give_back_the_text),
		cmocka_unit_test(what_is_not_utf8_is_not_encoded_but_refused),
		cmocka_unit_test(dates_are_those_of_the_calendar),
		cmocka_unit_test(quoted_printable_keeps_blanks_and_escapes_the_rest),
		cmocka_unit_test(long_lines_are_broken_softly),
		cmocka_unit_test(japanese_travels_as_base64_of_crlf_lines),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
