/* Enabled, registered, capable. */
#include "policy/standing.h"

struct standing standing_of(const struct rules *rules, const int64_t worth[method_kind_count])
{
	struct standing s = { .enabled = rules->in_scope };
	int64_t ways = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		ways += rules_allow(rules, kind) ? worth[kind] : 0;
		/* At sign-in the rules take no second proof away; mail never is one (NIST SP
		 * 800-63B-4 3.1.3.1). */
		s.mfa_capable |= worth[kind] > 0 && kind != method_mail;
	}
	s.registered = ways >= rules_to_register(rules);
	s.capable = s.enabled && s.registered;
	return s;
}
