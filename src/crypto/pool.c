/* The hash pool: a fixed number of threads in which every password hash is made, sign-ins first.
 *
 * libsodium maps the memory of each hash anew and gives it back; what this room itself needs for a
 * hash is the thread's scratch, locked once and used again. */
#include "crypto/inside.h"

#include <pthread.h>

enum { threads_max = 64 };

struct queue {
	struct hash_work *first, *last;
	size_t length;
};

struct hash_pool {
	pthread_mutex_t lock;
	pthread_cond_t wanted, left; /* work came; a caller has gone */
	struct queue urgent, patient;
	size_t limit, callers, count;
	bool closing;
	pthread_t threads[threads_max];
};

/* ---- one piece of work ---- */

static void judge(struct hash_work *w, struct str input, bool digested)
{
	bool failed = false;

	switch (w->task) {
	case hash_make:
		w->failed = !argon2_make(input, w->cost, w->made);
		return;
	case hash_check:
		w->right = argon2_holds(w->check, w->check_id, input, &failed) && digested;
		w->failed = failed;
		return;
	case hash_check_legacy:
		must_be(w->legacy);
		w->right = bytes_same(input, (struct str){ (const char *)w->legacy->digest,
						     w->legacy->digest_size }) &&
			   digested;
		return;
	case hash_check_nobody:
		return;
	}
}

/* What cannot be digested is judged all the same, so that it takes as long. */
static void run(struct hash_work *w, struct hash_scratch *scratch)
{
	struct str input = w->typed;
	bool digested = true;

	w->right = w->failed = false;
	if (w->legacy)
		digested = legacy_digest(w->legacy, w->typed, scratch, &input);
	judge(w, input, digested);
	hash_scratch_wipe(scratch);
	if (w->burn && !argon2_burn(w->typed, w->cost))
		w->failed = true;
}

/* ---- queues ---- */

static void put(struct queue *q, struct hash_work *w)
{
	w->next = NULL;
	if (q->last)
		q->last->next = w;
	else
		q->first = w;
	q->last = w;
	q->length++;
}

static struct hash_work *take(struct queue *q)
{
	struct hash_work *w = q->first;

	if (!w)
		return NULL;
	q->first = w->next;
	if (!q->first)
		q->last = NULL;
	q->length--;
	return w;
}

static struct hash_work *take_next(struct hash_pool *pool)
{
	struct hash_work *w = take(&pool->urgent);

	return w ? w : take(&pool->patient);
}

static void finish(struct hash_work *w, bool refused)
{
	w->refused = refused;
	w->finished = true;
	pthread_cond_signal(&w->over);
}

/* ---- threads ---- */

/* The lock is held, but not while hashing. */
static bool work_off(struct hash_pool *pool, struct hash_scratch *scratch)
{
	struct hash_work *w = take_next(pool);

	if (!w)
		return false;
	pthread_mutex_unlock(&pool->lock);
	run(w, scratch);
	pthread_mutex_lock(&pool->lock);
	finish(w, false);
	return true;
}

bool hash_pool_once(struct hash_pool *pool, struct hash_scratch *scratch)
{
	bool worked;

	pthread_mutex_lock(&pool->lock);
	worked = work_off(pool, scratch);
	pthread_mutex_unlock(&pool->lock);
	return worked;
}

static void serve(struct hash_pool *pool, struct hash_scratch *scratch)
{
	pthread_mutex_lock(&pool->lock);
	while (!pool->closing)
		if (!work_off(pool, scratch))
			pthread_cond_wait(&pool->wanted, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

static void *thread_main(void *argument)
{
	struct hash_scratch *scratch = hash_scratch_open();

	must_be(scratch != NULL);
	serve(argument, scratch);
	hash_scratch_close(&scratch);
	return NULL;
}

/* ---- callers ---- */

static err do_here(struct ctx *c, struct hash_work *w)
{
	struct hash_scratch *scratch = hash_scratch_open();

	if (!scratch)
		return fault(c, fault_memory, "locked memory for a hash");
	run(w, scratch);
	hash_scratch_close(&scratch);
	return w->failed ? fault(c, fault_memory, "memory for a hash") : 0;
}

/* The caller waits, so the work and the secret it points to stay where they are. */
static void wait_in_line(struct hash_pool *pool, struct hash_work *w)
{
	must_be(pthread_cond_init(&w->over, NULL) == 0);
	pthread_mutex_lock(&pool->lock);
	if (pool->closing || (!w->patient && pool->urgent.length >= pool->limit)) {
		w->refused = w->finished = true;
	} else {
		put(w->patient ? &pool->patient : &pool->urgent, w);
		pthread_cond_signal(&pool->wanted);
	}
	pool->callers++;
	while (!w->finished)
		pthread_cond_wait(&w->over, &pool->lock);
	pool->callers--;
	pthread_cond_signal(&pool->left);
	pthread_mutex_unlock(&pool->lock);
	pthread_cond_destroy(&w->over);
}

err hash_do(struct ctx *c, struct hash_work *work)
{
	must_be(argon2_cost_possible(work->cost));
	work->finished = work->refused = false;
	if (!c->pool)
		return do_here(c, work);
	wait_in_line(c->pool, work);
	if (work->refused)
		return reply_busy;
	return work->failed ? fault(c, fault_memory, "memory for a hash") : 0;
}

/* ---- open and close ---- */

static void stop(struct hash_pool *pool)
{
	struct hash_work *w;

	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	while ((w = take_next(pool)))
		finish(w, true);
	pthread_cond_broadcast(&pool->wanted);
	while (pool->callers > 0)
		pthread_cond_wait(&pool->left, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; i < pool->count; i++)
		pthread_join(pool->threads[i], NULL);
}

err hash_pool_open(struct ctx *c, size_t threads, size_t queue, struct hash_pool **out)
{
	struct hash_pool *pool = sodium_malloc(sizeof(*pool));

	if (!pool)
		return fault(c, fault_memory, "the hash pool");
	memset(pool, 0, sizeof(*pool));
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wanted, NULL);
	pthread_cond_init(&pool->left, NULL);
	pool->limit = queue;
	for (; pool->count < threads && pool->count < threads_max; pool->count++)
		if (pthread_create(&pool->threads[pool->count], NULL, thread_main, pool) != 0) {
			hash_pool_close(&pool);
			return fault(c, fault_memory, "threads of the hash pool");
		}
	*out = pool;
	return 0;
}

void hash_pool_close(struct hash_pool **pool)
{
	struct hash_pool *p = *pool;

	if (!p)
		return;
	*pool = NULL;
	stop(p);
	pthread_cond_destroy(&p->left);
	pthread_cond_destroy(&p->wanted);
	pthread_mutex_destroy(&p->lock);
	sodium_free(p);
}

static size_t length_of(const struct hash_pool *pool, const struct queue *queue)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&pool->lock;
	size_t length;

	pthread_mutex_lock(lock);
	length = queue->length;
	pthread_mutex_unlock(lock);
	return length;
}

size_t hash_pool_waiting(const struct hash_pool *pool)
{
	return length_of(pool, &pool->urgent);
}

size_t hash_pool_patient(const struct hash_pool *pool)
{
	return length_of(pool, &pool->patient);
}
