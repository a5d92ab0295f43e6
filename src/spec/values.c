/* Named values in one run of bytes. */
#include "spec/values.h"

enum { length_size = 2 };

static void add_counted(struct buf *b, struct str s)
{
	buf_char(b, (char)(s.length & 0xff));
	buf_char(b, (char)(s.length >> 8));
	buf_add(b, s);
}

void values_add(struct buf *b, struct str name, struct str value)
{
	size_t room = b->limit - b->length;

	if (name.length > values_text_max || value.length > values_text_max ||
		room < 2 * length_size + name.length + value.length) {
		b->full = true;
		return;
	}
	add_counted(b, name);
	add_counted(b, value);
}

static bool take_counted(struct str from, size_t *at, struct str *out)
{
	size_t length;

	if (from.length - *at < length_size)
		return false;
	length = (size_t)(uint8_t)from.at[*at] | (size_t)(uint8_t)from.at[*at + 1] << 8;
	if (from.length - *at - length_size < length)
		return false;
	*out = (struct str){ from.at + *at + length_size, length };
	*at += length_size + length;
	return true;
}

bool values_next(struct str values, size_t *at, struct str *name, struct str *value)
{
	size_t next = *at;

	if (*at >= values.length || !take_counted(values, &next, name) ||
		!take_counted(values, &next, value))
		return false;
	*at = next;
	return true;
}

struct str values_get(struct str values, struct str name)
{
	struct str found, value;
	size_t at = 0;

	while (values_next(values, &at, &found, &value))
		if (str_same(found, name))
			return value;
	return STR_NONE;
}

bool values_whole(struct str values)
{
	struct str name, value;
	size_t at = 0;

	while (values_next(values, &at, &name, &value)) {
		struct str before = { values.at,
			at - (2 * length_size + name.length + value.length) };

		if (name.length == 0 || values_get(before, name).at)
			return false;
	}
	return at == values.length;
}
