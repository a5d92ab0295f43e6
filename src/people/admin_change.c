/* The administrator's page: what a change would do, and the change itself, which a passkey signs
 * for. */
#include "people/admin.h"
#include "people/security_info.h"

#include "flow/passkey.h"
#include "outbox/outbox.h"

enum {
	simulated_pages = 40, /* of 250 people */
	simulating_room = 2 * 1024 * 1024,
	losers_limit = 2000,
	losers_named = 20,
	shown_limit = 120 /* bytes of a value in a message */
};

/* What the challenge of an assertion is made for, besides the bytes of the change. */
static const char purpose[] = "policy";

/* ---- what it would do ---- */

static void add_losers(struct buf *b, const struct answer *page, size_t *named)
{
	const struct rec_simulated *rows = page->items;

	for (size_t i = 0; i < page->item_count && *named < losers_named; i++) {
		if (str_find(rows[i].what, STR("loses_reset")) >= rows[i].what.length)
			continue;
		buf_print(b, "%s%.*s", b->length ? ", " : "", STR_ARG(rows[i].name));
		++*named;
	}
}

static void add_counts(struct rec_admin_change *r, const struct rec_simulation *page)
{
	r->people += page->people;
	r->could += page->could;
	r->can += page->can;
	r->lose += page->lose;
	r->gain += page->gain;
	r->to_register += page->to_register;
}

/* Page by page, as the command line does it, in memory of its own: an organisation's people are
 * more than one operation holds. */
static err simulate_in(struct ctx *c, struct ctx *own, struct str words, struct rec_admin_change *r)
{
	struct buf losers = buf_in(c->arena, losers_limit);
	char cursor[320];
	struct str after = STR_NONE;
	size_t named = 0;
	err e;

	for (int page = 0; page < simulated_pages; page++) {
		struct op_policy_simulate in = { .changes = words, .cursor = after };
		struct answer answer = { 0 };

		if ((e = serve_policy_simulate(own, &in, &answer)))
			return e;
		add_counts(r, answer.record);
		add_losers(&losers, &answer, &named);
		r->all = !answer.cursor.length;
		if (r->all || answer.cursor.length > sizeof(cursor))
			break;
		memcpy(cursor, answer.cursor.at, answer.cursor.length);
		after = (struct str){ cursor, answer.cursor.length };
		arena_wipe(own->arena);
	}
	r->losers = buf_str(&losers);
	return losers.full ? fault(c, fault_arena, "people of a simulation") : 0;
}

static err simulate(struct ctx *c, const struct change *ch, struct rec_admin_change *r)
{
	struct buf words = buf_in(c->arena, ch->will.length + 100);
	struct ctx own = *c;
	err e;

	if (ch->same || ch->setting.kind == setting_text)
		return 0;
	buf_print(&words, "%s=%.*s", ch->setting.name, STR_ARG(ch->will));
	own.arena = arena_open(simulating_room);
	if (words.full || !own.arena)
		return fault(c, fault_memory, "simulation");
	e = simulate_in(c, &own, buf_str(&words), r);
	arena_close(&own.arena);
	if (e < 0 && own.fault.kind)
		c->fault = own.fault;
	return e;
}

static struct str verdict(const struct change *ch)
{
	if (ch->same)
		return STR("same");
	if (ch->kept)
		return STR("page");
	return ch->setting.by_page == by_page_command ? STR("command") : STR("weaker");
}

/* Only what may be changed here is asked a signature for. */
static err options_of(struct walk *w, const struct change *ch, struct rec_admin_change *r)
{
	struct str bytes, challenge;
	err e;

	if (ch->same || !ch->kept || !r->has_key || r->changes_left <= 0)
		return 0;
	if ((e = change_bytes(w->c, ch, &bytes)) ||
		(e = challenge_make(w->c, purpose, bytes, &challenge)))
		return e;
	return passkey_get_options(w->c, challenge, w->account.id, true, &r->options);
}

err serve_admin_weigh(struct ctx *c, const struct op_admin_weigh *in, struct answer *out)
{
	struct rec_admin_change *r = arena_take(c->arena, sizeof(*r));
	struct change change;
	struct walk w;
	err e;

	if (!r)
		return fault(c, fault_arena, "policy");
	if ((e = admin_walk(c, NULL, out, &w)) || (e = info_fresh(&w)) ||
		(e = change_judge(c, in->id, in->value, out, &change)))
		return e;
	*r = (struct rec_admin_change){ .id = str_of(change.setting.id),
		.setting = str_of(change.setting.name),
		.kind = str_of(change.setting.shape),
		.was = change.was,
		.value = change.will,
		.verdict = verdict(&change),
		.has_key = methods_next(w.methods, method_passkey, NULL) != NULL };
	if ((e = throttle_left(c, w.account.id, &admin_pace, &r->changes_left)) ||
		(e = change_command(c, &change, &r->command)) || (e = simulate(c, &change, r)) ||
		(e = options_of(&w, &change, r)))
		return e;
	out->record = r;
	return 0;
}

/* ---- the change ---- */

static struct value list_name(const struct change *ch)
{
	return v_text(str_of(list_rows[ch->setting.list].name));
}

/* What holds beside what is put in or taken out, and the judgement hung on: an empty list means
 * everybody. */
