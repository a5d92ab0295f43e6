/* The control channel: one word a message, at most one descriptor with it. */
#include "wire/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "spec/spec.h"

/* More room than one descriptor needs, so that a second one is seen and closed. */
enum { passed_most = 4 };

union passing {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(passed_most * sizeof(int))];
};

static void attach(struct msghdr *message, union passing *passing, int fd)
{
	struct cmsghdr *header;

	message->msg_control = passing->bytes;
	message->msg_controllen = CMSG_SPACE(sizeof(fd));
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

err control_send(struct ctx *c, int fd, const char *word, int passed)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)word, .iov_len = strlen(word) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	union passing passing = { 0 };
	ssize_t sent;

	must_be(part.iov_len > 0 && part.iov_len < control_word_size);
	if (passed >= 0)
		attach(&message, &passing, passed);
	do
		sent = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return fault(c, fault_wire, "control: %s: %s", word, strerrordesc_np(errno));
	return 0;
}

/* Takes the descriptors out of the message into all. Returns how many. */
static size_t detach(struct msghdr *message, int all[passed_most])
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t count;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return 0;
	count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	must_be(count <= passed_most);
	memcpy(all, CMSG_DATA(header), count * sizeof(int));
	return count;
}

static err refuse(struct ctx *c, int all[], size_t count)
{
	while (count)
		fd_close(&all[--count]);
	return fault(c, fault_wire, "control: what came is no message");
}

err control_receive(struct ctx *c, int fd, char word[control_word_size], int *passed)
{
	struct iovec part = { .iov_base = word, .iov_len = control_word_size };
	union passing passing = { 0 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = passing.bytes,
		.msg_controllen = sizeof(passing.bytes) };
	int all[passed_most];
	size_t count;
	ssize_t got;

	do
		got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return reply_nothing;
	if (got < 0)
		return fault(c, fault_wire, "control: %s", strerrordesc_np(errno));
	count = detach(&message, all);
	if (got == 0 && count == 0)
		return fault(c, fault_wire, "control: the other side is gone");
	if (got == 0 || got >= control_word_size || count > 1 || memchr(word, 0, (size_t)got) ||
		(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return refuse(c, all, count);
	word[got] = 0;
	*passed = count ? all[0] : -1;
	return 0;
}
