/* JSON under construction. */
#include "base/json.h"

static void text(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.length; i++) {
		unsigned char byte = (unsigned char)s.at[i];

		if (byte == '"' || byte == '\\')
			buf_char(b, '\\');
		if (byte < 0x20)
			buf_print(b, "\\u%04x", byte);
		else
			buf_char(b, (char)byte);
	}
	buf_char(b, '"');
}

static void member(struct json *j, const char *name)
{
	if (j->some)
		buf_char(j->out, ',');
	j->some = true;
	if (!name)
		return;
	text(j->out, str_of(name));
	buf_char(j->out, ':');
}

void json_open(struct json *j, const char *name, char bracket)
{
	member(j, name);
	buf_char(j->out, bracket);
	j->some = false;
}

void json_close(struct json *j, char bracket)
{
	buf_char(j->out, bracket);
	j->some = true;
}

void json_text(struct json *j, const char *name, struct str value)
{
	if (value.length == 0)
		return;
	member(j, name);
	text(j->out, value);
}

void json_time(struct json *j, const char *name, int64_t seconds)
{
	char moment[21];

	if (seconds == 0)
		return;
	clock_utc(seconds, moment);
	json_text(j, name, str_of(moment));
}

void json_number(struct json *j, const char *name, int64_t value)
{
	member(j, name);
	buf_number(j->out, value);
}

void json_flag(struct json *j, const char *name, bool value)
{
	member(j, name);
	buf_add(j->out, value ? STR("true") : STR("false"));
}
