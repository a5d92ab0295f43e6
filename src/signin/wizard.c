/* The wizard: what it shows of what a sign-in still owes, and what the person says to it. */
#include "signin/interrupt.h"

#include "audit/audit.h"
#include "people/security_info.h"
#include "store/records.h"

enum {
	notice_version = 1, /* of the privacy notice in share/template/part/privacy.html: raised
			       with its words */
	day_seconds = 24 * 3600
};

/* ---- showing ---- */

static bool allows(const struct interrupt_view *v, enum method_kind kind)
{
	return rules_allow(&v->rules, kind);
}

static bool offers_better(const struct interrupt_view *v, enum method_kind kind)
{
	return interrupt_betters(v, kind) && interrupt_offers(v, kind);
}

/* The most secure first: "totp|mail". */
static err kinds(struct ctx *c, const struct interrupt_view *v,
	bool (*fits)(const struct interrupt_view *v, enum method_kind kind), struct str *out)
{
	struct buf b = buf_in(c->arena, 80);

	for (size_t i = 0; i < method_kind_count; i++) {
		if (!fits(v, interrupt_order[i]))
			continue;
		if (b.length)
			buf_char(&b, '|');
		buf_add(&b, str_of(method_name(interrupt_order[i])));
	}
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "kinds") : 0;
}

/* Ways that are there already are steps that are done. */
static void steps(const struct interrupt_view *v, struct rec_interrupt *r)
{
	const struct interrupt_facts *f = &v->facts;
	int64_t missing =
		(f->needs_ways || f->must) && v->wanted > v->ways ? v->wanted - v->ways : 0;

	r->second = f->needs_second && !f->has_second;
	r->unheard = interrupt_wants_address(v);
	if ((r->second || r->unheard) && !missing)
		missing = 1;
	r->steps = v->ways + missing;
	r->step = v->ways + 1;
}

/* The last moment at which what waits begins to count. */
static int64_t waits_until(struct methods methods)
{
	int64_t until = 0;

	for (size_t i = 0; i < methods.count; i++)
		if (str_is(methods.at[i].state, "waiting") && methods.at[i].counts_from > until)
			until = methods.at[i].counts_from;
	return until;
}

static void putting_off(
	struct ctx *c, const struct interrupt_view *v, enum interrupt page, struct rec_interrupt *r)
{
	int64_t days = v->rules.value[rule_skip_days], count = v->rules.value[rule_skip_count];
	int64_t since = v->row.skipped_since ? v->row.skipped_since : c->now;

	r->may_skip = interrupt_may_skip(&v->facts, page);
	if (page == interrupt_better)
		r->skip_days = v->rules.value[rule_snooze_days];
	if (!r->may_skip || page == interrupt_better || page == interrupt_spare)
		return;
	if (days)
		r->skip_days =
			(since + days * day_seconds - c->now + day_seconds - 1) / day_seconds;
	if (count)
		r->skip_count = count - v->row.skips;
}

err serve_interrupt_show(struct ctx *c, const struct op_interrupt_show *in, struct answer *out)
{
	struct rec_interrupt *r = arena_take(c->arena, sizeof(*r));
	struct interrupt_view v;
	enum interrupt page;
	err e;

	(void)in;
	if (!r)
		return fault(c, fault_arena, "interrupt");
	if ((e = interrupt_of(c, c->who, &page)) || (e = interrupt_look(c, c->who, &v)))
		return e;
	*r = (struct rec_interrupt){ .page = str_of(interrupt_name(page)),
		.shown_name = v.account.name,
		.begun = c->who->stage != stage_owes,
		.combined = v.facts.combined,
		.waits = waits_until(v.methods),
		.late = v.facts.strong ? 0 : 1 + v.facts.may_vouch,
		.sent = c->who->vouch_until > c->now,
		.tries_left = c->who->vouch_tries };
	if ((e = kinds(c, &v, page == interrupt_better ? offers_better : interrupt_offers,
		     &r->kinds)) ||
		(e = kinds(c, &v, allows, &r->allowed)) || (e = info_rows(c, v.methods, out)))
		return e;
	steps(&v, r);
	putting_off(c, &v, page, r);
	out->record = r;
	return 0;
}

/* ---- what the person says ---- */

static err note(struct unit *unit, enum event event, const char *failure)
{
	struct audit_about about = { .account = unit->c->who->account,
		.actor = actor_self,
		.failure = failure != NULL,
		.reason = failure ? str_of(failure) : STR("") };

	return audit_add(unit, event, &about);
}

static void row_make(struct unit *unit)
{
	unit_add(unit, statement_registration_make, any_rows, WITH(v_bytes(unit->c->who->account)));
}

static void stage(struct unit *unit, enum stage stage)
{
	unit_add(unit, statement_session_stage, any_rows,
		WITH(v_bytes(unit->c->who->id), v_number(stage)));
}

err serve_interrupt_start(struct ctx *c, const struct op_interrupt_start *in, struct answer *out)
{
	struct unit unit = unit_begin(c);

	(void)in;
	(void)out;
	row_make(&unit);
	unit_add(&unit, statement_registration_notice, 1,
		WITH(v_bytes(c->who->account), v_number(notice_version), v_number(c->now)));
	stage(&unit, stage_begun);
	return unit_commit(&unit);
}

/* Counted as it was when it was judged: of two tabs one puts it off. */
static err put_off(struct unit *unit, const struct interrupt_view *v, enum interrupt page)
{
	struct ctx *c = unit->c;
	struct value account = v_bytes(c->who->account);

	row_make(unit);
	switch (page) {
	case interrupt_spare:
		return 0;
	case interrupt_better:
		unit_add(unit, statement_registration_snooze, 1,
			WITH(account,
				v_number(c->now + v->rules.value[rule_snooze_days] * day_seconds),
				v_number(v->row.snoozes)));
		return note(unit, event_info_reviewed, "User put off a better method");
	default:
		unit_add(unit, statement_registration_skip, 1,
			WITH(account, v_number(c->now), v_number(v->row.skips)));
		return note(unit, event_info_complete, "User skipped registration");
	}
}

err serve_interrupt_later(struct ctx *c, const struct op_interrupt_later *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct interrupt_view v;
	enum interrupt page;
	err e;

	(void)in;
	(void)out;
	if ((e = interrupt_look(c, c->who, &v)))
		return e;
	page = interrupt_page(&v.facts);
	if (page == interrupt_none)
		return 0;
	if (!interrupt_may_skip(&v.facts, page))
		return reply_not_allowed;
	if ((e = put_off(&unit, &v, page)))
		return e;
	stage(&unit, stage_through);
	return unit_commit(&unit);
}

/* "Looks good": whoever says so has just proved it (MS 5.2). */
err serve_interrupt_confirm(
	struct ctx *c, const struct op_interrupt_confirm *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = walk_signed_in(c, &flow_register, NULL, out, &w)) || (e = info_fresh(&w)))
		return e;
	w.unit = unit_begin(c);
	info_complete(&w);
	if ((e = walk_note(&w, event_info_reviewed, true, NULL)))
		return e;
	return unit_commit(&w.unit);
}
