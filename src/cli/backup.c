/* rekey backup, rekey key export: a copy of the store, and apart from it the key that opens it. */
#include "cli/inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new file that nobody else reads, and that replaces nobody's. */
static int make_file(const char *path, int *fd)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0)
		return call_say(exit_refused, "%s cannot be made: %m", path);
	return 0;
}

static bool write_all(int fd, struct str bytes)
{
	while (bytes.length) {
		ssize_t written = write(fd, bytes.at, bytes.length);

		if (written <= 0)
			return false;
		bytes = str_from(bytes, (size_t)written);
	}
	return true;
}

static bool copy_all(int from, int to)
{
	char memory[64 * 1024];

	for (;;) {
		ssize_t got = read(from, memory, sizeof(memory));

		if (got < 0 || (got > 0 && !write_all(to, (struct str){ memory, (size_t)got })))
			return false;
		if (got == 0)
			return fsync(to) == 0;
	}
}

/* Moves what the keeper laid into its backup folder to where the caller wants it. */
static int fetch(const struct call *call, struct str name, const char *path)
{
	scoped_fd folder = open(call->data, O_PATH | O_DIRECTORY | O_CLOEXEC);
	scoped_fd backup =
		folder < 0 ? -1 : openat(folder, "backup", O_PATH | O_DIRECTORY | O_CLOEXEC);
	scoped_fd from = -1, to = -1;
	char file[96];
	int code;

	(void)snprintf(file, sizeof(file), "%.*s", STR_ARG(name));
	from = backup < 0 ? -1 : openat(backup, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0)
		return call_say(exit_fault, "%s/backup/%s cannot be read: %m", call->data, file);
	if ((code = make_file(path, &to)) == 0 && !copy_all(from, to)) {
		code = call_say(exit_fault, "%s cannot be written: %m", path);
		(void)unlink(path);
	}
	(void)unlinkat(backup, file, 0);
	return code;
}

int backup_run(struct call *call)
{
	const char *path = call_value(call, "FILE").at;
	const struct rec_backup *backup;
	const struct op_backup_make in = { 0 };
	struct answer a;
	int code;

	/* Before the keeper copies for nothing. */
	if (access(path, F_OK) == 0)
		return call_say(exit_refused, "%s is there already", path);
	if ((code = call_ask(call, operation_backup_make, &in, &a)))
		return code;
	backup = a.record;
	if ((code = fetch(call, backup->file, path)))
		return code;
	(void)printf("%s holds the store, and no keys. Without the master key (%.*s) nobody can "
		     "use it:\n"
		     "write that out with `rekey key export`, and keep the two apart.\n",
		path, STR_ARG(backup->key));
	return exit_done;
}

/* Twice from a terminal; what comes from elsewhere was not mistyped. */
static struct secret *passphrase_of(struct call *call)
{
	struct secret *first = call_secret(call, "passphrase"), *second;

	if (!first || !isatty(STDIN_FILENO))
		return first;
	second = call_secret(call, "the same again");
	if (second && secret_same(first, secret_show(second)))
		return first;
	(void)call_say(0, "the two are not the same");
	secret_drop(&first);
	return NULL;
}

int key_export_run(struct call *call)
{
	const char *path = call_value(call, "FILE").at;
	struct op_key_export in = { .passphrase = passphrase_of(call) };
	const struct rec_key_text *key;
	scoped_fd fd = -1;
	struct answer a;
	int code;

	if (!in.passphrase)
		return call_say(exit_usage, "a passphrase is needed, typed or on standard input");
	if ((code = call_ask(call, operation_key_export, &in, &a)) || (code = make_file(path, &fd)))
		return code;
	key = a.record;
	if (!write_all(fd, key->text) || !write_all(fd, STR("\n")) || fsync(fd) != 0)
		return call_say(exit_fault, "%s cannot be written: %m", path);
	(void)printf("%s holds the master key %.*s under your passphrase. Keep it away from the "
		     "backups.\n",
		path, STR_ARG(key->key));
	return exit_done;
}
