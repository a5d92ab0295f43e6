/* Password hashes: ours, imported, wrapped, and what is refused. */
#include "crypto/inside.h"
#include "unit/crypto/fixture.h"

#include <sodium.h>

static const struct hash_cost small = { 64, 2 }, larger = { 128, 2 };
static const char battery[] = "correct horse battery staple";

/* The same password under every scheme that can be imported and must be wrapped. */
static const char *const legacy[] = {
	"{SHA}q/eq1kOINtvlJqojGr3i0O73TUI=",
	"{SSHA}axjXroWdrjIVf38p0IUbdYaQZtQBAgMEBQYHCA==",
	"{ssha}axjXroWdrjIVf38p0IUbdYaQZtQBAgMEBQYHCA==",
	"{SSHA256}4RCdQtRBvAvQSR9Gtkm3fc5bhSO2sZxjW2Uv2CPwYi0BAgMEBQYHCA==",
	"{SSHA512}9QOuSDxe9+"
	"D0dhP3GFPQWt1WqPLlQlBwU4cBiWk0uEDH8459LOk0bJSJZg9anfuRApOaZ8mJrg5NgSXJLikPe"
	"wECAwQFBgcI",
	"$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
	"$pbkdf2-sha512$i=1000,l=64$AAECAwQFBgcICQoLDA0ODw$"
	"A6AmFIti7CKlYdoPiV9jf1d9llp37o27Wms8Zx8fwMJ"
	"GCOigJzAthOW3Pg+XF5PnNiYnsQsIz1N5NtynrEm78w",
	"{PBKDF2-SHA256}1000$AAECAwQFBgcICQoLDA0ODw$ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
	"{PBKDF2-SHA512}1000$AAECAwQFBgcICQoLDA0ODw$"
	"A6AmFIti7CKlYdoPiV9jf1d9llp37o27Wms8Zx8fwMJ"
	"GCOigJzAthOW3Pg+XF5PnNiYnsQsIz1N5NtynrEm78w",
	"$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
	"{CRYPT}$1$somesalt$88N.aWv/rOeH8/qhlxqnJ.",
	"{CRYPT}$6$somesalt$ScN7Q7S.9zUrGalXS2/"
	"STR7AAq4WByYsynBR6AoMY3Rus82zRGY2LXCOrNKda.N09mpIDord9DH"
	"/Kop1/Ko1t.",
	"$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
	"$5$rounds=1000$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2",
	"$6$somesalt$ScN7Q7S.9zUrGalXS2/STR7AAq4WByYsynBR6AoMY3Rus82zRGY2LXCOrNKda.N09mpIDord9DH/"
	"Kop1/"
	"Ko1t.",
	"$y$j75$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
};
enum { legacy_count = sizeof(legacy) / sizeof(legacy[0]) };

static struct str imported(struct world *w, const char *hash)
{
	struct str stored, why;

	assert_int_equal(password_import(&w->c, STR("ada"), str_of(hash), &stored, &why), 0);
	return stored;
}

static err verify(struct world *w, struct str stored, const char *password, bool *stale)
{
	struct secret *secret = typed(w, password);
	err e = password_verify(&w->c, STR("ada"), stored, secret, small, stale);

	secret_drop(&secret);
	return e;
}

/* ---- ours ---- */

static void a_hash_verifies_its_password_and_no_other(void **state)
{
	struct world *w = *state;
	struct str stored;
	bool stale = true;

	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, battery), small, &stored), 0);
	assert_int_equal(verify(w, stored, battery, &stale), 0);
	assert_false(stale);
	assert_int_equal(verify(w, stored, "correct horse battery stapl", &stale), reply_wrong);
	assert_int_equal(verify(w, stored, "", &stale), reply_wrong);
}

static void the_last_of_1024_bytes_counts(void **state)
{
	static char password[1025];
	struct world *w = *state;
	struct str stored;
	bool stale;

	memset(password, 'x', 1024);
	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, password), small, &stored), 0);
	assert_int_equal(verify(w, stored, password, &stale), 0);
	password[1023] = 'y';
	assert_int_equal(verify(w, stored, password, &stale), reply_wrong);
}

