/* rekey people remind: asks page after page, and sums up. */
#include "cli/inside.h"

static void add(void *into, const struct answer *a)
{
	const struct rec_reminded *page = a->record;
	struct rec_reminded *sum = into;

	sum->looked_at += page->looked_at;
	sum->reminded += page->reminded;
	sum->no_address += page->no_address;
	sum->first = sum->first ? sum->first : page->first;
	sum->last = page->last > sum->last ? page->last : sum->last;
}

int people_remind_run(struct call *call)
{
	struct op_people_remind in = { .group = call_value(call, "--group"),
		.dry = call_flag(call, "--dry") };
	struct rec_reminded sum = { 0 };
	int code;

	if (!call_number(call, "--again-after", 1, 3650, 0, &in.again_after) ||
		!call_number(call, "--per-minute", 1, 6000, 0, &in.per_minute))
		return exit_usage;
	/* What was sent before it broke off is in the outbox, and is said. */
	if ((code = call_pages(call, operation_people_remind, &in, add, &sum)) && sum.reminded == 0)
		return code;
	(void)call_show(call, operation_people_remind, &(struct answer){ .record = &sum });
	return code;
}
