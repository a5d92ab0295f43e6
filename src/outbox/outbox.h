/* Messages to people: written in the same unit as the deed, sealed to their row, claimed by the
 * courier. A message to nobody is written like any other, so that its timing tells nothing.
 *
 * May come back: faults of store and crypto. */
#ifndef OUTBOX_OUTBOX_H
#define OUTBOX_OUTBOX_H

#include "model/model.h"
#include "store/store.h"

struct pair {
	const char *name;
	struct str value;
};

/* A message of spec/message.def to one address. recipient STR_NONE: nobody. account: whose it is,
 * NULL when it is about no account (the desk's). */
must_use err outbox_add(struct unit *unit, const struct account *account, struct str recipient,
	const char *message, const struct pair *pairs, size_t count);

/* The same, not before a moment to come. */
must_use err outbox_add_later(struct unit *unit, const struct account *account,
	struct str recipient, const char *message, const struct pair *pairs, size_t count,
	int64_t when);
/* Can mail leave at all: is a relay set, and a sender? */
bool outbox_open(struct ctx *c);
/* A logout token (OpenID Connect Back-Channel Logout 1.0) to an application's address. Good for so
 * long: */
enum { outbox_logout_seconds = 10 * 60 };
must_use err outbox_logout(
	struct unit *unit, const struct account *account, struct str uri, struct str token);

/* A code to a method's address, counted on its channel in the same unit. It goes to nobody where
 * others at the same moment used up what was left. */
must_use err outbox_code(struct unit *unit, const struct account *account, const struct method *to,
	const char *message, const struct pair *pairs, size_t count);

/* How many addresses a notice to this person goes to. */
must_use err outbox_addresses(
	struct ctx *c, const struct account *account, struct methods methods, size_t *count);
/* A notice to every address of the account: the work mailbox, each verified address, and what the
 * organisation knows of (otherMail). Adds a "this was not me" link valid 72 hours where the message
 * has one. *told: how many addresses, counting neither `except` (the address that received a code
 * in this flow; STR_NONE) nor those that nobody proved ever to read. */
must_use err outbox_notice(struct unit *unit, const struct account *account, struct methods methods,
	const char *message, const struct pair *pairs, size_t count, struct str except,
	size_t *told);

/* To the help desk's address, if one is set. */
must_use err outbox_desk(struct unit *unit, const struct account *account, const char *message,
	const struct pair *pairs, size_t count);

/* When, where and with what the person who asks is asking: for messages. pairs[3]. */
must_use err outbox_circumstances(struct ctx *c, struct pair pairs[3]);

#endif
