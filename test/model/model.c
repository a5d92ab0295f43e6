/* Visits every reachable world of every flow's table and holds it against what must be so; then
 * does the same with mistakes planted, each of which must be found. Prints TAP.
 *
 *   safety:   no password, session or method without the proofs; no proof twice; no way out of a
 *             state that is shut; no comparison without a try spent before it
 *   liveness: from every world the flow can end; whoever compares can always say the verdict, and a
 *             comparison that was cut short goes back
 *   silence:  of two worlds, one with the account and one without, in which nobody can prove
 *             anything, the same events show the same at every step */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { visited_bits = 21, queue_most = 1 << 20, rows_most = 64 };

#define STATE(name, life) { #name, life_##life },
static const struct {
	const char *name;
	int life;
} states[state_count] = {
#include "spec/flow/state.def"
};
#undef STATE

#define EVENT(name) #name,
static const char *const events[event_count] = {
#include "spec/flow/event.def"
};
#undef EVENT

int state_life(uint8_t state)
{
	return states[state].life;
}

const char *state_name(uint8_t state)
{
	return states[state].name;
}

const char *event_name(enum event event)
{
	return events[event];
}

/* ---- a set of pairs of worlds, and the queue of those still to be visited ---- */

struct pair {
	struct world a, b;
};

struct search {
	struct pair *queue;
	size_t first, last;
	uint32_t *seen; /* index into the queue, plus 1 */
	bool full;
};

static uint64_t hash(const struct pair *p)
{
	const unsigned char *at = (const unsigned char *)p;
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < sizeof(*p); i++)
		h = (h ^ at[i]) * 1099511628211u;
	return h ^ h >> 29;
}

static void visit(struct search *s, const struct pair *p)
{
	uint64_t at = hash(p) & ((1u << visited_bits) - 1);

	for (; s->seen[at]; at = (at + 1) & ((1u << visited_bits) - 1))
		if (memcmp(&s->queue[s->seen[at] - 1], p, sizeof(*p)) == 0)
			return;
	if (s->last == queue_most) {
		s->full = true; /* a table that counts up for ever */
		return;
	}
	s->queue[s->last++] = *p;
	s->seen[at] = (uint32_t)s->last;
}

static void search_open(struct search *s)
{
	static struct pair *queue;
	static uint32_t *seen;

	if (!queue) {
		queue = malloc(queue_most * sizeof(*queue));
		seen = malloc((1u << visited_bits) * sizeof(*seen));
	}
	must_be(queue && seen);
	memset(seen, 0, (1u << visited_bits) * sizeof(*seen));
	*s = (struct search){ .queue = queue, .seen = seen };
}

/* ---- one step ---- */

struct shown {
	int reply; /* -1: no row: nothing changes, the page of the state is shown */
	uint8_t state, method, tries, sent, proofs, extended;
};

static const struct row *row_for(
	const struct table *t, const struct world *w, const struct input *in)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].from == w->state && t->rows[i].event == in->event &&
			t->rows[i].guard(w, in))
			return &t->rows[i];
	return NULL;
}

static const char *step(
	const struct table *t, struct world *w, const struct input *in, struct shown *s)
{
	const struct row *row = row_for(t, w, in);
	uint8_t before = w->state;

	if (in->event == on_verdict && row && row->from == before) {
		if (w->spent == 0)
			return "a comparison without a try spent before it";
		w->spent = 0;
		if (++w->judged > tries_full)
			return "more comparisons than tries";
	}
	if (row) {
		if (state_life(before) == life_shut)
			return "a way out of a state that is shut";
		row->effect(w, in);
		w->state = (uint8_t)row->to;
		if (in->event == on_recall)
			w->spent = 0;
	}
	*s = (struct shown){ row ? (int)row->reply : -1, w->state, w->method, w->tries, w->sent,
		w->proofs, w->extended };
	if (w->broken == broken_twice)
		return "a proof was counted twice";
	if (w->broken)
		return "a deed without an account";
	return t->unsafe(w);
}

/* ---- what may happen next ---- */

typedef const char *(*doing)(
	const struct table *t, struct search *s, const struct pair *p, const struct input *in);

