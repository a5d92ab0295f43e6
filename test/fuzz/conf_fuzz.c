/* Hostile configuration files, and hostile settings from a supervisor. What was accepted, handed
 * over and received must be the same. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int memory_of(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	must_be(write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

static void same(const struct conf *a, const struct conf *b)
{
	for (size_t row = 0; row < conf_row_count; row++)
		if (strchr(conf_rows[row].who, 'k'))
			must_be(str_same(a->texts[row], b->texts[row]));
}

static void hand_over(struct ctx *c, const struct conf *conf)
{
	scoped(conf_close) struct conf *received = NULL;
	scoped_fd fd = -1;

	must_be(conf_hand(c, conf, 'k', &fd) == 0);
	must_be(conf_receive(c, fd, &received) == 0);
	same(conf, received);
}

static void file(struct ctx *c, const uint8_t *bytes, size_t size)
{
	scoped(conf_close) struct conf *conf = NULL;
	scoped_fd fd = memory_of(bytes, size);
	struct conf_error *errors;
	size_t count = 0;
	char path[40];
	err e;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	e = conf_read(c, path, &conf, &errors, &count);
	must_be(e == 0 || e == reply_refused || e == -fault_arena);
	must_be((e == reply_refused) == (count > 0));
	must_be((e == 0) == (conf != NULL));
	if (conf)
		hand_over(c, conf);
}

static void received(struct ctx *c, const uint8_t *bytes, size_t size)
{
	scoped(conf_close) struct conf *conf = NULL;
	scoped_fd fd = memory_of(bytes, size);

	must_be(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) ==
		0);
	must_be((conf_receive(c, fd, &conf) == 0) == (conf != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx c = { .arena = arena_open(4 * 1024 * 1024) };

	if (size && size < conf_file_limit) {
		if (bytes[0] == 0)
			received(&c, bytes + 1, size - 1);
		else
			file(&c, bytes, size);
	}
	arena_close(&c.arena);
	return 0;
}
