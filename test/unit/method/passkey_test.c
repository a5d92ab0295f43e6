/* Passkeys as the keeper judges them: what each algorithm made is taken, and with any bit or length
 * changed it is refused, unless nothing but the authenticator's own word is changed. */
#include "unit/method/fixture.h"

#include "unit/authenticator.h"

static const int64_t algorithms[] = { -7, -8, -35, -257 };

enum { algorithm_count = sizeof(algorithms) / sizeof(algorithms[0]) };

static const struct str challenge = STR("thirty-two bytes of a challenge!");
static const struct str id = STR("an id of a credential");

#define SITE "https://reset.example.org"

static const struct passkey_expected expected = {
	.challenge = STR("thirty-two bytes of a challenge!"),
	.origin = STR(SITE),
	.rp_id = STR("example.org"),
	.verified = true,
};

static void assert_refused(err e, enum passkey_refusal is, enum passkey_refusal wanted)
{
	assert_int_equal(e, reply_refused);
	if (is != wanted)
		fail_msg("%s, not %s", passkey_refusal_name(is), passkey_refusal_name(wanted));
}

/* ---- registering ---- */

static struct passkey_registration registration(
	const struct authenticator *a, unsigned flags, struct str tail)
{
	return (struct passkey_registration){
		.client_data = client_data(&ctx, "create", challenge, SITE),
		.authenticator_data =
			registration_data(&ctx, "example.org", flags, id, &a->key, tail),
		.id = id,
		.key = a->key,
	};
}

static void refuses_registration(const struct passkey_registration *in, enum passkey_refusal wanted)
{
	struct passkey_born born = { 0 };
	enum passkey_refusal refusal = passkey_none;
	err e = passkey_register(&ctx, &expected, in, &born, &refusal);

	assert_refused(e, refusal, wanted);
	assert_null(born.key.at);
}

static void each_algorithm_registers_and_signs_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct passkey_registration in;
		struct passkey_born born;
		struct passkey_seen seen;
		struct passkey_assertion out;
		enum passkey_refusal refusal;

		authenticator_make(&a, algorithms[i]);
		in = registration(&a, up | uv | be, STR_NONE);
		assert_int_equal(passkey_register(&ctx, &expected, &in, &born, &refusal), 0);
		assert_true(str_same(born.id, id) && str_is(born.aaguid, "aaguid-16-bytes-"));
		assert_true(born.state.verified && born.state.eligible && !born.state.backed_up);
		out.client_data = client_data(&ctx, "get", challenge, SITE);
		out.authenticator_data =
			assertion_data(&ctx, "example.org", up | uv | be | bs, 7, STR_NONE);
		out.signature =
			authenticator_sign(&ctx, &a, out.authenticator_data, out.client_data);
		assert_int_equal(passkey_assert(&ctx, &expected,
					 &(struct passkey_stored){ born.key, true, 6 }, &out, &seen,
					 &refusal),
			0);
		assert_true(seen.state.verified && seen.state.eligible && seen.state.backed_up);
		assert_int_equal(seen.state.counter, 7);
		assert_false(seen.counter_back);
		authenticator_end(&a);
	}
}

/* What an authenticator says of itself no one but its maker can vouch for: bits that are reserved,
 * on backups, its model, its counter. All else is refused. */
static bool a_claim(size_t byte, unsigned mask)
{
	if (byte == 32)
		return mask == 0x02 || mask == 0x20 || mask == be;
	return byte > 32 && byte < 53;
}

static void any_bit_of_a_registration_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		size_t size;

		authenticator_make(&a, algorithms[i]);
		size = registration(&a, up | uv, STR_NONE).authenticator_data.length;
		for (size_t bit = 0; bit < size * 8; bit++) {
			struct passkey_registration in = registration(&a, up | uv, STR_NONE);
			struct passkey_born born;
			enum passkey_refusal refusal;

			in.authenticator_data = with_bit(&ctx, in.authenticator_data, bit);
			if ((passkey_register(&ctx, &expected, &in, &born, &refusal) == 0) !=
				a_claim(bit / 8, 1u << (bit % 8)))
				fail_msg("%d: bit %zu", (int)algorithms[i], bit);
			arena_wipe(ctx.arena);
		}
		authenticator_end(&a);
	}
}

