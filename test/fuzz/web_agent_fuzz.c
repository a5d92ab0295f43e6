/* Any bytes as User-Agent: a few known words, none of the browser's own. */
#include "web/inside.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char memory[120];
	struct buf agent = buf_on(memory, sizeof(memory));

	agent_write(&agent, (struct str){ (const char *)bytes, size });
	must_be(!agent.full);
	for (size_t i = 0; i < agent.length; i++) {
		char low = (char)(memory[i] | 0x20);

		must_be((low >= 'a' && low <= 'z') || memory[i] == ',' || memory[i] == ' ');
	}
	return 0;
}
