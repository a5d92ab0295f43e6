/* What a sign-in still owes: facts, and the first row of interrupt.def that holds. */
#include "signin/interrupt.h"

#include "people/security_info.h"
#include "store/records.h"

enum { day_seconds = 24 * 3600 };

const enum method_kind interrupt_order[method_kind_count] = { method_passkey, method_totp,
	method_mail, method_recovery_code };

#define PAGE(name) #name,
static const char *const names[interrupt_count] = {
#include "spec/flow/interrupt_page.def"
};
#undef PAGE

const char *interrupt_name(enum interrupt page)
{
	must_be(page < interrupt_count);
	return names[page];
}

/* ---- guards: they only look ---- */

static bool asks_always(const struct interrupt_facts *f)
{
	(void)f;
	return true;
}

static bool asks_through(const struct interrupt_facts *f)
{
	return f->through;
}

static bool asks_shut(const struct interrupt_facts *f)
{
	return f->shut;
}

static bool asks_lacks_second(const struct interrupt_facts *f)
{
	return f->needs_second && !f->has_second;
}

static bool asks_second_impossible(const struct interrupt_facts *f)
{
	return asks_lacks_second(f) && !f->second_open && (f->strong || !f->second_waits);
}

static bool asks_second_unvouched(const struct interrupt_facts *f)
{
	return asks_lacks_second(f) && !f->strong && f->may_vouch && f->second_open;
}

static bool asks_second_waits(const struct interrupt_facts *f)
{
	return asks_lacks_second(f) && !f->strong && f->second_waits;
}

static bool asks_second_apart(const struct interrupt_facts *f)
{
	return asks_lacks_second(f) && !f->combined;
}

static bool asks_lacks_ways(const struct interrupt_facts *f)
{
	return (f->needs_ways || f->must) && !f->has_ways;
}

static bool asks_ways_impossible(const struct interrupt_facts *f)
{
	return asks_lacks_ways(f) && !f->ways_open;
}

static bool asks_ways_unvouched(const struct interrupt_facts *f)
{
	return asks_lacks_ways(f) && !f->strong && f->may_vouch;
}

static bool asks_ways_apart(const struct interrupt_facts *f)
{
	return asks_lacks_ways(f) && !f->combined;
}

static bool asks_must_look(const struct interrupt_facts *f)
{
	return f->must;
}

static bool asks_stale(const struct interrupt_facts *f)
{
	return f->stale;
}

/* Asked of those who have just set something up: the others were let through. */
static bool asks_begun_alone(const struct interrupt_facts *f)
{
	return f->begun && f->alone;
}

static bool asks_nudged(const struct interrupt_facts *f)
{
	return f->nudge;
}

#define ROW(guard, page) { asks_##guard, interrupt_##page },
static const struct row {
	bool (*guard)(const struct interrupt_facts *f);
	enum interrupt page;
} table[] = {
#include "spec/flow/interrupt.def"
};
#undef ROW

enum interrupt interrupt_page(const struct interrupt_facts *f)
{
	size_t at = 0;

	while (!table[at].guard(f))
		at++;
	if (REKEY_TESTING) /* the stories walk every row */
		log_line(log_info, NULL, "row interrupt %zu", at + 1);
	return table[at].page;
}

/* What MFA demands is never put off, and no more is what a person must do by name. */
bool interrupt_may_skip(const struct interrupt_facts *f, enum interrupt page)
{
	switch (page) {
	case interrupt_steps:
	case interrupt_reset_setup:
	case interrupt_vouch:
	case interrupt_ask_desk:
		return !f->shut && !asks_lacks_second(f) && !f->must && f->skip_left;
	case interrupt_better:
		return f->snooze_left;
	case interrupt_spare:
		return true;
	default:
		return false;
	}
}

/* ---- facts ---- */

static bool there(const struct interrupt_view *v, enum method_kind kind, const char *state)
{
	for (size_t i = 0; i < v->methods.count; i++)
		if (v->methods.at[i].kind == kind && str_is(v->methods.at[i].state, state))
			return true;
	return false;
}

static bool proves_signin(enum method_kind kind)
{
	return kind != method_mail;
}

static bool offers(const struct interrupt_view *v, enum method_kind kind)
{
	const struct interrupt_facts *f = &v->facts;
	/* With a stronger session a waiting way is set up once more, to count at once. */
	bool again = f->strong && asks_lacks_second(f) && proves_signin(kind);

	return rules_allow(&v->rules, kind) && !there(v, kind, "active") &&
	       (again || !there(v, kind, "waiting")) &&
	       (!asks_lacks_second(f) || proves_signin(kind));
}

/* Where nothing else is left, a second passkey that verifies its user makes two ways of one. */
static bool offers_key_again(const struct interrupt_view *v)
{
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		if (offers(v, kind))
			return false;
	return rules_allow(&v->rules, method_passkey) &&
	       methods_worth(v->methods, method_passkey) == 1;
}

bool interrupt_wants_address(const struct interrupt_view *v)
{
	return asks_lacks_ways(&v->facts) && !asks_lacks_second(&v->facts) && v->unheard &&
	       v->ways >= v->wanted;
}

bool interrupt_offers(const struct interrupt_view *v, enum method_kind kind)
{
	if (interrupt_wants_address(v))
		return kind == method_mail;
	return offers(v, kind) || (kind == method_passkey && offers_key_again(v));
}

/* Whoever loses the telephone then has no second proof left. A second passkey is on another
 * device. */
