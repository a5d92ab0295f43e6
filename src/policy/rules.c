/* The rules that hold for one account. */
#include "policy/rules.h"

#include "conf/conf.h"

enum { IN_FILE = -1 }; /* the preset stands in the configuration file */

#define RULE(name, typed, kind, combine, page, preset, least, most, help)                          \
	{ #name, typed, rule_##kind, combine_##combine, by_page_##page, least, most, help },
#define LIST(name, typed, page, help)
#define TEXT(name, typed, kind, page, help)
const struct rule_row rule_rows[rule_count] = {
#include "spec/rule.def"
};
#undef RULE

#define RULE(name, typed, kind, combine, page, preset, least, most, help) preset,
static const int64_t presets[rule_count] = {
#include "spec/rule.def"
};
#undef RULE
#undef LIST

#define RULE(name, typed, kind, combine, page, preset, least, most, help)
#define LIST(name, typed, page, help) { #name, typed, by_page_##page, help },
const struct list_row list_rows[rule_list_count] = {
#include "spec/rule.def"
};
#undef LIST
#undef TEXT

#define LIST(name, typed, page, help)
#define TEXT(name, typed, kind, page, help) { #name, typed, text_##kind, by_page_##page, help },
const struct text_row text_rows[policy_text_count] = {
#include "spec/rule.def"
};
#undef RULE
#undef LIST
#undef TEXT

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

bool text_named(struct str typed, enum policy_text *out)
{
	for (enum policy_text text = 0; text < policy_text_count; text++) {
		*out = text;
		if (str_is(typed, text_rows[text].name))
			return true;
	}
	return false;
}

const char *const who_words[] = { "none", "selected", "all" };
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

static void preset(struct ctx *c, struct policy *p)
{
	*p = (struct policy){ .unnamed = !conf_named(c->conf) };
	for (enum rule rule = 0; rule < rule_count; rule++) {
		bool file = presets[rule] == IN_FILE;

		p->site[rule] = file ? of_file(c, rule) : presets[rule];
		p->from[rule] = file ? STR("file") : STR("default");
	}
}

/* A value that another version wrote, which this one would not take, is as if it were not there. */
static bool takes(enum rule rule, int64_t value)
{
	return value >= rule_rows[rule].least && value <= rule_rows[rule].most;
}

static err for_everybody(struct ctx *c, struct policy *p)
{
	struct rows rows;
	enum rule rule;
	err e;

	preset(c, p);
	if ((e = store_read(c, statement_policy_site, WITH_NOTHING, 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		if (!rule_named(row_str(&rows, i, 0), &rule) ||
			!takes(rule, row_number(&rows, i, 1)))
			continue;
		p->site[rule] = row_number(&rows, i, 1);
		p->from[rule] = STR("everybody");
	}
	return 0;
}

/* Rows: a rule, a value, the group's name and id. */
static err add_values(struct ctx *c, const struct rows *rows, struct policy *p)
{
	enum rule rule;

	p->values = arena_take(c->arena, (rows->count + 1) * sizeof(*p->values));
	if (!p->values)
		return fault(c, fault_arena, "policy: values of groups");
	for (size_t i = 0; i < rows->count; i++)
		if (rule_named(row_str(rows, i, 0), &rule) && takes(rule, row_number(rows, i, 1)))
			p->values[p->value_count++] = (struct group_value){ rule,
				row_number(rows, i, 1), row_str(rows, i, 2), row_str(rows, i, 3) };
	return 0;
}

/* Rows: a list, the group's name and id. */
static err add_listed(struct ctx *c, const struct rows *rows, struct policy *p)
{
	enum rule_list list;

	p->listed = arena_take(c->arena, (rows->count + 1) * sizeof(*p->listed));
	if (!p->listed)
		return fault(c, fault_arena, "policy: lists of groups");
	for (size_t i = 0; i < rows->count; i++)
		if (list_named(row_str(rows, i, 0), &list))
			p->listed[p->listed_count++] = (struct group_listed){ list,
				row_str(rows, i, 1), row_str(rows, i, 2) };
	return 0;
}

static err add_lists(struct ctx *c, struct policy *p)
{
	enum rule_list list;
	struct rows rows;
	err e = store_read(c, statement_policy_scope_lists, WITH_NOTHING, 0, &rows);

	for (size_t i = 0; !e && i < rows.count; i++)
		if (list_named(row_str(&rows, i, 0), &list))
			p->some[list] = true;
	return e;
}

static err add_raised(struct ctx *c, struct str account, struct policy *p)
{
	int64_t since = c->now - p->site[rule_grace_days] * 86400;
	struct rows rows;
	err e = store_read(
		c, statement_policy_raised_of, WITH(v_bytes(account), v_number(since)), 0, &rows);

	if (e)
		return e;
	p->raised = arena_take(c->arena, (rows.count + 1) * sizeof(*p->raised));
	if (!p->raised)
		return fault(c, fault_arena, "policy: what was raised");
	for (; p->raised_count < rows.count; p->raised_count++)
		p->raised[p->raised_count] =
			(struct group_raised){ row_str(&rows, p->raised_count, 0),
				row_number(&rows, p->raised_count, 1),
				row_number(&rows, p->raised_count, 2) };
	return 0;
}

static err load_of(struct ctx *c, struct str account, struct policy *p)
{
	struct rows values, listed;
	err e;

	if ((e = for_everybody(c, p)) || !account.at ||
		(e = store_read(c, statement_policy_of, WITH(v_bytes(account)), 0, &values)) ||
		(e = store_read(
			 c, statement_policy_scope_of, WITH(v_bytes(account)), 0, &listed)) ||
		(e = add_values(c, &values, p)) || (e = add_listed(c, &listed, p)) ||
		(e = add_raised(c, account, p)))
		return e;
	return add_lists(c, p);
}

void policy_raised_note(struct unit *unit, struct str group, int64_t own, int64_t was, int64_t will)
{
	if (will == was)
		return;
	unit_add(unit, statement_policy_raised_drop, any_rows, WITH(v_bytes(group)));
	if (will > was)
		unit_add(unit, statement_policy_raised_add, 1,
			WITH(v_bytes(group), v_number(own), v_number(unit->c->now)));
}

err rules_of(struct ctx *c, struct str account, struct rules *out)
{
	struct policy p;
	err e = load_of(c, account, &p);

	if (!e)
		policy_judge(&p, NULL, out);
	return e;
}

err rules_of_group(struct ctx *c, struct str group, struct rules *out)
{
	struct rows values;
	struct policy p;
	err e;

	if ((e = for_everybody(c, &p)) ||
		(e = store_read(c, statement_policy_of_group, WITH(v_bytes(group)), 0, &values)) ||
		(e = add_values(c, &values, &p)))
		return e;
	policy_judge(&p, NULL, out);
	return 0;
}

err policy_load(struct ctx *c, struct policy *out)
{
	struct rows values, listed;
	err e;

	if ((e = for_everybody(c, out)) ||
		(e = store_read(c, statement_policy_of_all, WITH_NOTHING, 0, &values)) ||
		(e = store_read(c, statement_policy_scope_of_all, WITH_NOTHING, 0, &listed)) ||
		(e = add_values(c, &values, out)) || (e = add_listed(c, &listed, out)))
		return e;
	return add_lists(c, out);
}

/* ---- questions ---- */

int64_t rules_to_register(const struct rules *r)
{
	int64_t own = r->value[rule_methods_to_register], reset = r->value[rule_proofs_to_reset];

	return own > reset ? own : reset;
}

err rules_shown(struct ctx *c, bool allowed[method_kind_count])
{
	struct policy all;
	struct rows rows;
	enum rule rule;
	err e;

	if ((e = for_everybody(c, &all)) ||
		(e = store_read(c, statement_policy_on, WITH_NOTHING, 0, &rows)))
		return e;
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		allowed[kind] = all.site[rule_of_way(kind)] != 0;
	for (size_t i = 0; i < rows.count; i++)
		for (enum method_kind kind = 0; kind < method_kind_count; kind++)
			allowed[kind] |= rule_named(row_str(&rows, i, 0), &rule) &&
					 rule == rule_of_way(kind);
	allowed[method_passkey] &= !all.unnamed;
	return 0;
}
