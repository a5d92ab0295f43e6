/* Workers: one operation at a time each, straight down and up again. */
#include "keeper/inside.h"

#include "model/model.h"
#include "policy/rules.h"
#include "policy/work.h"

struct ctx keeper_ctx(struct keeper *k, struct arena *arena)
{
	struct ctx c = k->c;

	c.arena = arena;
	c.conf = settings_hold(k);
	c.now = clock_now();
	c.request = NULL;
	c.who = NULL;
	c.place = NULL;
	c.moment = NULL;
	c.fault = (struct fault){ 0 };
	return c;
}

/* Whoever sits before a machine that many people use must not find there what the last one left. */
static err serve_browser(struct ctx *c, enum operation_id id, const void *in, struct answer *out)
{
	struct place place = { 0 };
	bool browser =
		operation_list[id].door == door_visitor || operation_list[id].door == door_session;
	err e;

	/* Before the deed, so that nothing is done that could not be told. */
	if (browser && (e = place_of(c, &place)))
		return e;
	c->place = browser ? &place : NULL;
	e = keeper_serve(c, id, in, out);
	c->place = NULL;
	out->kiosk = place.kiosk;
	return e;
}

static err run(struct ctx *c, struct job *job, enum operation_id id, struct request *r,
	const void *in, struct answer *out)
{
	const struct operation *op = &operation_list[id];
	scoped(moment_close) struct moment moment = { 0 };
	struct session who;
	err e;

	moment_open(c, &moment);
	r->arrived_us = job->arrived_us;
	c->request = r;
	if (job->peer->door == door_visitor && r->address.length)
		site_request(c->site, r->address);
	if ((e = permit(c, job->peer, op, r, &who)))
		return e;
	return serve_browser(c, id, in, out);
}

/* A fault is said once, here, and shown as one page. It carries nothing else: a token that was
 * minted for a row that was never written must not take the place of one that counts. */
static int said(const struct ctx *c, const struct operation *op, struct answer *out, err e)
{
	if (e >= 0)
		return e;
	*out = (struct answer){ .support = out->support };
	log_line(log_error, out->support.length ? out->support.at : NULL, "%s: %s: %s", op->name,
		fault_name(c->fault.kind), c->fault.words);
	return reply_fault;
}

static bool take_frame(struct keeper *k, struct job *job)
{
	struct ctx c = keeper_ctx(k, job->arena);
	struct request r = { 0 };
	struct answer out = { 0 };
	struct buf frame;
	enum operation_id id = operation_count;
	uint32_t serial = 0;
	const void *in = NULL;
	err e = frame_take(&c, job->frame, &serial, &id, &r, &in);
	bool answered = false;

	if (id < operation_count) {
		int reply =
			said(&c, &operation_list[id], &out, e ? e : run(&c, job, id, &r, in, &out));

		frame = buf_in(job->arena, answer_limit);
		if (answer_give(&c, serial, id, reply, &out, &frame) == 0) {
			job->answer = buf_str(&frame);
			/* Wiping room for the longest answer would cost more than most operations.
			 */
			arena_trim(job->arena, frame.at, frame.length);
			job->release_us = pace_release(&k->pace, operation_list[id].pace,
				job->arrived_us, clock_monotonic_us());
			answered = true;
		}
	}
	settings_let(k, c.conf);
	return answered;
}

static void *work(void *keeper)
{
	struct keeper *k = keeper;
	struct job *job;

	while ((job = jobs_take(&k->waiting, true))) {
		/* A frame that can not even be answered is the work of a broken or hostile peer. */
		if (!take_frame(k, job)) {
			log_line(log_warning, NULL, "a peer was cut off: it sent no frame");
			atomic_store(&job->peer->gone, true);
			job->answer = STR_NONE;
		}
		jobs_over(&k->waiting, job);
		if (job->release_us > clock_monotonic_us())
			release_put(k, job);
		else
			job_done(k, job);
	}
	return NULL;
}

err workers_start(struct keeper *k)
{
	pthread_attr_t small;
	bool started = true;

	must_be(pthread_attr_init(&small) == 0);
	must_be(pthread_attr_setstacksize(&small, 256 * 1024) == 0);
	for (size_t i = 0; i < worker_count && started; i++)
		started = pthread_create(&k->workers[i], &small, work, k) == 0;
	(void)pthread_attr_destroy(&small);
	return started ? 0 : fault(&k->c, fault_memory, "worker threads");
}
