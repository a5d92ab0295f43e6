/* A request's head as plain values, apart from the library. */
#include "web/inside.h"

struct str head_value(const struct head *head, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < head->count; i++)
		if (head->headers[i].name.length == length &&
			strncasecmp(head->headers[i].name.at, name, length) == 0)
			return head->headers[i].value;
	return STR_NONE;
}
