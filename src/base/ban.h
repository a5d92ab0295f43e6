/* Included before everything else: what must not be called does not compile. */
#ifndef BASE_BAN_H
#define BASE_BAN_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#if !defined(REKEY_TEST_SOURCE) && !defined(__clang_analyzer__)
/* Libraries' headers have parameters of these names, so it is their call that does not compile.
 * Before the system's own declarations, or clang does not take the attribute; clang-tidy calls them
 * redundant. */
int rand(void) __attribute__((error("random numbers come from bytes_random")));
long random(void) __attribute__((error("random numbers come from bytes_random")));
#endif

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>

#undef alloca
#undef sprintf
#undef vsprintf
#ifndef REKEY_TEST_SOURCE
#pragma GCC poison strcpy strncpy strcat strncat stpcpy sprintf vsprintf gets atoi atol atoll atof
#pragma GCC poison strtok scanf sscanf fscanf alloca system popen mktemp tmpnam
#pragma GCC poison localtime gmtime asctime ctime setenv putenv strerror_l
#endif

#endif