static void hold_list(struct unit *unit, const struct change *ch)
{
	const struct listed *old = ch->old, *new = ch->new;

	if (!old->set.count)
		unit_add(unit, statement_policy_scope_any, 0, WITH(list_name(ch)));
	for (size_t i = 0; i < old->set.count; i++) {
		if (!group_set_has(&new->set, old->ids[i]))
			continue;
		unit_add(unit, statement_policy_scope_has, 1,
			WITH(list_name(ch), v_bytes(old->ids[i])));
		break;
	}
}

/* Only the groups that come and go, each of them: what somebody else did at the same moment stays.
 */
static void put_list(struct unit *unit, const struct change *ch)
{
	const struct listed *old = ch->old, *new = ch->new;

	hold_list(unit, ch);
	for (size_t i = 0; i < old->set.count; i++)
		if (!group_set_has(&new->set, old->ids[i]))
			unit_add(unit, statement_policy_scope_drop, 1,
				WITH(list_name(ch), v_bytes(old->ids[i])));
	for (size_t i = 0; i < new->set.count; i++)
		if (!group_set_has(&old->set, new->ids[i]))
			unit_add(unit, statement_policy_scope_add, 1,
				WITH(list_name(ch), v_bytes(new->ids[i])));
}

/* The value that was judged must still be there: else a larger one, set meanwhile, would be made
 * smaller. */
static err put_rule(struct walk *w, const struct change *ch)
{
	struct value name = v_text(str_of(rule_rows[ch->setting.rule].name));
	struct rows rows;
	int64_t from;
	err e = store_read(w->c, statement_policy_site_any, WITH(name), 1, &rows);

	if (e)
		return e;
	if (rows.count)
		unit_add(&w->unit, statement_policy_site_is, 1, WITH(name, v_number(ch->from)));
	else
		unit_add(&w->unit, statement_policy_site_any, 0, WITH(name));
	e = policy_put_rule(&w->unit, ch->setting.rule, ch->to, NULL, &from, w->out);
	return !e && from != ch->from ? (err)reply_lost_race : e;
}

static struct str shown(struct str value)
{
	size_t length = value.length < shown_limit ? value.length : shown_limit;

	while (length < value.length && length > 0 && (value.at[length] & 0xc0) == 0x80)
		length--;
	return str_upto(value, length);
}

static err tell(struct walk *w, const struct change *ch)
{
	struct pair pairs[7];
	err e = outbox_circumstances(w->c, pairs);

	pairs[3] = (struct pair){ "subject_name", w->account.name };
	pairs[4] = (struct pair){ "setting", str_of(ch->setting.name) };
	pairs[5] = (struct pair){ "was", shown(ch->was) };
	pairs[6] = (struct pair){ "now", shown(ch->will) };
	return e ? e : administrators_tell(&w->unit, STR(""), "policy_changed", pairs, 7);
}

/* Signature, change, trace, messages and count are one unit: all of it, once, or nothing. */
static err commit(struct walk *w, const struct change *ch)
{
	const struct audit_about by = { .account = w->account.id, .actor = actor_self };
	err e = 0;

	w->unit = unit_begin(w->c);
	throttle_give_back(&w->unit, &w->try);
	streak_clear(&w->unit, &w->try, str_of(method_name(method_passkey)));
	passkey_use(w);
	throttle_once(&w->unit, w->account.id, &admin_pace);
	if (ch->setting.kind == setting_list)
		put_list(&w->unit, ch);
	else
		e = put_rule(w, ch);
	if (e || (e = policy_note(&w->unit, by, ch->setting.name, NULL, ch->was, ch->will)) ||
		(e = tell(w, ch)))
		return e;
	return unit_commit(&w->unit);
}

static err refuse(struct answer *out, const char *words)
{
	out->words = str_of(words);
	return reply_refused;
}

/* May it be made here at all, and was the signature asked for it, for this session, a moment ago?
 */
static err check(struct walk *w, const struct op_admin_change *in, struct change *ch)
{
	struct str bytes;
	int64_t left;
	err e;

	if ((e = change_judge(w->c, in->id, in->value, w->out, ch)))
		return e;
	if (ch->same)
		return reply_already;
	if (!ch->kept || ch->setting.kind == setting_text)
		return refuse(w->out, "admin_weaker");
	if ((e = throttle_left(w->c, w->account.id, &admin_pace, &left)))
		return e;
	if (left <= 0)
		return refuse(w->out, "admin_many");
	if ((e = change_bytes(w->c, ch, &bytes)))
		return e;
	return challenge_holds(w->c, purpose, bytes, in->challenge) ? 0
								    : refuse(w->out, "admin_stale");
}

err serve_admin_change(struct ctx *c, const struct op_admin_change *in, struct answer *out)
{
	struct change change;
	struct walk w;
	err e;

	if ((e = admin_walk(c, "proof", out, &w)) || (e = check(&w, in, &change)))
		return e;
	w.wanted = method_passkey;
	out->words = STR("passkey_wrong");
	if ((e = proof_count(&w, true)) || (e = passkey_match(&w, PASSKEY_ANSWER(in), true)))
		return e;
	out->words = STR("");
	return commit(&w, &change);
}
