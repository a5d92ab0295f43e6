/* The master key: its file, its subkeys, its text under a passphrase. */
#include "unit/crypto/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char *key_path(const struct world *w)
{
	static char path[64];

	(void)snprintf(path, sizeof(path), "%s/master.key", w->dir);
	return path;
}

static err open_again(struct world *w, bool make)
{
	struct keys *keys = NULL;
	err e = keys_open(&w->c, w->dir, make, &keys);

	if (!e)
		keys_close(&keys);
	return e;
}

static void write_key(const struct world *w, const void *bytes, size_t size)
{
	int fd = open(key_path(w), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void the_file_holds_32_bytes_for_its_owner_alone(void **state)
{
	struct stat st;

	assert_int_equal(stat(key_path(*state), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
}

static void opening_again_finds_the_same_key(void **state)
{
	struct world *w = *state;
	struct keys *again;

	assert_int_equal(keys_open(&w->c, w->dir, false, &again), 0);
	assert_string_equal(keys_id(again).at, keys_id(w->keys).at);
	keys_close(&again);
}

static void an_absent_key_is_a_fault_unless_it_may_be_made(void **state)
{
	struct world *w = *state;

	assert_int_equal(unlink(key_path(w)), 0);
	assert_int_equal(open_again(w, false), -fault_keys);
	assert_int_equal(open_again(w, true), 0);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
	static const mode_t bad[] = { 0640, 0604, 0620, 0602, 0610, 0700, 04600, 01600 };
	static const mode_t good[] = { 0600, 0400 };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(chmod(key_path(w), bad[i]), 0);
		assert_int_equal(open_again(w, true), -fault_keys);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(chmod(key_path(w), good[i]), 0);
		assert_int_equal(open_again(w, true), 0);
	}
}

static void a_link_or_a_folder_is_no_key(void **state)
{
	struct world *w = *state;
	char other[64];

	(void)snprintf(other, sizeof(other), "%s/other", w->dir);
	assert_int_equal(rename(key_path(w), other), 0);
	assert_int_equal(symlink(other, key_path(w)), 0);
	assert_int_equal(open_again(w, true), -fault_keys);
	assert_int_equal(unlink(key_path(w)), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(mkdir(key_path(w), 0600), 0);
	assert_int_equal(open_again(w, true), -fault_keys);
	assert_int_equal(rmdir(key_path(w)), 0);
}

static void a_damaged_key_is_refused_and_left_alone(void **state)
{
	static const uint8_t zeros[33];
	struct world *w = *state;

	for (size_t size = 0; size <= sizeof(zeros); size++) {
		write_key(w, zeros, size);
		assert_int_equal(open_again(w, true), -fault_keys);
	}
}

static void another_key_has_another_id(void **state)
{
	struct world *w = *state;
	struct keys *other;

	assert_int_equal(unlink(key_path(w)), 0);
	assert_int_equal(keys_open(&w->c, w->dir, true, &other), 0);
	assert_int_equal(keys_id(other).length, 8);
	assert_string_not_equal(keys_id(other).at, keys_id(w->keys).at);
	keys_close(&other);
}

/* What is sealed today must open under the next version. */
static void the_subkeys_of_a_known_master_key_never_change(void **state)
{
	struct world *w = *state;
	uint8_t master[32], digest[digest_size];
	struct keys *keys;
	char text[65];
	struct buf b = buf_on(text, sizeof(text));

	for (size_t i = 0; i < sizeof(master); i++)
		master[i] = (uint8_t)i;
	write_key(w, master, sizeof(master));
	assert_int_equal(keys_open(&w->c, w->dir, false, &keys), 0);
	assert_string_equal(keys_id(keys).at, "92fc3ada");
	digest_keyed(keys, key_code, STR("flow"), STR("12345678"), digest);
	hex_add(&b, (struct str){ (char *)digest, sizeof(digest) });
	text[64] = 0;
	assert_string_equal(
		text, "3ca5eab2b290afe682af8098254f0842388eb226a9d94d07c3941ae5561ff843");
	keys_close(&keys);
}

/* ---- as text ---- */

static struct str exported(struct world *w, const char *passphrase)
{
	struct str text;

	assert_int_equal(keys_export(&w->c, w->keys, typed(w, passphrase), &text), 0);
	return text;
}

static void an_exported_key_comes_back_by_its_passphrase(void **state)
{
	struct world *w = *state;
	struct str text = exported(w, "a long walk to the sea");
	struct keys *back;

	assert_int_equal(unlink(key_path(w)), 0);
	assert_int_equal(
		keys_import(&w->c, w->dir, text, typed(w, "a long walk to the see")), reply_wrong);
	assert_int_equal(access(key_path(w), F_OK), -1);
	assert_int_equal(keys_import(&w->c, w->dir, text, typed(w, "a long walk to the sea")), 0);
	assert_int_equal(keys_open(&w->c, w->dir, false, &back), 0);
	assert_string_equal(keys_id(back).at, keys_id(w->keys).at);
	keys_close(&back);
}

static void an_import_never_overwrites_a_key(void **state)
{
	struct world *w = *state;
	struct str text = exported(w, "passphrase");

	assert_int_equal(keys_import(&w->c, w->dir, text, typed(w, "passphrase")), reply_already);
	assert_int_equal(open_again(w, false), 0);
}

static void a_changed_text_is_refused(void **state)
{
	struct world *w = *state;
	struct str text = exported(w, "passphrase");
	char copy[300];

	assert_int_equal(unlink(key_path(w)), 0);
	for (size_t i = 0; i < text.length; i += 13) {
		memcpy(copy, text.at, text.length);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		err e = keys_import(
			&w->c, w->dir, (struct str){ copy, text.length }, typed(w, "passphrase"));
		assert_true(e == reply_wrong || e == reply_malformed);
		assert_int_equal(
			keys_import(&w->c, w->dir, str_upto(text, i), typed(w, "passphrase")),
			reply_malformed);
	}
	memcpy(copy, text.at, text.length);
	copy[20] = '.'; /* between the id and what is sealed */
	assert_int_equal(keys_import(&w->c, w->dir, (struct str){ copy, text.length },
				 typed(w, "passphrase")),
		reply_malformed);
	assert_int_equal(access(key_path(w), F_OK), -1);
}

static void an_exported_text_does_not_hold_the_key(void **state)
{
	struct world *w = *state;
	struct str text = exported(w, "passphrase");
	uint8_t key[32];
	char base[64];
	struct buf b = buf_on(base, sizeof(base));
	int fd = open(key_path(w), O_RDONLY);

	assert_int_equal(read(fd, key, 32), 32);
	close(fd);
	base64url_add(&b, (struct str){ (char *)key, 30 });
	assert_int_equal(str_find(text, buf_str(&b)), text.length);
	assert_string_not_equal(exported(w, "passphrase").at, text.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(the_file_holds_32_bytes_for_its_owner_alone),
		WORLD(opening_again_finds_the_same_key),
		WORLD(an_absent_key_is_a_fault_unless_it_may_be_made),
		WORLD(a_key_that_others_may_read_is_refused),
		WORLD(a_link_or_a_folder_is_no_key),
		WORLD(a_damaged_key_is_refused_and_left_alone),
		WORLD(another_key_has_another_id),
		WORLD(the_subkeys_of_a_known_master_key_never_change),
		WORLD(an_exported_key_comes_back_by_its_passphrase),
		WORLD(an_import_never_overwrites_a_key),
		WORLD(a_changed_text_is_refused),
		WORLD(an_exported_text_does_not_hold_the_key),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
