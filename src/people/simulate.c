/* rekey policy simulate: what a change of policy would do to people, before it is made. A page of
 * people at a time: whoever asks adds the pages up. */
#include "people/inside.h"

#include <string.h>

enum { page_people = 250, changes_most = 8, listed_most = 40 };

static const bool on_phone[method_kind_count] = { [method_totp] = true };

static err refused(struct answer *out, enum import_why why)
{
	out->field = STR("change");
	out->words = import_why_id(why);
	return reply_refused;
}

/* ---- what would be set ---- */

/* Room for what the changes add. */
static err copy_of(struct ctx *c, const struct policy *now, struct policy *out)
{
	size_t values = now->value_count + changes_most,
	       listed = now->listed_count + changes_most * listed_most;

	*out = *now;
	out->values = arena_take(c->arena, values * sizeof(*out->values));
	out->listed = arena_take(c->arena, listed * sizeof(*out->listed));
	if (!out->values || !out->listed)
		return fault(c, fault_arena, "a policy to simulate");
	if (now->value_count)
		memcpy(out->values, now->values, now->value_count * sizeof(*out->values));
	if (now->listed_count)
		memcpy(out->listed, now->listed, now->listed_count * sizeof(*out->listed));
	return 0;
}

static err put_value(struct policy *p, enum rule rule, int64_t value, const struct group *group)
{
	if (!group) {
		policy_put(p, rule, value);
		return 0;
	}
	for (size_t i = 0; i < p->value_count; i++) {
		struct group_value *v = &p->values[i];

		if (v->rule != rule || !str_same(v->group, group->id))
			continue;
		v->value = value;
		return 0;
	}
	p->values[p->value_count++] = (struct group_value){ rule, value, group->name, group->id };
	return 0;
}

static void clear_list(struct policy *p, enum rule_list list)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->listed_count; i++)
		if (p->listed[i].list != list)
			p->listed[kept++] = p->listed[i];
	p->listed_count = kept;
	p->some[list] = false;
}

static err put_list(
	struct ctx *c, struct policy *p, enum rule_list list, struct str names, struct answer *out)
{
	struct str rest = names, name;
	bool more = !str_is(names, "none");
	struct group group;
	err e;

	clear_list(p, list);
	for (size_t i = 0; more; i++) {
		name = rest;
		more = str_cut(rest, ',', &name, &rest);
		e = i == listed_most ? (err)reply_refused
				     : group_find(c, name, "change", out, &group);
		if (e)
			return e > 0 ? refused(out, why_policy_groups) : e;
		p->listed[p->listed_count++] = (struct group_listed){ list, group.name, group.id };
		p->some[list] = true;
	}
	return 0;
}

/* "numberOfAuthenticationMethodsRequired=2" */
static err put_change(struct ctx *c, struct policy *p, struct str change, const struct group *group,
	struct answer *out)
{
	struct str name, typed;
	enum policy_text text;
	enum rule_list list;
	enum rule rule;
	int64_t value;

	if (!str_cut(change, '=', &name, &typed))
		return refused(out, why_policy_change);
	name = str_trim(name);
	typed = str_trim(typed);
	if (list_named(name, &list))
		return group ? refused(out, why_policy_site_only)
			     : put_list(c, p, list, typed, out);
	if (text_named(name, &text))
		return refused(out, why_policy_no_people);
	if (!rule_named(name, &rule))
		return refused(out, why_policy_setting);
	if (group && rule_rows[rule].combine == combine_site)
		return refused(out, why_policy_site_only);
	if (!rule_value(rule, typed, &value))
		return refused(out, policy_accepted(rule));
	return put_value(p, rule, value, group);
}

static err changed(
	struct ctx *c, const struct op_policy_simulate *in, struct policy *p, struct answer *out)
{
	struct str rest = in->changes, change;
	struct group group = { 0 };
	bool more = in->changes.length > 0;
	err e;

	if (in->group.length && (e = group_find(c, in->group, "group", out, &group)))
		return e;
	for (size_t i = 0; more; i++) {
		change = rest;
		more = str_cut(rest, '\n', &change, &rest);
		if (i == changes_most)
			return refused(out, why_policy_change);
		if ((e = put_change(c, p, change, group.id.at ? &group : NULL, out)))
			return e;
	}
	return 0;
}

/* ---- what it would do to one person ---- */

struct ways {
	int64_t worth[method_kind_count];
};

static int64_t count(const struct rules *r, const struct ways *w, bool without_phone)
{
	struct ways left = *w;

	for (enum method_kind kind = 0; without_phone && kind < method_kind_count; kind++)
		left.worth[kind] = on_phone[kind] ? 0 : left.worth[kind];
	return rules_worth(r, left.worth);
}

static bool can_reset(const struct rules *r, const struct ways *w, bool without_phone)
{
	return r->in_scope && count(r, w, without_phone) >= r->value[rule_proofs_to_reset];
}

static bool must_register(const struct rules *r, const struct ways *w)
{
	return r->in_scope && count(r, w, false) < rules_to_register(r);
}

