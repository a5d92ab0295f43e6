/* The board where people say what they would like to have, each with one vote an entry; and what an
 * administrator does there. */
#include "people/inside.h"

#include "conf/conf.h"
#include "model/words.h"

enum {
	page_ideas =
		25, /* with the longest texts, of which each byte becomes six, a page still fits */
	page_rows = 100,
	ideas_a_day = 5,
	ideas_most = 2000, /* on the whole board */
	day = 86400
};

static bool board_there(const struct ctx *c)
{
	return str_is(c->conf->feedback, "board");
}

static err refused(struct answer *out, const char *field, const char *words)
{
	out->field = str_of(field);
	out->words = str_of(words);
	return reply_refused;
}

/* ---- for everybody who is signed in ---- */

static err row_of(struct ctx *c, const struct rows *rows, size_t i, struct rec_idea_row *out)
{
	*out = (struct rec_idea_row){ .title = row_str(rows, i, 1),
		.words = row_str(rows, i, 2),
		.status = row_str(rows, i, 3),
		.made = row_number(rows, i, 4),
		.votes = row_number(rows, i, 5),
		.voted = row_number(rows, i, 6),
		.own = row_number(rows, i, 7) };
	return id_text(c, row_str(rows, i, 0), &out->id);
}

static err left_today(struct ctx *c, int64_t *out)
{
	struct rows rows;
	err e = store_one(c, statement_ideas_since,
		WITH(v_bytes(c->who->account), v_number(c->now - day)), &rows);

	if (e)
		return e;
	*out = ideas_a_day - row_number(&rows, 0, 0);
	*out = *out < 0 ? 0 : *out;
	return 0;
}

/* How many entries come before this page; false: not written by us. */
static bool offset_take(struct str text, int64_t *out)
{
	*out = 0;
	return text.length == 0 || (str_number(text, out) && *out >= 0 && *out <= ideas_most);
}

static err offset_text(struct ctx *c, int64_t offset, struct str *out)
{
	struct buf b = buf_in(c->arena, 20);

	buf_number(&b, offset);
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "idea") : 0;
}

err serve_idea_list(struct ctx *c, const struct op_idea_list *in, struct answer *out)
{
	struct rec_ideas *record = arena_take(c->arena, sizeof(*record));
	struct rec_idea_row *list = arena_take(c->arena, page_ideas * sizeof(*list));
	struct rows rows;
	int64_t offset;
	err e;

	if (!board_there(c) || !offset_take(in->after, &offset))
		return reply_not_found;
	if (!record || !list)
		return fault(c, fault_arena, "ideas");
	if ((e = left_today(c, &record->left)) ||
		(e = store_read(c, statement_idea_page,
			 WITH(v_bytes(c->who->account), v_number(page_ideas + 1), v_number(offset)),
			 0, &rows)))
		return e;
	for (; out->item_count < rows.count && out->item_count < page_ideas; out->item_count++)
		if ((e = row_of(c, &rows, out->item_count, &list[out->item_count])))
			return e;
	if (rows.count > page_ideas && (e = offset_text(c, offset + page_ideas, &record->more)))
		return e;
	out->record = record;
	out->items = list;
	return 0;
}