static void any_bit_of_the_browsers_word_counts(void **state)
{
	struct authenticator a;
	size_t size;

	(void)state;
	authenticator_make(&a, -7);
	size = registration(&a, up | uv, STR_NONE).client_data.length;
	for (size_t bit = 0; bit < size * 8; bit++) {
		struct passkey_registration in = registration(&a, up | uv, STR_NONE);
		struct passkey_born born;
		enum passkey_refusal refusal;

		in.client_data = with_bit(&ctx, in.client_data, bit);
		if (passkey_register(&ctx, &expected, &in, &born, &refusal) != reply_refused)
			fail_msg("bit %zu", bit);
		arena_wipe(ctx.arena);
	}
	authenticator_end(&a);
}

static void a_registration_of_any_other_length_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a;
		struct passkey_registration whole, in;
		struct passkey_born born;
		enum passkey_refusal refusal;

		authenticator_make(&a, algorithms[i]);
		in = whole = registration(&a, up | uv, STR_NONE);
		for (size_t size = 0; size < whole.authenticator_data.length; size++) {
			in.authenticator_data =
				at_edge(0, str_upto(whole.authenticator_data, size));
			assert_int_equal(passkey_register(&ctx, &expected, &in, &born, &refusal),
				reply_refused);
		}
		in = registration(&a, up | uv, STR("\xa0"));
		refuses_registration(&in, passkey_extensions);
		in = whole;
		for (size_t size = 0; size < whole.client_data.length; size++) {
			in.client_data = at_edge(1, str_upto(whole.client_data, size));
			assert_int_equal(passkey_register(&ctx, &expected, &in, &born, &refusal),
				reply_refused);
		}
		authenticator_end(&a);
	}
}

/* What web says of the key must be what stands in the authenticator's data, in its one form. */
static void a_key_read_otherwise_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct authenticator a, other;
		struct passkey_registration in;

		authenticator_make(&a, algorithms[i]);
		authenticator_make(&other, algorithms[i]);
		in = registration(&a, up | uv, STR_NONE);
		in.key = other.key;
		refuses_registration(&in, passkey_encoding);
		in.key = a.key;
		in.key.algorithm = -37;
		refuses_registration(&in, passkey_algorithm);
		in.key = a.key;
		in.key.first = STR_NONE;
		refuses_registration(&in, passkey_key);
		in.key.first = (struct str){ a.key.first.at, a.key.first.length - 1 };
		refuses_registration(&in, passkey_key);
		authenticator_end(&a);
		authenticator_end(&other);
	}
}

static void another_form_of_the_same_key_is_refused(void **state)
{
	struct authenticator a;
	struct passkey_registration in;
	struct buf b = buf_in(ctx.arena, 400);

	(void)state;
	authenticator_make(&a, -8);
	in = registration(&a, up | uv, STR_NONE);
	buf_add(&b, str_upto(in.authenticator_data, 55 + id.length));
	cbor_head(&b, 5, 4); /* the labels in another order */
	cbor_number(&b, 3);
	cbor_number(&b, -8);
	cbor_number(&b, 1);
	cbor_number(&b, 1);
	cbor_number(&b, -1);
	cbor_number(&b, 6);
	cbor_number(&b, -2);
	cbor_bytes(&b, a.key.first);
	in.authenticator_data = buf_str(&b);
	refuses_registration(&in, passkey_encoding);
	authenticator_end(&a);
}

static void an_id_has_one_to_1023_bytes(void **state)
{
	static char long_id[1100];
	static const struct {
		size_t size;
		bool taken;
	} rows[] = { { 0, false }, { 1, true }, { 16, true }, { 1023, true }, { 1024, false } };
	struct authenticator a;

	(void)state;
	memset(long_id, 'i', sizeof(long_id));
	authenticator_make(&a, -7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct passkey_registration in = registration(&a, up | uv, STR_NONE);
		struct passkey_born born;
		enum passkey_refusal refusal;

		in.id = (struct str){ long_id, rows[i].size };
		in.authenticator_data =
			registration_data(&ctx, "example.org", up | uv, in.id, &a.key, STR_NONE);
		if (!rows[i].taken)
			refuses_registration(&in, passkey_id);
		else
			assert_int_equal(
				passkey_register(&ctx, &expected, &in, &born, &refusal), 0);
		in.id = STR("another");
		refuses_registration(&in, passkey_id);
	}
	authenticator_end(&a);
}