/* Sign-in asks for a second proof of whoever has one, and it was on the phone alone. */
static bool hangs_on_phone(const struct ways *w)
{
	bool phone = false, other = false;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		phone |= w->worth[kind] && on_phone[kind];
		other |= w->worth[kind] && method_second(kind) && !on_phone[kind];
	}
	return phone && !other;
}

static void add_word(struct buf *b, bool holds, const char *word)
{
	if (!holds)
		return;
	buf_add(b, b->length ? STR("+") : STR(""));
	buf_add(b, str_of(word));
}

/* Adds to the counts; an item where there is something to tell. */
static err tell(struct ctx *c, const struct rules *was, const struct rules *will,
	const struct ways *w, bool phone, struct str name, struct answer *out)
{
	struct rec_simulation *sum = out->record;
	struct rec_simulated *items = out->items;
	struct buf what = buf_in(c->arena, 60);
	bool could = can_reset(was, w, false), can = can_reset(will, w, false);
	bool registers = must_register(will, w) && !must_register(was, w);
	bool stuck = can && !can_reset(will, w, true), shut_out = hangs_on_phone(w);

	sum->could += could;
	sum->can += can;
	sum->lose += could && !can;
	sum->gain += !could && can;
	sum->to_register += registers;
	sum->phone_reset += stuck;
	sum->phone_signin += shut_out;
	add_word(&what, could && !can, "loses_reset");
	add_word(&what, !could && can, "gains_reset");
	add_word(&what, registers, "must_register");
	add_word(&what, phone && stuck, "no_reset_without_phone");
	add_word(&what, phone && shut_out, "no_sign_in_without_phone");
	if (!what.at || what.full)
		return fault(c, fault_arena, "a person of a simulation");
	if (what.length)
		items[out->item_count++] = (struct rec_simulated){ name, buf_str(&what),
			count(will, w, false), will->value[rule_proofs_to_reset] };
	return 0;
}

/* ---- a page of people ---- */

enum { people_name = 1, people_canonical = 2, people_state = 9, people_frozen = 10 };

struct page {
	struct rows people,
		groups; /* groups: a person's canonical name, a group's id; in the people's order */
	size_t next;    /* of groups */
};

static err page_read(struct ctx *c, struct str cursor, struct page *page)
{
	struct str after = cursor.at ? cursor : STR("");
	err e = store_read(c, statement_people_page,
		WITH(v_text(after), v_text(STR("")), v_number(page_people + 1), v_number(c->now)),
		0, &page->people);

	page->next = 0;
	return e ? e
		 : store_read(c, statement_groups_of_people,
			   WITH(v_text(after), v_number(page_people)), 0, &page->groups);
}

static err groups_of(struct ctx *c, struct page *page, size_t person, struct within *out)
{
	struct str name = row_str(&page->people, person, people_canonical);
	struct str *ids;
	size_t first, count;

	while (page->next < page->groups.count &&
		str_order(row_str(&page->groups, page->next, 0), name) < 0)
		page->next++;
	first = page->next;
	while (page->next < page->groups.count &&
		str_same(row_str(&page->groups, page->next, 0), name))
		page->next++;
	count = page->next - first;
	if (!(ids = arena_take(c->arena, (count + 1) * sizeof(*ids))))
		return fault(c, fault_arena, "groups of a simulation");
	for (size_t i = 0; i < count; i++)
		ids[i] = row_str(&page->groups, first + i, 1);
	*out = (struct within){ ids, count };
	return 0;
}

static err judge_page(struct ctx *c, const struct policy policies[2], struct page *page, bool phone,
	struct answer *out)
{
	size_t here = page->people.count > page_people ? page_people : page->people.count;
	struct rec_simulation *sum = out->record;
	struct rules rules[2];
	struct within within;
	struct ways ways;
	err e = 0;

	for (size_t i = 0; !e && i < here; i++) {
		sum->people++;
		/* Whoever is shut out today for another reason stays so. */
		if (!str_is(row_str(&page->people, i, people_state), "active") ||
			row_number(&page->people, i, people_frozen))
			continue;
		if ((e = groups_of(c, page, i, &within)))
			return e;
		person_worth(&page->people, i, ways.worth);
		policy_judge(&policies[0], &within, &rules[0]);
		policy_judge(&policies[1], &within, &rules[1]);
		e = tell(c, &rules[0], &rules[1], &ways, phone,
			row_str(&page->people, i, people_name), out);
	}
	if (page->people.count > here)
		out->cursor = row_str(&page->people, here - 1, people_canonical);
	return e;
}

err serve_policy_simulate(struct ctx *c, const struct op_policy_simulate *in, struct answer *out)
{
	struct policy policies[2]; /* as it is, as it would be */
	struct page page;
	err e;

	out->record = arena_take(c->arena, sizeof(struct rec_simulation));
	out->items = arena_take(c->arena, page_people * sizeof(struct rec_simulated));
	if (!out->record || !out->items)
		return fault(c, fault_arena, "simulation");
	if ((e = policy_load(c, &policies[0])) || (e = copy_of(c, &policies[0], &policies[1])) ||
		(e = changed(c, in, &policies[1], out)) || (e = page_read(c, in->cursor, &page)))
		return e;
	return judge_page(c, policies, &page, in->lost_phone != 0, out);
}
