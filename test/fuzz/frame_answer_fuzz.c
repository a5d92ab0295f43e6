/* Any bytes as an answer: refused, or read as a value that written again is the same bytes. The
 * first byte chooses the operation that was asked. */
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct ctx c;
	static char memory[answer_limit];
	struct str frame = { (const char *)bytes + 1, size - 1 };
	struct buf again = buf_on(memory, sizeof(memory));
	enum operation_id id;
	struct answer a;
	uint32_t serial;
	int reply;

	if (size == 0)
		return 0;
	if (!c.arena) {
		c.arena = arena_open(4 * 1024 * 1024);
		must_be(c.arena && secrets_open(64));
	}
	id = bytes[0] % (operation_count + 1);
	if (answer_take(&c, frame, id, &serial, &reply, &a) == 0) {
		must_be(answer_give(&c, serial, id, reply, &a, &again) == 0);
		must_be(str_same(buf_str(&again), frame));
	}
	arena_wipe(c.arena);
	return 0;
}