/* ---- signing in ---- */

struct signer {
	struct authenticator a;
	struct passkey_stored stored;
};

static void signer_make(struct signer *s, int64_t algorithm)
{
	authenticator_make(&s->a, algorithm);
	s->stored = (struct passkey_stored){ .eligible = false, .counter = 0 };
	assert_int_equal(key_record_write(&ctx, &s->a.key, &s->stored.key), 0);
}

/* As a browser and an authenticator make it, whatever they were asked. */
static struct passkey_assertion assertion(const struct signer *s, struct str client,
	const char *rp_id, unsigned flags, struct str tail)
{
	struct passkey_assertion in = {
		.client_data = client,
		.authenticator_data = assertion_data(&ctx, rp_id, flags, 0, tail),
	};

	in.signature = authenticator_sign(&ctx, &s->a, in.authenticator_data, in.client_data);
	return in;
}

static struct passkey_assertion right(const struct signer *s)
{
	return assertion(
		s, client_data(&ctx, "get", challenge, SITE), "example.org", up | uv, STR_NONE);
}

static void refuses(
	const struct signer *s, const struct passkey_assertion *in, enum passkey_refusal wanted)
{
	struct passkey_seen seen = { .counter_back = true };
	enum passkey_refusal refusal = passkey_none;
	err e = passkey_assert(&ctx, &expected, &s->stored, in, &seen, &refusal);

	assert_refused(e, refusal, wanted);
	assert_true(seen.counter_back && !seen.state.verified);
}

static void takes(const struct signer *s, const struct passkey_assertion *in)
{
	struct passkey_seen seen;
	enum passkey_refusal refusal;

	if (passkey_assert(&ctx, &expected, &s->stored, in, &seen, &refusal))
		fail_msg("%s", passkey_refusal_name(refusal));
}

static struct str *part_of(struct passkey_assertion *in, int n)
{
	return n == 0 ? &in->client_data : n == 1 ? &in->authenticator_data : &in->signature;
}

static bool taken_with(
	const struct signer *s, struct passkey_assertion in, int n, struct str changed)
{
	struct passkey_seen seen;
	enum passkey_refusal refusal;

	*part_of(&in, n) = changed;
	return passkey_assert(&ctx, &expected, &s->stored, &in, &seen, &refusal) != reply_refused;
}

static void any_bit_of_an_assertion_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct signer s;

		signer_make(&s, algorithms[i]);
		for (int n = 0; n < 3; n++) {
			struct passkey_assertion in = right(&s);
			uint8_t copy[1024];
			struct str part = *part_of(&in, n), changed = { (char *)copy, part.length };

			memcpy(copy, part.at, part.length);
			takes(&s, &in);
			for (size_t bit = 0; bit < part.length * 8; bit++) {
				copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
				if (taken_with(&s, in, n, changed))
					fail_msg("part %d, bit %zu", n, bit);
				copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
			}
		}
		authenticator_end(&s.a);
		arena_wipe(ctx.arena);
	}
}

static void any_other_length_of_an_assertion_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct signer s;

		signer_make(&s, algorithms[i]);
		for (int n = 0; n < 3; n++) {
			struct passkey_assertion in = right(&s);
			uint8_t copy[1024] = { 0 };
			struct str part = *part_of(&in, n);

			memcpy(copy, part.at, part.length);
			for (size_t length = 0; length < part.length + 3; length++)
				if (taken_with(&s, in, n,
					    at_edge(0, (struct str){ (char *)copy, length })) !=
					(length == part.length))
					fail_msg("part %d, length %zu", n, length);
		}
		authenticator_end(&s.a);
		arena_wipe(ctx.arena);
	}
}

