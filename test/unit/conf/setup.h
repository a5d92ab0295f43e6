/* A context, and a folder of configuration files that goes with the test. */
#ifndef TEST_CONF_SETUP_H
#define TEST_CONF_SETUP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/inside.h"

struct fixture {
	struct ctx c;
	char folder[64], path[96];
	struct conf *conf;
	struct conf_error *errors;
	size_t count;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->c.arena = arena_open(4 * 1024 * 1024);
	snprintf(f->folder, sizeof(f->folder), "/tmp/rekey_conf_XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/rekey.conf", f->folder);
	*state = f;
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	conf_close(&f->conf);
	arena_close(&f->c.arena);
	nftw(f->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static inline void write_bytes(const char *path, struct str bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.at, bytes.length), bytes.length);
	close(fd);
}

static inline void write_text(const char *path, const char *text)
{
	write_bytes(path, str_of(text));
}

static inline err read_text(struct fixture *f, const char *text)
{
	conf_close(&f->conf);
	write_text(f->path, text);
	return conf_read(&f->c, f->path, &f->conf, &f->errors, &f->count);
}

/* Has an error at the line for the key, with those words among what is allowed. */
static inline void assert_error(struct fixture *f, int64_t line, const char *key, const char *words)
{
	for (size_t i = 0; i < f->count; i++) {
		struct conf_error *e = &f->errors[i];

		if (e->line == line && str_is(e->key, key) &&
			str_find(e->allowed, str_of(words)) < e->allowed.length)
			return;
	}
	for (size_t i = 0; i < f->count; i++)
		print_error("# %.*s:%lld %.*s: %.*s\n", STR_ARG(f->errors[i].file),
			(long long)f->errors[i].line, STR_ARG(f->errors[i].key),
			STR_ARG(f->errors[i].allowed));
	fail_msg("no error at line %lld for %s with: %s", (long long)line, key, words);
}

static inline void assert_str(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), expected);
}

#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
