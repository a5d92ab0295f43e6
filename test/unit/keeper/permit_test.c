/* Which descriptor may ask which operation: every operation from every side. */
#include "keeper/inside.h"

#include "model/model.h"

#include <setjmp.h>
#include <cmocka.h>

static struct ctx ctx;

/* What a frame without a session gets. A field can say nothing here: there is none to say it. */
static err asked(enum door side, const struct operation *op)
{
	struct peer peer = { .door = side };
	struct request request = { .door = door_socket };
	struct session who;
	err e = permit(&ctx, &peer, op, &request, &who);

	assert_int_equal(request.door, side);
	assert_null(ctx.who);
	return e;
}

static void assert_all(enum door door, enum door side, err expected)
{
	size_t count = 0;

	for (size_t i = 0; i < operation_count; i++) {
		if (operation_list[i].door != door)
			continue;
		count++;
		if (asked(side, &operation_list[i]) != expected)
			fail_msg("%s from side %d: not %lld", operation_list[i].name, (int)side,
				(long long)expected);
	}
	assert_true(count > 0);
}

static void what_visitors_ask_the_command_line_may_ask_and_the_courier_not(void **state)
{
	(void)state;
	assert_all(door_visitor, door_visitor, 0);
	assert_all(door_visitor, door_socket, 0);
	assert_all(door_visitor, door_courier, reply_not_allowed);
}

static void what_needs_a_session_needs_one_and_a_web_side(void **state)
{
	(void)state;
	assert_all(door_session, door_visitor, reply_sign_in_first);
	assert_all(door_session, door_socket, reply_not_allowed);
	assert_all(door_session, door_courier, reply_not_allowed);
}

static void the_courier_s_work_is_the_courier_s(void **state)
{
	(void)state;
	assert_all(door_courier, door_courier, 0);
	assert_all(door_courier, door_visitor, reply_not_allowed);
	assert_all(door_courier, door_socket, reply_not_allowed);
}

static void the_administrator_s_acts_come_by_the_socket_only(void **state)
{
	(void)state;
	assert_all(door_socket, door_socket, 0);
	assert_all(door_socket, door_visitor, reply_not_allowed);
	assert_all(door_socket, door_courier, reply_not_allowed);
}

static void a_door_that_does_not_exist_opens_to_nobody(void **state)
{
	const struct operation none = { .door = (enum door)99 };

	(void)state;
	assert_int_equal(asked(door_visitor, &none), reply_not_allowed);
	assert_int_equal(asked(door_socket, &none), reply_not_allowed);
}

/* A password, old or new, or what may be one. */
static bool takes_a_password(const struct operation *op)
{
	for (size_t i = 0; i < op->asks->count; i++)
		if (op->asks->fields[i].kind == kind_secret && op->asks->fields[i].limit >= 1200)
			return true;
	return false;
}

/* How long it takes would tell a stranger whether there was an account, a method, a hash. */
static void what_a_stranger_asks_of_an_account_is_answered_at_a_time_that_tells_nothing(
	void **state)
{
	(void)state;
	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *op = &operation_list[i];
		bool hashes = (op->door == door_visitor || op->door == door_session) &&
			      takes_a_password(op);

		if (hashes && op->pace != pace_signin)
			fail_msg("%s takes a password, and not the pace of signing in", op->name);
		if (op->door == door_visitor &&
			op->record == operation_list[operation_recover_begin].record &&
			op->pace == pace_quick)
			fail_msg("%s answers as soon as it can", op->name);
		if ((op->door == door_socket || op->door == door_courier) && op->pace != pace_quick)
			fail_msg("%s waits for nobody's sake", op->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_visitors_ask_the_command_line_may_ask_and_the_courier_not),
		cmocka_unit_test(what_needs_a_session_needs_one_and_a_web_side),
		cmocka_unit_test(the_courier_s_work_is_the_courier_s),
		cmocka_unit_test(the_administrator_s_acts_come_by_the_socket_only),
		cmocka_unit_test(a_door_that_does_not_exist_opens_to_nobody),
		cmocka_unit_test(
			what_a_stranger_asks_of_an_account_is_answered_at_a_time_that_tells_nothing),
	};

	return cmocka_run_group_tests_name("keeper permit", tests, NULL, NULL);
}
