/* rekey policy set, unset: each change is one unit with its row in the audit log, which has the old
 * value and the new one. */
#include "people/inside.h"

#include "conf/conf.h"
#include "method/method.h"

#include <string.h>

enum { note_limit = 400, value_shown = 120, contact_limit = 254 };

static err refused(struct answer *out, const char *field, enum import_why why)
{
	out->field = str_of(field);
	out->words = import_why_id(why);
	return reply_refused;
}

static struct str cut(struct str value)
{
	size_t length = value.length < value_shown ? value.length : value_shown;

	while (length < value.length && length > 0 && (value.at[length] & 0xc0) == 0x80)
		length--;
	return str_upto(value, length);
}

err policy_note(struct unit *unit, struct audit_about by, const char *setting,
	const struct group *group, struct str was, struct str value)
{
	struct audit_about *about = arena_take(unit->c->arena, sizeof(*about));
	struct buf words = buf_in(unit->c->arena, note_limit);

	buf_print(&words, "%s", setting);
	if (group)
		buf_print(&words, " (%.*s)", STR_ARG(cut(group->name)));
	buf_print(&words, ": %.*s -> %.*s", STR_ARG(cut(was)), STR_ARG(cut(value)));
	if (!about || words.full)
		return fault(unit->c, fault_arena, "policy");
	by.note = buf_str(&words);
	*about = by;
	return audit_add(unit, event_policy, about);
}

static err note(struct unit *unit, const char *setting, const struct group *group, struct str was,
	struct str value)
{
	return policy_note(
		unit, (struct audit_about){ .actor = actor_socket }, setting, group, was, value);
}

enum import_why policy_accepted(enum rule rule)
{
	switch (rule_rows[rule].kind) {
	case rule_flag:
		return why_policy_flag;
	case rule_who:
		return why_policy_who;
	case rule_choice:
		return why_policy_profile;
	case rule_number:
		break;
	}
	return why_policy_number;
}

bool policy_no_way(const struct rules *rules)
{
	int64_t ways = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		ways += rules_allow(rules, kind) ? (kind == method_passkey ? 2 : 1) : 0;
	return ways < rules->value[rule_proofs_to_reset];
}

/* What the number of proofs was, and will be, for everybody or for this group's people. */
static void note_proofs(
	struct unit *unit, const struct group *group, const struct rules *was, int64_t will)
{
	bool own = group && str_same(was->from[rule_proofs_to_reset], group->name);
	int64_t held = was->value[rule_proofs_to_reset];

	policy_raised_note(
		unit, group ? group->id : STR_NONE, own || !group ? held : 0, held, will);
}

static void put(struct unit *unit, const struct group *group, enum rule rule, const int64_t *value)
{
	struct value name = v_text(str_of(rule_rows[rule].name)),
		     id = v_bytes(group ? group->id : STR_NONE);

	if (group && value)
		unit_add(unit, statement_policy_group_put, 1, WITH(id, name, v_number(*value)));
	else if (group)
		unit_add(unit, statement_policy_group_drop, 1, WITH(id, name));
	else if (value)
		unit_add(unit, statement_policy_site_put, 1, WITH(name, v_number(*value)));
	else
		unit_add(unit, statement_policy_site_drop, 1, WITH(name));
}

/* value NULL: takes it back, so that what is under it holds. *was: what held. */
static err put_rule(struct unit *unit, enum rule rule, const int64_t *value,
	const struct group *group, int64_t *was, struct answer *out)
{
	struct str id = group ? group->id : STR_NONE;
	struct rules before, after;
	err e;

	if ((e = rules_of_group(unit->c, id, &before)) ||
		(e = rules_if(unit->c, id, rule, value, &after)))
		return e;
	*was = before.value[rule];
	if (policy_no_way(&after))
		return refused(out, "value", why_policy_no_way);
	note_proofs(unit, group, &before, after.value[rule_proofs_to_reset]);
	put(unit, group, rule, value);
	return 0;
}

