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

/* worth: how many ways each kind is worth; 0 where the person has no active method of it. */
struct standing standing_of(const struct rules *rules, const int64_t worth[method_kind_count]);

#endif
