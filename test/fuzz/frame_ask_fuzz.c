/* Any bytes as a request: refused, or read as a value that written again is the same bytes. Their
 * length is put before them, so that no time is lost with guessing it. */
#include "fields.h"

static void take(struct ctx *c, struct str frame)
{
	static char memory[frame_limit];
	struct buf again = buf_on(memory, sizeof(memory));
	struct request r = { 0 };
	enum operation_id id;
	const void *in;
	uint32_t serial;

	if (frame_take(c, frame, &serial, &id, &r, &in))
		return;
	fields_sound(operation_list[id].asks, in);
	must_be(frame_ask(c, serial, id, &r, in, &again) == 0);
	must_be(str_same(buf_str(&again), frame));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	static char memory[frame_limit];
	const char length[] = { (char)(size & 255), (char)(size >> 8), 0, 0 };
	struct buf frame = buf_on(memory, sizeof(memory));

	if (!c.arena) {
		c.arena = arena_open(1024 * 1024);
		must_be(c.arena && secrets_open(64));
	}
	buf_add(&frame, (struct str){ length, sizeof(length) });
	buf_add(&frame, (struct str){ (const char *)bytes, size });
	if (!frame.full)
		take(&c, buf_str(&frame));
	arena_wipe(c.arena);
	return 0;
}
