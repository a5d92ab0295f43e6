/* Queues of operations: those that wait for a worker, and the free ones. */
#include "keeper/inside.h"

void jobs_open(struct jobs *jobs)
{
	must_be(pthread_mutex_init(&jobs->lock, NULL) == 0);
	must_be(pthread_cond_init(&jobs->more, NULL) == 0);
	jobs->first = jobs->last = NULL;
	jobs->closed = false;
}

void jobs_put(struct jobs *jobs, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&jobs->lock);
	if (jobs->last)
		jobs->last->next = job;
	else
		jobs->first = job;
	jobs->last = job;
	pthread_cond_signal(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}

struct job *jobs_take(struct jobs *jobs, bool wait)
{
	struct job *job;

	pthread_mutex_lock(&jobs->lock);
	while (wait && !jobs->first && !jobs->closed)
		pthread_cond_wait(&jobs->more, &jobs->lock);
	job = jobs->first;
	if (job) {
		jobs->first = job->next;
		if (!jobs->first)
			jobs->last = NULL;
	}
	pthread_mutex_unlock(&jobs->lock);
	return job;
}

void jobs_close(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->closed = true;
	pthread_cond_broadcast(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}
