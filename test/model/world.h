/* A world small enough to visit every one of: one flow, one account or none, one visitor. The rows
 * are those that run (spec/flow/); what guards and effects mean is said here a second time, in the
 * fewest words, so that a mistake in a row shows as a broken promise. */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include "base/base.h"
#include "spec/spec.h"

#define STATE(name, life) state_##name,
enum state {
#include "spec/flow/state.def"
	state_count
};
#undef STATE

#define EVENT(name) on_##name,
enum event {
#include "spec/flow/event.def"
	event_count
};
#undef EVENT

enum { life_fleeting, life_open, life_shut };
enum {
	kind_mail = 1,
	kind_totp_ = 2,
	kind_codes = 4,
	kind_key = 8,
	knows_password = 16,
	holds_pass = 32
};
/* Beside kind_key: of an account's keys, that they verify their user; of a visitor, that they can;
 * of proofs, that one did, which counts as another. */
enum { verified = 64, kinds_all = kind_mail | kind_totp_ | kind_codes | kind_key };
enum { tries_full = 2 }; /* five behave like two, and two are sooner visited */

struct world {
	/* What is so, and does not change. */
	uint8_t exists, kinds, disabled, frozen, mail_may, must_change_set, pass_waits, signed_in,
		fresh;
	uint8_t mail_off;  /* of the site, not of the account */
	uint8_t elsewhere; /* of the visitor's network */
	uint8_t able;      /* what this visitor could prove: kind_*, knows_password, holds_pass */
	/* The flow. */
	uint8_t state, method, proofs, tries, sent, extended, reason, by_pass, by_key;
	/* What happened. */
	uint8_t code_live; /* a real code is out, and good */
	uint8_t spent;     /* tries spent and not yet judged */
	uint8_t judged;    /* comparisons in this challenge */
	uint8_t password_right, second_right, pass_right, key_right;
	uint8_t password_set, session, added, expired;
	uint8_t broken; /* an effect found something that must not be: why + 1 */
};

/* What the world outside does at one event. */
struct input {
	enum event event;
	uint8_t wanted, right, rules_met;
	uint8_t old; /* the latest code is no longer good */
	uint8_t uv;  /* the key that was used verified its user */
};

struct row {
	enum state from;
	enum event event;
	bool (*guard)(const struct world *w, const struct input *in);
	void (*effect)(struct world *w, const struct input *in);
	enum reply reply;
	enum state to;
	const char *guard_name, *effect_name;
};

struct table {
	const char *name;
	const struct row *rows;
	size_t count;
	size_t world_count;
	void (*world)(size_t number, struct world *w); /* the number-th world to begin in */
	bool (*possible)(const struct world *w, const struct input *in);
	const char *(*unsafe)(const struct world *w); /* NULL, or which promise is broken */
	bool (*judges)(enum state state);             /* a comparison is under way here */
};

extern const struct table table_recover, table_signin, table_register, table_change, table_vouch;

int state_life(uint8_t state);
const char *state_name(uint8_t state);
const char *event_name(enum event event);

/* Why a world is broken; effects set world.broken. */
enum { broken_twice = 1, broken_unspent, broken_nobody };

#endif
