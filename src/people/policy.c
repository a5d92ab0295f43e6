/* The rules as the administrator sees and sets them. Each change is one unit with its row in the
 * audit log, which has the old value and the new one. */
#include "people/inside.h"

#include "conf/conf.h"
#include "policy/rules.h"

enum { list_limit = 4000, note_limit = 400, value_shown = 120, groups_most = 40 };

static err refused(struct answer *out, const char *field, enum import_why why)
{
	out->field = str_of(field);
	out->words = import_why_id(why);
	return reply_refused;
}

/* ---- lists of groups ---- */

err policy_list_text(struct ctx *c, enum rule_list list, struct str *out)
{
	struct buf b = buf_in(c->arena, list_limit);
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_policy_scope_list,
		     WITH(v_text(str_of(list_rows[list].name))), 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		buf_add(&b, i ? STR(", ") : STR(""));
		buf_add(&b, row_str(&rows, i, 0));
	}
	if (rows.count == 0)
		buf_add(&b, STR("none"));
	*out = buf_str(&b);
	return b.full ? fault(c, fault_limit, "a list of groups is over %d bytes", list_limit) : 0;
}

/* ---- showing ---- */

static err rule_row(
	struct ctx *c, const struct rules *rules, enum rule rule, struct rec_policy_row *row)
{
	*row = (struct rec_policy_row){ .setting = str_of(rule_rows[rule].name),
		.from = rules->from[rule],
		.meaning = str_of(rule_rows[rule].help) };
	return rule_text(c, rule, rules->value[rule], &row->value);
}

static err list_row(struct ctx *c, enum rule_list list, struct rec_policy_row *row)
{
	*row = (struct rec_policy_row){ .setting = str_of(list_rows[list].name),
		.from = STR("everybody"),
		.meaning = str_of(list_rows[list].help) };
	return policy_list_text(c, list, &row->value);
}

/* Of one person: which lists name a group that they are in. */
static void add_own_lists(
	const struct rules *rules, struct rec_policy_row *rows, struct answer *out)
{
	for (enum rule_list list = 0; list < rule_list_count; list++)
		if (rules->within[list].at)
			rows[out->item_count++] =
				(struct rec_policy_row){ str_of(list_rows[list].name),
					rules->within[list], STR("everybody"),
					str_of(list_rows[list].help) };
}

static bool shadowed(const struct conf_row *row)
{
	enum rule rule;

	return rule_named(str_of(row->key), &rule);
}

/* What is set in the file alone, of the same matter. */
static void add_file_rows(struct ctx *c, struct rec_policy_row *rows, struct answer *out)
{
	for (size_t i = 0; i < conf_row_count; i++) {
		const struct conf_row *row = &conf_rows[i];
		bool ours = str_is(str_of(row->section), "policy") ||
			    str_is(str_of(row->section), "lockout");

		if (!ours || shadowed(row))
			continue;
		rows[out->item_count++] = (struct rec_policy_row){ str_of(row->key),
			conf_value(c->conf, i), STR("file"), str_upto(str_of(row->help), 300) };
	}
}

static err rows_of(struct ctx *c, const struct rules *rules, bool site, struct answer *out)
{
	size_t most = (size_t)rule_count + (size_t)rule_list_count + conf_row_count;
	struct rec_policy_row *rows = arena_take(c->arena, most * sizeof(*rows));
	err e;

	if (!rows)
		return fault(c, fault_arena, "policy");
	for (enum rule rule = 0; rule < rule_count; rule++) {
		if (!site && rule_rows[rule].combine == combine_site)
			continue;
		if ((e = rule_row(c, rules, rule, &rows[out->item_count++])))
			return e;
	}
	for (enum rule_list list = 0; site && list < rule_list_count; list++)
		if ((e = list_row(c, list, &rows[out->item_count++])))
			return e;
	if (site)
		add_file_rows(c, rows, out);
	else
		add_own_lists(rules, rows, out);
	out->items = rows;
	return 0;
}

