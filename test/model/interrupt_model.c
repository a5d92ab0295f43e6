/* Holds the rows of interrupt.def against every combination of facts; then plants mistakes, each of
 * which must be found: every row gone, every row before the one above it, every page another.
 * Prints TAP. */
#include "interrupt_promise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { rows_most = 32 };

struct row {
	bool (*guard)(const struct facts *f);
	enum page page;
	const char *name;
};

/* What the guards mean, in the fewest words. */
#define GUARD(name, holds)                                                                         \
	static bool guard_##name(const struct facts *f)                                            \
	{                                                                                          \
		return (void)f, (holds);                                                           \
	}
GUARD(always, true)
GUARD(through, f->through)
GUARD(shut, f->shut)
GUARD(lacks_second, f->needs_second && !f->has_second)
GUARD(second_impossible,
	guard_lacks_second(f) && !f->second_open && (f->strong || !f->second_waits))
GUARD(second_unvouched, guard_lacks_second(f) && !f->strong && f->may_vouch && f->second_open)
GUARD(second_waits, guard_lacks_second(f) && !f->strong && f->second_waits)
GUARD(second_apart, guard_lacks_second(f) && !f->combined)
GUARD(lacks_ways, (f->needs_ways || f->must) && !f->has_ways)
GUARD(ways_impossible, guard_lacks_ways(f) && !f->ways_open)
GUARD(ways_unvouched, guard_lacks_ways(f) && !f->strong && f->may_vouch)
GUARD(ways_apart, guard_lacks_ways(f) && !f->combined)
GUARD(must_look, f->must)
GUARD(stale, f->stale)
GUARD(begun_alone, f->begun && f->alone)
GUARD(nudged, f->nudge)

#define ROW(guard, page) { guard_##guard, page_##page, #guard },
static const struct row rows_that_run[] = {
#include "spec/flow/interrupt.def"
};
#undef ROW

enum { row_count = sizeof(rows_that_run) / sizeof(rows_that_run[0]) };

#define PAGE(name) #name,
static const char *const page_names[page_count] = {
#include "spec/flow/interrupt_page.def"
};
#undef PAGE

static bool may_skip(const struct facts *f, enum page page)
{
	bool puts_off = page == page_steps || page == page_reset_setup || page == page_vouch ||
			page == page_ask_desk;

	if (puts_off)
		return !f->shut && !guard_lacks_second(f) && !f->must && f->skip_left;
	return page == page_spare || (page == page_better && f->snooze_left);
}

static const char *holds(const struct row *rows, size_t count)
{
	for (unsigned n = 0; n < 1u << fact_count; n++) {
		struct facts f = facts_of(n);
		const char *why;
		size_t at = 0;

		while (at < count && !rows[at].guard(&f))
			at++;
		if (at == count)
			return "no row holds";
		if ((why = promise_broken(&f, rows[at].page, may_skip(&f, rows[at].page))))
			return why;
		if (rows[at].page != page_expected(&f))
			return "another page was expected";
	}
	return NULL;
}

static int said(int number, bool good, const char *what, const char *row, const char *more)
{
	printf("%sok %d - %s: %s %s\n", good ? "" : "not ", number, what, row, more);
	return !good;
}

/* A row that can be changed unnoticed is one that nobody needs. */
static int mistakes(int *number)
{
	struct row rows[rows_most];
	int failed = 0;

	for (size_t i = 0; i < row_count; i++) {
		memcpy(rows, rows_that_run, sizeof(rows_that_run));
		memmove(&rows[i], &rows[i + 1], (row_count - i - 1) * sizeof(rows[0]));
		failed += said(++*number, holds(rows, row_count - 1), "found when it is gone",
			rows_that_run[i].name, "");
		for (enum page page = 0; page < page_count; page++) {
			memcpy(rows, rows_that_run, sizeof(rows_that_run));
			if (page == rows[i].page)
				continue;
			rows[i].page = page;
			failed += said(++*number, holds(rows, row_count),
				"found when it shows another page", rows_that_run[i].name,
				page_names[page]);
		}
	}
	return failed;
}

int main(void)
{
	const char *why = holds(rows_that_run, row_count);
	int number = 1, failed = why != NULL;

	printf("1..%zu\n", (size_t)(1 + row_count * page_count));
	printf("%sok 1 - interrupt holds in %u worlds%s%s\n", why ? "not " : "", 1u << fact_count,
		why ? ": " : "", why ? why : "");
	failed += mistakes(&number);
	return failed ? 1 : 0;
}
