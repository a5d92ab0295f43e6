/* The rules that hold for one account. */
#include "policy/rules.h"

#include "conf/conf.h"

enum { IN_FILE = -1 }; /* the preset stands in the configuration file */

#define RULE(name, typed, kind, combine, preset, least, most, help)                                \
	{ typed, rule_##kind, combine_##combine, least, most, help },
#define LIST(name, typed, help)
const struct rule_row rule_rows[rule_count] = {
#include "spec/rule.def"
};
#undef RULE

#define RULE(name, typed, kind, combine, preset, least, most, help) preset,
static const int64_t presets[rule_count] = {
#include "spec/rule.def"
};
#undef RULE
#undef LIST

#define RULE(name, typed, kind, combine, preset, least, most, help)
#define LIST(name, typed, help) { typed, help },
const struct list_row list_rows[rule_list_count] = {
#include "spec/rule.def"
};
#undef RULE
#undef LIST

static const enum rule of_method[method_kind_count] = {
	[method_mail] = rule_mail_on,
	[method_totp] = rule_app_on,
	[method_recovery_code] = rule_codes_on,
	[method_passkey] = rule_passkeys_on,
};

/* ---- names and values ---- */

bool rule_named(struct str typed, enum rule *out)
{
	for (enum rule rule = 0; rule < rule_count; rule++) {
		*out = rule;
		if (str_is(typed, rule_rows[rule].name))
			return true;
	}
	return false;
}

bool list_named(struct str typed, enum rule_list *out)
{
	for (enum rule_list list = 0; list < rule_list_count; list++) {
		*out = list;
		if (str_is(typed, list_rows[list].name))
			return true;
	}
	return false;
}

static const char *const who_words[] = { "none", "selected", "all" };
static const char *const flag_words[] = { "off", "on" };

err rule_text(struct ctx *c, enum rule rule, int64_t value, struct str *out)
{
	struct buf b = buf_in(c->arena, 24);

	if (rule_rows[rule].kind == rule_number)
		buf_number(&b, value);
	else
		buf_add(&b, str_of(rule_rows[rule].kind == rule_who ? who_words[value]
								    : flag_words[value]));
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "a rule's value") : 0;
}

bool rule_value(enum rule rule, struct str typed, int64_t *out)
{
	const struct rule_row *row = &rule_rows[rule];
	const char *const *words = row->kind == rule_who ? who_words : flag_words;

	if (row->kind == rule_number)
		return str_number(typed, out) && *out >= row->least && *out <= row->most;
	for (*out = row->least; *out <= row->most; ++*out)
		if (str_is(typed, words[*out]))
			return true;
	return false;
}

/* ---- what holds ---- */

static int64_t of_file(const struct ctx *c, enum rule rule)
{
	return rule == rule_password_min ? c->conf->password_min_length
					 : c->conf->number_of_authentication_methods_required;
}

static void preset(struct ctx *c, struct rules *r)
{
	*r = (struct rules){ .unnamed = !conf_named(c->conf) };
	for (enum rule rule = 0; rule < rule_count; rule++) {
		bool file = presets[rule] == IN_FILE;

		r->value[rule] = file ? of_file(c, rule) : presets[rule];
		r->from[rule] = file ? STR("file") : STR("default");
	}
}

/* A value that another version wrote, which this one would not take, is as if it were not there. */
static bool takes(enum rule rule, int64_t value)
{
	return value >= rule_rows[rule].least && value <= rule_rows[rule].most;
}

