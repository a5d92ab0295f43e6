/* What the files of this room share: peers, jobs, and the keeper itself. */
#ifndef KEEPER_INSIDE_H
#define KEEPER_INSIDE_H

#include "spec/spec.h"
#include "wire/wire.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	worker_count = 64,
	hasher_most = 48,            /* workers that may wait for a hash: the others stay quick */
	job_count = 512,             /* operations at a time; beyond them the answer is: busy */
	peer_count = 64,             /* web processes, the courier, command lines */
	job_arena = 2 * 1024 * 1024, /* a reply of 1,000 rows, twice; touched pages only are real */
	peer_arena = 4 * frame_limit,
	silent_us = 25 * 1000 /* what happens below this does not show */
};

/* One descriptor that frames come on. What it may ask is settled by `door`, for ever. */
struct peer {
	int fd; /* -1: free */
	enum door door;
	char edge[16];   /* whose stream it is, in the supervisor's word; empty: a command line's */
	atomic_int jobs; /* that still want to answer here */
	atomic_bool gone; /* no more frames are read */
	pthread_mutex_t out;
	struct arena *arena;
	char *in;
	size_t in_length;
};

/* One operation on its way through. */
struct job {
	struct arena *arena;
	struct peer *peer;
	struct str frame, answer;
	int64_t arrived_us, release_us;
	bool hashes; /* may want a password's hash made, so that it takes its turn among those */
	struct job *next;
};

struct line {
	struct job *first, *last;
};

/* Jobs in two lines. What wants a hash waits in its own, so that nothing else waits behind it. */
struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct line quick, hashing;
	size_t hashing_count, hashers; /* waiting or under way; under way */
	size_t hashing_limit;
	size_t idle; /* threads that wait for a job */
	bool called; /* one of them was called and has not come yet */
	bool closed;
};

/* How long the steps are at which answers go, and what they are judged by. Zeroed, with its lock
 * made. */
struct pace_keeper {
	pthread_mutex_t lock;
	int doubled, calm;
	int64_t began_us, answers, late, late_at_half;
};

struct settings;

struct keeper {
	struct ctx c; /* of the starting thread; the others copy what it holds */
	struct arena *arena;
	struct settings *settings; /* the configuration in force, swapped on reload */
	const struct conf *noted; /* only to compare: what changes_note saw last; the house's own */
	int64_t house_says_us, wrap_says_us; /* when a failure is logged again; each thread's own */
	struct site *site;
	int control, listener;
	struct peer peers[peer_count];
	struct job job[job_count];
	struct jobs free, waiting;
	pthread_t workers[worker_count], release_thread, house_thread, wrap_thread;
	struct release *release;
	struct pace_keeper pace;
	atomic_int busy; /* jobs under way */
	atomic_bool stopping;
	int epoll;
};

/* offline.c: rekey-keeper WHAT DATA, instead of serving. Returns an exit code. */
int offline_run(int argc, char **argv);

/* jobs.c */
void jobs_open(struct jobs *jobs, size_t hashing_limit);
must_use bool jobs_put(
	struct jobs *jobs, struct job *job);         /* false: as many that hash are there as may */
struct job *jobs_take(struct jobs *jobs, bool wait); /* NULL: none, or closed */
void jobs_over(struct jobs *jobs, const struct job *job); /* what was taken is done */
void jobs_close(struct jobs *jobs);

/* settings.c: a configuration is kept until the last operation that reads it is over. */
must_use err settings_swap(struct keeper *k, struct conf *conf);
const struct conf *settings_hold(struct keeper *k);
void settings_let(struct keeper *k, const struct conf *conf);

/* work.c */
must_use err workers_start(struct keeper *k);
struct ctx keeper_ctx(struct keeper *k, struct arena *arena); /* settings are held: let them go */

/* pace.c: when an answer to an operation of this pace may go (monotonic); 0: at once. What may want
 * a hash waits in line for it, whoever it is about: its steps are short. */
int64_t pace_release(struct pace_keeper *p, enum pace pace, int64_t arrived_us, int64_t now_us);

/* release.c: answers that are held back until their time. */
must_use err release_start(struct keeper *k);
void release_put(struct keeper *k, struct job *job);
void job_done(struct keeper *k, struct job *job); /* sends the answer, gives the job back */

/* permit.c */
must_use err permit(struct ctx *c, const struct peer *peer, const struct operation *op,
	struct request *r, struct session *who);

/* changes.c: writes down in the audit log which settings of
 * policy are not as they were last seen. */
must_use err changes_note(struct ctx *c);

/* born.c: marks a store that was just made for a demonstration; fault_conf: it was made for one and
 * is started as none, or the other way round. */
must_use err born_check(struct ctx *c, bool made);

/* house.c: what is done by the clock. */
must_use err house_start(struct keeper *k);

/* read.c: the one thread that reads frames; returns when the keeper is told to stop. */
must_use err read_frames(struct keeper *k);

/* Generated: the one call for each operation. */
must_use err keeper_serve(struct ctx *c, enum operation_id id, const void *in, struct answer *out);

#endif
