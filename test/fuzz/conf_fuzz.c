/* Hostile configuration files: every error is said, and what was accepted, handed over and received
 * is the same for each process. */
#include "conf.h"

static void read_file(struct ctx *c, const uint8_t *bytes, size_t size)
{
	scoped(conf_close) struct conf *conf = NULL;
	scoped_fd fd = memory_of(bytes, size);
	struct conf_error *errors;
	size_t count = 0;
	char path[40];
	err e;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	e = conf_read(c, path, &conf, &errors, &count);
	must_be(e == 0 || e == reply_refused || e == -fault_arena);
	must_be((e == reply_refused) == (count > 0));
	must_be((e == 0) == (conf != NULL));
	for (size_t i = 0; i < count; i++)
		must_be(conf_error_line(c, &errors[i]).length || e == -fault_arena);
	for (const char *who = "wkc"; conf && *who; who++)
		hand_over(c, conf, *who);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(4 * 1024 * 1024);

	if (size && size < conf_file_limit)
		read_file(c, bytes, size);
	arena_wipe(c->arena);
	return 0;
}
