/* What the keeper itself serves, with any call of the store failing, and with any amount of memory:
 * done whole and written down, or a fault and nothing done. */
#include "../house.h"
#include "audit/audit.h"
#include "base/inside.h"
#include "keeper/inside.h"
#include "unit/failing_store.h"

#include <dirent.h>
#include <sys/stat.h>

enum { room = 256 * 1024, many = 2000 };

static struct secret *passphrase;
static struct answer out;

static err backup_make(struct ctx *c)
{
	return serve_backup_make(c, &(struct op_backup_make){ 0 }, &out);
}

static err key_export(struct ctx *c)
{
	return serve_key_export(c, &(struct op_key_export){ .passphrase = passphrase }, &out);
}

static err doctor_show(struct ctx *c)
{
	return serve_doctor_show(c, &(struct op_doctor_show){ 0 }, &out);
}

static err ready_show(struct ctx *c)
{
	return serve_ready_show(c, &(struct op_ready_show){ 0 }, &out);
}

static err demo_codes(struct ctx *c)
{
	return serve_demo_codes(c, &(struct op_demo_codes){ 0 }, &out);
}

static err settings_show(struct ctx *c)
{
	return serve_settings_show(c, &(struct op_settings_show){ 0 }, &out);
}

static err born(struct ctx *c)
{
	return born_check(c, false);
}

static int setup(void **state)
{
	struct answer added = { 0 };
	int failed = open_house(state);
	char path[100];

	if (failed)
		return failed;
	ctx.now = clock_now();
	passphrase = secret_take(ctx.arena, "seven green boats at dawn", 25);
	(void)snprintf(path, sizeof(path), "%s/backup", folder);
	settings->demo = true;
	return mkdir(path, 0700) || conf_set(&ctx, settings, "store.data", folder) ||
	       born_check(&ctx, true) ||
	       serve_people_add(&ctx,
		       &(struct op_people_add){
			       .name = STR("ada"), .other_mail = STR("ada@example.net") },
		       &added) ||
	       serve_demo_register(&ctx, &(struct op_demo_register){ .name = STR("ada") }, &added);
}

static size_t backups(void)
{
	char path[100];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/backup", folder);
	must_be((dir = opendir(path)));
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	(void)closedir(dir);
	return count;
}

/* Events of the audit log of one name. */
static int64_t events(const char *name)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;
	char path[100];
	int64_t n;

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	must_be(sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM audit WHERE event = ?1", -1,
			&statement, NULL) == SQLITE_OK);
	must_be(sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) == SQLITE_OK);
	must_be(sqlite3_step(statement) == SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	must_be(sqlite3_finalize(statement) == SQLITE_OK && sqlite3_close(db) == SQLITE_OK);
	return n;
}

/* Each call of the store fails once. Returns after the first time that none did; before, what is
 * kept between calls is made, so that they are as many each time. */
static void each_call_fails(err (*deed)(struct ctx *c), void (*look)(err e))
{
	int nth = 0;
	bool came;

	out = (struct answer){ 0 };
	assert_int_equal(deed(&ctx), 0);
	if (look)
		look(0);
	do {
		struct ctx c = ctx;

		c.arena = arena_open(room);
		out = (struct answer){ 0 };
		fail_at(++nth);
		err e = deed(&c);
		came = failure_came();
		assert_true(came ? e < 0 && c.fault.words[0] : e == 0);
		if (look)
			look(e);
		arena_close(&c.arena);
	} while (came && nth < many);
	assert_true(nth > 1 && nth < many);
}

/* So little memory, and a bit more each time. */
static void memory_grows(err (*deed)(struct ctx *c), size_t step, void (*look)(err e))
{
	size_t left = 0;
	err e;

	do {
		struct ctx c = ctx;

		c.arena = arena_open(room);
		(void)arena_take(c.arena, room - left - sizeof(struct arena));
		out = (struct answer){ 0 };
		e = deed(&c);
		assert_true(e == 0 || e == -fault_arena);
		if (look)
			look(e);
		arena_close(&c.arena);
		left += step;
	} while (e && left < room - 4096);
	assert_int_equal(e, 0);
	assert_true(left > step);
}

static int64_t written;

