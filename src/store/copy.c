/* A consistent copy of the store to a new file. */
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static err sync_path(struct ctx *c, const char *path, int flags)
{
	scoped_fd fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return fault(c, fault_io, "making a copy durable: %s", strerror(errno));
	return 0;
}

/* The file's name is durable when its folder is. */
static err sync_folder_of(struct ctx *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str folder = slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR(".");
	struct str copy = arena_copy(c->arena, folder);

	if (!copy.at)
		return fault(c, fault_arena, "the path of a copy");
	return sync_path(c, copy.at, O_RDONLY | O_DIRECTORY);
}

/* Made by us, so that nobody else can read it and nobody's file is written over. */
static err make_target(struct ctx *c, const char *path)
{
	scoped_fd fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 ? 0 : fault(c, fault_io, "making a copy: %s", strerror(errno));
}

/* VACUUM INTO reads one snapshot, so that writers go on; what was deleted does not come along. */
err copy_to(struct ctx *c, struct connection *connection, const char *path)
{
	struct rows none;
	err e = make_target(c, path);

	if (e)
		return e;
	if (!(e = connection_ask(
		      c, connection, "VACUUM INTO ?1", WITH(v_text(str_of(path))), &none)) &&
		!(e = sync_path(c, path, O_RDWR)))
		e = sync_folder_of(c, path);
	if (e)
		(void)unlink(path);
	return e;
}
