/* Calls that fail when a test says so. The linker takes what stands here, and in the test, in the
 * place of a library's function of that name: no other program has it. */
#ifndef TEST_FAILING_H
#define TEST_FAILING_H

#include "base/base.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>

static atomic_int calls_left; /* the call that takes it from 1 to 0 fails */
static atomic_bool all_after; /* and so do all that follow */

/* The nth of all calls from now on fails, and no other. */
static inline void fail_at(int nth)
{
	atomic_store(&calls_left, nth);
}

/* The nth and all that follow. */
static inline void fail_from(int nth)
{
	atomic_store(&all_after, true);
	fail_at(nth);
}

/* Whether that call came; none fails any more. */
static inline bool failure_came(void)
{
	atomic_store(&all_after, false);
	return atomic_exchange(&calls_left, 0) <= 0;
}

static const char *failed_call; /* the last one's name */

static inline bool this_fails(const char *name)
{
	bool now = atomic_load(&calls_left) > 0 && atomic_fetch_sub(&calls_left, 1) == 1;

	if (!now && !(atomic_load(&all_after) && atomic_load(&calls_left) <= 0))
		return false;
	failed_call = name;
	errno = EIO;
	return true;
}

#define call_fails() this_fails(__func__)

static inline void *next_of(const char *name)
{
	void *next = dlsym(RTLD_NEXT, name);

	must_be(next);
	return next;
}

/* A function of a library that answers with `failed` when it is its turn. */
#define MAY_FAIL(type, name, failed, params, args)                                                 \
	type name params                                                                           \
	{                                                                                          \
		return call_fails() ? (failed) : ((__typeof__(&name))next_of(#name))args;          \
	}

#endif
