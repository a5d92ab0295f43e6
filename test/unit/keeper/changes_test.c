/* A change of policy is in the audit log, whichever way it came. */
#include "../house.h"
#include "audit/audit.h"
#include "keeper/inside.h"

static int setup(void **state)
{
	int failed = open_house(state);

	ctx.now = clock_now();
	return failed;
}

static void note_changes(void)
{
	arena_wipe(ctx.arena);
	assert_int_equal(changes_note(&ctx), 0);
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
	set_conf("policy.passwordMinLength", "20");
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
	set_conf("lockout.lockoutThreshold", "100");
	assert_int_equal(store_up(), 0);
	note_changes();
	assert_int_equal(changes().item_count, 1);
}

static void what_decides_nothing_is_not_noted(void **state)
{
	(void)state;
	note_changes();
	set_conf("mail.smtpHost", "mail.example.org");
	set_conf("site.organisation", "Another name");
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
	buf_char(&b, 'x'); /* so that byte 150 is in the middle of a letter */
	for (size_t i = 0; i < 80; i++)
		buf_add(&b, STR("単語,"));
	set_conf("policy.organisationWords", words);
	note_changes();
	a = changes();
	assert_int_equal(a.item_count, 1);
	assert_true(str_starts(row(&a, 0)->note, STR("policy.organisationWords:  -> x単語")));
	assert_true(str_ends(row(&a, 0)->note, STR("単語,")));
}

static int64_t raised(void)
{
	struct rows rows;
	int64_t count = 0;

	assert_int_equal(
		store_read(&ctx, statement_policy_of, WITH(v_bytes(STR("nobody"))), 0, &rows), 0);
	for (size_t i = 0; i < rows.count; i++)
		count += row_number(&rows, i, 0) == 4;
	return count;
}

/* docs/decision/0012: and what hides the file's value makes its change none. */
static void raising_the_number_of_proofs_in_the_file_begins_a_grace(void **state)
{
	struct unit unit;

	(void)state;
	set_conf("policy.numberOfAuthenticationMethodsRequired", "1");
	note_changes();
	assert_int_equal(raised(), 0);
	set_conf("policy.numberOfAuthenticationMethodsRequired", "2");
	note_changes();
	assert_int_equal(raised(), 1);
	set_conf("policy.numberOfAuthenticationMethodsRequired", "1");
	note_changes();
	assert_int_equal(raised(), 0);
	unit = unit_begin(&ctx);
	unit_add(&unit, statement_policy_site_put, 1,
		WITH(v_text(STR("numberOfAuthenticationMethodsRequired")), v_number(2)));
	assert_int_equal(unit_commit(&unit), 0);
	set_conf("policy.numberOfAuthenticationMethodsRequired", "2");
	note_changes();
	assert_int_equal(raised(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_store_has_no_changes, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_change_is_noted_once_with_both_values, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_change_over_a_restart_is_noted, setup, close_house),
		cmocka_unit_test_setup_teardown(
			raising_the_number_of_proofs_in_the_file_begins_a_grace, setup,
			close_house),
		cmocka_unit_test_setup_teardown(
			what_decides_nothing_is_not_noted, setup, close_house),
		cmocka_unit_test_setup_teardown(
			long_lists_are_cut_between_letters, setup, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
