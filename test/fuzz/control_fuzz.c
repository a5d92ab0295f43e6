/* Any bytes as a message of the control channel, the first of them how many descriptors come along:
 * refused, or the same word with at most one descriptor. None of them stays open behind a refusal.
 */
#include "wire/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"

enum { passed_most = 6, message_most = 64 };

union passing {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(passed_most * sizeof(int))];
};

static void send_with(int to, const uint8_t *bytes, size_t size, size_t count)
{
	struct iovec part = { (void *)(uintptr_t)bytes, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union passing passing = { 0 };
	int all[passed_most];

	for (size_t i = 0; i < count; i++)
		all[i] = to;
	if (count) {
		message.msg_control = passing.bytes;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), all, count * sizeof(int));
	}
	must_be(sendmsg(to, &message, MSG_NOSIGNAL) == (ssize_t)size);
}

/* The lowest number that is free: the same before and after when nothing was left open. */
static int free_number(int of)
{
	int number = fcntl(of, F_DUPFD_CLOEXEC, 0);

	must_be(number >= 0 && close(number) == 0);
	return number;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int ends[2] = { -1, -1 };
	struct ctx *c = fuzz_ctx(64 * 1024);
	struct str sent = { (const char *)bytes + 1, size - 1 };
	char word[control_word_size];
	int passed = -1, before;
	size_t count;
	err e;

	if (size < 2 || size > message_most)
		return 0;
	if (ends[0] < 0)
		must_be(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
				ends) == 0);
	before = free_number(ends[0]);
	count = bytes[0] % (passed_most + 1);
	send_with(ends[1], bytes + 1, size - 1, count);
	e = control_receive(c, ends[0], word, &passed);
	must_be((e == 0) == (sent.length < control_word_size && count <= 1 &&
				    !memchr(sent.at, 0, sent.length)));
	if (e == 0) {
		must_be(str_is(sent, word) && (passed >= 0) == (count == 1));
		must_be(passed < 0 || fcntl(passed, F_GETFD) == FD_CLOEXEC);
		must_be(passed < 0 || close(passed) == 0);
	}
	must_be(free_number(ends[0]) == before);
	must_be(control_receive(c, ends[0], word, &passed) == reply_nothing);
	arena_wipe(c->arena);
	return 0;
}
