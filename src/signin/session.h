/* Sessions: who is signed in. May come back: reply_sign_in_first; faults of the store. */
#ifndef SIGNIN_SESSION_H
#define SIGNIN_SESSION_H

#include "model/model.h"
#include "spec/spec.h"

/* The live session that the request's token names.
 * Both time-outs end it; use resets the idle one. */
must_use err session_check(struct ctx *c, const struct request *r, struct session *out);
/* Neither of its time-outs has ended it. */
bool session_live(const struct ctx *c, const struct session *s);
/* The same, and its owner may be signed in. */
bool session_alive(const struct ctx *c, const struct session *s);
/* It was used: the idle time-out begins anew. Written down at most once a minute. */
must_use err session_touch(struct ctx *c, const struct session *s);

#endif