static bool alone(const struct interrupt_view *v)
{
	size_t keys = 0;

	for (const struct method *m = NULL; (m = methods_next(v->methods, method_passkey, m));)
		keys++;
	return (there(v, method_totp, "active") || keys) && keys < 2 &&
	       !there(v, method_recovery_code, "active") &&
	       rules_allow(&v->rules, method_recovery_code);
}

/* As a reset counts them: a passkey that verifies its user is two. What waits will count so. */
static int64_t worth(const struct interrupt_view *v, enum method_kind kind)
{
	int64_t most = 0;

	for (size_t i = 0; i < v->methods.count; i++) {
		const struct method *m = &v->methods.at[i];

		if (m->kind == kind && (str_is(m->state, "active") || str_is(m->state, "waiting")))
			most = m->verifies || most == 2 ? 2 : 1;
	}
	return most;
}

static void count_ways(struct interrupt_view *v)
{
	struct interrupt_facts *f = &v->facts;
	int64_t open = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		bool allowed = rules_allow(&v->rules, kind), active = there(v, kind, "active"),
		     waits = there(v, kind, "waiting");

		v->ways += allowed ? worth(v, kind) : 0;
		open += allowed + (allowed && kind == method_passkey);
		f->has_second |= proves_signin(kind) && active;
		f->second_waits |= proves_signin(kind) && waits;
		f->second_open |= proves_signin(kind) && allowed;
	}
	v->wanted = rules_to_register(&v->rules);
	f->has_ways = v->ways >= v->wanted && !v->unheard;
	f->ways_open = open >= v->wanted;
	f->alone = alone(v);
}

static bool skip_left(const struct ctx *c, const struct interrupt_view *v)
{
	int64_t days = v->rules.value[rule_skip_days], count = v->rules.value[rule_skip_count];

	return v->rules.value[rule_skip_allowed] && (!count || v->row.skips < count) &&
	       (!days || !v->row.skipped_since ||
		       v->row.skipped_since + days * day_seconds > c->now);
}

/* Whatever was verified since was looked at then. */
static bool stale(const struct ctx *c, const struct interrupt_view *v)
{
	int64_t days = v->rules.value[rule_reconfirm_days], last = v->row.confirmed;

	for (size_t i = 0; i < v->methods.count; i++)
		if (v->methods.at[i].verified > last)
			last = v->methods.at[i].verified;
	return v->facts.needs_ways && days && last && last + days * day_seconds <= c->now;
}

/* Not every browser has a passkey: the campaign ends with the best of those that need none, too. */
bool interrupt_betters(const struct interrupt_view *v, enum method_kind kind)
{
	enum method_kind best = method_passkey;

	for (size_t i = method_kind_count; i-- > 0;)
		if (interrupt_order[i] != method_passkey &&
			rules_allow(&v->rules, interrupt_order[i]))
			best = interrupt_order[i];
	return rules_allow(&v->rules, kind) && (kind == best || kind == method_passkey);
}

/* The campaign is for those who have something, but none of the most secure that are open to them.
 */
static bool nudge(const struct ctx *c, const struct interrupt_view *v)
{
	bool open = false, has = false;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		bool better = interrupt_betters(v, kind);

		open |= better;
		has |= better && (there(v, kind, "active") || there(v, kind, "waiting"));
	}
	return v->rules.value[rule_campaign] && v->ways > 0 && open && !has &&
	       v->row.snoozed_until <= c->now;
}

err interrupt_look(struct ctx *c, const struct session *s, struct interrupt_view *out)
{
	struct interrupt_facts *f = &out->facts;
	err e;

	*out = (struct interrupt_view){ .account = s->owner };
	if ((!s->owner.id.at && (e = account_load(c, s->account, &out->account))) ||
		(e = rules_of(c, s->account, &out->rules)) ||
		(e = methods_load(c, s->account, &out->methods)) ||
		(e = registration_load(c, s->account, &out->row)) ||
		(e = info_unheard(c, &out->rules, &out->account, out->methods, &out->unheard)) ||
		(e = vouch_open(c, s, &out->account, out->methods, &f->may_vouch)))
		return e;
	f->through = s->stage == stage_through;
	f->begun = s->stage == stage_begun;
	f->shut = out->account.frozen != 0;
	f->combined = out->rules.combined;
	f->strong = session_strong(c, s);
	f->needs_second = out->rules.value[rule_mfa_required] != 0;
	f->needs_ways = out->rules.value[rule_registration_required] && out->rules.in_scope;
	f->must = out->account.must_register;
	count_ways(out);
	f->skip_left = skip_left(c, out);
	f->stale = stale(c, out);
	f->nudge = nudge(c, out);
	f->snooze_left =
		!out->rules.value[rule_campaign_enforced] || out->row.snoozes < snoozes_most;
	return 0;
}

/* Written down, so that a policy that is made stricter later does not ask an open session. */
static err let_through(struct ctx *c, const struct session *s)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_session_stage, any_rows,
		WITH(v_bytes(s->id), v_number(stage_through)));
	return unit_commit(&unit);
}

err interrupt_of(struct ctx *c, const struct session *s, enum interrupt *out)
{
	struct interrupt_view view;
	err e;

	*out = interrupt_none;
	if (s->stage == stage_through)
		return 0;
	if ((e = interrupt_look(c, s, &view)))
		return e;
	*out = interrupt_page(&view.facts);
	return *out == interrupt_none ? let_through(c, s) : 0;
}