err serve_policy_show(struct ctx *c, const struct op_policy_show *in, struct answer *out)
{
	struct group group;
	struct rules rules;
	err e;

	if (!in->group.length)
		return (e = rules_of(c, STR_NONE, &rules)) ? e : rows_of(c, &rules, true, out);
	if ((e = group_find(c, in->group, "group", out, &group)) ||
		(e = rules_of_group(c, group.id, &rules)))
		return e;
	return rows_of(c, &rules, false, out);
}

static void scope_words(const struct rules *rules, struct buf *b)
{
	if (str_is(rules->scope_from, "all") || str_is(rules->scope_from, "none"))
		buf_print(b, "enablementType is %.*s.", STR_ARG(rules->scope_from));
	else if (rules->admins_off)
		buf_print(b,
			"The person is in the group %.*s, which is one of administratorGroups, and "
			"allowedToUseSSPR is off.",
			STR_ARG(rules->within[list_administrators]));
	else if (str_is(rules->scope_from, "selected"))
		buf_print(b, "The person is in none of the groups of passwordResetEnabledGroups.");
	else
		buf_print(b, "The person is in the group %.*s, which is %s.",
			STR_ARG(rules->scope_from),
			rules->in_scope ? "one of passwordResetEnabledGroups"
					: "one of excludedGroups");
}

err serve_policy_explain(struct ctx *c, const struct op_policy_explain *in, struct answer *out)
{
	struct rec_policy_person *shown = arena_take(c->arena, sizeof(*shown));
	struct buf why = buf_in(c->arena, note_limit);
	struct account account;
	struct rules rules;
	err e;

	if (!shown || why.full)
		return fault(c, fault_arena, "policy");
	if ((e = person_find(c, in->name, &account)) || (e = rules_of(c, account.id, &rules)))
		return e;
	scope_words(&rules, &why);
	*shown = (struct rec_policy_person){ account.name, rules.in_scope ? STR("yes") : STR("no"),
		buf_str(&why) };
	out->record = shown;
	return rows_of(c, &rules, false, out);
}

/* ---- setting ---- */

static struct str cut(struct str value)
{
	size_t length = value.length < value_shown ? value.length : value_shown;

	while (length < value.length && length > 0 && (value.at[length] & 0xc0) == 0x80)
		length--;
	return str_upto(value, length);
}

static err note(struct unit *unit, const char *setting, const struct group *group, struct str was,
	struct str value)
{
	struct buf words = buf_in(unit->c->arena, note_limit);

	buf_print(&words, "%s", setting);
	if (group)
		buf_print(&words, " (%.*s)", STR_ARG(cut(group->name)));
	buf_print(&words, ": %.*s -> %.*s", STR_ARG(cut(was)), STR_ARG(cut(value)));
	if (words.full)
		return fault(unit->c, fault_arena, "policy");
	return audit_add(unit, event_policy,
		&(struct audit_about){ .actor = actor_socket, .note = buf_str(&words) });
}

enum import_why policy_accepted(enum rule rule)
{
	switch (rule_rows[rule].kind) {
	case rule_flag:
		return why_policy_flag;
	case rule_who:
		return why_policy_who;
	case rule_number:
		break;
	}
	return why_policy_number;
}

static err rules_before(struct ctx *c, const struct group *group, struct rules *out)
{
	return group ? rules_of_group(c, group->id, out) : rules_of(c, STR_NONE, out);
}

bool policy_no_way(const struct rules *rules)
{
	int64_t ways = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		ways += rules_allow(rules, kind) ? (kind == method_passkey ? 2 : 1) : 0;
	return ways < rules->value[rule_proofs_to_reset];
}

static void put(struct unit *unit, const struct group *group, enum rule rule, int64_t value)
{
	struct value name = v_text(str_of(rule_rows[rule].name));

	if (group)
		unit_add(unit, statement_policy_group_put, 1,
			WITH(v_bytes(group->id), name, v_number(value)));
	else
		unit_add(unit, statement_policy_site_put, 1, WITH(name, v_number(value)));
}

