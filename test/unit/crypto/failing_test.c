/* Whatever the libraries and the system refuse: no half key, no key over another, and nothing
 * verifies. */
#include "crypto/inside.h"
#include "unit/crypto/fixture.h"
#include "unit/failing.h"

#include <crypt.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void (*before_link)(void), (*after_link)(void);

MAY_FAIL(int, fstat, -1, (int fd, struct stat *st), (fd, st))
MAY_FAIL(int, fsync, -1, (int fd), (fd))
MAY_FAIL(ssize_t, read, -1, (int fd, void *at, size_t size), (fd, at, size))
MAY_FAIL(ssize_t, write, -1, (int fd, const void *at, size_t size), (fd, at, size))
MAY_FAIL(int, sodium_init, -1, (void), ())
MAY_FAIL(
	int, OPENSSL_init_crypto, 0, (uint64_t how, const OPENSSL_INIT_SETTINGS *with), (how, with))
MAY_FAIL(EVP_MD *, EVP_MD_fetch, NULL, (OSSL_LIB_CTX * from, const char *name, const char *query),
	(from, name, query))
MAY_FAIL(void *, sodium_malloc, NULL, (size_t size), (size))
MAY_FAIL(int, sodium_mprotect_readonly, -1, (void *at), (at))
MAY_FAIL(unsigned char *, HMAC, NULL,
	(const EVP_MD *md, const void *key, int key_length, const unsigned char *data, size_t size,
		unsigned char *out, unsigned *length),
	(md, key, key_length, data, size, out, length))
MAY_FAIL(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
MAY_FAIL(int, EVP_DigestInit_ex, 0, (EVP_MD_CTX * context, const EVP_MD *md, ENGINE *by),
	(context, md, by))
MAY_FAIL(int, EVP_DigestUpdate, 0, (EVP_MD_CTX * context, const void *data, size_t size),
	(context, data, size))
MAY_FAIL(int, EVP_DigestFinal_ex, 0, (EVP_MD_CTX * context, unsigned char *out, unsigned *size),
	(context, out, size))
MAY_FAIL(int, PKCS5_PBKDF2_HMAC, 0,
	(const char *typed, int length, const unsigned char *salt, int salt_length, int rounds,
		const EVP_MD *md, int size, unsigned char *out),
	(typed, length, salt, salt_length, rounds, md, size, out))
MAY_FAIL(int, crypto_pwhash_scryptsalsa208sha256_ll, -1,
	(const uint8_t *typed, size_t length, const uint8_t *salt, size_t salt_length, uint64_t n,
		uint32_t r, uint32_t p, uint8_t *out, size_t size),
	(typed, length, salt, salt_length, n, r, p, out, size))
MAY_FAIL(char *, crypt_rn, NULL, (const char *phrase, const char *setting, void *scratch, int size),
	(phrase, setting, scratch, size))
MAY_FAIL(int, crypto_pwhash_argon2id, -1,
	(unsigned char *const out, unsigned long long size, const char *const typed,
		unsigned long long length, const unsigned char *const salt,
		unsigned long long passes, size_t memory, int algorithm),
	(out, size, typed, length, salt, passes, memory, algorithm))
MAY_FAIL(int, crypto_pwhash_argon2id_str, -1,
	(char out[crypto_pwhash_argon2id_STRBYTES], const char *const typed,
		unsigned long long length, unsigned long long passes, size_t memory),
	(out, typed, length, passes, memory))
MAY_FAIL(int, crypto_pwhash_argon2id_str_verify, -1,
	(const char text[crypto_pwhash_argon2id_STRBYTES], const char *const typed,
		unsigned long long length),
	(text, typed, length))

int openat(int folder, const char *name, int how, ...)
{
	__typeof__(&openat) next = (__typeof__(&openat))next_of("openat");

	return call_fails() ? -1 : next(folder, name, how, 0600);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int how)
{
	__typeof__(&linkat) next = (__typeof__(&linkat))next_of("linkat");
	int done;

	if (before_link)
		before_link();
	done = call_fails() ? -1 : next(from_folder, from, to_folder, to, how);
	if (after_link)
		after_link();
	return done;
}

#if !REKEY_SANITIZED /* a sanitizer must see each thread begin */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with)
{
	__typeof__(&pthread_create) next = (__typeof__(&pthread_create))next_of("pthread_create");

	return call_fails() ? EAGAIN : next(thread, how, run, with);
}
#endif

static const struct hash_cost quick = { 64, 1 };

static const char *key_path(const struct world *w)
{
	static char path[64];

	(void)snprintf(path, sizeof(path), "%s/master.key", w->dir);
	return path;
}

static size_t files_in(const char *dir)
{
	DIR *listing = opendir(dir);
	struct dirent *entry;
	size_t count = 0;

	must_be(listing);
	while ((entry = readdir(listing)))
		count += entry->d_name[0] != '.';
	(void)closedir(listing);
	return count;
}

static err open_again(struct world *w, bool make)
{
	struct keys *keys = NULL;
	err e = keys_open(&w->c, w->dir, make, &keys);

	if (!e)
		keys_close(&keys);
	return e;
}

/* ---- the key ---- */

static void the_libraries_start_or_it_is_said(void **state)
{
	struct world *w = *state;
	int nth = 0;

	for (;;) {
		fail_at(++nth);
		err e = crypto_open(&w->c);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_crypto);
	}
	assert_true(nth > 3);
}

