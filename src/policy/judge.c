/* How what is set becomes what holds for one account. Reads nothing: spec/rule.def says what
 * combines how, and docs/operate/policy.md says it to administrators. */
#include "policy/rules.h"

/* Of each way: the rule that turns it on, and the lists that narrow it. */
static const struct way {
	enum rule on;
	enum rule_list include, exclude;
} ways[method_kind_count] = {
	[method_mail] = { rule_mail_on, list_mail_include, list_mail_exclude },
	[method_totp] = { rule_app_on, list_app_include, list_app_exclude },
	[method_recovery_code] = { rule_codes_on, list_codes_include, list_codes_exclude },
	[method_passkey] = { rule_passkeys_on, list_passkeys_include, list_passkeys_exclude },
};

enum rule rule_of_way(enum method_kind kind)
{
	return ways[kind].on;
}

bool rules_allow(const struct rules *r, enum method_kind kind)
{
	return r->value[ways[kind].on] != 0 && !(kind == method_passkey && r->unnamed);
}

int64_t profile_preset(enum profile profile, enum rule rule, int64_t hardened)
{
#define PRESET(profile, rule, value, why) { profile_##profile, rule_##rule, value },
	static const struct {
		enum profile profile;
		enum rule rule;
		int64_t value;
	} rows[] = {
#include "spec/profile.def"
	};
#undef PRESET

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].profile == profile && rows[i].rule == rule)
			return rows[i].value;
	return hardened;
}

void policy_presets(struct policy *p)
{
	enum profile profile = (enum profile)p->site[rule_profile];

	for (enum rule rule = 0; rule < rule_count; rule++) {
		int64_t value = profile_preset(profile, rule, p->hardened[rule]);

		if (p->set[rule])
			continue;
		p->site[rule] = value;
		if (profile != profile_hardened)
			p->from[rule] = STR("profile");
	}
}

void policy_put(struct policy *p, enum rule rule, int64_t value)
{
	p->site[rule] = value;
	p->from[rule] = STR("everybody");
	p->set[rule] = true;
	policy_presets(p);
}

void policy_take_back(struct policy *p, enum rule rule, bool filed)
{
	p->set[rule] = filed;
	p->site[rule] = p->hardened[rule];
	policy_presets(p);
}

static bool mine(const struct within *groups, struct str group)
{
	if (!groups)
		return true;
	for (size_t i = 0; i < groups->count; i++)
		if (str_same(groups->ids[i], group))
			return true;
	return false;
}

static bool wins(enum rule_combine combine, int64_t value, int64_t over)
{
	switch (combine) {
	case combine_larger:
		return value > over;
	case combine_all:
	case combine_smaller:
		return value < over;
	case combine_sooner: /* 0 is never, the latest of all */
		return value != 0 && (over == 0 || value < over);
	case combine_site:
		break;
	}
	return false;
}

/* What groups say stands over what holds for everybody; among groups the rule's own way of
 * combining decides. */
static void for_groups(const struct policy *p, const struct within *groups, struct rules *r)
{
	bool said[rule_count] = { false };

	for (size_t i = 0; i < p->value_count; i++) {
		const struct group_value *v = &p->values[i];
		enum rule_combine combine = rule_rows[v->rule].combine;

		if (combine == combine_site || !mine(groups, v->group) ||
			(said[v->rule] && !wins(combine, v->value, r->value[v->rule])))
			continue;
		said[v->rule] = true;
		r->value[v->rule] = v->value;
		r->from[v->rule] = v->name;
		r->preset[v->rule] = false;
	}
}

/* Groups may have another profile than everybody; what is of the whole site follows the site's. */
static void group_presets(const struct policy *p, struct rules *r)
{
	enum profile profile = (enum profile)r->value[rule_profile];

	for (enum rule rule = 0; rule < rule_count; rule++) {
		if (!r->preset[rule] || rule == rule_profile ||
			rule_rows[rule].combine == combine_site)
			continue;
		r->value[rule] = profile_preset(profile, rule, p->hardened[rule]);
		r->from[rule] = profile == profile_hardened ? STR("default") : STR("profile");
	}
}

static void lists(const struct policy *p, const struct within *groups, struct rules *r)
{
	for (size_t i = 0; i < p->listed_count; i++) {
		const struct group_listed *l = &p->listed[i];

		if (!r->within[l->list].at && mine(groups, l->group))
			r->within[l->list] = l->name;
	}
}

/* A way that is on may be for some groups only, and not for others; the others are stronger. */
static void narrow(const struct policy *p, struct rules *r)
{
	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		const struct way *way = &ways[kind];
		bool out = p->some[way->include] && !r->within[way->include].at;
		enum rule_list by = r->within[way->exclude].at ? way->exclude : way->include;

		if (!r->value[way->on] || (!out && by == way->include))
			continue;
		r->value[way->on] = 0;
		r->from[way->on] = str_of(list_rows[by].name);
	}
}