static const char *each_input(
	const struct table *t, struct search *s, const struct pair *p, doing act)
{
	static const uint8_t kinds[] = { kind_mail, kind_totp_, kind_codes, kind_key };

	for (enum event event = 0; event < event_count; event++) {
		for (int n = 0; n < (event == on_method || event == on_verdict ? 32 : 16); n++) {
			struct input in = { event, kinds[n % 4], (uint8_t)(n / 4 % 2),
				(uint8_t)(n / 8 % 2), (uint8_t)(n / 16), (uint8_t)(n / 16) };
			const char *why;

			/* While a comparison is under way nothing else can be asked of this flow:
			 * its version moved on when the try was spent. */
			if (t->judges(p->a.state) != (event == on_verdict || event == on_recall) &&
				!(t->judges(p->a.state) && event == on_expire))
				continue;
			if (!t->possible(&p->a, &in) || !t->possible(&p->b, &in))
				continue;
			if ((why = act(t, s, p, &in)))
				return why;
		}
	}
	return NULL;
}

static const char *alone(
	const struct table *t, struct search *s, const struct pair *p, const struct input *in)
{
	struct pair next = *p;
	struct shown shown;
	const char *why = step(t, &next.a, in, &shown);

	next.b = next.a;
	if (!why)
		visit(s, &next);
	return why;
}

static const char *together(
	const struct table *t, struct search *s, const struct pair *p, const struct input *in)
{
	struct pair next = *p;
	struct shown a, b;
	const char *why;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	if ((why = step(t, &next.a, in, &a)) || (why = step(t, &next.b, in, &b)))
		return why;
	if (memcmp(&a, &b, sizeof(a)) != 0)
		return "the account shows";
	visit(s, &next);
	return NULL;
}

/* ---- the promises ---- */

/* Meanwhile the desk may disable the account, or its owner freeze it. */
static void meanwhile(struct search *s, const struct pair *p)
{
	struct pair next = *p;

	if (!p->a.exists || state_life(p->a.state) != life_open)
		return;
	next.a.disabled = next.b.disabled = 1;
	visit(s, &next);
	next = *p;
	next.a.frozen = next.b.frozen = 1;
	visit(s, &next);
}

static const char *safety(const struct table *t, size_t *worlds)
{
	struct search s;
	const char *why = NULL;

	search_open(&s);
	for (size_t n = 0; n < t->world_count; n++) {
		struct pair p;

		memset(&p, 0, sizeof(p));
		t->world(n, &p.a);
		p.b = p.a;
		visit(&s, &p);
	}
	while (!why && s.first < s.last) {
		struct pair p = s.queue[s.first++];

		why = each_input(t, &s, &p, alone);
		meanwhile(&s, &p);
	}
	*worlds = s.last;
	return why || !s.full ? why : "worlds without end";
}

/* Every state that a row leads to and that goes on has a row to its end, whatever the guards say:
 * the time that is over, the verdict whatever it is, and the comparison that was cut short. */
static bool always_row(const struct table *t, enum state from, enum event event, int life)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].from == from && t->rows[i].event == event &&
			strcmp(t->rows[i].guard_name, "always") == 0 &&
			(life < 0 || state_life((uint8_t)t->rows[i].to) == life))
			return true;
	return false;
}

static bool has_event(const struct table *t, enum event event)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].event == event)
			return true;
	return false;
}

static const char *liveness(const struct table *t)
{
	bool rows = t == &table_recover || t == &table_signin || t->world_count >= 1024;

	for (size_t i = 0; i < t->count; i++) {
		enum state to = t->rows[i].to;

		if (strcmp(t->rows[i].guard_name, "tries_left") == 0 &&
			t->rows[i].event == on_answer &&
			!always_row(t, t->rows[i].from, on_answer, life_shut))
			return "a challenge without tries that stays open";
		if (rows && state_life((uint8_t)to) == life_open &&
			!always_row(t, to, on_expire, life_shut))
			return "a flow that never ends";
		if (t->judges(to) && !always_row(t, to, on_verdict, -1))
			return "a verdict that no row takes";
		if (rows && to == state_judging && !always_row(t, to, on_recall, life_open))
			return "a comparison that was cut short stays for ever";
	}
	return has_event(t, on_verdict) ? NULL : "nothing is ever compared";
}

