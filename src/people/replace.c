/* A way that was lost, and another in its place: the old one goes in the unit in which the new one
 * begins to count, or neither happens. */
#include "people/security_info.h"
#include "flow/passkey.h"

#include "crypto/crypto.h"
#include "outbox/outbox.h"
#include "store/records.h"

static err refused(struct answer *out, const char *words)
{
	out->words = str_of(words);
	return reply_refused;
}

/* A pass, before which the desk asked who it is, or two proofs of which none is of the kind that is
 * said to be lost: whoever can give that one has not lost it, and whoever found it must not keep it
 * by it. Either within five minutes. */
static err may_replace(struct walk *w, enum method_kind kind)
{
	const struct session *who = w->c->who;
	err e;

	if (who->by_pass && session_fresh(who, w->c->now))
		return 0;
	if ((e = info_fresh(w)))
		return e;
	if (who->level < 2)
		return refused(w->out, "replace_more");
	if (!who->proved_by.length)
		return reply_prove_first;
	return proofs_have(who->proved_by, kind) ? refused(w->out, "replace_other") : 0;
}

static const struct method *old_of(const struct walk *w, struct str id)
{
	for (size_t i = 0; i < w->methods.count; i++)
		if (str_same(w->methods.at[i].id, id))
			return &w->methods.at[i];
	return NULL;
}

/* Codes are replaced by a new set, whose making ends the old one. */
static bool can_be_replaced(const struct walk *w, const struct method *old)
{
	return old && !str_is(old->state, "pending") && old->kind != method_recovery_code &&
	       info_may_add(w, old->kind);
}

err serve_info_replace(struct ctx *c, const struct op_info_replace *in, struct answer *out)
{
	const struct method *old;
	struct walk w;
	struct str id;
	err e;

	if ((e = walk_signed_in(c, &flow_register, "proof", out, &w)))
		return e;
	old = id_take(c, in->id, &id) ? old_of(&w, id) : NULL;
	if (!can_be_replaced(&w, old))
		return reply_not_found;
	if ((e = may_replace(&w, old->kind)))
		return e;
	w.wanted = old->kind;
	return pending_begin(&w, old, in->address);
}

err replace_allowed(struct walk *w)
{
	const struct method *old = old_of(w, w->pending.replaces);
	err e;

	e = old ? may_replace(w, old->kind) : (err)reply_not_found;
	return e == (err)reply_refused ? (err)reply_prove_first : e;
}

/* With the new one in its place, would the account have fewer proofs than policy needs, when it has
 * them now? A key that does not look who holds it is worth less than one that does. */
err replace_suffices(struct walk *w, bool *yes)
{
	struct walk rest = { .rules = w->rules, .born = w->born };
	size_t have;
	err e = methods_without(w->c, w->methods, old_of(w, w->pending.replaces), &rest.methods);

	if (e)
		return e;
	have = walk_ways(&rest) + (size_t)info_gained(&rest, w->pending.kind);
	*yes = have >= w->proofs_needed || walk_ways(w) < w->proofs_needed;
	return 0;
}

/* Whoever holds what was lost may be signed in on it, and known by it. */
static err end_others(struct walk *w)
{
	struct value account = v_bytes(w->account.id);
	struct str device = STR("");
	err e;

	if (w->c->request->device &&
		(e = token_mac(w->c, "device", w->c->request->device, &device)))
		return e;
	unit_add(&w->unit, statement_sessions_end_others, any_rows,
		WITH(account, v_bytes(w->c->who->id)));
	unit_add(&w->unit, statement_devices_end_others, any_rows, WITH(account, v_bytes(device)));
	flows_end(&w->unit, w->account.id, STR(""));
	return 0;
}

err replace_old(struct walk *w)
{
	const struct method *old = old_of(w, w->pending.replaces);
	err e;

	must_be(old);
	unit_add(&w->unit, statement_method_delete, 1,
		WITH(v_bytes(old->id), v_bytes(w->account.id)));
	if ((e = end_others(w)))
		return e;
	/* All addresses as they were: the one that goes among them. */
	if ((e = info_tell(w, "method_replaced", &w->pending)))
		return e;
	return walk_note(w, event_info_deleted, true, method_name(old->kind));
}
