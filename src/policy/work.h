/* A proof of work when the site is busy (ALTCHA-compatible: find n so that SHA-256(salt n) is the
 * challenge), or a signed wait for browsers without JavaScript. Nothing is kept until it is solved.
 *
 * The text: salt|most|challenge|made|mac, and the browser adds |n, or |wait once the wait is over.
 */
#ifndef POLICY_WORK_H
#define POLICY_WORK_H

#include "store/store.h"

enum { work_wait_seconds = 20, work_lifetime = 10 * 60, work_most = 100000, flows_most = 100000 };

/* What the whole site did in the running minute, and what it owes. One for the keeper; all members
 * atomic. */
struct site {
	_Atomic int64_t minute, starts;
	_Atomic int64_t open; /* flows in the store, as last counted, and those begun since */
	/* The address most requests claim, by majority vote (Boyer and Moore): a proxy whose
	 * forwarded address is not believed shows as one address for everybody. */
	_Atomic uint64_t address;
	_Atomic int64_t votes, requests;
	/* A comparison was cut short, and not even that could be written: the house does it. */
	_Atomic bool recall;
};

/* Counts one request from this claimed address. */
void site_request(struct site *site, struct str address);
/* How many of 100 requests at least claim one address; 0 while there are too few to say. */
int64_t site_one_address(const struct site *site);

/* Counts one recover start; true when from now on a proof of work is asked. */
bool site_busy(struct ctx *c);
/* The store holds as many open flows as it may: no more until some are swept. */
bool site_full(struct ctx *c);
must_use err work_make(struct ctx *c, struct str *out);
/* 0: solved, for the first time (spent durably); reply_work: not; ask anew. */
must_use err work_check(struct ctx *c, struct str answer);

#endif
