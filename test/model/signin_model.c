/* What the words of signin.def mean. */
#include "world.h"

enum { feigned = 2 }; /* of by_key: nothing is compared */

static bool guard_always(const struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
	return true;
}

static bool guard_may_try(const struct world *w, const struct input *in)
{
	(void)in;
	return w->exists && !w->disabled;
}

static bool guard_may_try_pass(const struct world *w, const struct input *in)
{
	return guard_may_try(w, in) && w->pass_waits;
}

static bool guard_may_try_key(const struct world *w, const struct input *in)
{
	return guard_may_try(w, in) && !w->frozen;
}

static bool guard_right_key(const struct world *w, const struct input *in)
{
	return in->right && w->by_key;
}

static bool guard_right_key_must_change(const struct world *w, const struct input *in)
{
	return guard_right_key(w, in) && w->must_change_set;
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

static bool guard_right_frozen(const struct world *w, const struct input *in)
{
	return in->right && w->frozen;
}

static bool guard_right_pass(const struct world *w, const struct input *in)
{
	return in->right && w->by_pass;
}

static bool guard_right_second(const struct world *w, const struct input *in)
{
	return in->right && (w->kinds & (kind_totp_ | kind_codes | kind_key));
}

static bool guard_right_must_change(const struct world *w, const struct input *in)
{
	return in->right && w->must_change_set;
}

static bool guard_account_shut(const struct world *w, const struct input *in)
{
	(void)in;
	return !w->exists || w->disabled || w->frozen;
}

static bool guard_right_shut(const struct world *w, const struct input *in)
{
	return in->right && guard_account_shut(w, in);
}

static bool guard_rules_met(const struct world *w, const struct input *in)
{
	(void)w;
	return in->rules_met;
}

static void effect_keep(struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
}
#define effect_note_refused effect_keep
#define effect_note_lost effect_keep

#define effect_close effect_keep
#define effect_note_wrong effect_keep
#define effect_note_miss effect_keep
#define effect_miss_second effect_keep
#define effect_lock_out_second effect_keep

static void effect_tell_reason(struct world *w, const struct input *in)
{
	(void)in;
	w->reason = 1;
}

static void effect_turn_to(struct world *w, const struct input *in)
{
	w->method = in->wanted;
}

static void effect_spend_password(struct world *w, const struct input *in)
{
	(void)in;
	w->spent++;
}

static void effect_spend_pass(struct world *w, const struct input *in)
{
	(void)in;
	w->by_pass = 1;
	w->spent++;
}

/* The comparison that follows is feigned as well: it can not be right. */
static void effect_feign_try(struct world *w, const struct input *in)
{
	w->by_pass = in->event == on_pass;
	w->by_key = in->event == on_passkey ? feigned : 0;
	w->spent++;
}

static void effect_spend_key(struct world *w, const struct input *in)
{
	(void)in;
	w->by_key = 1;
	w->spent++;
}

static void effect_take_key_change(struct world *w, const struct input *in)
{
	(void)in;
	w->key_right = 1;
}

static void effect_take_key_open(struct world *w, const struct input *in)
{
	(void)in;
	w->key_right = 1;
	w->session = 1;
}

static void effect_spend_try(struct world *w, const struct input *in)
{
	(void)in;
	w->tries--;
	w->spent++;
}

static void effect_ask_second(struct world *w, const struct input *in)
{
	(void)in;
	w->password_right = 1;
	w->judged = 0;
	w->method = (w->kinds & kind_key)     ? kind_key
		    : (w->kinds & kind_totp_) ? kind_totp_
					      : kind_codes;
}

static void effect_ask_change(struct world *w, const struct input *in)
{
	(void)in;
	w->password_right = 1;
}

/* The desk's own word, after a freeze: it thaws. */
static void effect_use_pass(struct world *w, const struct input *in)
{
	(void)in;
	w->pass_right = 1;
	w->frozen = 0;
}

static void effect_open_session(struct world *w, const struct input *in)
{
	(void)in;
	w->password_right = 1;
	w->session = 1;
}

static void effect_take_proof_change(struct world *w, const struct input *in)
{
	(void)in;
	w->second_right = 1;
}

static void effect_take_proof_open(struct world *w, const struct input *in)
{
	(void)in;
	w->second_right = 1;
	w->session = 1;
}

static void effect_change_and_open(struct world *w, const struct input *in)
{
	(void)in;
	w->password_set = 1;
	w->session = 1;
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to,     \
		#guard, #effect },
static const struct row rows[] = {
#include "spec/flow/signin.def"
};
#undef ROW

static void world(size_t n, struct world *w)
{
	*w = (struct world){ .state = state_begun, .tries = tries_full };
	w->exists = n % 2;
	w->kinds = (uint8_t)(n / 2 % 16);
	w->able = (uint8_t)(n / 32 % 64);
	w->disabled = n / 2048 % 2;
	w->frozen = n / 4096 % 2;
	w->must_change_set = n / 8192 % 2;
	w->pass_waits = n / 16384 % 2;
	if (n / 32768 % 2 && (w->able & kind_key))
		w->able |= verified;
	/* What makes no difference is not told apart: what is not there nobody can prove. */
	if (!w->exists)
		w->kinds = w->disabled = w->frozen = w->must_change_set = w->pass_waits = w->able =
			0;
	w->able &=
		(uint8_t)(w->kinds | knows_password | verified | (w->pass_waits ? holds_pass : 0));
}

/* Alone it must verify its user. */
static bool key_possible(const struct world *w)
{
	return w->exists && w->by_key != feigned && (w->kinds & kind_key) && (w->able & kind_key) &&
	       (w->able & verified);
}

static bool password_possible(const struct world *w)
{
	return w->exists && !w->disabled &&
	       (w->by_pass ? w->pass_waits && (w->able & holds_pass)
			   : (w->able & knows_password) != 0);
}

static bool possible(const struct world *w, const struct input *in)
{
	/* signin.c: mail never proves a sign-in, and a passkey is asked of those who have one */
	if (in->event == on_method)
		return in->wanted != kind_mail && (in->wanted != kind_key || (w->kinds & kind_key));
	if (in->event != on_verdict || !in->right)
		return true;
	if (w->state == state_trying)
		return w->by_key ? key_possible(w) : password_possible(w);
	return !w->frozen && (w->able & w->method) && (w->kinds & w->method);
}

static const char *unsafe(const struct world *w)
{
	bool second = w->kinds & (kind_totp_ | kind_codes | kind_key);

	if (w->session && !w->password_right && !w->pass_right && !w->key_right)
		return "a session without a password, a pass or a passkey";
	if (w->key_right && !((w->able & kind_key) && (w->able & verified)))
		return "a passkey alone that did not verify its user";
	if (w->session && !w->pass_right && !w->key_right && second && !w->second_right)
		return "a session without the second proof";
	if (w->session && w->must_change_set && !w->password_set)
		return "a session with a password that must be changed";
	if (w->session && w->pass_right && !w->password_set)
		return "a session by a pass without a new password";
	if (w->session && (w->disabled || w->frozen))
		return "a session on a shut account";
	if (w->password_set && !w->pass_right && !w->key_right &&
		(!w->password_right || (second && !w->second_right)))
		return "a password was set without proof";
	if (w->session && w->state != state_done)
		return "a session and the flow goes on";
	return NULL;
}

static bool judges(enum state state)
{
	return state == state_judging || state == state_trying;
}

const struct table table_signin = { "signin", rows, sizeof(rows) / sizeof(rows[0]), 65536, world,
	possible, unsafe, judges };
