/* Flows: one server-side record of a reset or a sign-in, moved by the rows of spec/flow/.
 *
 * The order of things in every operation: load the walk (what is known), step an event (one row,
 * one unit), for an answer compare the secret outside, step the verdict, fill the page. May come
 * back: the replies of the tables; reply_begin: no such flow; reply_lost_race; faults. */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "audit/audit.h"
#include "model/model.h"
#include "policy/rules.h"
#include "policy/throttle.h"
#include "spec/spec.h"
#include "store/store.h"

#define STATE(name, life) state_##name,
enum flow_state {
#include "spec/flow/state.def"
	state_count
};
#undef STATE

#define EVENT(name) on_##name,
enum flow_event {
#include "spec/flow/event.def"
	on_count
};
#undef EVENT

enum flow_life { life_fleeting, life_open, life_shut };

const char *state_name(enum flow_state state);
enum flow_life state_life(enum flow_state state);

struct walk;
struct pair;         /* outbox/outbox.h */
struct passkey_born; /* method/passkey.h */

struct flow_row {
	enum flow_state from;
	enum flow_event event;
	bool (*guard)(const struct walk *w); /* only looks */
	err (*effect)(struct walk *w);       /* changes the flow in the walk, adds to its unit */
	enum reply reply;
	enum flow_state to;
};

struct flow_table {
	const char *kind; /* "recover", "signin", "register", "change" */
	bool keeps_row;   /* its flows have rows; else the effects keep what must last */
	const struct flow_row *rows;
	size_t count;
};

extern const struct flow_table flow_recover, flow_signin;

/* What guards and effects see. */
struct walk {
	struct ctx *c;
	struct answer *out;
	const struct flow_table *table;
	struct flow flow;
	enum flow_state state;
	struct account account; /* when known */
	bool known;             /* exactly one account has this name */
	struct methods methods; /* of a reset: those that the rules let count */
	struct methods
		every; /* also those that do not count: what happened is told to all addresses */
	struct rules rules;              /* not at sign-in */
	bool offered[method_kind_count]; /* in a reset: to everybody alike, whatever one's own rules
					  */
	size_t proofs_needed;
	int64_t grace_until; /* fewer than the rules ask for are enough until then; 0: they are not
			      */
	bool mail_open;      /* a code may be sent to one of the account's addresses now */
	bool try_open;       /* the account's half may try a password now */
	bool trusted;        /* from a familiar device, or a network of the organisation */
	struct place place;  /* what the rules say of where the request comes from */
	bool pass_open;      /* a one-time pass waits for this account */
	struct try try;
	struct unit unit;
	/* of the event */
	enum method_kind wanted;
	bool right, by_pass, by_key, same_as_before;
	bool spent; /* a try, for what is compared now: what was feigned was not compared */
	const struct method *matched; /* what the code fitted */
	int64_t matched_at; /* totp: the time step; recovery code: the slot; passkey: its counter */
	struct str matched_mac;   /* recovery code: as it is kept; passkey: the challenge */
	bool verified, backed_up; /* passkey: what its authenticator says now */
	const char *miss;         /* why nothing matched, for the log; NULL: as always */
	struct str stored;        /* the new password's hash */
	struct str pass_mac;      /* of the one-time pass that waits */
	struct str typed_mac;     /* of the password that was typed */
	bool rules_met;
	struct method pending;           /* a method being added */
	const struct passkey_born *born; /* a passkey being added: what the authenticator made */
	struct str transports;
	struct secret *codes; /* recovery codes, to be shown once */
	struct str label;
};

/* Guards and effects that any table may use. */
bool guard_always(const struct walk *w);
bool guard_right(const struct walk *w);
bool guard_rules_met(const struct walk *w);
bool guard_may_try(const struct walk *w);
bool guard_may_try_pass(const struct walk *w);
bool guard_may_try_key(const struct walk *w);
must_use err effect_keep(struct walk *w);
must_use err effect_note_refused(struct walk *w); /* of a new password: which rule it breaks */

/* A new flow about a typed name; known or not. */
must_use err walk_begin(struct ctx *c, const struct flow_table *table, struct str name,
	struct answer *out, struct walk *w);
