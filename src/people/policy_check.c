/* rekey policy check: rules that keep people out, that contradict each other, or that standards
 * forbid. */
#include "people/inside.h"

enum { problems_most = 40, groups_most = 60, words_limit = 300 };

struct problems {
	struct ctx *c;
	struct rec_check at[problems_most];
	size_t count;
};

/* look: an administrator should know of it. bad: somebody cannot reset at all, or it is as if
 * nobody asked. */
static void say(struct problems *p, const char *what, const char *state, struct str words)
{
	if (p->count < problems_most)
		p->at[p->count++] = (struct rec_check){ str_of(what), str_of(state), words };
}

static void look(struct problems *p, const char *what, const char *words)
{
	say(p, what, "look", str_of(words));
}

/* ---- who may reset ---- */

static void check_scope(struct problems *p, const struct policy *policy)
{
	switch ((enum who)policy->site[rule_enablement_type]) {
	case who_none:
		look(p, "enablementType", "Nobody may reset: enablementType is none.");
		break;
	case who_selected:
		if (!policy->some[list_enabled_groups])
			say(p, "passwordResetEnabledGroups", "bad",
				STR("Nobody may reset: enablementType is selected, and the list is "
				    "empty."));
		break;
	case who_all:
		if (policy->some[list_enabled_groups])
			look(p, "passwordResetEnabledGroups",
				"The list says nothing while enablementType is all.");
		break;
	}
}

/* ---- groups that no way is left for ---- */

struct named {
	struct str id, name;
};

struct groups {
	struct named at[groups_most];
	size_t count;
};

static void add_group(struct groups *all, struct str id, struct str name)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_same(all->at[i].id, id))
			return;
	if (all->count < groups_most)
		all->at[all->count++] = (struct named){ id, name };
}

static void groups_named(const struct policy *policy, struct groups *all)
{
	for (size_t i = 0; i < policy->value_count; i++)
		add_group(all, policy->values[i].group, policy->values[i].name);
	for (size_t i = 0; i < policy->listed_count; i++)
		add_group(all, policy->listed[i].group, policy->listed[i].name);
}

/* People of these groups, and of those around them. */
static err within_of(
	struct ctx *c, const struct named *one, const struct named *other, struct within *out)
{
	struct str *ids;
	struct rows rows;
	err e = store_read(
		c, statement_groups_around, WITH(v_bytes(one->id), v_bytes(other->id)), 0, &rows);

	if (e)
		return e;
	if (!(ids = arena_take(c->arena, (rows.count + 1) * sizeof(*ids))))
		return fault(c, fault_arena, "groups of a policy");
	for (size_t i = 0; i < rows.count; i++)
		ids[i] = row_str(&rows, i, 0);
	*out = (struct within){ ids, rows.count };
	return 0;
}

static err say_no_way(struct problems *p, const struct named *one, const struct named *other)
{
	struct buf b = buf_in(p->c->arena, words_limit);

	buf_add(&b, STR("Fewer ways are on than a reset needs, for whoever is in "));
	buf_add(&b, str_upto(one->name, 80));
	if (one != other) {
		buf_add(&b, STR(" and in "));
		buf_add(&b, str_upto(other->name, 80));
	}
	buf_char(&b, '.');
	if (b.full)
		return fault(p->c, fault_arena, "a problem of the policy");
	say(p, "methods", "bad", buf_str(&b));
	return 0;
}

/* One group alone, then each two: three that only together leave none are found by simulating. */
static err check_groups(struct problems *p, const struct policy *policy)
{
	struct groups *all = arena_take(p->c->arena, sizeof(*all));
	bool alone[groups_most] = { false };
	struct within within;
	struct rules rules;
	err e;

	if (!all)
		return fault(p->c, fault_arena, "groups of a policy");
	groups_named(policy, all);
	for (size_t apart = 0; apart < all->count; apart++)
		for (size_t i = 0; i + apart < all->count && p->count < problems_most; i++) {
			const struct named *one = &all->at[i], *other = &all->at[i + apart];

			if (apart && (alone[i] || alone[i + apart]))
				continue;
			if ((e = within_of(p->c, one, other, &within)))
				return e;
			policy_judge(policy, &within, &rules);
			if (!rules.in_scope || !policy_no_way(&rules))
				continue;
			alone[i] = alone[i] || !apart;
			if ((e = say_no_way(p, one, other)))
				return e;
		}
	return 0;
}

