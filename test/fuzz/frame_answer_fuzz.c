/* Any bytes as an answer: refused, or read as a value that written again is the same bytes. The
 * first byte chooses the operation that was asked; the length is put before the others. */
#include "fields.h"

static void take(struct ctx *c, enum operation_id id, struct str frame)
{
	static char memory[answer_limit];
	struct buf again = buf_on(memory, sizeof(memory));
	struct answer a;
	uint32_t serial;
	int reply;

	if (answer_take(c, frame, id, &serial, &reply, &a))
		return;
	if (id < operation_count) {
		fields_sound(operation_list[id].record, a.record);
		for (size_t i = 0; i < a.item_count; i++)
			fields_sound(operation_list[id].item,
				(const char *)a.items + i * operation_list[id].item->size);
	}
	must_be(answer_give(c, serial, id, reply, &a, &again) == 0);
	must_be(str_same(buf_str(&again), frame));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	static char memory[answer_limit];
	size_t rest = size - 1;
	const char length[] = { (char)(rest & 255), (char)(rest >> 8 & 255), (char)(rest >> 16),
		0 };
	struct buf frame = buf_on(memory, sizeof(memory));

	if (size == 0)
		return 0;
	if (!c.arena) {
		c.arena = arena_open(4 * 1024 * 1024);
		must_be(c.arena && secrets_open(64));
	}
	buf_add(&frame, (struct str){ length, sizeof(length) });
	buf_add(&frame, (struct str){ (const char *)bytes + 1, rest });
	if (!frame.full)
		take(&c, bytes[0] % (operation_count + 1), buf_str(&frame));
	arena_wipe(c.arena);
	return 0;
}
