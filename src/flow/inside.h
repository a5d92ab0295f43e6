/* What the files of this room share. */
#ifndef FLOW_INSIDE_H
#define FLOW_INSIDE_H

#include "flow/flow.h"

#define ROW(from, event, guard, effect, reply, to)                                                 \
	bool guard_##guard(const struct walk *w);                                                  \
	must_use err effect_##effect(struct walk *w);
#include "spec/flow/recover.def"
#include "spec/flow/signin.def"
#undef ROW

/* The code that was matched, if any, is used up; a recovery code's successor waits in the flow. */
must_use err matched_use(struct walk *w);
/* Whose passkey this is. reply_wrong: nobody's. */
must_use err passkey_owner(struct ctx *c, struct str credential, struct str *account);
/* The proofs that the flow has with the way that was just proved: by a passkey, maybe two. */
must_use err proofs_add(struct walk *w, enum method_kind kind);

/* The way to ask for next, beside the one that is asked for: offered, not proved and, unless
 * also_lost, not said to be lost. False: there is none. */
bool walk_next(const struct walk *w, bool also_lost, enum method_kind *out);

/* Tells the person of a reset and, where that is an administrator, the others. */
must_use err reset_tell(struct walk *w);

#endif