static err change_rule(struct ctx *c, enum rule rule, const int64_t *value,
	const struct group *group, struct answer *out)
{
	struct str was, now = STR("not set");
	struct unit unit = unit_begin(c);
	int64_t before;
	err e;

	if ((e = put_rule(&unit, rule, value, group, &before, out)) ||
		(e = rule_text(c, rule, before, &was)) ||
		(value && (e = rule_text(c, rule, *value, &now))) ||
		(e = note(&unit, rule_rows[rule].name, group, was, now)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race && !value ? (err)reply_already : e;
}

err policy_put_rule(struct unit *unit, enum rule rule, int64_t value, const struct group *group,
	int64_t *was, struct answer *out)
{
	return put_rule(unit, rule, &value, group, was, out);
}

static err set_rule(struct ctx *c, enum rule rule, struct str typed, const struct group *group,
	struct answer *out)
{
	int64_t value;

	if (group && rule_rows[rule].combine == combine_site)
		return refused(out, "setting", why_policy_site_only);
	if (!rule_value(rule, typed, &value))
		return refused(out, "value", policy_accepted(rule));
	return change_rule(c, rule, &value, group, out);
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
		if (i == list_groups_most)
			return refused(out, "value", why_policy_groups);
		if ((e = add_group(c, list, name, &unit, out)))
			return e;
	}
	if ((e = note(&unit, list_rows[list].name, NULL, was, str_trim(typed))))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "value", why_policy_groups) : e;
}

/* "10.0.0.0/8, 2001:db8::/32" */
static bool networks_good(struct str typed)
{
	struct str rest = typed, one;
	bool more = true;

	while (more) {
		struct network network;

		one = rest;
		more = str_cut(rest, ',', &one, &rest);
		if (network_of(str_trim(one), &network))
			return false;
	}
	return true;
}

/* "help@example.org", "https://help.example.org/" */
static err contact_good(struct ctx *c, struct str typed, bool *good)
{
	struct mail_address mail;
	err e;

	*good = str_starts(typed, STR("https://")) && typed.length > 8 &&
		typed.length <= contact_limit;
	if (*good) {
		for (size_t i = 0; i < typed.length; i++)
			*good &= typed.at[i] > ' ' && typed.at[i] < 0x7f &&
				 !strchr("\"'<>\\`", typed.at[i]);
		return 0;
	}
	e = mail_address_take(c, typed, &mail);
	*good = e == 0;
	return e < 0 ? e : 0;
}

err policy_text_good(struct ctx *c, enum policy_text text, struct str typed, bool *good)
{
	if (text_rows[text].kind == text_contact)
		return contact_good(c, typed, good);
	*good = networks_good(typed);
	return 0;
}

enum import_why policy_text_accepted(enum policy_text text)
{
	return text_rows[text].kind == text_contact ? why_policy_contact : why_policy_networks;
}

/* "none" takes it back. */
static err set_text(struct ctx *c, enum policy_text text, struct str typed, struct answer *out)
{
	struct value name = v_text(str_of(text_rows[text].name));
	struct str was[policy_text_count];
	struct unit unit = unit_begin(c);
	bool none = str_is(typed, "none"), good = false;
	err e;

	if ((e = texts_read(c, was)) || (!none && (e = policy_text_good(c, text, typed, &good))))
		return e;
	if (!none && !good)
		return refused(out, "value", policy_text_accepted(text));
	if (none)
		unit_add(&unit, statement_policy_text_drop, any_rows, WITH(name));
	else
		unit_add(&unit, statement_policy_text_put, 1, WITH(name, v_text(typed)));
	if ((e = note(&unit, text_rows[text].name, NULL, was[text].length ? was[text] : STR("none"),
		     typed)))
		return e;
	return unit_commit(&unit);
}

/* value STR_NONE: taken back. */
static err change(
	struct ctx *c, struct str setting, struct str value, struct str named, struct answer *out)
{
	struct group found = { 0 }, *group = NULL;
	enum policy_text text;
	enum rule_list list;
	enum rule rule;
	err e;

	if (named.length && (e = group_find(c, named, "group", out, &found)))
		return e;
	group = named.length ? &found : NULL;
	if (rule_named(setting, &rule))
		return value.at ? set_rule(c, rule, value, group, out)
				: change_rule(c, rule, NULL, group, out);
	value = value.at ? value : STR("none");
	if (list_named(setting, &list))
		return group ? refused(out, "setting", why_policy_site_only)
			     : set_list(c, list, value, out);
	if (!text_named(setting, &text))
		return refused(out, "setting", why_policy_setting);
	return group ? refused(out, "setting", why_policy_site_only)
		     : set_text(c, text, value, out);
}

err serve_policy_set(struct ctx *c, const struct op_policy_set *in, struct answer *out)
{
	struct str value = str_trim(in->value);

	return change(c, in->setting, value.at ? value : STR(""), in->group, out);
}

err serve_policy_unset(struct ctx *c, const struct op_policy_unset *in, struct answer *out)
{
	return change(c, in->setting, STR_NONE, in->group, out);
}