/* Every pair of beginnings that differ in the account only, with a visitor who can prove nothing.
 */
static const char *silence(const struct table *t, size_t *worlds)
{
	struct search s;
	struct world nobody;
	const char *why = NULL;

	*worlds = 0;
	if (t->world_count < 1024)
		return NULL; /* flows of people who are signed in have nothing to hide from them */
	t->world(0, &nobody);
	search_open(&s);
	for (size_t n = 1; n < t->world_count; n += 2) {
		struct pair p;

		memset(&p, 0, sizeof(p));
		t->world(n, &p.a);
		if (p.a.able || p.a.signed_in)
			continue;
		p.b = nobody;
		p.b.mail_off = p.a.mail_off;
		p.b.elsewhere = p.a.elsewhere;
		visit(&s, &p);
	}
	while (!why && s.first < s.last) {
		struct pair p = s.queue[s.first++];

		why = each_input(t, &s, &p, together);
	}
	*worlds = s.last;
	return why || !s.full ? why : "worlds without end";
}

static const char *holds(const struct table *t, size_t *worlds)
{
	size_t alone_worlds, pairs;
	const char *why = safety(t, &alone_worlds);

	if (!why)
		why = liveness(t);
	if (!why)
		why = silence(t, &pairs);
	*worlds = why ? 0 : alone_worlds + pairs;
	return why;
}

/* ---- mistakes that must be found ---- */

/* A row is found by what it says; one word of it is another, or the row is gone. */
struct mistake {
	const struct table *table;
	const char *from, *event, *guard; /* of the row */
	const char *other_guard;          /* another row's guard, or NULL */
	const char *other_effect;
	const char *other_to;
	int other_reply; /* -1: as it was */
	bool gone;
	const char *what;
};

