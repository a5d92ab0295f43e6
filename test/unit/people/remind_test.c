/* Reminders: to whom, how often, at what pace; and that what is no longer wanted does not go. */
#include "../journey.h"

#include "people/inside.h"

static struct answer answer;
static struct rec_reminded sum;

static err remind(struct op_people_remind in)
{
	err e;

	asker = (struct request){ .door = door_socket };
	answer = (struct answer){ 0 };
	if ((e = serve_people_remind(&ctx, &in, &answer)))
		return e;
	sum = *(const struct rec_reminded *)answer.record;
	return 0;
}

static void take_in(const char *name, const char *mail, const char *other)
{
	struct op_people_import_row row = {
		.user_name = str_of(name), .mail = str_of(mail), .other_mail = str_of(other)
	};

	assert_int_equal(serve_people_import_row(&ctx, &row, &answer), 0);
}

static int open_with_mail(void **state)
{
	if (open_house_of_ada(state))
		return -1;
	ctx.now = 20000 * (int64_t)86400;
	set_conf("mail.smtpHost", "relay.example");
	set_conf("mail.sender", "rekey@example.org");
	return 0;
}

static void who_has_not_registered_is_asked_once_in_so_many_days(void **state)
{
	(void)state;
	take_in("bob", NULL, "bob@home.example");
	take_in("cyd", NULL, NULL);
	assert_int_equal(remind((struct op_people_remind){ 0 }), 0);
	assert_int_equal(sum.looked_at, 3);
	assert_int_equal(sum.reminded, 2);
	assert_int_equal(sum.no_address, 1);
	assert_told("please_register ada@work.example\nplease_register bob@home.example");
	assert_string_equal(mailed("please_register", "link"), "https://reset.example");
	assert_held("note FROM audit WHERE event = 'people_reminded'", 2); /* "2 people" */
	ctx.now += 13 * 86400;
	assert_int_equal(remind((struct op_people_remind){ 0 }), 0);
	assert_int_equal(sum.reminded, 0);
	assert_told("");
	assert_int_equal(remind((struct op_people_remind){ .again_after = 13 }), 0);
	assert_int_equal(sum.reminded, 2);
	assert_held("SUM(count) FROM reminder", 4);
}

static void who_is_registered_or_out_of_scope_is_left_alone(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	(void)add_app();
	take_in("bob", "bob@work.example", NULL);
	take_in("cyd", "cyd@work.example", NULL);
	change_store("UPDATE account SET frozen = 5 WHERE name = 'bob'");
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = STR("guests") }, &answer), 0);
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("guests"), .person = STR("cyd") },
			&answer),
		0);
	assert_int_equal(serve_policy_set(&ctx,
				 &(struct op_policy_set){
					 .setting = STR("excludedGroups"), .value = STR("guests") },
				 &answer),
		0);
	assert_int_equal(remind((struct op_people_remind){ 0 }), 0);
	assert_int_equal(sum.reminded, 0);
	change_store("DELETE FROM method WHERE kind = 'totp'");
	assert_int_equal(remind((struct op_people_remind){ .dry = 1 }), 0);
	assert_int_equal(sum.reminded, 1);
	assert_told("");
	assert_held("COUNT(*) FROM reminder", 0);
}

static void a_group_and_the_groups_within(void **state)
{
	(void)state;
	take_in("bob", "bob@work.example", NULL);
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = STR("outer") }, &answer) |
			serve_group_add(
				&ctx, &(struct op_group_add){ .name = STR("inner") }, &answer),
		0);
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("outer"), .group = STR("inner") },
			&answer),
		0);
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("inner"), .person = STR("bob") },
			&answer),
		0);
	assert_int_equal(remind((struct op_people_remind){ .group = STR("outer") }), 0);
	assert_told("please_register bob@work.example");
	assert_int_equal(
		remind((struct op_people_remind){ .group = STR("nowhere") }), reply_not_found);
}

/* Page after page, each message after the one before, two a second. */
static void many_are_spread_over_time(void **state)
{
	struct str after = STR_NONE;
	int64_t reminded = 0;
	char name[20], mail[40];

	(void)state;
	for (int i = 0; i < 70; i++) {
		(void)snprintf(name, sizeof(name), "p%02d", i);
		(void)snprintf(mail, sizeof(mail), "p%02d@work.example", i);
		take_in(name, mail, NULL);
	}
	do {
		assert_int_equal(remind((struct op_people_remind){ .cursor = after }), 0);
		assert_true(sum.looked_at <= 23);
		reminded += sum.reminded;
		after = answer.cursor;
	} while (after.length);
	assert_int_equal(reminded, 71);
	assert_held("COUNT(*) FROM outbox", 71);
	assert_held("MAX(n) FROM (SELECT COUNT(*) AS n FROM outbox GROUP BY next)", 2);
	assert_int_equal(held("SELECT MAX(next) FROM outbox") - ctx.now, sum.last - ctx.now);
	assert_in_range(sum.last - ctx.now, 34, 40);
	assert_held("COUNT(*) FROM outbox WHERE next <> made", 0);
}

static void open_session(void)
{
	struct unit unit = unit_begin(&ctx);
	struct account account;

	assert_int_equal(account_load(&ctx, ada, &account), 0);
	(void)ask();
	assert_int_equal(session_open(&unit, &out, &account, 1, false, STR("password")), 0);
	assert_int_equal(kept(unit_commit(&unit)), 0);
	change_store("UPDATE session SET vouched = 1"); /* what it adds counts at once */
}

static void whoever_registers_meanwhile_is_not_asked(void **state)
{
	(void)state;
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_int_equal(remind((struct op_people_remind){ 0 }), 0);
	assert_told("please_register ada@work.example");
	open_session();
	assert_int_equal(ASK(info_add, .kind = STR("recovery_code")), 0);
	assert_held("COUNT(*) FROM outbox WHERE message = 'please_register' AND state = 'dead' AND "
		    "sealed IS NULL",
		1);
}

static void without_a_way_for_mail_nothing_is_written(void **state)
{
	(void)state;
	set_conf("mail.sender", "");
	assert_int_equal(remind((struct op_people_remind){ 0 }), reply_refused);
	set_conf("mail.sender", "rekey@example.org");
	set_conf("site.baseUrl", "");
	assert_int_equal(remind((struct op_people_remind){ 0 }), reply_refused);
	assert_held("COUNT(*) FROM outbox", 0);
}

#define WITH_MAIL(test) cmocka_unit_test_setup_teardown(test, open_with_mail, close_house_of_ada)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_MAIL(who_has_not_registered_is_asked_once_in_so_many_days),
		WITH_MAIL(who_is_registered_or_out_of_scope_is_left_alone),
		WITH_MAIL(a_group_and_the_groups_within),
		WITH_MAIL(many_are_spread_over_time),
		WITH_MAIL(whoever_registers_meanwhile_is_not_asked),
		WITH_MAIL(without_a_way_for_mail_nothing_is_written),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("remind", tests, NULL, NULL);
}
