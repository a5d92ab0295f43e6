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
static const char *const profile_words[] = { "entra", "hardened" };

static const char *const *words_of(enum rule rule)
{
	switch (rule_rows[rule].kind) {
	case rule_who:
		return who_words;
	case rule_choice:
		return profile_words;
	default:
		return flag_words;
	}
}

err rule_text(struct ctx *c, enum rule rule, int64_t value, struct str *out)
{
	struct buf b = buf_in(c->arena, 24);

	if (rule_rows[rule].kind == rule_number)
		buf_number(&b, value);
	else
		buf_add(&b, str_of(words_of(rule)[value]));
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "a rule's value") : 0;
}

bool rule_value(enum rule rule, struct str typed, int64_t *out)
{
	const struct rule_row *row = &rule_rows[rule];
	const char *const *words = words_of(rule);

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
	switch (rule) {
	case rule_profile:
		return str_is(c->conf->profile, profile_words[profile_entra]) ? profile_entra
									      : profile_hardened;
	case rule_password_min:
		return c->conf->password_min_length;
	default:
		return c->conf->number_of_authentication_methods_required;
	}
}

/* The file says it, otherwise than it is without a file. */
static bool file_says(const struct ctx *c, enum rule rule)
{
	for (size_t i = 0; i < conf_row_count; i++)
		if (str_is(str_of(conf_rows[i].key), rule_rows[rule].name))
			return !str_is(conf_value(c->conf, i), conf_rows[i].preset);
	return false;
}

static void preset(struct ctx *c, struct policy *p)
{
	*p = (struct policy){ .unnamed = !conf_named(c->conf) };
	for (enum rule rule = 0; rule < rule_count; rule++) {
		bool file = presets[rule] == IN_FILE;

		p->hardened[rule] = file ? of_file(c, rule) : presets[rule];
		p->set[rule] = file && file_says(c, rule);
		p->site[rule] = p->hardened[rule];
		p->from[rule] = file ? STR("file") : STR("default");
	}
}

/* A value that another version wrote, which this one would not take, is as if it were not there. */
static bool takes(enum rule rule, int64_t value)
{
	return value >= rule_rows[rule].least && value <= rule_rows[rule].most;
}

static void take_site(struct policy *p, const struct rows *rows, size_t row)
{
	enum rule rule;

	if (!rule_named(row_str(rows, row, 1), &rule) || !takes(rule, row_number(rows, row, 2)))
		return;
	p->site[rule] = row_number(rows, row, 2);
	p->from[rule] = STR("everybody");
	p->set[rule] = true;
}

static void take_value(struct policy *p, const struct rows *rows, size_t row)
{
	enum rule rule;

	if (rule_named(row_str(rows, row, 1), &rule) && takes(rule, row_number(rows, row, 2)))
		p->values[p->value_count++] = (struct group_value){ rule, row_number(rows, row, 2),
			row_str(rows, row, 4), row_str(rows, row, 5) };
}

static void take_listed(struct policy *p, const struct rows *rows, size_t row)
{
	enum rule_list list;

	if (list_named(row_str(rows, row, 1), &list))
		p->listed[p->listed_count++] =
			(struct group_listed){ list, row_str(rows, row, 4), row_str(rows, row, 5) };
}

static void take_some(struct policy *p, const struct rows *rows, size_t row)
{
	enum rule_list list;

	if (list_named(row_str(rows, row, 1), &list))
		p->some[list] = true;
}

static void take_raised(struct policy *p, const struct rows *rows, size_t row)
{
	p->raised[p->raised_count++] = (struct group_raised){ row_str(rows, row, 5),
		row_number(rows, row, 2), row_number(rows, row, 3) };
}

/* What a row of policy_of is; the numbers stand in sql/statement.def. */
typedef void take(struct policy *p, const struct rows *rows, size_t row);
static take *const takers[] = { take_site, take_value, take_listed, take_some, take_raised };