/* ---- what standards say ---- */

static void check_proofs(struct problems *p, const struct policy *policy)
{
	bool one = policy->site[rule_proofs_to_reset] < 2;

	for (size_t i = 0; i < policy->value_count; i++) {
		const struct group_value *v = &policy->values[i];

		one |= v->rule == rule_proofs_to_reset && v->value < 2;
		one |= v->rule == rule_profile && !policy->set[rule_proofs_to_reset] &&
		       profile_preset((enum profile)v->value, rule_proofs_to_reset,
			       policy->hardened[rule_proofs_to_reset]) < 2;
	}
	if (one)
		look(p, "numberOfAuthenticationMethodsRequired",
			"One proof is enough for a reset: NIST SP 800-63B-4 4.2.2 asks for two "
			"where sign-in has a second one.");
}

static void check_standards(struct problems *p, const struct policy *policy)
{
	if (!policy->site[rule_notify_users])
		look(p, "notifyUsersOnPasswordReset",
			"Nobody is told by mail that their password was reset: NIST SP 800-63B-4 "
			"4.6 "
			"asks for it.");
	check_proofs(p, policy);
}

/* ---- what is asked at sign-in, and could not be done ---- */

static void check_registration(
	struct problems *p, const struct policy *policy, const struct rules *rules)
{
	int64_t ways = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		ways += rules_allow(rules, kind);
	if (rules->value[rule_mfa_required] && !rules_allow(rules, method_totp) &&
		!rules_allow(rules, method_recovery_code) && !rules_allow(rules, method_passkey))
		look(p, "multifactorAuthenticationRequired",
			"Sign-in needs a second proof, and none may be registered: whoever has "
			"none cannot sign in.");
	if (rules->value[rule_registration_required] && ways < rules_to_register(rules))
		look(p, "numberOfMethodsToRegister",
			"More ways must be registered at sign-in than may be: nobody can finish.");
	if (rules->value[rule_registration_required] &&
		rules->value[rule_enablement_type] == who_none)
		look(p, "registrationRequiredOnSignIn",
			"It says nothing while enablementType is none: only who may reset is "
			"asked.");
	if (rules->value[rule_registration_required] && rules->value[rule_skip_allowed] &&
		!rules->value[rule_skip_days] && !rules->value[rule_skip_count])
		look(p, "skipRegistrationMaxAllowedDays",
			"Registration is asked for at sign-in and may be put off without end.");
	if (rules->value[rule_combined] == who_selected && !policy->some[list_combined_groups])
		look(p, "combinedRegistrationGroups",
			"Nobody registers on one page: combinedRegistration is selected, and the "
			"list is empty.");
}

err serve_policy_check(struct ctx *c, const struct op_policy_check *in, struct answer *out)
{
	struct problems *p = arena_take(c->arena, sizeof(*p));
	const struct within nobody = { NULL, 0 };
	struct policy policy;
	struct rules rules;
	err e;

	(void)in;
	if (!p)
		return fault(c, fault_arena, "policy");
	p->c = c;
	if ((e = policy_load(c, &policy)))
		return e;
	check_scope(p, &policy);
	policy_judge(&policy, &nobody, &rules);
	if (policy_no_way(&rules))
		say(p, "methods", rules.in_scope ? "bad" : "look",
			STR("Fewer ways are on than a reset needs, for whoever is in none of the "
			    "groups that the "
			    "policy names."));
	if ((e = check_groups(p, &policy)))
		return e;
	check_registration(p, &policy, &rules);
	check_standards(p, &policy);
	if (p->count == 0)
		say(p, "policy", "good", STR("Nothing contradicts itself."));
	out->items = p->at;
	out->item_count = p->count;
	return 0;
}