static void the_stored_value_tells_nothing_without_the_key(void **state)
{
	struct world *w = *state;
	struct str stored;

	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, battery), small, &stored), 0);
	assert_int_equal(str_find(stored, STR("argon2")), stored.length);
}

static void a_hash_moved_to_another_account_verifies_nothing(void **state)
{
	struct world *w = *state;
	struct str stored;
	bool stale;

	assert_int_equal(password_hash(&w->c, STR("eve"), typed(w, battery), small, &stored), 0);
	assert_int_equal(verify(w, stored, battery, &stale), reply_wrong);
}

static void a_changed_cost_makes_a_hash_stale(void **state)
{
	struct world *w = *state;
	struct str stored;
	bool stale = false;

	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, battery), larger, &stored), 0);
	assert_int_equal(verify(w, stored, battery, &stale), 0);
	assert_true(stale);
}

/* What an import may cost has a limit; what the administrator chose has none but the setting's. */
static void a_hash_dearer_than_any_import_verifies(void **state)
{
	static const struct hash_cost dear = { 257 * 1024, 1 };
	struct world *w = *state;
	struct secret *password = typed(w, battery);
	struct str stored, wrapped;
	bool stale = true;

	assert_int_equal(password_hash(&w->c, STR("ada"), password, dear, &stored), 0);
	assert_int_equal(password_verify(&w->c, STR("ada"), stored, password, dear, &stale), 0);
	assert_false(stale);
	assert_int_equal(
		password_wrap(&w->c, STR("ada"), imported(w, legacy[1]), dear, &wrapped), 0);
	assert_false(password_is_legacy(&w->c, STR("ada"), wrapped));
	assert_int_equal(password_verify(&w->c, STR("ada"), wrapped, password, dear, &stale), 0);
}

static void nobody_is_always_wrong(void **state)
{
	struct world *w = *state;
	bool stale;

	assert_int_equal(password_verify_nobody(&w->c, typed(w, battery), small), reply_wrong);
	assert_int_equal(verify(w, STR_NONE, battery, &stale), reply_wrong);
	assert_int_equal(verify(w, STR("damaged"), battery, &stale), reply_wrong);
}

/* ---- the same work for all ---- */

static int64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const struct hash_cost usual = { 19456, 2 };

struct trial {
	struct str stored;
	const char *password;
	int64_t least_us;
};

static void take_time(struct world *w, struct trial *trial)
{
	struct secret *secret = typed(w, trial->password);
	int64_t begun = cpu_us(), took;
	bool stale;

	assert_true(password_verify(&w->c, STR("ada"), trial->stored, secret, usual, &stale) >= 0);
	took = cpu_us() - begun;
	if (trial->least_us == 0 || took < trial->least_us)
		trial->least_us = took;
	secret_drop(&secret);
}

/* Processor time, the least of many rounds, each kind in each round: what else the machine does
 * falls on all alike. Twice the work, or none, is seen; less than that is for the 25 ms steps. */
static void nobody_s_password_takes_as_long_as_somebody_s(void **state)
{
	struct world *w = *state;
	struct str plain = imported(w, legacy[1]);
	struct trial trials[] = { { STR_NONE, battery, 0 }, { STR("damaged"), battery, 0 },
		{ plain, battery, 0 }, { plain, "another password", 0 }, { STR_NONE, battery, 0 },
		{ STR_NONE, "another password", 0 }, { STR_NONE, battery, 0 } };
	enum { count = sizeof(trials) / sizeof(trials[0]) };

	assert_int_equal(
		password_hash(&w->c, STR("ada"), typed(w, battery), usual, &trials[4].stored), 0);
	trials[5].stored = trials[4].stored;
	assert_int_equal(password_wrap(&w->c, STR("ada"), plain, usual, &trials[6].stored), 0);
	for (int round = 0; round < 9; round++)
		for (size_t i = 0; i < count; i++)
			take_time(w, &trials[i]);
	for (size_t i = 1; i < count; i++)
		if (trials[i].least_us < trials[0].least_us * 3 / 5 ||
			trials[i].least_us > trials[0].least_us * 5 / 3)
			fail_msg("%zu: %ld us, nobody %ld us", i, (long)trials[i].least_us,
				(long)trials[0].least_us);
}

