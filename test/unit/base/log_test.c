/* A line of the log stays one line of JSON, wherever its words are cut. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/base.h"

/* What log_line writes of these words; it goes to standard error. */
static struct str written(const char *words)
{
	static char line[4096];
	int kept = dup(STDERR_FILENO), ours = memfd_create("log", MFD_CLOEXEC);
	ssize_t size;

	assert_true(kept >= 0 && ours >= 0);
	assert_true(dup2(ours, STDERR_FILENO) >= 0);
	log_line(log_error, NULL, "%s", words);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	size = pread(ours, line, sizeof(line), 0);
	assert_true(size > 0);
	assert_int_equal(close(ours), 0);
	assert_int_equal(close(kept), 0);
	return (struct str){ line, (size_t)size };
}

/* Its backslashes are pairs, or stand before another letter of an escape: the last quote ends the
 * message. */
static bool ends_well(struct str line)
{
	size_t at = line.length - 3, backslashes = 0;

	while (at > backslashes && line.at[at - 1 - backslashes] == '\\')
		backslashes++;
	return memcmp(line.at + at, "\"}\n", 3) == 0 && backslashes % 2 == 0;
}

/* A control takes six bytes, a quote two, a letter one: some of these fill the line within the
 * quote's two. */
static void a_cut_does_not_split_an_escape(void **state)
{
	(void)state;
	for (size_t letters = 0; letters < 6; letters++)
		for (size_t controls = 280; controls < 345; controls++) {
			char words[512];

			memset(words, '"', sizeof(words));
			memset(words, 'x', letters);
			memset(words + letters, '\x01', controls);
			words[sizeof(words) - 1] = 0;
			assert_true(ends_well(written(words)));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_does_not_split_an_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
