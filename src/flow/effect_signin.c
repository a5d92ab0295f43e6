/* Effects of sign-in's rows. */
#include "flow/inside.h"

#include "conf/conf.h"
#include "outbox/outbox.h"
#include "store/records.h"

err effect_spend_password(struct walk *w)
{
	w->spent = true;
	return throttle_spend(&w->unit, &w->try);
}

static const char *why_feigned(const struct walk *w)
{
	if (w->account.disabled)
		return "The account is disabled";
	if (!w->try_open)
		return "The account is locked";
	if (w->by_key)
		return "The account's methods are frozen";
	return w->by_pass ? "No one-time pass waits" : "The account has no password";
}

/* Nobody's try costs nobody anything; the comparison that follows is feigned as well. */
err effect_feign_try(struct walk *w)
{
	if (w->known)
		return walk_note(w, event_signin, false, why_feigned(w));
	audit_count(&w->unit, "signin");
	return 0;
}

err effect_spend_key(struct walk *w)
{
	streak_spend(&w->unit, &w->try, STR("passkey"));
	w->spent = true;
	return throttle_spend(&w->unit, &w->try);
}

err effect_spend_pass(struct walk *w)
{
	unit_add(
		&w->unit, statement_pass_try, 1, WITH(v_bytes(w->account.id), v_number(w->c->now)));
	w->spent = true;
	return throttle_spend(&w->unit, &w->try);
}

/* A password that was refused before tells a guesser nothing new and does not count again. */
err effect_note_wrong(struct walk *w)
{
	err e;

	if (!w->spent)
		return 0;
	if (w->same_as_before)
		throttle_give_back(&w->unit, &w->try);
	else if ((e = throttle_shut(&w->unit, &w->try)))
		return e;
	if (w->typed_mac.length && !w->same_as_before) {
		unit_add(&w->unit, statement_refused_add, 1,
			WITH(v_bytes(w->account.id), v_number(w->try.familiar),
				v_bytes(w->typed_mac), v_number(w->c->now)));
		unit_add(&w->unit, statement_refused_trim, any_rows,
			WITH(v_bytes(w->account.id), v_number(w->try.familiar)));
	}
	return walk_note(w, event_signin, false, w->miss ? w->miss : "Wrong password");
}

/* The password was right: the half it came from forgets its failures. */
static err password_right(struct walk *w)
{
	throttle_clear(&w->unit, &w->try);
	return token_mint(w->c, "flow", &w->out->flow, &w->flow.token);
}

/* The most secure of those that the account has. */
err effect_ask_second(struct walk *w)
{
	struct registration row;
	err e;

	if ((e = registration_load(w->c, w->account.id, &row)))
		return e;
	w->flow.method = str_of(method_name(methods_first(w->methods, row.default_method)));
	return password_right(w);
}

err effect_ask_change(struct walk *w)
{
	return password_right(w);
}

/* Whoever the desk gave the pass to has their methods back; all addresses hear of it. */
static err thaw(struct walk *w)
{
	struct pair pairs[3];
	size_t told;
	err e;

	if (!w->account.frozen)
		return 0;
	w->account.frozen = 0;
	unit_add(&w->unit, statement_account_freeze, 1, WITH(v_bytes(w->account.id), v_number(0)));
	if ((e = outbox_circumstances(w->c, pairs)) ||
		(e = outbox_notice(
			 &w->unit, &w->account, w->methods, "thawed", pairs, 1, STR_NONE, &told)))
		return e;
	return walk_note(w, event_info_thawed, true, NULL);
}

/* The pass is used up by coming in: what it opened is this flow alone. */
err effect_use_pass(struct walk *w)
{
	err e;

	if ((e = thaw(w)))
		return e;
	w->flow.proofs = STR("pass");
	unit_add(&w->unit, statement_pass_use, 1,
		WITH(v_bytes(w->account.id), v_bytes(w->pass_mac)));
	return password_right(w);
}

/* A pass stands alone, and a passkey may; every other sign-in began with the password. */
static err opened_with(struct walk *w, bool by_pass, struct str *out)
{
	struct buf b = buf_in(w->c->arena, 80);

	if (!w->by_key)
		buf_add(&b, by_pass ? STR("pass") : STR("password"));
	if (!by_pass && w->flow.proofs.length) {
		buf_add(&b, b.length ? STR("+") : STR(""));
		buf_add(&b, w->flow.proofs);
	}
	*out = buf_str(&b);
	return b.full ? fault(w->c, fault_arena, "proofs") : 0;
}

