/* Queues of operations: those that wait for a worker, and the free ones. */
#include "keeper/inside.h"

void jobs_open(struct jobs *jobs, size_t hashing_limit)
{
	*jobs = (struct jobs){ .hashing_limit = hashing_limit };
	must_be(pthread_mutex_init(&jobs->lock, NULL) == 0);
	must_be(pthread_cond_init(&jobs->more, NULL) == 0);
}

static void put(struct line *line, struct job *job)
{
	job->next = NULL;
	if (line->last)
		line->last->next = job;
	else
		line->first = job;
	line->last = job;
}

static struct job *take(struct line *line)
{
	struct job *job = line->first;

	if (!job)
		return NULL;
	line->first = job->next;
	if (!line->first)
		line->last = NULL;
	return job;
}

/* Whoever is called calls the next one, if there is more to do: thread by thread, so that a crowd
 * of operations that come together and are soon done does not wake as many, each to find that
 * another was faster. Under the lock; the signal comes after it, or who wakes would wait for it at
 * once. */
static bool must_call(struct jobs *jobs)
{
	bool more = jobs->quick.first || (jobs->hashing.first && jobs->hashers < hasher_most);

	if (!more || jobs->called || jobs->idle == 0)
		return false;
	jobs->called = true;
	return true;
}

bool jobs_put(struct jobs *jobs, struct job *job)
{
	bool room, call;

	pthread_mutex_lock(&jobs->lock);
	room = !job->hashes || jobs->hashing_count < jobs->hashing_limit;
	if (room) {
		put(job->hashes ? &jobs->hashing : &jobs->quick, job);
		jobs->hashing_count += job->hashes;
	}
	call = must_call(jobs);
	pthread_mutex_unlock(&jobs->lock);
	if (call)
		pthread_cond_signal(&jobs->more);
	return room;
}

static struct job *take_next(struct jobs *jobs)
{
	struct job *job = take(&jobs->quick);

	if (job || jobs->hashers == hasher_most)
		return job;
	job = take(&jobs->hashing);
	if (job)
		jobs->hashers++;
	return job;
}

struct job *jobs_take(struct jobs *jobs, bool wait)
{
	struct job *job;
	bool call;

	pthread_mutex_lock(&jobs->lock);
	while (!(job = take_next(jobs)) && wait && !jobs->closed) {
		jobs->idle++;
		pthread_cond_wait(&jobs->more, &jobs->lock);
		jobs->idle--;
		jobs->called = false;
	}
	call = must_call(jobs);
	pthread_mutex_unlock(&jobs->lock);
	if (call)
		pthread_cond_signal(&jobs->more);
	return job;
}

void jobs_over(struct jobs *jobs, const struct job *job)
{
	bool call;

	if (!job->hashes)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->hashing_count--;
	jobs->hashers--;
	call = must_call(jobs);
	pthread_mutex_unlock(&jobs->lock);
	if (call)
		pthread_cond_signal(&jobs->more);
}

void jobs_close(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->closed = true;
	pthread_cond_broadcast(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}
