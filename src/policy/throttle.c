/* Counters of guesses, durable before the secret is looked at. */
#include "policy/throttle.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "spec/spec.h"

enum { day = 24 * 60 * 60, longest_lock = 60 * 60 };

struct counter {
	int64_t count, until;
};

static bool of_signin(const struct try *t)
{
	return str_is(str_of(t->kind), "signin");
}

static err load(struct ctx *c, const struct try *t, struct counter *out)
{
	struct rows rows;
	err e = store_one(c, statement_counter_load,
		WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar)), &rows);

	*out = (struct counter){ 0 };
	if (e == reply_not_found)
		return 0;
	if (e)
		return e;
	/* A window that is over counts for nothing. */
	if (row_number(&rows, 0, 1) > c->now - day)
		out->count = row_number(&rows, 0, 0);
	out->until = row_number(&rows, 0, 2);
	return 0;
}

static int64_t threshold(const struct ctx *c, const struct try *t)
{
	if (of_signin(t))
		return c->conf->lockout_threshold;
	return t->most ? t->most : proofs_a_day;
}

err throttle_open(struct ctx *c, const struct try *t, bool *open)
{
	struct counter counter;
	err e;

	if ((e = load(c, t, &counter)))
		return e;
	*open = of_signin(t) ? counter.until <= c->now : counter.count < threshold(c, t);
	return 0;
}

/* 60 s, 120 s, 240 s, up to an hour. */
static int64_t lock_seconds(const struct ctx *c, int64_t past_threshold)
{
	int64_t seconds = c->conf->lockout_duration;

	while (past_threshold-- > 0 && seconds < longest_lock)
		seconds *= 2;
	return seconds < longest_lock ? seconds : longest_lock;
}

err throttle_spend(struct unit *unit, struct try *t)
{
	struct ctx *c = unit->c;
	struct counter counter;
	err e;

	if ((e = load(c, t, &counter)))
		return e;
	t->spent_by_shutting = of_signin(t) && counter.count >= threshold(c, t);
	if (t->spent_by_shutting)
		unit_add(unit, statement_counter_spend_shut, 1,
			WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar),
				v_number(c->now),
				v_number(c->now +
					 lock_seconds(c, counter.count + 1 - threshold(c, t)))));
	else
		unit_add(unit, statement_counter_spend, 1,
			WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar),
				v_number(c->now), v_number(c->now - day)));
	return 0;
}

err throttle_judged(struct ctx *c, const struct try *t, bool *may)
{
	struct counter counter;
	err e;

	if ((e = load(c, t, &counter)))
		return e;
	/* Only one at a time can spend by shutting. Of those who spent by counting at the same
	 * moment, each sees at least its own count, so no more than the threshold are let in. */
	*may = t->spent_by_shutting || counter.count <= threshold(c, t);
	return 0;
}

void throttle_give_back(struct unit *unit, const struct try *t)
{
	unit_add(unit, statement_counter_give_back, any_rows,
		WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar)));
}

err throttle_shut(struct unit *unit, const struct try *t)
{
	struct ctx *c = unit->c;
	struct counter counter;
	err e;

	if ((e = load(c, t, &counter)))
		return e;
	if (counter.count >= threshold(c, t) && counter.until <= c->now)
		unit_add(unit, statement_counter_shut, any_rows,
			WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar),
				v_number(c->now +
					 lock_seconds(c, counter.count - threshold(c, t)))));
	return 0;
}

void throttle_clear(struct unit *unit, const struct try *t)
{
	unit_add(unit, statement_counter_clear, any_rows,
		WITH(v_bytes(t->account), v_text(str_of(t->kind)), v_number(t->familiar)));
}

err throttle_left(struct ctx *c, struct str account, const struct pace_of *p, int64_t *left)
{
	struct rows rows;
	err e = store_one(c, statement_counter_load,
		WITH(v_bytes(account), v_text(str_of(p->kind)), v_number(false)), &rows);

	*left = p->most;
	if (e)
		return e == reply_not_found ? 0 : e;
	if (row_number(&rows, 0, 1) > c->now - p->seconds)
		*left -= row_number(&rows, 0, 0);
	return 0;
}

void throttle_once(struct unit *unit, struct str account, const struct pace_of *p)
{
	int64_t now = unit->c->now;

	unit_add(unit, statement_counter_once, 1,
		WITH(v_bytes(account), v_text(str_of(p->kind)), v_number(now),
			v_number(now - p->seconds), v_number(p->most)));
}

void streak_spend(struct unit *unit, const struct try *t, struct str way)
{
	enum { never = -1 };

	if (t->familiar)
		unit_add(unit, statement_methods_fail, any_rows,
			WITH(v_bytes(t->account), v_text(way)));
	else
		unit_add(unit, statement_counter_spend, 1,
			WITH(v_bytes(t->account), v_text(way), v_number(false),
				v_number(unit->c->now), v_number(never)));
}

err streak_judged(struct ctx *c, const struct try *t, struct str way, bool *may)
{
	struct rows rows;
	err e;

	*may = true;
	if (t->familiar)
		return 0;
	e = store_one(c, statement_counter_load,
		WITH(v_bytes(t->account), v_text(way), v_number(false)), &rows);
	if (e)
		return e == reply_not_found ? 0 : e;
	*may = row_number(&rows, 0, 0) <= failures_to_disable;
	return 0;
}

void streak_clear(struct unit *unit, const struct try *t, struct str way)
{
	unit_add(unit, statement_methods_clear, any_rows, WITH(v_bytes(t->account), v_text(way)));
	unit_add(unit, statement_counter_clear, any_rows,
		WITH(v_bytes(t->account), v_text(way), v_number(false)));
}

static struct str channel_mac(struct ctx *c, struct str channel)
{
	uint8_t *mac = arena_take(c->arena, digest_size);

	if (!mac)
		return STR_NONE;
	digest_keyed(c->keys, key_name, STR("sending"), channel, mac);
	return (struct str){ (const char *)mac, digest_size };
}

err sending_open(struct ctx *c, struct str channel, bool *open)
{
	struct str mac = channel_mac(c, channel);
	struct rows rows;
	err e;

	if (!mac.at)
		return fault(c, fault_arena, "sending");
	if ((e = store_one(c, statement_sending_count,
		     WITH(v_bytes(mac), v_number(c->now - sending_window), v_number(c->now - day)),
		     &rows)))
		return e;
	*open = row_number(&rows, 0, 0) < sends_in_15_minutes &&
		row_number(&rows, 0, 1) < sends_a_day;
	return 0;
}

err sending_note(struct unit *unit, struct str channel, struct str message)
{
	int64_t now = unit->c->now;
	struct str mac = channel_mac(unit->c, channel);

	if (!mac.at)
		return fault(unit->c, fault_arena, "sending");
	unit_add(unit, statement_sending_add, any_rows,
		WITH(v_bytes(mac), v_number(now), v_bytes(message), v_number(now - sending_window),
			v_number(sends_in_15_minutes), v_number(now - day), v_number(sends_a_day)));
	unit_add(unit, statement_outbox_uncounted, any_rows,
		WITH(v_bytes(message), v_bytes(mac), v_number(now)));
	return 0;
}
