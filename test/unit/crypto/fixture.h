/* What the tests of this room stand on: a context, a folder that goes away, keys. */
#ifndef CRYPTO_FIXTURE_H
#define CRYPTO_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "spec/spec.h"

#include <stdio.h>
#include <unistd.h>

struct world {
	struct ctx c;
	char dir[32];
	struct keys *keys;
};

static inline int world_open(void **state)
{
	static struct world world;

	world = (struct world){ .dir = "/tmp/rekey-crypto-XXXXXX" };
	world.c.arena = arena_open(1 << 20);
	assert_non_null(world.c.arena);
	assert_non_null(mkdtemp(world.dir));
	assert_int_equal(crypto_open(&world.c), 0);
	assert_int_equal(keys_open(&world.c, world.dir, true, &world.keys), 0);
	world.c.keys = world.keys;
	*state = &world;
	return 0;
}

static inline int world_close(void **state)
{
	struct world *world = *state;
	char path[64];

	keys_close(&world->keys);
	arena_close(&world->c.arena);
	(void)snprintf(path, sizeof(path), "%s/master.key", world->dir);
	(void)unlink(path);
	(void)rmdir(world->dir);
	return 0;
}

static inline int secrets_once(void **state)
{
	(void)state;
	return secrets_open(64) ? 0 : -1;
}

static inline struct secret *typed(struct world *w, const char *text)
{
	struct secret *secret = secret_take(w->c.arena, text, strlen(text));

	assert_non_null(secret);
	return secret;
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

#endif
