/* JSON (RFC 8259) under construction: objects, lists, and members in the order they are added. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/base.h"

struct json {
	struct buf *out;
	bool some; /* something stands before in this object or list */
};

void json_open(
	struct json *j, const char *name, char bracket); /* '{' or '['; name NULL: in a list */
void json_close(struct json *j, char bracket);           /* '}' or ']' */
void json_text(struct json *j, const char *name, struct str value); /* UTF-8; left out when empty */
void json_time(struct json *j, const char *name, int64_t seconds);  /* left out when 0: never */
void json_number(struct json *j, const char *name, int64_t value);
void json_flag(struct json *j, const char *name, bool value);

#endif
