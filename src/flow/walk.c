/* What is known when a flow takes a step: the flow, the account behind it, what it could do. */
#include "flow/inside.h"
#include "flow/passkey.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "model/name.h"
#include "store/records.h"

static err mail_open(struct walk *w)
{
	err e;

	for (const struct method *m = NULL; (m = methods_next(w->methods, method_mail, m));) {
		bool open;

		if ((e = sending_open(w->c, m->channel, &open)))
			return e;
		w->mail_open |= open;
	}
	return 0;
}

static err pass_open(struct walk *w)
{
	struct rows rows;
	err e = store_one(w->c, statement_pass_load, WITH(v_bytes(w->account.id)), &rows);

	if (e == reply_not_found)
		return 0;
	if (e)
		return e;
	w->pass_open = row_number(&rows, 0, 1) > w->c->now && row_number(&rows, 0, 2) > 0;
	w->pass_mac = row_str(&rows, 0, 0);
	return 0;
}

/* Of a way that the rules do not let count nothing is sent, and it proves nothing. What is left
 * says how many proofs are needed. */
static err bar_methods(struct walk *w)
{
	struct method *kept = arena_take(w->c->arena, (w->methods.count + 1) * sizeof(*kept));
	size_t count = 0;

	if (!kept)
		return fault(w->c, fault_arena, "methods");
	for (size_t i = 0; i < w->methods.count; i++)
		if (rules_allow(&w->rules, w->methods.at[i].kind))
			kept[count++] = w->methods.at[i];
	w->every = w->methods;
	w->methods = (struct methods){ kept, count };
	w->proofs_needed = (size_t)rules_needed(&w->rules, w->methods, &w->grace_until);
	return 0;
}

static err rules(struct walk *w)
{
	err e = rules_of(w->c, w->known ? w->account.id : STR_NONE, &w->rules);

	w->proofs_needed = (size_t)w->rules.value[rule_proofs_to_reset];
	return e || w->table != &flow_recover ? e : rules_shown(w->c, w->offered);
}

size_t walk_ways(const struct walk *w)
{
	size_t count = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		if (rules_allow(&w->rules, kind))
			count += methods_worth(w->methods, kind);
	return count;
}

/* Facts that guards look at, read once before the step. */
static err facts(struct walk *w, const char *throttle)
{
	err e;

	if ((e = place_of(w->c, &w->place)) || (w->table != &flow_signin && (e = rules(w))))
		return e;
	if (!w->known)
		return 0;
	if (!throttle)
		return methods_load(w->c, w->account.id, &w->methods);
	w->try = (struct try){ .account = w->account.id, .kind = throttle };
	if (w->table == &flow_recover && w->rules.value[rule_profile] == profile_entra)
		w->try.most = proofs_a_day_entra;
	if ((e = methods_load(w->c, w->account.id, &w->methods)) ||
		(w->table == &flow_recover && (e = bar_methods(w))) ||
		(e = device_familiar(w->c, w->account.id, &w->try.familiar)) ||
		(e = throttle_open(w->c, &w->try, &w->try_open)) ||
		(w->table == &flow_recover && (e = mail_open(w))) ||
		(w->table == &flow_signin && (e = pass_open(w))))
		return e;
	/* Of a machine that many people use, nothing vouches for who sits before it. */
	w->trusted = str_is(w->c->conf->reason_disclosure, "proved") && !w->place.kiosk &&
		     (w->try.familiar ||
			     network_has(w->c->conf->trusted_networks, w->c->request->address));
	return 0;
}

/* Unknown, unclear and unusable names are nobody. */
static err find(struct walk *w, struct str name)
{
	struct str canonical;
	err e = name_canonical(w->c, name, &canonical);

	if (e == 0)
		e = account_named(w->c, canonical, &w->account);
	w->known = e == 0;
	return e < 0 ? e : 0;
}

static err begin(struct ctx *c, const struct flow_table *table, struct str name, struct walk *w)
{
	*w = (struct walk){ .c = c, .table = table, .state = state_begun };
	w->flow = (struct flow){
		.id = id_make(c),
		.kind = str_of(table->kind),
		.name = str_trim(name),
		.language = c->request->language,
		.state = str_of(state_name(state_begun)),
		.method = str_of(method_name(method_mail)),
		.created = c->now,
		.expires = c->now + c->conf->recover_lifetime,
		.tries = tries_a_challenge,
	};
	return w->flow.id.at ? 0 : fault(c, fault_arena, "flow");
}

