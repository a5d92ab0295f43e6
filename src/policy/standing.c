/* Enabled, registered, capable. */
#include "policy/standing.h"

struct standing standing_of(const struct rules *rules, const int64_t worth[method_kind_count])
{
	struct standing s = { .enabled = rules->in_scope };

	/* At sign-in the rules take no second proof away. */
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		s.mfa_capable |= worth[kind] > 0 && method_second(kind);
	s.registered = rules_worth(rules, worth) >= rules_to_register(rules);
	s.capable = s.enabled && s.registered;
	return s;
}

err standing_read(struct ctx *c, struct str account, const int64_t worth[method_kind_count],
	struct standing *out)
{
	struct arena_mark mark = arena_mark(c->arena);
	struct rules rules;
	err e = rules_of(c, account, &rules);

	if (!e)
		*out = standing_of(&rules, worth);
	arena_back(c->arena, mark);
	return e;
}