static void a_copy_is_written_down(err e)
{
	written += e == 0;
	assert_int_equal(backups(), written);
	assert_int_equal(events("backup"), written);
}

static void an_export_is_written_down(err e)
{
	written += e == 0;
	assert_int_equal(events("key_exported"), written);
	assert_int_equal(e == 0, out.record != NULL);
}

static void no_copy_of_the_store_is_left_that_the_log_does_not_tell_of(void **state)
{
	(void)state;
	written = 0;
	each_call_fails(backup_make, a_copy_is_written_down);
	memory_grows(backup_make, 48, a_copy_is_written_down);
}

static void no_key_is_given_that_the_log_does_not_tell_of(void **state)
{
	(void)state;
	written = 0;
	each_call_fails(key_export, an_export_is_written_down);
	memory_grows(key_export, 160, an_export_is_written_down);
}

static void what_is_shown_is_whole_or_a_fault(void **state)
{
	static err (*const all[])(struct ctx *) = { doctor_show, demo_codes, born };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		each_call_fails(all[i], NULL);
		memory_grows(all[i], 16, NULL);
	}
	each_call_fails(ready_show, NULL);
	memory_grows(settings_show, 16, NULL);
}

static void a_seed_that_does_not_open_is_a_fault(void **state)
{
	struct keys *other;
	char path[100];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/other", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(keys_open(&ctx, path, true, &other), 0);
	ctx.keys = other;
	out = (struct answer){ 0 };
	assert_true(demo_codes(&ctx) < 0);
	assert_int_equal(out.item_count, 0);
	ctx.keys = keys;
	keys_close(&other);
}

static void there_are_no_codes_but_in_a_demonstration(void **state)
{
	(void)state;
	settings->demo = false;
	assert_int_equal(demo_codes(&ctx), reply_not_found);
}

static void a_store_stays_what_it_was_made_for(void **state)
{
	(void)state;
	assert_int_equal(born_check(&ctx, false), 0);
	settings->demo = false;
	assert_int_equal(born_check(&ctx, false), -fault_conf);
}

/* ---- changes of policy ---- */

static err note_all(struct ctx *c)
{
	return changes_note(c);
}

static err change_and_note(struct ctx *c)
{
	static int turn;

	set_conf("policy.passwordMinLength", turn++ % 2 ? "30" : "31");
	return changes_note(c);
}

static void a_change_is_noted_or_it_is_said_that_it_was_not(void **state)
{
	(void)state;
	assert_int_equal(note_all(&ctx), 0);
	memory_grows(change_and_note, 16, NULL);
	assert_true(events("policy") > 0);
}

static void a_change_is_noted_whatever_fails_before(void **state)
{
	static const char *const value[] = { "20", "21" };
	int nth = 0;
	bool came;
	err e;

	(void)state;
	assert_int_equal(note_all(&ctx), 0);
	set_conf("policy.passwordMinLength", "22");
	assert_int_equal(note_all(&ctx), 0); /* all that is kept between calls is made */
	do {
		struct ctx c = ctx;

		c.arena = arena_open(room);
		set_conf("policy.passwordMinLength", value[nth % 2]);
		fail_at(++nth);
		e = note_all(&c);
		came = failure_came();
		assert_true(came ? e < 0 : e == 0);
		arena_wipe(c.arena);
		assert_int_equal(note_all(&c), 0);
		arena_close(&c.arena);
		assert_int_equal(events("policy"), nth + 1); /* one change each, noted once */
		arena_wipe(ctx.arena);
	} while (came && nth < many);
	assert_true(nth > 20 && nth < many);
}

#define HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE(no_copy_of_the_store_is_left_that_the_log_does_not_tell_of),
		HOUSE(no_key_is_given_that_the_log_does_not_tell_of),
		HOUSE(what_is_shown_is_whole_or_a_fault),
		HOUSE(a_seed_that_does_not_open_is_a_fault),
		HOUSE(there_are_no_codes_but_in_a_demonstration),
		HOUSE(a_store_stays_what_it_was_made_for),
		HOUSE(a_change_is_noted_or_it_is_said_that_it_was_not),
		HOUSE(a_change_is_noted_whatever_fails_before),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("keeper failing", tests, NULL, NULL);
}
