/* The tables of the flows, and the one step that moves a flow. */
#include "flow/inside.h"

#include "store/records.h"

#define STATE(name, life) [state_##name] = { #name, life_##life },
static const struct {
	const char *name;
	enum flow_life life;
} states[state_count] = {
#include "spec/flow/state.def"
};
#undef STATE

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to },
static const struct flow_row recover_rows[] = {
#include "spec/flow/recover.def"
};
static const struct flow_row signin_rows[] = {
#include "spec/flow/signin.def"
};
#undef ROW

const struct flow_table flow_recover = { "recover", true, recover_rows,
	sizeof(recover_rows) / sizeof(recover_rows[0]) };
const struct flow_table flow_signin = { "signin", true, signin_rows,
	sizeof(signin_rows) / sizeof(signin_rows[0]) };

const char *state_name(enum flow_state state)
{
	must_be(state < state_count);
	return states[state].name;
}

enum flow_life state_life(enum flow_state state)
{
	must_be(state < state_count);
	return states[state].life;
}

static const struct flow_row *row_for(const struct walk *w, enum flow_event event)
{
	for (size_t i = 0; i < w->table->count; i++) {
		const struct flow_row *row = &w->table->rows[i];

		if (row->from == w->state && row->event == event && row->guard(w))
			return row;
	}
	return NULL;
}

/* A flow gets its row when it reaches a state that outlives the operation, or has a reason to show.
 */
static bool lasts(const struct walk *w)
{
	return w->table->keeps_row &&
	       (w->flow.stored || state_life(w->state) == life_open || w->flow.reason.length);
}

static err run(struct walk *w, const struct flow_row *row)
{
	err e;

	w->unit = unit_begin(w->c);
	if ((e = row->effect(w)))
		return e;
	w->state = row->to;
	w->flow.state = str_of(state_name(row->to));
	if (lasts(w))
		flow_save(&w->unit, &w->flow);
	return w->unit.count ? unit_commit(&w->unit) : 0;
}

/* Of a step that did not hold nothing holds, in memory either: what comes next may save the flow,
 * and a token that was minted for it must not reach the browser. */
static err take(struct walk *w, const struct flow_row *row)
{
	const struct flow before = w->flow;
	const struct answer told = *w->out;
	enum flow_state from = w->state;
	err e;

	/* So that the stories can show that every row was walked; never in a release. */
	if (REKEY_TESTING)
		log_line(log_info, NULL, "row %s %zu", w->table->kind,
			(size_t)(row - w->table->rows) + 1);
	if ((e = run(w, row))) {
		w->state = from;
		w->flow = before;
		*w->out = told;
		return e;
	}
	if (w->flow.stored)
		w->flow.version++;
	w->flow.stored = lasts(w);
	return (err)row->reply;
}

err flow_step(struct walk *w, enum flow_event event)
{
	const struct flow_row *row = row_for(w, event);

	/* A step that this state does not know changes nothing and shows where the flow stands. */
	return row ? take(w, row) : (err)flow_where(w);
}

enum reply flow_where(const struct walk *w)
{
	bool recover = w->table == &flow_recover;

	switch (w->state) {
	case state_asked:
	case state_judging:
		if (!recover)
			return reply_prove;
		return str_is(w->flow.method, "mail") ? reply_check_messages : reply_next_proof;
	case state_proven:
		return reply_choose;
	case state_must_change:
		return reply_must_change;
	case state_done:
		return recover ? reply_password_done : reply_signed_in;
	case state_shut:
		return w->flow.reason.length ? reply_contact_desk : reply_shut;
	case state_begun:
	case state_trying:
	case state_count:
		break;
	}
	return reply_begin;
}
