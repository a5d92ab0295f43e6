/* Whatever libcrypto refuses to do: no signature holds for it, and no key is taken. */
#include "fixture.h"

#include "unit/authenticator.h"
#include "unit/failing.h"

MAY_FAIL(EVP_PKEY *, EVP_PKEY_dup, NULL, (EVP_PKEY * key), (key))
MAY_FAIL(int, EVP_PKEY_set1_encoded_public_key, 0,
	(EVP_PKEY * key, const unsigned char *bytes, size_t size), (key, bytes, size))
MAY_FAIL(EVP_PKEY *, EVP_PKEY_new_raw_public_key, NULL,
	(int type, ENGINE *by, const unsigned char *bytes, size_t size), (type, by, bytes, size))
MAY_FAIL(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
	(OSSL_LIB_CTX * from, const char *name, const char *query), (from, name, query))
MAY_FAIL(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX * making), (making))
MAY_FAIL(int, EVP_PKEY_fromdata, 0,
	(EVP_PKEY_CTX * making, EVP_PKEY **out, int selection, OSSL_PARAM parts[]),
	(making, out, selection, parts))
MAY_FAIL(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
MAY_FAIL(int, EVP_DigestVerifyInit, 0,
	(EVP_MD_CTX * digest, EVP_PKEY_CTX **with, const EVP_MD *md, ENGINE *by, EVP_PKEY *key),
	(digest, with, md, by, key))
MAY_FAIL(int, EVP_DigestVerify, 0,
	(EVP_MD_CTX * digest, const unsigned char *signature, size_t length,
		const unsigned char *message, size_t size),
	(digest, signature, length, message, size))

static void no_call_that_fails_makes_a_signature_hold(void **state)
{
	static const int64_t algorithms[] = { credential_es256, credential_eddsa, credential_es384,
		credential_rs256 };
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < 4; i++) {
		struct authenticator a;
		struct str signature;
		int nth = 0;

		authenticator_make(&a, algorithms[i]);
		signature = authenticator_sign_bytes(c, &a, STR("m"));
		for (;;) {
			fail_at(++nth);
			err e = credential_key_verify(c, &a.key, STR("m"), signature);
			if (!failure_came())
				break;
			assert_int_not_equal(e, 0);
		}
		assert_true(nth > 4);
		authenticator_end(&a);
	}
}

static void no_call_that_fails_makes_a_key(void **state)
{
	struct world *world = *state;
	struct authenticator a;
	int nth = 0;

	authenticator_make(&a, credential_rs256);
	for (;;) {
		fail_at(++nth);
		err e = credential_key_check(&world->c, &a.key);
		if (!failure_came())
			break;
		assert_int_not_equal(e, 0);
	}
	assert_true(nth > 3);
	authenticator_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(no_call_that_fails_makes_a_signature_hold),
		WORLD(no_call_that_fails_makes_a_key),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