static err signed_in(struct walk *w, int64_t level, bool by_pass)
{
	struct str proofs;
	err e;

	w->out->end_flow = true;
	/* Whoever can sign in needs no reset. A password alone does not: its thief could keep the
	 * owner from ever ending one. */
	if (level > 1)
		resets_end(&w->unit, w->account.id, w->flow.id);
	unit_add(&w->unit, statement_account_signed_in, 1,
		WITH(v_bytes(w->account.id), v_number(w->c->now)));
	if ((e = opened_with(w, by_pass, &proofs)) ||
		(e = session_open(&w->unit, w->out, &w->account, level, by_pass, proofs)))
		return e;
	return walk_note(w, event_signin, true, NULL);
}

err effect_open_session(struct walk *w)
{
	throttle_clear(&w->unit, &w->try);
	return signed_in(w, 1, false);
}

/* All addresses hear of it. */
static err tell(struct walk *w, const char *message)
{
	struct pair pairs[3];
	size_t told;
	err e;

	if ((e = outbox_circumstances(w->c, pairs)))
		return e;
	return outbox_notice(&w->unit, &w->account, w->methods, message, pairs, 3, STR_NONE, &told);
}

/* Whoever came so far knows the password: its owner hears of it (ASVS 5.0 6.3.5). Once a sign-in:
 * at the first miss, but from a browser that the owner has signed in with, where a slip is
 * likelier, at the last. */
err effect_miss_second(struct walk *w)
{
	bool first = w->flow.tries == tries_a_challenge - 1;
	err e = effect_note_miss(w);

	return e || !first || w->try.familiar ? e : tell(w, "second_wrong");
}

err effect_lock_out_second(struct walk *w)
{
	err e = effect_lock_out(w);

	return e || !w->try.familiar ? e : tell(w, "second_wrong");
}

static err second_right(struct walk *w)
{
	enum method_kind kind;
	err e;

	must_be(method_of(w->flow.method, &kind));
	/* Paper can be copied. */
	if ((kind == method_recovery_code && (e = tell(w, "code_used"))) || (e = matched_use(w)))
		return e;
	streak_clear(&w->unit, &w->try, w->flow.method);
	throttle_give_back(&w->unit, &w->try);
	w->flow.real = true;
	return proofs_add(w, kind);
}

/* A passkey alone is two proofs: it verified its user, or it was not right. */
static err key_right(struct walk *w)
{
	err e = matched_use(w);

	if (e)
		return e;
	throttle_clear(&w->unit, &w->try);
	streak_clear(&w->unit, &w->try, STR("passkey"));
	w->flow.method = STR("passkey");
	w->flow.real = true;
	return proofs_add(w, method_passkey);
}

err effect_take_key_change(struct walk *w)
{
	err e = key_right(w);

	return e ? e : token_mint(w->c, "flow", &w->out->flow, &w->flow.token);
}

err effect_take_key_open(struct walk *w)
{
	err e = key_right(w);

	return e ? e : signed_in(w, 2, false);
}

err effect_take_proof_change(struct walk *w)
{
	err e;

	if ((e = second_right(w)))
		return e;
	return token_mint(w->c, "flow", &w->out->flow, &w->flow.token);
}

err effect_take_proof_open(struct walk *w)
{
	err e;

	if ((e = second_right(w)))
		return e;
	return signed_in(w, 2, false);
}

/* Must change: the new password, the end of every other session, flow and pass, and this one
 * begins. */
err effect_change_and_open(struct walk *w)
{
	struct value account = v_bytes(w->account.id);
	struct pair pairs[3];
	size_t told;
	err e;

	unit_add(&w->unit, statement_password_set, 1,
		WITH(account, v_bytes(w->stored), v_number(w->c->now)));
	unit_add(&w->unit, statement_sessions_end, any_rows, WITH(account));
	flows_end(&w->unit, w->account.id, w->flow.id);
	unit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));
	/* Whoever knew the old password alone may have added them. */
	if (w->flow.real || str_is(w->flow.proofs, "pass"))
		unit_add(&w->unit, statement_methods_waiting_drop, any_rows,
			WITH(account, v_number(w->c->now)));
	if ((e = outbox_circumstances(w->c, pairs)) ||
		(e = outbox_notice(&w->unit, &w->account, w->methods, "password_changed", pairs, 3,
			 STR_NONE, &told)) ||
		(e = walk_note(w, event_change, true, NULL)))
		return e;
	return signed_in(w, w->flow.real ? 2 : 1, str_is(w->flow.proofs, "pass"));
}
