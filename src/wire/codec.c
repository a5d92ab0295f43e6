/* Values of a shape as bytes and back: the one place that knows how each kind of field travels. */
#include "wire/inside.h"

/* 9999-12-31T23:59:59Z: the last second that clock_utc can write. */
static const int64_t time_last = 253402300799;

enum { length_size = 4, number_size = 8 };

static bool is_number(const struct field *f)
{
	return f->kind == kind_number || f->kind == kind_time;
}

static bool number_fits(const struct field *f, int64_t n)
{
	if (f->kind == kind_time)
		return n >= 0 && n <= time_last;
	return f->limit == 0 || (n >= 0 && n <= f->limit);
}

static bool id_fits(struct str s)
{
	for (size_t i = 0; i < s.length; i++) {
		char at = s.at[i];

		if (!((at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') ||
			    (at >= '0' && at <= '9') || at == '_' || at == '-'))
			return false;
	}
	return true;
}

/* NUL is valid UTF-8, but ends a text wherever C or PostgreSQL looks at it. */
static bool text_fits(struct str s)
{
	return utf8_valid(s) && (s.length == 0 || !memchr(s.at, 0, s.length));
}

static bool str_fits(const struct field *f, struct str s)
{
	if (s.length > (uint64_t)f->limit)
		return false;
	switch (f->kind) {
	case kind_name:
	case kind_text:
		return text_fits(s);
	case kind_choice:
		return s.length == 0 || choice_has(f->choices, s);
	case kind_id:
		return id_fits(s);
	case kind_bytes:
	case kind_secret:
		return true;
	case kind_number:
	case kind_time:
		break;
	}
	return false;
}

/* ---- reading ---- */

uint64_t read_little(struct reader *r, size_t size)
{
	uint64_t n = 0;

	if (!r->e && r->rest.length < size)
		r->e = reply_malformed;
	if (r->e)
		return 0;
	for (size_t i = 0; i < size; i++)
		n |= (uint64_t)(uint8_t)r->rest.at[i] << (8 * i);
	r->rest = str_from(r->rest, size);
	return n;
}

bool read_flag(struct reader *r)
{
	uint64_t n = read_little(r, 1);

	if (n > 1)
		r->e = reply_malformed;
	return n == 1;
}

static struct str read_str(struct reader *r, const struct field *f)
{
	size_t length = (size_t)read_little(r, length_size);
	struct str s = str_upto(r->rest, length);

	if (!r->e && (s.length != length || !str_fits(f, s)))
		r->e = reply_malformed;
	if (r->e || length == 0)
		return STR_NONE;
	r->rest = str_from(r->rest, length);
	return s;
}

static struct secret *read_secret(struct reader *r, const struct field *f)
{
	struct str s = read_str(r, f);
	struct secret *secret = s.length ? secret_take(r->c->arena, s.at, s.length) : NULL;

	if (s.length && !secret)
		r->e = fault(
			r->c, fault_memory, "locked memory for a field of %zu bytes", s.length);
	return secret;
}

static int64_t read_number(struct reader *r, const struct field *f)
{
	int64_t n = (int64_t)read_little(r, number_size);

	if (!r->e && !number_fits(f, n))
		r->e = reply_malformed;
	return r->e ? 0 : n;
}

void read_shape(struct reader *r, const struct shape *shape, void *out)
{
	for (size_t i = 0; i < shape->count && !r->e; i++) {
		const struct field *f = &shape->fields[i];
		void *at = (char *)out + f->offset;

		if (f->kind == kind_secret)
			*(struct secret **)at = read_secret(r, f);
		else if (is_number(f))
			*(int64_t *)at = read_number(r, f);
		else
			*(struct str *)at = read_str(r, f);
	}
}

/* ---- writing ---- */

void write_little(struct writer *w, uint64_t n, size_t size)
{
	for (size_t i = 0; i < size && !w->e; i++)
		buf_char(w->out, (char)(uint8_t)(n >> (8 * i)));
}

static void write_str(struct writer *w, struct str s)
{
	write_little(w, s.length, length_size);
	buf_add(w->out, s);
}

void write_shape(struct writer *w, const struct shape *shape, const void *in)
{
	for (size_t i = 0; i < shape->count && !w->e; i++) {
		const struct field *f = &shape->fields[i];
		const void *at = (const char *)in + f->offset;
		int64_t n = is_number(f) ? *(const int64_t *)at : 0;
		struct str s = STR_NONE;

		/* A secret is copied, unseen, to the process that asked for it. */
		if (f->kind == kind_secret && *(struct secret *const *)at)
			s = secret_show(*(struct secret *const *)at);
		else if (f->kind != kind_secret && !is_number(f))
			s = *(const struct str *)at;

		if (is_number(f) ? !number_fits(f, n) : !str_fits(f, s))
			w->e = fault(w->c, fault_wire, "%s.%s does not fit its field", shape->name,
				f->name);
		else if (is_number(f))
			write_little(w, (uint64_t)n, number_size);
		else
			write_str(w, s);
	}
}

size_t shape_room(const struct shape *shape)
{
	size_t room = 0;

	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		room += is_number(f) ? number_size : length_size + (size_t)f->limit;
	}
	return room;
}
