/* Asking the keeper, and saying what it refused. */
#include "cli/inside.h"
#include "spec/import.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY(name, status, meaning) meaning,
static const char *const meanings[reply_count] = {
#include "spec/reply.def"
};
#undef REPLY

/* By way of the folder's descriptor, since a socket's address has room for 107 bytes only. */
static int door_open(const char *data)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	scoped_fd folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (folder < 0)
		return -1;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/run/keeper.sock", folder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		int why = errno;

		fd_close(&fd);
		errno = why;
	}
	return fd;
}

int call_reach(struct call *call)
{
	if (call->keeper >= 0)
		return 0;
	call->keeper = door_open(call->data);
	if (call->keeper >= 0)
		return 0;
	call_say(0, "no keeper can be reached in %s: %s", call->data, strerrordesc_np(errno));
	(void)fprintf(stderr, "is `rekey serve` running, and is --data (or $REKEY_DATA) its folder?\n");
	return exit_unreachable;
}

int call_ask_in(struct call *call, struct arena *arena, enum operation_id id, const void *in, int *reply,
	struct answer *a)
{
	struct ctx c = *call->c;
	int code = call_reach(call);
	err e;

	if (code)
		return code;
	c.arena = arena;
	*a = (struct answer){ 0 };
	e = wire_ask(&c, call->keeper, id, in, reply, a);
	if (e == 0)
		return 0;
	call_say(0, "%s", e < 0 ? c.fault.words : "the keeper's answer was not understood");
	return e == -fault_wire ? exit_unreachable : exit_fault;
}

int call_refused(int reply, const struct answer *a)
{
	char memory[1024];
	struct buf b = buf_on(memory, sizeof(memory));

	if (reply == reply_fault)
		return call_say(exit_fault, "something failed inside; support code %.*s", STR_ARG(a->support));
	buf_print(&b, "%s", reply > 0 && reply < reply_count ? meanings[reply] : "refused");
	if (a->field.length)
		buf_print(&b, " (%.*s)", STR_ARG(a->field));
	if (import_why_of(a->words) != why_none)
		buf_print(&b, ": %s", import_why_sentence(import_why_of(a->words)));
	else if (a->words.length)
		buf_print(&b, ": %.*s", STR_ARG(a->words));
	if (a->wait_seconds)
		buf_print(&b, "; wait %lld s", (long long)a->wait_seconds);
	return call_say(exit_refused, "%.*s", STR_ARG(buf_str(&b)));
}

int call_ask(struct call *call, enum operation_id id, const void *in, struct answer *a)
{
	int reply = 0, code = call_ask_in(call, call->c->arena, id, in, &reply, a);

	if (code || reply == 0)
		return code;
	return call_refused(reply, a);
}

int call_show(struct call *call, enum operation_id id, const struct answer *a)
{
	const struct shape *shape = operation_list[id].record;

	if (!shape || !a->record)
		return exit_done;
	if (call->json) {
		json_record(stdout, shape, a->record);
		(void)putchar('\n');
	} else {
		table_record(stdout, shape, a->record);
	}
	return exit_done;
}
