/* Groups of the embedded directory: people, and groups within groups. */
#include "people/inside.h"

#include "model/name.h"

enum { name_most = 160, page_most = 1000, page_usual = 100 };

static err refused(struct answer *out, const char *field, enum import_why why)
{
	out->field = str_of(field);
	out->words = import_why_id(why);
	return reply_refused;
}

static bool has(struct str s, char ch)
{
	return s.length && memchr(s.at, ch, s.length);
}

/* What groups are told apart by. A comma parts the names of a list. */
static err canonical_of(struct ctx *c, struct str typed, const char *field, struct answer *out,
	struct str *canonical)
{
	struct str width;
	err e;

	if ((e = text_width(c, typed, &width)) || (e = text_lower(c, width, canonical)))
		return e > 0 ? refused(out, field, why_group_name) : e;
	if (canonical->length == 0 || canonical->length > name_most || has(*canonical, ','))
		return refused(out, field, why_group_name);
	return 0;
}

err group_find(
	struct ctx *c, struct str typed, const char *field, struct answer *out, struct group *group)
{
	struct rows rows;
	err e;

	if ((e = canonical_of(c, typed, field, out, &group->canonical)) ||
		(e = store_one(c, statement_group_named, WITH(v_text(group->canonical)), &rows)))
		return e;
	group->id = row_str(&rows, 0, 0);
	group->name = row_str(&rows, 0, 1);
	group->description = row_str(&rows, 0, 2);
	return 0;
}

static err note(struct unit *unit, enum event event, const char *did, const struct group *group,
	struct str account)
{
	struct buf words = buf_in(unit->c->arena, 400);

	buf_print(&words, "%s: %.*s", did, STR_ARG(str_upto(group->name, name_most)));
	if (words.full)
		return fault(unit->c, fault_arena, "group");
	return audit_add(unit, event,
		&(struct audit_about){
			.account = account, .actor = actor_socket, .note = buf_str(&words) });
}

/* ---- looking ---- */

static int64_t page_of(int64_t asked)
{
	return asked > 0 && asked <= page_most ? asked : page_usual;
}

static struct str after(struct str cursor)
{
	return cursor.at ? cursor : STR("");
}

err serve_group_list(struct ctx *c, const struct op_group_list *in, struct answer *out)
{
	int64_t most = page_of(in->most);
	struct rec_group *all;
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_groups_page,
		     WITH(v_text(after(in->cursor)), v_number(most + 1)), 0, &rows)))
		return e;
	out->item_count = rows.count <= (size_t)most ? rows.count : (size_t)most;
	all = arena_take(c->arena, (rows.count + 1) * sizeof(*all));
	if (!all)
		return fault(c, fault_arena, "groups: a page");
	for (size_t i = 0; i < out->item_count; i++) {
		all[i] = (struct rec_group){ .name = row_str(&rows, i, 1),
			.description = row_str(&rows, i, 3),
			.people = row_number(&rows, i, 4),
			.groups = row_number(&rows, i, 5) };
		if ((e = id_text(c, row_str(&rows, i, 0), &all[i].id)))
			return e;
	}
	out->items = all;
	if (rows.count > out->item_count)
		out->cursor = row_str(&rows, out->item_count - 1, 2);
	return 0;
}

/* Groups come on the first page, before all people. */
static err members(struct ctx *c, const struct group *group, const struct op_group_show *in,
	struct rec_group *shown, struct answer *out)
{
	int64_t most = page_of(in->most);
	struct rec_group_member *all;
	struct rows groups, people;
	size_t listed;
	err e;

	if ((e = store_read(c, statement_group_groups, WITH(v_bytes(group->id)), 0, &groups)) ||
		(e = store_read(c, statement_group_people,
			 WITH(v_bytes(group->id), v_text(after(in->cursor)), v_number(most + 1)), 0,
			 &people)))
		return e;
	all = arena_take(c->arena, (groups.count + people.count + 1) * sizeof(*all));
	if (!all)
		return fault(c, fault_arena, "group: members");
	for (size_t i = 0; in->cursor.length == 0 && i < groups.count; i++)
		all[out->item_count++] = (struct rec_group_member){ row_str(&groups, i, 0),
			STR("group"), row_str(&groups, i, 2) };
	listed = people.count <= (size_t)most ? people.count : (size_t)most;
	for (size_t i = 0; i < listed; i++)
		all[out->item_count++] = (struct rec_group_member){ row_str(&people, i, 0),
			STR("person"), row_str(&people, i, 2) };
	if (people.count > listed)
		out->cursor = row_str(&people, listed - 1, 1);
	out->items = all;
	shown->groups = (int64_t)groups.count;
	return 0;
}

err serve_group_show(struct ctx *c, const struct op_group_show *in, struct answer *out)
{
	struct rec_group *shown = arena_take(c->arena, sizeof(*shown));
	struct group group = { 0 };
	err e;

	if (!shown)
		return fault(c, fault_arena, "group");
	if ((e = group_find(c, in->name, "name", out, &group)) ||
		(e = members(c, &group, in, shown, out)) || (e = id_text(c, group.id, &shown->id)))
		return e;
	shown->name = group.name;
	shown->description = group.description;
	shown->people = (int64_t)out->item_count - (in->cursor.length ? 0 : shown->groups);
	out->record = shown;
	return 0;
}

