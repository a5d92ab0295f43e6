/* The client of many frames at once, against a keeper of this test's own. */
#include "check.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { tries_most = 20 };

struct fixture {
	struct ctx c;
	struct keeper *keeper;
	int far; /* the keeper's end */
	struct ask asks[tries_most];
	size_t done;
};

static void note_done(struct ask *ask)
{
	struct fixture *f = ask->owner;

	f->done++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	f->c.arena = arena_open(1024 * 1024);
	assert_int_equal(keeper_open(&f->c, &f->keeper), 0);
	keeper_join(f->keeper, ends[0]);
	f->far = ends[1];
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fd_close(&f->far);
	arena_close(&f->c.arena);
	free(f);
	return 0;
}

static err ask_for(struct fixture *f, size_t i, enum operation_id id, const void *in)
{
	f->asks[i] =
		(struct ask){ .c = &f->c, .id = id, .done = note_done, .owner = f, .reply = -1 };
	return keeper_ask(f->keeper, &f->asks[i], NULL, in);
}

static err ask(struct fixture *f, size_t i)
{
	static const struct op_signin_show nothing;

	return ask_for(f, i, operation_signin_show, &nothing);
}

static void turn(struct fixture *f)
{
	keeper_turn(f->keeper, 1000);
}

/* Reads whole requests at the far end; returns their serials. */
static size_t take(struct fixture *f, uint32_t serials[tries_most])
{
	static char bytes[64 * 1024];
	ssize_t n = recv(f->far, bytes, sizeof(bytes), 0);
	struct str rest = { bytes, n > 0 ? (size_t)n : 0 };
	size_t count = 0;
	int64_t whole;

	while ((whole = frame_whole(rest, frame_limit)) > 0) {
		serials[count++] = frame_serial(rest);
		rest = str_from(rest, (size_t)whole);
	}
	return count;
}

static void answer(struct fixture *f, uint32_t serial, int reply)
{
	struct answer a = { .support = STR("ABCD") };
	char memory[1024];
	struct buf out = buf_on(memory, sizeof(memory));

	assert_int_equal(answer_give(&f->c, serial, operation_ready_show, reply, &a, &out), 0);
	assert_int_equal(write(f->far, out.at, out.length), (ssize_t)out.length);
}

static void many_are_asked_at_once_and_answered_in_any_order(void **state)
{
	struct fixture *f = *state;
	uint32_t serials[tries_most];

	for (size_t i = 0; i < tries_most; i++)
		assert_int_equal(ask(f, i), 0);
	turn(f);
	assert_int_equal(take(f, serials), tries_most);
	for (size_t i = tries_most; i-- > 0;)
		answer(f, serials[i], i % 2 ? reply_busy : reply_done);
	turn(f);
	assert_int_equal(f->done, tries_most);
	for (size_t i = 0; i < tries_most; i++) {
		assert_int_equal(f->asks[i].e, 0);
		assert_int_equal(f->asks[i].reply, i % 2 ? reply_busy : reply_done);
		says(f->asks[i].answer.support, "ABCD");
	}
}

static void an_answer_in_pieces_is_put_together(void **state)
{
	struct fixture *f = *state;
	struct answer a = { .words = STR("wrong") };
	char memory[1024];
	struct buf out = buf_on(memory, sizeof(memory));
	uint32_t serials[tries_most];

	assert_int_equal(ask(f, 0), 0);
	turn(f);
	assert_int_equal(take(f, serials), 1);
	assert_int_equal(
		answer_give(&f->c, serials[0], operation_ready_show, reply_wrong, &a, &out), 0);
	for (size_t i = 0; i < out.length; i++) {
		assert_int_equal(f->done, 0);
		assert_int_equal(write(f->far, out.at + i, 1), 1);
		turn(f);
	}
	assert_int_equal(f->done, 1);
	assert_int_equal(f->asks[0].reply, reply_wrong);
}

static void an_answer_nobody_waits_for_is_passed_over(void **state)
{
	struct fixture *f = *state;
	uint32_t serials[tries_most];

	assert_int_equal(ask(f, 0), 0);
	turn(f);
	assert_int_equal(take(f, serials), 1);
	answer(f, serials[0] + 1, reply_wrong);
	answer(f, serials[0] + (1u << 20), reply_wrong);
	answer(f, serials[0], reply_done);
	answer(f, serials[0], reply_wrong);
	turn(f);
	assert_int_equal(f->done, 1);
	assert_int_equal(f->asks[0].reply, reply_done);
}

static void the_end_of_the_keeper_fails_all_and_a_new_one_serves(void **state)
{
	struct fixture *f = *state;
	uint32_t serials[tries_most];
	int ends[2];

	assert_int_equal(ask(f, 0), 0);
	assert_int_equal(ask(f, 1), 0);
	fd_close(&f->far);
	turn(f);
	turn(f);
	assert_int_equal(f->done, 2);
	assert_int_equal(f->asks[0].e, -fault_wire);
	assert_false(keeper_joined(f->keeper));
	assert_int_equal(ask(f, 2), -fault_wire);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	keeper_join(f->keeper, ends[0]);
	f->far = ends[1];
	assert_int_equal(ask(f, 3), 0);
	turn(f);
	assert_int_equal(take(f, serials), 1);
	answer(f, serials[0], reply_done);
	turn(f);
	assert_int_equal(f->asks[3].reply, reply_done);
}

