/* Effects of a flow's rows: they change the flow in the walk and add to its unit. Run again after a
 * crash they change nothing more, because nothing of a unit holds unless all of it does. */
#include "flow/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "outbox/outbox.h"
#include "store/records.h"

err effect_keep(struct walk *w)
{
	(void)w;
	return 0;
}

/* Which log line a step of this flow is. */
static enum event progress(const struct walk *w)
{
	return w->table == &flow_recover ? event_reset_progress : event_signin;
}

err effect_close(struct walk *w)
{
	return walk_note(w, progress(w), false,
		"User cancelled before passing the required authentication methods");
}

/* Microsoft's reasons where it has them. */
static const char *const started[method_kind_count] = {
	[method_mail] = "User started the email verification option",
	[method_totp] = "User started the mobile app code verification option",
	[method_recovery_code] = "User started the recovery code verification option",
	[method_passkey] = "User started the passkey verification option",
};
static const char *const completed[method_kind_count] = {
	[method_mail] = "User completed the email verification option",
	[method_totp] = "User completed the mobile app code verification option",
	[method_recovery_code] = "User completed the recovery code verification option",
	[method_passkey] = "User completed the passkey verification option",
};

/* The mail says when it leaves. */
static err note_started(struct walk *w)
{
	enum method_kind kind;

	must_be(method_of(w->flow.method, &kind));
	if (!w->known || w->table != &flow_recover || kind == method_mail)
		return 0;
	return walk_note(w, event_reset_progress, true, started[kind]);
}

err effect_turn_to(struct walk *w)
{
	w->flow.method = str_of(method_name(w->wanted));
	return note_started(w);
}

/* The desk sees it. Nothing else comes of it: what is said to be lost still proves, and nothing is
 * left out. */
err effect_note_lost(struct walk *w)
{
	static const char *const lost[method_kind_count] = {
		[method_mail] = "User no longer has the email verification option",
		[method_totp] = "User no longer has the mobile app code verification option",
		[method_recovery_code] = "User no longer has the recovery code verification option",
		[method_passkey] = "User no longer has the passkey verification option",
	};
	enum method_kind kind;
	err e;

	must_be(method_of(w->flow.method, &kind));
	if (proofs_have(w->flow.lost, kind))
		return 0;
	if ((e = proofs_with(w->c, w->flow.lost, kind, &w->flow.lost)) || !w->known)
		return e;
	return walk_note(w, progress(w), false, lost[kind]);
}

/* FuzzyPolicyViolationInvalidPassword is Microsoft's word for a password that others would guess.
 */
err effect_note_refused(struct walk *w)
{
	static const char *const guessed[] = { "password_common", "password_name",
		"password_organisation", "password_repeated" };
	const char *reason = "The new password does not meet the password policy";

	for (size_t i = 0; i < sizeof(guessed) / sizeof(guessed[0]); i++)
		if (str_is(w->out->words, guessed[i]))
			reason = "FuzzyPolicyViolationInvalidPassword";
	return walk_note(w, w->table == &flow_recover ? event_reset : event_change, false, reason);
}

/* The code's life and the count of codes look the same whether one was sent or not. */
static void count_code(struct walk *w)
{
	w->flow.method = str_of(method_name(method_mail));
	w->flow.code_expires = w->c->now + w->c->conf->mail_code_lifetime;
	w->flow.sent++;
}

/* The MAC of a code, bound to this flow. */
static err keep_code(struct walk *w, const struct secret *code)
{
	uint8_t *mac = arena_take(w->c->arena, mac_size);

	if (!mac)
		return fault(w->c, fault_arena, "code");
	digest_keyed(w->c->keys, key_code, w->flow.id, secret_show(code), mac);
	w->flow.code = (struct str){ (const char *)mac, mac_size };
	return 0;
}

/* What a message with a code says. */
static err code_pairs(struct walk *w, const struct secret *code, struct pair pairs[7])
{
	struct ctx *c = w->c;
	struct buf minutes = buf_in(c->arena, 20), link = buf_in(c->arena, 300);
	err e;

	if ((e = outbox_circumstances(c, pairs)))
		return e;
	buf_number(&minutes, c->conf->mail_code_lifetime / 60);
	buf_add(&link, c->conf->base_url);
	buf_add(&link, STR("/recover/link#"));
	buf_add(&link, secret_show(code));
	if (minutes.full || link.full)
		return fault(c, fault_arena, "code message");
	pairs[3] = (struct pair){ "code", secret_show(code) };
	pairs[4] = (struct pair){ "minutes", buf_str(&minutes) };
	pairs[5] = (struct pair){ "link", buf_str(&link) };
	pairs[6].name = "support";
	return support_code(c, w->flow.id, &pairs[6].value);
}

