/* Any bytes as the words of a log line: one line of JSON, whatever they are, and it says them. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

enum { surely_whole = 300 }; /* each byte becomes six at most, and a line holds 2 KB */

/* What log_line wrote: it goes to standard error. */
static struct str written(struct str words)
{
	static char line[8192];
	static int kept = -1, ours = -1;
	ssize_t size;

	if (ours < 0) {
		kept = dup(STDERR_FILENO);
		ours = memfd_create("log", MFD_CLOEXEC);
	}
	must_be(ours >= 0 && kept >= 0 && ftruncate(ours, 0) == 0 && lseek(ours, 0, SEEK_SET) == 0);
	must_be(dup2(ours, STDERR_FILENO) >= 0);
	log_line(log_error, NULL, "%.*s", STR_ARG(words));
	must_be(dup2(kept, STDERR_FILENO) >= 0);
	size = pread(ours, line, sizeof(line), 0);
	must_be(size > 0 && (size_t)size < sizeof(line));
	return (struct str){ line, (size_t)size };
}

static struct str member(struct ctx *c, struct str *rest, const char *name, char before)
{
	json_skip(rest, before);
	must_be(str_is(json_read(c, rest), name));
	json_skip(rest, ':');
	return json_read(c, rest);
}

/* Up to the first NUL, as printf takes them, and no more than fit. */
static struct str told(struct str words)
{
	const char *end = words.length ? memchr(words.at, 0, words.length) : NULL;
	struct str all = end ? str_upto(words, (size_t)(end - words.at)) : words;

	return str_upto(all, 511);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str words = { (const char *)bytes, size }, rest = written(words), message;

	must_be(rest.at[rest.length - 1] == '\n' &&
		memchr(rest.at, '\n', rest.length) == rest.at + rest.length - 1);
	must_be(member(c, &rest, "time", '{').length == 20);
	must_be(str_is(member(c, &rest, "level", ','), "error"));
	must_be(str_is(member(c, &rest, "program", ','), "rekey"));
	message = member(c, &rest, "message", ',');
	json_skip(&rest, '}');
	must_be(str_is(rest, "\n"));
	if (told(words).length < surely_whole)
		must_be(str_same(message, utf8_shown(c, told(words), NULL)));
	arena_wipe(c->arena);
	return 0;
}
