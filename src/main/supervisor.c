/* The supervisor: starts the programs, joins them, starts them again, reloads, drains. */
#include "main/inside.h"
#include "wire/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	web_most = 16,
	child_most = 2 + web_most,
	keeper_at = 0,           /* in children */
	quick_us = 10 * 1000000, /* a program that died before it lived this long died quickly */
	patience = 2,            /* quick deaths in a row that are mended at once */
	pause_most_s = 30,
	drain_us = 12 * 1000000, /* a program has 10 s by its own clock */
	again_us = 1000000, /* one request to stop may arrive twice: to the process and its group */
	part_us =
		1000000, /* before a program that parted from a keeper that lives is joined anew */
	work_arena = 4 * 1024 * 1024
};

struct child {
	size_t program;
	pid_t pid; /* 0: not running */
	int control;
	bool ready;
	bool renewed; /* it was told to end, to be started anew */
	int64_t started_us;
	int64_t due_us;  /* when it is started again or, while it runs, ended; 0: never */
	int64_t join_us; /* when it is joined to the keeper again; 0: it is */
	int quick_deaths;
};

/* The edges (web, courier) finish before the keeper, whom they need for it. */
enum stage { serving_all, draining_edges, draining_keeper };

struct supervisor {
	struct ctx c;
	struct serving *serving;
	struct child children[child_most];
	size_t count;
	int signals;
	bool announced;
	enum stage stage;
	int64_t stopped_us, deadline_us;
	int code;
};

static const char *word_of(const struct child *child)
{
	return program_list[child->program].word;
}

static bool is_keeper(const struct supervisor *s, const struct child *child)
{
	return child == &s->children[keeper_at];
}

/* A program that is gone, or does not listen, is seen elsewhere: here it is only said. */
static void tell(struct supervisor *s, struct child *child, const char *word, int fd)
{
	if (child->pid && child->control >= 0 && control_send(&s->c, child->control, word, fd) != 0)
		log_line(log_warning, NULL, "%s cannot be told: %s", word_of(child),
			s->c.fault.words);
}

/* Gives both ends of a new stream to the keeper and to one edge. The edge's place goes with it, so
 * that the keeper ends an older one: however often an edge parts, it has one place there. */
static void join(struct supervisor *s, struct child *edge)
{
	struct child *keeper = &s->children[keeper_at];
	scoped_fd of_keeper = -1, of_edge = -1;
	char word[control_word_size];
	int ends[2];

	edge->join_us = 0;
	if (!keeper->pid || !edge->pid)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		log_line(log_error, NULL, "socketpair: %m");
		return;
	}
	of_keeper = ends[0];
	of_edge = ends[1];
	(void)snprintf(word, sizeof(word), "%s %zu", word_of(edge), (size_t)(edge - s->children));
	tell(s, keeper, word, of_keeper);
	tell(s, edge, "keeper", of_edge);
}

static int listener_for(const struct supervisor *s, const struct child *child)
{
	switch (child->program) {
	case program_keeper:
		return s->serving->keeper_listener;
	case program_web:
		return s->serving->listener;
	default:
		return -1;
	}
}

static void pause_before(struct child *child, int64_t now)
{
	int64_t seconds = 0;

	if (child->quick_deaths > patience)
		seconds = (int64_t)1 << (child->quick_deaths - patience - 1);
	child->due_us = now + (seconds < pause_most_s ? seconds : pause_most_s) * 1000000;
}

static void start(struct supervisor *s, struct child *child)
{
	int64_t now = clock_monotonic_us();

	child->due_us = child->join_us = 0;
	child->ready = false;
	child->renewed = false;
	child->started_us = now;
	child->control = -1;
	child->pid = 0;
	if (child_start(&s->c, s->serving, child->program, is_keeper(s, child) && s->announced,
		    listener_for(s, child), &child->pid, &child->control)) {
		log_line(log_error, NULL, "%s: %s", word_of(child), s->c.fault.words);
		child->pid = 0;
		child->quick_deaths += child->quick_deaths < 16;
		pause_before(child, now);
		return;
	}
	if (!is_keeper(s, child)) {
		join(s, child);
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		if (i != keeper_at)
			join(s, &s->children[i]);
}

static void announce(struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (!s->children[i].ready)
			return;
	if (s->announced)
		return;
	s->announced = true;
	if (s->serving->demo)
		sample_people(s->serving);
	(void)printf("listening on %s\n", s->serving->url);
	(void)fflush(stdout);
	notify("READY=1\nSTATUS=serving");
}

/* ---- ending ---- */

static bool running(const struct supervisor *s, bool keeper)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->children[i].pid && is_keeper(s, &s->children[i]) == keeper)
			return true;
	return false;
}

