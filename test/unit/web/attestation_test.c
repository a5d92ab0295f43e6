/* The attestation object and the key in it: flat, and the same that the keeper finds in the bytes.
 */
#include "check.h"

#include "method/passkey.h"
#include "web/attestation.h"

#include "unit/authenticator.h"

static const int64_t algorithms[] = { -7, -8, -35, -257 };

enum { algorithm_count = sizeof(algorithms) / sizeof(algorithms[0]) };

static struct ctx ctx;

static int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(1 << 20);
	return ctx.arena && secrets_open(4) && crypto_open(&ctx) == 0 ? 0 : -1;
}

static int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

static int wipe_ctx(void **state)
{
	(void)state;
	arena_wipe(ctx.arena);
	return 0;
}

#define CALM(test) cmocka_unit_test_teardown(test, wipe_ctx)

static struct str data_of(const struct authenticator *a, unsigned flags, struct str tail)
{
	return registration_data(&ctx, "example.org", flags, STR("an id"), &a->key, tail);
}

static void add_format(struct buf *b, const char *format)
{
	cbor_text(b, "fmt");
	cbor_text(b, format);
}

static void add_statement(struct buf *b)
{
	cbor_text(b, "attStmt");
	cbor_head(b, 5, 0);
}

static void add_data(struct buf *b, struct str data)
{
	cbor_text(b, "authData");
	cbor_bytes(b, data);
}

static struct buf object_of(unsigned pairs)
{
	struct buf b = buf_in(ctx.arena, 3000);

	cbor_head(&b, 5, pairs);
	return b;
}

static struct str object(struct str data)
{
	struct buf b = object_of(3);

	add_format(&b, "none");
	add_statement(&b);
	add_data(&b, data);
	must_be(!b.full);
	return buf_str(&b);
}

static bool taken(struct str bytes)
{
	struct attestation out;

	return attestation_take(bytes, &out);
}

static void an_object_has_three_members_in_any_order(void **state)
{
	struct authenticator a;
	struct attestation out;
	struct str data;

	(void)state;
	authenticator_make(&a, -7);
	data = data_of(&a, up, STR_NONE);
	for (int first = 0; first < 3; first++) {
		struct buf b = object_of(3);

		for (int i = 0; i < 3; i++) {
			if ((first + i) % 3 == 0)
				add_format(&b, "none");
			if ((first + i) % 3 == 1)
				add_statement(&b);
			if ((first + i) % 3 == 2)
				add_data(&b, data);
		}
		assert_true(attestation_take(buf_str(&b), &out));
		assert_true(str_is(out.format, "none") && str_is(out.statement, "\xa0"));
		assert_true(str_same(out.data, data));
	}
	authenticator_end(&a);
}

static void an_object_with_other_members_is_refused(void **state)
{
	struct buf b = object_of(2);

	(void)state;
	add_format(&b, "none");
	add_statement(&b);
	assert_false(taken(buf_str(&b)));
	b = object_of(4);
	add_format(&b, "none");
	add_statement(&b);
	add_data(&b, STR("x"));
	cbor_text(&b, "ep");
	cbor_number(&b, 1);
	assert_false(taken(buf_str(&b)));
	b = object_of(3);
	add_format(&b, "none");
	add_format(&b, "packed");
	add_data(&b, STR("x"));
	assert_false(taken(buf_str(&b)));
	b = object_of(3);
	add_format(&b, "a format of thirty-three letters!");
	add_statement(&b);
	add_data(&b, STR("x"));
	assert_false(taken(buf_str(&b)));
	b = object_of(3);
	add_format(&b, "none");
	cbor_text(&b, "attStmt");
	cbor_bytes(&b, STR("\xa0"));
	add_data(&b, STR("x"));
	assert_false(taken(buf_str(&b)));
	b = object_of(3);
	add_format(&b, "none");
	add_statement(&b);
	cbor_text(&b, "authData");
	cbor_text(&b, "x");
	assert_false(taken(buf_str(&b)));
	b = object_of(3);
	cbor_number(&b, 1);
	cbor_text(&b, "none");
	add_statement(&b);
	add_data(&b, STR("x"));
	assert_false(taken(buf_str(&b)));
	assert_false(taken(STR("\x83\x01\x02\x03")));
}

static void an_object_of_another_length_is_refused(void **state)
{
	struct authenticator a;
	struct str whole;
	struct buf longer = buf_in(ctx.arena, 4000);

	(void)state;
	authenticator_make(&a, -7);
	whole = object(data_of(&a, up, STR_NONE));
	assert_true(taken(whole));
	for (size_t length = 0; length < whole.length; length++)
		assert_false(taken(at_edge(0, str_upto(whole, length))));
	buf_add(&longer, whole);
	buf_char(&longer, 0);
	assert_false(taken(buf_str(&longer)));
	authenticator_end(&a);
}

static void an_object_has_a_most_length(void **state)
{
	static char large[attestation_most + 64];
	struct buf b = buf_on(large, sizeof(large));
	size_t room = attestation_most - 1 - 9 - 9 - 9 - 3;
	struct str filled = { large + sizeof(large) / 2, 0 };

	(void)state;
	for (int more = 0; more < 2; more++) {
		static char zeros[attestation_most];

		filled = (struct str){ zeros, room + (size_t)more };
		b.length = 0;
		cbor_head(&b, 5, 3);
		add_format(&b, "none");
		add_statement(&b);
		add_data(&b, filled);
		assert_false(b.full);
		assert_int_equal(b.length, attestation_most + more);
		assert_int_equal(taken(buf_str(&b)), !more);
	}
}

