/* How far a person has come with password reset, in Microsoft's words: enabled, registered,
 * capable. Reports, lists and reminders ask here, so that their numbers are the same. */
#ifndef POLICY_STANDING_H
#define POLICY_STANDING_H

#include "policy/rules.h"

struct standing {
	bool enabled;     /* the rules let the person reset */
	bool registered;  /* has as many ways that count as the rules ask for */
	bool capable;     /* both */
	bool mfa_capable; /* has a way that is asked for as the second proof at sign-in */
};

/* worth: how many proofs each kind is (methods_worth), of the methods that count now. */
struct standing standing_of(const struct rules *rules, const int64_t worth[method_kind_count]);
/* By the rules of this account. Leaves nothing in the arena, so that it serves for many in turn. */
must_use err standing_read(struct ctx *c, struct str account,
	const int64_t worth[method_kind_count], struct standing *out);

#endif
