/* A configuration or secret file, read whole, with what is wrong about it in words. */
#include "conf/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL: the file may be read. */
static const char *unfit(const struct stat *st, size_t limit, bool secret)
{
	if (!S_ISREG(st->st_mode))
		return "a regular file";
	if (st->st_size < 0 || (uint64_t)st->st_size > limit)
		return "a smaller file";
	if (!secret)
		return NULL;
	if (st->st_mode & (S_IRWXO | S_IWGRP))
		return "a file that nobody but its owner may write and others may not read "
		       "(chmod 0640)";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "a file that belongs to root or to the user who starts rekey";
	return NULL;
}

static ssize_t read_all(int fd, char *at, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, at + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static err refuse(struct str *why, struct str words)
{
	*why = words;
	return reply_refused;
}

static err unreadable(struct ctx *c, struct str *why)
{
	return refuse(why, sentence(c, "a file that can be read: %s", strerrordesc_np(errno)));
}

err file_take(struct ctx *c, const char *path, size_t limit, bool secret, struct str *out,
	struct str *why)
{
	/* O_NONBLOCK: a named pipe must not hold up the start. */
	scoped_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	const char *words;
	ssize_t have;
	char *at;

	if (fd < 0 || fstat(fd, &st) != 0)
		return unreadable(c, why);
	if ((words = unfit(&st, limit, secret)))
		return refuse(why, str_of(words));
	at = arena_take(c->arena, (size_t)st.st_size + 1);
	if (!at)
		return fault(c, fault_arena, "no room to read %s", path);
	if ((have = read_all(fd, at, (size_t)st.st_size)) < 0)
		return unreadable(c, why);
	if (memchr(at, 0, (size_t)have))
		return refuse(why, STR("text without NUL bytes"));
	*out = (struct str){ at, (size_t)have };
	return 0;
}
