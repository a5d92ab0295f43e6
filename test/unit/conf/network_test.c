/* Networks as CIDR lists, and whether an address is in one. */
#include "setup.h"

static bool has(const char *network, const char *address)
{
	struct network one;

	assert_null(network_of(str_of(network), &one));
	return network_has((struct networks){ &one, 1 }, str_of(address));
}

static void an_address_is_in_its_network(void **state)
{
	(void)state;
	assert_true(has("10.0.0.0/8", "10.255.0.1"));
	assert_true(has("192.0.2.128/25", "192.0.2.200"));
	assert_true(has("192.0.2.7", "192.0.2.7"));
	assert_true(has("0.0.0.0/0", "8.8.8.8"));
	assert_true(has("2001:db8::/33", "2001:db8:7fff::1"));
	assert_true(has("::/0", "2001:db8::1"));
	assert_true(has("127.0.0.0/8", "::ffff:127.0.0.1"));
}

static void an_address_outside_is_not(void **state)
{
	(void)state;
	assert_false(has("10.0.0.0/8", "11.0.0.1"));
	assert_false(has("192.0.2.128/25", "192.0.2.127"));
	assert_false(has("192.0.2.7", "192.0.2.6"));
	assert_false(has("2001:db8::/33", "2001:db8:8000::1"));
	assert_false(has("::/0", "192.0.2.7"));
	assert_false(has("::/0", "::ffff:192.0.2.7"));
	assert_false(has("0.0.0.0/0", "2001:db8::1"));
}

static void what_is_no_address_is_in_no_network(void **state)
{
	static const char *const none[] = { "", "10", "10.0.0.1 ", "10.0.0.256", "010.0.0.1",
		"unix", "::1%lo" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(has("0.0.0.0/0", none[i]));
		assert_false(has("::/0", none[i]));
	}
	assert_false(network_has((struct networks){ NULL, 0 }, STR("10.0.0.1")));
}

static void what_is_no_network_is_refused_with_words(void **state)
{
	static const char *const bad[] = { "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.1/8",
		"10.0.0.0/8/8", "2001:db8::/129", "2001:db8::1/32", "/8", "example.org",
		"10.0.0.0/ 8" };
	struct network one;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(network_of(str_of(bad[i]), &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_(an_address_is_in_its_network),
		case_(an_address_outside_is_not),
		case_(what_is_no_address_is_in_no_network),
		case_(what_is_no_network_is_refused_with_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
