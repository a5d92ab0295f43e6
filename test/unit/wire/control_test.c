/* The control channel: one word a message, at most one descriptor with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spec/spec.h"
#include "unit/failing.h"
#include "wire/control.h"

/* So often a signal comes before anything is sent or received. */
static int interrupted;

static bool interrupts(void)
{
	if (interrupted == 0)
		return false;
	interrupted--;
	errno = EINTR;
	return true;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int how)
{
	return interrupts() ? -1 : ((__typeof__(&sendmsg))next_of("sendmsg"))(fd, message, how);
}

ssize_t recvmsg(int fd, struct msghdr *message, int how)
{
	return interrupts() ? -1 : ((__typeof__(&recvmsg))next_of("recvmsg"))(fd, message, how);
}

struct fixture {
	struct ctx c;
	int ends[2];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->ends), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fd_close(&f->ends[0]);
	fd_close(&f->ends[1]);
	free(f);
	return 0;
}

static void a_word_arrives_alone(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed = 7;

	assert_int_equal(control_send(&f->c, f->ends[0], "ready", -1), 0);
	assert_int_equal(control_send(&f->c, f->ends[0], "fifteen letters", -1), 0);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), 0);
	assert_string_equal(word, "ready");
	assert_int_equal(passed, -1);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), 0);
	assert_string_equal(word, "fifteen letters");
}

static void a_descriptor_arrives_with_its_word_and_is_closed_on_exec(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size], letter = 0;
	int pipe_ends[2], passed = -1;

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	assert_int_equal(control_send(&f->c, f->ends[0], "web", pipe_ends[1]), 0);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), 0);
	assert_string_equal(word, "web");
	assert_true(fcntl(passed, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(passed, "x", 1), 1);
	assert_int_equal(read(pipe_ends[0], &letter, 1), 1);
	assert_int_equal(letter, 'x');
	close(passed);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void a_channel_that_does_not_block_says_nothing(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed;

	assert_int_equal(fcntl(f->ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), reply_nothing);
}

static void the_end_of_the_channel_is_a_fault_at_both_sides(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed;

	fd_close(&f->ends[0]);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), -fault_wire);
	assert_int_equal(control_send(&f->c, f->ends[1], "drain", -1), -fault_wire);
}

static void what_is_no_word_is_refused(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed;

	assert_int_equal(send(f->ends[0], "sixteen letters!", 16, 0), 16);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), -fault_wire);
	assert_int_equal(send(f->ends[0], "a\0b", 3, 0), 3);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), -fault_wire);
}

static int open_count(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void send_many(int fd, size_t how_many)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} room = { 0 };
	struct iovec part = { .iov_base = (char[]){ 'w' }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = CMSG_SPACE(how_many * sizeof(int)) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(how_many * sizeof(int));
	for (size_t i = 0; i < how_many; i++)
		memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof(int));
	assert_int_equal(sendmsg(fd, &message, 0), 1);
}

static void more_than_one_descriptor_is_refused_and_none_is_left_open(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed, before = open_count();

	for (size_t many = 2; many <= 8; many++) {
		send_many(f->ends[0], many);
		assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), -fault_wire);
		assert_int_equal(open_count(), before);
	}
}

static void a_descriptor_without_a_word_is_refused_and_not_left_open(void **state)
{
	struct fixture *f = *state;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} room = { 0 };
	struct iovec none = { .iov_base = (char[]){ 'w' }, .iov_len = 0 };
	struct msghdr message = { .msg_iov = &none,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof(room.bytes) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	char word[control_word_size];
	int passed, before = open_count();

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &f->ends[0], sizeof(int));
	assert_int_equal(sendmsg(f->ends[0], &message, 0), 0);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), -fault_wire);
	assert_int_equal(open_count(), before);
}

/* Who sent it, say, which the kernel adds where it is asked to. */
static void what_comes_with_a_word_and_is_no_descriptor_is_passed_over(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int on = 1, passed = 7;

	assert_int_equal(setsockopt(f->ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	assert_int_equal(control_send(&f->c, f->ends[0], "ready", -1), 0);
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), 0);
	assert_string_equal(word, "ready");
	assert_int_equal(passed, -1);
}

static void a_signal_in_the_middle_changes_nothing(void **state)
{
	struct fixture *f = *state;
	char word[control_word_size];
	int passed;

	interrupted = 2;
	assert_int_equal(control_send(&f->c, f->ends[0], "ready", -1), 0);
	interrupted = 2;
	assert_int_equal(control_receive(&f->c, f->ends[1], word, &passed), 0);
	assert_int_equal(interrupted, 0);
	assert_string_equal(word, "ready");
}

int main(void)
{
#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		case_(a_word_arrives_alone),
		case_(a_descriptor_arrives_with_its_word_and_is_closed_on_exec),
		case_(a_channel_that_does_not_block_says_nothing),
		case_(the_end_of_the_channel_is_a_fault_at_both_sides),
		case_(what_is_no_word_is_refused),
		case_(a_descriptor_without_a_word_is_refused_and_not_left_open),
		case_(what_comes_with_a_word_and_is_no_descriptor_is_passed_over),
		case_(a_signal_in_the_middle_changes_nothing),
		case_(more_than_one_descriptor_is_refused_and_none_is_left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
