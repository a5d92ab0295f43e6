/* What the words of register.def and change.def mean: flows of a person who is signed in. */
#include "world.h"

static bool guard_always(const struct world *w, const struct input *in)
{
	(void)w;
	(void)in;
	return true;
}

static bool guard_right(const struct world *w, const struct input *in)
{
	(void)w;
	return in->right;
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

#define effect_drop_pending effect_keep
#define effect_old_wrong effect_keep

/* ---- register ---- */

static bool guard_adds_codes(const struct world *w, const struct input *in)
{
	(void)w;
	return in->wanted == kind_codes;
}

static bool guard_adds_app(const struct world *w, const struct input *in)
{
	(void)w;
	return in->wanted == kind_totp_;
}

static bool guard_adds_mail_open(const struct world *w, const struct input *in)
{
	return in->wanted == kind_mail && w->mail_may;
}

static bool guard_pending_mail_open(const struct world *w, const struct input *in)
{
	(void)in;
	return w->method == kind_mail && w->mail_may;
}

static bool guard_confirm_left(const struct world *w, const struct input *in)
{
	(void)in;
	return w->tries > 0;
}

static void effect_make_codes(struct world *w, const struct input *in)
{
	(void)in;
	w->added = kind_codes;
}

static void effect_make_seed(struct world *w, const struct input *in)
{
	(void)in;
	w->method = kind_totp_;
}

static bool guard_adds_passkey(const struct world *w, const struct input *in)
{
	(void)w;
	return in->wanted == kind_key;
}

static void effect_make_passkey(struct world *w, const struct input *in)
{
	(void)in;
	w->method = kind_key;
}

static void effect_send_confirm(struct world *w, const struct input *in)
{
	(void)in;
	w->method = kind_mail;
	w->code_live = 1;
}

static void effect_resend_confirm(struct world *w, const struct input *in)
{
	(void)in;
	w->code_live = 1;
}

static void effect_spend_confirm(struct world *w, const struct input *in)
{
	(void)in;
	w->tries--;
	w->spent++;
}

static void effect_activate(struct world *w, const struct input *in)
{
	(void)in;
	w->added = w->method;
	w->second_right = 1;
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to,     \
		#guard, #effect },
static const struct row register_rows[] = {
#include "spec/flow/register.def"
};

static void register_world(size_t n, struct world *w)
{
	*w = (struct world){
		.state = state_begun, .exists = 1, .signed_in = 1, .tries = tries_full
	};
	w->able = (uint8_t)(n % 16);
	w->mail_may = n / 16 % 2;
}

static bool register_possible(const struct world *w, const struct input *in)
{
	return in->event != on_verdict || !in->right ||
	       ((w->able & w->method) && (w->method != kind_mail || w->code_live));
}

static const char *register_unsafe(const struct world *w)
{
	if (w->added && w->added != kind_codes && !(w->added & w->able))
		return "a method was added that its owner can not use";
	if (w->added && w->added != kind_codes && !w->second_right)
		return "a method was added without confirmation";
	if (w->added && w->state != state_done)
		return "a method was added and the flow goes on";
	return NULL;
}

static bool judges(enum state state)
{
	return state == state_judging || state == state_trying;
}

const struct table table_register = { "register", register_rows,
	sizeof(register_rows) / sizeof(register_rows[0]), 32, register_world, register_possible,
	register_unsafe, judges };

/* ---- vouch: a code to an address known before,
 * which is what being `added` stands for here ---- */

static bool guard_knows_open(const struct world *w, const struct input *in)
{
	(void)in;
	return w->mail_may;
}

static bool guard_vouch_left(const struct world *w, const struct input *in)
{
	(void)in;
	return w->tries > 0;
}

#define effect_send_vouch effect_send_confirm
#define effect_spend_vouch effect_spend_confirm
#define effect_vouch effect_activate
#define effect_miss_vouch effect_keep

static const struct row vouch_rows[] = {
#include "spec/flow/vouch.def"
};

static const char *vouch_unsafe(const struct world *w)
{
	if (w->added && !(w->able & kind_mail))
		return "vouched for by whoever reads no address known before";
	if (w->added && w->state != state_done)
		return "vouched for, and the flow goes on";
	if (w->code_live && !w->mail_may)
		return "a code beyond the limits";
	return NULL;
}

const struct table table_vouch = { "vouch", vouch_rows, sizeof(vouch_rows) / sizeof(vouch_rows[0]),
	32, register_world, register_possible, vouch_unsafe, judges };

/* ---- change ---- */

static bool guard_freshly_proved(const struct world *w, const struct input *in)
{
	(void)in;
	return w->fresh;
}

static bool guard_may_try(const struct world *w, const struct input *in)
{
	(void)in;
	return w->mail_may; /* the half of the account is open */
}

static void effect_spend_old(struct world *w, const struct input *in)
{
	(void)in;
	w->spent++;
}

static void effect_feign_old(struct world *w, const struct input *in)
{
	(void)in;
	w->spent++;
}

static void effect_old_right(struct world *w, const struct input *in)
{
	(void)in;
	w->password_right = 1;
}

static void effect_change(struct world *w, const struct input *in)
{
	(void)in;
	w->password_set = 1;
}

static const struct row change_rows[] = {
#include "spec/flow/change.def"
};
#undef ROW

static void change_world(size_t n, struct world *w)
{
	*w = (struct world){ .state = state_begun, .exists = 1, .signed_in = 1 };
	w->able = n % 2 ? knows_password : 0;
	w->fresh = n / 2 % 2;
	w->mail_may = n / 4 % 2;
}

static bool change_possible(const struct world *w, const struct input *in)
{
	return in->event != on_verdict || !in->right || (w->mail_may && (w->able & knows_password));
}

static const char *change_unsafe(const struct world *w)
{
	if (w->password_set && !w->fresh && !w->password_right)
		return "a password was changed without the old one or a fresh proof";
	if (w->password_set && w->state != state_done)
		return "a password was changed and the flow goes on";
	return NULL;
}

const struct table table_change = { "change", change_rows,
	sizeof(change_rows) / sizeof(change_rows[0]), 8, change_world, change_possible,
	change_unsafe, judges };
