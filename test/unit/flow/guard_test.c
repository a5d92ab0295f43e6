/* Guards: each condition of each, alone, decides. */
#include "flow/inside.h"

#include "conf/conf.h"

#include <setjmp.h>
#include <cmocka.h>

enum { all_methods = 3, at_mail = 0, at_totp = 1, at_codes = 2 };

static const struct method methods[all_methods] = {
	[at_mail] = { .kind = method_mail, .state = { "active", 6 } },
	[at_totp] = { .kind = method_totp, .state = { "active", 6 } },
	[at_codes] = { .kind = method_recovery_code, .state = { "active", 6 } },
};
static struct conf conf = { .reason_disclosure = { "mail", 4 } };
static struct ctx ctx = { .conf = &conf, .now = 1000 };

/* Somebody with every method, who has proved one of two ways, and for whom all is open. */
static struct walk walk(void)
{
	return (struct walk){
		.c = &ctx,
		.known = true,
		.trusted = true,
		.mail_open = true,
		.try_open = true,
		.pass_open = true,
		.right = true,
		.by_pass = true,
		.rules_met = true,
		.proofs_needed = 2,
		.rules.in_scope = true,
		.wanted = method_mail,
		.methods = { methods, all_methods },
		.account = { .password = STR("a hash"), .must_change = true },
		.flow = { .tries = 1,
			.sent = 1,
			.code_expires = 1001,
			.proofs = STR("totp"),
			.method = STR("mail") },
	};
}

static struct methods only(size_t kind)
{
	return (struct methods){ &methods[kind], 1 };
}

/* What is so in the walk as `given` made it turns into the opposite by one change. */
#define TURNS(guard, before, given, change)                                                        \
	do {                                                                                       \
		struct walk w = walk();                                                            \
		given;                                                                             \
		assert_int_equal(guard(&w), before);                                               \
		change;                                                                            \
		assert_int_equal(guard(&w), !(before));                                            \
	} while (0)
#define ENDS(guard, given, change) TURNS(guard, true, given, change)
#define BEGINS(guard, given, change) TURNS(guard, false, given, change)
#define NOTHING (void)w

static void only_the_known_on_a_trusted_way_may_be_told_and_only_what_is_so(void **state)
{
	(void)state;
	BEGINS(guard_may_be_told, NOTHING, w.account.disabled = true);
	BEGINS(guard_may_be_told, NOTHING, w.account.frozen = 5);
	BEGINS(guard_may_be_told, NOTHING, w.methods.count = 1);
	BEGINS(guard_may_be_told, NOTHING, w.rules.in_scope = false);
	ENDS(guard_may_be_told, w.account.disabled = true, w.known = false);
	ENDS(guard_may_be_told, w.account.disabled = true, w.trusted = false);
	ENDS(guard_may_be_told, w.methods.count = 1, w.proofs_needed = 1);
}

static void mail_is_off_where_it_is_offered_to_nobody(void **state)
{
	(void)state;
	ENDS(guard_mail_off, NOTHING, w.offered[method_mail] = true);
}

static void mail_goes_to_the_known_who_is_not_frozen_while_it_is_open(void **state)
{
	(void)state;
	ENDS(guard_may_send, NOTHING, w.known = false);
	ENDS(guard_may_send, NOTHING, w.account.frozen = 5);
	ENDS(guard_may_send, NOTHING, w.mail_open = false);
	ENDS(guard_wants_mail_may, NOTHING, w.wanted = method_totp);
	ENDS(guard_wants_mail_may, NOTHING, w.mail_open = false);
	ENDS(guard_by_mail_may, NOTHING, w.flow.method = STR("totp"));
	ENDS(guard_by_mail_may, NOTHING, w.account.frozen = 5);
}

static void a_sent_code_serves_again_until_the_second_it_expires(void **state)
{
	(void)state;
	ENDS(guard_wants_sent_mail, NOTHING, w.wanted = method_recovery_code);
	ENDS(guard_wants_sent_mail, NOTHING, w.flow.sent = 0);
	ENDS(guard_wants_sent_mail, NOTHING, w.flow.code_expires = ctx.now);
}

static void the_last_try_is_a_try(void **state)
{
	(void)state;
	ENDS(guard_tries_left, NOTHING, w.flow.tries = 0);
}

static void whoever_is_unknown_disabled_or_frozen_is_shut(void **state)
{
	(void)state;
	BEGINS(guard_account_shut, NOTHING, w.known = false);
	BEGINS(guard_account_shut, NOTHING, w.account.disabled = true);
	BEGINS(guard_account_shut, NOTHING, w.account.frozen = 5);
	ENDS(guard_right_shut, w.account.frozen = 5, w.right = false);
	ENDS(guard_right_shut, w.account.frozen = 5, w.account.frozen = 0);
	ENDS(guard_right_frozen, w.account.frozen = 5, w.right = false);
	ENDS(guard_right_frozen, w.account.frozen = 5, w.account.frozen = 0);
}

static void what_changed_after_the_last_proof_bars_the_password(void **state)
{
	(void)state;
	BEGINS(guard_barred, w.flow.proofs = STR("mail+totp"), w.account.disabled = true);
	BEGINS(guard_barred, w.flow.proofs = STR("mail+totp"), w.place.elsewhere = true);
	BEGINS(guard_barred, w.flow.proofs = STR("mail+totp"), w.rules.in_scope = false);
	BEGINS(guard_barred, w.flow.proofs = STR("mail+totp"), w.proofs_needed = 3);
	BEGINS(guard_barred, w.flow.proofs = STR("mail+totp"), w.flow.proofs = STR("mail"));
}

