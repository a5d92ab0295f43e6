/* What the words of recover.def mean. */
#include "world.h"

static bool guard_always(const struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
	return true;
}

static bool guard_elsewhere(const struct world *w, const struct input *in)
{
	(void)in;
	return w->elsewhere;
}

static int count(uint8_t mask)
{
	return __builtin_popcount(mask & (kinds_all | verified));
}

/* Only for browsers that are known here; the visitor of the silence promise is not. */
static bool guard_may_be_told(const struct world *w, const struct input *in)
{
	(void)in;
	return w->exists && w->signed_in && (w->disabled || w->frozen || count(w->kinds) < 2);
}

static bool guard_mail_off(const struct world *w, const struct input *in)
{
	(void)in;
	return w->mail_off;
}

static bool guard_may_send(const struct world *w, const struct input *in)
{
	(void)in;
	return w->exists && !w->frozen && w->mail_may && (w->kinds & kind_mail);
}

static bool guard_wants_mail(const struct world *w, const struct input *in)
{
	(void)w;
	return in->wanted == kind_mail;
}

static bool guard_wants_sent_mail(const struct world *w, const struct input *in)
{
	return guard_wants_mail(w, in) && w->sent && !in->old;
}

static bool guard_wants_mail_may(const struct world *w, const struct input *in)
{
	return guard_wants_mail(w, in) && guard_may_send(w, in);
}

static bool guard_by_mail(const struct world *w, const struct input *in)
{
	(void)in;
	return w->method == kind_mail;
}

static bool guard_by_mail_may(const struct world *w, const struct input *in)
{
	return guard_by_mail(w, in) && guard_may_send(w, in);
}

static bool guard_tries_left(const struct world *w, const struct input *in)
{
	(void)in;
	return w->tries > 0;
}

static bool guard_right(const struct world *w, const struct input *in)
{
	(void)w;
	return in->right;
}

/* What this proof counts for: a passkey that verified its user has two words. */
static int worth(const struct world *w, const struct input *in)
{
	return w->method == kind_key && in->uv ? 2 : 1;
}

static bool guard_account_shut(const struct world *w, const struct input *in)
{
	(void)in;
	return !w->exists || w->disabled || w->frozen;
}

/* Rules that change while it goes on are left out: like an account that is shut meanwhile. */
static bool guard_barred(const struct world *w, const struct input *in)
{
	return w->elsewhere || guard_account_shut(w, in);
}

static bool guard_right_stuck(const struct world *w, const struct input *in)
{
	uint8_t others = w->kinds & (uint8_t)~(w->method | w->proofs);

	if (w->method == kind_key || (w->proofs & kind_key))
		others &= (uint8_t)~verified;
	return in->right && (w->elsewhere || guard_account_shut(w, in) ||
				    count(w->proofs) + worth(w, in) + count(others) < 2);
}

/* Where the reason goes is the same to the flow: the page ends either way. */
static bool guard_right_stuck_mail(const struct world *w, const struct input *in)
{
	return guard_right_stuck(w, in) && w->must_change_set;
}

static bool guard_right_last(const struct world *w, const struct input *in)
{
	return in->right && count(w->proofs) + worth(w, in) >= 2;
}

static bool guard_right_then_mail(const struct world *w, const struct input *in)
{
	return in->right && w->method != kind_mail && !(w->proofs & kind_mail) &&
	       (w->kinds & kind_mail);
}

static bool guard_rules_met(const struct world *w, const struct input *in)
{
	(void)w;
	return in->rules_met;
}

static bool guard_may_extend(const struct world *w, const struct input *in)
{
	(void)in;
	return !w->extended;
}

static void effect_keep(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}
#define effect_note_refused effect_keep
#define effect_note_lost effect_keep

static void effect_close(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}

static void effect_turn_to(struct world *w, const struct input *in)
{
	w->method = in->wanted;
}

static void effect_send_code(struct world *w, const struct input *in)
{
	(void)in;
	if (!w->exists)
		w->broken = broken_nobody;
	w->method = kind_mail;
	w->sent = 1;
	w->code_live = 1;
}

static void effect_feign_code(struct world *w, const struct input *in)
{
	(void)in;
	w->method = kind_mail;
	w->sent = 1;
}

static void effect_spend_try(struct world *w, const struct input *in)
{
	(void)in;
	w->tries--;
	w->spent++;
}

static void effect_note_miss(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}

static void effect_lock_out(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}

static void effect_mail_reason(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}

static void effect_tell_reason(struct world *w, const struct input *in)
{
	(void)in;
	w->reason = 1;
}

static void effect_tell_elsewhere(struct world *w, const struct input *in)
{
	(void)in;
	w->reason = 1;
}

