/* An operation asked page after page; a list as one sheet on standard output. */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>

enum { page_arena = 4 * 1024 * 1024, cursor_room = 321 };

/* The cursor outlives the page it came with. */
static bool take_cursor(
	const struct operation *op, const struct answer *a, char room[cursor_room], void *in)
{
	for (size_t i = 0; i < op->asks->count; i++) {
		if (strcmp(op->asks->fields[i].name, "cursor") != 0)
			continue;
		if (a->cursor.length == 0 || a->cursor.length >= cursor_room)
			return false;
		memcpy(room, a->cursor.at, a->cursor.length);
		*(struct str *)((char *)in + op->asks->fields[i].offset) =
			(struct str){ room, a->cursor.length };
		return true;
	}
	return false;
}

int call_pages(struct call *call, enum operation_id id, void *in, take_page *take, void *into)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	const struct operation *op = &operation_list[id];
	char cursor[cursor_room];
	struct answer a;
	int reply, code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, id, in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		take(into, &a);
	} while (take_cursor(op, &a, cursor, in));
	return exit_done;
}

/* into: the operation */
static void write_rows(void *into, const struct answer *a)
{
	const struct operation *op = into;

	for (size_t i = 0; i < a->item_count; i++)
		sheet_record(stdout, op->item, (const char *)a->items + i * op->item->size);
}

int sheet_pages(struct call *call, enum operation_id id)
{
	struct operation op = operation_list[id];
	void *in = arena_take(call->c->arena, op.asks->size);
	int code;

	if (!in)
		return call_say(exit_fault, "out of memory");
	if ((code = operation_fill(call, &op, in)))
		return code;
	sheet_head(stdout, op.item);
	return call_pages(call, id, in, write_rows, &op);
}