/* What was raised longer ago than the grace lasts is over. */
static void forget_raised(const struct ctx *c, struct policy *p)
{
	int64_t since = c->now - p->site[rule_grace_days] * 86400;
	size_t kept = 0;

	for (size_t i = 0; i < p->raised_count; i++)
		if (p->raised[i].at > since)
			p->raised[kept++] = p->raised[i];
	p->raised_count = kept;
}

static err load(
	struct ctx *c, enum statement s, const struct value *with, size_t count, struct policy *p)
{
	struct rows rows;
	err e;

	preset(c, p);
	if ((e = store_read(c, s, with, count, 0, &rows)))
		return e;
	p->values = arena_take(c->arena, (rows.count + 1) * sizeof(*p->values));
	p->listed = arena_take(c->arena, (rows.count + 1) * sizeof(*p->listed));
	p->raised = arena_take(c->arena, (rows.count + 1) * sizeof(*p->raised));
	if (!p->values || !p->listed || !p->raised)
		return fault(c, fault_arena, "policy: %zu rows", rows.count);
	for (size_t i = 0; i < rows.count; i++) {
		int64_t what = row_number(&rows, i, 0);

		must_be(what >= 0 && what < (int64_t)(sizeof(takers) / sizeof(takers[0])));
		takers[what](p, &rows, i);
	}
	policy_presets(p);
	forget_raised(c, p);
	return 0;
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

static err load_site(struct ctx *c, struct policy *p)
{
	return load(c, statement_policy_site, WITH_NOTHING, p);
}

err rules_of(struct ctx *c, struct str account, struct rules *out)
{
	struct policy p;
	err e = account.at ? load(c, statement_policy_of, WITH(v_bytes(account)), &p)
			   : load_site(c, &p);

	if (!e)
		policy_judge(&p, NULL, out);
	return e;
}

static err load_group(struct ctx *c, struct str group, struct policy *p)
{
	return group.at ? load(c, statement_policy_of_group, WITH(v_bytes(group)), p)
			: load_site(c, p);
}

err rules_of_group(struct ctx *c, struct str group, struct rules *out)
{
	struct policy p;
	err e = load_group(c, group, &p);

	if (!e)
		policy_judge(&p, NULL, out);
	return e;
}

static void group_if(struct policy *p, struct str group, enum rule rule, const int64_t *value)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->value_count; i++)
		if (p->values[i].rule != rule)
			p->values[kept++] = p->values[i];
	if (value) /* load left room for one more */
		p->values[kept++] = (struct group_value){ rule, *value, STR("group"), group };
	p->value_count = kept;
}

err rules_if(
	struct ctx *c, struct str group, enum rule rule, const int64_t *value, struct rules *out)
{
	struct policy p;
	err e = load_group(c, group, &p);

	if (e)
		return e;
	if (group.at)
		group_if(&p, group, rule, value);
	else if (value)
		policy_put(&p, rule, *value);
	else
		policy_take_back(&p, rule, presets[rule] == IN_FILE && file_says(c, rule));
	policy_judge(&p, NULL, out);
	return 0;
}

err policy_load(struct ctx *c, struct policy *out)
{
	return load(c, statement_policy_of_all, WITH_NOTHING, out);
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

	if ((e = load_site(c, &all)) ||
		(e = store_read(c, statement_policy_on, WITH_NOTHING, 0, &rows)))
		return e;
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		allowed[kind] = all.site[rule_of_way(kind)] != 0;
	for (size_t i = 0; i < rows.count; i++) {
		if (!rule_named(row_str(&rows, i, 0), &rule))
			continue;
		for (enum method_kind kind = 0; kind < method_kind_count; kind++)
			allowed[kind] |= rule == rule_of_way(kind) ||
					 /* A group that is hardened has those that are on there. */
					 (rule == rule_profile && !all.set[rule_of_way(kind)] &&
						 all.hardened[rule_of_way(kind)]);
	}
	allowed[method_passkey] &= !all.unnamed;
	return 0;
}
