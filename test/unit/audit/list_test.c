/* Reading the log: what it shows, to whom it can still give a name, and what it never says. */
#include "log.h"

#include "spec/values.h"

static struct request request;

static struct answer list(struct op_audit_list in)
{
	struct answer out = { 0 };

	assert_int_equal(serve_audit_list(&ctx, &in, &out), 0);
	return out;
}

static const struct rec_audit_row *row(const struct answer *a, size_t at)
{
	assert_true(at < a->item_count);
	return &((const struct rec_audit_row *)a->items)[at];
}

static void from_browser(void)
{
	request = (struct request){ .address = STR("192.0.2.7"), .agent = STR("Firefox") };
	ctx.request = &request;
}

static void a_row_shows_what_was_done_to_whom_from_where(void **state)
{
	struct str ada = person("ada", '1');
	const struct rec_audit_row *shown;
	struct answer a;

	(void)state;
	from_browser();
	add_about(event_info_registered, &(struct audit_about){ .account = ada,
						 .support = STR("K7Q2-9XWM"),
						 .detail = STR("ada@example.net"),
						 .note = STR("mail") });
	close_log();
	a = list((struct op_audit_list){ .most = 10 });
	assert_int_equal(a.item_count, 1);
	shown = row(&a, 0);
	assert_true(str_is(shown->activity, "User registered security info"));
	assert_true(str_is(shown->category, "Authentication Methods"));
	assert_true(str_is(shown->event, "info_registered"));
	assert_true(str_is(shown->result, "success"));
	assert_true(str_is(shown->person, "ada"));
	assert_true(str_is(shown->support, "K7Q2-9XWM"));
	assert_true(str_is(shown->actor, "self"));
	assert_true(str_is(shown->address, "192.0.2.7"));
	assert_true(str_is(shown->agent, "Firefox"));
	assert_true(str_is(shown->detail, "ada@example.net"));
	assert_true(str_is(shown->note, "mail"));
	assert_true(str_is(shown->account, "31313131313131313131313131313131"));
	assert_true(str_ends(shown->chained, STR("/1")));
}

static void names_and_addresses_do_not_lie_open_in_the_store(void **state)
{
	struct str ada = person("ada", '1');
	char command[200];

	(void)state;
	from_browser();
	add_about(event_signin,
		&(struct audit_about){ .account = ada, .detail = STR("needle@example.net") });
	store_close(&ctx.store);
	snprintf(command, sizeof(command), "cat %s/* | grep -aqE 'needle|192.0.2.7|Firefox'",
		folder);
	assert_int_not_equal(system(command), 0);
}

static void an_erased_person_has_rows_that_verify_and_name_nobody(void **state)
{
	struct str ada = person("ada", '1');
	struct unit unit = unit_begin(&ctx);
	struct audit_verdict v;
	struct answer a;

	(void)state;
	from_browser();
	add_about(event_signin,
		&(struct audit_about){ .account = ada, .detail = STR("ada@example.net") });
	audit_forget(&unit, ada);
	unit_add(&unit, statement_account_signed_in, 1, WITH(v_bytes(ada), v_number(1)));
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(tamper("DELETE FROM login_name; DELETE FROM account"), 2);
	/* What still goes on for the account finds no key, and makes none. */
	add_about(event_sign_out,
		&(struct audit_about){ .account = ada, .detail = STR("ada@example.net") });
	assert_int_equal(number("SELECT COUNT(*) FROM account_key"), 0);

	v = verdict();
	assert_null(v.why);
	assert_int_equal(v.rows, 2);
	a = list((struct op_audit_list){ .person = STR("31313131313131313131313131313131") });
	assert_int_equal(a.item_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(row(&a, i)->person.length, 0);
		assert_int_equal(row(&a, i)->detail.length, 0);
		assert_int_equal(row(&a, i)->address.length, 0);
	}
}

static void the_key_of_one_person_opens_no_row_of_another(void **state)
{
	struct str ada = person("ada", '1'), eve = person("eve", '2');
	struct answer a;

	(void)state;
	from_browser();
	add_about(event_signin, &(struct audit_about){ .account = ada, .detail = STR("of ada") });
	add_about(event_signin, &(struct audit_about){ .account = eve, .detail = STR("of eve") });
	assert_int_equal(number("SELECT COUNT(DISTINCT wrapped) FROM account_key"), 2);
	assert_true(tamper("UPDATE account_key SET wrapped = (SELECT wrapped FROM account_key "
			   "WHERE account = "
			   "CAST('1111111111111111' AS BLOB))") > 0);
	a = list((struct op_audit_list){ .person = STR("ada") });
	assert_true(str_is(row(&a, 0)->detail, "of ada"));
	assert_int_equal(
		serve_audit_list(&ctx, &(struct op_audit_list){ .person = STR("eve") }, &a),
		-fault_crypto);
}

static void the_newest_come_first_page_by_page(void **state)
{
	struct answer first, second;

	(void)state;
	add(25);
	clock_turn(1); /* rows of one millisecond have no order */
	add_about(event_reset, &(struct audit_about){ .failure = true });
	first = list((struct op_audit_list){ .most = 20 });
	assert_int_equal(first.item_count, 20);
	assert_true(str_is(row(&first, 0)->event, "reset"));
	assert_true(str_is(row(&first, 0)->result, "failure"));
	second = list((struct op_audit_list){ .most = 20, .cursor = first.cursor });
	assert_int_equal(second.item_count, 6);
	assert_int_equal(second.cursor.length, 0);
	assert_true(str_order(row(&second, 0)->id, row(&first, 19)->id) < 0);
}

