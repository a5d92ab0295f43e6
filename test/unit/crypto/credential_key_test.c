/* Keys of authenticators: which are taken, and which signatures are theirs. */
#include "fixture.h"

#include "unit/authenticator.h"

#include <pthread.h>

static const int64_t algorithms[] = { credential_es256, credential_eddsa, credential_es384,
	credential_rs256 };

enum { algorithm_count = sizeof(algorithms) / sizeof(algorithms[0]) };

static void each_algorithm_knows_its_own_signatures(void **state)
{
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a, other;
		struct str signature;

		authenticator_make(&a, algorithms[i]);
		authenticator_make(&other, algorithms[i]);
		signature = authenticator_sign_bytes(c, &a, STR("a message"));
		assert_int_equal(credential_key_check(c, &a.key), 0);
		assert_int_equal(credential_key_verify(c, &a.key, STR("a message"), signature), 0);
		assert_int_equal(
			credential_key_verify(c, &a.key, STR("b message"), signature), reply_wrong);
		assert_int_equal(credential_key_verify(c, &other.key, STR("a message"), signature),
			reply_wrong);
		authenticator_end(&a);
		authenticator_end(&other);
	}
}

static void a_bit_turned_anywhere_in_a_signature_is_seen(void **state)
{
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct str signature;

		authenticator_make(&a, algorithms[i]);
		signature = authenticator_sign_bytes(c, &a, STR("m"));
		for (size_t bit = 0; bit < signature.length * 8; bit++)
			assert_int_equal(credential_key_verify(
						 c, &a.key, STR("m"), with_bit(c, signature, bit)),
				reply_wrong);
		for (size_t length = 0; length < signature.length; length++)
			assert_int_equal(credential_key_verify(
						 c, &a.key, STR("m"), str_upto(signature, length)),
				reply_wrong);
		authenticator_end(&a);
		arena_wipe(c->arena);
	}
}

static void a_longer_signature_is_wrong(void **state)
{
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct buf longer = buf_in(c->arena, 1024);

		authenticator_make(&a, algorithms[i]);
		buf_add(&longer, authenticator_sign_bytes(c, &a, STR("m")));
		while (!longer.full) {
			buf_char(&longer, 0);
			assert_int_equal(
				credential_key_verify(c, &a.key, STR("m"), buf_str(&longer)),
				reply_wrong);
		}
		authenticator_end(&a);
	}
}

/* The algorithm is the key's: no signature is good under a key read as another kind. */
static void a_key_of_one_algorithm_is_none_of_another(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;

		authenticator_make(&a, algorithms[i]);
		for (int64_t other = -300; other < 300; other++) {
			a.key.algorithm = other;
			assert_int_equal(credential_key_check(&world->c, &a.key),
				other == algorithms[i] ? 0 : reply_refused);
		}
		authenticator_end(&a);
	}
}

static void every_other_length_of_a_key_is_refused(void **state)
{
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < 3; i++) {
		struct authenticator a;
		struct credential_key key;
		uint8_t room[128] = { 1 };

		authenticator_make(&a, algorithms[i]);
		for (size_t length = 0; length < sizeof(room); length++) {
			memcpy(room, a.key.first.at, a.key.first.length);
			key = a.key;
			key.first = (struct str){ (const char *)room, length };
			assert_int_equal(credential_key_check(c, &key),
				length == a.key.first.length ? 0 : reply_refused);
			key = a.key;
			memcpy(room, key.second.at ? key.second.at : "", key.second.length);
			key.second = (struct str){ (const char *)room, length };
			assert_int_equal(credential_key_check(c, &key),
				length == a.key.second.length ? 0 : reply_refused);
		}
		authenticator_end(&a);
	}
}

static void a_point_beside_its_curve_is_refused(void **state)
{
	struct world *world = *state;
	struct ctx *c = &world->c;

	for (size_t i = 0; i < algorithm_count; i += 2) {
		struct authenticator a;
		struct credential_key key;

		authenticator_make(&a, algorithms[i]);
		for (size_t bit = 0; bit < a.key.second.length * 8; bit++) {
			key = a.key;
			key.second = with_bit(c, key.second, bit);
			assert_int_equal(credential_key_check(c, &key), reply_refused);
			assert_int_equal(
				credential_key_verify(c, &key, STR("m"), STR("s")), reply_refused);
		}
		authenticator_end(&a);
		arena_wipe(c->arena);
	}
}

static void zeros_and_the_field_itself_are_no_point(void **state)
{
	static const char zeros[48] = { 0 };
	static char ones[48];
	struct world *world = *state;

	memset(ones, 0xff, sizeof(ones));
	for (size_t i = 0; i < 2; i++) {
		struct credential_key key = { .algorithm =
						      i ? credential_es384 : credential_es256 };
		size_t size = i ? 48 : 32;

		key.first = key.second = (struct str){ zeros, size };
		assert_int_equal(credential_key_check(&world->c, &key), reply_refused);
		key.first = key.second = (struct str){ ones, size };
		assert_int_equal(credential_key_check(&world->c, &key), reply_refused);
	}
}

/* RFC 8032 5.1.3 and 5.1.7: the neutral point, one of order 2, one of order 8, a value that is no
 * point, one that is not reduced. */
