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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_visitors_ask_the_command_line_may_ask_and_the_courier_not),
		cmocka_unit_test(what_needs_a_session_needs_one_and_a_web_side),
		cmocka_unit_test(the_courier_s_work_is_the_courier_s),
		cmocka_unit_test(the_administrator_s_acts_come_by_the_socket_only),
		cmocka_unit_test(a_door_that_does_not_exist_opens_to_nobody),
	};

	return cmocka_run_group_tests_name("keeper permit", tests, NULL, NULL);
}