static err for_everybody(struct ctx *c, struct rules *r)
{
	struct rows rows;
	enum rule rule;
	err e;

	preset(c, r);
	if ((e = store_read(c, statement_policy_site, WITH_NOTHING, 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		if (!rule_named(row_str(&rows, i, 0), &rule) ||
			!takes(rule, row_number(&rows, i, 1)))
			continue;
		r->value[rule] = row_number(&rows, i, 1);
		r->from[rule] = STR("everybody");
	}
	r->proofs_shown = r->value[rule_proofs_to_reset];
	return 0;
}

static bool wins(enum rule_combine combine, int64_t value, int64_t over)
{
	switch (combine) {
	case combine_larger:
		return value > over;
	case combine_all:
		return value < over;
	case combine_site:
		break;
	}
	return false;
}

/* What groups say stands over what holds for everybody; among groups the rule's own way of
 * combining decides. Rows: name, value, the group's name. */
static void for_groups(struct rules *r, const struct rows *rows)
{
	bool said[rule_count] = { false };

	for (size_t i = 0; i < rows->count; i++) {
		int64_t value = row_number(rows, i, 1);
		enum rule rule;

		if (!rule_named(row_str(rows, i, 0), &rule) || !takes(rule, value) ||
			rule_rows[rule].combine == combine_site)
			continue;
		if (said[rule] && !wins(rule_rows[rule].combine, value, r->value[rule]))
			continue;
		said[rule] = true;
		r->value[rule] = value;
		r->from[rule] = row_str(rows, i, 2);
	}
}

/* Rows: a list, the group in it that this account is in. An exclusion is stronger than anything
 * else. */
static void scope(struct rules *r, const struct rows *rows)
{
	r->in_scope = r->value[rule_enablement_type] == who_all;
	r->scope_from = str_of(who_words[r->value[rule_enablement_type]]);
	for (size_t i = 0; i < rows->count; i++) {
		enum rule_list list;

		if (!list_named(row_str(rows, i, 0), &list))
			continue;
		if (list == list_excluded_groups) {
			r->in_scope = false;
			r->scope_from = row_str(rows, i, 1);
			return;
		}
		if (r->value[rule_enablement_type] == who_selected && !r->in_scope) {
			r->in_scope = true;
			r->scope_from = row_str(rows, i, 1);
		}
	}
}

err rules_of(struct ctx *c, struct str account, struct rules *out)
{
	struct rows values, lists;
	err e;

	if ((e = for_everybody(c, out)))
		return e;
	scope(out, &(struct rows){ 0 });
	if (!account.at)
		return 0;
	if ((e = store_read(c, statement_policy_of, WITH(v_bytes(account)), 0, &values)) ||
		(e = store_read(c, statement_policy_scope_of, WITH(v_bytes(account)), 0, &lists)))
		return e;
	for_groups(out, &values);
	scope(out, &lists);
	return 0;
}

err rules_of_group(struct ctx *c, struct str group, struct rules *out)
{
	struct rows values;
	err e;

	if ((e = for_everybody(c, out)) ||
		(e = store_read(c, statement_policy_of_group, WITH(v_bytes(group)), 0, &values)))
		return e;
	for_groups(out, &values);
	return 0;
}

/* ---- questions ---- */

bool rules_allow(const struct rules *r, enum method_kind kind)
{
	return r->value[of_method[kind]] != 0 && !(kind == method_passkey && r->unnamed);
}

int64_t rules_to_register(const struct rules *r)
{
	int64_t own = r->value[rule_methods_to_register], reset = r->value[rule_proofs_to_reset];

	return own > reset ? own : reset;
}

err rules_shown(struct ctx *c, bool allowed[method_kind_count])
{
	struct rules all;
	struct rows rows;
	enum rule rule;
	err e;

	if ((e = for_everybody(c, &all)) ||
		(e = store_read(c, statement_policy_on, WITH_NOTHING, 0, &rows)))
		return e;
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		allowed[kind] = rules_allow(&all, kind);
	for (size_t i = 0; i < rows.count; i++)
		for (enum method_kind kind = 0; kind < method_kind_count; kind++)
			allowed[kind] |= rule_named(row_str(&rows, i, 0), &rule) &&
					 rule == of_method[kind] &&
					 !(kind == method_passkey && all.unnamed);
	return 0;
}