/* A new flow of whoever has this passkey; known or not. */
must_use err walk_begin_key(struct ctx *c, const struct flow_table *table, struct str credential,
	struct answer *out, struct walk *w);
/* A walk of the person who is signed in, in no flow: c->who. throttle: "signin" or "proof",
 * which of them a try is counted on; NULL: nothing is tried. */
must_use err walk_signed_in(struct ctx *c, const struct flow_table *table, const char *throttle,
	struct answer *out, struct walk *w);
/* The flow that the request's flow token names. Its time may be over: then it is shut, reply_shut.
 */
must_use err walk_load(
	struct ctx *c, const struct flow_table *table, struct answer *out, struct walk *w);
/* Adds an event about this walk to its unit. reason may be NULL. */
must_use err walk_note(struct walk *w, enum event event, bool success, const char *reason);
/* Kinds of ways that the account has and its rules let count. */
size_t walk_ways(const struct walk *w);
/* One row: its effect and its `to` in one unit. No row: the reply that names the page of the state.
 */
must_use err flow_step(struct walk *w, enum flow_event event);
/* answer, the comparison, verdict. */
must_use err flow_answer(struct walk *w, struct secret *typed);
/* Is what was typed the account's password now? Only the hash can say. reply_busy. */
must_use err password_is_current(
	struct ctx *c, const struct account *account, struct secret *typed, bool *same);
/* password_verify and its kin (crypto/crypto.h), at the cost that is configured: hash.c. */
must_use err account_verify(
	struct ctx *c, const struct account *account, const struct secret *normal, bool *stale);
must_use err nobody_verify(struct ctx *c, const struct secret *normal);
must_use err account_hash(
	struct ctx *c, const struct account *account, const struct secret *normal, struct str *out);
/* Judges a new password by the rules; then w->stored is its hash and w->rules_met. reply_busy. */
must_use err flow_judge_password(struct walk *w, struct secret *typed);
/* Fills answer.record, answer.support for the state the flow is in. reply: of the step; returned.
 */
must_use err flow_page(struct walk *w, err reply);
/* The reply that names the page of the state. */
enum reply flow_where(const struct walk *w);

/* A new token for the flow, the session, the device: its MAC goes into the store, the secret into
 * the answer. */
must_use err token_mint(struct ctx *c, const char *about, struct secret **out, struct str *mac);
must_use err token_mac(
	struct ctx *c, const char *about, const struct secret *token, struct str *mac);

/* A session for the account, in the unit; a familiar-device token if this browser has none. proofs:
 * what it was opened with, joined by "+": applications are told. */
must_use err session_open(struct unit *unit, struct answer *out, const struct account *account,
	int64_t level, bool by_pass, struct str proofs);
/* Does the request come from a familiar device of this account? */
must_use err device_familiar(struct ctx *c, struct str account, bool *familiar);

/* "I don't have this any more": asks for the next way that was neither proved nor lost; where there
 * is none, for the same. The reply is that of where the flow is. */
must_use err flow_lost(struct walk *w);

/* A message to every administrator who has a work mail address, the first sixteen by name. except:
 * an account's id, who is not told; STR("") for none. */
must_use err administrators_tell(struct unit *unit, struct str except, const char *message,
	const struct pair *pairs, size_t count);

/* Compares a typed code with the account's methods of a kind: fills w->matched, matched_at and
 * matched_mac. reply_wrong: it fits none. */
must_use err code_match(struct walk *w, enum method_kind kind, const struct secret *typed);
/* The keyed digest under which a one-time pass is kept. */
must_use err pass_mac(
	struct ctx *c, struct str account, const struct secret *pass, struct str *mac);
/* Uses the code that was matched up, once: 1 row or the race is lost. A recovery code is worth
 * nothing after use, and another takes its place at once (NIST SP 800-63B-4 4.2.1.1): *next, to be
 * shown to its owner this once; NULL for an app's code and a passkey. Whoever used the same code at
 * the same moment loses. */
must_use err code_use(struct walk *w, struct secret **next);

#endif
