/* Text under construction, never longer than its limit. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf buf_on(char *memory, size_t limit)
{
	return (struct buf){ .at = memory, .limit = memory ? limit : 0, .full = !memory };
}

struct buf buf_in(struct arena *arena, size_t limit)
{
	return buf_on(arena_take(arena, limit), limit);
}

void buf_add(struct buf *b, struct str s)
{
	if (s.length == 0)
		return;
	if (b->full || s.length > b->limit - b->length) {
		b->full = true;
		return;
	}
	memcpy(b->at + b->length, s.at, s.length);
	b->length += s.length;
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, (struct str){ &c, 1 });
}

void buf_number(struct buf *b, int64_t n)
{
	buf_print(b, "%lld", (long long)n);
}

void buf_print(struct buf *b, const char *format, ...)
{
	char line[1024];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof(line))
		b->full = true;
	else
		buf_add(b, (struct str){ line, (size_t)length });
	bytes_wipe(line, sizeof(line));
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->at, b->length };
}
