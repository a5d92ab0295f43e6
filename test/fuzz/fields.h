/* What wire.h promises of every field that was accepted. */
#ifndef FUZZ_FIELDS_H
#define FUZZ_FIELDS_H

#include "wire/wire.h"

#include "fuzz.h"

static inline void text_sound(const struct field *f, struct str s)
{
	must_be(s.length <= (size_t)f->limit && (s.length || !f->required));
	if (f->kind == kind_bytes)
		return;
	must_be(utf8_valid(s) && (!s.length || !memchr(s.at, 0, s.length)));
	must_be(f->kind != kind_choice || !s.length || choice_has(f->choices, s));
	for (size_t i = 0; f->kind == kind_id && i < s.length; i++) {
		char ch = s.at[i], low = (char)(ch | 0x20);

		must_be((low >= 'a' && low <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' ||
			ch == '-');
	}
}

static inline void number_sound(const struct field *f, int64_t n)
{
	must_be(f->kind != kind_time || (n >= 0 && n < INT64_C(253402300800)));
	must_be(f->kind != kind_number || !f->limit || (n >= 0 && n <= f->limit));
}

static inline void fields_sound(const struct shape *shape, const void *in)
{
	for (size_t i = 0; shape && in && i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		const void *at = (const char *)in + f->offset;
		const struct secret *secret;

		if (f->kind == kind_number || f->kind == kind_time) {
			number_sound(f, *(const int64_t *)at);
		} else if (f->kind == kind_secret) {
			secret = *(struct secret *const *)at;
			must_be(secret ? secret_length(secret) <= (size_t)f->limit : !f->required);
		} else {
			text_sound(f, *(const struct str *)at);
		}
	}
}

#endif