static void a_key_is_made_whole_or_not_at_all(void **state)
{
	struct world *w = *state;
	int nth = 0;

	for (;;) {
		(void)unlink(key_path(w));
		fail_at(++nth);
		err e = open_again(w, true);
		if (!failure_came())
			break;
		assert_true(e == -fault_keys || e == -fault_memory);
		/* What is there is a key, and nothing is there but it. */
		assert_int_equal(files_in(w->dir), access(key_path(w), F_OK) == 0);
		assert_int_equal(open_again(w, true), 0);
	}
	assert_true(nth > 6);
}

static void a_key_is_read_whole_or_not_at_all(void **state)
{
	struct world *w = *state;
	int nth = 0;

	for (;;) {
		fail_at(++nth);
		err e = open_again(w, false);
		if (!failure_came())
			break;
		assert_true(e == -fault_keys || e == -fault_memory);
	}
	assert_true(nth > 4);
	assert_int_equal(open_again(w, false), 0);
}

static void a_folder_that_is_gone_is_said(void **state)
{
	struct world *w = *state;
	const uint8_t key[key_size] = { 1 };
	struct keys *keys = NULL;

	assert_int_equal(keys_open(&w->c, "/nowhere/at/all", true, &keys), -fault_keys);
	assert_int_equal(key_file_write(&w->c, "/nowhere/at/all", key), -fault_keys);
	assert_null(keys);
}

static void a_key_of_another_user_is_refused(void **state)
{
	struct world *w = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(key_path(w), 65534, 65534), 0);
	assert_int_equal(open_again(w, true), -fault_keys);
	assert_non_null(strstr(w->c.fault.words, "another user"));
}

/* No room for a file, or for its second name. */
static void a_full_disk_gets_no_key(void **state)
{
	static const char *const sizes[] = { "nr_inodes=1", "nr_inodes=2" };
	struct world *w = *state;

	assert_int_equal(unlink(key_path(w)), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (mount("none", w->dir, "tmpfs", 0, sizes[i]) != 0)
			skip();
		err e = open_again(w, true);
		size_t left = files_in(w->dir);

		assert_int_equal(umount(w->dir), 0);
		assert_int_equal(e, -fault_keys);
		assert_int_equal(left, 0);
	}
}

static void half_a_key_is_no_key(void **state)
{
	struct world *w = *state;
	struct rlimit before, half;
	err e;

	assert_int_equal(unlink(key_path(w)), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	half = (struct rlimit){ key_size / 2, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &half), 0);
	e = open_again(w, true);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(e, -fault_keys);
	assert_int_equal(files_in(w->dir), 0);
}

static struct world *racing;
static uint8_t first_key[key_size];

static void another_was_first(void)
{
	int fd = open(key_path(racing), O_WRONLY | O_CREAT | O_EXCL, 0600);

	before_link = NULL;
	must_be(fd >= 0 && write(fd, first_key, key_size) == key_size);
	(void)close(fd);
}

