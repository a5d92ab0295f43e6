/* Asking the keeper, and saying what it refused. */
#include "cli/inside.h"
#include "spec/import.h"
#include "view/view.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
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
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
		"/proc/self/fd/%d/run/keeper.sock", folder);
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
	(void)fprintf(
		stderr, "is `rekey serve` running, and is --data (or $REKEY_DATA) its folder?\n");
	return exit_unreachable;
}

/* Monitoring asks whether it is ready, and a keeper that cannot say so soon is not; anything else,
 * a backup among it, may take long. */
static void patience(const struct call *call, enum operation_id id)
{
	const struct timeval until = { .tv_sec = id == operation_ready_show ? 5 : 900 };

	(void)setsockopt(call->keeper, SOL_SOCKET, SO_RCVTIMEO, &until, sizeof(until));
}

int call_ask_in(struct call *call, struct arena *arena, enum operation_id id, const void *in,
	int *reply, struct answer *a)
{
	struct ctx c = *call->c;
	int code = call_reach(call);
	err e;

	if (code)
		return code;
	patience(call, id);
	c.arena = arena;
	*a = (struct answer){ 0 };
	e = wire_ask(&c, call->keeper, id, in, reply, a);
	if (e == 0)
		return 0;
	call_say(0, "%s", e < 0 ? c.fault.words : "the keeper's answer was not understood");
	return e == -fault_wire ? exit_unreachable : exit_fault;
}

/* The list's meanings speak to programmers where the answer has more to say. */
static const char *meaning_of(int reply)
{
	switch (reply) {
	case reply_refused:
		return "not accepted";
	case reply_rules:
		return "the password breaks a rule";
	case reply_busy:
	case reply_too_fast:
		return "not now";
	default:
		return reply > 0 && reply < reply_count ? meanings[reply] : "refused";
	}
}

/* A reason why a person was not taken, a sentence of the catalogue, or words of the operation's
 * own. */
static void words_add(struct buf *b, const struct answer *a)
{
	char digits[24];
	struct buf number = buf_on(digits, sizeof(digits));
	struct view_value n = { .name = STR("n") };

	buf_number(&number, a->number);
	n.value = buf_str(&number);
	if (import_why_of(a->words) != why_none)
		buf_add(b, str_of(import_why_sentence(import_why_of(a->words))));
	else if (view_has_words(a->words))
		view_say(b, STR("en"), a->words, &n, 1);
	else
		buf_add(b, a->words);
}

/* Whom the command was about, when it was about somebody. */
static struct str person_of(const struct call *call)
{
	static const char *const slots[] = { "NAME", "--name", "--person" };

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		if (call_value(call, slots[i]).length)
			return call_value(call, slots[i]);
	return STR_NONE;
}

int call_refused(const struct call *call, int reply, const struct answer *a)
{
	char memory[1024];
	struct buf b = buf_on(memory, sizeof(memory));

	if (reply == reply_fault)
		return call_say(exit_fault, "something failed inside; support code %.*s",
			STR_ARG(a->support));
	if (reply == reply_not_found && !a->words.length && person_of(call).length)
		return call_say(exit_refused, "nobody signs in with the name %.*s",
			STR_ARG(person_of(call)));
	if (a->field.length)
		buf_print(&b, "%.*s: ", STR_ARG(a->field));
	if (a->words.length)
		words_add(&b, a);
	else
		buf_add(&b, str_of(meaning_of(reply)));
	if (a->wait_seconds)
		buf_print(&b, "; try again in %lld s", (long long)a->wait_seconds);
	return call_say(exit_refused, "%.*s", STR_ARG(buf_str(&b)));
}

int call_ask(struct call *call, enum operation_id id, const void *in, struct answer *a)
{
	int reply = 0, code = call_ask_in(call, call->c->arena, id, in, &reply, a);

	if (code || reply == 0)
		return code;
	return call_refused(call, reply, a);
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
