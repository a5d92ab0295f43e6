/* Plain values: what an account, a method, a flow and a session are. No behaviour but questions
 * that the value itself can answer. All texts live in the operation's arena. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "spec/spec.h"

enum {
	id_size = 16,
	mac_size = 32,
	fresh_seconds = 5 * 60, /* a sensitive change wants a proof no older than this */
	familiar_days = 365
};

struct account {
	struct str id, name, display_name, upn, mail, employee_id, given_name, surname, reading,
		language;
	bool disabled, must_register;
	int64_t frozen, last_signin;
	struct str password; /* stored hash; STR_NONE: none set */
	bool must_change;
	int64_t password_changed;
};

enum method_kind { method_mail, method_totp, method_recovery_code, method_kind_count };

struct method {
	struct str id, account, label, address, channel, seed;
	enum method_kind kind;
	struct str state; /* pending, active, disabled */
	int64_t created, verified, last_used, floor, failures;
	struct str code;
	int64_t code_expires, tries;
};

struct methods {
	const struct method *at;
	size_t count;
};

struct flow {
	struct str id, kind, token, account, name, language, state, method, proofs, code, reason;
	struct str reissued; /* sealed: the recovery code in place of the one used */
	int64_t version, created, expires, tries, code_expires, sent;
	bool extended, familiar, real;
	bool stored; /* it has a row */
};

struct session {
	struct str id, account, agent, address;
	struct str proofs;    /* what it was opened with: "password+totp", "pass" */
	struct account owner; /* as it was when the session was checked */
	int64_t created, seen, expires, proved, level;
	bool by_pass;
};

/* An application that people come to through rekey's sign-in. */
struct application {
	struct str id, name, kind, client, algorithm;
	struct str redirect_uris, post_logout_uris, back_channel_uri; /* model/uri.h */
	struct str secret; /* MAC; STR_NONE: a public client has none */
	bool everyone;     /* may come; else the people of its groups */
	int64_t level, created, secret_made;
};

const char *method_name(enum method_kind kind); /* mail, totp, recovery_code */
must_use bool method_of(struct str name, enum method_kind *out);
bool method_active(const struct method *m);
/* The first active method of a kind after `from` (NULL: from the start); NULL: none. */
const struct method *methods_next(
	struct methods all, enum method_kind kind, const struct method *from);

/* Methods proved in a flow, "mail+totp": a set written as text. */
bool proofs_have(struct str proofs, enum method_kind kind);
size_t proofs_count(struct str proofs);
must_use err proofs_with(struct ctx *c, struct str proofs, enum method_kind kind, struct str *out);

/* How many different proofs this account could still give beside those it gave: kinds with an
 * active method, each a channel of its own kind. */
size_t methods_unproved(struct methods all, struct str proofs);

bool session_fresh(const struct session *s, int64_t now);

/* "K7Q2-9XWM": the first 40 bits of a flow's id, which people can read out on the telephone. */
must_use err support_code(struct ctx *c, struct str flow_id, struct str *out);
/* 32 lower-case hex digits of an id, and back. reply_not_found is for the caller to say. */
must_use err id_text(struct ctx *c, struct str id, struct str *out);
must_use bool id_take(struct ctx *c, struct str text, struct str *out);
struct str id_make(struct ctx *c); /* 16 random bytes; STR_NONE when the arena is full */

#endif
