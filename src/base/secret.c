/* Secrets: a type of their own, in locked memory, wiped behind you. */
#include "base/inside.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

static struct {
	pthread_mutex_t lock;
	struct secret *free;
	bool locked;
} slab = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool secrets_open(size_t count)
{
	size_t size = count * sizeof(struct secret);
	struct secret *all =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		return false;
	(void)madvise(all, size, MADV_DONTDUMP);
	(void)madvise(all, size, MADV_DONTFORK);
	slab.locked = mlock(all, size) == 0;
	for (size_t i = 0; i < count; i++) {
		all[i].next = slab.free;
		slab.free = &all[i];
	}
	return true;
}

bool secrets_locked(void)
{
	return slab.locked;
}

struct secret *secret_room(struct arena *arena, size_t length)
{
	struct secret *secret = NULL;

	if (length > secret_size_max)
		return NULL;
	pthread_mutex_lock(&slab.lock);
	if (slab.free) {
		secret = slab.free;
		slab.free = secret->next;
	}
	pthread_mutex_unlock(&slab.lock);
	if (!secret)
		return NULL;
	secret->length = length;
	secret->owner = arena;
	secret->previous = NULL;
	secret->next = arena->secrets;
	if (arena->secrets)
		arena->secrets->previous = secret;
	arena->secrets = secret;
	return secret;
}

struct secret *secret_take(struct arena *arena, const void *bytes, size_t length)
{
	struct secret *secret = secret_room(arena, length);

	if (secret && length)
		memcpy(secret->bytes, bytes, length);
	return secret;
}

void secret_drop(struct secret **secret)
{
	struct secret *s = *secret;

	if (!s)
		return;
	*secret = NULL;
	if (s->previous)
		s->previous->next = s->next;
	else
		s->owner->secrets = s->next;
	if (s->next)
		s->next->previous = s->previous;
	bytes_wipe(s->bytes, sizeof(s->bytes));
	s->length = 0;
	s->owner = NULL;
	pthread_mutex_lock(&slab.lock);
	s->next = slab.free;
	slab.free = s;
	pthread_mutex_unlock(&slab.lock);
}

size_t secret_length(const struct secret *secret)
{
	return secret->length;
}

bool secret_same(const struct secret *a, struct str b)
{
	return bytes_same((struct str){ (const char *)a->bytes, a->length }, b);
}

struct str secret_show(const struct secret *secret)
{
	return (struct str){ (const char *)secret->bytes, secret->length };
}

uint8_t *secret_bytes(struct secret *secret)
{
	return secret->bytes;
}

bool bytes_same(struct str a, struct str b)
{
	volatile uint8_t difference = 0;

	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++)
		difference = difference | (uint8_t)(a.at[i] ^ b.at[i]);
	return difference == 0;
}

void bytes_wipe(void *at, size_t size)
{
	if (size)
		explicit_bzero(at, size);
}

void bytes_random(void *at, size_t size)
{
	for (size_t have = 0; have < size;) {
		ssize_t got = getrandom((char *)at + have, size - have, 0);

		if (got < 0 && errno == EINTR)
			continue;
		must_be(got > 0);
		have += (size_t)got;
	}
}

uint32_t number_random(uint32_t below)
{
	/* Values under `bound` would make the low numbers likelier. */
	uint32_t bound, value;

	must_be(below > 0);
	bound = (uint32_t)-below % below;
	do
		bytes_random(&value, sizeof(value));
	while (value < bound);
	return value % below;
}
