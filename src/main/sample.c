/* The sample people of a demonstration: added by the command line, like anybody's. */
#include "main/inside.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* As the keeper's user: what supervises is root without the right to pass over file modes. */
static _Noreturn void become_command(const struct serving *s)
{
	sigset_t none;

	/* The counts of the import belong into the log,
	 * not before the address on standard output. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	if (identity_take(&s->identity[program_keeper]))
		(void)execl("/proc/self/exe", "rekey", "people", "sample", "--data", s->data,
			(char *)NULL);
	_exit(127);
}

void sample_people(const struct serving *s)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		become_command(s);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (pid < 0 || status != 0)
		log_line(log_warning, NULL, "the sample people could not be added");
	(void)puts("DEMO: mail and codes are shown on a page, not sent. ada and tanaka.t are "
		   "registered; "
		   "everybody's password is: the river runs north");
}