/* ---- from elsewhere ---- */

/* "password" with "somesalt", of the reference implementation's own tests. */
static void argon2id_vectors_verify(void **state)
{
	static const char *const vectors[] = {
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
		"CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		"uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/"
		"5U52iv1cDc",
		"$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$kCXUjmjvc5XMqQedpMTsOv+"
		"zyJEf5PhtGiUghW9jFyw",
		("{ARGON2}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
		 "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
	};
	struct world *w = *state;
	bool stale;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct str stored = imported(w, vectors[i]);

		stale = false;
		assert_int_equal(verify(w, stored, "password", &stale), 0);
		assert_true(stale);
		assert_int_equal(verify(w, stored, "passwore", &stale), reply_wrong);
		assert_false(password_is_legacy(&w->c, STR("ada"), stored));
		assert_int_equal(
			password_wrap(&w->c, STR("ada"), stored, small, &stored), reply_nothing);
	}
}

/* Of the older flavour, as libsodium makes it. */
static void an_argon2i_hash_verifies_its_password_and_no_other(void **state)
{
	char text[crypto_pwhash_STRBYTES];
	struct world *w = *state;
	struct str stored;
	bool stale = false;

	assert_int_equal(crypto_pwhash_str_alg(text, battery, strlen(battery), 3, 64 * 1024,
				 crypto_pwhash_ALG_ARGON2I13),
		0);
	stored = imported(w, text);
	assert_int_equal(verify(w, stored, battery, &stale), 0);
	assert_true(stale);
	assert_int_equal(verify(w, stored, "correct horse battery stapl3", &stale), reply_wrong);
}

/* Debian's OpenLDAP leaves two bytes after the text, the first of them NUL. */
static void stray_bytes_of_openldap_are_passed_over(void **state)
{
	struct world *w = *state;
	struct str stored, why;
	bool stale;

	assert_int_equal(
		password_import(&w->c, STR("ada"),
			STR("{ARGON2}$argon2id$v=19$m=256,t=2,p=1"
			    "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4\0\x91"),
			&stored, &why),
		0);
	assert_int_equal(verify(w, stored, "password", &stale), 0);
}

static void a_legacy_hash_verifies_before_and_after_wrapping(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < legacy_count; i++) {
		struct str stored = imported(w, legacy[i]), wrapped;
		bool stale = false;

		assert_true(password_is_legacy(&w->c, STR("ada"), stored));
		assert_int_equal(verify(w, stored, battery, &stale), 0);
		assert_true(stale);
		assert_int_equal(
			verify(w, stored, "correct horse battery stapl3", &stale), reply_wrong);
		assert_int_equal(password_wrap(&w->c, STR("ada"), stored, small, &wrapped), 0);
		assert_false(password_is_legacy(&w->c, STR("ada"), wrapped));
		stale = false;
		assert_int_equal(verify(w, wrapped, battery, &stale), 0);
		assert_true(stale);
		assert_int_equal(
			verify(w, wrapped, "correct horse battery stapl3", &stale), reply_wrong);
		assert_int_equal(verify(w, wrapped, "", &stale), reply_wrong);
		assert_int_equal(
			password_wrap(&w->c, STR("ada"), wrapped, small, &wrapped), reply_nothing);
	}
}