/* Signed in earnest: only what is said is wrong. */
static void flags_decide(void **state)
{
	static const struct {
		unsigned flags;
		const char *tail;
		enum passkey_refusal refusal;
	} rows[] = {
		{ up | uv, "", passkey_none },
		{ up | uv | 0x22, "", passkey_none }, /* reserved: nothing yet */
		{ uv, "", passkey_not_present },
		{ 0, "", passkey_not_present },
		{ up, "", passkey_not_verified },
		{ up | uv | be, "", passkey_backup }, /* it was not eligible when it registered */
		{ up | uv | bs, "", passkey_backup },
		{ up | uv | at, "", passkey_attested },
		{ up | uv | ed, "\xa1\x61\x61\x01", passkey_none },
		{ up | uv | ed, "", passkey_extensions },
		{ up | uv | ed, "\x81\x01", passkey_extensions },
		{ up | uv, "\xa1\x61\x61\x01", passkey_extensions },
		{ up | uv, "x", passkey_extensions },
	};
	struct signer s;

	(void)state;
	signer_make(&s, -8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct passkey_assertion in =
			assertion(&s, client_data(&ctx, "get", challenge, SITE), "example.org",
				rows[i].flags, str_of(rows[i].tail));

		if (rows[i].refusal)
			refuses(&s, &in, rows[i].refusal);
		else
			takes(&s, &in);
	}
	s.stored.eligible = true;
	{
		struct passkey_assertion in = right(&s);

		refuses(&s, &in, passkey_backup);
	}
	authenticator_end(&s.a);
}

static void flags_decide_when_registering(void **state)
{
	static const struct {
		unsigned flags;
		const char *tail;
		enum passkey_refusal refusal;
	} rows[] = {
		{ up | uv | be | bs, "", passkey_none },
		{ up | uv | ed, "\xa1\x61\x61\x01", passkey_none },
		{ uv, "", passkey_not_present },
		{ up, "", passkey_not_verified },
		{ up | uv | bs, "", passkey_backup },
		{ up | uv | ed, "", passkey_extensions },
		{ up | uv | ed, "\x61\x61", passkey_extensions },
		{ up | uv, "\xa1\x61\x61\x01", passkey_extensions },
	};
	struct authenticator a;

	(void)state;
	authenticator_make(&a, -7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct passkey_registration in =
			registration(&a, rows[i].flags, str_of(rows[i].tail));
		struct passkey_born born;
		enum passkey_refusal refusal;

		if (rows[i].refusal)
			refuses_registration(&in, rows[i].refusal);
		else if (passkey_register(&ctx, &expected, &in, &born, &refusal))
			fail_msg("%s", passkey_refusal_name(refusal));
	}
	authenticator_end(&a);
}

static void without_attested_data_nothing_registers(void **state)
{
	struct authenticator a;
	struct passkey_registration in;

	(void)state;
	authenticator_make(&a, -7);
	in = registration(&a, up | uv, STR_NONE);
	in.authenticator_data = assertion_data(&ctx, "example.org", up | uv, 0, STR_NONE);
	refuses_registration(&in, passkey_attested);
	in.authenticator_data = assertion_data(&ctx, "example.org", up | uv | at, 0, STR_NONE);
	refuses_registration(&in, passkey_malformed);
	in.authenticator_data = assertion_data(&ctx, "example.org", up | uv | at, 0,
		STR("aaguid-16-bytes-\xff\xff"
		    "id"));
	refuses_registration(&in, passkey_malformed);
	authenticator_end(&a);
}

static void verification_is_looked_at_where_it_is_asked(void **state)
{
	struct passkey_expected loose = expected;
	struct passkey_seen seen;
	enum passkey_refusal refusal;
	struct passkey_assertion in;
	struct signer s;

	(void)state;
	signer_make(&s, -7);
	in = assertion(&s, client_data(&ctx, "get", challenge, SITE), "example.org", up, STR_NONE);
	refuses(&s, &in, passkey_not_verified);
	loose.verified = false;
	assert_int_equal(passkey_assert(&ctx, &loose, &s.stored, &in, &seen, &refusal), 0);
	assert_false(seen.state.verified);
	authenticator_end(&s.a);
}

static void another_sites_answer_is_refused(void **state)
{
	static const char *const sites[] = { "reset.example.org", "example.com", "org", "",
		"Example.org", "example.org." };
	struct signer s;

	(void)state;
	signer_make(&s, -7);
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		struct passkey_assertion in = assertion(
			&s, client_data(&ctx, "get", challenge, SITE), sites[i], up | uv, STR_NONE);

		refuses(&s, &in, passkey_rp_id);
	}
	authenticator_end(&s.a);
}

