/* Security information: what a person sees of it, proves again for it, renames and deletes. */
#include "people/security_info.h"
#include "flow/passkey.h"
#include "people/admin.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "outbox/outbox.h"
#include "policy/password.h"
#include "store/records.h"

#include <string.h>

err info_fresh(struct walk *w)
{
	const struct session *who = w->c->who;

	if (!session_fresh(who, w->c->now))
		return reply_prove_first;
	return who->level < 2 && methods_have_second(w->methods) ? reply_prove_first : 0;
}

err info_tell(struct walk *w, const char *message, const struct method *m)
{
	struct pair pairs[5];
	size_t told;
	err e;

	if ((e = outbox_circumstances(w->c, pairs)))
		return e;
	pairs[3] = (struct pair){ "kind", str_of(method_name(m->kind)) };
	pairs[4] = (struct pair){ "label", m->label };
	return outbox_notice(&w->unit, &w->account, w->methods, message, pairs, 5, STR_NONE, &told);
}

err info_unheard(struct ctx *c, const struct rules *rules, const struct account *account,
	struct methods methods, bool *yes)
{
	bool gave = !rules_allow(rules, method_mail);
	size_t count = 0;
	err e = outbox_addresses(c, account, methods, &count);

	for (size_t i = 0; i < methods.count; i++)
		gave |= methods.at[i].kind == method_mail &&
			!str_is(methods.at[i].state, "pending");
	*yes = !gave && count < 2;
	return e;
}

void info_complete(struct walk *w)
{
	struct value account = v_bytes(w->account.id);

	unit_add(&w->unit, statement_registration_make, any_rows, WITH(account));
	unit_add(&w->unit, statement_registration_confirm, 1, WITH(account, v_number(w->c->now)));
	unit_add(&w->unit, statement_registration_done, any_rows, WITH(account));
}

err info_label(
	struct ctx *c, struct str typed, struct str fallback, struct answer *out, struct str *label)
{
	struct str s = str_trim(typed);
	bool good = utf8_count(s) <= label_points_most;

	(void)c;
	*label = s.length ? s : fallback;
	for (size_t at = 0; at < s.length;)
		good &= !point_steers(utf8_next(s, &at));
	if (good)
		return 0;
	out->field = STR("label");
	out->words = STR("label_malformed");
	return reply_refused;
}

err info_row(struct ctx *c, const struct method *m, struct rec_method_row *row)
{
	struct rows left;
	err e;

	*row = (struct rec_method_row){
		.kind = str_of(method_name(m->kind)),
		.label = m->label.length ? m->label : m->address,
		.created = m->created,
		.last_used = m->last_used,
		.state = m->state,
		.counts_from = m->counts_from,
	};
	if (m->kind == method_recovery_code) {
		if ((e = store_one(c, statement_recovery_codes_left, WITH(v_bytes(m->id)), &left)))
			return e;
		row->left = row_number(&left, 0, 0);
	}
	return id_text(c, m->id, &row->id);
}

err info_rows(struct ctx *c, struct methods methods, struct answer *out)
{
	struct rec_method_row *rows = arena_take(c->arena, (methods.count + 1) * sizeof(*rows));
	err e;

	if (!rows)
		return fault(c, fault_arena, "methods");
	for (size_t i = 0; i < methods.count; i++)
		if (!str_is(methods.at[i].state, "pending") &&
			(e = info_row(c, &methods.at[i], &rows[out->item_count++])))
			return e;
	out->items = rows;
	return 0;
}

/* A set of recovery codes is for paper at home, not for a machine that many people use. */
bool info_may_add(const struct walk *w, enum method_kind kind)
{
	return rules_allow(&w->rules, kind) && !(w->place.kiosk && kind == method_recovery_code);
}

/* "mail|totp": what may be registered. */
static err may_add(struct walk *w, struct str *out)
{
	struct buf b = buf_in(w->c->arena, 80);

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		if (!info_may_add(w, kind))
			continue;
		if (b.length)
			buf_char(&b, '|');
		buf_add(&b, str_of(method_name(kind)));
	}
	*out = buf_str(&b);
	return b.full ? fault(w->c, fault_arena, "ways") : 0;
}

static struct str prove_by(struct methods methods)
{
	if (methods_next(methods, method_passkey, NULL))
		return STR("passkey|totp|recovery_code");
	return methods_have_second(methods) ? STR("totp|recovery_code") : STR("password");
}

/* To prove it by a passkey, where there is one. */
static err prove_options(struct walk *w, struct str *out)
{
	struct str challenge;
	err e;

	if (!methods_next(w->methods, method_passkey, NULL))
		return 0;
	if ((e = challenge_make(w->c, "session", w->c->who->id, &challenge)))
		return e;
	return passkey_get_options(w->c, challenge, w->account.id, false, out);
}

