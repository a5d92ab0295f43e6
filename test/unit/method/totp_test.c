/* Codes of authenticator apps: the RFCs' vectors, the window, each code once. */
#include "unit/failing.h"
#include "unit/method/fixture.h"

#include <openssl/hmac.h>

MAY_FAIL(unsigned char *, HMAC, NULL,
	(const EVP_MD *md, const void *key, int key_length, const unsigned char *data, size_t size,
		unsigned char *made, unsigned *length),
	(md, key, key_length, data, size, made, length))

static struct secret *rfc_seed(void)
{
	return typed("12345678901234567890");
}

/* RFC 4226, appendix D. */
static void the_codes_of_a_counter_are_as_the_rfc_says(void **state)
{
	static const char *const codes[] = { "755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489" };

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		uint8_t code[6];

		assert_int_equal(hotp_write(&ctx, rfc_seed(), i, code, sizeof(code)), 0);
		assert_memory_equal(code, codes[i], sizeof(code));
	}
}

/* RFC 6238, appendix B, SHA-1. */
static void the_codes_of_a_time_are_as_the_rfc_says(void **state)
{
	static const struct {
		int64_t time;
		const char *code;
	} rows[] = { { 59, "94287082" }, { 1111111109, "07081804" }, { 1111111111, "14050471" },
		{ 1234567890, "89005924" }, { 2000000000, "69279037" },
		{ 20000000000, "65353130" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct secret *six;
		uint8_t eight[8];

		assert_int_equal(hotp_write(&ctx, rfc_seed(), (uint64_t)rows[i].time / 30, eight,
					 sizeof(eight)),
			0);
		assert_memory_equal(eight, rows[i].code, sizeof(eight));
		assert_int_equal(totp_code(&ctx, rfc_seed(), rows[i].time, &six), 0);
		assert_true(secret_same(six, str_of(rows[i].code + 2)));
	}
}

static struct secret *code_at(int64_t step)
{
	struct secret *code;

	assert_int_equal(totp_code(&ctx, rfc_seed(), step * 30, &code), 0);
	return code;
}

enum { here = 41152263 }; /* 1234567890 / 30 */

static void one_step_before_and_after_count(void **state)
{
	(void)state;
	for (int64_t off = -3; off <= 3; off++) {
		for (int64_t second = 0; second < 30; second += 29) {
			int64_t step = 0;
			err e = totp_match(&ctx, rfc_seed(), code_at(here + off),
				here * 30 + second, 0, &step);

			assert_int_equal(e, off >= -1 && off <= 1 ? 0 : reply_wrong);
			assert_int_equal(step, e ? 0 : here + off);
		}
	}
}

static void a_code_at_or_below_the_floor_is_wrong(void **state)
{
	int64_t step;

	(void)state;
	for (int64_t off = -1; off <= 1; off++) {
		struct secret *code = code_at(here + off);

		assert_int_equal(totp_match(&ctx, rfc_seed(), code, here * 30, here + off, &step),
			reply_wrong);
		assert_int_equal(
			totp_match(&ctx, rfc_seed(), code, here * 30, here + off - 1, &step), 0);
	}
}

static void another_length_is_wrong(void **state)
{
	int64_t step;

	(void)state;
	assert_int_equal(totp_match(&ctx, rfc_seed(), typed(""), 59, 0, &step), reply_wrong);
	assert_int_equal(totp_match(&ctx, rfc_seed(), typed("28708"), 59, 0, &step), reply_wrong);
	assert_int_equal(totp_match(&ctx, rfc_seed(), typed("2870820"), 59, 0, &step), reply_wrong);
	assert_int_equal(
		totp_match(&ctx, rfc_seed(), typed("94287082"), 59, 0, &step), reply_wrong);
}

static void the_beginning_of_time_is_no_trap(void **state)
{
	int64_t step;

	(void)state;
	assert_int_equal(totp_match(&ctx, rfc_seed(), code_at(0), 0, -1, &step), 0);
	assert_int_equal(step, 0);
	assert_int_equal(totp_match(&ctx, rfc_seed(), code_at(1), -1, -1, &step), 0);
}

static void seeds_are_160_bits_and_differ(void **state)
{
	struct secret *a, *b;

	(void)state;
	assert_int_equal(totp_seed_make(&ctx, &a), 0);
	assert_int_equal(totp_seed_make(&ctx, &b), 0);
	assert_int_equal(secret_length(a), 20);
	assert_false(secret_same(a, secret_show(b)));
}

static void assert_uri(const char *issuer, const char *name, const char *uri)
{
	struct secret *made;

	assert_int_equal(totp_uri(&ctx, rfc_seed(), str_of(issuer), str_of(name), &made), 0);
	if (!str_is(secret_show(made), uri))
		fail_msg("%.*s", STR_ARG(secret_show(made)));
}

static void the_uri_is_escaped(void **state)
{
	/* RFC 3986 2.3: what needs no escape, and its neighbours that do */
	static const char alphabet[] = "-._~09AZaz", beside[] = "/@[`{}";
	(void)state;
	assert_uri("Example", alphabet,
		"otpauth://totp/"
		"Example:-._~09AZaz?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example");
	assert_uri("Example", beside,
		"otpauth://totp/"
		"Example:%2F%40%5B%60%7B%7D?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
		"Example");
	assert_uri("Example Co", "ada@example.net",
		"otpauth://totp/Example%20Co:ada%40example.net"
		"?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Co");
	assert_uri("A&B:C?#/", "x\"y\n",
		"otpauth://totp/A%26B%20C%3F%23%2F:x%22y%0A"
		"?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%26B%20C%3F%23%2F");
	assert_uri("例", "",
		"otpauth://totp/%E4%BE%8B:"
		"?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E4%BE%8B");
}

static void a_long_uri_is_cut_between_letters(void **state)
{
	char issuer[304] = "a", name[304];
	struct secret *made;
	struct str uri;

	(void)state;
	for (size_t i = 1; i < 301; i += 3)
		memcpy(issuer + i, "例", 4);
	memset(name, ' ', 303);
	name[303] = 0;
	assert_int_equal(totp_uri(&ctx, rfc_seed(), str_of(issuer), str_of(name), &made), 0);
	uri = secret_show(made);
	assert_true(uri.length <= 600);
	assert_true(str_ends(uri, STR("%E4%BE%8B")));
}

/* No code is right that could not be compared, and none is half made. */
static void a_code_without_its_digest_is_a_fault(void **state)
{
	struct secret *code = NULL, *right;
	uint8_t written[6];
	int64_t step;
	int nth = 0;
	bool came;

	(void)state;
	fail_at(1);
	assert_int_equal(hotp_write(&ctx, rfc_seed(), 1, written, sizeof(written)), -fault_crypto);
	fail_at(1);
	assert_int_equal(totp_code(&ctx, rfc_seed(), 59, &code), -fault_crypto);
	assert_null(code);
	assert_int_equal(totp_code(&ctx, rfc_seed(), 59, &right), 0);
	do {
		fail_at(++nth);
		err e = totp_match(&ctx, rfc_seed(), right, 59, 0, &step);
		came = failure_came();
		assert_int_equal(e, came ? -fault_crypto : 0);
	} while (came);
	assert_true(nth > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(the_codes_of_a_counter_are_as_the_rfc_says),
		CALM(the_codes_of_a_time_are_as_the_rfc_says),
		CALM(one_step_before_and_after_count),
		CALM(a_code_at_or_below_the_floor_is_wrong),
		CALM(another_length_is_wrong),
		CALM(the_beginning_of_time_is_no_trap),
		CALM(seeds_are_160_bits_and_differ),
		CALM(a_code_without_its_digest_is_a_fault),
		CALM(the_uri_is_escaped),
		CALM(a_long_uri_is_cut_between_letters),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
