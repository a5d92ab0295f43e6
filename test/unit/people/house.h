/* What tests of operations on people need besides the house. */
#ifndef PEOPLE_HOUSE_H
#define PEOPLE_HOUSE_H

#include "../house.h"
#include "people/inside.h"

static struct answer answer;

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
