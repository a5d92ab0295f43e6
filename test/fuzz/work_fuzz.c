/* Any bytes as the answer to a proof of work: only the one that was given out is taken, solved or
 * waited for, and nothing of it may be changed. The store is left out here: each is spent for the
 * first time. */
#include "policy/work.h"

#include "crypto/crypto.h"
#include "fuzz.h"

#include <stdlib.h>
#include <unistd.h>

static struct keys *keys;
static char given[256];

struct unit unit_begin(struct ctx *c)
{
	return (struct unit){ .c = c };
}

void unit_add(
	struct unit *unit, enum statement s, int64_t rows, const struct value *with, size_t count)
{
	(void)unit;
	(void)rows;
	(void)with;
	must_be(s == statement_work_spend && count == 2);
}

err unit_commit(struct unit *unit)
{
	(void)unit;
	return 0;
}

struct value v_bytes(struct str s)
{
	return (struct value){ .kind = value_bytes, .str = s };
}

struct value v_number(int64_t n)
{
	return (struct value){ .kind = value_number, .number = n };
}

static void open_once(struct ctx *c)
{
	char dir[] = "/tmp/rekey-fuzz-XXXXXX", file[64];
	struct str text;

	if (keys)
		return;
	must_be(crypto_open(c) == 0 && mkdtemp(dir) && keys_open(c, dir, true, &keys) == 0);
	(void)snprintf(file, sizeof(file), "%s/master.key", dir);
	must_be(unlink(file) == 0 && rmdir(dir) == 0);
	c->keys = keys;
	c->now = 1000000;
	must_be(work_make(c, &text) == 0 && text.length < sizeof(given));
	memcpy(given, text.at, text.length);
	arena_wipe(c->arena);
}

/* Inputs that begin with a NUL are the text given out, with bytes changed (place and byte) up to
 * the next NUL at a place, and what follows it behind. */
static struct str changed(struct ctx *c, struct str input)
{
	struct buf out = buf_in(c->arena, sizeof(given) + input.length);
	size_t at = 1;

	buf_add(&out, str_of(given));
	for (; at + 1 < input.length && input.at[at]; at += 2)
		out.at[(uint8_t)input.at[at] % out.length] = input.at[at + 1];
	buf_add(&out, str_from(input, at + 1));
	return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size };
	bool ours;

	open_once(c);
	if (size && bytes[0] == 0)
		text = changed(c, text);
	ours = str_starts(text, str_of(given));
	c->now = 1000000 + work_wait_seconds - 1;
	must_be(work_check(c, text) != 0 || ours);
	c->now++;
	must_be((work_check(c, text) == 0) >=
		(ours && str_is(str_from(text, strlen(given)), "|wait")));
	c->now = 1000000 + work_lifetime;
	must_be(work_check(c, text) == reply_work);
	arena_wipe(c->arena);
	return 0;
}
