/* rekey restore, rekey key import: the keeper's program does it, as the owner of the state folder,
 * with files that the caller opened. */
#include "main/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct work {
	const char *what; /* rekey-keeper's first argument */
	struct serving *s;
	int passphrase, key, backup; /* -1: none */
};

static void work_close(struct work *w)
{
	fd_close(&w->passphrase);
	fd_close(&w->key);
	fd_close(&w->backup);
}

static int open_file(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return *fd >= 0 ? 0 : call_say(exit_refused, "%s cannot be read: %m", path);
}

/* The passphrase goes by a pipe, which no argument list or environment shows. */
static int open_passphrase(struct call *call, int *fd)
{
	struct secret *typed = call_secret(call, "passphrase of the key file");
	scoped_fd in = -1;
	int ends[2];
	bool sent;

	if (!typed)
		return call_say(exit_usage, "a passphrase is needed, typed or on standard input");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return call_say(exit_fault, "pipe: %m");
	*fd = ends[0];
	in = ends[1];
	sent = write(in, secret_show(typed).at, secret_length(typed)) ==
	       (ssize_t)secret_length(typed);
	secret_drop(&typed);
	return sent ? 0 : call_say(exit_fault, "pipe: %m");
}

static bool place(int from, int to)
{
	return from < 0 || dup2(from, to) == to;
}

/* Root does nothing in a folder that is another's; files are then the owner's from the start. */
static bool become_owner(const char *data)
{
	struct stat st;

	if (stat(data, &st) != 0)
		return false;
	return identity_take(
		&(struct identity){ geteuid() == 0 && st.st_uid != 0, st.st_uid, st.st_gid });
}

static _Noreturn void become(const struct work *w)
{
	char path[PATH_MAX + 32];
	int key = w->key < 0 ? -1 : fcntl(w->key, F_DUPFD_CLOEXEC, 16);
	int backup = w->backup < 0 ? -1 : fcntl(w->backup, F_DUPFD_CLOEXEC, 16);

	(void)snprintf(path, sizeof(path), "%s/rekey-keeper", w->s->programs);
	if (w->key < 0)
		(void)close(3); /* of whoever called: no key was named */
	if (place(w->passphrase, STDIN_FILENO) && place(key, 3) && place(backup, 4) &&
		become_owner(w->s->data))
		(void)execl(path, path, w->what, w->s->data, (char *)NULL);
	_exit(call_say(exit_fault, "%s cannot be started: %m", path));
}

static int run(const struct work *w)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become(w);
	if (pid < 0)
		return call_say(exit_fault, "fork: %m");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return call_say(exit_fault, "waiting: %m");
	return WIFEXITED(status) ? WEXITSTATUS(status) : exit_fault;
}

/* Takes the folder's lock, so that nothing serves it meanwhile. */
static int open_folder(struct call *call, struct serving *s)
{
	int code;

	if (snprintf(s->data, sizeof(s->data), "%s", call->data) >= (int)sizeof(s->data))
		return call_say(exit_usage, "--data takes a path");
	if ((code = programs_find(s)))
		return code;
	return folder_open(s);
}

int restore_run(struct call *call)
{
	struct serving s = { .lock = -1 };
	scoped(work_close) struct work w = { "restore", &s, -1, -1, -1 };
	scoped_fd lock = -1;
	const char *key = call_value(call, "--key").at;
	int code;

	if ((code = open_file(call_value(call, "FILE").at, &w.backup)) ||
		(key && ((code = open_file(key, &w.key)) ||
				(code = open_passphrase(call, &w.passphrase)))))
		return code;
	code = open_folder(call, &s);
	lock = s.lock;
	if (code || (code = run(&w)))
		return code;
	(void)printf("The store is as it was when the backup was made. Sessions, resets, links, "
		     "passes and\n"
		     "recovery codes have ended; codes of authenticator apps count from the next "
		     "one on.\n");
	return exit_done;
}

int key_import_run(struct call *call)
{
	struct serving s = { .lock = -1 };
	scoped(work_close) struct work w = { "import-key", &s, -1, -1, -1 };
	scoped_fd lock = -1;
	int code;

	if ((code = open_file(call_value(call, "KEYFILE").at, &w.key)) ||
		(code = open_passphrase(call, &w.passphrase)))
		return code;
	code = open_folder(call, &s);
	lock = s.lock;
	if (code || (code = run(&w)))
		return code;
	(void)printf("The master key is in place.\n");
	return exit_done;
}
