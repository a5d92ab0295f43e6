/* What is done by the clock: sweeping, closing the audit chain, wrapping old password hashes. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "model/model.h"
#include "people/people.h"
#include "policy/work.h"
#include "signin/oidc.h"

enum {
	tick_ms = 250,
	oidc_ticks = 8,          /* 2 s: keys, and what ended with a session */
	sweep_ticks = 120,       /* 30 s */
	retire_ticks = 4 * 3600, /* an hour */
	wrap_at_a_time = 4,      /* old password hashes; each waits until no sign-in does */
	said_every = 60,         /* seconds; a store that fails fails at each tick */
	flow_keep = 60 * 60,     /* past its end, so that a late person is told that it ended */
	outbox_keep = 7 * 86400, /* delivered and dead messages, without their values */
	day = 86400
};

/* Where there is no room to spare, what has ended makes room for who begins. */
static int64_t flows_before(const struct ctx *c)
{
	return atomic_load(&c->site->open) > flows_most / 2 ? c->now : c->now - flow_keep;
}

static err sweep(struct ctx *c)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_flows_sweep, any_rows, WITH(v_number(flows_before(c))));
	unit_add(&unit, statement_sessions_sweep, any_rows,
		WITH(v_number(c->now), v_number(c->now - c->conf->session_idle)));
	unit_add(&unit, statement_devices_sweep, any_rows,
		WITH(v_number(c->now - familiar_days * day)));
	unit_add(&unit, statement_tokens_sweep, any_rows, WITH(v_number(c->now)));
	unit_add(&unit, statement_site_tickets_sweep, any_rows, WITH(v_number(c->now)));
	unit_add(&unit, statement_sending_sweep, any_rows, WITH(v_number(c->now - day)));
	unit_add(&unit, statement_work_sweep, any_rows, WITH(v_number(c->now)));
	unit_add(&unit, statement_oidc_codes_sweep, any_rows, WITH(v_number(c->now - day)));
	unit_add(&unit, statement_outbox_sweep, any_rows, WITH(v_number(c->now - outbox_keep)));
	return unit_commit(&unit);
}

static err count_flows(struct ctx *c)
{
	struct rows rows;
	err e = store_one(c, statement_flows_open, WITH_NOTHING, &rows);

	if (e == 0)
		atomic_store(&c->site->open, row_number(&rows, 0, 0));
	return e;
}

static void said(const struct ctx *c, int64_t *next_us, const char *what, err e)
{
	if (e >= 0 || clock_monotonic_us() < *next_us)
		return;
	*next_us = clock_monotonic_us() + said_every * INT64_C(1000000);
	log_line(log_error, NULL, "%s: %s: %s", what, fault_name(c->fault.kind), c->fault.words);
}

/* Where a comparison could not be brought to an end, the store may take it now. One that is under
 * way elsewhere loses its race, its try spent, and the person tries again. */
static err recall(struct ctx *c)
{
	struct unit unit = unit_begin(c);
	err e;

	if (!atomic_exchange(&c->site->recall, false))
		return 0;
	unit_add(&unit, statement_flows_recall, any_rows, WITH_NOTHING);
	if ((e = unit_commit(&unit)))
		atomic_store(&c->site->recall, true);
	return e;
}

static void tick(struct keeper *k, struct arena *arena, int64_t count)
{
	struct ctx c = keeper_ctx(k, arena);

	/* At the start, after a reload, and now and then, should a reload have been missed. */
	if (c.conf != k->noted || count % sweep_ticks == 0)
		said(&c, &k->house_says_us, "settings", changes_note(&c));
	k->noted = c.conf;
	said(&c, &k->house_says_us, "audit", audit_close(&c));
	said(&c, &k->house_says_us, "recall", recall(&c));
	if (count % oidc_ticks == 0)
		said(&c, &k->house_says_us, "signing keys", oidc_tend(&c));
	if (count % oidc_ticks == 0)
		said(&c, &k->house_says_us, "ended sessions", oidc_end_grants(&c));
	if (count % sweep_ticks == 0)
		said(&c, &k->house_says_us, "sweep", sweep(&c));
	if (count % sweep_ticks == 0)
		said(&c, &k->house_says_us, "sweep", count_flows(&c));
	if (count % retire_ticks == 0)
		said(&c, &k->house_says_us, "audit retention",
			audit_retire(&c, c.conf->audit_retention_days));
	settings_let(k, c.conf);
	arena_wipe(arena);
}

/* The last rows of the audit log are chained and signed before the keeper ends. */
static void last(struct keeper *k, struct arena *arena)
{
	struct ctx c = keeper_ctx(k, arena);
	struct audit_about about = { .actor = actor_system };
	struct unit unit = unit_begin(&c);
	err e = audit_add(&unit, event_keeper_stopped, &about);

	if (e == 0)
		e = unit_commit(&unit);
	k->house_says_us = 0;
	said(&c, &k->house_says_us, "audit", e ? e : audit_close(&c));
	settings_let(k, c.conf);
}

static void *house(void *keeper)
{
	struct keeper *k = keeper;
	struct arena *arena = arena_open(job_arena);
	struct timespec pause = { .tv_nsec = tick_ms * 1000 * 1000 };

	must_be(arena);
	for (int64_t count = 1; !atomic_load(&k->stopping); count++) {
		tick(k, arena, count);
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	last(k, arena);
	arena_close(&arena);
	return NULL;
}

static size_t wrap_some(struct keeper *k, struct arena *arena)
{
	struct ctx c = keeper_ctx(k, arena);
	size_t done = 0;

	said(&c, &k->wrap_says_us, "wrapping", people_wrap_some(&c, wrap_at_a_time, &done));
	settings_let(k, c.conf);
	arena_wipe(arena);
	return done;
}

/* A thread of its own: each hash waits until no sign-in wants the pool, which may be long. */
static void *wrap(void *keeper)
{
	struct keeper *k = keeper;
	struct arena *arena = arena_open(job_arena);
	struct timespec pause = { .tv_nsec = tick_ms * 1000 * 1000 };

	must_be(arena);
	while (!atomic_load(&k->stopping))
		if (wrap_some(k, arena) == 0)
			(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	arena_close(&arena);
	return NULL;
}

err house_start(struct keeper *k)
{
	if (pthread_create(&k->house_thread, NULL, house, k) != 0 ||
		pthread_create(&k->wrap_thread, NULL, wrap, k) != 0)
		return fault(&k->c, fault_memory, "housekeeping thread");
	return 0;
}
