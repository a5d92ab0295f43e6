/* Legacy hashes, wrapped in the background. */
#include "house.h"

/* {SSHA} of "secret", salt "salt" */
static const char ssha[] = "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0";

static void import(const char *name)
{
	assert_int_equal(ROW(.user_name = str_of(name),
				 .password_hash = secret_take(ctx.arena, ssha, strlen(ssha))),
		0);
}

static void a_wrapped_hash_still_verifies_and_is_legacy_no_more(void **state)
{
	struct hash_cost cost = { ctx.conf->password_memory_kib, ctx.conf->password_passes };
	struct account a;
	size_t done;
	bool stale;

	(void)state;
	import("ada");
	import("eve");
	import("bob");
	assert_int_equal(people_wrap_some(&ctx, 2, &done), 0);
	assert_int_equal(done, 2);
	assert_int_equal(people_wrap_some(&ctx, 2, &done), 0);
	assert_int_equal(done, 1);
	assert_int_equal(people_wrap_some(&ctx, 2, &done), 0);
	assert_int_equal(done, 0);
	a = person("ada");
	assert_false(password_is_legacy(&ctx, a.id, a.password));
	assert_int_equal(password_verify(&ctx, a.id, a.password,
				 secret_take(ctx.arena, "secret", 6), cost, &stale),
		0);
	assert_int_equal(password_verify(&ctx, a.id, a.password,
				 secret_take(ctx.arena, "Secret", 6), cost, &stale),
		reply_wrong);
}

static void a_second_import_leaves_the_wrapped_hash_alone(void **state)
{
	struct account a;
	size_t done;

	(void)state;
	import("ada");
	assert_int_equal(people_wrap_some(&ctx, 9, &done), 0);
	a = person("ada");
	assert_int_equal(ROW(.user_name = STR("ada"), .surname = STR("Lovelace"),
				 .password_hash = secret_take(ctx.arena, ssha, strlen(ssha))),
		0);
	assert_true(str_same(person("ada").password, a.password));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wrapped_hash_still_verifies_and_is_legacy_no_more),
		TEST(a_second_import_leaves_the_wrapped_hash_alone),
	};

	if (!secrets_open(64))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