/* What cannot be digested has no digest: not even the zeros that stand in its place. */
static void a_hash_of_zeros_is_opened_by_nothing(void **state)
{
	struct world *w = *state;
	struct str wrapped, stored = imported(w, "{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	bool stale;

	assert_int_equal(verify(w, stored, "", &stale), reply_wrong);
	assert_int_equal(password_wrap(&w->c, STR("ada"), stored, small, &wrapped), 0);
	assert_int_equal(verify(w, wrapped, "", &stale), reply_wrong);
}

static void a_wrapped_hash_keeps_nothing_of_the_legacy_digest(void **state)
{
	struct world *w = *state;
	struct str wrapped, text;

	assert_int_equal(
		password_wrap(&w->c, STR("ada"), imported(w, legacy[1]), small, &wrapped), 0);
	assert_int_equal(unseal_text(&w->c, key_password, STR("ada"), wrapped, &text), 0);
	assert_true(str_starts(
		text, STR("wrapped {SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAABAgMEBQYHCA== $argon2id$")));
	assert_int_equal(
		password_wrap(&w->c, STR("ada"), imported(w, legacy[12]), small, &wrapped), 0);
	assert_int_equal(unseal_text(&w->c, key_password, STR("ada"), wrapped, &text), 0);
	assert_true(str_starts(text, STR("wrapped $2b$05$abcdefghijklmnopqrstuu......")));
}

/* RFC 7914, 12: the second vector. */
static void the_rfc_s_scrypt_vector_verifies(void **state)
{
	struct world *w = *state;
	bool stale;

	assert_int_equal(verify(w,
				 imported(w, "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/"
					     "nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/"
					     "xCSedmDDaxyevuUqD7m2DYMvfoswGQA"),
				 "password", &stale),
		0);
}

/* bcrypt would look at the first 72 bytes and let the rest be anything. */
static void a_password_longer_than_bcrypt_looks_at_is_wrong(void **state)
{
	struct world *w = *state;
	char password[74] = { 0 };
	struct str stored =
		imported(w, "$2b$05$abcdefghijklmnopqrstuuGUnCqbfgs3htOkLrFduUjAyLBw1Rq/u");
	bool stale;

	memset(password, 'a', 72);
	assert_int_equal(verify(w, stored, password, &stale), 0);
	password[72] = 'a';
	assert_int_equal(verify(w, stored, password, &stale), reply_wrong);
}

static void a_password_with_nul_is_not_what_stands_before_it(void **state)
{
	struct world *w = *state;
	struct secret *secret =
		secret_take(w->c.arena, "correct horse battery staple\0x", sizeof(battery) + 1);
	bool stale;

	assert_int_equal(
		password_verify(&w->c, STR("ada"), imported(w, legacy[12]), secret, small, &stale),
		reply_wrong);
}

/* ---- refused ---- */

static const char *refusal(struct world *w, struct str hash)
{
	struct str stored = STR_NONE, why = STR_NONE;

	assert_int_equal(password_import(&w->c, STR("ada"), hash, &stored, &why), reply_refused);
	assert_null(stored.at);
	return why.at;
}

static void a_refused_hash_says_why(void **state)
{
	static const struct {
		const char *hash, *why;
	} rows[] = {
		{ "", "hash_malformed" },
		{ "Start-0-password", "hash_clear" },
		{ "{CLEARTEXT}secret", "hash_clear" },
		{ "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==", "hash_unknown" },
		{ "{CRYPT}aaIHb8vGs1qEE", "hash_unknown" },
		{ "{CRYPT}!", "hash_unknown" },
		{ "$3$$8846f7eaee8fb117ad06bdd830b7586c", "hash_unknown" },
		{ "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_unknown" },
		{ "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c2FsdA$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65", "hash_malformed" },
		{ "$argon2id$v=19$m=0256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$x",
			"hash_malformed" },
		{ "$argon2id$v=19$m=15,t=2,p=2$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$"
		  "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "$argon2id$v=19$m=4294967295,t=4294967295,p=16777215$c29tZXNhbHQ$"
		  "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "$pbkdf2-sha256$2000001$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_cost" },
		{ "$pbkdf2-sha256$0$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_malformed" },
		{ "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$ppsX", "hash_malformed" },
		{ "$scrypt$ln=18,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$"
		  "mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_cost" },
		{ "$scrypt$ln=63,r=4294967295,p=4294967295$AAECAwQFBgcICQoLDA0ODw$"
		  "mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_cost" },
		{ "$2b$15$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS", "hash_cost" },
		{ "$2x$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS", "hash_unknown" },
		{ "$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/Zsu", "hash_malformed" },
		{ "$5$rounds=1000001$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2",
			"hash_cost" },
		{ "$5$rounds=999999999$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2",
			"hash_cost" },
		{ "$5$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T:", "hash_malformed" },
		{ "$6$somesalt$ScN7", "hash_malformed" },
		{ "$5$seventeen-letters$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2",
			"hash_malformed" },
		{ "$1$ninechars$88N.aWv/rOeH8/qhlxqnJ.", "hash_malformed" },
		{ "$y$jDT$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_cost" },
		{ "$y$jzzzzzz$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_malformed" },
		{ "{SSHA}axjXroWdrjIVf38p0IUbdYaQZtQ=", "hash_malformed" },
		{ "{SHA}q/eq1kOINtvlJqojGr3i0O73TUI", "hash_malformed" },
		{ "{SSHA}not base64 at all", "hash_malformed" },
		/* The signs of the URL alphabet are not those that hashes are written with. */
		{ "{SSHA}axjXroWdrjIVf38p0IUbdYaQZtQBAgMEBQYH-_==", "hash_malformed" },
		{ "$pbkdf2-sha256$ten$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_malformed" },
		{ "$pbkdf2-sha256$1000", "hash_malformed" },
		{ "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0O-_$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_malformed" },
		{ "$pbkdf2-sha256$i=1000,l=31$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_malformed" },
		{ "$pbkdf2-sha256$i=1000,x=32$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
			"hash_malformed" },
		{ "$scrypt$ln=10,r=8$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/"
		  "AXJlRU",
			"hash_malformed" },
		{ "$scrypt$ln=0,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$"
		  "mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_malformed" },
		{ "$scrypt$ln=10,r=33,p=1$AAECAwQFBgcICQoLDA0ODw$"
		  "mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_cost" },
		{ "$scrypt$ln=10,r=8,p=17$AAECAwQFBgcICQoLDA0ODw$"
		  "mp90zEQd5XGhjEv4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_cost" },
		{ "$5$rounds=999$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2",
			"hash_malformed" },
		{ "$5$some\x01salt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2", "hash_malformed" },
		{ "$2b$03$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
			"hash_malformed" },
		{ "$2b$99$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
			"hash_malformed" },
		{ "$y$j7Z$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_cost" },
		{ "$argon2id", "hash_unknown" },
		{ "$argon2id$", "hash_malformed" },
		{ "$argon2id$v=19", "hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1", "hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ", "hash_malformed" },
		{ "$argon2id$v=19$m=256$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7T"
		  "KyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF"
		  "5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=two,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPn"
		  "A4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4"
		  "rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=2,p=1$a salt$nf65EOgLrQMR/uIPnA4rEsF5"
		  "h7TKyQwu9U1bMCHGi/4",
			"hash_malformed" },
		{ "$argon2id$v=19$m=256,t=100000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/u"
		  "IPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "$argon2id$v=19$m=16384,t=2,p=1000$c29tZXNhbHQ$nf65EOgLrQMR/u"
		  "IPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "{SSHA}AAAA", "hash_malformed" },
		{ "$pbkdf2-sha256$", "hash_malformed" },
		{ "$scrypt$", "hash_malformed" },
		{ "$scrypt$ln=10$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv4WArVH4Z"
		  "0XRSzkGWtJK2S/AXJlRU",
			"hash_malformed" },
		{ "$scrypt$ln=10,r=0,p=1$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv"
		  "4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_malformed" },
		{ "$scrypt$ln=10,r=8,p=0$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv"
		  "4WArVH4Z0XRSzkGWtJK2S/AXJlRU",
			"hash_malformed" },
		{ "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw", "hash_malformed" },
		{ "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$mp90zEQd5XGhjEv"
		  "4WArVH4Z0XRSzkGWtJK2S/AXJlRU$more",
			"hash_malformed" },
		{ "$5$", "hash_malformed" },
		{ "$2b$", "hash_malformed" },
		{ "$y$", "hash_malformed" },
		{ "$2b$0a$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
			"hash_malformed" },
		{ "$5$some salt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2", "hash_malformed" },
		{ "$5$some\x7fsalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2", "hash_malformed" },
		{ "$5$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T-", "hash_malformed" },
		{ "$5$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T{", "hash_malformed" },
		{ "$y$k75$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_malformed" },
		{ "$y$j45$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_cost" },
		{ "$y$jD5$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
			"hash_cost" },
		{ "{SSHA", "hash_clear" },
		{ "{CLEAR}secret", "hash_clear" },
		{ "{PLAIN}secret", "hash_clear" },
		{ "$argon2id$v=19$m=262144,t=5,p=1$c29tZXNhbHQ$nf65EOgLrQMR/"
		  "uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
			"hash_cost" },
		{ "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$"
		  "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ!",
			"hash_malformed" },
		{ "$5$somesaltA8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2", "hash_malformed" },
		{ "$2b$05$abcdefghijklmnopqrst!uFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
			"hash_malformed" },
		/* 20 bytes of digest and 65 of salt */
		{ "{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
			"hash_malformed" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(refusal(w, str_of(rows[i].hash)), rows[i].why) != 0)
			fail_msg("%s: %s, not %s", rows[i].hash, refusal(w, str_of(rows[i].hash)),
				rows[i].why);
}

static void a_hash_of_endless_length_is_refused(void **state)
{
	static char text[100000];

	memset(text, '$', sizeof(text));
	memcpy(text, "$6$", 3);
	assert_string_equal(refusal(*state, (struct str){ text, sizeof(text) }), "hash_malformed");
}

/* The text of argon2 has no limit of its own before it is taken apart. */
static void a_salt_of_endless_length_is_refused(void **state)
{
	static char text[2000];
	struct buf b = buf_on(text, sizeof(text));

	buf_add(&b, STR("$argon2id$v=19$m=256,t=2,p=1$"));
	for (size_t i = 0; i < 1000; i++)
		buf_char(&b, 'c');
	buf_add(&b, STR("$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"));
	assert_string_equal(refusal(*state, buf_str(&b)), "hash_malformed");
}

static void the_dots_of_passlib_and_the_dearest_yescrypt_are_taken(void **state)
{
	static const char *const good[] = {
		"$pbkdf2-sha256$1000$..ECAwQFBgcICQoLDA0ODw$"
		"ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
		"$y$jC5$somesaltsomesalt$rLiAS7AP.Zn8rTmFqPAY46gzoKxtwK0BVCinTaDlk0D",
	};
	struct world *w = *state;
	struct str stored, why;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(
			password_import(&w->c, STR("ada"), str_of(good[i]), &stored, &why), 0);
}

/* ---- what no program of ours keeps ---- */

static void a_kept_text_that_is_no_hash_is_opened_by_nothing(void **state)
{
	static const char *const texts[] = {
		"nothing of the kind",
		"wrapped",
		"wrapped alone",
		"wrapped {SHA}short "
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/"
		"4",
		"wrapped {SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA= nothing",
		"wrapped {SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA= "
		"$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/"
		"4",
	};
	const struct hash_cost cost = { 64, 1 };
	struct world *w = *state;
	struct str stored, wrapped;
	bool stale;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(
			seal(&w->c, key_password, STR("ada"), str_of(texts[i]), &stored), 0);
		assert_int_equal(password_verify(&w->c, STR("ada"), stored, typed(w, "password"),
					 cost, &stale),
			reply_wrong);
		assert_false(password_is_legacy(&w->c, STR("ada"), stored));
		assert_int_equal(
			password_wrap(&w->c, STR("ada"), stored, cost, &wrapped), reply_wrong);
	}
}

static void a_hash_of_another_shape_is_stale(void **state)
{
	static const struct hash_cost others[] = { { 64, 2 }, { 128, 1 } };
	const struct hash_cost cost = { 64, 1 };
	struct world *w = *state;
	struct str stored, why;
	bool stale = false;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(
			password_hash(&w->c, STR("ada"), typed(w, "password"), others[i], &stored),
			0);
		assert_int_equal(password_verify(&w->c, STR("ada"), stored, typed(w, "password"),
					 cost, &stale),
			0);
		assert_true(stale);
	}
	/* two lanes, of "password" */
	assert_int_equal(password_import(&w->c, STR("ada"),
				 STR("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/"
				     "VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
				 &stored, &why),
		0);
	stale = false;
	assert_int_equal(password_verify(&w->c, STR("ada"), stored, typed(w, "password"),
				 (struct hash_cost){ 256, 2 }, &stale),
		0);
	assert_true(stale);
}

static void a_password_longer_than_crypt_takes_is_wrong(void **state)
{
	static char long_one[601];
	struct world *w = *state;
	struct str stored, why;
	bool stale;

	memset(long_one, 'a', sizeof(long_one) - 1);
	assert_int_equal(password_import(&w->c, STR("ada"),
				 STR("$5$somesalt$A8Q6y1dWWwJYLXy3wBNYaVEejY0CKUm.Oh5kQozE3T2"),
				 &stored, &why),
		0);
	assert_int_equal(password_verify(&w->c, STR("ada"), stored, typed(w, long_one),
				 (struct hash_cost){ 64, 1 }, &stale),
		reply_wrong);
}

static void little_memory_is_a_fault_and_nothing_is_made(void **state)
{
	static const char *const kept[] = { "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$"
					    "ppsXnjrdPB4KryJ6DrOqKqhkWrhv7PbKAMF1Eml8cZ4",
		"{SHA}q/eq1kOINtvlJqojGr3i0O73TUI=" };
	const struct hash_cost cost = { 64, 1 };
	struct world *w = *state;
	struct secret *password = typed(w, "password");

	for (size_t i = 0; i < 2; i++) {
		struct str stored, wrapped = STR_NONE, why;
		size_t left = 0;
		bool stale;
		err e;

		assert_int_equal(
			password_import(&w->c, STR("ada"), str_of(kept[i]), &stored, &why), 0);
		do {
			struct ctx c = w->c;

			c.arena = arena_open(64 * 1024);
			(void)arena_take(c.arena, 64 * 1024 - 128 - left);
			e = password_wrap(&c, STR("ada"), stored, cost, &wrapped);
			assert_true(e == 0 || e == -fault_arena);
			if (e)
				assert_int_equal(wrapped.length, 0);
			if (left < 64)
				assert_int_equal(password_verify(&c, STR("ada"), stored, password,
							 cost, &stale),
					-fault_arena);
			arena_close(&c.arena);
			left += 32;
		} while (e && left < 8192);
		assert_int_equal(e, 0);
	}
}

static void what_argon2_cannot_do_is_no_cost(void **state)
{
	static const struct hash_cost none[] = { { 7, 1 }, { 4 * 1024 * 1024 + 1, 1 }, { 64, 0 },
		{ 64, 65 } };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(argon2_cost_possible(none[i]));
	assert_true(argon2_cost_possible((struct hash_cost){ 8, 64 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(a_hash_verifies_its_password_and_no_other),
		WORLD(the_last_of_1024_bytes_counts),
		WORLD(the_stored_value_tells_nothing_without_the_key),
		WORLD(a_hash_moved_to_another_account_verifies_nothing),
		WORLD(a_changed_cost_makes_a_hash_stale),
		WORLD(a_hash_dearer_than_any_import_verifies),
		WORLD(nobody_is_always_wrong),
		WORLD(nobody_s_password_takes_as_long_as_somebody_s),
		WORLD(argon2id_vectors_verify),
		WORLD(an_argon2i_hash_verifies_its_password_and_no_other),
		WORLD(stray_bytes_of_openldap_are_passed_over),
		WORLD(a_legacy_hash_verifies_before_and_after_wrapping),
		WORLD(a_hash_of_zeros_is_opened_by_nothing),
		WORLD(a_wrapped_hash_keeps_nothing_of_the_legacy_digest),
		WORLD(the_rfc_s_scrypt_vector_verifies),
		WORLD(a_password_longer_than_bcrypt_looks_at_is_wrong),
		WORLD(a_password_with_nul_is_not_what_stands_before_it),
		WORLD(a_refused_hash_says_why),
		WORLD(a_hash_of_endless_length_is_refused),
		WORLD(a_salt_of_endless_length_is_refused),
		WORLD(the_dots_of_passlib_and_the_dearest_yescrypt_are_taken),
		WORLD(a_kept_text_that_is_no_hash_is_opened_by_nothing),
		WORLD(a_hash_of_another_shape_is_stale),
		WORLD(a_password_longer_than_crypt_takes_is_wrong),
		WORLD(little_memory_is_a_fault_and_nothing_is_made),
		WORLD(what_argon2_cannot_do_is_no_cost),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