static const struct mistake mistakes[] = {
	{ &table_recover, "asked", "answer", "tries_left", "always", NULL, NULL, -1, false,
		"tries without end" },
	{ &table_recover, "asked", "answer", "tries_left", NULL, "keep", NULL, -1, false,
		"a try that is not spent" },
	{ &table_recover, "asked", "method", "always", NULL, NULL, "proven", -1, false,
		"another way skips the proof" },
	{ &table_recover, "judging", "verdict", "right", NULL, NULL, "proven", -1, false,
		"one proof is enough" },
	{ &table_recover, "judging", "verdict", "right_last", "right", NULL, NULL, -1, false,
		"the first proof is the last" },
	{ &table_recover, "judging", "verdict", "tries_left", NULL, "mint_grant", NULL, -1, false,
		"a miss counts as a proof" },
	{ &table_recover, "judging", "verdict", "right_stuck", NULL, NULL, NULL, -1, true,
		"nobody asks whether the account is shut" },
	{ &table_recover, "proven", "choose", "barred", NULL, NULL, NULL, -1, true,
		"a shut account gets a password" },
	{ &table_recover, "begun", "identify", "may_send", NULL, NULL, NULL, reply_next_proof,
		false, "the reply tells" },
	{ &table_recover, "asked", "resend", "by_mail_may", NULL, NULL, NULL, reply_too_fast, false,
		"sending again tells" },
	{ &table_recover, "begun", "identify", "always", NULL, NULL, "shut", -1, false,
		"an unknown name is turned away" },
	{ &table_recover, "begun", "identify", "always", NULL, "send_code", NULL, -1, false,
		"a code to nobody" },
	{ &table_recover, "judging", "recall", "always", NULL, NULL, NULL, -1, true,
		"a cut comparison stays" },
	{ &table_recover, "asked", "expire", "always", NULL, NULL, NULL, -1, true,
		"a flow without end" },
	{ &table_recover, "proven", "choose", "rules_met", NULL, NULL, "proven", -1, false,
		"a grant that is not used up" },
	{ &table_recover, "judging", "verdict", "right_last", NULL, "ask_next", "asked", -1, false,
		"a verified passkey is asked for more" },
	{ &table_signin, "trying", "verdict", "right_key_must_change", NULL, NULL, NULL, -1, true,
		"an expired password signs in by a passkey" },
	{ &table_signin, "begun", "passkey", "may_try_key", "may_try", NULL, NULL, -1, false,
		"a passkey of a frozen account is looked at" },
	{ &table_signin, "trying", "verdict", "always", NULL, "take_key_open", "done", -1, false,
		"a passkey that was refused signs in" },
	{ &table_recover, "begun", "identify", "elsewhere", NULL, NULL, NULL, -1, true,
		"nobody asks where the request comes from" },
	{ &table_signin, "trying", "verdict", "right_second", NULL, NULL, NULL, -1, true,
		"no second proof" },
	{ &table_signin, "trying", "verdict", "right_must_change", NULL, NULL, NULL, -1, true,
		"an expired password signs in" },
	{ &table_signin, "judging", "verdict", "right_must_change", NULL, NULL, NULL, -1, true,
		"an expired password signs in after a code" },
	{ &table_signin, "trying", "verdict", "always", NULL, "open_session", "done", -1, false,
		"a wrong password signs in" },
	{ &table_signin, "trying", "verdict", "right_pass", NULL, "open_session", "done", -1, false,
		"a pass without a new password" },
	{ &table_signin, "trying", "verdict", "right_frozen", NULL, NULL, NULL, -1, true,
		"a frozen account signs in" },
	{ &table_signin, "begun", "password", "always", NULL, NULL, NULL, reply_contact_desk, false,
		"an unknown name has another reply" },
	{ &table_signin, "judging", "verdict", "right_shut", NULL, NULL, NULL, -1, true,
		"disabled between password and code" },
	{ &table_signin, "asked", "answer", "tries_left", NULL, "note_refused", NULL, -1, false,
		"a second proof without a try" },
	{ &table_register, "asked", "answer", "confirm_left", NULL, "activate", "done", -1, false,
		"an address without confirmation" },
	{ &table_register, "judging", "verdict", "confirm_left", NULL, "activate", "done", -1,
		false, "a wrong code confirms" },
	{ &table_change, "trying", "verdict", "always", NULL, NULL, "proven", -1, false,
		"a wrong old password changes it" },
	{ &table_change, "begun", "change", "always", NULL, NULL, "proven", -1, false,
		"a locked half changes it" },
	{ &table_vouch, "begun", "resend", "knows_open", "always", NULL, NULL, -1, false,
		"a code whatever the limits say" },
	{ &table_vouch, "asked", "answer", "vouch_left", NULL, "keep", NULL, -1, false,
		"a try that is not spent" },
	{ &table_vouch, "judging", "verdict", "right", NULL, NULL, "asked", -1, false,
		"vouched for, and open" },
	{ &table_vouch, "judging", "verdict", "vouch_left", NULL, "vouch", "done", -1, false,
		"a wrong code vouches" },
};

static const struct row *like(const struct table *t, const char *guard, const char *effect)
{
	for (size_t i = 0; i < t->count; i++)
		if ((guard && strcmp(t->rows[i].guard_name, guard) == 0) ||
			(effect && strcmp(t->rows[i].effect_name, effect) == 0))
			return &t->rows[i];
	must_be(false);
}

static enum state state_named(const char *name)
{
	for (enum state state = 0; state < state_count; state++)
		if (strcmp(states[state].name, name) == 0)
			return state;
	must_be(false);
}

static void mutate(const struct mistake *m, struct row *rows, struct table *t)
{
	size_t count = 0;
	bool found = false;

	for (size_t i = 0; i < m->table->count; i++) {
		struct row row = m->table->rows[i];

		if (!found && strcmp(states[row.from].name, m->from) == 0 &&
			strcmp(events[row.event], m->event) == 0 &&
			strcmp(row.guard_name, m->guard) == 0) {
			found = true;
			if (m->gone)
				continue;
			if (m->other_guard) {
				row.guard = like(m->table, m->other_guard, NULL)->guard;
				row.guard_name = m->other_guard;
			}
			if (m->other_effect)
				row.effect = like(m->table, NULL, m->other_effect)->effect;
			if (m->other_to)
				row.to = state_named(m->other_to);
			if (m->other_reply >= 0)
				row.reply = (enum reply)m->other_reply;
		}
		rows[count++] = row;
	}
	must_be(found);
	*t = *m->table;
	t->rows = rows;
	t->count = count;
}