static void the_last_proof_is_the_one_that_makes_enough(void **state)
{
	(void)state;
	ENDS(guard_right_last, NOTHING, w.right = false);
	ENDS(guard_right_last, NOTHING, w.flow.proofs = STR_NONE);
	ENDS(guard_right_last, NOTHING, w.proofs_needed = 3);
}

static void who_can_not_give_what_is_needed_is_stuck(void **state)
{
	(void)state;
	BEGINS(guard_right_stuck, w.flow.proofs = STR_NONE, w.account.disabled = true);
	BEGINS(guard_right_stuck, w.flow.proofs = STR_NONE, w.place.elsewhere = true);
	BEGINS(guard_elsewhere, NOTHING, w.place.elsewhere = true);
	BEGINS(guard_right_stuck, w.flow.proofs = STR_NONE, w.methods.count = 1);
	BEGINS(guard_right_stuck, w.flow.proofs = STR_NONE, w.rules.in_scope = false);
	ENDS(guard_right_stuck, (w.flow.proofs = STR_NONE, w.methods.count = 1),
		w.methods.count = 2);
	ENDS(guard_right_stuck, w.account.disabled = true, w.right = false);
	/* The proof just given may be the last method there was. */
	BEGINS(guard_right_stuck,
		(w.methods.count = 0, w.flow.proofs = STR_NONE, w.proofs_needed = 1),
		w.proofs_needed = 2);
	ENDS(guard_right_stuck_mail, w.account.disabled = true, w.account.disabled = false);
}

static void the_reason_goes_by_mail_only_where_the_site_says_so(void **state)
{
	struct walk w = walk();

	(void)state;
	w.account.disabled = true;
	assert_true(guard_right_stuck_mail(&w));
	conf.reason_disclosure = STR("page");
	assert_false(guard_right_stuck_mail(&w));
	conf.reason_disclosure = STR("mail");
}

static void after_another_proof_mail_is_next_unless_it_was_given(void **state)
{
	(void)state;
#define BY_APP w.flow.method = STR("totp")
	ENDS(guard_right_then_mail, BY_APP, w.right = false);
	ENDS(guard_right_then_mail, BY_APP, w.flow.method = STR("mail"));
	ENDS(guard_right_then_mail, BY_APP, w.flow.proofs = STR("mail"));
	ENDS(guard_right_then_mail, BY_APP, w.methods = only(at_codes));
}

static void a_try_needs_a_known_enabled_account_with_a_password_and_room(void **state)
{
	(void)state;
	ENDS(guard_may_try, NOTHING, w.known = false);
	ENDS(guard_may_try, NOTHING, w.account.disabled = true);
	ENDS(guard_may_try, NOTHING, w.account.password = STR_NONE);
	ENDS(guard_may_try, NOTHING, w.try_open = false);
	ENDS(guard_may_try_pass, NOTHING, w.known = false);
	ENDS(guard_may_try_pass, NOTHING, w.account.disabled = true);
	ENDS(guard_may_try_pass, NOTHING, w.pass_open = false);
	ENDS(guard_may_try_pass, NOTHING, w.try_open = false);
}

static void a_right_password_leads_on_by_what_the_account_has(void **state)
{
	(void)state;
	ENDS(guard_right_pass, NOTHING, w.right = false);
	ENDS(guard_right_pass, NOTHING, w.by_pass = false);
	ENDS(guard_right_second, w.methods = only(at_totp), w.right = false);
	ENDS(guard_right_second, w.methods = only(at_totp), w.methods = only(at_mail));
	ENDS(guard_right_second, w.methods = only(at_codes), w.methods = only(at_mail));
	ENDS(guard_right_must_change, NOTHING, w.right = false);
	ENDS(guard_right_must_change, NOTHING, w.account.must_change = false);
}

static void more_time_is_given_once(void **state)
{
	(void)state;
	ENDS(guard_may_extend, NOTHING, w.flow.extended = true);
	ENDS(guard_rules_met, NOTHING, w.rules_met = false);
	ENDS(guard_right, NOTHING, w.right = false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_known_on_a_trusted_way_may_be_told_and_only_what_is_so),
		cmocka_unit_test(mail_is_off_where_it_is_offered_to_nobody),
		cmocka_unit_test(mail_goes_to_the_known_who_is_not_frozen_while_it_is_open),
		cmocka_unit_test(a_sent_code_serves_again_until_the_second_it_expires),
		cmocka_unit_test(the_last_try_is_a_try),
		cmocka_unit_test(whoever_is_unknown_disabled_or_frozen_is_shut),
		cmocka_unit_test(what_changed_after_the_last_proof_bars_the_password),
		cmocka_unit_test(the_last_proof_is_the_one_that_makes_enough),
		cmocka_unit_test(who_can_not_give_what_is_needed_is_stuck),
		cmocka_unit_test(the_reason_goes_by_mail_only_where_the_site_says_so),
		cmocka_unit_test(after_another_proof_mail_is_next_unless_it_was_given),
		cmocka_unit_test(a_try_needs_a_known_enabled_account_with_a_password_and_room),
		cmocka_unit_test(a_right_password_leads_on_by_what_the_account_has),
		cmocka_unit_test(more_time_is_given_once),
	};

	return cmocka_run_group_tests_name("flow guard", tests, NULL, NULL);
}
