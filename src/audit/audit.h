/* The audit log: what happened to whom, chained so that nothing can be taken out or changed unseen.
 *
 * A row is written in the unit of the deed, under a MAC; rows are numbered and chained, and the
 * chain's head signed, by audit_close a moment later (docs/decision/0003-audit-chain.md). Names and
 * addresses are sealed under a key per account, which erasing the account destroys.
 *
 * May come back: fault_store, fault_crypto, fault_arena, fault_limit. */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "store/store.h"

#define EVENT(name, activity, category, meaning) event_##name,
enum event {
#include "spec/event.def"
	event_count
};
#undef EVENT

enum audit_actor {
	actor_self,   /* the person whose account it is, or says it is */
	actor_desk,   /* the help desk, in its own session */
	actor_socket, /* the command line */
	actor_system  /* rekey by itself */
};

struct audit_about {
	bool failure;       /* the result: success unless this is set */
	struct str reason;  /* Microsoft's words where it has them, or the name of a reply */
	struct str support; /* the support code; joins the rows of one flow */
	struct str account; /* id, 16 bytes; STR_NONE: about nobody */
	enum audit_actor actor;
	struct str detail; /* may name people: sealed under the account's key, else left out */
	struct str note; /* readable for ever, so names nobody: counts, settings, kinds of method */
};

const char *event_name(enum event event);     /* the id: "signin_locked" */
const char *event_activity(enum event event); /* "Sign-in blocked" */
const char *event_category(enum event event); /* "Sign-in" */
must_use bool event_of(struct str name, enum event *out);

/* Adds one row, and with it one statement, to the caller's unit: deed and trace hold together or
 * not at all. The client's claimed address and browser (c->request) are sealed beside the detail.
 * The first row of an account makes its key, in a unit of its own. about and its texts must live
 * until unit_commit returns. */
must_use err audit_add(struct unit *unit, enum event event, const struct audit_about *about);

/* Counts an attempt that named nobody. Becomes one row a minute, so that a stranger cannot fill the
 * store; adds one statement to the unit. */
void audit_count(struct unit *unit, const char *operation);

/* Adds the destruction of the account's key to a unit: its rows still verify but name nobody. */
void audit_forget(struct unit *unit, struct str account);

/* Housekeeping, about every 250 ms and before the keeper ends: numbers, chains and signs what was
 * added since; closes the day at its end and turns counts into rows. Any thread; two at once only
 * lose time. */
must_use err audit_close(struct ctx *c);

/* Drops the rows of closed days that are older than keep_days (the setting auditRetentionDays);
 * their signed heads stay. Once an hour will do. */
must_use err audit_retire(struct ctx *c, int64_t keep_days);

struct audit_verdict {
	int64_t days, dropped_days, rows; /* looked at */
	const char *why;                  /* NULL: the log holds. Else what is wrong, first found */
	int64_t day, seq;                 /* where: days since 1970; seq 0 is the head */
	int64_t newest_day;
	uint8_t newest_head[32]; /* the chain's last hash when it was looked at */
};

/* Closes what is pending, then walks every day: signatures, the chain within and between days,
 * every row's place, hash and MAC. Takes some seconds for a million rows; others go on meanwhile.
 */
must_use err audit_verify(struct ctx *c, struct audit_verdict *out);

#endif