/* Whoever was found, or nobody. */
static err begun(struct walk *w)
{
	err e;

	if (w->known)
		w->flow.account = w->account.id;
	if ((e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))
		return e;
	return facts(w, w->table == &flow_signin ? "signin" : "proof");
}

err walk_begin(struct ctx *c, const struct flow_table *table, struct str name, struct answer *out,
	struct walk *w)
{
	err e;

	if ((e = begin(c, table, name, w)))
		return e;
	w->out = out;
	return (e = find(w, name)) ? e : begun(w);
}

err walk_begin_key(struct ctx *c, const struct flow_table *table, struct str credential,
	struct answer *out, struct walk *w)
{
	struct str account;
	err e;

	if ((e = begin(c, table, STR(""), w)))
		return e;
	w->out = out;
	w->by_key = true;
	if ((e = passkey_owner(c, credential, &account)) == 0)
		e = account_load(c, account, &w->account);
	w->known = e == 0;
	if (e < 0)
		return e;
	if (w->known)
		w->flow.name = w->account.name;
	return begun(w);
}

err walk_signed_in(struct ctx *c, const struct flow_table *table, const char *throttle,
	struct answer *out, struct walk *w)
{
	*w = (struct walk){
		.c = c, .out = out, .table = table, .state = state_begun, .known = true
	};
	w->account = c->who->owner;
	w->flow = (struct flow){
		.id = id_make(c), .kind = str_of(table->kind), .account = c->who->account
	};
	if (!w->flow.id.at)
		return fault(c, fault_arena, "flow");
	return facts(w, throttle);
}

static bool state_of(struct str name, enum flow_state *out)
{
	for (enum flow_state state = 0; state < state_count; state++) {
		if (str_is(name, state_name(state))) {
			*out = state;
			return true;
		}
	}
	return false;
}

err walk_load(struct ctx *c, const struct flow_table *table, struct answer *out, struct walk *w)
{
	struct str mac;
	err e;

	*w = (struct walk){ .c = c, .out = out, .table = table };
	if (!c->request->flow)
		return reply_begin;
	if ((e = token_mac(c, "flow", c->request->flow, &mac)))
		return e;
	e = flow_load(c, mac, &w->flow);
	if (e == reply_not_found || (e == 0 && !str_is(w->flow.kind, table->kind)))
		return reply_begin;
	if (e)
		return e;
	if (!state_of(w->flow.state, &w->state))
		return fault(c, fault_flow, "a flow is in a state that this version does not know");
	if (w->flow.account.at) {
		e = account_load(c, w->flow.account, &w->account);
		w->known = e == 0;
		if (e < 0)
			return e;
	}
	if ((e = facts(w, "proof")))
		return e;
	if (w->flow.expires <= c->now && state_life(w->state) == life_open)
		return flow_step(w, on_expire);
	return 0;
}

err walk_note(struct walk *w, enum event event, bool success, const char *reason)
{
	struct audit_about about = {
		.account = w->known ? w->account.id : STR_NONE,
		.failure = !success,
		.reason = reason ? str_of(reason) : STR(""),
		.actor = actor_self,
	};
	err e;

	if ((e = support_code(w->c, w->flow.id, &about.support)))
		return e;
	return audit_add(&w->unit, event, &about);
}

static err kinds_text(struct walk *w, const bool kinds[method_kind_count], struct str *out)
{
	struct buf b = buf_in(w->c->arena, 80);

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		if (!kinds[kind])
			continue;
		if (b.length)
			buf_char(&b, '|');
		buf_add(&b, str_of(method_name(kind)));
	}
	if (b.full)
		return fault(w->c, fault_arena, "ways");
	*out = buf_str(&b);
	return 0;
}

/* Passkeys are not offered to one who has none: a browser's own window would ask in vain. */
static bool serves_signin(const struct walk *w, enum method_kind kind)
{
	return kind != method_mail &&
	       (kind != method_passkey || methods_next(w->methods, method_passkey, NULL));
}

/* The ways that policy allows, and of them those that this flow has not used: the same for
 * everybody. At sign-in policy takes no second proof away, and mail is none (NIST SP
 * 800-63B-4 3.1.3.1). */
static err ways(struct walk *w, struct rec_flow_page *page)
{
	bool offered[method_kind_count], left[method_kind_count];
	err e;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		offered[kind] =
			w->table == &flow_signin ? serves_signin(w, kind) : w->offered[kind];
		left[kind] = offered[kind] && !proofs_have(w->flow.proofs, kind);
	}
	if ((e = kinds_text(w, offered, &page->offered)))
		return e;
	return kinds_text(w, left, &page->ways);
}

