/* A real store and real keys in a folder of their own, for tests of operations on people. */
#ifndef PEOPLE_HOUSE_H
#define PEOPLE_HOUSE_H

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "people/inside.h"

static char folder[64];
static struct ctx ctx;
static struct request asker = { .door = door_socket };
static struct conf *settings;
static struct keys *keys;
static struct answer answer;

static int open_house(void **state)
{
	struct store_status status;
	struct conf_error *errors;
	size_t count;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/rekey_people_XXXXXX");
	ctx = (struct ctx){ .arena = arena_open(8 * 1024 * 1024), .request = &asker, .now = 1000000 };
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
	return 0;
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

static inline void assert_text(struct str text, const char *expected)
{
	if (text.length != strlen(expected) || memcmp(text.at, expected, text.length) != 0)
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(text), expected);
}

static inline struct account person(const char *name)
{
	struct account account = { 0 };

	assert_int_equal(person_find(&ctx, str_of(name), &account), 0);
	return account;
}

static inline err take_in(struct op_people_import_row row)
{
	answer = (struct answer){ 0 };
	return serve_people_import_row(&ctx, &row, &answer);
}

#define ROW(...) take_in((struct op_people_import_row){ __VA_ARGS__ })

static inline int64_t count_of(enum statement s, struct str account)
{
	struct rows rows;

	assert_int_equal(store_read(&ctx, s, WITH(v_bytes(account)), 0, &rows), 0);
	return (int64_t)rows.count;
}

#endif
