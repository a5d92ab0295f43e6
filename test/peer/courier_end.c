/* The ends that the supervisor and the keeper hold of the real rekey-courier. */
#include "courier_end.h"
#include "spec/values.h"
#include "wire/control.h"
#include "wire/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(err e, const struct ctx *c)
{
	if (e) {
		fprintf(stderr, "courier_end: %d %s\n", e, c->fault.words);
		abort();
	}
}

void courier_set(struct courier_end *end, const char *name, const char *value)
{
	must(conf_set(&end->c, end->conf, name, value), &end->c);
}

void courier_prepare(struct courier_end *end, const char *dir, int port)
{
	struct conf_error *errors;
	char text[300];
	size_t count;
	FILE *password;

	*end = (struct courier_end){
		.c = { .arena = arena_open(4 * 1024 * 1024) }, .control = -1, .keeper = -1
	};
	must_be(end->c.arena);
	must(conf_read(&end->c, NULL, &end->conf, &errors, &count), &end->c);
	snprintf(text, sizeof(text), "%s/password", dir);
	must_be((password = fopen(text, "w")) && fchmod(fileno(password), 0600) == 0);
	fputs("mail-secret", password);
	fclose(password);
	courier_set(end, "mail.smtpPasswordFile", text);
	snprintf(text, sizeof(text), "%s/ca.crt", dir);
	courier_set(end, "mail.smtpCaFile", text);
	snprintf(text, sizeof(text), "%d", port);
	courier_set(end, "mail.smtpPort", text);
	courier_set(end, "mail.smtpHost", "127.0.0.1");
	courier_set(end, "mail.smtpUser", "rekey");
	courier_set(end, "mail.sender", "no-reply@rekey.example");
	courier_set(end, "site.organisation", "例の会社 \"Example\", Inc.");
	courier_set(end, "site.allowMissingCage", "user");
}

static _Noreturn void become_courier(int conf, int control)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when a test fails half way */
	/* Above both places first, so that neither is overwritten before it is moved. */
	int high_conf = fcntl(conf, F_DUPFD, 20), high_control = fcntl(control, F_DUPFD, 20);

	if (dup2(high_conf, control_conf) < 0 || dup2(high_control, control_channel) < 0)
		_exit(126);
	close_range(control_channel + 1, ~0U, 0);
	execl(getenv("REKEY_COURIER"), "rekey-courier", (char *)NULL);
	_exit(127);
}

