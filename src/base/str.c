/* Text as pointer and length. */
#include "base/base.h"

#include <string.h>

struct str str_of(const char *nul_terminated)
{
	if (!nul_terminated)
		return STR_NONE;
	return (struct str){ nul_terminated, strlen(nul_terminated) };
}

bool str_same(struct str a, struct str b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool str_is(struct str a, const char *b)
{
	return str_same(a, str_of(b));
}

bool str_starts(struct str s, struct str with)
{
	return s.length >= with.length && str_same(str_upto(s, with.length), with);
}

bool str_ends(struct str s, struct str with)
{
	return s.length >= with.length && str_same(str_from(s, s.length - with.length), with);
}

int str_order(struct str a, struct str b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	int order = common ? memcmp(a.at, b.at, common) : 0;

	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

size_t str_find(struct str s, struct str what)
{
	const char *found;

	if (what.length == 0 || what.length > s.length)
		return s.length;
	found = memmem(s.at, s.length, what.at, what.length);
	return found ? (size_t)(found - s.at) : s.length;
}

struct str str_from(struct str s, size_t at)
{
	if (at >= s.length)
		return (struct str){ s.at ? s.at + s.length : NULL, 0 };
	return (struct str){ s.at + at, s.length - at };
}

struct str str_upto(struct str s, size_t length)
{
	return (struct str){ s.at, length < s.length ? length : s.length };
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.length && blank(s.at[0]))
		s = str_from(s, 1);
	while (s.length && blank(s.at[s.length - 1]))
		s.length--;
	return s;
}

bool str_cut(struct str s, char at, struct str *left, struct str *right)
{
	const char *found = s.length ? memchr(s.at, at, s.length) : NULL;

	if (!found)
		return false;
	*left = str_upto(s, (size_t)(found - s.at));
	*right = str_from(s, (size_t)(found - s.at) + 1);
	return true;
}

bool str_number(struct str s, int64_t *out)
{
	bool negative = s.length && s.at[0] == '-';
	int64_t n = 0;

	s = str_from(s, negative);
	if (s.length == 0 || s.length > 18)
		return false;
	for (size_t i = 0; i < s.length; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		n = n * 10 + (s.at[i] - '0');
	}
	*out = negative ? -n : n;
	return true;
}
