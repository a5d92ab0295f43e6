/* A change of policy, judged before anything is done: is it accepted, does policy stay as strong,
 * what is it called on the command line, and what does a signature for it stand for? */
#include "people/admin.h"

enum { command_limit = 17000, number_text = 24 };

static err refused(struct answer *out, enum import_why why)
{
	out->field = STR("value");
	out->words = import_why_id(why);
	return reply_refused;
}

/* ---- lists ---- */

static err listed_now(struct ctx *c, enum rule_list list, struct listed **out)
{
	struct listed *l = arena_take(c->arena, sizeof(*l));
	struct rows rows;
	err e;

	if (!l)
		return fault(c, fault_arena, "a list of groups");
	if ((e = store_read(c, statement_policy_scope_list,
		     WITH(v_text(str_of(list_rows[list].name))), list_groups_most, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		l->names[i] = row_str(&rows, i, 0);
		l->ids[i] = row_str(&rows, i, 1);
	}
	l->set = (struct group_set){ l->ids, rows.count };
	*out = l;
	return 0;
}

/* "Staff, Sales", or "none"; each group once. */
static err listed_typed(struct ctx *c, struct str typed, struct answer *out, struct listed **to)
{
	struct listed *l = arena_take(c->arena, sizeof(*l));
	struct str rest = typed, name;
	bool more = typed.length && !str_is(typed, "none");
	struct group group;
	err e;

	if (!l)
		return fault(c, fault_arena, "a list of groups");
	l->set.ids = l->ids;
	while (more) {
		name = rest;
		more = str_cut(rest, ',', &name, &rest);
		e = l->set.count == list_groups_most ? (err)reply_refused
						     : group_find(c, name, "value", out, &group);
		if (e)
			return e > 0 ? refused(out, why_policy_groups) : e;
		if (group_set_has(&l->set, group.id))
			continue;
		l->names[l->set.count] = group.name;
		l->ids[l->set.count++] = group.id;
	}
	*to = l;
	return 0;
}

static size_t moves(const struct listed *from, const struct listed *to)
{
	size_t count = 0;

	for (size_t i = 0; i < to->set.count; i++)
		count += !group_set_has(&from->set, to->ids[i]);
	return count;
}

static err judge_list(struct ctx *c, struct str typed, struct answer *out, struct change *ch)
{
	size_t moved;
	err e;

	if ((e = listed_now(c, ch->setting.list, &ch->old)) ||
		(e = listed_typed(c, typed, out, &ch->new)) ||
		(e = policy_names_text(c, ch->old->names, ch->old->set.count, &ch->was)) ||
		(e = policy_names_text(c, ch->new->names, ch->new->set.count, &ch->will)))
		return e;
	moved = moves(ch->old, ch->new) + moves(ch->new, ch->old);
	ch->same = moved == 0;
	ch->kept = moved <= list_moves_most &&
		   strength_kept_list(ch->setting.list, &ch->old->set, &ch->new->set);
	return 0;
}

/* ---- rules and texts ---- */

static err judge_rule(struct ctx *c, struct str typed, struct answer *out, struct change *ch)
{
	enum rule rule = ch->setting.rule;
	struct unit nothing = unit_begin(c); /* only judged: never committed */
	err e;

	if (!rule_value(rule, typed, &ch->to))
		return refused(out, policy_accepted(rule));
	if ((e = policy_put_rule(&nothing, rule, ch->to, NULL, &ch->from, out)) ||
		(e = rule_text(c, rule, ch->from, &ch->was)) ||
		(e = rule_text(c, rule, ch->to, &ch->will)))
		return e;
	ch->same = ch->from == ch->to;
	ch->kept = strength_kept(rule, ch->from, ch->to);
	return 0;
}

static err judge_text(struct ctx *c, struct str typed, struct answer *out, struct change *ch)
{
	bool none = typed.length == 0 || str_is(typed, "none"), good = none;
	err e;

	if ((e = setting_value(c, &ch->setting, &ch->was)) ||
		(!none && (e = policy_text_good(c, ch->setting.text, typed, &good))))
		return e;
	if (!good)
		return refused(out, policy_text_accepted(ch->setting.text));
	ch->will = none ? STR("none") : typed;
	ch->same = str_same(ch->was, ch->will);
	return 0;
}

err change_judge(
	struct ctx *c, struct str id, struct str typed, struct answer *out, struct change *ch)
{
	*ch = (struct change){ 0 };
	typed = str_trim(typed);
	if (!setting_by_id(id, &ch->setting))
		return reply_not_found;
	switch (ch->setting.kind) {
	case setting_list:
		return judge_list(c, typed, out, ch);
	case setting_text:
		return judge_text(c, typed, out, ch);
	case setting_rule:
		break;
	}
	return judge_rule(c, typed, out, ch);
}

/* ---- what is signed for ---- */

static void add_part(struct buf *b, struct str part)
{
	buf_print(b, "%zu:", part.length);
	buf_add(b, part);
}

/* Each part with its length, so that no two changes have the same bytes. The old value is one of
 * them: what was looked at is what is changed. */
err change_bytes(struct ctx *c, const struct change *ch, struct str *out)
{
	const struct str parts[] = { c->who->id, str_of(ch->setting.name), ch->was, ch->will };
	enum { count = sizeof(parts) / sizeof(parts[0]) };
	size_t room = count * number_text;
	struct buf b;

	for (size_t i = 0; i < count; i++)
		room += parts[i].length;
	b = buf_in(c->arena, room);
	for (size_t i = 0; i < count; i++)
		add_part(&b, parts[i]);
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "a change of policy") : 0;
}

/* ---- the command ---- */

static bool plain(struct str word)
{
	static const char signs[] = "_-.,:/@";

	for (size_t i = 0; i < word.length; i++) {
		char at = word.at[i];

		if (!((at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') ||
			    (at >= '0' && at <= '9') || memchr(signs, at, sizeof(signs) - 1)))
			return false;
	}
	return word.length > 0;
}

/* One word for a shell, whatever is in it. */
static void add_word(struct buf *b, struct str word)
{
	if (plain(word)) {
		buf_add(b, word);
		return;
	}
	buf_char(b, '\'');
	for (size_t i = 0; i < word.length; i++)
		if (word.at[i] == '\'')
			buf_add(b, STR("'\\''"));
		else
			buf_char(b, word.at[i]);
	buf_char(b, '\'');
}

err change_command(struct ctx *c, const struct change *ch, struct str *out)
{
	struct buf b = buf_in(c->arena, command_limit);

	buf_print(&b, "rekey policy set %s ", ch->setting.name);
	add_word(&b, ch->will);
	*out = buf_str(&b);
	if (b.full)
		return fault(c, fault_arena, "a command");
	arena_trim(c->arena, b.at, b.length);
	return 0;
}