static void drain(struct supervisor *s, bool keeper)
{
	for (size_t i = 0; i < s->count; i++)
		if (is_keeper(s, &s->children[i]) == keeper)
			tell(s, &s->children[i], "drain", -1);
	s->deadline_us = clock_monotonic_us() + drain_us;
}

static void stop(struct supervisor *s, int code)
{
	if (s->stage != serving_all)
		return;
	s->stage = draining_edges;
	s->stopped_us = clock_monotonic_us();
	s->code = code;
	notify("STOPPING=1\nSTATUS=finishing what is under way");
	drain(s, false);
}

/* From the edges to the keeper, and to the end: true when nothing runs any more. */
static bool stopped(struct supervisor *s)
{
	if (s->stage == draining_edges && !running(s, false)) {
		s->stage = draining_keeper;
		drain(s, true);
	}
	return s->stage == draining_keeper && !running(s, true);
}

/* One that was told to end and did not. Its end is seen by SIGCHLD. */
static void expire(struct child *child)
{
	log_line(log_warning, NULL, "%s did not finish in time and is ended", word_of(child));
	child->due_us = 0;
	(void)kill(child->pid, SIGKILL);
}

static void kill_all(struct supervisor *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct child *child = &s->children[i];

		/* In the first stage the keeper still has its own time to come. */
		if (!child->pid || (s->stage == draining_edges && is_keeper(s, child)))
			continue;
		expire(child);
	}
	s->deadline_us += drain_us;
}

static void ended(struct supervisor *s, struct child *child, int status)
{
	int64_t now = clock_monotonic_us();
	bool by_signal = WIFSIGNALED(status);
	int number = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);

	fd_close(&child->control);
	child->pid = 0;
	child->ready = false;
	if (s->stage != serving_all)
		return;
	if (child->renewed) {
		child->due_us = now;
		return;
	}
	log_line(log_error, NULL, "%s ended%s (%s %d)", word_of(child),
		s->announced ? "" : " before it was ready", by_signal ? "signal" : "exit", number);
	/* At the first start a fault is one that restarting does not mend. */
	if (!s->announced) {
		stop(s, exit_fault);
		return;
	}
	child->quick_deaths = now - child->started_us < quick_us ? child->quick_deaths + 1 : 1;
	if (child->quick_deaths > 16)
		child->quick_deaths = 16;
	pause_before(child, now);
}

static void reap(struct supervisor *s)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < s->count; i++)
			if (s->children[i].pid == pid)
				ended(s, &s->children[i], status);
}

/* ---- reloading ---- */

/* What only a restart may change keeps its value. */
static void keep_fixed(struct supervisor *s, struct conf *fresh)
{
	for (size_t row = 0; row < conf_row_count; row++) {
		const struct conf_row *r = &conf_rows[row];
		struct str old = s->serving->conf->texts[row];
		char name[128];

		if (strcmp(r->when, "reload") == 0 || str_same(old, fresh->texts[row]))
			continue;
		(void)snprintf(name, sizeof(name), "%s.%s", r->section, r->key);
		log_line(log_warning, NULL, "%s takes effect after a restart", name);
		if (conf_set(&s->c, fresh, name, old.at) != 0)
			log_line(log_error, NULL, "%s", s->c.fault.words);
	}
}

/* The files a courier may read are settled when its cage closes: another smtpCaFile, or a
 * resolv.conf that took the place of the old one, is for the next courier. A letter under way is
 * finished first. */
static void renew(struct supervisor *s, struct child *child)
{
	if (child->renewed)
		return;
	child->renewed = true;
	child->due_us = clock_monotonic_us() + drain_us;
	tell(s, child, "drain", -1);
}

static void hand_out(struct supervisor *s, struct child *child)
{
	scoped_fd fd = -1;

	if (!child->pid)
		return;
	if (child->program == program_courier)
		renew(s, child);
	else if (conf_hand(&s->c, s->serving->conf, program_list[child->program].who, &fd) != 0)
		log_line(log_error, NULL, "%s", s->c.fault.words);
	else
		tell(s, child, "conf", fd);
}

