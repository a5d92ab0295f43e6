/* Sealed values, digests, signatures: any change at any byte is seen. */
#include "unit/crypto/fixture.h"

static void a_sealed_value_opens_again(void **state)
{
	struct world *w = *state;
	struct secret *plain;
	struct str sealed, text;

	assert_int_equal(seal(&w->c, key_seal, STR("row 1"), STR("seed"), &sealed), 0);
	assert_int_equal(sealed.length, 4 + seal_overhead);
	assert_int_equal(str_find(sealed, STR("seed")), sealed.length);
	assert_int_equal(unseal(&w->c, key_seal, STR("row 1"), sealed, &plain), 0);
	assert_true(secret_same(plain, STR("seed")));
	assert_int_equal(unseal_text(&w->c, key_seal, STR("row 1"), sealed, &text), 0);
	assert_true(str_is(text, "seed"));
}

static void nothing_at_all_can_be_sealed(void **state)
{
	struct world *w = *state;
	struct secret *plain;
	struct str sealed;

	assert_int_equal(seal(&w->c, key_seal, STR_NONE, STR_NONE, &sealed), 0);
	assert_int_equal(unseal(&w->c, key_seal, STR_NONE, sealed, &plain), 0);
	assert_int_equal(secret_length(plain), 0);
}

static void a_bit_flipped_at_any_byte_is_seen(void **state)
{
	struct world *w = *state;
	struct secret *plain = NULL;
	struct str sealed;
	char copy[64];

	assert_int_equal(seal(&w->c, key_seal, STR("row 1"), STR("seed"), &sealed), 0);
	for (size_t bit = 0; bit < sealed.length * 8; bit++) {
		memcpy(copy, sealed.at, sealed.length);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(unseal(&w->c, key_seal, STR("row 1"),
					 (struct str){ copy, sealed.length }, &plain),
			reply_wrong);
		assert_null(plain);
	}
	for (size_t length = 0; length < sealed.length; length++)
		assert_int_equal(
			unseal(&w->c, key_seal, STR("row 1"), str_upto(sealed, length), &plain),
			reply_wrong);
}

static void a_value_of_another_row_or_purpose_does_not_open(void **state)
{
	struct world *w = *state;
	struct secret *plain;
	struct str sealed;

	assert_int_equal(seal(&w->c, key_seal, STR("row 1"), STR("seed"), &sealed), 0);
	assert_int_equal(unseal(&w->c, key_seal, STR("row 2"), sealed, &plain), reply_wrong);
	assert_int_equal(unseal(&w->c, key_seal, STR_NONE, sealed, &plain), reply_wrong);
	assert_int_equal(unseal(&w->c, key_person, STR("row 1"), sealed, &plain), reply_wrong);
}

static void what_is_too_long_for_a_secret_opens_as_text(void **state)
{
	static char plain[secret_size_max + 1];
	struct world *w = *state;
	struct str sealed, text;
	struct secret *secret;

	memset(plain, 'x', sizeof(plain));
	assert_int_equal(
		seal(&w->c, key_seal, STR("a"), (struct str){ plain, sizeof(plain) }, &sealed), 0);
	assert_int_equal(unseal(&w->c, key_seal, STR("a"), sealed, &secret), reply_wrong);
	assert_int_equal(unseal_text(&w->c, key_seal, STR("a"), sealed, &text), 0);
	assert_int_equal(text.length, sizeof(plain));
	assert_int_equal(unseal_text(&w->c, key_seal, STR("b"), sealed, &text), reply_wrong);
}

static void the_same_value_is_never_sealed_the_same(void **state)
{
	struct world *w = *state;
	struct str a, b;

	assert_int_equal(seal(&w->c, key_seal, STR("row"), STR("seed"), &a), 0);
	assert_int_equal(seal(&w->c, key_seal, STR("row"), STR("seed"), &b), 0);
	assert_false(str_same(a, b));
}

static void a_key_of_ones_own_seals_too(void **state)
{
	struct world *w = *state;
	struct str key = STR("0123456789abcdef0123456789abcdef"), sealed, plain;
	struct str other = STR("0123456789abcdef0123456789abcdeg");

	assert_int_equal(seal_with(&w->c, key, STR("a"), STR("name"), &sealed), 0);
	assert_int_equal(unseal_with(&w->c, key, STR("a"), sealed, &plain), 0);
	assert_true(str_is(plain, "name"));
	assert_int_equal(unseal_with(&w->c, other, STR("a"), sealed, &plain), reply_wrong);
	assert_int_equal(unseal_with(&w->c, key, STR("b"), sealed, &plain), reply_wrong);
}

