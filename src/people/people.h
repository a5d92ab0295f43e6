/* Operations on people: import, list, add, invite, disable, export, erase. The serve functions of
 * spec/operation.def are the door; here stands what else other rooms call.
 *
 * May come back: faults of store, crypto and audit. */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "base/base.h"

/* Wraps at most `most` imported legacy hashes in argon2id, one unit each, yielding to sign-ins;
 * *done: how many. Called by the keeper's housekeeping, for as long as *done is not 0. A hash that
 * was replaced meanwhile is left to what replaced it. */
must_use err people_wrap_some(struct ctx *c, size_t most, size_t *done);

#endif
