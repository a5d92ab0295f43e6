/* What the tests of this room share. */
#ifndef TEST_WEB_CHECK_H
#define TEST_WEB_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/inside.h"

static inline void says(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\", not \"%s\"", STR_ARG(s), expected);
}

#endif