/* Whoever can do most harm: no setting makes it easier. */
static void administrators(struct rules *r)
{
	r->administrator = r->within[list_administrators].at != NULL;
	if (!r->administrator || r->value[rule_proofs_to_reset] >= administrator_proofs)
		return;
	r->value[rule_proofs_to_reset] = administrator_proofs;
	r->from[rule_proofs_to_reset] = str_of(list_rows[list_administrators].name);
}

static void refuse(struct rules *r, struct str from)
{
	r->in_scope = false;
	r->scope_from = from;
}

/* An exclusion is stronger than anything else. */
static void scope(struct rules *r)
{
	enum who who = (enum who)r->value[rule_enablement_type];

	r->in_scope = who == who_all || (who == who_selected && r->within[list_enabled_groups].at);
	r->scope_from = who == who_selected && r->in_scope ? r->within[list_enabled_groups]
							   : str_of(who_words[who]);
	if (r->within[list_excluded_groups].at) {
		refuse(r, r->within[list_excluded_groups]);
	} else if (r->administrator && !r->value[rule_admins_may]) {
		refuse(r, str_of(rule_rows[rule_admins_may].name));
		r->admins_off = true;
	}
}

/* ---- grace ---- */

static const struct group_raised *raised_of(const struct policy *p, struct str group)
{
	for (size_t i = 0; i < p->raised_count; i++)
		if (str_same(p->raised[i].group, group))
			return &p->raised[i];
	return NULL;
}

/* The number of proofs that held before what was raised: by groups, or else for everybody. */
static int64_t before(const struct policy *p)
{
	const struct group_raised *site = raised_of(p, STR_NONE);
	int64_t most = 0;

	for (size_t i = 0; i < p->value_count; i++) {
		const struct group_value *v = &p->values[i];

		if (v->rule == rule_proofs_to_reset && !raised_of(p, v->group) && v->value > most)
			most = v->value;
	}
	for (size_t i = 0; i < p->raised_count; i++)
		if (p->raised[i].group.at && p->raised[i].was > most)
			most = p->raised[i].was;
	return most ? most : site ? site->was : p->site[rule_proofs_to_reset];
}

/* Of several raises the first counts, for what a person had and for the end. */
static void grace(const struct policy *p, struct rules *r)
{
	int64_t first = 0;

	for (size_t i = 0; i < p->raised_count; i++)
		if (!first || p->raised[i].at < first)
			first = p->raised[i].at;
	if (!first || r->administrator || before(p) >= r->value[rule_proofs_to_reset])
		return;
	r->proofs_before = before(p);
	r->raised = first;
	r->grace_until = first + r->value[rule_grace_days] * 86400;
}

int64_t rules_worth(const struct rules *r, const int64_t worth[method_kind_count])
{
	int64_t sum = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		sum += rules_allow(r, kind) ? worth[kind] : 0;
	return sum;
}

int64_t rules_ways(const struct rules *r, struct methods methods)
{
	int64_t worth[method_kind_count];

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		worth[kind] = (int64_t)methods_worth(methods, kind);
	return rules_worth(r, worth);
}

/* Ways that were proved when the number of proofs was raised. */
static int64_t ways_before(const struct rules *r, struct methods methods)
{
	int64_t worth[method_kind_count] = { 0 };

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		for (const struct method *m = NULL; (m = methods_next(methods, kind, m));)
			worth[kind] |= (m->verified ? m->verified : m->created) <= r->raised;
	return rules_worth(r, worth);
}

int64_t rules_needed(const struct rules *r, struct methods methods, int64_t *until)
{
	int64_t needed = r->value[rule_proofs_to_reset];

	*until = 0;
	if (!r->proofs_before || rules_ways(r, methods) >= needed ||
		ways_before(r, methods) < r->proofs_before)
		return needed;
	*until = r->grace_until;
	return r->proofs_before;
}

/* Registers for resets and for sign-in on one page. */
static void combined(struct rules *r)
{
	enum who who = (enum who)r->value[rule_combined];

	r->combined = who == who_all || (who == who_selected && r->within[list_combined_groups].at);
}

void policy_judge(const struct policy *p, const struct within *groups, struct rules *out)
{
	*out = (struct rules){ .proofs_shown = p->site[rule_proofs_to_reset],
		.unnamed = p->unnamed };
	for (enum rule rule = 0; rule < rule_count; rule++) {
		out->value[rule] = p->site[rule];
		out->from[rule] = p->from[rule];
		out->preset[rule] = !p->set[rule];
	}
	for_groups(p, groups, out);
	if (out->value[rule_profile] != p->site[rule_profile])
		group_presets(p, out);
	lists(p, groups, out);
	narrow(p, out);
	administrators(out);
	combined(out);
	scope(out);
	grace(p, out);
}