static err info_record(struct walk *w)
{
	struct ctx *c = w->c;
	struct rec_info *r = arena_take(c->arena, sizeof(*r));
	struct rows rows;
	int64_t until;
	err e;

	if (!r)
		return fault(c, fault_arena, "info");
	if ((e = store_read(c, statement_info_load, WITH(v_bytes(w->account.id)), 1, &rows)))
		return e;
	if (rows.count == 0) /* taken out meanwhile */
		return reply_sign_in_first;
	*r = (struct rec_info){
		.shown_name = w->account.name,
		.signed_in = c->who->created,
		.expires = c->who->expires,
		.password_set = w->account.password_changed,
		.frozen = w->account.frozen != 0,
		.fresh = info_fresh(w) == 0,
		.complete = (int64_t)walk_ways(w) >= rules_to_register(&w->rules),
		.password_min = w->rules.value[rule_password_min],
		.sessions = row_number(&rows, 0, 0),
		.asked_first = str_of(method_name(methods_first(w->methods, row_str(&rows, 0, 1)))),
		.needs_old = change_needs_old(c),
		.administrator = admin_sees(w),
		.prove_by = prove_by(w->methods),
	};
	if (rules_needed(&w->rules, w->methods, &until) < w->rules.value[rule_proofs_to_reset])
		r->grace_until = until;
	if ((e = may_add(w, &r->may_add)) || (e = prove_options(w, &r->options)) ||
		(e = info_late(c, &w->account, w->methods, &r->late)))
		return e;
	r->notice = row_str(&rows, 0, 2);
	r->notice_at = row_number(&rows, 0, 3);
	w->out->record = r;
	return 0;
}

/* A banner was seen: it need not be said again. */
static err banner_seen(struct walk *w)
{
	const struct rec_info *r = w->out->record;
	struct unit unit = unit_begin(w->c);

	if (!r->notice.length)
		return 0;
	unit_add(&unit, statement_banner_drop, any_rows, WITH(v_bytes(w->account.id)));
	return unit_commit(&unit);
}

err serve_info_show(struct ctx *c, const struct op_info_show *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = walk_signed_in(c, &flow_register, NULL, out, &w)) || (e = info_record(&w)) ||
		(e = info_rows(c, w.methods, out)))
		return e;
	return banner_seen(&w);
}

/* ---- prove it again ---- */

static err prove_password(struct walk *w, const struct secret *typed)
{
	struct secret *normal;
	bool stale;
	err e = password_normal(w->c, typed, &normal);

	if (e)
		return e < 0 ? e : (err)reply_wrong;
	return account_verify(w->c, &w->account, normal, &stale);
}

static err prove_code(struct walk *w, enum method_kind kind, const struct secret *typed)
{
	struct secret *code;
	err e = code_canonical(w->c, kind, typed, &code);

	if (e)
		return e < 0 ? e : (err)reply_wrong;
	return code_match(w, kind, code);
}

static err spend(struct walk *w, bool code)
{
	err e;

	w->unit = unit_begin(w->c);
	if (code)
		streak_spend(&w->unit, &w->try, str_of(method_name(w->wanted)));
	if ((e = throttle_spend(&w->unit, &w->try)))
		return e;
	return unit_commit(&w->unit);
}

/* Of a recovery code: the one that takes its place. */
static err use_code(struct walk *w)
{
	struct rec_proved *record = arena_take(w->c->arena, sizeof(*record));

	if (!record)
		return fault(w->c, fault_arena, "proved");
	w->out->record = record;
	streak_clear(&w->unit, &w->try, str_of(method_name(w->wanted)));
	return code_use(w, &record->reissued);
}

err proof_take(struct walk *w, bool code)
{
	struct str mac;
	err e;

	w->unit = unit_begin(w->c);
	throttle_give_back(&w->unit, &w->try);
	if (code && (e = use_code(w)))
		return e;
	if ((e = token_mint(w->c, "session", &w->out->session, &mac)))
		return e;
	unit_add(&w->unit, statement_session_proved, 1,
		WITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now),
			v_number(code ? 2 : w->c->who->level),
			v_text(code ? str_of(method_name(w->wanted)) : STR("password"))));
	if ((e = walk_note(w, event_signin, true, "Proved again")))
		return e;
	return unit_commit(&w->unit);
}