/* An app is at hand soonest, paper for everybody, mail where it is left. */
bool walk_next(const struct walk *w, bool also_lost, enum method_kind *out)
{
	static const enum method_kind order[method_kind_count] = { method_totp,
		method_recovery_code, method_mail, method_passkey };

	for (size_t i = 0; i < method_kind_count; i++) {
		*out = order[i];
		if ((w->table == &flow_signin ? serves_signin(w, *out) : w->offered[*out]) &&
			!str_is(w->flow.method, method_name(*out)) &&
			!proofs_have(w->flow.proofs, *out) &&
			(also_lost || !proofs_have(w->flow.lost, *out)))
			return true;
	}
	return false;
}

err flow_lost(struct walk *w)
{
	err e;

	if (w->state != state_asked)
		return (err)flow_where(w);
	if ((e = flow_step(w, on_lost)) < 0 || e == (err)reply_lost_race)
		return e;
	return walk_next(w, false, &w->wanted) ? flow_step(w, on_method) : (err)flow_where(w);
}

/* Before a first proof no key is named: the list is empty for every name. */
static err passkey_asked(struct walk *w, struct rec_flow_page *page)
{
	bool named = w->known && (w->flow.real || w->table == &flow_signin);
	struct str challenge;
	err e;

	if (w->state != state_asked || !str_is(w->flow.method, method_name(method_passkey)))
		return 0;
	if ((e = challenge_make(w->c, "flow", w->flow.id, &challenge)))
		return e;
	return passkey_get_options(
		w->c, challenge, named ? w->account.id : STR_NONE, false, &page->options);
}

/* The new recovery code is shown from the proof to the end of the flow. */
static err reissued(struct walk *w, struct rec_flow_page *page)
{
	err e;

	if (!w->flow.reissued.length || w->state == state_shut)
		return 0;
	e = unseal(w->c, key_seal, w->flow.id, w->flow.reissued, &page->reissued);
	return e == reply_wrong ? fault(w->c, fault_crypto, "a reissued code does not open") : e;
}

static int64_t step_now(const struct walk *w, int64_t steps)
{
	if (w->state == state_proven || w->state == state_must_change || w->state == state_done)
		return steps;
	if (w->table == &flow_signin)
		return w->state == state_asked ? 2 : 1;
	return (int64_t)proofs_count(w->flow.proofs) + 1;
}

/* Before a real proof it says what everybody is told. */
static int64_t steps_of(const struct walk *w)
{
	if (w->table == &flow_signin)
		return w->account.must_change ? 3 : 2;
	return (w->flow.real ? (int64_t)w->proofs_needed : w->rules.proofs_shown) + 1;
}

err flow_page(struct walk *w, err reply)
{
	struct rec_flow_page *page = arena_take(w->c->arena, sizeof(*page));
	err e;

	if (reply < 0)
		return reply;
	if (!page)
		return fault(w->c, fault_arena, "page");
	page->reply = str_of(reply_name(flow_where(w)));
	page->steps = steps_of(w);
	page->step = step_now(w, page->steps);
	page->shown_name = w->flow.name;
	page->method = w->flow.method;
	page->tries_left = w->flow.tries;
	page->expires = w->flow.expires;
	page->can_extend = !w->flow.extended;
	page->reason = w->flow.reason;
	page->lost = w->flow.lost;
	if (w->flow.real)
		page->grace_until = w->grace_until;
	/* One's own, once a proof was real or, at sign-in, a password was judged. */
	if (w->flow.real || w->table == &flow_signin)
		page->password_min = w->rules.value[rule_password_min];
	if ((e = ways(w, page)) || (e = reissued(w, page)) || (e = passkey_asked(w, page)) ||
		(w->flow.id.at && (e = support_code(w->c, w->flow.id, &w->out->support))))
		return e;
	/* A flow without a row has no token to keep: the browser's own flow, if any, goes on. */
	if (!w->flow.stored)
		w->out->flow = NULL;
	w->out->record = page;
	/* Of a refused password the number says the least length. */
	if (reply == reply_again)
		w->out->number = w->flow.tries;
	if (w->flow.stored && state_life(w->state) == life_shut)
		w->out->end_flow = reply != reply_contact_desk && reply != reply_password_done;
	return reply;
}
