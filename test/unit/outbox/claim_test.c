/* The courier's side of the outbox, on a real store. */
#include "../house.h"
#include "outbox/inside.h"
#include "spec/values.h"

static int setup(void **state)
{
	int failed = open_house(state);

	ctx.now = 1795420000;
	return failed || conf_set(&ctx, settings, "mail.smtpHost", "mail.example.org") ||
	       conf_set(&ctx, settings, "mail.sender", "rekey@example.org");
}

static void write_letter(const char *message, struct str recipient, struct str agent)
{
	const struct pair pairs[] = { { "when", STR("1795420000") }, { "agent", agent } };
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(outbox_add(&unit, NULL, recipient, message, pairs, 2), 0);
	assert_int_equal(unit_commit(&unit), 0);
}

static int claim(struct rec_letter *letter)
{
	struct answer out = { 0 };
	int reply = serve_outbox_claim(&ctx, &(struct op_outbox_claim){ 0 }, &out);

	if (reply == 0)
		*letter = *(const struct rec_letter *)out.record;
	return reply;
}

static void report(const struct rec_letter *letter, const char *outcome)
{
	const struct op_outbox_report in = {
		.id = letter->id, .outcome = str_of(outcome), .detail = STR("451")
	};

	assert_int_equal(serve_outbox_report(&ctx, &in, &(struct answer){ 0 }), 0);
}

/* The one message as the command line lists it. */
static struct rec_letter_row listed(void)
{
	struct answer out = { 0 };

	assert_int_equal(serve_outbox_list(&ctx, &(struct op_outbox_list){ 0 }, &out), 0);
	assert_int_equal(out.item_count, 1);
	return *(const struct rec_letter_row *)out.items;
}

static void a_letter_is_claimed_once_and_whole(void **state)
{
	static char text[3001];
	struct rec_letter letter, again;

	(void)state;
	memset(text, 'x', 3000);
	write_letter("recover_code", STR("ada@example.net"), str_of(text));
	assert_int_equal(claim(&letter), 0);
	assert_true(str_is(letter.message, "recover_code"));
	assert_true(str_is(letter.recipient, "ada@example.net"));
	assert_true(str_same(values_get(letter.values, STR("agent")), str_of(text)));
	assert_int_equal(letter.attempt, 1);
	assert_int_equal(letter.made, ctx.now);
	assert_int_equal(claim(&again), reply_nothing);
}

static void a_lease_that_ran_out_is_given_again(void **state)
{
	struct rec_letter letter, again;

	(void)state;
	write_letter("password_reset", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(claim(&letter), 0);
	ctx.now += 119;
	assert_int_equal(claim(&again), reply_nothing);
	ctx.now += 1;
	assert_int_equal(claim(&again), 0);
	assert_true(str_same(again.id, letter.id));
	assert_int_equal(again.attempt, 2);
}

static void what_was_sent_is_blanked(void **state)
{
	struct rec_letter letter;
	struct rows rows;

	(void)state;
	write_letter("password_reset", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(claim(&letter), 0);
	report(&letter, "sent");
	assert_int_equal(store_read(&ctx, statement_outbox_recent, WITH_NOTHING, 0, &rows), 0);
	assert_int_equal(rows.count, 1);
	assert_int_equal(row_value(&rows, 0, 4).kind, value_null);
	assert_true(str_is(listed().state, "sent"));
	ctx.now += 1000;
	assert_int_equal(claim(&letter), reply_nothing);
}

static void what_was_deferred_waits_longer_each_time(void **state)
{
	static const int64_t waits[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	struct rec_letter letter;

	(void)state;
	write_letter("password_reset", STR("ada@example.net"), STR("Firefox"));
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		assert_int_equal(claim(&letter), 0);
		report(&letter, "later");
		ctx.now += waits[i] - 1;
		assert_int_equal(claim(&letter), reply_nothing);
		ctx.now += 1;
		arena_wipe(ctx.arena);
	}
}

static void what_cannot_be_delivered_is_dead(void **state)
{
	struct rec_letter letter;

	(void)state;
	write_letter("password_reset", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(claim(&letter), 0);
	report(&letter, "never");
	assert_true(str_is(listed().state, "dead"));
	assert_true(str_is(listed().detail, "451"));
}

static void a_code_is_not_sent_after_its_life(void **state)
{
	struct rec_letter letter;

	(void)state;
	write_letter("recover_code", STR("ada@example.net"), STR("Firefox"));
	ctx.now += settings->mail_code_lifetime;
	assert_int_equal(claim(&letter), reply_nothing);
	assert_true(str_is(listed().state, "dead"));
	assert_true(str_is(listed().detail, "too old"));
}

static void a_notice_is_sent_however_late(void **state)
{
	struct rec_letter letter;

	(void)state;
	write_letter("password_reset", STR("ada@example.net"), STR("Firefox"));
	ctx.now += 3 * 86400;
	assert_int_equal(claim(&letter), 0);
	report(&letter, "later");
	assert_true(str_is(listed().state, "dead"));
}

static void a_deferred_code_is_given_up_when_the_next_try_comes_too_late(void **state)
{
	struct rec_letter letter;

	(void)state;
	write_letter("recover_code", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(claim(&letter), 0);
	ctx.now += settings->mail_code_lifetime - 30;
	report(&letter, "later");
	assert_true(str_is(listed().state, "dead"));
}

static void messages_to_nobody_go_nowhere_and_hold_up_no_other(void **state)
{
	struct rec_letter letter;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		write_letter("recover_code", STR_NONE, STR("Firefox"));
	ctx.now += 1;
	write_letter("recover_code", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(claim(&letter), 0);
	assert_true(str_is(letter.recipient, "ada@example.net"));
	assert_int_equal(claim(&letter), reply_nothing);
}

static void without_a_mail_server_everything_waits(void **state)
{
	struct rec_letter letter;

	(void)state;
	write_letter("recover_code", STR("ada@example.net"), STR("Firefox"));
	assert_int_equal(conf_set(&ctx, settings, "mail.smtpHost", ""), 0);
	assert_int_equal(claim(&letter), reply_nothing);
	assert_true(str_is(listed().state, "waiting"));
}

static void neither_address_nor_values_lie_open_in_the_store(void **state)
{
	char command[200];

	(void)state;
	write_letter("recover_code", STR("needle@example.net"), STR("haystack"));
	store_close(&ctx.store);
	snprintf(command, sizeof(command), "cat %s/* | grep -aqE 'needle|haystack'", folder);
	assert_int_not_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_letter_is_claimed_once_and_whole, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_lease_that_ran_out_is_given_again, setup, close_house),
		cmocka_unit_test_setup_teardown(what_was_sent_is_blanked, setup, close_house),
		cmocka_unit_test_setup_teardown(
			what_was_deferred_waits_longer_each_time, setup, close_house),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_delivered_is_dead, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_code_is_not_sent_after_its_life, setup, close_house),
		cmocka_unit_test_setup_teardown(a_notice_is_sent_however_late, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_deferred_code_is_given_up_when_the_next_try_comes_too_late, setup,
			close_house),
		cmocka_unit_test_setup_teardown(
			messages_to_nobody_go_nowhere_and_hold_up_no_other, setup, close_house),
		cmocka_unit_test_setup_teardown(
			without_a_mail_server_everything_waits, setup, close_house),
		cmocka_unit_test_setup_teardown(
			neither_address_nor_values_lie_open_in_the_store, setup, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
