/* One bounded piece of memory for each operation, wiped at its end. */
#include "base/inside.h"

#include <string.h>
#include <sys/mman.h>

/* What was touched beyond this is given back to the system when the arena is wiped. */
enum { keep_resident = 64 * 1024 };

struct arena *arena_open(size_t size)
{
	struct arena *arena;
	void *memory;

	size = (size + 4095) & ~(size_t)4095;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	(void)madvise(memory, size, MADV_DONTDUMP);
	arena = memory;
	arena->size = size;
	arena->used = sizeof(struct arena);
	return arena;
}

void arena_close(struct arena **arena)
{
	if (!*arena)
		return;
	arena_wipe(*arena);
	(void)munmap(*arena, (*arena)->size);
	*arena = NULL;
}

void arena_wipe(struct arena *arena)
{
	size_t used = arena->used;

	arena_back(arena, (struct arena_mark){ sizeof(*arena), NULL });
	if (used > keep_resident)
		(void)madvise(
			(char *)arena + keep_resident, arena->size - keep_resident, MADV_DONTNEED);
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ arena->used, arena->secrets };
}

void arena_back(struct arena *arena, struct arena_mark mark)
{
	must_be(mark.used <= arena->used);
	while (arena->secrets != mark.secrets) {
		struct secret *first = arena->secrets;

		secret_drop(&first);
	}
	bytes_wipe((char *)arena + mark.used, arena->used - mark.used);
	arena->used = mark.used;
}

void *arena_take(struct arena *arena, size_t size)
{
	size_t from = (arena->used + 15) & ~(size_t)15;

	if (from > arena->size || size > arena->size - from)
		return NULL;
	arena->used = from + size;
	return (char *)arena + from;
}

void arena_trim(struct arena *arena, const void *last, size_t size)
{
	size_t from = (size_t)((const char *)last - (const char *)arena);

	must_be(from + size <= arena->used);
	arena->used = from + size;
}

struct str arena_copy(struct arena *arena, struct str s)
{
	char *copy = s.length < SIZE_MAX ? arena_take(arena, s.length + 1) : NULL;

	if (!copy)
		return STR_NONE;
	if (s.length)
		memcpy(copy, s.at, s.length);
	copy[s.length] = 0;
	return (struct str){ copy, s.length };
}

size_t arena_used(const struct arena *arena)
{
	return arena->used - sizeof(*arena);
}