static void each_algorithm_becomes_what_the_keeper_takes(void **state)
{
	static const char tail[] = "\xa1\x6b"
				   "credProtect\x02";
	static const struct str challenge = STR("thirty-two bytes of a challenge!");

	(void)state;
	for (size_t i = 0; i < algorithm_count * 2; i++) {
		struct passkey_expected expected = { challenge, STR("https://example.org"),
			STR("example.org"), false };
		struct authenticator a;
		struct attestation out;
		struct attested key;
		struct passkey_registration in;
		struct passkey_born born;
		enum passkey_refusal refusal;

		authenticator_make(&a, algorithms[i / 2]);
		assert_true(attestation_take(
			object(data_of(&a, i % 2 ? up | ed : up, i % 2 ? str_of(tail) : STR_NONE)),
			&out));
		assert_true(attested_take(out.data, &key));
		assert_int_equal(key.algorithm, a.algorithm);
		assert_true(str_same(key.first, a.key.first));
		assert_true(str_same(key.second, a.key.second));
		assert_true(str_is(key.id, "an id") && str_is(key.aaguid, "aaguid-16-bytes-"));
		in = (struct passkey_registration){ client_data(&ctx, "create", challenge,
							    "https://example.org"),
			out.data, key.id, { key.algorithm, key.first, key.second } };
		assert_int_equal(passkey_register(&ctx, &expected, &in, &born, &refusal), 0);
		authenticator_end(&a);
	}
}

static void data_of_another_length_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct attested key;
		struct str data;

		authenticator_make(&a, algorithms[i]);
		data = data_of(&a, up, STR_NONE);
		for (size_t length = 0; length < data.length; length++)
			assert_false(attested_take(at_edge(0, str_upto(data, length)), &key));
		assert_false(attested_take(data_of(&a, up, STR("\xa0")), &key));
		assert_false(attested_take(data_of(&a, up | ed, STR_NONE), &key));
		assert_false(attested_take(data_of(&a, up | ed, STR("\x80")), &key));
		assert_false(attested_take(data_of(&a, up | ed, STR("\xa0\xa0")), &key));
		assert_true(attested_take(data_of(&a, up | ed, STR("\xa0")), &key));
		assert_false(attested_take(with_bit(&ctx, data, 32 * 8 + 6), &key)); /* AT */
		authenticator_end(&a);
	}
}

/* Any one bit: refused, or nothing of it changed that web alone could know. */
static void any_bit_of_a_key_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct str data;

		authenticator_make(&a, algorithms[i]);
		data = data_of(&a, up, STR_NONE);
		for (size_t bit = 53 * 8; bit < data.length * 8; bit++) {
			struct attested key;

			if (attested_take(with_bit(&ctx, data, bit), &key) &&
				key.algorithm == a.algorithm && str_is(key.id, "an id") &&
				str_same(key.first, a.key.first) &&
				str_same(key.second, a.key.second))
				fail_msg("%d: bit %zu", (int)a.algorithm, bit);
		}
		authenticator_end(&a);
		arena_wipe(ctx.arena);
	}
}

static struct str with_cose(const char *hex)
{
	struct buf b = buf_in(ctx.arena, 600);
	uint8_t bytes[400];
	size_t size = strlen(hex) / 2;

	assert_true(hex_take(str_of(hex), bytes, size));
	add_data_head(&b, "example.org", up | at, 0);
	buf_add(&b, STR("aaguid-16-bytes-"));
	buf_add(&b, (struct str){ "\0\1i", 3 });
	buf_add(&b, (struct str){ (const char *)bytes, size });
	must_be(!b.full);
	return buf_str(&b);
}

/* With parts of one byte: how long they are is for the keeper to judge. */
static void keys_have_their_members_and_no_others(void **state)
{
	static const struct {
		const char *hex;
		bool taken;
	} rows[] = {
		{ "a5010203262001214101224102", true },
		{ "a5030601022001214101224102", false },
		{ "a5032601022001214101224102",
			true }, /* in another order: for the keeper to judge */
		{ "a501020338222002214101224102", true },
		{ "a5010203262002214101224102", false }, /* ES256 on P-384 */
		{ "a501020338222001214101224102", false },
		{ "a5010203262001214101224102", true },
		{ "a5010103262001214101224102", false },
		{ "a401020326214101224102", false },
		{ "a4010203262001214101", false }, /* no y */
		{ "a4010203262001224102", false }, /* no x */
		{ "a5010203262001214101"
		  "22f5",
			false }, /* y as a sign */
		{ "a60102032604814101200121410122"
		  "4102",
			false },
		{ "a4010103272006214101", true },
		{ "a5010103272006214101224102", false },
		{ "a4010103272007214101", false },
		{ "a4010203272006214101", false },
		{ "a401030339010020410121430"
		  "10001",
			true },
		{ "a5010303390100204101214301000122"
		  "4101",
			false },
		{ "a4010303390101204101214301"
		  "0001",
			false },
		{ "a401030339010020012143010001", false },
		{ "a4010203262001214101224102", false }, /* fewer than there are */
		{ "a0", false },
		{ "80", false },
		{ "4101", false },
		{ "a5010203262001216101224102", false },
		{ "a501020326200121410122410200", false }, /* something follows */
		{ "a5016102032620012141012241"
		  "02",
			false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct attested key;

		if (attested_take(with_cose(rows[i].hex), &key) != rows[i].taken)
			fail_msg("%s", rows[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(an_object_has_three_members_in_any_order),
		CALM(an_object_with_other_members_is_refused),
		CALM(an_object_of_another_length_is_refused),
		CALM(an_object_has_a_most_length),
		CALM(each_algorithm_becomes_what_the_keeper_takes),
		CALM(data_of_another_length_is_refused),
		CALM(any_bit_of_a_key_counts),
		CALM(keys_have_their_members_and_no_others),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
