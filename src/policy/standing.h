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

/* has: kinds of which the person has an active method. */
struct standing standing_of(const struct rules *rules, const bool has[method_kind_count]);

#endif