/* WebAuthn 6.1.1: 0 from those that do not count. It is said, not decided. */
static void a_counter_that_does_not_go_up_is_said(void **state)
{
	static const struct {
		uint32_t before, now;
		bool back;
	} rows[] = { { 0, 0, false }, { 0, 1, false }, { 1, 2, false }, { 1, 1, true },
		{ 2, 1, true }, { 1, 0, true }, { 0xfffffffe, 0xffffffff, false },
		{ 0xffffffff, 0, true }, { 0x7fffffff, 0x80000000, false } };
	struct signer s;

	(void)state;
	signer_make(&s, -7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct passkey_assertion in = right(&s);
		struct passkey_seen seen;
		enum passkey_refusal refusal;

		in.authenticator_data =
			assertion_data(&ctx, "example.org", up | uv, rows[i].now, STR_NONE);
		in.signature =
			authenticator_sign(&ctx, &s.a, in.authenticator_data, in.client_data);
		s.stored.counter = rows[i].before;
		assert_int_equal(
			passkey_assert(&ctx, &expected, &s.stored, &in, &seen, &refusal), 0);
		assert_int_equal(seen.state.counter, rows[i].now);
		assert_int_equal(seen.counter_back, rows[i].back);
	}
	authenticator_end(&s.a);
}

static void another_key_and_another_algorithm_did_not_sign(void **state)
{
	struct passkey_assertion in;
	struct signer s, other;

	(void)state;
	signer_make(&s, -7);
	signer_make(&other, -7);
	in = right(&s);
	refuses(&other, &in, passkey_signature);
	authenticator_end(&other.a);
	signer_make(&other, -257);
	in = right(&other);
	refuses(&s, &in, passkey_signature);
	authenticator_end(&s.a);
	authenticator_end(&other.a);
}

/* ---- what the browser says ---- */

/* CHALLENGE stands for the challenge as the browser writes it. */
static struct str said(const char *text)
{
	struct buf b = buf_in(ctx.arena, 5000);
	struct str left = str_of(text);
	size_t at_challenge = str_find(left, STR("CHALLENGE"));

	buf_add(&b, str_upto(left, at_challenge));
	if (at_challenge < left.length)
		base64url_add(&b, challenge);
	buf_add(&b, str_from(left, at_challenge + 9));
	must_be(!b.full);
	return buf_str(&b);
}

#define BEGIN "{\"type\":\"webauthn.get\",\"challenge\":\"CHALLENGE\",\"origin\":\""
#define FALSE "\",\"crossOrigin\":false"

