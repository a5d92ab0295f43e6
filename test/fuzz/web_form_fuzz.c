/* Any bytes as a form: refused, or fields within their limits and of their kinds. */
#include "web/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What was accepted can be sent: the frame's own rules hold for it. */
static void can_be_sent(struct ctx *c, enum operation_id id, const void *in)
{
	static char memory[frame_limit];
	struct buf out = buf_on(memory, sizeof(memory));

	must_be(frame_ask(c, 1, id, NULL, in, &out) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const enum operation_id ids[] = { operation_signin_password, operation_info_confirm,
		operation_info_add, operation_recover_method };
	static struct ctx c;
	static char body[body_limit];
	struct pair pairs[2] = { { "csrf", token_text, STR_NONE }, { "next", 100, STR_NONE } };
	struct form_wrong wrong = { 0 };

	if (!c.arena) {
		c.arena = arena_open(256 * 1024);
		must_be(c.arena && secrets_open(64));
	}
	if (size > sizeof(body))
		return 0;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		void *in = arena_take(c.arena, operation_list[ids[i]].asks->size);
		err e;

		memcpy(body, bytes, size);
		e = form_fill(&c, body, size, ids[i], in, pairs, 2, &wrong);
		must_be(e == 0 || e == (err)reply_malformed);
		must_be(e == 0 || wrong.words);
		if (!e) {
			must_be(pairs[0].value.length <= token_text && utf8_valid(pairs[1].value));
			can_be_sent(&c, ids[i], in);
		}
	}
	arena_wipe(c.arena);
	return 0;
}