static void bring_keeper(struct courier_end *end)
{
	int pair[2];

	must_be(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	must(control_send(&end->c, end->control, "keeper", pair[1]), &end->c);
	close(pair[1]);
	end->keeper = pair[0];
}

void courier_start(struct courier_end *end)
{
	char word[control_word_size];
	int pair[2], conf = -1, passed;

	must_be(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	must(conf_hand(&end->c, end->conf, 'c', &conf), &end->c);
	end->pid = fork();
	must_be(end->pid >= 0);
	if (end->pid == 0)
		become_courier(conf, pair[1]);
	close(conf);
	close(pair[1]);
	end->control = pair[0];
	must(control_receive(&end->c, end->control, word, &passed), &end->c);
	must_be(str_is(str_of(word), "ready"));
	bring_keeper(end);
	end->started_ms = clock_millis();
}

void courier_letter(struct courier_end *end, const char *id, const char *message,
	const char *recipient, const char *language, const char *const *values)
{
	struct buf b = buf_in(end->c.arena, 4000);

	for (; values[0]; values += 2)
		values_add(&b, str_of(values[0]), str_of(values[1]));
	must_be(!b.full && end->letter_count < letters_most);
	end->letters[end->letter_count++] = (struct rec_letter){
		.id = str_of(id),
		.message = str_of(message),
		.recipient = str_of(recipient),
		.language = str_of(language),
		.values = buf_str(&b),
		.attempt = 1,
		.made = 1795420000, /* 2026-11-23T07:46:40Z */
	};
}

static void copy_out(char *to, size_t size, struct str from)
{
	must_be(from.length < size);
	memcpy(to, from.at, from.length);
	to[from.length] = 0;
}

static void note_report(struct courier_end *end, const struct op_outbox_report *in)
{
	struct told *told = &end->told[end->told_count++];

	must_be(end->told_count <= letters_most);
	copy_out(told->id, sizeof(told->id), in->id);
	copy_out(told->outcome, sizeof(told->outcome), in->outcome);
	copy_out(told->detail, sizeof(told->detail), in->detail);
	told->after_ms = clock_millis() - end->started_ms;
}

static int answer_one(
	struct courier_end *end, enum operation_id id, const void *in, struct answer *a)
{
	if (id == operation_outbox_report) {
		note_report(end, in);
		return 0;
	}
	must_be(id == operation_outbox_claim);
	if (end->claimed == end->letter_count)
		return reply_nothing;
	a->record = &end->letters[end->claimed++];
	return 0;
}

/* Exactly `size` bytes. false: the courier closed the line. */
static bool read_all(int fd, char *at, size_t size)
{
	for (size_t have = 0; have < size;) {
		ssize_t got = read(fd, at + have, size - have);

		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

static void serve_one(struct courier_end *end)
{
	struct ctx *c = &end->c;
	char *frame = arena_take(c->arena, frame_limit), *out = arena_take(c->arena, frame_limit);
	struct buf b = buf_on(out, frame_limit);
	struct request request = { 0 };
	struct answer answer = { 0 };
	enum operation_id id = operation_count;
	const void *in = NULL;
	uint32_t serial = 0, length;
	int reply;

	must_be(read_all(end->keeper, frame, sizeof(length)));
	memcpy(&length, frame, sizeof(length));
	must_be(length < frame_limit - 4 && read_all(end->keeper, frame + 4, length));
	must(frame_take(c, (struct str){ frame, length + 4 }, &serial, &id, &request, &in), c);
	reply = answer_one(end, id, in, &answer);
	must(answer_give(c, serial, id, reply, &answer, &b), c);
	must_be(write(end->keeper, b.at, b.length) == (ssize_t)b.length);
}

/* Until *done reaches count. */
static bool serve(struct courier_end *end, const size_t *done, size_t count, int64_t milliseconds)
{
	int64_t until = clock_millis() + milliseconds;
	struct arena *kept = end->c.arena;

	while (*done < count && clock_millis() < until) {
		struct pollfd ready = { .fd = end->keeper, .events = POLLIN };

		if (poll(&ready, 1, 50) != 1)
			continue;
		end->c.arena = arena_open(512 * 1024);
		serve_one(end);
		arena_close(&end->c.arena);
		end->c.arena = kept;
	}
	return *done >= count;
}

bool courier_serve(struct courier_end *end, size_t count, int64_t milliseconds)
{
	return serve(end, &end->told_count, count, milliseconds);
}

bool courier_hand_out(struct courier_end *end, size_t count, int64_t milliseconds)
{
	return serve(end, &end->claimed, count, milliseconds);
}

void courier_new_keeper(struct courier_end *end)
{
	close(end->keeper);
	bring_keeper(end);
}

const struct told *courier_told(const struct courier_end *end, const char *id)
{
	for (size_t i = 0; i < end->told_count; i++)
		if (str_is(str_of(end->told[i].id), id))
			return &end->told[i];
	return NULL;
}

int courier_drain(struct courier_end *end)
{
	int64_t until = clock_millis() + 10000;
	int status = -1;

	must(control_send(&end->c, end->control, "drain", -1), &end->c);
	while (waitpid(end->pid, &status, WNOHANG) == 0 && clock_millis() < until)
		usleep(10000);
	if (clock_millis() >= until) {
		kill(end->pid, SIGKILL);
		waitpid(end->pid, &status, 0);
		status = -1;
	}
	close(end->control);
	close(end->keeper);
	conf_close(&end->conf);
	arena_close(&end->c.arena);
	return status;
}
