/* Values for a spreadsheet (CSV, RFC 4180). A cell is text, whatever a stranger typed into it. */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>

/* What makes a spreadsheet take a cell for a formula; the full-width ones are folded by some. */
static bool begins_formula(struct str s)
{
	static const struct str starts[] = { { "=", 1 }, { "+", 1 }, { "-", 1 }, { "@", 1 },
		{ "\t", 1 }, { "\r", 1 }, { "\n", 1 }, { "＝", 3 }, { "＋", 3 }, { "－", 3 },
		{ "＠", 3 } };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_starts(s, starts[i]))
			return true;
	return false;
}

/* Quoted always, so that no character can end it; controls, line ends among them, become blanks, so
 * that one line is one record; and before what would be a formula stands an apostrophe. */
static void cell(FILE *to, struct str s, bool last)
{
	(void)fputc('"', to);
	if (begins_formula(s))
		(void)fputc('\'', to);
	for (size_t i = 0; i < s.length; i++) {
		bool control = (uint8_t)s.at[i] < ' ' || s.at[i] == 0x7f;

		if (s.at[i] == '"')
			(void)fputc('"', to);
		(void)fputc(control ? ' ' : s.at[i], to);
	}
	(void)fputs(last ? "\"\r\n" : "\",", to);
}

void sheet_head(FILE *to, const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		cell(to, str_of(shape->fields[i].name), i + 1 == shape->count);
}

void sheet_record(FILE *to, const struct shape *shape, const void *record)
{
	char memory[40];

	for (size_t i = 0; i < shape->count; i++)
		cell(to, table_text(&shape->fields[i], record, memory), i + 1 == shape->count);
}

/* ---- all pages of a list ---- */

enum { page_arena = 4 * 1024 * 1024, cursor_room = 321 };

static void write_rows(const struct operation *op, const struct answer *a)
{
	for (size_t i = 0; i < a->item_count; i++)
		sheet_record(stdout, op->item, (const char *)a->items + i * op->item->size);
}

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

int sheet_pages(struct call *call, enum operation_id id)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	const struct operation *op = &operation_list[id];
	void *in = arena_take(call->c->arena, op->asks->size);
	char cursor[cursor_room];
	struct answer a;
	int reply, code;

	if (!arena || !in)
		return call_say(exit_fault, "out of memory");
	if ((code = operation_fill(call, op, in)))
		return code;
	sheet_head(stdout, op->item);
	do {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, id, in, &reply, &a)))
			return code;
		if (reply)
			return call_refused(call, reply, &a);
		write_rows(op, &a);
	} while (take_cursor(op, &a, cursor, in));
	return exit_done;
}
