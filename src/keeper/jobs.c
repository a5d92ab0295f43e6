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

bool jobs_put(struct jobs *jobs, struct job *job)
{
	bool room;

	pthread_mutex_lock(&jobs->lock);
	room = !job->hashes || jobs->hashing_count < jobs->hashing_limit;
	if (room) {
		put(job->hashes ? &jobs->hashing : &jobs->quick, job);
		jobs->hashing_count += job->hashes;
	}
	pthread_mutex_unlock(&jobs->lock);
	if (room) /* after the lock is free, or who wakes would wait for it at once */
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

	pthread_mutex_lock(&jobs->lock);
	while (!(job = take_next(jobs)) && wait && !jobs->closed)
		pthread_cond_wait(&jobs->more, &jobs->lock);
	pthread_mutex_unlock(&jobs->lock);
	return job;
}

void jobs_over(struct jobs *jobs, const struct job *job)
{
	if (!job->hashes)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->hashing_count--;
	jobs->hashers--;
	if (jobs->hashing.first)
		pthread_cond_signal(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}

void jobs_close(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->closed = true;
	pthread_cond_broadcast(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}