static void of_two_who_make_a_key_the_first_one_s_holds(void **state)
{
	struct world *w = *state;
	struct keys *keys, *again;

	assert_int_equal(unlink(key_path(w)), 0);
	racing = w;
	memset(first_key, 7, sizeof(first_key));
	before_link = another_was_first;
	assert_int_equal(keys_open(&w->c, w->dir, true, &keys), 0);
	assert_null(before_link);
	assert_memory_equal(keys->master, first_key, key_size);
	assert_int_equal(keys_open(&w->c, w->dir, false, &again), 0);
	assert_string_equal(keys_id(keys).at, keys_id(again).at);
	assert_int_equal(files_in(w->dir), 1);
	keys_close(&keys);
	keys_close(&again);
}

static void it_goes(void)
{
	int linking = errno;

	after_link = NULL;
	must_be(unlink(key_path(racing)) == 0);
	errno = linking;
}

static void a_key_that_comes_and_goes_is_no_key(void **state)
{
	struct world *w = *state;

	assert_int_equal(unlink(key_path(w)), 0);
	racing = w;
	before_link = another_was_first;
	after_link = it_goes;
	assert_int_equal(open_again(w, true), -fault_keys);
	assert_non_null(strstr(w->c.fault.words, "came and went"));
	assert_int_equal(files_in(w->dir), 0);
}

static void an_export_or_import_without_memory_is_a_fault(void **state)
{
	struct world *w = *state;
	struct secret *passphrase = typed(w, "a long walk to the sea");
	struct str text = STR_NONE;
	int nth = 0;

	fail_at(1);
	assert_int_equal(keys_export(&w->c, w->keys, passphrase, &text), -fault_memory);
	assert_int_equal(text.length, 0);
	assert_int_equal(keys_export(&w->c, w->keys, passphrase, &text), 0);
	for (;;) {
		(void)unlink(key_path(w));
		fail_at(++nth);
		err e = keys_import(&w->c, w->dir, text, passphrase);
		if (!failure_came())
			break;
		assert_true(e == -fault_memory || e == -fault_keys);
		assert_int_equal(files_in(w->dir), access(key_path(w), F_OK) == 0);
	}
	assert_true(nth > 4);
	assert_int_equal(open_again(w, false), 0);
}

/* ---- digests and hashes ---- */

static void a_one_time_code_without_its_digest_is_a_fault(void **state)
{
	struct world *w = *state;
	uint8_t out[hmac_sha1_size];

	fail_at(1);
	assert_int_equal(digest_hmac_sha1(&w->c, STR("key"), STR("bytes"), out), -fault_crypto);
	assert_int_equal(digest_hmac_sha1(&w->c, STR("key"), STR("bytes"), out), 0);
}

/* All are of "password". */
static const char *const kept[] = {
	"{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
	"$pbkdf2-sha256$1000$c2FsdHNhbHQ$",
	"$scrypt$ln=4,r=1,p=1$c2FsdHNhbHQ$",
	"$6$rounds=1000$saltsalt$",
};

/* A hash of "password" with the setting of one that is kept. */
static struct str whole(struct world *w, const char *setting)
{
	struct buf b = buf_in(w->c.arena, 400);
	struct hash_scratch *scratch = hash_scratch_open();
	struct legacy legacy = { 0 };
	struct str made;

	assert_non_null(scratch);
	buf_add(&b, str_of(setting));
	if (setting[0] == '{')
		;
	else if (setting[1] == '6')
		for (int i = 0; i < 86; i++)
			buf_char(&b, '.');
	else
		for (int i = 0; i < 43; i++)
			buf_char(&b, 'A');
	if (setting[0] != '{') {
		assert_int_equal(legacy_read(buf_str(&b), &legacy), form_good);
		assert_true(legacy_digest(&legacy, STR("password"), scratch, &made));
		b.length = strlen(setting);
		if (legacy.kind == legacy_crypt)
			buf_add(&b, made);
		else
			base64url_add(&b, made);
		for (size_t i = strlen(setting); i < b.length && legacy.kind != legacy_crypt; i++)
			b.at[i] = b.at[i] == '-' ? '+' : b.at[i] == '_' ? '/' : b.at[i];
	}
	hash_scratch_close(&scratch);
	return buf_str(&b);
}

static void no_password_is_right_when_its_digest_cannot_be_made(void **state)
{
	struct world *w = *state;
	struct str stored, why;
	bool stale;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		int nth = 0;

		assert_int_equal(
			password_import(&w->c, STR("ada"), whole(w, kept[i]), &stored, &why), 0);
		assert_int_equal(password_verify(&w->c, STR("ada"), stored, typed(w, "password"),
					 quick, &stale),
			0);
		for (;;) {
			fail_at(++nth);
			err e = password_verify(
				&w->c, STR("ada"), stored, typed(w, "password"), quick, &stale);
			if (!failure_came())
				break;
			assert_true(e == reply_wrong || e == -fault_memory);
		}
		assert_true(nth > 2);
	}
}

