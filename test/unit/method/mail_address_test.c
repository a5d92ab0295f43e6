/* Mail addresses: what is taken, in which form, and which mailbox it is. */
#include "unit/method/fixture.h"

static void assert_address(const char *text, const char *address, const char *channel)
{
	struct mail_address out;
	err e = mail_address_take(&ctx, str_of(text), &out);

	if (e)
		fail_msg("%s: %s", text, out.why);
	if (!str_is(out.address, address) || !str_is(out.channel, channel))
		fail_msg("%s: %.*s, %.*s", text, STR_ARG(out.address), STR_ARG(out.channel));
	assert_null(out.why);
	arena_wipe(ctx.arena);
}

static void assert_refused(struct str text, const char *why)
{
	struct mail_address out;
	err e = mail_address_take(&ctx, text, &out);

	if (e != reply_refused)
		fail_msg("%.*s was taken", STR_ARG(text));
	assert_string_equal(out.why, why);
	assert_null(out.address.at);
	assert_null(out.channel.at);
	arena_wipe(ctx.arena);
}

static void an_address_keeps_its_local_part(void **state)
{
	(void)state;
	assert_address(
		"Ada.Lovelace@Example.NET", "Ada.Lovelace@example.net", "ada.lovelace@example.net");
	assert_address(" ada@example.net\r\n", "ada@example.net", "ada@example.net");
	assert_address("ａｄａ＠ｅｘａｍｐｌｅ．ｎｅｔ", "ada@example.net", "ada@example.net");
	assert_address(
		"o'brien_#1@a.b.c.example", "o'brien_#1@a.b.c.example", "o'brien_#1@a.b.c.example");
}

static void tags_and_case_are_the_same_mailbox(void **state)
{
	(void)state;
	assert_address("Ada+reset+2@example.net", "Ada+reset+2@example.net", "ada@example.net");
	assert_address("ada+@example.net", "ada+@example.net", "ada@example.net");
	assert_address("+ada@example.net", "+ada@example.net", "+ada@example.net");
}

static void domains_of_other_scripts_become_a_labels(void **state)
{
	(void)state;
	assert_address("ada@例え.jp", "ada@xn--r8jz45g.jp", "ada@xn--r8jz45g.jp");
	assert_address("ada＠例え。ｊｐ", "ada@xn--r8jz45g.jp", "ada@xn--r8jz45g.jp");
	assert_address(
		"ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example");
	assert_address("ada@Xn--R8JZ45G.jp", "ada@xn--r8jz45g.jp", "ada@xn--r8jz45g.jp");
}

static void letters_outside_ascii_before_the_at_have_their_own_reason(void **state)
{
	(void)state;
	assert_refused(STR("jos\xc3\xa9@example.net"), "mail_non_ascii");
	assert_refused(STR("田中@example.jp"), "mail_non_ascii");
	assert_refused(STR("m\xc4\xb1ke@example.net"), "mail_non_ascii");
	assert_refused(STR("\xe2\x84\xaa@example.net"), "mail_non_ascii");
}

static void what_could_be_two_recipients_or_a_header_is_refused(void **state)
{
	static const struct str bad[] = {
		STR("a@v.example,b@x.example"),
		STR("a@v.example;b@x.example"),
		STR("a@v.example\nBcc: b@x.example"),
		STR("a@v.example\r\nBcc:b@x.example"),
		STR("a\r\n@v.example"),
		STR("a\0@v.example"),
		STR("a@v.example\0"),
		STR("a@v.example\0x"),
		STR("a@v\0.example"),
		STR("\"a b\"@v.example"),
		STR("a\"b@v.example"),
		STR("a@v.example b@x.example"),
		STR("<a@v.example>"),
		STR("Ada <a@v.example>"),
		STR("a(x)@v.example"),
		STR("a@v.example(x)"),
		STR("a@b@v.example"),
		STR("a\\@v.example"),
		STR("@x.example:a@v.example"),
		STR("b%x.example@v.example"),
		STR("x.example!b@v.example"),
		STR("a@v%0acc:b@x.example"),
		STR("a@v|b.example"),
		STR("a@[127.0.0.1]"),
		STR("a@127.0.0.1"),
		STR("a@[IPv6:::1]"),
		STR("a@v.example:25"),
		STR("a@v.example/"),
		STR("a@v_x.example"),
		STR("mailto:a@v.example?cc=b"),
		STR("a,b@v.example"),
		STR("a;b@v.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i], "mail_malformed");
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "a", "@", "a@", "@example.net", "a@localhost",
		".a@example.net", "a.@example.net", "a..b@example.net", "a@.example.net",
		"a@example.net.", "a@example..net", "a@-x.example", "a@x-.example", "a@x y.example",
		"a@ex\xc2\xadmple.net", "a@K\xe2\x84\xaalvin.example", "a@x\xff.example",
		"a\xff@x.example", "a@xn--a.example", "a@\xcc\x81x.example", "a@☕.example",
		"a @example.net" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(str_of(bad[i]), "mail_malformed");
}

/* RFC 5321 4.5.3.1: 64 before the @, 254 in all, 63 a label. */
static void sizes_have_edges(void **state)
{
	char text[400];
	struct buf b = buf_on(text, sizeof(text));

	(void)state;
	for (int i = 0; i < 64; i++)
		buf_char(&b, 'a');
	buf_add(&b, STR("@example.net"));
	text[b.length] = 0;
	assert_address(text, text, text);
	memmove(text + 1, text, b.length + 1);
	assert_refused(str_of(text), "mail_malformed");

	b = buf_on(text, sizeof(text));
	buf_add(&b, STR("aaaaaaaaaa@"));
	for (int label = 0; label < 4; label++) {
		for (int i = 0; i < (label < 3 ? 62 : 51); i++)
			buf_char(&b, 'b');
		buf_add(&b, label < 3 ? STR(".") : STR(".c"));
	}
	text[b.length] = 0;
	assert_int_equal(b.length, 253);
	assert_address(text, text, text);
	memmove(text + 1, text, 254);
	assert_address(text, text, text);
	memmove(text + 1, text, 255);
	assert_refused(str_of(text), "mail_malformed");

	b = buf_on(text, sizeof(text));
	buf_add(&b, STR("a@"));
	for (int i = 0; i < 64; i++)
		buf_char(&b, 'b');
	buf_add(&b, STR(".example"));
	assert_refused(buf_str(&b), "mail_malformed");
	memset(text, 'a', sizeof(text));
	assert_refused((struct str){ text, sizeof(text) }, "mail_malformed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(an_address_keeps_its_local_part),
		CALM(tags_and_case_are_the_same_mailbox),
		CALM(domains_of_other_scripts_become_a_labels),
		CALM(letters_outside_ascii_before_the_at_have_their_own_reason),
		CALM(what_could_be_two_recipients_or_a_header_is_refused),
		CALM(what_is_no_address_is_refused),
		CALM(sizes_have_edges),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
