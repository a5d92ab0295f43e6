/* Any bytes as sealed settings from a supervisor: refused, or settings that handed on are the same.
 * Without each of the seals they are not even read. */
#include "conf.h"

static const int seals[] = { F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE };

/* All seals but the one of this number; 4: all of them. */
static int sealed(const uint8_t *bytes, size_t size, size_t but)
{
	int fd = memory_of(bytes, size), all = 0;

	for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++)
		all |= i == but ? 0 : seals[i];
	must_be(fcntl(fd, F_ADD_SEALS, all) == 0);
	return fd;
}

static void receive(struct ctx *c, const uint8_t *bytes, size_t size)
{
	scoped(conf_close) struct conf *conf = NULL, *loose = NULL;
	scoped_fd fd = sealed(bytes, size, 4), other = sealed(bytes, size, size % 4);
	err e = conf_receive(c, fd, &conf);

	must_be((e == 0) == (conf != NULL));
	if (conf)
		hand_over(c, conf, 'k');
	must_be(conf_receive(c, other, &loose) == -fault_conf && !loose);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(4 * 1024 * 1024);

	if (size < conf_file_limit)
		receive(c, bytes, size);
	arena_wipe(c->arena);
	return 0;
}