err proof_count(struct walk *w, bool code)
{
	bool may;
	err e;

	if (w->account.frozen || !w->try_open)
		return reply_wrong;
	if ((e = spend(w, code)))
		return e == reply_lost_race ? (err)reply_wrong : e;
	if ((e = throttle_judged(w->c, &w->try, &may)) || !may)
		return e ? e : (err)reply_wrong;
	if (code &&
		((e = streak_judged(w->c, &w->try, str_of(method_name(w->wanted)), &may)) || !may))
		return e ? e : (err)reply_wrong;
	return 0;
}

err serve_info_prove(struct ctx *c, const struct op_info_prove *in, struct answer *out)
{
	bool code = !str_is(in->how, "password");
	struct walk w;
	err e;

	if ((e = walk_signed_in(c, &flow_register, code ? "proof" : "signin", out, &w)))
		return e;
	/* Where the account has a second way, the password alone proves too little. */
	if (code ? !method_of(in->how, &w.wanted) : methods_have_second(w.methods))
		return reply_not_allowed;
	out->field = STR("code");
	out->words = code ? STR("code_wrong") : STR("password_wrong");
	if ((e = proof_count(&w, code)))
		return e;
	e = code ? prove_code(&w, w.wanted, in->code) : prove_password(&w, in->code);
	if (e)
		return e;
	if ((e = proof_take(&w, code)))
		out->record = NULL;
	return e == reply_lost_race ? (err)reply_wrong : e;
}

/* ---- asked first at sign-in ---- */

err serve_info_default(struct ctx *c, const struct op_info_default *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_signed_in(c, &flow_register, NULL, out, &w)) || (e = info_fresh(&w)))
		return e;
	if (!method_of(in->kind, &w.wanted) || !methods_next(w.methods, w.wanted, NULL))
		return reply_not_found;
	w.unit = unit_begin(c);
	unit_add(&w.unit, statement_registration_make, any_rows, WITH(v_bytes(w.account.id)));
	unit_add(&w.unit, statement_registration_default, 1,
		WITH(v_bytes(w.account.id), v_text(in->kind)));
	if ((e = walk_note(&w, event_info_default, true, method_name(w.wanted))))
		return e;
	return unit_commit(&w.unit);
}

/* ---- rename, delete ---- */

static const struct method *method_by(struct walk *w, struct str id_hex)
{
	struct str id;

	if (!id_take(w->c, id_hex, &id))
		return NULL;
	for (size_t i = 0; i < w->methods.count; i++)
		if (str_same(w->methods.at[i].id, id))
			return &w->methods.at[i];
	return NULL;
}

static err load(struct ctx *c, struct str id_hex, struct answer *out, struct walk *w,
	const struct method **m)
{
	err e;

	if ((e = walk_signed_in(c, &flow_register, "proof", out, w)) || (e = info_fresh(w)))
		return e;
	*m = method_by(w, id_hex);
	w->unit = unit_begin(c);
	return *m ? 0 : (err)reply_not_found;
}

err serve_info_rename(struct ctx *c, const struct op_info_rename *in, struct answer *out)
{
	const struct method *m;
	struct walk w;
	err e;

	if ((e = load(c, in->id, out, &w, &m)) ||
		(e = info_label(c, in->label, m->label, out, &w.label)))
		return e;
	unit_add(&w.unit, statement_method_rename, 1,
		WITH(v_bytes(m->id), v_bytes(w.account.id), v_text(w.label)));
	if ((e = walk_note(&w, event_info_updated, true, method_name(m->kind))))
		return e;
	return unit_commit(&w.unit);
}

/* Would the account, without this method, have fewer proofs than policy needs, when it has them
 * now? A passkey that verifies its user is two of them. */
static err needed(const struct walk *w, const struct method *gone, bool *yes)
{
	struct walk rest = { .rules = w->rules };
	err e = methods_without(w->c, w->methods, gone, &rest.methods);

	*yes = e == 0 && walk_ways(w) >= w->proofs_needed && walk_ways(&rest) < w->proofs_needed;
	return e;
}

err serve_info_delete(struct ctx *c, const struct op_info_delete *in, struct answer *out)
{
	const struct method *m;
	bool last;
	struct walk w;
	err e;

	if ((e = load(c, in->id, out, &w, &m)) || (e = needed(&w, m, &last)))
		return e;
	if (last)
		return reply_last_one;
	unit_add(&w.unit, statement_method_delete, 1, WITH(v_bytes(m->id), v_bytes(w.account.id)));
	if (!str_is(m->state, "pending"))
		resets_end(&w.unit, w.account.id, STR(""));
	/* Told to all addresses as they were, the one that goes among them. */
	if (!str_is(m->state, "pending") &&
		((e = info_tell(&w, "method_removed", m)) ||
			(e = walk_note(&w, event_info_deleted, true, method_name(m->kind)))))
		return e;
	return unit_commit(&w.unit);
}