/* A page asks more than once: only the first waits for a keeper that hangs. */
static void while_the_keeper_hangs_nobody_waits_until_it_goes_on(void **state)
{
	struct fixture *f = *state;
	uint32_t serials[tries_most];

	assert_int_equal(ask(f, 0), 0);
	turn(f);
	assert_int_equal(take(f, serials), 1);
	f->asks[0].due_us -= (ask_seconds + 1) * INT64_C(1000000);
	keeper_overdue(f->keeper);
	assert_int_equal(f->asks[0].e, -fault_wire);
	assert_false(keeper_joined(f->keeper));
	assert_int_equal(ask(f, 1), -fault_wire);
	answer(f, serials[0], reply_done);
	turn(f);
	assert_int_equal(f->done, 1);
	assert_true(keeper_joined(f->keeper));
	assert_int_equal(ask(f, 2), 0);
}

/* Once: what it is joined to then is another stream. */
static void the_end_of_a_stream_is_told_once(void **state)
{
	struct fixture *f = *state;

	assert_false(keeper_parted(f->keeper));
	fd_close(&f->far);
	turn(f);
	assert_true(keeper_parted(f->keeper));
	assert_false(keeper_parted(f->keeper));
}

static void a_stream_that_makes_no_sense_ends_the_connection(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, 0), 0);
	turn(f);
	assert_int_equal(write(f->far, "\xff\xff\xff\x7f....", 8), 8);
	turn(f);
	assert_int_equal(f->asks[0].e, -fault_wire);
	assert_false(keeper_joined(f->keeper));
}

static void an_answer_of_another_shape_fails_one_visit_only(void **state)
{
	struct fixture *f = *state;
	uint32_t serials[tries_most];
	char memory[64];
	struct buf out = buf_on(memory, sizeof(memory));

	assert_int_equal(ask(f, 0), 0);
	assert_int_equal(ask(f, 1), 0);
	turn(f);
	assert_int_equal(take(f, serials), 2);
	buf_add(&out, (struct str){ "\x06\0\0\0", 4 });
	buf_add(&out, (struct str){ (const char *)&serials[0], 4 });
	buf_add(&out, (struct str){ "\0\0", 2 });
	assert_int_equal(write(f->far, out.at, out.length), (ssize_t)out.length);
	answer(f, serials[1], reply_done);
	turn(f);
	assert_int_equal(f->asks[0].e, -fault_wire);
	assert_int_equal(f->asks[1].e, 0);
	assert_true(keeper_joined(f->keeper));
}

/* Whether it is ready is asked by who has others to send people to: it has its own time. */
static void a_silent_keeper_is_soon_not_ready_and_later_too_slow(void **state)
{
	struct fixture *f = *state;
	static const struct op_ready_show nothing;
	int64_t now = clock_monotonic_us();

	assert_int_equal(ask(f, 0), 0);
	assert_int_equal(ask_for(f, 1, operation_ready_show, &nothing), 0);
	assert_true(f->asks[1].due_us + 20 * 1000000 < f->asks[0].due_us);
	assert_true(f->asks[1].due_us >= now + ready_seconds * 1000000);
	keeper_overdue(f->keeper);
	assert_int_equal(f->done, 0);
	f->asks[1].due_us = now;
	keeper_overdue(f->keeper);
	assert_int_equal(f->done, 1);
	assert_int_equal(f->asks[1].e, -fault_wire);
	assert_true(keeper_joined(f->keeper)); /* no reason to turn people away */
	f->asks[0].due_us = now;
	keeper_overdue(f->keeper);
	assert_int_equal(f->done, 2);
	assert_int_equal(f->asks[0].e, -fault_wire);
	assert_false(keeper_joined(f->keeper));
}

static void more_than_can_wait_is_busy(void **state)
{
	struct fixture *f = *state;
	static const struct op_ready_show nothing;
	static struct ask many[asks_most + 1];

	for (size_t i = 0; i <= asks_most; i++) {
		many[i] = (struct ask){
			.c = &f->c, .id = operation_ready_show, .done = note_done, .owner = f
		};
		assert_int_equal(keeper_ask(f->keeper, &many[i], NULL, &nothing),
			i < asks_most ? 0 : reply_busy);
	}
}

int main(void)
{
#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		case_(many_are_asked_at_once_and_answered_in_any_order),
		case_(an_answer_in_pieces_is_put_together),
		case_(an_answer_nobody_waits_for_is_passed_over),
		case_(the_end_of_the_keeper_fails_all_and_a_new_one_serves),
		case_(while_the_keeper_hangs_nobody_waits_until_it_goes_on),
		case_(the_end_of_a_stream_is_told_once),
		case_(a_stream_that_makes_no_sense_ends_the_connection),
		case_(an_answer_of_another_shape_fails_one_visit_only),
		case_(a_silent_keeper_is_soon_not_ready_and_later_too_slow),
		case_(more_than_can_wait_is_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
