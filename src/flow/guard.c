/* Guards: questions that rows ask. They only look. */
#include "flow/inside.h"

#include "conf/conf.h"

bool guard_always(const struct walk *w)
{
	(void)w;
	return true;
}

/* Not a question of who is named: everybody there hears the same. */
bool guard_elsewhere(const struct walk *w)
{
	return w->place.elsewhere;
}

/* reasonDisclosure: whoever is known here may hear why the account can not reset. */
bool guard_may_be_told(const struct walk *w)
{
	return w->known && w->trusted &&
	       (guard_account_shut(w) || !w->rules.in_scope ||
		       methods_unproved(w->methods, STR_NONE, method_kind_count) <
			       w->proofs_needed);
}

/* No rule lets mail prove a reset, of nobody. */
bool guard_mail_off(const struct walk *w)
{
	return !w->offered[method_mail];
}

bool guard_may_send(const struct walk *w)
{
	return w->known && !w->account.frozen && w->mail_open;
}

bool guard_wants_mail(const struct walk *w)
{
	return w->wanted == method_mail;
}

/* The latest code is still good: going back to it sends nothing. */
bool guard_wants_sent_mail(const struct walk *w)
{
	return guard_wants_mail(w) && w->flow.sent > 0 && w->flow.code_expires > w->c->now;
}

bool guard_wants_mail_may(const struct walk *w)
{
	return guard_wants_mail(w) && guard_may_send(w);
}

bool guard_by_mail(const struct walk *w)
{
	return str_is(w->flow.method, method_name(method_mail));
}

bool guard_by_mail_may(const struct walk *w)
{
	return guard_by_mail(w) && guard_may_send(w);
}

bool guard_tries_left(const struct walk *w)
{
	return w->flow.tries > 0;
}

bool guard_right(const struct walk *w)
{
	return w->right;
}

bool guard_account_shut(const struct walk *w)
{
	return !w->known || w->account.disabled || w->account.frozen != 0;
}

/* The account, the rules or the place changed after the last proof. */
bool guard_barred(const struct walk *w)
{
	return w->place.elsewhere || guard_account_shut(w) || !w->rules.in_scope ||
	       proofs_count(w->flow.proofs) < w->proofs_needed;
}

/* With the one that is being judged, which by a passkey that verified its user is two. */
static size_t proofs_given(const struct walk *w)
{
	return proofs_count(w->flow.proofs) + (w->verified ? 2 : 1);
}

bool guard_right_last(const struct walk *w)
{
	return w->right && proofs_given(w) >= w->proofs_needed;
}

/* This proof was real, but the account can not give all that policy asks. */
bool guard_right_stuck(const struct walk *w)
{
	enum method_kind given;
	size_t open;

	must_be(method_of(w->flow.method, &given));
	open = methods_unproved(w->methods, w->flow.proofs, given);
	return w->right && (w->place.elsewhere || guard_account_shut(w) || !w->rules.in_scope ||
				   proofs_given(w) + open < w->proofs_needed);
}

/* reasonDisclosure = mail: the page says nothing, a message does. */
bool guard_right_stuck_mail(const struct walk *w)
{
	return guard_right_stuck(w) && str_is(w->c->conf->reason_disclosure, "mail");
}

bool guard_right_then_mail(const struct walk *w)
{
	enum method_kind other;

	return w->right && !guard_by_mail(w) && !proofs_have(w->flow.proofs, method_mail) &&
	       methods_next(w->methods, method_mail, NULL) &&
	       (!proofs_have(w->flow.lost, method_mail) || !walk_next(w, false, &other));
}

bool guard_rules_met(const struct walk *w)
{
	return w->rules_met;
}

bool guard_may_extend(const struct walk *w)
{
	return !w->flow.extended;
}

bool guard_may_try(const struct walk *w)
{
	return w->known && !w->account.disabled && w->account.password.length && w->try_open;
}

bool guard_may_try_pass(const struct walk *w)
{
	return w->known && !w->account.disabled && w->pass_open && w->try_open;
}

/* Whoever is disabled or frozen is told what nobody is told: that the passkey does not work here.
 */
bool guard_may_try_key(const struct walk *w)
{
	return !guard_account_shut(w) && w->try_open;
}

bool guard_right_key(const struct walk *w)
{
	return w->right && w->by_key;
}

bool guard_right_key_must_change(const struct walk *w)
{
	return guard_right_key(w) && w->account.must_change;
}

bool guard_right_frozen(const struct walk *w)
{
	return w->right && w->account.frozen != 0;
}

/* Disabled or frozen since the password was right. */
bool guard_right_shut(const struct walk *w)
{
	return w->right && guard_account_shut(w);
}

bool guard_right_pass(const struct walk *w)
{
	return w->right && w->by_pass;
}

bool guard_right_second(const struct walk *w)
{
	return w->right && methods_have_second(w->methods);
}

bool guard_right_must_change(const struct walk *w)
{
	return w->right && w->account.must_change;
}
