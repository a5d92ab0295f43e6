/* Reports on the administrator's page: the counts of rekey report, and nobody's name. */
#include "people/admin.h"

enum { usage_days = 30, usage_rows_most = 4000, usage_pages_most = 40 };

err serve_admin_report_registration(
	struct ctx *c, const struct op_admin_report_registration *in, struct answer *out)
{
	const struct op_report_registration one = { .most = 1 };
	struct answer counted = { 0 };
	struct walk w;
	err e;

	(void)in;
	if ((e = admin_walk(c, NULL, out, &w)) ||
		(e = serve_report_registration(c, &one, &counted)))
		return e;
	out->record = counted.record;
	return 0;
}

err serve_admin_report_methods(
	struct ctx *c, const struct op_admin_report_methods *in, struct answer *out)
{
	const struct op_report_methods all = { 0 };
	struct walk w;
	err e;

	(void)in;
	return (e = admin_walk(c, NULL, out, &w)) ? e : serve_report_methods(c, &all, out);
}

/* What the log has of so many days comes in pages; the first has the sums. */
static err read_usage(struct ctx *c, struct rec_usage_row *rows, struct answer *out)
{
	struct op_report_usage in = { .days = usage_days };
	err e;

	for (int page = 0; page < usage_pages_most; page++) {
		struct answer counted = { 0 };
		const struct rec_usage_row *from;

		if ((e = serve_report_usage(c, &in, &counted)))
			return e;
		from = counted.items;
		if (counted.record)
			out->record = counted.record;
		for (size_t i = 0; i < counted.item_count && out->item_count < usage_rows_most; i++)
			rows[out->item_count++] = from[i];
		if (!counted.cursor.length)
			break;
		in.cursor = counted.cursor;
	}
	out->items = rows;
	return 0;
}

err serve_admin_report_usage(
	struct ctx *c, const struct op_admin_report_usage *in, struct answer *out)
{
	struct rec_usage_row *rows;
	struct walk w;
	err e;

	(void)in;
	if ((e = admin_walk(c, NULL, out, &w)))
		return e;
	rows = arena_take(c->arena, usage_rows_most * sizeof(*rows));
	return rows ? read_usage(c, rows, out) : fault(c, fault_arena, "report: usage");
}
