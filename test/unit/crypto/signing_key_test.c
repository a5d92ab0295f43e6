/* Keys that sign tokens: each knows its own signatures, in the form of JWS, and nothing else's. */
#include "fixture.h"

struct made {
	struct str private;
	struct credential_key public;
};

static struct made make(struct ctx *c, int64_t algorithm)
{
	struct made m;

	assert_int_equal(signing_key_make(c, algorithm, &m.private, &m.public), 0);
	return m;
}

static struct str sign(struct ctx *c, const struct made *m, struct str message)
{
	struct str signature;

	assert_int_equal(
		signing_key_sign(c, m->public.algorithm, m->private, message, &signature), 0);
	return signature;
}

static void a_key_knows_its_own_signatures(void **state)
{
	static const int64_t algorithms[] = { credential_es256, credential_rs256 };
	static const size_t sizes[] = { 64, 384 }, first[] = { 32, 384 };
	struct ctx *c = &((struct world *)*state)->c;

	for (size_t i = 0; i < 2; i++) {
		struct made a = make(c, algorithms[i]), other = make(c, algorithms[i]);
		struct str signature = sign(c, &a, STR("a message"));

		assert_int_equal(signature.length, sizes[i]);
		assert_int_equal(a.public.first.length, first[i]);
		assert_int_equal(credential_key_check(c, &a.public), 0);
		assert_int_equal(signing_key_verify(c, &a.public, STR("a message"), signature), 0);
		assert_int_equal(
			signing_key_verify(c, &a.public, STR("b message"), signature), reply_wrong);
		assert_int_equal(signing_key_verify(c, &other.public, STR("a message"), signature),
			reply_wrong);
		assert_int_equal(signing_key_verify(c, &a.public, STR("a message"),
					 str_upto(signature, signature.length - 1)),
			reply_wrong);
	}
}

/* What libcrypto writes by itself is DER, and its length changes: both numbers have 32 bytes all
 * the same. */
static void many_signatures_have_one_length(void **state)
{
	struct ctx *c = &((struct world *)*state)->c;
	struct made a = make(c, credential_es256);

	for (int i = 0; i < 300; i++) {
		struct str signature = sign(c, &a, STR("m"));

		assert_int_equal(signature.length, 64);
		assert_int_equal(signing_key_verify(c, &a.public, STR("m"), signature), 0);
	}
}

/* The algorithm is the key's: one that is read as another kind signs nothing (RFC 8725 3.1). */
static void a_key_is_of_one_kind(void **state)
{
	struct ctx *c = &((struct world *)*state)->c;
	struct made curve = make(c, credential_es256), rsa = make(c, credential_rs256);
	struct str signature, zeros = { arena_take(c->arena, 64), 64 };

	assert_true(signing_key_sign(c, credential_rs256, curve.private, STR("m"), &signature) < 0);
	assert_true(signing_key_sign(c, credential_es256, rsa.private, STR("m"), &signature) < 0);
	assert_int_equal(signing_key_verify(c, &rsa.public, STR("m"), sign(c, &curve, STR("m"))),
		reply_wrong);
	assert_int_equal(signing_key_verify(c, &curve.public, STR("m"), sign(c, &rsa, STR("m"))),
		reply_wrong);
	/* Zeros for both numbers (CVE-2022-21449). */
	assert_int_equal(signing_key_verify(c, &curve.public, STR("m"), zeros), reply_wrong);
	assert_int_equal(signing_key_verify(c, &curve.public, STR("m"), STR_NONE), reply_wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_key_knows_its_own_signatures, world_open, world_close),
		cmocka_unit_test_setup_teardown(
			many_signatures_have_one_length, world_open, world_close),
		cmocka_unit_test_setup_teardown(a_key_is_of_one_kind, world_open, world_close),
	};

	return cmocka_run_group_tests_name("keys that sign tokens", tests, NULL, NULL);
}