static void a_password_is_neither_kept_nor_judged_without_memory(void **state)
{
	struct world *w = *state;
	struct str stored = STR_NONE;
	bool stale;
	int nth = 0;

	for (;; nth++) {
		fail_at(nth + 1);
		err e = password_hash(&w->c, STR("ada"), typed(w, "password"), quick, &stored);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_memory);
		assert_int_equal(stored.length, 0);
	}
	assert_true(nth >= 2);
	for (nth = 0;; nth++) {
		fail_at(nth + 1);
		err e = password_verify(
			&w->c, STR("ada"), stored, typed(w, "password"), quick, &stale);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_memory);
	}
	assert_true(nth >= 2);
	for (nth = 0;; nth++) {
		fail_at(nth + 1);
		err e = password_verify_nobody(&w->c, typed(w, "password"), quick);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_memory);
	}
	assert_true(nth >= 2);
}

static void wrapping_without_memory_leaves_the_hash_as_it_is(void **state)
{
	struct world *w = *state;
	struct str stored, why, wrapped = STR_NONE;
	int nth = 0;

	assert_int_equal(password_import(&w->c, STR("ada"), str_of(kept[0]), &stored, &why), 0);
	for (;; nth++) {
		fail_at(nth + 1);
		err e = password_wrap(&w->c, STR("ada"), stored, quick, &wrapped);
		if (!failure_came())
			break;
		assert_int_equal(e, -fault_memory);
		assert_int_equal(wrapped.length, 0);
	}
	assert_true(nth >= 2);
	assert_false(password_is_legacy(&w->c, STR("ada"), wrapped));
}

/* ---- the pool ---- */

static void a_pool_whose_hashes_find_no_memory_says_so_and_goes_on(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool;
	struct str stored;

	assert_int_equal(hash_pool_open(&w->c, 1, 4, &pool), 0);
	w->c.pool = pool;
	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, "password"), quick, &stored), 0);
	fail_at(1);
	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, "password"), quick, &stored),
		-fault_memory);
	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, "password"), quick, &stored), 0);
	w->c.pool = NULL;
	hash_pool_close(&pool);
	hash_pool_close(&pool);
}

static void a_pool_that_cannot_have_its_threads_is_none(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = NULL;

	fail_at(1);
	assert_int_equal(hash_pool_open(&w->c, 1, 4, &pool), -fault_memory);
	assert_null(pool);
	if (REKEY_SANITIZED)
		skip();
	fail_at(2);
	assert_int_equal(hash_pool_open(&w->c, 1, 4, &pool), -fault_memory);
	assert_null(pool);
}

static void a_pool_never_has_more_than_64_threads(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool;
	char dir[] = "/proc/self/task";
	size_t before = files_in(dir);

	assert_int_equal(hash_pool_open(&w->c, 100, 4, &pool), 0);
	assert_int_equal(files_in(dir), before + 64);
	hash_pool_close(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(the_libraries_start_or_it_is_said),
		WORLD(a_key_is_made_whole_or_not_at_all),
		WORLD(a_key_is_read_whole_or_not_at_all),
		WORLD(a_folder_that_is_gone_is_said),
		WORLD(a_key_of_another_user_is_refused),
		WORLD(a_full_disk_gets_no_key),
		WORLD(half_a_key_is_no_key),
		WORLD(of_two_who_make_a_key_the_first_one_s_holds),
		WORLD(a_key_that_comes_and_goes_is_no_key),
		WORLD(an_export_or_import_without_memory_is_a_fault),
		WORLD(a_one_time_code_without_its_digest_is_a_fault),
		WORLD(no_password_is_right_when_its_digest_cannot_be_made),
		WORLD(a_password_is_neither_kept_nor_judged_without_memory),
		WORLD(wrapping_without_memory_leaves_the_hash_as_it_is),
		WORLD(a_pool_whose_hashes_find_no_memory_says_so_and_goes_on),
		WORLD(a_pool_that_cannot_have_its_threads_is_none),
		WORLD(a_pool_never_has_more_than_64_threads),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