err effect_send_code(struct walk *w)
{
	struct ctx *c = w->c;
	struct pair pairs[7];
	struct secret *code;
	err e;

	if ((e = sent_code_make(c, &code)) || (e = keep_code(w, code)) ||
		(e = code_pairs(w, code, pairs)))
		return e;
	/* A newer code ends the older, also where it has not left yet. */
	unit_add(&w->unit, statement_outbox_codes_end, any_rows,
		WITH(v_bytes(w->account.id), v_number(c->now), v_text(STR("recover_code"))));
	for (const struct method *m = NULL; (m = methods_next(w->methods, method_mail, m));) {
		bool open;

		if ((e = sending_open(c, m->channel, &open)))
			return e;
		if (open && (e = outbox_code(&w->unit, &w->account, m, "recover_code", pairs, 7)))
			return e;
	}
	count_code(w);
	return walk_note(w, event_reset_progress, true, started[method_mail]);
}

/* Nobody is told anything, in the same number of steps. The last good code stays good. */
err effect_feign_code(struct walk *w)
{
	struct pair pairs[7];
	struct secret *code;
	err e;

	if ((e = sent_code_make(w->c, &code)) || (e = code_pairs(w, code, pairs)) ||
		(e = outbox_add(&w->unit, NULL, STR_NONE, "recover_code", pairs, 7)))
		return e;
	count_code(w);
	if (w->known)
		return walk_note(w, event_reset_progress, false, "No code could be sent");
	audit_count(&w->unit, "recover");
	return 0;
}

/* The try is counted on the challenge, on the account's half of the day, and in the streak of the
 * way, all before anything is compared. Where the half is shut nothing will be compared, and what
 * is not compared is no failure. */
err effect_spend_try(struct walk *w)
{
	struct str kind = w->flow.method;

	w->flow.tries--;
	if (!w->known)
		return 0;
	if (w->try_open)
		streak_spend(&w->unit, &w->try, kind);
	return throttle_spend(&w->unit, &w->try);
}

err effect_note_miss(struct walk *w)
{
	return w->known ? walk_note(w, progress(w), false, w->miss ? w->miss : "A code was wrong")
			: 0;
}

err effect_lock_out(struct walk *w)
{
	enum event event = w->table == &flow_recover ? event_reset_blocked : event_signin_locked;

	return w->known ? walk_note(w, event, true, "Too many wrong codes") : 0;
}

err matched_use(struct walk *w)
{
	struct secret *next;
	err e;

	if (!w->matched)
		return 0;
	if ((e = code_use(w, &next)) || !next)
		return e;
	return seal(w->c, key_seal, w->flow.id, secret_show(next), &w->flow.reissued);
}

err proofs_add(struct walk *w, enum method_kind kind)
{
	err e = proofs_with(w->c, w->flow.proofs, kind, &w->flow.proofs);

	return e || !w->verified ? e : proofs_with_verified(w->c, w->flow.proofs, &w->flow.proofs);
}

/* A right proof: it counts once, its failures are forgotten, the browser gets a new token. */
static err take_proof(struct walk *w)
{
	enum method_kind kind;
	err e;

	must_be(method_of(w->flow.method, &kind));
	if ((e = matched_use(w)))
		return e;
	streak_clear(&w->unit, &w->try, w->flow.method);
	throttle_give_back(&w->unit, &w->try);
	w->flow.real = true;
	w->flow.tries = tries_a_challenge;
	w->flow.code = STR_NONE;
	if ((e = proofs_add(w, kind)) ||
		(e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))
		return e;
	return walk_note(w, event_reset_progress, true, completed[kind]);
}

err effect_mint_grant(struct walk *w)
{
	return take_proof(w);
}

err effect_ask_mail(struct walk *w)
{
	err e;

	if ((e = take_proof(w)))
		return e;
	return guard_may_send(w) ? effect_send_code(w) : effect_feign_code(w);
}