static void edwards_points_of_small_order_are_refused(void **state)
{
	static const char *const bad[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"0200000000000000000000000000000000000000000000000000000000000000",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t bytes[32];
		struct credential_key key = { credential_eddsa,
			{ (const char *)bytes, sizeof(bytes) }, STR_NONE };

		assert_true(hex_take(str_of(bad[i]), bytes, sizeof(bytes)));
		assert_int_equal(credential_key_check(&world->c, &key), reply_refused);
	}
}

static void short_even_and_padded_numbers_of_rsa_are_refused(void **state)
{
	struct world *world = *state;
	char n[700], e[16];
	struct credential_key key = { .algorithm = credential_rs256 };
	static const struct {
		size_t n_length, e_length;
		uint8_t n_first, n_last, e_first, e_last;
		bool taken;
	} rows[] = {
		{ 256, 3, 0x80, 1, 1, 1, true },
		{ 256, 1, 0xff, 0xff, 3, 3, true },
		{ 512, 4, 0xff, 0xff, 0xff, 0xff, true },
		{ 257, 3, 0x01, 1, 1, 1, true },
		{ 256, 3, 0x7f, 1, 1, 1, false }, /* 2047 bits */
		{ 255, 3, 0xff, 1, 1, 1, false },
		{ 513, 3, 0xff, 1, 1, 1, false },
		{ 257, 3, 0, 1, 1, 1, false },
		{ 256, 3, 0x80, 2, 1, 1, false },
		{ 256, 3, 0x80, 1, 1, 2, false },
		{ 256, 3, 0x80, 1, 0, 1, false },
		{ 256, 1, 0x80, 1, 1, 1, false },
		{ 256, 1, 0x80, 1, 0, 0, false },
		{ 256, 0, 0x80, 1, 1, 1, false },
		{ 256, 5, 0x80, 1, 1, 1, false },
		{ 0, 3, 0x80, 1, 1, 1, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(n, 0x55, sizeof(n));
		memset(e, 0, sizeof(e));
		n[0] = (char)rows[i].n_first;
		n[rows[i].n_length ? rows[i].n_length - 1 : 0] = (char)rows[i].n_last;
		e[0] = (char)rows[i].e_first;
		e[rows[i].e_length ? rows[i].e_length - 1 : 0] = (char)rows[i].e_last;
		key.first = (struct str){ n, rows[i].n_length };
		key.second = (struct str){ e, rows[i].e_length };
		if (credential_key_check(&world->c, &key) != (rows[i].taken ? 0 : reply_refused))
			fail_msg("row %zu", i);
	}
}

/* The curves are shared by all of the keeper's workers. */
static void *check_often(void *of)
{
	const struct authenticator *a = of;
	struct ctx c = { .arena = arena_open(64 * 1024) };
	struct str signature = authenticator_sign_bytes(&c, a, STR("m"));
	intptr_t wrong = 0;

	for (int i = 0; i < 100; i++)
		wrong += credential_key_verify(&c, &a->key, STR("m"), signature) != 0;
	arena_close(&c.arena);
	return (void *)wrong;
}

static void many_threads_check_at_once(void **state)
{
	struct authenticator a[2];
	pthread_t threads[8];
	void *wrong;

	(void)state;
	authenticator_make(&a[0], credential_es256);
	authenticator_make(&a[1], credential_es384);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, check_often, &a[i % 2]), 0);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	authenticator_end(&a[0]);
	authenticator_end(&a[1]);
}

/* RFC 6979 A.2.5 (P-256, SHA-256) and A.2.6 (P-384, SHA-384), "sample"; RFC 8032 7.1, the second.
 */
static void signatures_of_the_rfcs_hold(void **state)
{
	static const struct {
		int64_t algorithm;
		const char *first, *second, *message, *signature;
	} rows[] = {
		{ credential_es256,
			"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
			"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
			"sample",
			"3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
			"022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
		{ credential_es384,
			"ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
			"def8f0ea9055866064a254515480bc13",
			"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
			"288b231c3ae0d4fe7344fd2533264720",
			"sample",
			"306602310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
			"81a648152e44acf96e36dd1e80fabe46023100"
			"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145"
			"786e679e7b82c71a38628ac8" },
		{ credential_eddsa,
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "", "r",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t first[48], second[48], signature[120];
		size_t sizes[] = { strlen(rows[i].first) / 2, strlen(rows[i].second) / 2,
			strlen(rows[i].signature) / 2 };
		struct credential_key key = { rows[i].algorithm, { (const char *)first, sizes[0] },
			{ (const char *)second, sizes[1] } };

		assert_true(hex_take(str_of(rows[i].first), first, sizes[0]));
		assert_true(hex_take(str_of(rows[i].second), second, sizes[1]));
		assert_true(hex_take(str_of(rows[i].signature), signature, sizes[2]));
		if (credential_key_verify(&world->c, &key, str_of(rows[i].message),
			    (struct str){ (const char *)signature, sizes[2] }))
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(each_algorithm_knows_its_own_signatures),
		WORLD(a_bit_turned_anywhere_in_a_signature_is_seen),
		WORLD(a_longer_signature_is_wrong),
		WORLD(a_key_of_one_algorithm_is_none_of_another),
		WORLD(every_other_length_of_a_key_is_refused),
		WORLD(a_point_beside_its_curve_is_refused),
		WORLD(zeros_and_the_field_itself_are_no_point),
		WORLD(edwards_points_of_small_order_are_refused),
		WORLD(short_even_and_padded_numbers_of_rsa_are_refused),
		WORLD(many_threads_check_at_once),
		WORLD(signatures_of_the_rfcs_hold),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
