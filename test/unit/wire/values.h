/* Random values of any shape, and whether two are the same. */
#ifndef TEST_WIRE_VALUES_H
#define TEST_WIRE_VALUES_H

#include "wire/wire.h"

/* A fixed seed: a failure happens again. */
static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint32_t any(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

static struct str any_bytes(struct arena *arena, size_t length)
{
	char *at = arena_take(arena, length + 1);

	must_be(at);
	for (size_t i = 0; i < length; i++)
		at[i] = (char)any(256);
	return (struct str){ length ? at : NULL, length };
}

static struct str any_text(struct arena *arena, size_t length, bool plain)
{
	static const char *const pieces[] = { "a", "Z", "7", "-", "_", "é", "田", "😀", "\n", " " };
	struct buf b = buf_in(arena, length ? length : 1);

	while (b.length < length) {
		struct str piece = str_of(pieces[any(plain ? 5 : 10)]);

		buf_add(&b, piece.length <= length - b.length ? piece : STR("x"));
	}
	return length ? buf_str(&b) : STR_NONE;
}

static struct str any_choice(const struct field *f)
{
	struct str left, right, rest = str_of(f->choices);

	while (str_cut(rest, '|', &left, &right)) {
		if (any(2))
			return left;
		rest = right;
	}
	return f->required || any(3) ? rest : STR_NONE;
}

static int64_t any_number(const struct field *f)
{
	if (f->kind == kind_time)
		return any(4) ? (int64_t)any(2000000000) : 253402300799;
	if (f->limit == 0)
		return (int64_t)(((uint64_t)any(UINT32_MAX) << 32) | any(UINT32_MAX));
	return any(4) ? (int64_t)(((uint64_t)any(UINT32_MAX) << 30) % (uint64_t)(f->limit + 1))
		      : f->limit;
}

/* longest: no field is longer than this, whatever its limit. */
static void any_value(struct arena *arena, const struct shape *shape, size_t longest, void *out)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		void *at = (char *)out + f->offset;
		size_t most = (size_t)f->limit < longest ? (size_t)f->limit : longest;
		size_t length = any(5) ? any((uint32_t)most + 1) : most;

		if (f->required && length == 0)
			length = 1;
		if (f->kind == kind_number || f->kind == kind_time) {
			*(int64_t *)at = any_number(f);
		} else if (f->kind == kind_secret) {
			struct str s = any_bytes(arena, length);

			*(struct secret **)at =
				s.length ? secret_take(arena, s.at, s.length) : NULL;
		} else if (f->kind == kind_choice) {
			*(struct str *)at = any_choice(f);
		} else if (f->kind == kind_bytes) {
			*(struct str *)at = any_bytes(arena, length);
		} else {
			*(struct str *)at = any_text(arena, length, f->kind == kind_id);
		}
	}
}

static bool same_secret(const struct secret *a, const struct secret *b)
{
	return (!a && !b) || (a && b && secret_same(a, secret_show(b)));
}

static bool same_value(const struct shape *shape, const void *a, const void *b)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		const void *at_a = (const char *)a + f->offset, *at_b = (const char *)b + f->offset;
		bool same;

		if (f->kind == kind_number || f->kind == kind_time)
			same = *(const int64_t *)at_a == *(const int64_t *)at_b;
		else if (f->kind == kind_secret)
			same = same_secret(
				*(struct secret *const *)at_a, *(struct secret *const *)at_b);
		else
			same = str_same(*(const struct str *)at_a, *(const struct str *)at_b);
		if (!same)
			return false;
	}
	return true;
}

#endif