static void take_proof(struct world *w, const struct input *in)
{
	if (w->proofs & w->method)
		w->broken = broken_twice;
	w->proofs |= w->method;
	if (worth(w, in) == 2)
		w->proofs |= verified;
	w->tries = tries_full;
	w->judged = 0;
	w->code_live = 0;
}

static void effect_mint_grant(struct world *w, const struct input *in)
{
	take_proof(w, in);
}

static void effect_ask_mail(struct world *w, const struct input *in)
{
	take_proof(w, in);
	if (guard_may_send(w, in))
		effect_send_code(w, in);
	else
		effect_feign_code(w, in);
}

static void effect_ask_next(struct world *w, const struct input *in)
{
	take_proof(w, in);
	w->method = !(w->proofs & kind_totp_)   ? kind_totp_
		    : !(w->proofs & kind_codes) ? kind_codes
		    : !(w->proofs & kind_mail)  ? kind_mail
						: kind_key;
}

static void effect_ask_other(struct world *w, const struct input *in)
{
	(void)in;
	w->method = kind_totp_;
}

static void effect_extend(struct world *w, const struct input *in)
{
	(void)in;
	w->extended = 1;
}

static void effect_reset(struct world *w, const struct input *in)
{
	(void)in;
	if (!w->exists)
		w->broken = broken_nobody;
	w->password_set = 1;
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to,     \
		#guard, #effect },
static const struct row rows[] = {
#include "spec/flow/recover.def"
};
#undef ROW

/* Every account, every visitor: 0 is nobody's. */
static void world(size_t n, struct world *w)
{
	*w = (struct world){ .state = state_begun, .method = kind_mail, .tries = tries_full };
	w->exists = n % 2;
	w->kinds = (uint8_t)(n / 2 % 16);
	w->able = (uint8_t)(n / 32 % 16);
	w->disabled = n / 512 % 2;
	w->frozen = n / 1024 % 2;
	w->mail_may = n / 2048 % 2;
	w->signed_in = n / 4096 % 2; /* here: a familiar device */
	w->mail_off = n / 8192 % 2;
	w->elsewhere = n / 65536 % 2;
	if (n / 16384 % 2 && (w->kinds & kind_key))
		w->kinds |= verified;
	if (n / 32768 % 2 && (w->able & kind_key))
		w->able |= verified;
	/* What makes no difference is not told apart: paper is like an app, and what nobody
	 * registered nobody can prove. */
	if (w->kinds & kind_key)
		w->kinds &= (uint8_t)~kind_codes;
	/* Elsewhere nothing is reset, whatever else there is: two ways show it. */
	if (w->elsewhere) {
		w->kinds &= kind_mail | kind_totp_;
		w->disabled = w->frozen = false;
	}
	if (!w->exists)
		w->kinds = w->disabled = w->frozen = 0;
	w->signed_in = w->signed_in && (w->disabled || w->frozen || count(w->kinds) < 2);
	w->able &= w->kinds | ((w->kinds & kind_key) ? verified : 0);
	w->must_change_set = !w->mail_may; /* here: reasonDisclosure = mail; one dimension less */
}

static bool possible(const struct world *w, const struct input *in)
{
	switch (in->event) {
	case on_verdict:
		/* Right only for one who can prove it, where there is something to prove. A frozen
		 * account's codes are not looked at. */
		if (in->right)
			return w->exists && !w->frozen && (w->able & w->method) &&
			       (w->kinds & w->method) && (w->method != kind_mail || w->code_live) &&
			       (w->method != kind_key || !in->uv || (w->able & verified));
		return true;
	case on_method: /* recover.c: each proof is another method, and one that is offered */
		return !(w->proofs & in->wanted) && !(w->mail_off && in->wanted == kind_mail);
	case on_expire:
	default:
		return true;
	}
}

static const char *unsafe(const struct world *w)
{
	if (w->password_set && count(w->proofs) < 2)
		return "a password was set without two proofs";
	if (w->password_set && (w->proofs & ~w->able & (kinds_all | verified)))
		return "a password was set by one who could not prove it";
	if (w->elsewhere && (w->state == state_asked || w->proofs || w->password_set))
		return "a reset goes on from where none is allowed";
	if (w->password_set && (w->disabled || w->frozen))
		return "a password was set on a shut account";
	if (w->state == state_proven && count(w->proofs) < 2)
		return "a grant without two proofs";
	if (w->state == state_asked && w->proofs && count(w->kinds & (uint8_t)~w->proofs) < 1)
		return "another proof is asked of an account that has none";
	if (w->state == state_asked && count(w->proofs) >= 2)
		return "another proof is asked after two";
	if (w->password_set && w->state != state_done)
		return "a password was set and the flow goes on";
	return NULL;
}

static bool judges(enum state state)
{
	return state == state_judging;
}

const struct table table_recover = { "recover", rows, sizeof(rows) / sizeof(rows[0]), 131072, world,
	possible, unsafe, judges };
