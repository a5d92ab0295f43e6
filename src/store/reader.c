/* A few connections for all who read: opened when first needed, the one used last taken first.
 *
 * Not one for each of the keeper's threads: every connection keeps the schema and its statements,
 * some 200 KB, and a read takes microseconds. */
#include "store/inside.h"

#include <pthread.h>

enum { reader_most = 6 };

struct readers {
	const char *path;
	const struct schema *schema;
	pthread_mutex_t lock;
	pthread_cond_t given;
	size_t opened, free;
	struct connection *stack[reader_most]; /* the free ones */
};

err readers_open(struct ctx *c, struct arena *arena, const char *path, const struct schema *schema,
	struct readers **out)
{
	struct readers *readers = arena_take(arena, sizeof(*readers));

	if (!readers || !(readers->path = arena_copy(arena, str_of(path)).at))
		return fault(c, fault_arena, "the readers of the store");
	readers->schema = schema;
	must_be(pthread_mutex_init(&readers->lock, NULL) == 0);
	must_be(pthread_cond_init(&readers->given, NULL) == 0);
	*out = readers;
	return 0;
}

void readers_close(struct readers **readers)
{
	struct readers *closing = *readers;

	if (!closing)
		return;
	must_be(closing->free == closing->opened);
	while (closing->free)
		connection_close(&closing->stack[--closing->free]);
	pthread_cond_destroy(&closing->given);
	pthread_mutex_destroy(&closing->lock);
	*readers = NULL;
}

/* NULL: there is room for one more, and its place is taken. */
static struct connection *take_or_grow(struct readers *readers)
{
	struct connection *connection = NULL;

	pthread_mutex_lock(&readers->lock);
	while (!readers->free && readers->opened == reader_most)
		pthread_cond_wait(&readers->given, &readers->lock);
	if (readers->free)
		connection = readers->stack[--readers->free];
	else
		readers->opened++;
	pthread_mutex_unlock(&readers->lock);
	return connection;
}

static void give_place(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	readers->opened--;
	pthread_mutex_unlock(&readers->lock);
	pthread_cond_signal(&readers->given);
}

err reader_take(struct ctx *c, struct readers *readers, struct connection **out)
{
	struct connection *connection = take_or_grow(readers);
	err e = 0;

	if (!connection)
		e = connection_open(
			c, readers->path, connection_reads, readers->schema, &connection);
	if (e)
		give_place(readers);
	else
		*out = connection;
	return e;
}

void reader_drop(struct readers *readers, struct connection *connection)
{
	connection_close(&connection);
	give_place(readers);
}

void reader_give(struct readers *readers, struct connection *connection)
{
	pthread_mutex_lock(&readers->lock);
	readers->stack[readers->free++] = connection;
	pthread_mutex_unlock(&readers->lock);
	pthread_cond_signal(&readers->given);
}
