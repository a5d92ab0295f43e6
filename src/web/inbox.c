/* The inbox of a demonstration: the mails that did not leave, and the codes of sample people's
 * apps. */
#include "web/visit.h"

#include "spec/values.h"
#include "view/view.h"

enum {
	values_most = 32,
	subject_limit = 1024,
	words_limit = 16 * 1024,
	markup_limit = 32 * 1024 /* written because a mail has both; not shown */
};

/* Where a mail is put together before what is shown of it is kept. */
struct scratch {
	struct buf subject, words, markup;
};

static bool compose(struct visit *v, const struct rec_letter *letter, struct scratch *s)
{
	struct view_value values[values_most];
	size_t count = 0, at = 0;

	s->subject.length = s->words.length = s->markup.length = 0;
	while (count < values_most &&
		values_next(letter->values, &at, &values[count].name, &values[count].value))
		count++;
	return view_mail(&v->c, letter->message, letter->language, values, count, &s->subject,
		       &s->words, &s->markup) == 0;
}

static void show_letter(struct visit *v, const struct rec_letter *letter, struct scratch *s,
	struct view_inbox_mails *out)
{
	*out = (struct view_inbox_mails){ .recipient = letter->recipient,
		.subject = letter->message,
		.at = letter->made,
		.link = values_get(letter->values, STR("link")) };
	if (!out->link.length)
		out->link = values_get(letter->values, STR("deny_link"));
	if (!compose(v, letter, s)) {
		out->words = arena_copy(v->c.arena, str_of(v->c.fault.words));
		return;
	}
	out->subject = arena_copy(v->c.arena, buf_str(&s->subject));
	out->words = arena_copy(v->c.arena, buf_str(&s->words));
}

static size_t show_letters(struct visit *v, struct view_inbox_mails **out)
{
	const struct rec_letter *letters = v->first.items;
	struct view_inbox_mails *mails =
		arena_take(v->c.arena, (v->first.item_count + 1) * sizeof(*mails));
	struct scratch s = { buf_in(v->c.arena, subject_limit), buf_in(v->c.arena, words_limit),
		buf_in(v->c.arena, markup_limit) };

	*out = mails;
	for (size_t i = 0; mails && i < v->first.item_count; i++)
		show_letter(v, &letters[i], &s, &mails[i]);
	return mails ? v->first.item_count : 0;
}

static size_t show_people(struct visit *v, struct view_inbox_people **out)
{
	const struct rec_demo_code *codes = v->ask.answer.items;
	size_t count = v->ask.answer.item_count;
	struct view_inbox_people *people = arena_take(v->c.arena, (count + 1) * sizeof(*people));

	*out = people;
	for (size_t i = 0; people && i < count; i++)
		people[i] =
			(struct view_inbox_people){ codes[i].name, codes[i].code, codes[i].left };
	return people ? count : 0;
}

void render_inbox(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_inbox_people *people;
	struct view_inbox_mails *mails;
	struct view_inbox page;

	page.people_count = show_people(v, &people);
	page.people = people;
	page.mails_count = show_letters(v, &mails);
	page.mails = mails;
	view_inbox(out, base, &page);
}

static void show_both(struct visit *v)
{
	if (!settle(v))
		show(v, page_inbox, 200);
}

static void ask_codes(struct visit *v)
{
	static const struct op_demo_codes nothing;

	if (settle(v))
		return;
	v->first = v->ask.answer;
	visit_ask(v, operation_demo_codes, &nothing, show_both);
}

static void ask_letters(struct visit *v)
{
	static const struct op_demo_inbox nothing;

	if (brand_of(v)->demo)
		visit_ask(v, operation_demo_inbox, &nothing, ask_codes);
	else
		refuse_visit(v, 404, NULL);
}

void serve_inbox(struct visit *v)
{
	brand_then(v, ask_letters);
}
