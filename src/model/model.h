/* Plain values: what an account, a method, a flow and a session are. No behaviour but questions
 * that the value itself can answer. All texts live in the operation's arena. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "spec/spec.h"

enum {
	id_size = 16,
	mac_size = 32,
	fresh_seconds = 5 * 60, /* a sensitive change wants a proof no older than this */
	familiar_days = 365,
	waiting_seconds =
		24 * 3600 /* what a password alone added proves nothing before this is over */
};

/* How far a sign-in has come with what policy asks for: owes it, has begun, was let through. */
enum stage { stage_owes, stage_begun, stage_through };

struct account {
	struct str id, name, display_name, upn, mail, employee_id, given_name, surname, reading,
		language;
	bool disabled, must_register;
	int64_t frozen, last_signin;
	struct str password; /* stored hash; STR_NONE: none set */
	bool must_change;
	int64_t password_changed;
};

enum method_kind {
	method_mail,
	method_totp,
	method_recovery_code,
	method_passkey,
	method_kind_count
};

struct method {
	struct str id, account, label, address, channel, seed;
	struct str replaces; /* of a pending one: the way that goes when this one counts */
	enum method_kind kind;
	struct str state; /* pending, waiting, active, disabled */
	int64_t created, verified, last_used, floor, failures;
	struct str code;
	int64_t code_expires, tries;
	bool verifies;       /* a passkey that verifies its user: two proofs in one */
	int64_t counts_from; /* state is waiting until then */
};

struct methods {
	const struct method *at;
	size_t count;
};

struct flow {
	struct str id, kind, token, account, name, language, state, method, proofs, code, reason;
	struct str lost;     /* what the person said not to have any more: a set as proofs is */
	struct str reissued; /* sealed: the recovery code in place of the one used */
	int64_t version, created, expires, tries, code_expires, sent;
	bool extended, familiar, real;
	bool stored; /* it has a row */
};

struct session {
	struct str id, account, agent, address;
	struct str proofs;    /* what it was opened with: "password+totp", "pass" */
	struct str proved_by; /* the same, or the way that was last proved again: "recovery_code" */
	struct account owner; /* as it was when the session was checked */
	int64_t created, seen, expires, proved, level;
	bool by_pass;
	int64_t stage; /* enum stage */
	bool vouched;  /* a code to an address known before came back */
	struct str vouch_code;
	int64_t vouch_until, vouch_tries;
};

/* What the person did when sign-in asked them to register. */
struct registration {
	int64_t skipped_since, skips, confirmed, snoozed_until, snoozes, notice_version;
	struct str default_method; /* asked first at sign-in; empty: the most secure */
};

/* An application that people come to through rekey's sign-in. */
struct application {
	struct str id, name, kind, client, algorithm;
	struct str redirect_uris, post_logout_uris, back_channel_uri; /* model/uri.h */
	struct str secret; /* MAC; STR_NONE: a public client has none */
	bool everyone;     /* may come; else the people of its groups */
	int64_t level, created, secret_made;
};

const char *method_name(enum method_kind kind); /* mail, totp, recovery_code, passkey */
must_use bool method_of(struct str name, enum method_kind *out);
bool method_active(const struct method *m);
/* The first active method of a kind after `from` (NULL: from the start); NULL: none. */
const struct method *methods_next(
	struct methods all, enum method_kind kind, const struct method *from);

/* All but `gone`, which is one of them. */
must_use err methods_without(
	struct ctx *c, struct methods all, const struct method *gone, struct methods *out);

/* Is it asked for as the second proof at sign-in? Mail never is (NIST SP 800-63B-4 3.1.3.1). */
bool method_second(enum method_kind kind);
bool methods_have_second(struct methods all);

/* What sign-in asks for first: the chosen one where it is there, else the most secure. */
enum method_kind methods_first(struct methods all, struct str chosen);

/* Methods proved in a flow, "mail+totp": a set written as text. A passkey that verified its user is
 * two proofs, "passkey+verified": what one has, and what one knows or is. */
bool proofs_hold(struct str proofs, const char *word);
bool proofs_have(struct str proofs, enum method_kind kind);
size_t proofs_count(struct str proofs);
must_use err proofs_with(struct ctx *c, struct str proofs, enum method_kind kind, struct str *out);
must_use err proofs_with_verified(struct ctx *c, struct str proofs, struct str *out);

/* How many proofs a kind is: none, one, or by a passkey two. seen: 0: there is none; 1: one is
 * there; 2: one that verifies its user. */
int64_t method_worth(enum method_kind kind, int64_t seen);
/* How many proofs this account could give by this kind. */
size_t methods_worth(struct methods all, enum method_kind kind);
/* How many different proofs this account could still give beside those it gave, and beside a kind
 * (method_kind_count: none): kinds with an active method, each a channel of its own kind. */
size_t methods_unproved(struct methods all, struct str proofs, enum method_kind beside);

bool session_fresh(const struct session *s, int64_t now);

/* "K7Q2-9XWM": the first 40 bits of a flow's id, which people can read out on the telephone. */
must_use err support_code(struct ctx *c, struct str flow_id, struct str *out);
/* 32 lower-case hex digits of an id, and back. reply_not_found is for the caller to say. */
must_use err id_text(struct ctx *c, struct str id, struct str *out);
must_use bool id_take(struct ctx *c, struct str text, struct str *out);
struct str id_make(struct ctx *c); /* 16 random bytes; STR_NONE when the arena is full */

#endif
