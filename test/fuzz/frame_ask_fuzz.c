/* Any bytes as a request: refused, or read as a value that written again is the same bytes. */
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	static char memory[frame_limit];
	struct str frame = { (const char *)bytes, size };
	struct buf again = buf_on(memory, sizeof(memory));
	struct request r = { 0 };
	enum operation_id id;
	const void *in;
	uint32_t serial;

	if (!c.arena) {
		c.arena = arena_open(1024 * 1024);
		must_be(c.arena && secrets_open(64));
	}
	if (frame_take(&c, frame, &serial, &id, &r, &in) == 0) {
		must_be(frame_ask(&c, serial, id, &r, in, &again) == 0);
		must_be(str_same(buf_str(&again), frame));
	}
	arena_wipe(c.arena);
	return 0;
}
