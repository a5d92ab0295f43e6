/* The rules as the administrator sees them: for everybody, a group, a person. */
#include "people/inside.h"

#include "conf/conf.h"

enum { list_limit = 4000, why_limit = 400 };

/* ---- lists of groups ---- */

err policy_names_text(struct ctx *c, const struct str *names, size_t count, struct str *out)
{
	struct buf b = buf_in(c->arena, list_limit);

	for (size_t i = 0; i < count; i++)
		buf_print(&b, "%s%.*s", i ? ", " : "", STR_ARG(names[i]));
	*out = count ? buf_str(&b) : STR("none");
	return b.full ? fault(c, fault_limit, "a list of groups is over %d bytes", list_limit) : 0;
}

err policy_list_text(struct ctx *c, enum rule_list list, struct str *out)
{
	struct str *names;
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_policy_scope_list,
		     WITH(v_text(str_of(list_rows[list].name))), 0, &rows)))
		return e;
	names = arena_take(c->arena, (rows.count + 1) * sizeof(*names));
	if (!names)
		return fault(c, fault_arena, "a list of groups");
	for (size_t i = 0; i < rows.count; i++)
		names[i] = row_str(&rows, i, 0);
	return policy_names_text(c, names, rows.count, out);
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

static err add_texts(struct ctx *c, struct rec_policy_row *rows, struct answer *out)
{
	struct str texts[policy_text_count];
	err e = texts_read(c, texts);

	for (enum policy_text text = 0; !e && text < policy_text_count; text++)
		rows[out->item_count++] = (struct rec_policy_row){ str_of(text_rows[text].name),
			texts[text].length ? texts[text] : STR("none"),
			texts[text].length ? STR("everybody") : STR("default"),
			str_of(text_rows[text].help) };
	return e;
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
	size_t most = (size_t)rule_count + (size_t)rule_list_count + (size_t)policy_text_count +
		      conf_row_count;
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
	if (site && (e = add_texts(c, rows, out)))
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
	struct buf why = buf_in(c->arena, why_limit);
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
