/* Starting one program: its descriptors, its user, its signals. */
#include "main/inside.h"
#include "wire/control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nothing else can be done in a child that could not become its program. */
static _Noreturn void give_up(const char *what)
{
	log_line(log_error, NULL, "a program could not be started: %s: %m", what);
	_exit(127);
}

/* Moves each out of the way first, since 3 to 5 may be among them. */
static void descriptors(const int from[3])
{
	int safe[3];

	for (int i = 0; i < 3; i++) {
		safe[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, 16);
		if (from[i] >= 0 && safe[i] < 0)
			give_up("descriptors");
	}
	for (int i = 0; i < 3; i++) {
		(void)close(control_conf + i);
		if (safe[i] >= 0 && dup2(safe[i], control_conf + i) < 0)
			give_up("descriptors");
	}
	if (close_range(control_listener + 1, ~0u, 0) != 0)
		give_up("descriptors");
}

/* Signals of a terminal go to the whole group; only the supervisor shall hear them. */
static void signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(
	const struct serving *s, size_t program, char *again, const int from[3], pid_t parent)
{
	const char *file = program_list[program].file;
	char path[PATH_MAX + 32];
	char *argv[] = { path, again, NULL };

	(void)snprintf(path, sizeof(path), "%s/%s", s->programs, file);
	descriptors(from);
	signals();
	if (!identity_take(&s->identity[program]))
		give_up("user");
	/* After the change of user, which forgets it. The supervisor may have died before. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		give_up("parent");
	(void)execv(path, argv);
	give_up(path);
}

err child_start(struct ctx *c, const struct serving *s, size_t program, bool again, int fd,
	pid_t *pid, int *control)
{
	static char word[] = control_again;
	scoped_fd conf = -1, mine = -1, its = -1;
	pid_t parent = getpid();
	int ends[2];
	err e;

	if ((e = conf_hand(c, s->conf, program_list[program].who, &conf)))
		return e;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return fault(c, fault_io, "socketpair: %s", strerrordesc_np(errno));
	mine = ends[0];
	its = ends[1];
	/* The supervisor never waits for a program. */
	if (fcntl(mine, F_SETFL, O_NONBLOCK) != 0)
		return fault(c, fault_io, "fcntl: %s", strerrordesc_np(errno));
	*pid = fork();
	if (*pid < 0)
		return fault(c, fault_io, "fork: %s", strerrordesc_np(errno));
	if (*pid == 0)
		become(s, program, again ? word : NULL, (const int[]){ conf, its, fd }, parent);
	*control = mine;
	mine = -1;
	return 0;
}
