/* Counters of guesses, durable before the secret is looked at. Each exists twice: half 1 for
 * familiar devices, half 0 for everybody else, so that strangers cannot use up the owner's half.
 *
 * May come back: what store/store.h says. */
#ifndef POLICY_THROTTLE_H
#define POLICY_THROTTLE_H

#include "model/model.h"
#include "store/store.h"

enum {
	proofs_a_day = 10,      /* failed proofs of one account and half */
	proofs_a_day_entra = 5, /* where the profile is entra */
	tries_a_challenge = 5,
	failures_to_disable =
		100, /* in a row; NIST SP 800-63B-4 3.2.2; sql/statement.def: methods_fail */
	sending_window = 15 * 60,
	sends_in_15_minutes = 3, /* codes to one destination */
	sends_a_day = 10
};

struct
try {
	struct str account;
	const char *kind; /* "proof" or "signin" */
	int64_t most;     /* failed proofs a day; 0: proofs_a_day */
	bool familiar;
	bool spent_by_shutting; /* by throttle_spend */
};

/* Is the account's half open for another try now? Only looks. */
must_use err throttle_open(struct ctx *c, const struct try *t, bool *open);
/* Spends a try in the unit. A sign-in past the threshold spends by shutting the half for the next,
 * longer time at once, so that of many at the same moment one is judged. */
must_use err throttle_spend(struct unit *unit, struct try *t);
/* After the spending unit holds: may this try be judged? */
must_use err throttle_judged(struct ctx *c, const struct try *t, bool *may);
/* The try was right (a proof), or told nothing new (a password refused before). */
void throttle_give_back(struct unit *unit, const struct try *t);
/* The sign-in was wrong for the count-th time: shut the half when the threshold is reached. */
must_use err throttle_shut(struct unit *unit, const struct try *t);
void throttle_clear(struct unit *unit, const struct try *t);

/* What an account may do so often within so many seconds. *left: how often still, from now. */
struct pace_of {
	const char *kind;
	int64_t most, seconds;
};
must_use err throttle_left(
	struct ctx *c, struct str account, const struct pace_of *p, int64_t *left);
/* Counts one more, in the unit of the deed: it loses the race when no more are left. */
void throttle_once(struct unit *unit, struct str account, const struct pace_of *p);

/* Failures in a row of one way, which no day ends. A hundred from familiar devices disable the
 * method; a hundred from everybody else end the comparing for everybody else alone, until the way
 * is proved again or the desk clears it, so that strangers with patience do not take the owner's
 * method away. way: a method's name. */
void streak_spend(struct unit *unit, const struct try *t, struct str way);
/* After the spending unit holds: may this try be judged? */
must_use err streak_judged(struct ctx *c, const struct try *t, struct str way, bool *may);
void streak_clear(struct unit *unit, const struct try *t, struct str way);

/* May a code go to this destination now? Only looks. channel: canonical. */
must_use err sending_open(struct ctx *c, struct str channel, bool *open);
/* Counts this message of the outbox on its destination, in the unit that writes it. Where others at
 * the same moment used up what was left, the message goes to nobody. */
must_use err sending_note(struct unit *unit, struct str channel, struct str message);

#endif