static void a_full_arena_is_a_fault(void **state)
{
	static const char big[1 << 20];
	struct world *w = *state;
	struct str sealed;

	assert_int_equal(seal(&w->c, key_seal, STR("a"), (struct str){ big, sizeof(big) }, &sealed),
		-fault_arena);
}

/* ---- digests ---- */

static bool digests_same(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, digest_size) == 0;
}

static void a_plain_digest_is_blake2b_of_256_bits(void **state)
{
	uint8_t digest[digest_size], known[digest_size];

	(void)state;
	digest_plain(STR("abc"), digest);
	assert_true(
		hex_take(STR("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
			known, sizeof(known)));
	assert_true(digests_same(digest, known));
}

static void a_keyed_digest_depends_on_purpose_place_and_bytes(void **state)
{
	struct world *w = *state;
	uint8_t a[digest_size], b[digest_size];

	digest_keyed(w->keys, key_code, STR("ab"), STR("c"), a);
	digest_keyed(w->keys, key_code, STR("ab"), STR("c"), b);
	assert_true(digests_same(a, b));
	digest_keyed(w->keys, key_code, STR("a"), STR("bc"), b);
	assert_false(digests_same(a, b));
	digest_keyed(w->keys, key_token, STR("ab"), STR("c"), b);
	assert_false(digests_same(a, b));
	digest_keyed(w->keys, key_code, STR("ab"), STR("d"), b);
	assert_false(digests_same(a, b));
	digest_keyed(w->keys, key_code, STR_NONE, STR_NONE, b);
	assert_false(digests_same(a, b));
}

/* RFC 2202, case 2. */
static void hmac_sha1_is_as_the_rfc_says(void **state)
{
	uint8_t mac[hmac_sha1_size], known[hmac_sha1_size];
	struct ctx c = { 0 };

	(void)state;
	assert_int_equal(
		digest_hmac_sha1(&c, STR("Jefe"), STR("what do ya want for nothing?"), mac), 0);
	assert_true(
		hex_take(STR("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"), known, sizeof(known)));
	assert_memory_equal(mac, known, sizeof(mac));
}

/* ---- signatures ---- */

static void a_signature_holds_for_its_bytes_and_key_alone(void **state)
{
	struct world *w = *state;
	uint8_t signature[signature_size], public_key[public_key_size];

	sign_bytes(w->keys, STR("head of a day"), signature);
	sign_public(w->keys, public_key);
	assert_true(sign_holds(public_key, STR("head of a day"), signature));
	assert_false(sign_holds(public_key, STR("head of a dax"), signature));
	for (size_t bit = 0; bit < sizeof(signature) * 8; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sign_holds(public_key, STR("head of a day"), signature));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	public_key[0] ^= 1;
	assert_false(sign_holds(public_key, STR("head of a day"), signature));
}

/* RFC 8032, 7.1, test 2. */
static void a_signature_of_the_rfc_holds(void **state)
{
	uint8_t public_key[public_key_size], signature[signature_size];

	(void)state;
	assert_true(
		hex_take(STR("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
			public_key, sizeof(public_key)));
	assert_true(
		hex_take(STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
			signature, sizeof(signature)));
	assert_true(sign_holds(public_key, STR("\x72"), signature));
	assert_false(sign_holds(public_key, STR("\x73"), signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(a_sealed_value_opens_again),
		WORLD(nothing_at_all_can_be_sealed),
		WORLD(a_bit_flipped_at_any_byte_is_seen),
		WORLD(a_value_of_another_row_or_purpose_does_not_open),
		WORLD(what_is_too_long_for_a_secret_opens_as_text),
		WORLD(the_same_value_is_never_sealed_the_same),
		WORLD(a_key_of_ones_own_seals_too),
		WORLD(a_full_arena_is_a_fault),
		WORLD(a_plain_digest_is_blake2b_of_256_bits),
		WORLD(a_keyed_digest_depends_on_purpose_place_and_bytes),
		WORLD(hmac_sha1_is_as_the_rfc_says),
		WORLD(a_signature_holds_for_its_bytes_and_key_alone),
		WORLD(a_signature_of_the_rfc_holds),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
