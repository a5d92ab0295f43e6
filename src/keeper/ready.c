/* Whether the keeper can do its work, and the codes of a demonstration's authenticator apps. */
#include "keeper/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "store/store.h"

enum { step_seconds = 30 };

err serve_ready_show(struct ctx *c, const struct op_ready_show *in, struct answer *out)
{
	struct rows rows;

	(void)in;
	(void)out;
	return store_read(c, statement_flows_open, WITH_NOTHING, 1, &rows);
}

static err code_of(struct ctx *c, const struct rows *rows, size_t i, struct rec_demo_code *code)
{
	struct secret *seed, *now;
	err e;

	if ((e = totp_seed_open(
		     c, row_str(rows, i, 1), row_str(rows, i, 0), row_str(rows, i, 2), &seed)) ||
		(e = totp_code(c, seed, c->now, &now)))
		return e;
	code->name = row_str(rows, i, 3);
	code->left = step_seconds - c->now % step_seconds;
	code->code = arena_copy(c->arena, secret_show(now));
	secret_drop(&seed);
	secret_drop(&now);
	return code->code.at ? 0 : fault(c, fault_arena, "codes");
}

err serve_demo_codes(struct ctx *c, const struct op_demo_codes *in, struct answer *out)
{
	struct rec_demo_code *codes;
	struct rows rows;
	err e;

	(void)in;
	if (!c->conf->demo)
		return reply_not_found;
	if ((e = store_read(c, statement_demo_totps, WITH_NOTHING, 20, &rows)))
		return e;
	codes = arena_take(c->arena, (rows.count + 1) * sizeof(*codes));
	if (!codes)
		return fault(c, fault_arena, "codes");
	for (size_t i = 0; i < rows.count; i++)
		if ((e = code_of(c, &rows, i, &codes[i])))
			return e;
	out->items = codes;
	out->item_count = rows.count;
	return 0;
}
