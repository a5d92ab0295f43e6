/* Visits from a pool: after a storm most of their memory goes back to the system. */
#include "web/visit.h"

#include <sys/mman.h>

enum { kept_most = 32 }; /* visits that keep their memory while nobody needs it */

err pool_open(struct ctx *c, struct pool *pool)
{
	pool->all = mmap(NULL, visits_most * sizeof(struct visit), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return pool->all == MAP_FAILED ? fault(c, fault_memory, "visits") : 0;
}

static struct visit *take_from(struct visit **list)
{
	struct visit *v = *list;

	if (v)
		*list = v->next_free;
	return v;
}

static void put_into(struct visit **list, struct visit *v)
{
	v->next_free = *list;
	*list = v;
}

/* Those with memory first, the one used last first of all. */
static struct visit *take_any(struct pool *pool)
{
	struct visit *v = take_from(&pool->kept);

	if (v) {
		pool->kept_count--;
		return v;
	}
	v = take_from(&pool->bare);
	return v || pool->made == visits_most ? v : &pool->all[pool->made++];
}

struct visit *visit_take(struct web *web, struct MHD_Connection *connection)
{
	struct visit *v = take_any(&web->pool);
	struct arena *arena = v && v->c.arena ? v->c.arena : NULL;

	if (!v)
		return NULL;
	if (!arena)
		arena = arena_open(visit_memory);
	*v = (struct visit){ .web = web, .connection = connection };
	v->c = (struct ctx){ .arena = arena, .now = clock_now() };
	if (!arena) {
		put_into(&web->pool.bare, v);
		return NULL;
	}
	atomic_fetch_add(&web->open_visits, 1);
	return v;
}

void visit_drop(struct visit *v)
{
	struct web *web = v->web;

	if (web->pool.kept_count < kept_most) {
		arena_wipe(v->c.arena);
		put_into(&web->pool.kept, v);
		web->pool.kept_count++;
	} else {
		arena_close(&v->c.arena);
		put_into(&web->pool.bare, v);
	}
	atomic_fetch_sub(&web->open_visits, 1);
}
