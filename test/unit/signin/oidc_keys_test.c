/* Keys that sign: one at a time, known before and after. */
#include "oidc.h"

#include "../../../src/signin/oidc_inside.h"

static const char *states(void)
{
	static char text[200];
	struct buf b = buf_on(text, sizeof(text) - 1);
	const struct rec_signing_key *all;

	out = (struct answer){ 0 };
	assert_int_equal(serve_application_keys(&ctx, &(struct op_application_keys){ 0 }, &out), 0);
	all = out.items;
	for (size_t i = 0; i < out.item_count; i++)
		buf_print(&b, "%s%.*s %.*s", i ? ", " : "", STR_ARG(all[i].algorithm),
			STR_ARG(all[i].state));
	text[b.length] = 0;
	return text;
}

static void tend(void)
{
	assert_int_equal(oidc_tend(&ctx), 0);
}

static err rotate(bool at_once)
{
	out = (struct answer){ 0 };
	return serve_application_rotate_keys(
		&ctx, &(struct op_application_rotate_keys){ at_once }, &out);
}

static struct str signed_now(const char *algorithm)
{
	struct str token;

	assert_int_equal(oidc_sign(&ctx, str_of(algorithm), "JWT", STR("{}"), &token), 0);
	return token;
}

static bool known(struct str token)
{
	struct str claims;

	return oidc_read(&ctx, "JWT", token, &claims) == 0;
}

static void keys_are_made_for_the_algorithms_in_use(void **state)
{
	(void)state;
	tend();
	assert_string_equal(states(), "");
	assert_int_equal(rotate(false), reply_nothing);
	(void)APPLICATION();
	tend();
	assert_string_equal(states(), "ES256 signs");
	tend();
	assert_string_equal(states(), "ES256 signs");
	(void)APPLICATION(.name = STR("Old"), .algorithm = STR("RS256"));
	ctx.now++;
	tend();
	assert_string_equal(states(), "RS256 signs, ES256 signs");
}

static void a_new_key_waits_until_it_is_known(void **state)
{
	struct str first, second;

	(void)state;
	(void)APPLICATION();
	tend();
	first = signed_now("ES256");
	ctx.now += 5000;
	assert_int_equal(rotate(false), 0);
	assert_string_equal(states(), "ES256 waits, ES256 signs");
	ctx.now += 3600;
	assert_string_equal(states(), "ES256 signs, ES256 goes");
	second = signed_now("ES256");
	tend();
	assert_true(known(first) && known(second));
	ctx.now += 2 * 86400;
	tend();
	assert_string_equal(states(), "ES256 signs");
	assert_true(!known(first) && known(second));
}

static void a_key_is_replaced_by_its_age(void **state)
{
	(void)state;
	(void)APPLICATION();
	tend();
	ctx.now += 90 * 86400 - 1;
	tend();
	assert_string_equal(states(), "ES256 signs");
	ctx.now++;
	tend();
	assert_string_equal(states(), "ES256 waits, ES256 signs");
}

static void after_a_theft_the_old_ones_count_no_more(void **state)
{
	struct str first;

	(void)state;
	(void)APPLICATION();
	tend();
	first = signed_now("ES256");
	ctx.now++;
	assert_int_equal(rotate(true), 0);
	assert_string_equal(states(), "ES256 signs");
	assert_false(known(first));
	assert_true(known(signed_now("ES256")));
}

static void the_public_parts_are_shown_and_no_other(void **state)
{
	const struct rec_oidc_key *all;

	(void)state;
	(void)APPLICATION();
	(void)APPLICATION(.name = STR("Old"), .algorithm = STR("RS256"));
	tend();
	out = (struct answer){ 0 };
	assert_int_equal(serve_oidc_keys(&ctx, &(struct op_oidc_keys){ 0 }, &out), 0);
	assert_int_equal(out.item_count, 2);
	all = out.items;
	for (size_t i = 0; i < 2; i++) {
		bool rsa = str_is(all[i].algorithm, "RS256");

		assert_int_equal(all[i].first.length, rsa ? 384 : 32);
		assert_int_equal(all[i].second.length, rsa ? 3 : 32);
		assert_int_equal(all[i].kid.length, 32);
	}
	/* In the store the private ones are sealed. */
	assert_held("COUNT(*) FROM oidc_key WHERE INSTR(sealed, x'3077020101') > 0", 0);
}

static void there_are_not_more_than_can_be_shown(void **state)
{
	(void)state;
	(void)APPLICATION();
	tend();
	for (int i = 1; i < 16; i++)
		assert_int_equal(rotate(false), 0);
	assert_int_equal(rotate(false), reply_too_many);
	assert_int_equal(rotate(true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOUSE(keys_are_made_for_the_algorithms_in_use),
		IN_HOUSE(a_new_key_waits_until_it_is_known),
		IN_HOUSE(a_key_is_replaced_by_its_age),
		IN_HOUSE(after_a_theft_the_old_ones_count_no_more),
		IN_HOUSE(the_public_parts_are_shown_and_no_other),
		IN_HOUSE(there_are_not_more_than_can_be_shown),
	};

	must_be(secrets_open(200));
	return cmocka_run_group_tests_name("signing keys", tests, NULL, NULL);
}