err serve_people_groups(struct ctx *c, const struct op_people_groups *in, struct answer *out)
{
	struct account account;
	err e = person_find(c, in->name, &account);

	return e ? e : groups_load(c, account.id, 0, out);
}

/* ---- making and changing ---- */

err serve_group_add(struct ctx *c, const struct op_group_add *in, struct answer *out)
{
	struct group group = { .id = id_make(c),
		.name = str_trim(in->name),
		.description = in->description.at ? str_trim(in->description) : STR("") };
	struct unit unit = unit_begin(c);
	err e;

	if (!group.id.at)
		return fault(c, fault_arena, "group");
	if ((e = canonical_of(c, in->name, "name", out, &group.canonical)))
		return e;
	unit_add(&unit, statement_group_add, 1,
		WITH(v_bytes(group.id), v_text(group.name), v_text(group.canonical),
			v_text(group.description), v_number(c->now)));
	if ((e = note(&unit, event_group_changed, "added", &group, STR_NONE)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)reply_already : e;
}

err serve_group_rename(struct ctx *c, const struct op_group_rename *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct group group = { 0 };
	err e;

	if ((e = group_find(c, in->name, "name", out, &group)))
		return e;
	if (in->to.length) {
		group.name = str_trim(in->to);
		if ((e = canonical_of(c, in->to, "to", out, &group.canonical)))
			return e;
	}
	if (in->description.at)
		group.description = str_trim(in->description);
	unit_add(&unit, statement_group_change, 1,
		WITH(v_bytes(group.id), v_text(group.name), v_text(group.canonical),
			v_text(group.description)));
	unit_add(&unit, statement_groups_turned, 1, WITH_NOTHING);
	if ((e = note(&unit, event_group_changed, "renamed", &group, STR_NONE)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "to", why_group_taken) : e;
}

err serve_group_delete(struct ctx *c, const struct op_group_delete *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct group group = { 0 };
	err e;

	if ((e = group_find(c, in->name, "name", out, &group)))
		return e;
	unit_add(&unit, statement_group_drop, 1, WITH(v_bytes(group.id)));
	unit_add(&unit, statement_groups_turned, 1, WITH_NOTHING);
	if ((e = note(&unit, event_group_changed, "deleted", &group, STR_NONE)))
		return e;
	return unit_commit(&unit);
}

/* ---- members ---- */

/* One of the two, and not both. */
struct member {
	struct str account; /* STR_NONE: a group */
	struct group group;
};

static err member_find(
	struct ctx *c, struct str person, struct str group, struct answer *out, struct member *m)
{
	struct account account;
	err e;

	*m = (struct member){ 0 };
	if ((person.length != 0) == (group.length != 0))
		return refused(out, person.length ? "group" : "person", why_group_member);
	if (group.length)
		return group_find(c, group, "group", out, &m->group);
	if ((e = person_find(c, person, &account)))
		return e;
	m->account = account.id;
	return 0;
}

/* A group that is in itself, however far down, would say nothing. */
static err circle(
	struct ctx *c, const struct group *group, const struct member *m, struct answer *out)
{
	struct rows rows;
	err e;

	if (m->account.at)
		return 0;
	if ((e = store_one(c, statement_group_has_group,
		     WITH(v_bytes(m->group.id), v_bytes(group->id)), &rows)))
		return e;
	return row_number(&rows, 0, 0) ? refused(out, "group", why_group_circle) : 0;
}

static err join_or_leave(
	struct ctx *c, const struct group *group, const struct member *m, bool joins)
{
	static const enum statement statements[2][2] = {
		{ statement_group_group_drop, statement_group_group_add },
		{ statement_group_person_drop, statement_group_person_add },
	};
	struct str id = m->account.at ? m->account : m->group.id;
	struct unit unit = unit_begin(c);
	err e;

	unit_add(&unit, statements[m->account.at != NULL][joins], 1,
		WITH(v_bytes(group->id), v_bytes(id)));
	unit_add(&unit, statement_groups_turned, 1, WITH_NOTHING);
	if ((e = note(&unit, joins ? event_group_joined : event_group_left, joins ? "in" : "out of",
		     group, m->account)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)(joins ? reply_already : reply_not_found) : e;
}

err serve_group_join(struct ctx *c, const struct op_group_join *in, struct answer *out)
{
	struct group group = { 0 };
	struct member m;
	err e;

	if ((e = group_find(c, in->name, "name", out, &group)) ||
		(e = member_find(c, in->person, in->group, out, &m)) ||
		(e = circle(c, &group, &m, out)))
		return e;
	return join_or_leave(c, &group, &m, true);
}

err serve_group_leave(struct ctx *c, const struct op_group_leave *in, struct answer *out)
{
	struct group group = { 0 };
	struct member m;
	err e;

	if ((e = group_find(c, in->name, "name", out, &group)) ||
		(e = member_find(c, in->person, in->group, out, &m)))
		return e;
	return join_or_leave(c, &group, &m, false);
}