/* ---- every change of one word of one row ---- */

enum word { word_guard, word_effect, word_to, word_count };

static const char *word_of(const struct row *row, enum word word)
{
	return word == word_guard    ? row->guard_name
	       : word == word_effect ? row->effect_name
				     : states[row->to].name;
}

static void set_word(struct row *row, enum word word, const struct row *from)
{
	if (word == word_guard) {
		row->guard = from->guard;
		row->guard_name = from->guard_name;
	} else if (word == word_effect) {
		row->effect = from->effect;
		row->effect_name = from->effect_name;
	} else {
		row->to = from->to;
	}
}

/* The first row with this word: each word is tried once. */
static bool first_with(const struct table *t, size_t at, enum word word)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(word_of(&t->rows[i], word), word_of(&t->rows[at], word)) == 0)
			return false;
	return true;
}

struct count {
	size_t changes, unnoticed;
};

static void count_one(
	const struct table *t, const struct row *row, const char *becomes, struct count *n)
{
	size_t worlds;

	n->changes++;
	if (holds(t, &worlds))
		return;
	n->unnoticed++;
	printf("%s: %s, %s, %s, %s: %s\n", t->name, states[row->from].name, events[row->event],
		row->guard_name, row->effect_name, becomes);
}

static void change_row(const struct table *table, size_t at, struct count *n)
{
	struct row rows[rows_most];
	struct table t = *table;

	t.rows = rows;
	for (size_t i = 0; i < table->count * word_count; i++) {
		const struct row *from = &table->rows[i / word_count];
		enum word word = i % word_count;

		memcpy(rows, table->rows, table->count * sizeof(*rows));
		if (!first_with(table, i / word_count, word) ||
			strcmp(word_of(from, word), word_of(&rows[at], word)) == 0)
			continue;
		set_word(&rows[at], word, from);
		count_one(&t, &table->rows[at], word_of(from, word), n);
	}
	memcpy(rows, table->rows, at * sizeof(*rows));
	memcpy(&rows[at], &table->rows[at + 1], (table->count - at - 1) * sizeof(*rows));
	t.count--;
	count_one(&t, &table->rows[at], "gone", n);
}

/* usage: flow_model each    Lists the changes of rows that break no promise of this model. */
static void change_each(const struct table *const *tables, size_t count)
{
	struct count n = { 0, 0 };

	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < tables[i]->count; at++)
			change_row(tables[i], at, &n);
	printf("%zu changes, %zu unnoticed\n", n.changes, n.unnoticed);
}

int main(int argc, char **argv)
{
	static const struct table *const tables[] = { &table_recover, &table_signin,
		&table_register, &table_change, &table_vouch };
	size_t table_count = sizeof(tables) / sizeof(tables[0]);
	size_t mistake_count = sizeof(mistakes) / sizeof(mistakes[0]);
	int number = 0, failed = 0;

	(void)argv;
	if (argc > 1) {
		change_each(tables, table_count);
		return 0;
	}
	printf("1..%zu\n", table_count + mistake_count);
	for (size_t i = 0; i < table_count; i++) {
		size_t worlds;
		const char *why = holds(tables[i], &worlds);

		printf("%sok %d - %s holds in %zu worlds%s%s\n", why ? "not " : "", ++number,
			tables[i]->name, worlds, why ? ": " : "", why ? why : "");
		failed += why != NULL;
	}
	for (size_t i = 0; i < mistake_count; i++) {
		struct row rows[rows_most];
		struct table t;
		size_t worlds;
		const char *why;

		mutate(&mistakes[i], rows, &t);
		why = holds(&t, &worlds);
		printf("%sok %d - found in %s: %s (%s)\n", why ? "" : "not ", ++number, t.name,
			mistakes[i].what, why ? why : "nothing was found");
		failed += why == NULL;
	}
	return failed != 0;
}