/* Each is signed by the right key: only the text can be what is wrong. */
static void what_the_browser_may_write(void **state)
{
	static const struct {
		const char *text;
		enum passkey_refusal refusal;
	} rows[] = {
		{ BEGIN SITE FALSE "}", passkey_none },
		{ BEGIN SITE "\"}", passkey_none }, /* WebKit */
		{ BEGIN SITE FALSE ",\"other\":\"x\"}", passkey_none },
		{ BEGIN SITE FALSE ",\"origin\":\"https://evil.example\"}", passkey_none },
		/* origins, ATK-027 */
		{ BEGIN "https://badreset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org.evil.example" FALSE "}", passkey_origin },
		{ BEGIN "https://evil.example" FALSE "}", passkey_origin },
		{ BEGIN "https://example.org" FALSE "}", passkey_origin },
		{ BEGIN "https://a.reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.or" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org:443" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org:8443" FALSE "}", passkey_origin },
		{ BEGIN "http://reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "ws://reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "//reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org." FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org/" FALSE "}", passkey_origin },
		{ BEGIN "https://Reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "HTTPS://reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org\\u002f" FALSE "}", passkey_origin },
		{ BEGIN "https:\\/\\/reset.example.org" FALSE "}", passkey_origin },
		{ BEGIN "null" FALSE "}", passkey_origin },
		{ BEGIN FALSE "}", passkey_origin },
		{ BEGIN "https://reset.example.org@evil.example" FALSE "}", passkey_origin },
		{ BEGIN "android:apk-key-hash:abc" FALSE "}", passkey_origin },
		/* within another page */
		{ BEGIN SITE "\",\"crossOrigin\":true}", passkey_cross_origin },
		{ BEGIN SITE "\",\"crossOrigin\":true,\"topOrigin\":\"https://evil.example\"}",
			passkey_cross_origin },
		{ BEGIN SITE "\",\"crossOrigin\":\"false\"}", passkey_cross_origin },
		{ BEGIN SITE "\",\"crossOrigin\": false}", passkey_cross_origin },
		{ BEGIN SITE "\",\"crossOrigin\":falsetrue}", passkey_client_data },
		{ BEGIN SITE "\",\"topOrigin\":\"https://evil.example\"}", passkey_client_data },
		{ BEGIN SITE "\",\"topOrigin\":\"x\",\"crossOrigin\":false}", passkey_client_data },
		/* the end */
		{ BEGIN SITE FALSE, passkey_client_data },
		{ BEGIN SITE FALSE ",", passkey_client_data },
		{ BEGIN SITE FALSE ",}", passkey_client_data },
		{ BEGIN SITE FALSE "}}", passkey_client_data },
		{ BEGIN SITE FALSE "} ", passkey_client_data },
		{ BEGIN SITE FALSE " }", passkey_client_data },
		{ BEGIN SITE FALSE ",\"other\":\"x\"", passkey_client_data },
		{ BEGIN SITE "\"", passkey_client_data },
		{ BEGIN SITE "\"} ", passkey_client_data },
		{ BEGIN SITE, passkey_origin },
		/* the beginning */
		{ "{\"type\":\"webauthn.create\",\"challenge\":\"CHALLENGE\",\"origin\":"
		  "\"" SITE FALSE "}",
			passkey_type },
		{ "{\"type\":\"payment.get\",\"challenge\":\"CHALLENGE\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_type },
		{ "{\"type\":\"webauthn.getx\",\"challenge\":\"CHALLENGE\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_type },
		{ "{\"challenge\":\"CHALLENGE\",\"type\":\"webauthn.get\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_type },
		{ "{ \"type\":\"webauthn.get\",\"challenge\":\"CHALLENGE\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_type },
		{ "\xef\xbb\xbf" BEGIN SITE FALSE "}", passkey_type },
		{ "[]", passkey_type },
		{ "{}", passkey_type },
		{ "", passkey_type },
		/* the challenge */
		{ "{\"type\":\"webauthn.get\",\"challenge\":\"\",\"origin\":\"" SITE FALSE "}",
			passkey_challenge },
		{ "{\"type\":\"webauthn.get\",\"challenge\":\"CHALLENGE=\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_challenge },
		{ "{\"type\":\"webauthn.get\",\"challenge\":\"CHALLENGEA\",\"origin\":\"" SITE FALSE
		  "}",
			passkey_challenge },
		{ "{\"type\":\"webauthn.get\",\"challenge\":\"CHALLENGE\",\"x\":1,\"origin\":"
		  "\"" SITE FALSE "}",
			passkey_challenge },
	};
	struct signer s;

	(void)state;
	signer_make(&s, -8);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct passkey_assertion in =
			assertion(&s, said(rows[i].text), "example.org", up | uv, STR_NONE);
		struct passkey_seen seen;
		enum passkey_refusal refusal;
		err e = passkey_assert(&ctx, &expected, &s.stored, &in, &seen, &refusal);

		if (e != (rows[i].refusal ? reply_refused : 0) || refusal != rows[i].refusal)
			fail_msg("%s: %s", rows[i].text, passkey_refusal_name(refusal));
	}
	authenticator_end(&s.a);
}

static void text_and_data_have_most_lengths(void **state)
{
	struct buf b = buf_in(ctx.arena, 8192);
	struct passkey_assertion in;
	struct signer s;
	char long_tail[passkey_authenticator_most] = { (char)0xa1 };

	(void)state;
	signer_make(&s, -8);
	buf_add(&b, said(BEGIN SITE FALSE ",\"x\":\""));
	while (b.length < passkey_client_data_most - 2)
		buf_char(&b, 'x');
	buf_add(&b, STR("\"}"));
	in = assertion(&s, buf_str(&b), "example.org", up | uv, STR_NONE);
	takes(&s, &in);
	b.length -= 2;
	buf_add(&b, STR("x\"}"));
	in = assertion(&s, buf_str(&b), "example.org", up | uv, STR_NONE);
	refuses(&s, &in, passkey_malformed);
	in = assertion(&s, client_data(&ctx, "get", challenge, SITE), "example.org", up | uv | ed,
		(struct str){ long_tail, sizeof(long_tail) - 37 });
	takes(&s, &in);
	in = assertion(&s, client_data(&ctx, "get", challenge, SITE), "example.org", up | uv | ed,
		(struct str){ long_tail, sizeof(long_tail) - 36 });
	refuses(&s, &in, passkey_malformed);
	authenticator_end(&s.a);
}

/* ---- what the store keeps ---- */

static void a_record_reads_back_and_nothing_else_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < algorithm_count; i++) {
		struct signer s;
		struct credential_key key;
		struct buf longer = buf_in(ctx.arena, 1024);

		signer_make(&s, algorithms[i]);
		assert_true(key_record_read(s.stored.key, &key));
		assert_int_equal(key.algorithm, algorithms[i]);
		assert_true(str_same(key.first, s.a.key.first));
		assert_true(str_same(key.second, s.a.key.second));
		for (size_t size = 0; size < s.stored.key.length; size++)
			assert_false(
				key_record_read(at_edge(0, str_upto(s.stored.key, size)), &key));
		buf_add(&longer, s.stored.key);
		buf_char(&longer, 0);
		assert_false(key_record_read(buf_str(&longer), &key));
		assert_false(key_record_read(with_bit(&ctx, s.stored.key, 1), &key));
		authenticator_end(&s.a);
	}
}

static void a_record_that_was_changed_is_a_fault(void **state)
{
	struct passkey_assertion in;
	struct passkey_seen seen;
	enum passkey_refusal refusal;
	struct signer s;
	struct str record;

	(void)state;
	signer_make(&s, -7);
	in = right(&s);
	record = s.stored.key;
	s.stored.key = STR_NONE;
	assert_int_equal(
		passkey_assert(&ctx, &expected, &s.stored, &in, &seen, &refusal), -fault_crypto);
	s.stored.key = with_bit(&ctx, record, 8 * (record.length - 1)); /* not on the curve */
	assert_int_equal(
		passkey_assert(&ctx, &expected, &s.stored, &in, &seen, &refusal), -fault_crypto);
	authenticator_end(&s.a);
}

static void a_full_arena_is_a_fault(void **state)
{
	struct passkey_assertion in;
	struct passkey_registration begun;
	struct passkey_seen seen;
	struct passkey_born born;
	enum passkey_refusal refusal;
	struct signer s;

	(void)state;
	signer_make(&s, -7);
	in = right(&s);
	begun = registration(&s.a, up | uv, STR_NONE);
	while (arena_take(ctx.arena, 16))
		;
	assert_int_equal(
		passkey_assert(&ctx, &expected, &s.stored, &in, &seen, &refusal), -fault_arena);
	assert_int_equal(passkey_register(&ctx, &expected, &begun, &born, &refusal), -fault_arena);
	authenticator_end(&s.a);
}

static void challenges_differ(void **state)
{
	uint8_t a[passkey_challenge_size] = { 0 }, b[passkey_challenge_size] = { 0 };

	(void)state;
	passkey_challenge_make(a);
	passkey_challenge_make(b);
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(each_algorithm_registers_and_signs_in),
		CALM(any_bit_of_a_registration_counts),
		CALM(any_bit_of_the_browsers_word_counts),
		CALM(a_registration_of_any_other_length_is_refused),
		CALM(a_key_read_otherwise_is_refused),
		CALM(another_form_of_the_same_key_is_refused),
		CALM(an_id_has_one_to_1023_bytes),
		CALM(any_bit_of_an_assertion_counts),
		CALM(any_other_length_of_an_assertion_is_refused),
		CALM(flags_decide),
		CALM(flags_decide_when_registering),
		CALM(without_attested_data_nothing_registers),
		CALM(verification_is_looked_at_where_it_is_asked),
		CALM(another_sites_answer_is_refused),
		CALM(a_counter_that_does_not_go_up_is_said),
		CALM(another_key_and_another_algorithm_did_not_sign),
		CALM(what_the_browser_may_write),
		CALM(text_and_data_have_most_lengths),
		CALM(a_record_reads_back_and_nothing_else_does),
		CALM(a_record_that_was_changed_is_a_fault),
		CALM(a_full_arena_is_a_fault),
		CALM(challenges_differ),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
