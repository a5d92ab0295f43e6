/* A new password for a person who is signed in, and "this was not me". */
#include "people/security_info.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "outbox/outbox.h"
#include "policy/password.h"
#include "store/records.h"

/* A second way within five minutes stands for the old password; a one-time pass does not. */
bool change_needs_old(const struct ctx *c)
{
	return c->who->level < 2 || c->who->by_pass || !session_fresh(c->who, c->now);
}

static bool guard_freshly_proved(const struct walk *w)
{
	return !change_needs_old(w->c);
}

static err effect_spend_old(struct walk *w)
{
	w->spent = true;
	return throttle_spend(&w->unit, &w->try);
}

static err effect_feign_old(struct walk *w)
{
	return walk_note(w, event_change, false, "Too many wrong passwords");
}

static err effect_old_right(struct walk *w)
{
	throttle_clear(&w->unit, &w->try);
	return 0;
}

static err effect_old_wrong(struct walk *w)
{
	err e;

	if (!w->spent)
		return 0;
	if ((e = throttle_shut(&w->unit, &w->try)))
		return e;
	return walk_note(w, event_change, false, "The old password was wrong");
}

/* The password, the end of every other session and flow, the notices: one unit. This session goes
 * on under a new token. */
static err effect_change(struct walk *w)
{
	struct value account = v_bytes(w->account.id);
	struct pair pairs[3];
	struct str mac;
	size_t told;
	err e;

	unit_add(&w->unit, statement_password_set, 1,
		WITH(account, v_bytes(w->stored), v_number(w->c->now)));
	unit_add(&w->unit, statement_sessions_end_others, any_rows,
		WITH(account, v_bytes(w->c->who->id)));
	flows_end(&w->unit, w->account.id, w->flow.id);
	unit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));
	unit_add(&w->unit, statement_refused_clear, any_rows, WITH(account));
	if ((e = token_mint(w->c, "session", &w->out->session, &mac)))
		return e;
	unit_add(&w->unit, statement_session_proved, 1,
		WITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now),
			v_number(w->c->who->level), v_text(w->c->who->proved_by)));
	if ((e = outbox_circumstances(w->c, pairs)) ||
		(e = outbox_notice(&w->unit, &w->account, w->methods, "password_changed", pairs, 3,
			 STR_NONE, &told)))
		return e;
	return walk_note(w, event_change, true, NULL);
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to },
static const struct flow_row table_rows[] = {
#include "spec/flow/change.def"
};
#undef ROW

const struct flow_table flow_change = { "change", false, table_rows,
	sizeof(table_rows) / sizeof(table_rows[0]) };

static err wrong_old(struct answer *out)
{
	out->field = STR("old");
	out->words = STR("password_wrong");
	return reply_wrong;
}

static err compare_old(struct walk *w, const struct secret *old)
{
	struct secret *normal;
	bool may, stale;
	err e;

	if ((e = throttle_judged(w->c, &w->try, &may)) || !may)
		return e;
	e = password_normal(w->c, old, &normal);
	if (e == 0)
		e = account_verify(w->c, &w->account, normal, &stale);
	w->right = e == 0;
	return e < 0 || e == reply_busy ? e : 0;
}

/* Only what could become the password is held against the one in force: else a form that asks for
 * no old password would say, as often as one likes, whether a guess is it. */
static err choose(struct walk *w, struct secret *password)
{
	bool same = false;
	err e;

	if ((e = flow_judge_password(w, password)) ||
		(w->rules_met && (e = password_is_current(w->c, &w->account, password, &same))))
		return e;
	if (same) {
		w->rules_met = false;
		w->out->field = STR("password");
		w->out->words = STR("password_same");
	}
	return flow_step(w, on_choose);
}

err serve_change_password(struct ctx *c, const struct op_change_password *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_signed_in(c, &flow_change, "signin", out, &w)))
		return e;
	if (!guard_freshly_proved(&w) && !in->old) {
		wrong_old(out);
		out->words = STR("password_missing");
		return reply_wrong;
	}
	e = flow_step(&w, on_change);
	if (e == reply_lost_race)
		return wrong_old(out);
	if (e == reply_wrong) {
		if (w.try_open && (e = compare_old(&w, in->old)))
			return e;
		if ((e = flow_step(&w, on_verdict)) == reply_wrong)
			return wrong_old(out);
	}
	return e ? e : choose(&w, in->password);
}

/* ---- "this was not me" ---- */

/* Of several who press at the same moment one uses up the token; the others find it gone. */
static err freeze(
	struct ctx *c, struct str token, const struct account *account, struct methods methods)
{
	struct unit unit = unit_begin(c);
	struct value id = v_bytes(account->id);
	struct audit_about about = { .account = account->id, .actor = actor_self };
	struct pair pairs[4];
	size_t told;
	err e;

	unit_add(&unit, statement_token_use, 1, WITH(v_bytes(token)));
	unit_add(&unit, statement_account_freeze, 1, WITH(id, v_number(c->now)));
	unit_add(&unit, statement_sessions_end, any_rows, WITH(id));
	unit_add(&unit, statement_devices_end, any_rows, WITH(id));
	unit_add(&unit, statement_pass_drop, any_rows, WITH(id));
	unit_add(&unit, statement_methods_waiting_drop, any_rows, WITH(id, v_number(c->now)));
	flows_end(&unit, account->id, STR(""));
	unit_add(&unit, statement_tokens_end, any_rows, WITH(id, v_text(STR("not_me"))));
	if ((e = outbox_circumstances(c, pairs)) ||
		(e = outbox_notice(&unit, account, methods, "frozen", pairs, 1, STR_NONE, &told)))
		return e;
	pairs[1] = (struct pair){ "subject_name", account->name };
	if ((e = outbox_desk(&unit, NULL, "not_me_desk", pairs, 2)) ||
		(e = audit_add(&unit, event_info_denied, &about)) ||
		(e = audit_add(&unit, event_info_frozen, &about)))
		return e;
	return unit_commit(&unit);
}

/* Unknown, used or over, one like the other:
 * nothing was locked, and who believes so must hear it. */
static err link_over(struct answer *out)
{
	out->field = STR("token");
	out->words = STR("deny_over");
	return reply_refused;
}

err serve_notice_deny(struct ctx *c, const struct op_notice_deny *in, struct answer *out)
{
	uint8_t token[token_size], mac[digest_size];
	struct str id = { (const char *)mac, sizeof(mac) };
	size_t size = sizeof(token);
	struct account account;
	struct methods methods;
	struct rows rows;
	err e;

	if (!base64url_take(str_trim(secret_show(in->token)), token, &size) ||
		size != sizeof(token))
		return link_over(out);
	digest_keyed(
		c->keys, key_token, STR("not_me"), (struct str){ (const char *)token, size }, mac);
	bytes_wipe(token, sizeof(token));
	e = store_one(c, statement_token_load,
		WITH(v_bytes(id), v_text(STR("not_me")), v_number(c->now)), &rows);
	if (e)
		return e == reply_not_found ? link_over(out) : e;
	if ((e = account_load(c, row_str(&rows, 0, 0), &account)) ||
		(e = methods_load(c, account.id, &methods)))
		return e == reply_not_found ? link_over(out) : e;
	e = freeze(c, id, &account, methods);
	return e == reply_lost_race ? 0 : e; /* somebody has just frozen it with this link */
}
