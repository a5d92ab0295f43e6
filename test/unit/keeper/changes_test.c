/* A change of policy is in the audit log, whichever way it came. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <unistd.h>

#include <cmocka.h>

static struct ctx ctx;
static struct conf *conf;
static struct keys *keys;
static char folder[64];

static void store_up(void)
{
	struct store_status status;

	must_be(store_open(&ctx, folder, store_make, &ctx.store, &status) == 0);
}

static int setup(void **state)
{
	struct conf_error *errors;
	size_t count;

	(void)state;
	ctx = (struct ctx){ .arena = arena_open(1024 * 1024), .now = clock_now() };
	snprintf(folder, sizeof(folder), "/tmp/rekey-changes-XXXXXX");
	must_be(ctx.arena && mkdtemp(folder) && crypto_open(&ctx) == 0);
	must_be(keys_open(&ctx, folder, true, &keys) == 0);
	must_be(conf_read(&ctx, NULL, &conf, &errors, &count) == 0);
	ctx.keys = keys;
	ctx.conf = conf;
	store_up();
	return 0;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	store_close(&ctx.store);
	keys_close(&keys);
	conf_close(&conf);
	arena_close(&ctx.arena);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void note_changes(void)
{
	arena_wipe(ctx.arena);
	assert_int_equal(changes_note(&ctx), 0);
}

static void set(const char *name, const char *value)
{
	assert_int_equal(conf_set(&ctx, conf, name, value), 0);
}

static struct answer changes(void)
{
	const struct op_audit_list in = { .event = STR("policy") };
	struct answer out = { 0 };

	assert_int_equal(serve_audit_list(&ctx, &in, &out), 0);
	return out;
}

static const struct rec_audit_row *row(const struct answer *a, size_t at)
{
	return &((const struct rec_audit_row *)a->items)[at];
}

static void a_new_store_has_no_changes(void **state)
{
	(void)state;
	note_changes();
	assert_int_equal(changes().item_count, 0);
}

static void a_change_is_noted_once_with_both_values(void **state)
{
	struct answer a;

	(void)state;
	note_changes();
	set("policy.passwordMinLength", "20");
	note_changes();
	note_changes();
	a = changes();
	assert_int_equal(a.item_count, 1);
	assert_true(str_is(row(&a, 0)->activity, "Self-service password reset policy changes"));
	assert_true(str_is(row(&a, 0)->note, "policy.passwordMinLength: 15 -> 20"));
}

static void a_change_over_a_restart_is_noted(void **state)
{
	(void)state;
	note_changes();
	store_close(&ctx.store);
	set("lockout.lockoutThreshold", "100");
	store_up();
	note_changes();
	assert_int_equal(changes().item_count, 1);
}

static void what_decides_nothing_is_not_noted(void **state)
{
	(void)state;
	note_changes();
	set("mail.smtpHost", "mail.example.org");
	set("site.organisation", "Another name");
	note_changes();
	assert_int_equal(changes().item_count, 0);
}

static void long_lists_are_cut_between_letters(void **state)
{
	static char words[900];
	struct buf b = buf_on(words, sizeof(words) - 1);
	struct answer a;

	(void)state;
	note_changes();
	for (size_t i = 0; i < 80; i++)
		buf_add(&b, STR("単語,"));
	set("policy.organisationWords", words);
	note_changes();
	a = changes();
	assert_int_equal(a.item_count, 1);
	assert_true(str_starts(row(&a, 0)->note, STR("policy.organisationWords:  -> 単語")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_store_has_no_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_change_is_noted_once_with_both_values, setup, teardown),
		cmocka_unit_test_setup_teardown(a_change_over_a_restart_is_noted, setup, teardown),
		cmocka_unit_test_setup_teardown(what_decides_nothing_is_not_noted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			long_lists_are_cut_between_letters, setup, teardown),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
