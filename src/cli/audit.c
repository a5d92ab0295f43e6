/* rekey audit export: the whole log, or what a filter leaves of it, for other programs. */
#include "cli/inside.h"

#include <stdio.h>

enum { page_arena = 4 * 1024 * 1024, page_rows = 200, cursor_room = 33 };

static void write_rows(const struct answer *a, bool lines)
{
	const struct rec_audit_row *rows = a->items;

	for (size_t i = 0; i < a->item_count; i++) {
		if (lines) {
			json_record(stdout, &shape_rec_audit_row, &rows[i]);
			(void)fputc('\n', stdout);
		} else {
			sheet_record(stdout, &shape_rec_audit_row, &rows[i]);
		}
	}
}

/* The cursor outlives the page it came with. */
static bool take_cursor(const struct answer *a, char room[cursor_room], struct op_audit_list *in)
{
	if (a->cursor.length == 0 || a->cursor.length >= cursor_room)
		return false;
	memcpy(room, a->cursor.at, a->cursor.length);
	in->cursor = (struct str){ room, a->cursor.length };
	return true;
}

static int pages(struct call *call, struct op_audit_list *in, bool lines)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	char cursor[cursor_room];
	struct answer a;
	int reply, code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, operation_audit_list, in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		write_rows(&a, lines);
	} while (take_cursor(&a, cursor, in));
	return fflush(stdout) == 0 ? exit_done
				   : call_say(exit_fault, "standard output cannot be written");
}

int audit_export_run(struct call *call)
{
	struct op_audit_list in = { 0 };
	struct str format = call_value(call, "--as");
	bool lines = str_is(format, "jsonl");
	int code = operation_fill(call, &operation_list[operation_audit_list], &in);

	if (code)
		return code;
	if (format.at && !lines && !str_is(format, "csv"))
		return call_say(exit_usage, "--as takes csv or jsonl");
	in.most = page_rows;
	if (!lines)
		sheet_head(stdout, &shape_rec_audit_row);
	return pages(call, &in, lines);
}
