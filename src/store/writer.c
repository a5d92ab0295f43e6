/* The one thread that writes: takes all units that wait, runs each in a savepoint of its own, makes
 * them durable with one commit, and then answers each caller. */
#include "store/inside.h"

#include "spec/spec.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { again_ms = 100 }; /* until what could not be taken back is tried once more */

/* One caller, on its own stack, until it is answered. */
struct waiting {
	const struct unit *unit;
	struct waiting *next;
	pthread_cond_t answered;
	bool answer;
	err e;
	struct fault fault;
};

struct writer {
	struct connection *connection;
	int doubt; /* the lock's file */
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows, and all waiting */
	pthread_cond_t work;
	struct waiting *first, **last;
	bool closing;
};

/* ---- in the writing thread ---- */

static err run_steps(struct ctx *c, struct connection *connection, const struct unit *unit)
{
	for (size_t i = 0; i < unit->count; i++) {
		const struct unit_step *step = &unit->steps[i];
		int64_t rows = 0;
		err e = connection_run(
			c, connection, step->statement, step->with, step->count, &rows);

		if (e)
			return e;
		if (step->rows != any_rows && step->rows != rows)
			return reply_lost_race;
	}
	return 0;
}

/* False: it cannot be undone, for want of memory perhaps. */
static bool undone(struct connection *connection, const char *how)
{
	struct ctx c = { 0 };

	return !connection_in_transaction(connection) ||
	       connection_script(&c, connection, how) == 0;
}

/* *whole: what is in the transaction is what the units before it did, and all of this one or
 * nothing. */
static err run_unit(
	struct ctx *c, struct connection *connection, const struct unit *unit, bool *whole)
{
	err e = connection_script(c, connection, "SAVEPOINT unit");

	if (e)
		return e;
	e = run_steps(c, connection, unit);
	if (!e)
		e = connection_script(c, connection, "RELEASE unit");
	if (e)
		*whole = undone(connection, "ROLLBACK TO unit; RELEASE unit");
	return e;
}

/* A full disk or a failing one ends the transaction in SQLite, and with it the group. What cannot
 * be undone alone must not be committed with its neighbours: all goes. */
static err run_units(struct ctx *c, struct connection *connection, struct waiting *group)
{
	bool whole = true;

	for (struct waiting *w = group; w; w = w->next) {
		w->e = run_unit(c, connection, w->unit, &whole);
		w->fault = c->fault;
		if (!whole || !connection_in_transaction(connection))
			return w->e < 0 ? w->e : fault(c, fault_store, "the transaction was ended");
	}
	return 0;
}

/* What could not be taken back before goes now, or nothing new begins. */
static err begin(struct ctx *c, struct connection *connection)
{
	err e = 0;

	if (connection_in_transaction(connection))
		e = connection_script(c, connection, "ROLLBACK");
	return e ? e : connection_script(c, connection, "BEGIN IMMEDIATE");
}

/* Whether the disk still holds what was written before is not known: the next start looks. */
static void note_doubt(int lock)
{
	if (pwrite(lock, "?", 1, 0) != 1)
		log_line(log_warning, NULL,
			"the store failed, and that cannot be noted for the next start");
}

static void run_group(const struct writer *writer, struct waiting *group)
{
	struct connection *connection = writer->connection;
	struct ctx c = { 0 };
	err e = begin(&c, connection);

	if (!e)
		e = run_units(&c, connection, group);
	if (!e)
		e = connection_script(&c, connection, "COMMIT");
	if (!e)
		return;
	note_doubt(writer->doubt);
	for (struct waiting *w = group; w; w = w->next) {
		w->e = e;
		w->fault = c.fault;
	}
	if (!undone(connection, "ROLLBACK"))
		log_line(log_warning, NULL,
			"the store could not take back what failed; it tries again");
}

/* After `answer` the caller may be gone, and with it its part of the list. */
static void answer_group(struct waiting *group)
{
	while (group) {
		struct waiting *next = group->next;

		group->answer = true;
		pthread_cond_signal(&group->answered);
		group = next;
	}
}

static struct waiting *take_group(struct writer *writer)
{
	struct waiting *group = writer->first;

	writer->first = NULL;
	writer->last = &writer->first;
	return group;
}

static bool stuck(const struct writer *writer)
{
	return connection_in_transaction(writer->connection);
}

/* Under the lock. A transaction that could not be taken back would keep everybody else from the
 * file: if no caller comes, it goes without one. */
static void wait_for_work(struct writer *writer)
{
	struct timespec until;

	if (!stuck(writer)) {
		pthread_cond_wait(&writer->work, &writer->lock);
		return;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += again_ms * 1000 * 1000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	if (pthread_cond_clockwait(&writer->work, &writer->lock, CLOCK_MONOTONIC, &until))
		(void)undone(writer->connection, "ROLLBACK");
}

static void *write_groups(void *of)
{
	struct writer *writer = of;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		struct waiting *group = take_group(writer);

		if (group) {
			pthread_mutex_unlock(&writer->lock);
			run_group(writer, group);
			pthread_mutex_lock(&writer->lock);
			answer_group(group);
		} else if (writer->closing) {
			break;
		} else {
			wait_for_work(writer);
		}
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* ---- in the threads of the callers ---- */

/* The queue holds what stands on the callers' stacks; they stay until they are answered. */
static void enqueue(struct writer *writer, struct waiting *waiting)
{
	*writer->last = waiting;
	writer->last = &waiting->next;
}

err writer_commit(struct writer *writer, const struct unit *unit)
{
	struct waiting waiting = { .unit = unit, .answered = PTHREAD_COND_INITIALIZER };

	pthread_mutex_lock(&writer->lock);
	must_be(!writer->closing);
	enqueue(writer, &waiting);
	pthread_cond_signal(&writer->work);
	while (!waiting.answer)
		pthread_cond_wait(&waiting.answered, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	pthread_cond_destroy(&waiting.answered);
	if (waiting.e < 0)
		unit->c->fault = waiting.fault;
	return waiting.e;
}

/* Signals are for the threads that await them. */
static int start_thread(struct writer *writer)
{
	sigset_t all, before;
	int failed;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&writer->thread, NULL, write_groups, writer);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

err writer_open(struct ctx *c, struct arena *arena, struct connection *connection, int doubt,
	struct writer **out)
{
	struct writer *writer = arena_take(arena, sizeof(*writer));

	if (!writer)
		return fault(c, fault_arena, "the writer of the store");
	writer->connection = connection;
	writer->doubt = doubt;
	writer->last = &writer->first;
	must_be(pthread_mutex_init(&writer->lock, NULL) == 0);
	must_be(pthread_cond_init(&writer->work, NULL) == 0);
	if (start_thread(writer))
		return fault(c, fault_memory, "a thread for the writer of the store");
	*out = writer;
	return 0;
}

void writer_close(struct writer **writer)
{
	struct writer *closing = *writer;

	if (!closing)
		return;
	pthread_mutex_lock(&closing->lock);
	closing->closing = true;
	pthread_cond_signal(&closing->work);
	pthread_mutex_unlock(&closing->lock);
	must_be(pthread_join(closing->thread, NULL) == 0);
	connection_close(&closing->connection);
	pthread_cond_destroy(&closing->work);
	pthread_mutex_destroy(&closing->lock);
	*writer = NULL;
}
