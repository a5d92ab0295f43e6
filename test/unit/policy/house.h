/* A real store and real keys in a folder of their own, and one account, for tests of what is
 * counted. */
#ifndef POLICY_HOUSE_H
#define POLICY_HOUSE_H

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "policy/work.h"
#include "spec/spec.h"

#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static char folder[64];
static struct site site;
static struct ctx ctx;
static struct conf *settings;
static struct keys *keys;
static struct str ada = { "0123456789abcdef", 16 };

static err add_ada(void)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_account_add, 1,
		WITH(v_bytes(ada), v_text(STR("ada")), v_text(STR("ada")), v_text(STR_NONE),
			v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE),
			v_text(STR_NONE), v_text(STR_NONE), v_text(STR("en")),
			v_text(STR("active")), v_number(1), v_bytes(ada)));
	return unit_commit(&unit);
}

static int open_house(void **state)
{
	struct store_status status;
	struct conf_error *errors;
	size_t count;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/rekey-policy-XXXXXX");
	site = (struct site){ 0 };
	ctx = (struct ctx){ .arena = arena_open(8 * 1024 * 1024), .now = 1000000, .site = &site };
	if (!ctx.arena || !mkdtemp(folder))
		return -1;
	if (conf_read(&ctx, NULL, &settings, &errors, &count) || crypto_open(&ctx) ||
		keys_open(&ctx, folder, true, &keys) ||
		store_open(&ctx, folder, store_make, &ctx.store, &status)) {
		(void)fprintf(stderr, "%s\n", ctx.fault.words);
		return -1;
	}
	ctx.conf = settings;
	ctx.keys = keys;
	return add_ada() ? -1 : 0;
}

static int close_house(void **state)
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

#endif