static err set_rule(struct ctx *c, enum rule rule, struct str typed, const struct group *group,
	struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct rules rules;
	struct str was, now;
	int64_t value;
	err e;

	if (group && rule_rows[rule].combine == combine_site)
		return refused(out, "setting", why_policy_site_only);
	if (!rule_value(rule, typed, &value))
		return refused(out, "value", policy_accepted(rule));
	if ((e = rules_before(c, group, &rules)) ||
		(e = rule_text(c, rule, rules.value[rule], &was)) ||
		(e = rule_text(c, rule, value, &now)))
		return e;
	rules.value[rule] = value;
	if (policy_no_way(&rules))
		return refused(out, "value", why_policy_no_way);
	put(&unit, group, rule, value);
	if ((e = note(&unit, rule_rows[rule].name, group, was, now)))
		return e;
	return unit_commit(&unit);
}

static err add_group(
	struct ctx *c, enum rule_list list, struct str name, struct unit *unit, struct answer *out)
{
	struct group group;
	err e = group_find(c, name, "value", out, &group);

	if (e)
		return e > 0 ? refused(out, "value", why_policy_groups) : e;
	unit_add(unit, statement_policy_scope_add, 1,
		WITH(v_text(str_of(list_rows[list].name)), v_bytes(group.id)));
	return 0;
}

/* The whole list anew: "Staff, Sales", or "none". */
static err set_list(struct ctx *c, enum rule_list list, struct str typed, struct answer *out)
{
	struct str rest = str_trim(typed), name, was;
	struct unit unit = unit_begin(c);
	bool more = !str_is(rest, "none");
	err e;

	if ((e = policy_list_text(c, list, &was)))
		return e;
	unit_add(&unit, statement_policy_scope_clear, any_rows,
		WITH(v_text(str_of(list_rows[list].name))));
	for (int i = 0; more; i++) {
		name = rest;
		more = str_cut(rest, ',', &name, &rest);
		if (i == groups_most)
			return refused(out, "value", why_policy_groups);
		if ((e = add_group(c, list, name, &unit, out)))
			return e;
	}
	if ((e = note(&unit, list_rows[list].name, NULL, was, str_trim(typed))))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "value", why_policy_groups) : e;
}

err serve_policy_set(struct ctx *c, const struct op_policy_set *in, struct answer *out)
{
	struct group group = { 0 };
	enum rule_list list;
	enum rule rule;
	err e;

	if (in->group.length && (e = group_find(c, in->group, "group", out, &group)))
		return e;
	if (rule_named(in->setting, &rule))
		return set_rule(c, rule, str_trim(in->value), group.id.at ? &group : NULL, out);
	if (!list_named(in->setting, &list))
		return refused(out, "setting", why_policy_setting);
	if (group.id.at)
		return refused(out, "setting", why_policy_site_only);
	return set_list(c, list, in->value, out);
}

static err unset_rule(struct ctx *c, enum rule rule, const struct group *group, struct answer *out)
{
	struct value name = v_text(str_of(rule_rows[rule].name));
	struct unit unit = unit_begin(c);
	struct rules rules;
	struct str was;
	err e;

	(void)out;
	if ((e = rules_before(c, group, &rules)) ||
		(e = rule_text(c, rule, rules.value[rule], &was)))
		return e;
	if (group)
		unit_add(&unit, statement_policy_group_drop, 1, WITH(v_bytes(group->id), name));
	else
		unit_add(&unit, statement_policy_site_drop, 1, WITH(name));
	if ((e = note(&unit, rule_rows[rule].name, group, was, STR("not set"))))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)reply_already : e;
}

err serve_policy_unset(struct ctx *c, const struct op_policy_unset *in, struct answer *out)
{
	struct group group = { 0 };
	enum rule_list list;
	enum rule rule;
	err e;

	if (in->group.length && (e = group_find(c, in->group, "group", out, &group)))
		return e;
	if (rule_named(in->setting, &rule))
		return unset_rule(c, rule, group.id.at ? &group : NULL, out);
	if (!list_named(in->setting, &list))
		return refused(out, "setting", why_policy_setting);
	return group.id.at ? refused(out, "setting", why_policy_site_only)
			   : set_list(c, list, STR("none"), out);
}
