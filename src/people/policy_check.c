/* rekey policy check: rules that keep people out, that contradict each other, or that standards
 * forbid. */
#include "people/inside.h"

#include "conf/conf.h"

enum { problems_most = 40 };

struct problems {
	struct rec_check at[problems_most];
	size_t count;
};

static void say(struct problems *p, const char *what, const char *words)
{
	if (p->count < problems_most)
		p->at[p->count++] = (struct rec_check){ str_of(what), STR("look"), str_of(words) };
}

static err check_scope(struct ctx *c, const struct rules *rules, struct problems *p)
{
	struct str enabled;
	err e = policy_list_text(c, list_enabled_groups, &enabled);

	if (e)
		return e;
	if (rules->value[rule_enablement_type] == who_none)
		say(p, "enablementType", "Nobody may reset: enablementType is none.");
	if (rules->value[rule_enablement_type] == who_selected && str_is(enabled, "none"))
		say(p, "passwordResetEnabledGroups",
			"Nobody may reset: enablementType is selected, and the list is empty.");
	if (rules->value[rule_enablement_type] == who_all && !str_is(enabled, "none"))
		say(p, "passwordResetEnabledGroups",
			"The list says nothing while enablementType is all.");
	return 0;
}

err serve_policy_check(struct ctx *c, const struct op_policy_check *in, struct answer *out)
{
	struct problems *p = arena_take(c->arena, sizeof(*p));
	struct rules rules;
	err e;

	(void)in;
	if (!p)
		return fault(c, fault_arena, "policy");
	if ((e = rules_of(c, STR_NONE, &rules)) || (e = check_scope(c, &rules, p)))
		return e;
	if (policy_no_way(&rules))
		say(p, "methods",
			"Fewer ways to prove it are on than a reset needs: nobody can reset.");
	if (rules.value[rule_proofs_to_reset] < 2)
		say(p, "numberOfAuthenticationMethodsRequired",
			"One proof is enough for a reset: NIST SP 800-63B-4 4.2.2 asks for two "
			"where sign-in has a second one.");
	if (p->count == 0)
		p->at[p->count++] = (struct rec_check){ STR("policy"), STR("good"),
			STR("Nothing contradicts itself.") };
	out->items = p->at;
	out->item_count = p->count;
	return 0;
}
