/* Reports on the administrator's page: one page that leads to each, and each a document that stands
 * by itself, as rekey report
 * --html writes it. */
#include "web/visit.h"

#include "view/report.h"

static const char reports_path[] = "/admin/reports";

/* The document, in the person's language; what has no room is no page. */
static void show_document(struct visit *v, struct buf *out)
{
	v->out.status = 200;
	v->out.type = "text/html; charset=utf-8";
	v->out.document = true;
	v->out.body = out->full ? STR_NONE : arena_copy(v->c.arena, buf_str(out));
	bytes_wipe(out->at, out->length);
	if (v->out.body.at)
		return;
	log_line(log_error, NULL, "a report did not fit: %s", v->head.path.at);
	v->out.status = 500;
	v->out.type = "text/plain; charset=utf-8";
	v->out.body = STR("The page is too large.\n");
}

static struct view_document base_of(struct visit *v)
{
	return (struct view_document){ .language = v->language,
		.organisation = brand_of(v)->organisation,
		.made = clock_now(),
		.offset = view_offset(clock_now()),
		.back = str_of(reports_path) };
}

/* ---- people: by standing, by way ---- */

/* The first of two answers is kept: its texts are in the visit's memory. */
static void show_registration(struct visit *v)
{
	struct report_people *p = arena_take(v->c.arena, sizeof(*p));
	struct buf out = buf_on(v->web->page, view_page_limit);

	if (settle(v))
		return;
	must_be(p);
	p->arena = v->c.arena;
	p->base = base_of(v);
	report_take_methods(p, v->first.record, v->first.items, v->first.item_count);
	report_take_registration(p, v->ask.answer.record);
	report_draw_registration(&out, p);
	show_document(v, &out);
}

static void show_methods(struct visit *v)
{
	static const struct op_admin_report_registration nothing;
	struct report_people *p = arena_take(v->c.arena, sizeof(*p));
	struct buf out = buf_on(v->web->page, view_page_limit);

	if (settle(v))
		return;
	if (str_ends(v->head.path, STR("registration"))) {
		v->first = v->ask.answer;
		visit_ask(v, operation_admin_report_registration, &nothing, show_registration);
		return;
	}
	must_be(p);
	p->arena = v->c.arena;
	p->base = base_of(v);
	report_take_methods(p, v->ask.answer.record, v->ask.answer.items, v->ask.answer.item_count);
	report_draw_methods(&out, p);
	show_document(v, &out);
}

static void ask_people(struct visit *v)
{
	static const struct op_admin_report_methods nothing;

	visit_ask(v, operation_admin_report_methods, &nothing, show_methods);
}

/* ---- usage ---- */

static void show_usage(struct visit *v)
{
	struct report_usage *u = arena_take(v->c.arena, sizeof(*u));
	struct buf out = buf_on(v->web->page, view_page_limit);

	if (settle(v))
		return;
	must_be(u);
	u->arena = v->c.arena;
	u->base = base_of(v);
	report_begin_usage(u, v->ask.answer.record);
	report_take_usage(u, v->ask.answer.items, v->ask.answer.item_count);
	report_draw_usage(&out, u);
	show_document(v, &out);
}

static void ask_usage(struct visit *v)
{
	static const struct op_admin_report_usage nothing;

	visit_ask(v, operation_admin_report_usage, &nothing, show_usage);
}

void serve_report(struct visit *v)
{
	if (!v->cookies.value[cookie_session].length)
		refuse_visit(v, 404, "http_nothing");
	else if (str_ends(v->head.path, STR("usage")))
		brand_then(v, ask_usage);
	else
		brand_then(v, ask_people);
}

/* ---- the page that leads to them ---- */

void render_reports(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct view_reports nothing;

	(void)v;
	base->signed_in = true;
	view_reports(out, base, &nothing);
}
