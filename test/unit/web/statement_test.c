/* Who vouches for an authenticator: "packed" and "fido-u2f" with certificates of one's own making,
 * each rule of WebAuthn 8.2 and 8.6 broken by itself. */
#include "check.h"

#include "web/attestation.h"

#include "unit/authenticator.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ctx ctx;
static char folder[] = "/tmp/rekey-trust-XXXXXX";
static struct trust *trust;
static EVP_PKEY *maker_key;
static X509 *maker;

static const struct str word = STR("what the browser wrote");

/* ---- certificates ---- */

static void add_name(X509_NAME *name, const char *part, const char *value)
{
	if (value)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, part, MBSTRING_ASC,
					 (const unsigned char *)value, -1, -1, 0),
			1);
}

static void add_extension(X509 *to, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(to, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

struct wanted {
	const char *country, *organization, *unit, *common;
	const char *constraints, *aaguid;
	bool critical;
	long version;
	bool late; /* over already */
};

static const struct wanted usual = { "SE", "Maker", "Authenticator Attestation", "Model 1",
	"critical,CA:FALSE", "aaguid-16-bytes-", false, X509_VERSION_3, false };

static void add_aaguid(X509 *to, const struct wanted *w)
{
	ASN1_OBJECT *name = OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	char inner[64];
	struct buf b = buf_on(inner, sizeof(inner));
	X509_EXTENSION *extension;

	buf_char(&b, 4);
	buf_char(&b, (char)strlen(w->aaguid));
	buf_add(&b, str_of(w->aaguid));
	assert_int_equal(ASN1_OCTET_STRING_set(value, (unsigned char *)inner, (int)b.length), 1);
	extension = X509_EXTENSION_create_by_OBJ(NULL, name, w->critical, value);
	assert_int_equal(X509_add_ext(to, extension, -1), 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(name);
}

static X509 *certificate(EVP_PKEY *key, const struct wanted *w, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_get_subject_name(made);

	assert_int_equal(X509_set_version(made, w->version), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
	X509_gmtime_adj(X509_getm_notBefore(made), -86400 * 2);
	X509_gmtime_adj(X509_getm_notAfter(made), w->late ? -86400 : 86400);
	add_name(name, "C", w->country);
	add_name(name, "O", w->organization);
	add_name(name, "OU", w->unit);
	add_name(name, "CN", w->common);
	X509_set_issuer_name(made, issuer ? X509_get_subject_name(issuer) : name);
	X509_set_pubkey(made, key);
	if (w->constraints)
		add_extension(made, NID_basic_constraints, w->constraints);
	if (w->aaguid)
		add_aaguid(made, w);
	assert_true(X509_sign(made, issuer_key, EVP_sha256()) > 0);
	return made;
}

static struct str der(X509 *of)
{
	unsigned char *bytes = NULL;
	int size = i2d_X509(of, &bytes);
	struct str copy;

	assert_true(size > 0);
	copy = arena_copy(ctx.arena, (struct str){ (char *)bytes, (size_t)size });
	OPENSSL_free(bytes);
	assert_non_null(copy.at);
	return copy;
}

static void write_pem(const char *in, const char *name, X509 *of, const char *after)
{
	char path[100];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", in, name);
	file = fopen(path, "w");
	assert_non_null(file);
	if (of)
		assert_int_equal(PEM_write_X509(file, of), 1);
	(void)fputs(after, file);
	assert_int_equal(fclose(file), 0);
}

static void remove_pem(const char *in, const char *name)
{
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/%s", in, name);
	assert_int_equal(unlink(path), 0);
}

static const struct wanted maker_wanted = { "SE", "Maker", NULL, "Root", "critical,CA:TRUE", NULL,
	false, X509_VERSION_3, false };

static int open_all(void **state)
{
	(void)state;
	ctx.arena = arena_open(1 << 20);
	if (!ctx.arena || !secrets_open(4) || crypto_open(&ctx) || !mkdtemp(folder))
		return -1;
	maker_key = EVP_EC_gen("P-256");
	maker = certificate(maker_key, &maker_wanted, NULL, maker_key);
	write_pem(folder, "maker.pem", maker, "");
	write_pem(folder, "read.me", NULL, "no certificate");
	return trust_open(&ctx, folder, &trust) ? -1 : 0;
}

static int close_all(void **state)
{
	(void)state;
	trust_close(&trust);
	remove_pem(folder, "maker.pem");
	remove_pem(folder, "read.me");
	X509_free(maker);
	EVP_PKEY_free(maker_key);
	arena_close(&ctx.arena);
	return rmdir(folder);
}

static int wipe_ctx(void **state)
{
	(void)state;
	arena_wipe(ctx.arena);
	return 0;
}

#define CALM(test) cmocka_unit_test_teardown(test, wipe_ctx)

/* ---- statements ---- */

struct made {
	struct authenticator credential, model;
	X509 *certificate;
	struct attestation attestation;
	struct attested key;
};

static void make(struct made *m, int64_t algorithm, int64_t model, const struct wanted *w)
{
	*m = (struct made){ 0 };
	authenticator_make(&m->credential, algorithm);
	authenticator_make(&m->model, model);
	m->certificate = certificate(m->model.pair, w, maker, maker_key);
	m->attestation.data = registration_data(
		&ctx, "example.org", up, STR("an id"), &m->credential.key, STR_NONE);
	assert_true(attested_take(m->attestation.data, &m->key));
}

static void made_end(struct made *m)
{
	X509_free(m->certificate);
	authenticator_end(&m->credential);
	authenticator_end(&m->model);
}

static struct buf statement_begin(unsigned members)
{
	struct buf b = buf_in(ctx.arena, 4000);

	cbor_head(&b, 5, members);
	return b;
}

static void add_signature(struct buf *b, struct str signature)
{
	cbor_text(b, "sig");
	cbor_bytes(b, signature);
}

static void add_algorithm(struct buf *b, int64_t algorithm)
{
	cbor_text(b, "alg");
	cbor_number(b, algorithm);
}

static void add_chain(struct buf *b, struct str first, struct str second)
{
	cbor_text(b, "x5c");
	cbor_head(b, 4, second.length ? 2 : 1);
	cbor_bytes(b, first);
	if (second.length)
		cbor_bytes(b, second);
}

/* Taken from a whole object, as web does. */
static enum vouched judged_by(
	struct trust *by, struct made *m, const char *format, const struct buf *statement)
{
	static char memory[8000];
	struct buf b = buf_on(memory, sizeof(memory));
	struct attestation taken;

	must_be(!statement->full);
	cbor_head(&b, 5, 3);
	cbor_text(&b, "fmt");
	cbor_text(&b, format);
	cbor_text(&b, "attStmt");
	buf_add(&b, buf_str(statement));
	cbor_text(&b, "authData");
	cbor_bytes(&b, m->attestation.data);
	must_be(!b.full);
	if (!attestation_take(buf_str(&b), &taken))
		return vouched_wrong;
	return statement_judge(by, &taken, &m->key, word);
}

static enum vouched judged(struct made *m, const char *format, const struct buf *statement)
{
	return judged_by(trust, m, format, statement);
}

static struct str packed_signature(const struct made *m, const struct authenticator *by)
{
	return authenticator_sign(&ctx, by, m->attestation.data, word);
}

static struct buf packed(const struct made *m, int64_t algorithm, struct str signature)
{
	struct buf b = statement_begin(3);

	add_algorithm(&b, algorithm);
	add_signature(&b, signature);
	add_chain(&b, der(m->certificate), STR_NONE);
	return b;
}

static void none_vouches_for_nothing(void **state)
{
	struct buf b = statement_begin(0);
	struct made m;

	(void)state;
	make(&m, -7, -7, &usual);
	assert_int_equal(judged(&m, "none", &b), vouched_not);
	assert_int_equal(judged(&m, "tpm", &b), vouched_not);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = packed(&m, -7, packed_signature(&m, &m.model));
	assert_int_equal(judged(&m, "none", &b), vouched_wrong);
	made_end(&m);
}

static void a_maker_vouches_with_each_algorithm(void **state)
{
	static const int64_t algorithms[] = { -7, -8, -35, -257 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct made m;
		struct buf b;

		make(&m, -8, algorithms[i], &usual);
		b = packed(&m, algorithms[i], packed_signature(&m, &m.model));
		assert_int_equal(judged(&m, "packed", &b), vouched_by_maker);
		assert_int_equal(judged_by(NULL, &m, "packed", &b), vouched_by_stranger);
		for (size_t other = 0; other < 4; other++) {
			b = packed(&m, algorithms[other], packed_signature(&m, &m.model));
			assert_int_equal(judged(&m, "packed", &b),
				other == i ? vouched_by_maker : vouched_wrong);
		}
		b = packed(&m, algorithms[i], packed_signature(&m, &m.credential));
		assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
		made_end(&m);
		arena_wipe(ctx.arena);
	}
}

static void any_bit_of_what_was_signed_counts(void **state)
{
	struct made m;
	struct buf b;
	struct str kept;

	(void)state;
	make(&m, -7, -8, &usual);
	b = packed(&m, -8, packed_signature(&m, &m.model));
	kept = m.attestation.data;
	for (size_t bit = 0; bit < kept.length * 8; bit++) {
		m.attestation.data = with_bit(&ctx, kept, bit);
		assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	}
	made_end(&m);
}

static void certificates_say_what_they_must(void **state)
{
	struct wanted rows[10];
	static const enum vouched answers[10] = { vouched_wrong, vouched_wrong, vouched_wrong,
		vouched_wrong, vouched_wrong, vouched_wrong, vouched_wrong, vouched_wrong,
		vouched_by_maker, vouched_wrong };

	(void)state;
	for (size_t i = 0; i < 10; i++)
		rows[i] = usual;
	rows[0].country = NULL;
	rows[1].organization = NULL;
	rows[2].unit = "Authenticator  Attestation";
	rows[3].common = NULL;
	rows[4].constraints = "critical,CA:TRUE";
	rows[5].constraints = NULL;
	rows[6].aaguid = "another-16-bytes";
	rows[7].critical = true;
	rows[8].aaguid = NULL;
	rows[9].version = X509_VERSION_2;
	for (size_t i = 0; i < 10; i++) {
		struct made m;
		struct buf b;

		make(&m, -7, -7, &rows[i]);
		b = packed(&m, -7, packed_signature(&m, &m.model));
		if (judged(&m, "packed", &b) != answers[i])
			fail_msg("row %zu", i);
		made_end(&m);
	}
}

static void strangers_and_late_ones_are_no_makers(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *other = certificate(key, &maker_wanted, NULL, key);
	struct wanted late = usual;
	struct made m;
	struct buf b;

	(void)state;
	make(&m, -7, -7, &usual);
	X509_free(m.certificate);
	m.certificate = certificate(m.model.pair, &usual, other, key); /* of the same name */
	b = packed(&m, -7, packed_signature(&m, &m.model));
	assert_int_equal(judged(&m, "packed", &b), vouched_by_stranger);
	made_end(&m);
	late.late = true;
	make(&m, -7, -7, &late);
	b = packed(&m, -7, packed_signature(&m, &m.model));
	assert_int_equal(judged(&m, "packed", &b), vouched_by_stranger);
	made_end(&m);
	X509_free(other);
	EVP_PKEY_free(key);
}

static void a_chain_may_have_one_between(void **state)
{
	struct wanted between_wanted = maker_wanted;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *between;
	struct made m;
	struct buf b;

	(void)state;
	between_wanted.common = "Between";
	between = certificate(key, &between_wanted, maker, maker_key);
	make(&m, -7, -7, &usual);
	X509_free(m.certificate);
	m.certificate = certificate(m.model.pair, &usual, between, key);
	for (int with = 0; with < 2; with++) {
		b = statement_begin(3);
		add_algorithm(&b, -7);
		add_signature(&b, packed_signature(&m, &m.model));
		add_chain(&b, der(m.certificate), with ? der(between) : STR_NONE);
		assert_int_equal(
			judged(&m, "packed", &b), with ? vouched_by_maker : vouched_by_stranger);
	}
	b = statement_begin(3);
	add_algorithm(&b, -7);
	add_signature(&b, packed_signature(&m, &m.model));
	add_chain(&b, der(m.certificate), STR("no certificate"));
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	made_end(&m);
	X509_free(between);
	EVP_PKEY_free(key);
}

static void add_makers(struct buf *b, const struct made *m, unsigned count)
{
	cbor_text(b, "x5c");
	cbor_head(b, 4, count);
	cbor_bytes(b, der(m->certificate));
	for (unsigned i = 1; i < count; i++)
		cbor_bytes(b, der(maker));
}

static void a_chain_has_four_at_most(void **state)
{
	struct made m;

	(void)state;
	make(&m, -7, -7, &usual);
	for (unsigned count = 1; count < 6; count++) {
		struct buf b = statement_begin(3);

		add_algorithm(&b, -7);
		add_signature(&b, packed_signature(&m, &m.model));
		add_makers(&b, &m, count);
		assert_int_equal(
			judged(&m, "packed", &b), count <= 4 ? vouched_by_maker : vouched_wrong);
	}
	made_end(&m);
}

static void nothing_stands_behind_a_certificate(void **state)
{
	struct buf b = statement_begin(3), longer = buf_in(ctx.arena, 2000);
	struct made m;

	(void)state;
	make(&m, -7, -7, &usual);
	buf_add(&longer, der(m.certificate));
	buf_char(&longer, 0);
	add_algorithm(&b, -7);
	add_signature(&b, packed_signature(&m, &m.model));
	add_chain(&b, buf_str(&longer), STR_NONE);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	made_end(&m);
}

static void one_in_the_middle_may_be_ours(void **state)
{
	char other[] = "/tmp/rekey-trust-XXXXXX";
	struct wanted between_wanted = maker_wanted;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct trust *ours = NULL;
	X509 *between;
	struct made m;
	struct buf b;

	(void)state;
	between_wanted.common = "Between";
	between = certificate(key, &between_wanted, maker, maker_key);
	assert_non_null(mkdtemp(other));
	write_pem(other, "between.pem", between, "");
	assert_int_equal(trust_open(&ctx, other, &ours), 0);
	remove_pem(other, "between.pem");
	assert_int_equal(rmdir(other), 0);
	make(&m, -7, -7, &usual);
	X509_free(m.certificate);
	m.certificate = certificate(m.model.pair, &usual, between, key);
	b = packed(&m, -7, packed_signature(&m, &m.model));
	assert_int_equal(judged_by(ours, &m, "packed", &b), vouched_by_maker);
	made_end(&m);
	trust_close(&ours);
	X509_free(between);
	EVP_PKEY_free(key);
}

static void a_key_vouches_for_itself(void **state)
{
	static const int64_t algorithms[] = { -7, -8, -35, -257 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct made m;

		make(&m, algorithms[i], -7, &usual);
		for (size_t other = 0; other < 4; other++) {
			struct buf b = statement_begin(2);
			enum vouched right = other == 3 ? vouched_not : vouched_by_itself;

			add_algorithm(&b, algorithms[other]);
			add_signature(&b, packed_signature(&m, &m.credential));
			assert_int_equal(
				judged(&m, "packed", &b), other == i ? right : vouched_wrong);
		}
		if (algorithms[i] != -257) {
			struct buf b = statement_begin(2);

			add_algorithm(&b, algorithms[i]);
			add_signature(&b, packed_signature(&m, &m.model));
			assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
		}
		made_end(&m);
		arena_wipe(ctx.arena);
	}
}

/* ---- U2F ---- */

static struct str u2f_signature(const struct made *m)
{
	struct buf b = buf_in(ctx.arena, 400);

	buf_char(&b, 0);
	buf_add(&b, str_upto(m->attestation.data, 32));
	add_sha256(&b, word);
	buf_add(&b, m->key.id);
	buf_char(&b, 4);
	buf_add(&b, m->key.first);
	buf_add(&b, m->key.second);
	must_be(!b.full);
	return authenticator_sign_bytes(&ctx, &m->model, buf_str(&b));
}

static struct buf u2f(const struct made *m, struct str signature)
{
	struct buf b = statement_begin(2);

	add_signature(&b, signature);
	add_chain(&b, der(m->certificate), STR_NONE);
	return b;
}

static void u2f_has_its_own_message(void **state)
{
	struct wanted bare = usual;
	struct made m;
	struct buf b;

	(void)state;
	bare.country = bare.organization = bare.unit = NULL; /* only "packed" asks for these */
	bare.constraints = bare.aaguid = NULL;
	make(&m, -7, -7, &bare);
	b = u2f(&m, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_by_maker);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = u2f(&m, packed_signature(&m, &m.model));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	b = statement_begin(3);
	add_algorithm(&b, -7);
	add_signature(&b, u2f_signature(&m));
	add_chain(&b, der(m.certificate), STR_NONE);
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	b = statement_begin(2);
	add_signature(&b, u2f_signature(&m));
	add_chain(&b, der(m.certificate), der(maker));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	b = statement_begin(1);
	add_signature(&b, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	made_end(&m);
}

static void u2f_is_of_p256_alone(void **state)
{
	struct made m;
	struct buf b;

	(void)state;
	make(&m, -7, -35, &usual);
	m.model.algorithm = -7; /* P-384, but as it is signed on P-256 */
	b = u2f(&m, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	made_end(&m);
	make(&m, -7, -7, &usual);
	m.key.algorithm = -35;
	b = u2f(&m, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	m.key.algorithm = -7;
	m.key.first.length--;
	b = u2f(&m, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	m.key.first.length++;
	m.key.second.length--;
	b = u2f(&m, u2f_signature(&m));
	assert_int_equal(judged(&m, "fido-u2f", &b), vouched_wrong);
	made_end(&m);
}

/* ---- shapes ---- */

static void other_members_and_kinds_are_wrong(void **state)
{
	struct made m;
	struct buf b;
	struct str signature;

	(void)state;
	make(&m, -7, -7, &usual);
	signature = packed_signature(&m, &m.credential);
	b = statement_begin(3);
	add_algorithm(&b, -7);
	add_signature(&b, signature);
	cbor_text(&b, "ecdaaKeyId");
	cbor_bytes(&b, STR("x"));
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = statement_begin(2);
	cbor_text(&b, "alg");
	cbor_text(&b, "ES256");
	add_signature(&b, signature);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = statement_begin(1);
	add_signature(&b, signature);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = statement_begin(3);
	add_algorithm(&b, -7);
	add_signature(&b, signature);
	cbor_text(&b, "x5c");
	cbor_head(&b, 4, 0);
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	b = statement_begin(3);
	add_algorithm(&b, -7);
	add_signature(&b, signature);
	cbor_text(&b, "x5c");
	cbor_head(&b, 4, 5);
	for (int i = 0; i < 5; i++)
		cbor_bytes(&b, STR("x"));
	assert_int_equal(judged(&m, "packed", &b), vouched_wrong);
	made_end(&m);
}

/* ---- the folder ---- */

static void a_folder_with_what_is_no_certificate_is_a_fault(void **state)
{
	struct trust *other = NULL;

	(void)state;
	write_pem(folder, "other.pem", maker,
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_int_equal(trust_open(&ctx, folder, &other), -fault_io);
	write_pem(folder, "other.pem", NULL, "");
	assert_int_equal(trust_open(&ctx, folder, &other), -fault_io);
	write_pem(folder, "other.pem", maker, "words after it\n");
	assert_int_equal(trust_open(&ctx, folder, &other), 0);
	trust_close(&other);
	assert_int_equal(trust_open(&ctx, NULL, &other), 0);
	trust_close(&other);
	remove_pem(folder, "other.pem");
	assert_int_equal(trust_open(&ctx, "/nowhere", &other), -fault_io);
	assert_null(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(none_vouches_for_nothing),
		CALM(a_maker_vouches_with_each_algorithm),
		CALM(any_bit_of_what_was_signed_counts),
		CALM(certificates_say_what_they_must),
		CALM(strangers_and_late_ones_are_no_makers),
		CALM(a_chain_may_have_one_between),
		CALM(a_chain_has_four_at_most),
		CALM(nothing_stands_behind_a_certificate),
		CALM(one_in_the_middle_may_be_ours),
		CALM(a_key_vouches_for_itself),
		CALM(u2f_has_its_own_message),
		CALM(u2f_is_of_p256_alone),
		CALM(other_members_and_kinds_are_wrong),
		CALM(a_folder_with_what_is_no_certificate_is_a_fault),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
