/* A client that asks one operation and waits for its answer. */
#include "wire/inside.h"

#include <errno.h>
#include <sys/socket.h>

static err send_all(struct ctx *c, int fd, struct str bytes)
{
	while (bytes.length) {
		/* A keeper that died is an error to report, not a signal to die of. */
		ssize_t sent = send(fd, bytes.at, bytes.length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return fault(
				c, fault_wire, "cannot send to the keeper: %s", strerror(errno));
		bytes = str_from(bytes, (size_t)sent);
	}
	return 0;
}

static err receive_all(struct ctx *c, int fd, char *at, size_t size)
{
	for (size_t have = 0; have < size;) {
		ssize_t got = recv(fd, at + have, size - have, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			return fault(c, fault_wire, "the keeper closed the connection");
		if (got < 0 && errno == EAGAIN)
			return fault(c, fault_wire, "the keeper did not answer in time");
		if (got < 0)
			return fault(
				c, fault_wire, "cannot hear from the keeper: %s", strerror(errno));
		have += (size_t)got;
	}
	return 0;
}

err wire_send(struct ctx *c, int fd, uint32_t serial, enum operation_id id, const void *in)
{
	size_t room =
		frame_header + shape_room(&shape_request) + shape_room(operation_list[id].asks);
	struct buf frame = buf_in(c->arena, room);
	err e;

	if (!frame.at)
		return fault(c, fault_arena, "a request of %zu bytes", room);
	if ((e = frame_ask(c, serial, id, c->request, in, &frame)))
		return e;
	return send_all(c, fd, buf_str(&frame));
}

err wire_receive(
	struct ctx *c, int fd, enum operation_id id, uint32_t *serial, int *reply, struct answer *a)
{
	char head[4];
	struct reader length = { .rest = { head, sizeof(head) } };
	struct str frame;
	char *at;
	err e;

	if ((e = receive_all(c, fd, head, sizeof(head))))
		return e;
	frame.length = sizeof(head) + (size_t)read_little(&length, sizeof(head));
	if (frame.length > answer_limit || frame.length < frame_header)
		return fault(c, fault_wire, "an answer of %zu bytes", frame.length);
	if (!(at = arena_take(c->arena, frame.length)))
		return fault(c, fault_arena, "an answer of %zu bytes", frame.length);
	memcpy(at, head, sizeof(head));
	frame.at = at;
	if ((e = receive_all(c, fd, at + sizeof(head), frame.length - sizeof(head))))
		return e;
	return answer_take(c, frame, id, serial, reply, a);
}

err wire_ask(
	struct ctx *c, int fd, enum operation_id id, const void *in, int *reply, struct answer *a)
{
	const uint32_t asked = 1;
	uint32_t answered;
	err e;

	if ((e = wire_send(c, fd, asked, id, in)) ||
		(e = wire_receive(c, fd, id, &answered, reply, a)))
		return e;
	if (answered != asked)
		return fault(c, fault_wire, "an answer to another request");
	return 0;
}
