/* CBOR: what authenticators may write is read, and nothing else; examples of RFC 8949 appendix A.
 */
#include "check.h"

#include "web/attestation.h"

static bool whole(const char *hex)
{
	uint8_t bytes[2048];
	size_t size = strlen(hex) / 2;
	struct str rest = { (const char *)bytes, size }, item;

	assert_true(size <= sizeof(bytes) && hex_take(str_of(hex), bytes, size));
	return item_whole(&rest, &item) && rest.length == 0 && item.length == size;
}

static void what_is_read(void **state)
{
	static const char *const good[] = { "00", "17", "1818", "18ff", "190100", "1a00010000",
		"1b0000000100000000", "1bffffffffffffffff", "20", "37", "3818", "390100",
		"3bffffffffffffffff", "40", "4401020304", "60", "6161", "62c3bc", "80", "83010203",
		"8301820203820405", "a0", "a201020304", "a26161016162820203", "f4", "f5", "a120f5",
		"a301f4206000a0" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!whole(good[i]))
			fail_msg("%s", good[i]);
}

static void what_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"18",
		"19",
		"1901",
		"1a000000",
		"1b00000000000000", /* cut */
		"1817",
		"1800",
		"1900ff",
		"1a0000ffff",
		"1b00000000ffffffff", /* longer than need be */
		"3817",
		"3900ff",
		"5801aa",
		"58020000",
		"780161",
		"980101",
		"b8010101",
		"9b000000000000000101",
		"1c",
		"1d",
		"1e",
		"1f",
		"3f",
		"5c",
		"7d",
		"9e",
		"bc", /* reserved */
		"5f42010243030405ff",
		"7f657374726561646d696e67ff",
		"9fff",
		"9f01ff",
		"bfff", /* indefinite */
		"f6",
		"f7",
		"e0",
		"f8ff",
		"f0",
		"ff", /* null, undefined, simple values, break */
		"f90000",
		"fa47c35000",
		"fb3ff199999999999a", /* numbers with a point */
		"c000",
		"c249010000000000000000",
		"d9d9f700",
		"d818456449455446", /* tags */
		"41",
		"4401",
		"5818aa",
		"5affffffff",
		"5bffffffffffffffff", /* shorter than they say */
		"61ff",
		"62c328",
		"63eda080",
		"6180",
		"62c0af", /* no UTF-8 */
		"81",
		"8201",
		"9affffffff",
		"9bffffffffffffffff",
		"9bffffffffffffffff00",
		"a1",
		"a101",
		"a2010203",
		"baffffffff",
		"bbffffffffffffffff",
		"a201020103",
		"a2616101616102",
		"a220002001",
		"a3010002000100", /* a key twice */
		"a1400000",
		"a14000",
		"a18000",
		"a1a000",
		"a1f400", /* a key of another kind */
		"81f6",
		"a101f6",
		"a101a1f600",
		"8181c000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (whole(bad[i]))
			fail_msg("%s", bad[i]);
}

static void arrays_and_maps_are_eight_deep(void **state)
{
	(void)state;
	assert_true(whole("818181818181818100"));
	assert_true(whole("8181818181818180"));
	assert_false(whole("81818181818181818100"));
	assert_false(whole("818181818181818180"));
	assert_true(whole("a100a100a100a100a100a100a100a0"));
	assert_false(whole("a100a100a100a100a100a100a100a100a0"));
	assert_false(whole("a10081a10081a10081a1008180"));
}

static void a_map_has_32_pairs(void **state)
{
	char text[300];
	struct buf b;

	(void)state;
	for (unsigned pairs = 31; pairs <= 33; pairs++) {
		b = buf_on(text, sizeof(text) - 1);
		buf_print(&b, "b8%02x", pairs);
		for (unsigned i = 0; i < pairs; i++)
			buf_print(&b, i < 24 ? "%02x00" : "18%02x00", i);
		text[b.length] = 0;
		assert_int_equal(whole(text), pairs <= 32);
	}
}

static void what_follows_is_left(void **state)
{
	struct str rest = STR("\x01\x02"), item;

	(void)state;
	assert_true(item_whole(&rest, &item));
	assert_true(str_is(rest, "\x02") && str_is(item, "\x01"));
}

static void small_numbers_are_within_32_bits(void **state)
{
	int64_t n;

	(void)state;
	assert_true(item_small(&(struct item){ item_number, INT32_MAX, STR_NONE }, &n));
	assert_int_equal(n, INT32_MAX);
	assert_true(item_small(&(struct item){ item_negative, INT32_MAX, STR_NONE }, &n));
	assert_int_equal(n, INT32_MIN);
	assert_false(item_small(&(struct item){ item_number, UINT64_MAX, STR_NONE }, &n));
	assert_false(item_small(&(struct item){ item_negative, UINT64_MAX, STR_NONE }, &n));
	assert_false(item_small(&(struct item){ item_text, 1, STR_NONE }, &n));
	assert_false(item_small(&(struct item){ item_bool, 1, STR_NONE }, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(arrays_and_maps_are_eight_deep),
		cmocka_unit_test(a_map_has_32_pairs),
		cmocka_unit_test(what_follows_is_left),
		cmocka_unit_test(small_numbers_are_within_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
