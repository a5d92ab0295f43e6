/* Values as JSON (RFC 8259), for programs. */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>

/* Control characters, and the two separators that end a line in JavaScript. */
static bool needs_escape(int32_t point)
{
	return point < 0x20 || point == 0x7f || point == 0x2028 || point == 0x2029 ||
	       (point >= 0x80 && point < 0xa0);
}

void json_str(FILE *to, struct str s)
{
	(void)fputc('"', to);
	for (size_t at = 0; at < s.length;) {
		size_t from = at;
		int32_t point = utf8_next(s, &at);

		if (point < 0) {
			(void)fputs("\\ufffd", to);
			at = from + 1;
		} else if (point == '"' || point == '\\') {
			(void)fprintf(to, "\\%c", (char)point);
		} else if (needs_escape(point)) {
			(void)fprintf(to, "\\u%04x", (unsigned)point);
		} else {
			(void)fwrite(s.at + from, 1, at - from, to);
		}
	}
	(void)fputc('"', to);
}

static void bytes(FILE *to, struct str s)
{
	char group[8];

	(void)fputc('"', to);
	for (size_t at = 0; at < s.length; at += 3) {
		struct buf b = buf_on(group, sizeof(group));

		base64_add(&b, str_upto(str_from(s, at), 3));
		(void)fwrite(b.at, 1, b.length, to);
	}
	(void)fputc('"', to);
}

static void moment(FILE *to, int64_t seconds)
{
	char when[21];

	if (seconds == 0) {
		(void)fputs("null", to);
		return;
	}
	clock_utc(seconds, when);
	(void)fprintf(to, "\"%s\"", when);
}

static void value(FILE *to, const struct field *f, const void *at)
{
	struct secret *const *secret = at;

	switch (f->kind) {
	case kind_number:
		(void)fprintf(to, "%lld", (long long)*(const int64_t *)at);
		return;
	case kind_time:
		moment(to, *(const int64_t *)at);
		return;
	case kind_bytes:
		bytes(to, *(const struct str *)at);
		return;
	case kind_secret:
		/* A one-time pass, shown to the one who asked for it. */
		json_str(to, *secret ? secret_show(*secret) : STR_NONE);
		return;
	default:
		json_str(to, *(const struct str *)at);
	}
}

void json_record(FILE *to, const struct shape *shape, const void *record)
{
	(void)fputc('{', to);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		(void)fprintf(to, "%s\"%s\": ", i ? ", " : "", f->name);
		value(to, f, (const char *)record + f->offset);
	}
	(void)fputc('}', to);
}
