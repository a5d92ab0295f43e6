/* rekey report --html: the counts as a page of charts, the numbers of each in a table below it. */
#include "cli/document.h"
#include "view/report.h"

enum { page_arena = 4 * 1024 * 1024 };

/* ---- people ---- */

static int add_registration(struct call *call, struct report_people *p)
{
	const struct op_report_registration in = { .most = 1 };
	struct answer a;
	int code = call_ask(call, operation_report_registration, &in, &a);

	if (!code)
		report_take_registration(p, a.record);
	return code;
}

static int add_methods(struct call *call, struct report_people *p)
{
	const struct op_report_methods in = { 0 };
	struct answer a;
	int code = call_ask(call, operation_report_methods, &in, &a);

	if (!code)
		report_take_methods(p, a.record, a.items, a.item_count);
	return code;
}

static int people(struct document *d, struct report_people *p, bool all, struct str path)
{
	int code;

	if ((code = add_methods(d->call, p)) || (all && (code = add_registration(d->call, p))))
		return code;
	if (all)
		report_draw_registration(&d->text, p);
	else
		report_draw_methods(&d->text, p);
	return document_save(d, path);
}

/* ---- usage ---- */

static int read_usage(struct call *call, struct report_usage *u, struct arena *arena)
{
	struct op_report_usage in = { 0 };
	struct answer a;
	int code, reply;

	if (!call_number(call, "--days", 1, 400, 0, &in.days))
		return exit_usage;
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, operation_report_usage, &in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		if (a.record)
			report_begin_usage(u, a.record);
		report_take_usage(u, a.items, a.item_count);
		in.cursor = arena_copy(call->c->arena, a.cursor);
	} while (in.cursor.length);
	return 0;
}

static int usage(struct document *d, struct report_usage *u, struct str path)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	int code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	if ((code = read_usage(d->call, u, arena)))
		return code;
	report_draw_usage(&d->text, u);
	return document_save(d, path);
}

int report_html(struct call *call, enum operation_id id, struct str path)
{
	struct report_people *p = arena_take(call->c->arena, sizeof(*p));
	struct report_usage *u = arena_take(call->c->arena, sizeof(*u));
	struct document d;
	int code;

	if (!p || !u)
		return call_say(exit_fault, "out of memory");
	if ((code = document_open(call, &d)))
		return code;
	p->arena = u->arena = call->c->arena;
	p->base = u->base = d.base;
	return id == operation_report_usage
		       ? usage(&d, u, path)
		       : people(&d, p, id == operation_report_registration, path);
}
