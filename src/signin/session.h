/* Sessions: who is signed in. May come back: reply_sign_in_first; faults of the store. */
#ifndef SIGNIN_SESSION_H
#define SIGNIN_SESSION_H

#include "model/model.h"
#include "spec/spec.h"

/* The live session that the request's token names.
 * Both time-outs end it; use resets the idle one. */
must_use err session_check(struct ctx *c, const struct request *r, struct session *out);

#endif