static void filters_choose_by_person_support_code_event_and_time(void **state)
{
	struct str ada = person("ada", '1'), eve = person("eve", '2');
	struct answer a;

	(void)state;
	add_about(
		event_signin, &(struct audit_about){ .account = ada, .support = STR("AAAA-AAAA") });
	new_day();
	add_about(
		event_reset, &(struct audit_about){ .account = ada, .support = STR("BBBB-BBBB") });
	add_about(
		event_signin, &(struct audit_about){ .account = eve, .support = STR("CCCC-CCCC") });
	assert_int_equal(list((struct op_audit_list){ .person = STR("ADA") }).item_count, 2);
	assert_int_equal(list((struct op_audit_list){ .event = STR("signin") }).item_count, 2);
	assert_int_equal(list((struct op_audit_list){ .since = ctx.now - 60 }).item_count, 2);
	assert_int_equal(list((struct op_audit_list){ .person = STR("ada"), .event = STR("reset") })
				 .item_count,
		1);
	a = list((struct op_audit_list){ .support = STR("CCCC-CCCC") });
	assert_int_equal(a.item_count, 1);
	assert_true(str_is(row(&a, 0)->person, "eve"));
}

static void what_nobody_has_is_not_found(void **state)
{
	struct answer a = { 0 };

	(void)state;
	assert_int_equal(
		serve_audit_list(&ctx, &(struct op_audit_list){ .person = STR("nobody") }, &a),
		reply_not_found);
	assert_int_equal(
		serve_audit_list(&ctx, &(struct op_audit_list){ .event = STR("no_such") }, &a),
		reply_not_found);
	assert_int_equal(serve_audit_list(&ctx, &(struct op_audit_list){ .cursor = STR("x") }, &a),
		reply_malformed);
}

static void attempts_with_unknown_names_become_one_row_a_minute(void **state)
{
	struct answer a;

	(void)state;
	for (size_t i = 0; i < 30; i++) {
		struct unit unit = unit_begin(&ctx);

		audit_count(&unit, "recover_begin");
		assert_int_equal(unit_commit(&unit), 0);
	}
	close_log();
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 0);
	clock_turn(60);
	ctx.now = clock_now();
	close_log();
	assert_int_equal(number("SELECT COUNT(*) FROM audit_count"), 0);
	a = list((struct op_audit_list){ .event = STR("unknown_names") });
	assert_int_equal(a.item_count, 1);
	assert_true(
		str_starts(row(&a, 0)->note, STR("recover_begin: 30 attempts in the minute of ")));
}

static void long_texts_are_cut_between_letters(void **state)
{
	static char long_text[3000];
	struct str ada = person("ada", '1');
	struct buf b = buf_on(long_text, sizeof(long_text));
	struct answer a;

	(void)state;
	for (size_t i = 0; i < 900; i++)
		buf_add(&b, STR("字"));
	add_about(event_signin, &(struct audit_about){ .account = ada,
					.detail = buf_str(&b),
					.note = buf_str(&b),
					.reason = buf_str(&b) });
	a = list((struct op_audit_list){ .most = 1 });
	assert_true(row(&a, 0)->detail.length > 500 && utf8_valid(row(&a, 0)->detail));
	assert_true(row(&a, 0)->note.length <= 400 && utf8_valid(row(&a, 0)->note));
	assert_true(row(&a, 0)->reason.length <= 120 && utf8_valid(row(&a, 0)->reason));
}

static void what_is_no_text_hides_no_other_row(void **state)
{
	struct answer a;

	(void)state;
	add_about(event_reset,
		&(struct audit_about){ .note = STR("\xff\xfe"), .reason = STR("\xc3") });
	a = list((struct op_audit_list){ .most = 1 });
	assert_true(str_is(row(&a, 0)->note, "?"));
	assert_true(str_is(row(&a, 0)->reason, "?"));
}

static void a_broken_log_is_said_with_its_place(void **state)
{
	struct answer a = { 0 };
	const struct rec_audit_verdict *v;

	(void)state;
	add(5);
	assert_int_equal(serve_audit_verify(&ctx, &(struct op_audit_verify){ 0 }, &a), 0);
	v = a.record;
	assert_int_equal(v->rows, 5);
	assert_int_equal(v->newest_head.length, 64);
	assert_int_equal(v->public_key.length, 64);
	assert_int_equal(tamper("DELETE FROM audit WHERE seq = 3"), 1);
	assert_int_equal(
		serve_audit_verify(&ctx, &(struct op_audit_verify){ 0 }, &a), reply_broken);
	assert_true(str_ends(a.words, STR(", row 3: a row is missing")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_row_shows_what_was_done_to_whom_from_where, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			names_and_addresses_do_not_lie_open_in_the_store, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			an_erased_person_has_rows_that_verify_and_name_nobody, log_setup,
			close_house),
		cmocka_unit_test_setup_teardown(
			the_key_of_one_person_opens_no_row_of_another, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			the_newest_come_first_page_by_page, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			filters_choose_by_person_support_code_event_and_time, log_setup,
			close_house),
		cmocka_unit_test_setup_teardown(
			what_nobody_has_is_not_found, log_setup, close_house),
		cmocka_unit_test_setup_teardown(attempts_with_unknown_names_become_one_row_a_minute,
			log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			long_texts_are_cut_between_letters, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			what_is_no_text_hides_no_other_row, log_setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_broken_log_is_said_with_its_place, log_setup, close_house),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