err serve_idea_add(struct ctx *c, const struct op_idea_add *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct str id = id_make(c), title, words;
	struct audit_about about = { .account = c->who->account, .actor = actor_self };
	err e;

	if (!board_there(c))
		return reply_not_found;
	if (!id.at)
		return fault(c, fault_arena, "idea");
	if ((e = words_take(c, in->title, false, &title)))
		return e < 0 ? e : refused(out, "title", "idea_malformed");
	if ((e = words_take(c, in->words, true, &words)))
		return e < 0 ? e : refused(out, "words", "idea_malformed");
	unit_add(&unit, statement_idea_add, 1,
		WITH(v_bytes(id), v_bytes(c->who->account), v_text(title), v_text(words),
			v_number(c->now), v_number(c->now - day), v_number(ideas_a_day),
			v_number(ideas_most)));
	unit_add(&unit, statement_idea_vote_give, 1,
		WITH(v_bytes(id), v_bytes(c->who->account), v_number(c->now)));
	if ((e = audit_add(&unit, event_idea_added, &about)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? refused(out, "", "idea_many") : e;
}

err serve_idea_vote(struct ctx *c, const struct op_idea_vote *in, struct answer *out)
{
	struct value who = v_bytes(c->who->account);
	struct unit unit = unit_begin(c);
	struct rows rows;
	struct str id;
	err e;

	(void)out;
	if (!board_there(c) || !id_take(c, in->id, &id))
		return reply_not_found;
	if ((e = store_one(c, statement_idea_there, WITH(v_bytes(id)), &rows)))
		return e;
	if (str_is(in->vote, "give"))
		unit_add(&unit, statement_idea_vote_give, any_rows,
			WITH(v_bytes(id), who, v_number(c->now)));
	else
		unit_add(&unit, statement_idea_vote_take, any_rows, WITH(v_bytes(id), who));
	return unit_commit(&unit);
}

/* ---- for the administrator ---- */

err serve_feedback_list(struct ctx *c, const struct op_feedback_list *in, struct answer *out)
{
	struct rec_feedback_row *list = arena_take(c->arena, page_rows * sizeof(*list));
	struct str status = in->status.length ? in->status : STR("");
	struct rows rows;
	int64_t offset;
	err e;

	if (!list)
		return fault(c, fault_arena, "feedback");
	if (!offset_take(in->cursor, &offset))
		return reply_malformed;
	if ((e = store_read(c, statement_feedback_page,
		     WITH(v_text(status), v_number(page_rows + 1), v_number(offset)), 0, &rows)))
		return e;
	for (; out->item_count < rows.count && out->item_count < page_rows; out->item_count++) {
		size_t i = out->item_count;

		list[i] = (struct rec_feedback_row){ .status = row_str(&rows, i, 1),
			.votes = row_number(&rows, i, 2),
			.made = row_number(&rows, i, 3),
			.changed = row_number(&rows, i, 4),
			.person = row_str(&rows, i, 5),
			.title = row_str(&rows, i, 6),
			.words = row_str(&rows, i, 7) };
		if ((e = id_text(c, row_str(&rows, i, 0), &list[i].id)))
			return e;
	}
	out->items = list;
	return rows.count > page_rows ? offset_text(c, offset + page_rows, &out->cursor) : 0;
}

/* One change of one entry, with its trace, which has the entry's id and nobody's name. */
static err manage(struct unit *unit, struct str id, const char *what)
{
	struct buf note = buf_in(unit->c->arena, 60);

	buf_print(&note, "%.*s: %s", STR_ARG(id), what);
	if (note.full)
		return fault(unit->c, fault_arena, "feedback");
	return audit_add(unit, event_idea_managed,
		&(struct audit_about){ .actor = actor_socket, .note = buf_str(&note) });
}

err serve_feedback_status(struct ctx *c, const struct op_feedback_status *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	struct str id;
	err e;

	(void)out;
	if (!id_take(c, in->id, &id))
		return reply_not_found;
	if ((e = store_one(c, statement_idea_there, WITH(v_bytes(id)), &rows)))
		return e;
	unit_add(&unit, statement_idea_status, 1,
		WITH(v_bytes(id), v_text(in->status), v_number(c->now)));
	if ((e = manage(&unit, in->id, arena_copy(c->arena, in->status).at)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)reply_already : e;
}

err serve_feedback_delete(struct ctx *c, const struct op_feedback_delete *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct str id;
	err e;

	(void)out;
	if (!id_take(c, in->id, &id))
		return reply_not_found;
	unit_add(&unit, statement_idea_drop, 1, WITH(v_bytes(id)));
	if ((e = manage(&unit, in->id, "deleted")))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)reply_not_found : e;
}
