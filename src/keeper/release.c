/* Answers that are held back until their time, and the sending of all answers. */
#include "keeper/inside.h"

#include <errno.h>
#include <sys/socket.h>

/* A heap by release time; never more jobs than there are. */
struct release {
	pthread_mutex_t lock;
	pthread_cond_t sooner;
	struct job *heap[job_count];
	size_t count;
};

static struct release held = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void swap(struct release *r, size_t a, size_t b)
{
	struct job *job = r->heap[a];

	r->heap[a] = r->heap[b];
	r->heap[b] = job;
}

static void push(struct release *r, struct job *job)
{
	size_t at = r->count++;

	must_be(at < job_count);
	r->heap[at] = job;
	for (; at > 0 && r->heap[(at - 1) / 2]->release_us > r->heap[at]->release_us;
		at = (at - 1) / 2)
		swap(r, at, (at - 1) / 2);
}

static struct job *pop(struct release *r)
{
	struct job *first = r->heap[0];
	size_t at = 0;

	r->heap[0] = r->heap[--r->count];
	for (;;) {
		size_t least = at, left = 2 * at + 1, right = left + 1;

		if (left < r->count && r->heap[left]->release_us < r->heap[least]->release_us)
			least = left;
		if (right < r->count && r->heap[right]->release_us < r->heap[least]->release_us)
			least = right;
		if (least == at)
			return first;
		swap(r, at, least);
		at = least;
	}
}

/* Whole or not at all: a peer that does not read is cut off by the send time-out. */
static bool send_all(int fd, struct str bytes)
{
	while (bytes.length) {
		ssize_t sent = send(fd, bytes.at, bytes.length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes = str_from(bytes, (size_t)sent);
	}
	return true;
}

void job_done(struct keeper *k, struct job *job)
{
	struct peer *peer = job->peer;

	pthread_mutex_lock(&peer->out);
	/* The descriptor stays open as long as a job wants to answer there. */
	if (job->answer.length && !atomic_load(&peer->gone) && !send_all(peer->fd, job->answer)) {
		atomic_store(&peer->gone, true);
		(void)shutdown(peer->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&peer->out);
	arena_wipe(job->arena);
	atomic_fetch_sub(&peer->jobs, 1);
	job->hashes = false;
	must_be(jobs_put(&k->free, job));
	atomic_fetch_sub(&k->busy, 1);
}

static void wait_until(struct release *r, int64_t us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	(void)pthread_cond_timedwait(&r->sooner, &r->lock, &t);
}

static void *release(void *keeper)
{
	struct keeper *k = keeper;
	struct release *r = k->release;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		if (r->count == 0) {
			pthread_cond_wait(&r->sooner, &r->lock);
		} else if (r->heap[0]->release_us > clock_monotonic_us()) {
			wait_until(r, r->heap[0]->release_us);
		} else {
			struct job *job = pop(r);

			pthread_mutex_unlock(&r->lock);
			job_done(k, job);
			pthread_mutex_lock(&r->lock);
		}
	}
	return NULL;
}

void release_put(struct keeper *k, struct job *job)
{
	struct release *r = k->release;

	pthread_mutex_lock(&r->lock);
	push(r, job);
	if (r->heap[0] == job)
		pthread_cond_signal(&r->sooner);
	pthread_mutex_unlock(&r->lock);
}

err release_start(struct keeper *k)
{
	pthread_condattr_t monotonic;

	must_be(pthread_condattr_init(&monotonic) == 0);
	must_be(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	must_be(pthread_cond_init(&held.sooner, &monotonic) == 0);
	(void)pthread_condattr_destroy(&monotonic);
	k->release = &held;
	if (pthread_create(&k->release_thread, NULL, release, k) != 0)
		return fault(&k->c, fault_memory, "release thread");
	return 0;
}
