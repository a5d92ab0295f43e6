/* The state folder: made, marked, locked, and given to the keeper's user. */
#include "main/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int failed(const char *what, const char *path)
{
	return call_say(exit_refused, "%s %s: %s", what, path, strerrordesc_np(errno));
}

/* With all its parents; only the last one is private. */
static int make(const char *path)
{
	char part[PATH_MAX];
	size_t length = str_of(path).length;

	if (length == 0 || length >= sizeof(part))
		return call_say(exit_usage, "--data takes a path");
	memcpy(part, path, length + 1);
	for (size_t i = 1; i < length; i++) {
		if (part[i] != '/')
			continue;
		part[i] = 0;
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return failed("cannot make", part);
		part[i] = '/';
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return failed("cannot make", path);
	return 0;
}

static bool empty(const char *path)
{
	DIR *folder = opendir(path);
	size_t found = 0;

	if (!folder)
		return false;
	for (const struct dirent *entry; (entry = readdir(folder));)
		found += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(folder);
	return found == 0;
}

/* A demo's people and keys are known to all: it is never anything else, and nothing else becomes
 * one. */
static int demo_mark(const struct serving *s, int folder)
{
	bool marked = faccessat(folder, "demo", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	scoped_fd mark = -1;

	if (marked && !s->demo)
		return call_say(exit_refused,
			"%s was made for a demo; start it with --demo, or choose another folder",
			s->data);
	if (marked || !s->demo)
		return 0;
	if (!empty(s->data))
		return call_say(exit_refused, "--demo needs an empty folder; %s is not", s->data);
	mark = openat(folder, "demo", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return mark >= 0 ? 0 : failed("cannot write to", s->data);
}

static int parts_make(const struct serving *s, int folder)
{
	static const char *const parts[] = { "run", "keys", "backup" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (mkdirat(folder, parts[i], 0700) != 0 && errno != EEXIST)
			return failed("cannot make a folder in", s->data);
	return 0;
}

static int lock(struct serving *s, int folder)
{
	s->lock = openat(folder, "run/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return failed("cannot write to", s->data);
	if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		return call_say(exit_refused, "another rekey serves %s", s->data);
	return 0;
}

int folder_open(struct serving *s)
{
	char given[PATH_MAX];
	scoped_fd folder = -1;
	struct stat st;
	int code;

	if ((code = make(s->data)))
		return code;
	memcpy(given, s->data, sizeof(given));
	if (!realpath(given, s->data))
		return failed("cannot open", given);
	folder = open(s->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fstat(folder, &st) != 0)
		return failed("cannot open", s->data);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return call_say(exit_refused, "%s is open to others; make it private (chmod 0700)",
			s->data);
	if ((code = demo_mark(s, folder)) || (code = parts_make(s, folder)))
		return code;
	return lock(s, folder);
}

/* By way of the folder's descriptor, since a socket's address has room for 107 bytes only. */
int folder_listen(struct serving *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	scoped_fd folder = open(s->data, O_PATH | O_DIRECTORY | O_CLOEXEC);
	mode_t mask;
	int bound;

	if (folder < 0)
		return failed("cannot open", s->data);
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
		"/proc/self/fd/%d/run/keeper.sock", folder);
	(void)unlink(address.sun_path);
	s->keeper_listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177);
	bound = s->keeper_listener < 0
			? -1
			: bind(s->keeper_listener, (struct sockaddr *)&address, sizeof(address));
	(void)umask(mask);
	if (bound != 0 || listen(s->keeper_listener, SOMAXCONN) != 0)
		return failed("cannot listen in", s->data);
	/* The owner of the folder may ask what root may; the sample people of a demo come in so. */
	if (s->identity[program_keeper].own &&
		lchown(address.sun_path, s->identity[program_keeper].uid,
			s->identity[program_keeper].gid) != 0)
		return failed("cannot give to the keeper's user:", s->data);
	return 0;
}

static struct identity keeper_identity; /* nftw(3) hands nothing down */

/* What root put here: by an earlier start without users, by a restore. A file with a second name
 * may be one from elsewhere that was linked in, and stays root's. */
static int give(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)kind, (void)walk;
	if (st->st_uid != 0 || (S_ISREG(st->st_mode) && st->st_nlink != 1))
		return 0;
	return lchown(path, keeper_identity.uid, keeper_identity.gid);
}

int folder_give(const struct serving *s)
{
	struct stat st;

	keeper_identity = s->identity[program_keeper];
	if (!keeper_identity.own)
		return 0;
	if (stat(s->data, &st) != 0 || (st.st_uid != 0 && st.st_uid != keeper_identity.uid))
		return call_say(exit_refused, "%s belongs to another user", s->data);
	if (nftw(s->data, give, 8, FTW_PHYS) != 0)
		return failed("cannot give to the keeper's user:", s->data);
	return 0;
}
