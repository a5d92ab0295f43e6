/* The supervisor, with this test itself standing in for the three programs: each writes what it
 * hears into DATA/heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/inside.h"
#include "wire/control.h"

/* ---- a program ---- */

struct stub {
	struct ctx c;
	const char *name, *folder;
	struct conf *conf;
};

static void heard(const struct stub *s, const char *words)
{
	char path[PATH_MAX], line[200];
	int fd, length = snprintf(line, sizeof(line), "%s %s\n", s->name, words);

	snprintf(path, sizeof(path), "%s/heard", s->folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (write(fd, line, (size_t)length) != length)
		abort();
	close(fd);
}

static bool told(const struct stub *s, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s.%s", s->folder, s->name, name);
	return access(path, F_OK) == 0;
}

static void number_write(const struct stub *s)
{
	char path[PATH_MAX], text[16];
	int fd, length = snprintf(text, sizeof(text), "%d", (int)getpid());

	snprintf(path, sizeof(path), "%s/%s.pid", s->folder, s->name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (write(fd, text, (size_t)length) != length)
		abort();
	close(fd);
}

static int extra_descriptors(void)
{
	int count = 0;

	for (int fd = control_listener + 1; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int part_told;

static void joined(struct stub *s, const char *word, int fd)
{
	char line[64], greeting[32] = "";

	if (strcmp(word, "keeper") == 0) {
		if (write(fd, s->name, strlen(s->name)) < 0)
			heard(s, "cannot write");
		heard(s, "has a keeper");
		if (told(s, "part") && !part_told++ &&
			control_send(&s->c, control_channel, "parted", -1))
			abort();
		return;
	}
	if (read(fd, greeting, sizeof(greeting) - 1) < 0)
		abort();
	snprintf(line, sizeof(line), "is asked by %s", greeting);
	heard(s, line);
}

static void belongs(const struct stub *s)
{
	char line[200];

	snprintf(line, sizeof(line), "belongs to %.*s, least %d", STR_ARG(s->conf->organisation),
		(int)s->conf->password_min_length);
	heard(s, line);
}

static int stub_run(const char *name, const char *folder)
{
	struct stub s = { .c.arena = arena_open(4 * 1024 * 1024), .name = name, .folder = folder };
	char word[control_word_size], line[200];
	int passed = -1;

	if (conf_receive(&s.c, control_conf, &s.conf) != 0)
		return 9;
	number_write(&s);
	if (told(&s, "die"))
		return 7;
	if (!told(&s, "mute") && control_send(&s.c, control_channel, "ready", -1) != 0)
		return 8;
	snprintf(line, sizeof(line), "starts as %d, extra %d, listener %d, int %s", (int)getuid(),
		extra_descriptors(), fcntl(control_listener, F_GETFD) >= 0,
		signal(SIGINT, SIG_DFL) == SIG_IGN ? "ignored" : "heard");
	heard(&s, line);
	belongs(&s);
	while (control_receive(&s.c, control_channel, word, &passed) == 0) {
		if (strcmp(word, "drain") == 0 && !told(&s, "stubborn")) {
			heard(&s, "drains");
			return 0;
		}
		if (strcmp(word, "conf") == 0) {
			conf_close(&s.conf);
			if (conf_receive(&s.c, passed, &s.conf) != 0)
				return 9;
			belongs(&s);
			close(passed);
		} else if (passed >= 0) {
			joined(&s, word, passed);
		}
	}
	return 6;
}

/* ---- the supervisor over them ---- */

struct fixture {
	struct serving serving;
	struct ctx c;
	char folder[64], conf[96], out[96];
	pid_t pid;
};

static int setup(void **state)
{
	static const char *const names[] = { "rekey-web", "rekey-keeper", "rekey-courier" };
	struct fixture *f = calloc(1, sizeof(*f));
	char self[PATH_MAX] = "", path[128];
	int ends[2];

	f->c.arena = arena_open(4 * 1024 * 1024);
	snprintf(f->folder, sizeof(f->folder), "/tmp/rekey_main_XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder, names[i]);
		assert_int_equal(symlink(self, path), 0);
	}
	snprintf(f->conf, sizeof(f->conf), "%s/rekey.conf", f->folder);
	snprintf(f->out, sizeof(f->out), "%s/out", f->folder);
	snprintf(f->serving.data, sizeof(f->serving.data), "%s", f->folder);
	snprintf(f->serving.programs, sizeof(f->serving.programs), "%s", f->folder);
	snprintf(f->serving.url, sizeof(f->serving.url), "http://localhost:8480");
	f->serving.config = f->conf;
	f->serving.lock = -1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	f->serving.listener = ends[0];
	f->serving.keeper_listener = ends[1];
	*state = f;
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
	}
	conf_close(&f->serving.conf);
	fd_close(&f->serving.listener);
	fd_close(&f->serving.keeper_listener);
	arena_close(&f->c.arena);
	nftw(f->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void mark(struct fixture *f, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	write_text(path, "");
}

static void begin(struct fixture *f, const char *settings)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), out;

	write_text(f->conf, settings);
	assert_int_equal(serve_settings(&f->c, &f->serving, false, &f->serving.conf), 0);
	f->pid = fork();
	if (f->pid == 0) {
		out = open(f->out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(out, 1);
		dup2(null, 2);
		_exit(supervise(&f->serving));
	}
	close(null);
}

static int count_of(const char *path, const char *words)
{
	char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC), count = 0;
	ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = 0;
	fd_close(&fd);
	for (const char *at = text; (at = strstr(at, words)); at++)
		count++;
	return count;
}

static bool wait_for(const char *path, const char *words, int times)
{
	for (int i = 0; i < 2000; i++) {
		if (count_of(path, words) >= times)
			return true;
		usleep(5000);
	}
	return false;
}

static void assert_heard(struct fixture *f, const char *words, int times)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/heard", f->folder);
	if (!wait_for(path, words, times))
		fail_msg("not heard %d times: %s", times, words);
}

static int heard_count(struct fixture *f, const char *words)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/heard", f->folder);
	return count_of(path, words);
}

/* The number it wrote last; it has started by then. */
static pid_t pid_of(struct fixture *f, const char *name)
{
	char path[128], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/%s.pid", f->folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return (pid_t)atoi(text);
}

static int end_of(struct fixture *f)
{
	int status = 0;

	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void three_programs_are_joined_and_announced(void **state)
{
	struct fixture *f = *state;

	begin(f, "");
	assert_true(wait_for(f->out, "listening on http://localhost:8480\n", 1));
	assert_heard(f, "rekey-keeper is asked by rekey-web", 1);
	assert_heard(f, "rekey-keeper is asked by rekey-courier", 1);
	assert_heard(f, "rekey-web has a keeper", 1);
	assert_int_equal(heard_count(f, "extra 0"), 3);
	assert_int_equal(heard_count(f, "int ignored"), 3);
	assert_int_equal(heard_count(f, "listener 1"), 2);
	kill(f->pid, SIGTERM);
	assert_int_equal(end_of(f), exit_done);
	assert_int_equal(heard_count(f, "drains"), 3);
}

static void several_web_processes_share_one_keeper(void **state)
{
	struct fixture *f = *state;

	begin(f, "[site]\nwebProcesses = 3\n");
	assert_heard(f, "rekey-keeper is asked by rekey-web", 3);
}

static void a_program_that_died_is_started_and_joined_again(void **state)
{
	struct fixture *f = *state;

	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	assert_heard(f, "rekey-keeper is asked by", 2);
	kill(pid_of(f, "rekey-web"), SIGKILL);
	assert_heard(f, "rekey-keeper is asked by rekey-web", 2);
	kill(pid_of(f, "rekey-keeper"), SIGKILL);
	assert_heard(f, "rekey-web has a keeper", 3);
	assert_heard(f, "rekey-courier has a keeper", 2);
	assert_heard(f, "rekey-keeper is asked by rekey-web", 3);
	assert_int_equal(count_of(f->out, "listening"), 1);
}

/* The keeper lives, and hears of the new stream by the place of the old one. */
static void a_program_that_parted_is_joined_again(void **state)
{
	struct fixture *f = *state;

	mark(f, "rekey-courier.part");
	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	assert_heard(f, "rekey-courier has a keeper", 2);
	assert_heard(f, "rekey-keeper is asked by rekey-courier", 2);
	assert_int_equal(heard_count(f, "rekey-web has a keeper"), 1);
	assert_int_equal(heard_count(f, "starts as"), 3);
}

static void the_third_quick_death_is_followed_by_a_pause(void **state)
{
	struct fixture *f = *state;
	int64_t begun;

	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	assert_heard(f, "rekey-courier starts", 1);
	begun = clock_monotonic_us();
	for (int i = 1; i <= 3; i++) {
		kill(pid_of(f, "rekey-courier"), SIGKILL);
		if (i < 3)
			assert_heard(f, "rekey-courier starts", 1 + i);
	}
	assert_true(clock_monotonic_us() - begun < 900000);
	assert_heard(f, "rekey-courier starts", 4);
	assert_true(clock_monotonic_us() - begun > 950000);
}

static void a_program_that_never_gets_ready_ends_the_start(void **state)
{
	struct fixture *f = *state;

	mark(f, "rekey-courier.die");
	begin(f, "");
	assert_int_equal(end_of(f), exit_fault);
	assert_int_equal(count_of(f->out, "listening"), 0);
}

static void nothing_is_announced_before_all_are_ready(void **state)
{
	struct fixture *f = *state;

	mark(f, "rekey-web.mute");
	begin(f, "");
	assert_heard(f, "rekey-keeper is asked by rekey-web", 1);
	assert_int_equal(count_of(f->out, "listening"), 0);
	kill(f->pid, SIGTERM);
	assert_int_equal(end_of(f), exit_done);
}

static void new_settings_are_handed_out_and_bad_ones_are_not(void **state)
{
	struct fixture *f = *state;

	begin(f, "[site]\norganisation = Old\n");
	assert_true(wait_for(f->out, "listening", 1));
	write_text(f->conf,
		"[site]\norganisation = New\nwebProcesses = 4\n[policy]\npasswordMinLength = 20\n");
	kill(f->pid, SIGHUP);
	assert_heard(f, "rekey-web belongs to New, least 20", 1);
	assert_heard(f, "rekey-keeper belongs to New, least 20", 1);
	write_text(f->conf, "[site]\norganisation = Bad\nnonsense\n");
	kill(f->pid, SIGHUP);
	write_text(f->conf, "[site]\norganisation = Newer\n");
	kill(f->pid, SIGHUP);
	assert_heard(f, "rekey-keeper belongs to Newer", 1);
	assert_int_equal(heard_count(f, "Bad"), 0);
	assert_int_equal(heard_count(f, "rekey-web starts"), 1);
	assert_int_equal(heard_count(f, "rekey-keeper starts"), 1);
}

/* What the courier's cage lets it read was settled by the old settings. */
static void a_reload_starts_the_courier_anew(void **state)
{
	struct fixture *f = *state;

	begin(f, "[site]\norganisation = Old\n");
	assert_true(wait_for(f->out, "listening", 1));
	assert_heard(f, "rekey-courier belongs to Old", 1);
	write_text(f->conf, "[site]\norganisation = New\n");
	kill(f->pid, SIGHUP);
	assert_heard(f, "rekey-courier drains", 1);
	assert_heard(f, "rekey-courier belongs to New", 1);
	assert_heard(f, "rekey-keeper is asked by rekey-courier", 2);
	write_text(f->conf, "[site]\nnonsense\n");
	kill(f->pid, SIGHUP);
	kill(f->pid, SIGTERM);
	assert_int_equal(end_of(f), exit_done);
	assert_int_equal(heard_count(f, "rekey-courier starts"), 2);
}

static void the_edges_drain_before_the_keeper(void **state)
{
	struct fixture *f = *state;
	char text[4096] = "", path[128];
	int fd;

	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	kill(f->pid, SIGINT);
	assert_int_equal(end_of(f), exit_done);
	snprintf(path, sizeof(path), "%s/heard", f->folder);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	assert_true(strstr(text, "rekey-web drains") < strstr(text, "rekey-keeper drains"));
	assert_true(strstr(text, "rekey-courier drains") < strstr(text, "rekey-keeper drains"));
}

static void asked_twice_it_ends_what_does_not_drain(void **state)
{
	struct fixture *f = *state;

	mark(f, "rekey-web.stubborn");
	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	kill(f->pid, SIGTERM);
	assert_heard(f, "rekey-courier drains", 1);
	kill(f->pid, SIGTERM); /* the same request, to the group */
	usleep(1100000);
	assert_int_equal(heard_count(f, "rekey-keeper drains"), 0);
	kill(f->pid, SIGTERM);
	assert_heard(f, "rekey-keeper drains", 1);
	assert_int_equal(end_of(f), exit_done);
}

/* Where the first process waits for no orphan, as in many containers, a dead one stays listed. */
static bool runs(pid_t pid)
{
	char path[40], state = 'X';
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return false;
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	fclose(stat);
	return state != 'Z' && state != 'X';
}

static void programs_die_with_their_supervisor(void **state)
{
	struct fixture *f = *state;
	pid_t keeper;

	begin(f, "");
	assert_true(wait_for(f->out, "listening", 1));
	keeper = pid_of(f, "rekey-keeper");
	assert_true(runs(keeper));
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	f->pid = 0;
	for (int i = 0; i < 1000 && runs(keeper); i++)
		usleep(5000);
	assert_false(runs(keeper));
}

int main(int argc, char **argv)
{
#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		case_(three_programs_are_joined_and_announced),
		case_(several_web_processes_share_one_keeper),
		case_(a_program_that_died_is_started_and_joined_again),
		case_(a_program_that_parted_is_joined_again),
		case_(the_third_quick_death_is_followed_by_a_pause),
		case_(a_program_that_never_gets_ready_ends_the_start),
		case_(nothing_is_announced_before_all_are_ready),
		case_(new_settings_are_handed_out_and_bad_ones_are_not),
		case_(a_reload_starts_the_courier_anew),
		case_(the_edges_drain_before_the_keeper),
		case_(asked_twice_it_ends_what_does_not_drain),
		case_(programs_die_with_their_supervisor),
	};
	char *slash = strrchr(argv[0], '/');

	(void)argc;
	if (slash && strncmp(slash, "/rekey-", 7) == 0) {
		*slash = 0;
		return stub_run(slash + 1, argv[0]);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
