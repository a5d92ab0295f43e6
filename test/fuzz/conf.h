/* What both ends of the configuration's way share: a file of any bytes, and a hand-over. */
#ifndef FUZZ_CONF_H
#define FUZZ_CONF_H

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/inside.h"

#include "fuzz.h"

static inline int memory_of(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	must_be(write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

/* What was accepted, handed over and received must be the same; who sees only its own. */
static inline void hand_over(struct ctx *c, const struct conf *conf, char who)
{
	scoped(conf_close) struct conf *received = NULL;
	scoped_fd fd = -1;

	must_be(conf_hand(c, conf, who, &fd) == 0);
	must_be(conf_receive(c, fd, &received) == 0);
	for (size_t row = 0; row < conf_row_count; row++)
		if (strchr(conf_rows[row].who, who))
			must_be(str_same(conf->texts[row], received->texts[row]));
}

#endif
