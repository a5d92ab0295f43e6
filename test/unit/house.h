/* A real store, real keys, and the settings that hold without a file: in a folder of their own, for
 * one test. */
#ifndef TEST_HOUSE_H
#define TEST_HOUSE_H

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "policy/work.h"
#include "spec/spec.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static struct ctx ctx;
static struct site site;
static struct request asker;
static struct conf *settings;
static struct keys *keys;

static inline err store_up(void)
{
	struct store_status status;

	return store_open(&ctx, folder, store_make, &ctx.store, &status);
}

static inline int open_house(void **state)
{
	struct conf_error *errors;
	size_t count;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/rekey-house-XXXXXX");
	site = (struct site){ 0 };
	asker = (struct request){ .door = door_socket };
	ctx = (struct ctx){ .arena = arena_open(8 * 1024 * 1024),
		.request = &asker,
		.site = &site,
		.now = 1000000 };
	if (!ctx.arena || !mkdtemp(folder))
		return -1;
	if (conf_read(&ctx, NULL, &settings, &errors, &count) || crypto_open(&ctx) ||
		keys_open(&ctx, folder, true, &keys) || store_up()) {
		(void)fprintf(stderr, "%s\n", ctx.fault.words);
		return -1;
	}
	ctx.conf = settings;
	ctx.keys = keys;
	return 0;
}

static inline int close_house(void **state)
{
	char command[100];

	(void)state;
	store_close(&ctx.store);
	keys_close(&keys);
	conf_close(&settings);
	arena_close(&ctx.arena);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static inline void set_conf(const char *name, const char *value)
{
	assert_int_equal(conf_set(&ctx, settings, name, value), 0);
}

#endif
