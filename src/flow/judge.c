/* The comparisons. Each secret is compared once, outside guards, in constant time, after its try
 * was spent; what it said comes into the table as the event `verdict`. */
#include "flow/inside.h"
#include "flow/passkey.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "policy/brand.h"
#include "policy/password.h"
#include "policy/work.h"

#include <stdatomic.h>

static err match_totp(struct ctx *c, const struct method *m, const struct secret *typed,
	bool *right, int64_t *step)
{
	struct secret *seed;
	err e;

	if ((e = totp_seed_open(c, m->account, m->id, m->seed, &seed)))
		return e;
	e = totp_match(c, seed, typed, c->now, m->floor, step);
	*right = e == 0;
	return e == reply_wrong ? 0 : e;
}

static err match_recovery(struct walk *w, const struct method *m, const struct secret *typed,
	bool *right, int64_t *slot)
{
	uint8_t mac[digest_size];
	struct rows rows;
	err e;

	digest_keyed(w->c->keys, key_code, m->id, secret_show(typed), mac);
	if ((e = store_read(w->c, statement_recovery_codes, WITH(v_bytes(m->id)), 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		if (!bytes_same(
			    row_str(&rows, i, 1), (struct str){ (const char *)mac, sizeof(mac) }))
			continue;
		*right = true;
		*slot = row_number(&rows, i, 0);
		w->matched_mac = row_str(&rows, i, 1);
	}
	return 0;
}

err code_match(struct walk *w, enum method_kind kind, const struct secret *typed)
{
	w->matched = NULL;
	for (const struct method *m = NULL; (m = methods_next(w->methods, kind, m));) {
		bool right = false;
		int64_t found = 0;
		err e = kind == method_totp ? match_totp(w->c, m, typed, &right, &found)
					    : match_recovery(w, m, typed, &right, &found);

		if (e)
			return e;
		if (right) {
			w->matched = m;
			w->matched_at = found;
		}
	}
	return w->matched ? 0 : (err)reply_wrong;
}

static err replace_recovery(struct walk *w, struct secret **next)
{
	struct ctx *c = w->c;
	struct str set = w->matched->id;
	uint8_t *mac = arena_take(c->arena, mac_size);
	struct secret *canonical;
	err e;

	if (!mac)
		return fault(c, fault_arena, "recovery code");
	if ((e = recovery_code_make(c, next)) ||
		(e = code_canonical(c, method_recovery_code, *next, &canonical)))
		return e;
	digest_keyed(c->keys, key_code, set, secret_show(canonical), mac);
	unit_add(&w->unit, statement_recovery_code_replace, 1,
		WITH(v_bytes(set), v_number(w->matched_at), v_bytes(w->matched_mac),
			v_bytes((struct str){ (const char *)mac, mac_size })));
	unit_add(&w->unit, statement_method_used, 1, WITH(v_bytes(set), v_number(c->now)));
	return 0;
}

err code_use(struct walk *w, struct secret **next)
{
	*next = NULL;
	if (w->matched->kind == method_recovery_code)
		return replace_recovery(w, next);
	if (w->matched->kind == method_passkey) {
		passkey_use(w);
		return 0;
	}
	unit_add(&w->unit, statement_totp_used, 1,
		WITH(v_bytes(w->matched->id), v_number(w->c->now), v_number(w->matched_at)));
	return 0;
}

static bool mailed_code_right(const struct walk *w, const struct secret *code)
{
	uint8_t mac[digest_size];

	digest_keyed(w->c->keys, key_code, w->flow.id, secret_show(code), mac);
	return w->flow.code.length && w->flow.code_expires > w->c->now &&
	       bytes_same(w->flow.code, (struct str){ (const char *)mac, sizeof(mac) });
}

/* After the try was spent: may anything be compared? */
static err may_judge(struct walk *w, bool *may)
{
	err e;

	*may = false;
	if (!w->known)
		return 0;
	if ((e = throttle_judged(w->c, &w->try, may)) || !*may)
		return e;
	*may = !w->account.frozen;
	return *may ? streak_judged(w->c, &w->try, w->flow.method, may) : 0;
}

static err judge(struct walk *w, enum method_kind kind, const struct secret *code)
{
	bool may;
	err e;

	w->right = false;
	if ((e = may_judge(w, &may)) || !may)
		return e;
	if (kind == method_mail) {
		w->right = mailed_code_right(w, code);
		return 0;
	}
	e = code_match(w, kind, code);
	w->right = e == 0;
	return e == reply_wrong ? 0 : e;
}

static err refuse_form(struct walk *w, const char *words)
{
	w->out->field = STR("code");
	w->out->words = str_of(words);
	return reply_refused;
}

/* What was compared came to nothing: the flow must not stay where nobody compares any more. Where
 * not even that can be written now, the house does it when the store takes it. */
static err cut_short(struct walk *w, err e)
{
	struct fault first = w->c->fault;
	err recalled = flow_step(w, on_recall);

	if (recalled < 0)
		atomic_store(&w->c->site->recall, true);
	w->c->fault = first;
	return e;
}

/* e: of the comparison. What it said goes into the table. */
static err verdict(struct walk *w, err e, const char *wrong)
{
	if (e < 0)
		return cut_short(w, e);
	e = flow_step(w, on_verdict);
	if (e < 0 || e == reply_lost_race)
		return cut_short(w, e);
	if (e == reply_again)
		w->out->words = str_of(wrong);
	return e;
}

static err judge_passkey(struct walk *w, const struct passkey_answer *in)
{
	bool may;
	err e;

	w->right = false;
	if ((e = may_judge(w, &may)) || !may)
		return e;
	e = passkey_match(w, in, false);
	w->right = e == 0;
	return e == reply_wrong ? 0 : e;
}

err flow_assert(struct walk *w, const struct passkey_answer *in)
{
	err e;

	if (!str_is(w->flow.method, method_name(method_passkey)))
		return (err)flow_where(w);
	if ((e = challenge_check(w->c, "flow", w->flow.id, in->challenge, w->out)))
		return e;
	if ((e = flow_step(w, on_answer)) != reply_again || w->state != state_judging)
		return e;
	w->out->field = STR("passkey");
	return verdict(w, judge_passkey(w, in), "passkey_wrong");
}

err flow_answer(struct walk *w, struct secret *typed)
{
	enum method_kind kind;
	struct secret *code;
	err e;

	if (!method_of(w->flow.method, &kind))
		return fault(
			w->c, fault_flow, "a flow asks for a way that this version does not know");
	/* A form that no code can have costs no try, whoever types it. */
	if ((e = code_canonical(w->c, kind, typed, &code)))
		return e > 0 ? refuse_form(w, "code_malformed") : e;
	e = flow_step(w, on_answer);
	if (e != reply_again || w->state != state_judging)
		return e;
	return verdict(w, judge(w, kind, code), "code_wrong");
}

enum { names_most = 24 };

/* What a thief tries first: what the person is called,
 * where mail finds them, and where they work. */
struct names {
	struct str at[names_most];
	size_t count;
};

static void add_name(struct names *names, struct str name)
{
	if (name.length && names->count < names_most)
		names->at[names->count++] = name;
}

static err gather_names(struct walk *w, struct names *names)
{
	const struct account *a = &w->account;
	const struct str own[] = { a->name, a->display_name, a->given_name, a->surname, a->reading,
		a->upn, a->mail, a->employee_id, w->c->conf->organisation };
	struct rows brand;
	err e;

	names->count = 0;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		add_name(names, own[i]);
	for (const struct method *m = NULL; (m = methods_next(w->methods, method_mail, m));)
		add_name(names, m->address);
	if ((e = brand_words(w->c, &brand)))
		return e;
	for (size_t i = 0; i < brand.count; i++)
		if (str_is(row_str(&brand, i, 0), "organisation"))
			add_name(names, row_str(&brand, i, 2));
	return 0;
}

static err accept(struct walk *w, struct secret *typed)
{
	struct ctx *c = w->c;
	struct password_rules rules = { .most = 256,
		.words = c->conf->organisation_words.at,
		.word_count = c->conf->organisation_words.count };
	struct names names;
	struct secret *normal;
	err e = gather_names(w, &names);

	if (!e && w->table == &flow_signin)
		e = rules_of(c, w->account.id, &w->rules);
	if (e)
		return e;
	rules.least = w->rules.value[rule_password_min];
	e = password_judge(
		c, typed, &rules, names.at, names.count, &normal, &w->out->words, &w->out->number);
	if (e > 0) {
		w->out->field = STR("password");
		return reply_rules;
	}
	return e ? e : account_hash(c, &w->account, normal, &w->stored);
}

err password_is_current(
	struct ctx *c, const struct account *account, struct secret *typed, bool *same)
{
	struct secret *normal;
	bool stale;
	err e = password_normal(c, typed, &normal);

	*same = false;
	if (e || !account->password.length)
		return e < 0 ? e : 0;
	e = account_verify(c, account, normal, &stale);
	*same = e == 0;
	return e == reply_wrong ? 0 : e;
}

/* A password that must be changed is changed to another one; after a reset nobody asks. */
static err same_again(struct walk *w, struct secret *typed, bool *same)
{
	err e;

	*same = false;
	if (w->state != state_must_change)
		return 0;
	if ((e = password_is_current(w->c, &w->account, typed, same)) || !*same)
		return e;
	w->out->field = STR("password");
	w->out->words = STR("password_same");
	return 0;
}

err flow_judge_password(struct walk *w, struct secret *typed)
{
	bool same;
	err e;

	w->rules_met = false;
	if (w->state != state_proven && w->state != state_must_change)
		return 0; /* nothing to judge: the step will say where the flow stands */
	e = accept(w, typed);
	if (e == reply_rules)
		return 0;
	/* Last, so that a guess that breaks a rule learns nothing of the password in force. */
	if (e || (e = same_again(w, typed, &same)))
		return e;
	w->rules_met = !same;
	return 0;
}
