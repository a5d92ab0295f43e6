/* The names that a file of people had so far. */
#include "cli/seen.h"

enum { first_size = 4096 };

static bool table_open(struct seen *s, size_t size)
{
	s->arena = arena_open(size * sizeof(*s->table) + 4096);
	s->table = s->arena ? arena_take(s->arena, size * sizeof(*s->table)) : NULL;
	s->size = s->table ? size : 0;
	return s->table != NULL;
}

bool seen_open(struct seen *out)
{
	*out = (struct seen){ 0 };
	/* Nobody who writes the file can know which names would meet. */
	bytes_random(&out->seed, sizeof(out->seed));
	return table_open(out, first_size);
}

void seen_close(struct seen *seen)
{
	arena_close(&seen->arena);
	*seen = (struct seen){ 0 };
}

/* Murmur's finisher: every bit of the sum reaches every bit of the place. */
static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
	return x ^ x >> 33;
}

static uint64_t digest(const struct seen *s, struct str name)
{
	uint64_t sum = s->seed;

	for (size_t i = 0; i < name.length; i++) {
		unsigned char c = (unsigned char)name.at[i];

		sum = mixed(sum ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) + i;
	}
	return sum ? sum : 1;
}

/* The place of this digest, or the free one where it belongs. */
static uint64_t *place_of(const struct seen *s, uint64_t sum)
{
	size_t at = sum & (s->size - 1);

	while (s->table[at] && s->table[at] != sum)
		at = (at + 1) & (s->size - 1);
	return &s->table[at];
}

static bool grow(struct seen *s)
{
	struct seen larger = { .count = s->count, .seed = s->seed };

	if (!table_open(&larger, 2 * s->size))
		return false;
	for (size_t i = 0; i < s->size; i++)
		if (s->table[i])
			*place_of(&larger, s->table[i]) = s->table[i];
	arena_close(&s->arena);
	*s = larger;
	return true;
}

bool seen_add(struct seen *seen, struct str name, bool *before)
{
	uint64_t sum, *place;

	if (2 * seen->count >= seen->size && !grow(seen))
		return false;
	sum = digest(seen, str_trim(name));
	place = place_of(seen, sum);
	*before = *place == sum;
	if (!*before) {
		*place = sum;
		seen->count++;
	}
	return true;
}
