/* The master key on disk: DIR/master.key, 32 bytes, readable by its owner alone. */
#include "crypto/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file_name[] = "master.key";

static int dir_open(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static err no_dir(struct ctx *c)
{
	return fault(c, fault_keys, "the folder of keys cannot be opened: %s", strerror(errno));
}

/* A key that others could read or replace is no longer a secret: better not to start. */
static err check(struct ctx *c, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fault(c, fault_keys, "master.key: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault(c, fault_keys, "master.key is not a plain file");
	if (st.st_uid != geteuid())
		return fault(c, fault_keys, "master.key belongs to another user");
	if (st.st_mode & 07177)
		return fault(c, fault_keys, "master.key has mode %04o; it must be 0600 or stricter",
			(unsigned)st.st_mode & 07777);
	if (st.st_size != key_size)
		return fault(c, fault_keys, "master.key is damaged: it does not hold 32 bytes");
	return 0;
}

static err read_whole(struct ctx *c, int fd, uint8_t out[key_size])
{
	uint8_t more;
	ssize_t got = read(fd, out, key_size);

	if (got != key_size || read(fd, &more, 1) != 0)
		return fault(c, fault_keys, "master.key cannot be read whole");
	/* What a crash of the file system leaves behind. */
	if (sodium_is_zero(out, key_size))
		return fault(c, fault_keys, "master.key is damaged: it is all zero");
	return 0;
}

err key_file_read(struct ctx *c, const char *dir, uint8_t out[key_size])
{
	scoped_fd folder = dir_open(dir);
	scoped_fd fd = -1;
	err e;

	if (folder < 0)
		return no_dir(c);
	fd = openat(folder, file_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return reply_not_found;
	if (fd < 0)
		return fault(c, fault_keys, "master.key cannot be opened: %s", strerror(errno));
	if ((e = check(c, fd)))
		return e;
	return read_whole(c, fd, out);
}

/* Written whole and synced under another name first, then linked: there is never half a key, and
 * never one key over another. */
static err write_aside(struct ctx *c, int folder, const char *name, const uint8_t key[key_size])
{
	scoped_fd fd =
		openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault(c, fault_keys, "no file can be made in the folder of keys: %s",
			strerror(errno));
	if (write(fd, key, key_size) != key_size || fsync(fd) != 0)
		return fault(c, fault_keys, "master.key cannot be written: %s", strerror(errno));
	return 0;
}

static err link_over(struct ctx *c, int folder, const char *name)
{
	if (linkat(folder, name, folder, file_name, 0) == 0)
		return 0;
	if (errno == EEXIST)
		return reply_already;
	return fault(c, fault_keys, "master.key cannot be named: %s", strerror(errno));
}

err key_file_write(struct ctx *c, const char *dir, const uint8_t key[key_size])
{
	scoped_fd folder = dir_open(dir);
	char aside[40];
	err e;

	if (folder < 0)
		return no_dir(c);
	(void)snprintf(aside, sizeof(aside), "%s.%08x", file_name, number_random(UINT32_MAX));
	if (!(e = write_aside(c, folder, aside, key)))
		e = link_over(c, folder, aside);
	(void)unlinkat(folder, aside, 0);
	if (!e && fsync(folder) != 0)
		return fault(
			c, fault_keys, "the folder of keys cannot be synced: %s", strerror(errno));
	return e;
}