static void reload(struct supervisor *s)
{
	char line[80];
	struct conf *fresh;
	err e;

	(void)snprintf(line, sizeof(line), "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)clock_monotonic_us());
	notify(line);
	e = serve_settings(&s->c, s->serving, true, &fresh);
	if (e == 0) {
		keep_fixed(s, fresh);
		conf_close(&s->serving->conf);
		s->serving->conf = fresh;
		for (size_t i = 0; i < s->count; i++)
			hand_out(s, &s->children[i]);
		log_line(log_info, NULL, "settings reloaded");
	} else {
		log_line(log_error, NULL, "%s",
			e < 0 ? s->c.fault.words : "settings refused: the old ones stay in force");
	}
	notify("READY=1");
}

/* ---- what happens ---- */

static void heard(struct supervisor *s, struct child *child)
{
	char word[control_word_size];
	int passed = -1;
	err e = control_receive(&s->c, child->control, word, &passed);

	if (e < 0)
		fd_close(&child->control); /* it is about to end; SIGCHLD says so */
	if (e)
		return;
	fd_close(&passed);
	if (strcmp(word, "ready") == 0) {
		child->ready = true;
		announce(s);
	} else if (strcmp(word, "parted") == 0 && !is_keeper(s, child)) {
		/* A keeper that died is started, and all are joined to it, before this is due. */
		child->join_us = clock_monotonic_us() + part_us;
	} else {
		log_line(log_warning, NULL, "%s says what no program says", word_of(child));
	}
}

/* Asked once more: whoever asks does not want to wait. */
static void stop_asked(struct supervisor *s)
{
	if (s->stage == serving_all)
		stop(s, exit_done);
	else if (clock_monotonic_us() - s->stopped_us > again_us)
		kill_all(s);
}

static void signalled(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(s);
		else if (info.ssi_signo != SIGHUP)
			stop_asked(s);
		else if (s->stage == serving_all)
			reload(s);
	}
}

static void due(struct supervisor *s)
{
	int64_t now = clock_monotonic_us();

	if (s->stage != serving_all) {
		if (now >= s->deadline_us)
			kill_all(s);
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		struct child *child = &s->children[i];

		if (child->due_us && now >= child->due_us) {
			if (child->pid)
				expire(child);
			else
				start(s, child);
		} else if (child->join_us && now >= child->join_us) {
			join(s, child);
		}
	}
}

/* The earlier of two moments, of which 0 is none. */
static int64_t sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

static int wait_ms(const struct supervisor *s)
{
	int64_t until = s->stage == serving_all ? 0 : s->deadline_us, rest;

	if (s->stage == serving_all)
		for (size_t i = 0; i < s->count; i++)
			until = sooner(
				until, sooner(s->children[i].due_us, s->children[i].join_us));
	if (!until)
		return -1;
	rest = until - clock_monotonic_us();
	return rest <= 0 ? 0 : (int)(rest / 1000 + 1);
}

static void wait_and_act(struct supervisor *s)
{
	struct pollfd polled[1 + child_most] = { { .fd = s->signals, .events = POLLIN } };
	int happened;

	for (size_t i = 0; i < s->count; i++)
		polled[1 + i] = (struct pollfd){ .fd = s->children[i].control, .events = POLLIN };
	happened = poll(polled, 1 + s->count, wait_ms(s));
	if (happened > 0) {
		/* First what programs said: a last word counts before their end. */
		for (size_t i = 0; i < s->count; i++)
			if (polled[1 + i].revents)
				heard(s, &s->children[i]);
		if (polled[0].revents)
			signalled(s);
	}
	due(s);
}

static void signals_open(struct supervisor *s)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	must_be(s->signals >= 0);
}

static void children_list(struct supervisor *s)
{
	size_t web = (size_t)s->serving->conf->web_processes;

	must_be(web >= 1 && web <= web_most);
	s->count = 2 + web;
	for (size_t i = 0; i < s->count; i++)
		s->children[i] = (struct child){ .control = -1,
			.program = i == keeper_at ? program_keeper
				   : i == 1       ? program_courier
						  : program_web };
}

int supervise(struct serving *serving)
{
	scoped(arena_close) struct arena *arena = arena_open(work_arena);
	struct supervisor s = { .c.arena = arena, .serving = serving, .signals = -1 };

	if (!arena)
		return call_say(exit_fault, "out of memory");
	signals_open(&s);
	children_list(&s);
	for (size_t i = 0; i < s.count; i++)
		start(&s, &s.children[i]);
	while (!stopped(&s)) {
		arena_wipe(arena);
		wait_and_act(&s);
	}
	fd_close(&s.signals);
	return s.code;
}
