/* A form's body to an operation's fields, strictly: what our own pages cannot send is refused. */
#include "web/inside.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool form_decode(char *at, size_t *length)
{
	size_t from = 0, to = 0;

	while (from < *length) {
		char c = at[from++];

		if (c == '%') {
			int high = from + 1 < *length ? hex_digit(at[from]) : -1;
			int low = high < 0 ? -1 : hex_digit(at[from + 1]);

			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			from += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (c == 0)
			return false;
		at[to++] = c;
	}
	/* What decoding left behind is a second copy of what may be a secret. */
	bytes_wipe(at + to, *length - to);
	*length = to;
	return utf8_valid((struct str){ at, to });
}

bool id_good(struct str s)
{
	for (size_t i = 0; i < s.length; i++) {
		char at = s.at[i], low = (char)(at | 0x20);

		if (!((low >= 'a' && low <= 'z') || (at >= '0' && at <= '9') || at == '_' ||
			    at == '-'))
			return false;
	}
	return s.length > 0 && s.length <= 32;
}

struct filling {
	struct ctx *c;
	const struct shape *shape;
	void *in;
	uint32_t seen; /* one bit a field */
	struct pair *pairs;
	size_t pair_count;
	uint32_t pairs_seen;
	struct form_wrong *wrong;
	bool open; /* from programs: what is not known is passed over (RFC 6749 3.1, 3.2) */
};

static err refuse(struct filling *f, const char *field, const char *words)
{
	*f->wrong = (struct form_wrong){ .field = field, .words = words };
	return reply_malformed;
}

static err put_secret(struct filling *f, void *at, char *text, size_t length)
{
	struct secret *secret = length ? secret_take(f->c->arena, text, length) : NULL;

	bytes_wipe(text, length);
	if (length && !secret)
		return reply_busy;
	*(struct secret **)at = secret;
	return 0;
}

/* The first that is too long goes back to the page as if it were empty, with what was typed in the
 * others: the form is read on. */
static err put_back(struct filling *f, const struct field *field, char *text, size_t length)
{
	if (!f->wrong->by_person)
		*f->wrong = (struct form_wrong){ field->name, "form_long", true, field->limit };
	bytes_wipe(text, length);
	return 0;
}

static bool typed_by_person(const struct field *field)
{
	return field->kind == kind_secret || field->kind == kind_text || field->kind == kind_name;
}

static err put_field(struct filling *f, const struct field *field, char *text, size_t length)
{
	void *at = (char *)f->in + field->offset;
	struct str value = { text, length };

	if (field->kind == kind_number || field->kind == kind_time) {
		if (!str_number(value, at) || *(int64_t *)at < 0 ||
			(field->limit && *(int64_t *)at > field->limit))
			return refuse(f, field->name, "form_number");
		return 0;
	}
	if (length > (size_t)field->limit)
		return typed_by_person(field) && !f->open ? put_back(f, field, text, length)
							  : refuse(f, field->name, "form_long");
	if (field->kind == kind_secret)
		return put_secret(f, at, text, length);
	if (field->kind == kind_choice && length && !choice_has(field->choices, value))
		return refuse(f, field->name, "form_choice");
	if (field->kind == kind_id && length && !id_good(value))
		return refuse(f, field->name, "form_choice");
	*(struct str *)at = length ? value : STR_NONE;
	return 0;
}

static err put_pair(struct filling *f, size_t i, char *text, size_t length)
{
	struct pair *pair = &f->pairs[i];

	if (f->pairs_seen & 1u << i)
		return refuse(f, pair->name, "form_twice");
	f->pairs_seen |= 1u << i;
	if (length > pair->limit)
		return refuse(f, pair->name, "form_long");
	pair->value = length ? (struct str){ text, length } : STR_NONE;
	return 0;
}

static err put(struct filling *f, struct str name, char *text, size_t length)
{
	for (size_t i = 0; i < f->shape->count; i++) {
		const struct field *field = &f->shape->fields[i];

		if (!str_is(name, field->name))
			continue;
		if (f->seen & 1u << i)
			return refuse(f, field->name, "form_twice");
		f->seen |= 1u << i;
		return put_field(f, field, text, length);
	}
	for (size_t i = 0; i < f->pair_count; i++)
		if (str_is(name, f->pairs[i].name))
			return put_pair(f, i, text, length);
	return f->open ? 0 : refuse(f, NULL, "form_unknown");
}

static err fill(struct filling *f, char *body, size_t length)
{
	char *end = body + length;
	err e = 0;

	*f->wrong = (struct form_wrong){ 0 };
	for (char *at = body; at < end && !e;) {
		char *next = memchr(at, '&', (size_t)(end - at));
		char *stop = next ? next : end;
		char *equals = memchr(at, '=', (size_t)(stop - at));
		size_t name_length = (size_t)((equals ? equals : stop) - at);
		char *text = equals ? equals + 1 : stop;
		size_t text_length = (size_t)(stop - text);

		if (!form_decode(at, &name_length) || !form_decode(text, &text_length))
			e = refuse(f, NULL, "form_encoding");
		else
			e = put(f, (struct str){ at, name_length }, text, text_length);
		at = next ? next + 1 : end;
	}
	if (e)
		bytes_wipe(body, length);
	return e;
}

err form_fill_open(struct ctx *c, char *text, size_t length, enum operation_id id, void *in,
	struct pair *pairs, size_t pair_count, struct form_wrong *wrong)
{
	struct filling f = { c, operation_list[id].asks, in, 0, pairs, pair_count, 0, wrong, true };

	return fill(&f, text, length);
}

err form_fill(struct ctx *c, char *body, size_t length, enum operation_id id, void *in,
	struct pair *pairs, size_t pair_count, struct form_wrong *wrong)
{
	struct filling f = { c, operation_list[id].asks, in, 0, pairs, pair_count, 0, wrong,
		false };
	err e = fill(&f, body, length);
	const char *missing;

	if (!e && wrong->by_person)
		return reply_malformed;
	/* A field left empty goes back to the page, with what was typed in the others. */
	if (!e && (missing = frame_missing(id, in))) {
		*wrong = (struct form_wrong){ missing, "form_missing", true, 0 };
		return reply_malformed;
	}
	return e;
}
