/* The client that asks and waits, against a keeper of a few lines. */
#include "unit/failing.h"
#include "wire/wire.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

/* So often a signal comes before anything is sent, or received, by the client. */
static atomic_int sending_interrupted, receiving_interrupted;

static bool interrupts(atomic_int *left)
{
	if (atomic_load(left) == 0)
		return false;
	atomic_fetch_sub(left, 1);
	errno = EINTR;
	return true;
}

ssize_t send(int fd, const void *at, size_t size, int how)
{
	return interrupts(&sending_interrupted)
		       ? -1
		       : ((__typeof__(&send))next_of("send"))(fd, at, size, how);
}

ssize_t recv(int fd, void *at, size_t size, int how)
{
	return interrupts(&receiving_interrupted)
		       ? -1
		       : ((__typeof__(&recv))next_of("recv"))(fd, at, size, how);
}

static struct ctx ctx;
static int ends[2];

static int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(1024 * 1024);
	return ctx.arena && secrets_open(16) ? 0 : -1;
}

static int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

static int open_ends(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int close_ends(void **state)
{
	(void)state;
	fd_close(&ends[0]);
	fd_close(&ends[1]);
	arena_wipe(ctx.arena);
	return 0;
}

/* Reads one request and answers it, a few bytes at a time. The serial is moved by *arg. */
static void *keep(void *arg)
{
	struct ctx own = { .arena = arena_open(1024 * 1024) };
	struct rec_person person = { .name = STR("ada"), .must_change = 1 };
	struct answer a = { .record = &person, .support = STR("AB12") };
	struct request r = { 0 };
	struct buf out = buf_in(own.arena, 4096);
	char in[4096];
	size_t have = 0;
	enum operation_id id;
	const void *asked;
	uint32_t serial;

	while (frame_whole((struct str){ in, have }, frame_limit) == 0)
		have += (size_t)read(ends[1], in + have, sizeof(in) - have);
	must_be(frame_take(&own, (struct str){ in, have }, &serial, &id, &r, &asked) == 0);
	must_be(str_is(((const struct op_people_show *)asked)->name, "ada"));
	must_be(answer_give(&own, serial + *(uint32_t *)arg, id, reply_done, &a, &out) == 0);
	for (size_t at = 0; at < out.length; at += 3)
		must_be(write(ends[1], out.at + at, out.length - at < 3 ? out.length - at : 3) > 0);
	arena_close(&own.arena);
	return NULL;
}

static err ask_ada(int *reply, struct answer *a)
{
	struct op_people_show in = { .name = STR("ada") };

	return wire_ask(&ctx, ends[0], operation_people_show, &in, reply, a);
}

static void an_answer_comes_back_however_it_is_cut(void **state)
{
	uint32_t moved = 0;
	struct answer a;
	pthread_t keeper;
	int reply;

	(void)state;
	assert_int_equal(pthread_create(&keeper, NULL, keep, &moved), 0);
	assert_int_equal(ask_ada(&reply, &a), 0);
	assert_int_equal(reply, reply_done);
	assert_true(str_is(((struct rec_person *)a.record)->name, "ada"));
	assert_int_equal(((struct rec_person *)a.record)->must_change, 1);
	pthread_join(keeper, NULL);
}

static void a_signal_in_the_middle_changes_nothing(void **state)
{
	atomic_store(&sending_interrupted, 2);
	atomic_store(&receiving_interrupted, 2);
	an_answer_comes_back_however_it_is_cut(state);
	assert_int_equal(atomic_load(&sending_interrupted), 0);
	assert_int_equal(atomic_load(&receiving_interrupted), 0);
}

static void what_the_keeper_would_refuse_is_not_sent(void **state)
{
	struct op_people_show in = { .name = STR("\xff") };
	struct answer a;
	char byte;
	int reply;

	(void)state;
	assert_int_equal(
		wire_ask(&ctx, ends[0], operation_people_show, &in, &reply, &a), -fault_wire);
	assert_int_equal(recv(ends[1], &byte, 1, MSG_DONTWAIT), -1);
}

static void an_answer_to_another_request_is_a_fault(void **state)
{
	uint32_t moved = 1;
	struct answer a;
	pthread_t keeper;
	int reply;

	(void)state;
	assert_int_equal(pthread_create(&keeper, NULL, keep, &moved), 0);
	assert_int_equal(ask_ada(&reply, &a), -fault_wire);
	pthread_join(keeper, NULL);
}

static void a_keeper_that_is_gone_is_a_fault_and_not_a_signal(void **state)
{
	struct answer a;
	int reply;

	(void)state;
	fd_close(&ends[1]);
	assert_int_equal(ask_ada(&reply, &a), -fault_wire);
}

static void a_keeper_that_goes_in_the_middle_is_a_fault(void **state)
{
	struct answer a;
	int reply;

	(void)state;
	assert_int_equal(write(ends[1], "\x20\0\0\0\1", 5), 5);
	assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
	assert_int_equal(ask_ada(&reply, &a), -fault_wire);
}

static void an_answer_of_a_gigabyte_is_not_awaited(void **state)
{
	struct answer a;
	int reply;

	(void)state;
	assert_int_equal(write(ends[1], "\0\0\0\x40", 4), 4);
	assert_int_equal(ask_ada(&reply, &a), -fault_wire);
	assert_int_equal(write(ends[1], "\1\0\0\0", 4), 4);
	assert_int_equal(ask_ada(&reply, &a), -fault_wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_answer_comes_back_however_it_is_cut, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			a_signal_in_the_middle_changes_nothing, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			what_the_keeper_would_refuse_is_not_sent, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			an_answer_to_another_request_is_a_fault, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			a_keeper_that_is_gone_is_a_fault_and_not_a_signal, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			a_keeper_that_goes_in_the_middle_is_a_fault, open_ends, close_ends),
		cmocka_unit_test_setup_teardown(
			an_answer_of_a_gigabyte_is_not_awaited, open_ends, close_ends),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
