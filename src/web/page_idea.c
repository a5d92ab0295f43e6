/* The board where people say what they would like to have. */
#include "web/visit.h"

#include "view/view.h"

static bool votable(struct str status)
{
	return str_is(status, "open") || str_is(status, "planned");
}

void render_ideas(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_ideas *record = v->ask.answer.record;
	const struct rec_idea_row *rows = v->ask.answer.items;
	size_t count = v->ask.answer.item_count;
	struct view_ideas_ideas *ideas = arena_take(v->c.arena, (count + 1) * sizeof(*ideas));
	struct view_ideas page = {
		.ideas = ideas, .ideas_count = ideas ? count : 0, .later = v->id.length > 0
	};

	base->signed_in = true;
	if (record) {
		page.left = record->left;
		page.more = record->more;
	}
	for (size_t i = 0; i < page.ideas_count; i++)
		ideas[i] = (struct view_ideas_ideas){ rows[i].id, rows[i].title, rows[i].words,
			rows[i].status, rows[i].votes, rows[i].voted, rows[i].own,
			votable(rows[i].status), rows[i].made };
	view_ideas(out, base, &page);
}

void render_idea_new(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_idea_new page = { typed(v, "title"), typed(v, "words") };

	base->signed_in = true;
	view_idea_new(out, base, &page);
}
