/* rekey people remind: asks page after page, and sums up. */
#include "cli/inside.h"

#include <string.h>

enum { page_arena = 1024 * 1024, cursor_room = 321 };

static void add(struct rec_reminded *sum, const struct rec_reminded *page)
{
	sum->looked_at += page->looked_at;
	sum->reminded += page->reminded;
	sum->no_address += page->no_address;
	sum->first = sum->first ? sum->first : page->first;
	sum->last = page->last > sum->last ? page->last : sum->last;
}

static bool take_cursor(const struct answer *a, char room[cursor_room], struct op_people_remind *in)
{
	if (a->cursor.length == 0 || a->cursor.length >= cursor_room)
		return false;
	memcpy(room, a->cursor.at, a->cursor.length);
	in->cursor = (struct str){ room, a->cursor.length };
	return true;
}

static int pages(struct call *call, struct op_people_remind *in, struct rec_reminded *sum)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	char cursor[cursor_room];
	struct answer a;
	int reply, code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, operation_people_remind, in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		add(sum, a.record);
	} while (take_cursor(&a, cursor, in));
	return exit_done;
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
	if ((code = pages(call, &in, &sum)) && sum.reminded == 0)
		return code;
	(void)call_show(call, operation_people_remind, &(struct answer){ .record = &sum });
	return code;
}