/* What was lost may have been found, where nothing else is left. */
static enum method_kind next_way(const struct walk *w)
{
	enum method_kind kind;

	return walk_next(w, false, &kind) || walk_next(w, true, &kind) ? kind
								       : method_recovery_code;
}

err effect_ask_next(struct walk *w)
{
	err e;

	if ((e = take_proof(w)))
		return e;
	w->flow.method = str_of(method_name(next_way(w)));
	return note_started(w);
}

err effect_ask_other(struct walk *w)
{
	w->flow.method = str_of(method_name(next_way(w)));
	return note_started(w);
}

static struct str reason(const struct walk *w)
{
	return w->place.elsewhere && w->table == &flow_recover  ? STR("elsewhere")
	       : !w->known || w->account.disabled               ? STR("disabled")
	       : w->account.frozen                              ? STR("frozen")
	       : w->rules.in_scope || w->table != &flow_recover ? STR("not_registered")
	       : w->rules.admins_off                            ? STR("administrators_off")
								: STR("out_of_scope");
}

static const char *reason_logged(const struct walk *w)
{
	struct str why = reason(w);

	return str_is(why, "elsewhere")  ? "Password reset is not allowed from this network"
	       : str_is(why, "disabled") ? "The account is disabled"
	       : str_is(why, "frozen")   ? "The account's methods are frozen"
	       : str_is(why, "administrators_off") ? "User is an administrator, and self-service "
						     "password reset is off for administrators"
	       : str_is(why, "out_of_scope")
		       ? "User is not in the scope of self-service password reset"
		       : "User's account has insufficient authentication methods defined";
}

/* To the verified addresses and the work mailbox, instead of on the page. */
err effect_mail_reason(struct walk *w)
{
	struct pair pairs[4];
	size_t told;
	err e;

	if ((e = outbox_circumstances(w->c, pairs)))
		return e;
	pairs[3] = (struct pair){ "reason", reason(w) };
	if ((e = outbox_notice(
		     &w->unit, &w->account, w->every, "cannot_reset", pairs, 4, STR_NONE, &told)))
		return e;
	return walk_note(w, event_reset_progress, false, reason_logged(w));
}

err effect_tell_reason(struct walk *w)
{
	w->flow.reason = reason(w);
	return walk_note(w, progress(w), false, reason_logged(w));
}

/* Nobody's is counted, as nobody's always is. */
err effect_tell_elsewhere(struct walk *w)
{
	if (w->known)
		return effect_tell_reason(w);
	w->flow.reason = reason(w);
	audit_count(&w->unit, "recover");
	return 0;
}

/* One more time as long as the first; the first proof is kept. */
err effect_extend(struct walk *w)
{
	w->flow.extended = true;
	w->flow.expires += w->c->conf->recover_lifetime;
	return 0;
}

/* Everything that was open for this account ends with a new password. */
static void end_all(struct walk *w)
{
	struct value account = v_bytes(w->account.id);

	flows_end(&w->unit, w->account.id, w->flow.id);
	unit_add(&w->unit, statement_sessions_end, any_rows, WITH(account));
	unit_add(&w->unit, statement_devices_end, any_rows, WITH(account));
	unit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));
	unit_add(&w->unit, statement_counters_clear, any_rows, WITH(account));
	unit_add(&w->unit, statement_refused_clear, any_rows, WITH(account));
}

/* The embedded directory needs one unit for all of it: the password, what ends with it, the trace
 * and the notices. */
err effect_reset(struct walk *w)
{
	err e;

	end_all(w);
	unit_add(&w->unit, statement_password_set, 1,
		WITH(v_bytes(w->account.id), v_bytes(w->stored), v_number(w->c->now)));
	/* Whoever knew the old password alone may have added them. */
	unit_add(&w->unit, statement_methods_waiting_drop, any_rows,
		WITH(v_bytes(w->account.id), v_number(w->c->now)));
	if ((e = reset_tell(w)) ||
		(w->grace_until && (e = walk_note(w, event_grace, true, NULL))) ||
		(e = walk_note(w, event_reset_progress, true, "User successfully reset password")))
		return e;
	return walk_note(w, event_reset, true, "Successfully completed reset.");
}
