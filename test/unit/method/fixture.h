/* What the tests of this room stand on. */
#ifndef METHOD_FIXTURE_H
#define METHOD_FIXTURE_H

#include "method/inside.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <cmocka.h>

static struct ctx ctx;

static inline int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(1 << 20);
	return ctx.arena && secrets_open(64) && crypto_open(&ctx) == 0 ? 0 : -1;
}

static inline int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

static inline int wipe_ctx(void **state)
{
	(void)state;
	arena_wipe(ctx.arena);
	return 0;
}

#define CALM(test) cmocka_unit_test_teardown(test, wipe_ctx)

static inline struct secret *typed(const char *text)
{
	struct secret *secret = secret_take(ctx.arena, text, strlen(text));

	assert_non_null(secret);
	return secret;
}

#endif
