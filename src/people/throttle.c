/* throttle list: the counters of failed tries. */
#include "people/inside.h"

static void take(const struct rows *rows, size_t row, size_t column, struct rec_throttle_row *out)
{
	out->kind = row_str(rows, row, column);
	out->familiar = row_number(rows, row, column + 1);
	out->count = row_number(rows, row, column + 2);
	out->since = row_number(rows, row, column + 3);
	out->until = row_number(rows, row, column + 4);
}

static err list(
	struct ctx *c, const struct rows *rows, const struct account *one, struct answer *out)
{
	struct rec_throttle_row *all = arena_take(c->arena, (rows->count + 1) * sizeof(*all));

	if (!all)
		return fault(c, fault_arena, "throttle");
	for (size_t i = 0; i < rows->count; i++) {
		all[i].name = one ? one->name : row_str(rows, i, 0);
		take(rows, i, one ? 0 : 1, &all[i]);
	}
	out->items = all;
	out->item_count = rows->count;
	return 0;
}

err serve_throttle_list(struct ctx *c, const struct op_throttle_list *in, struct answer *out)
{
	struct account account;
	struct rows rows;
	err e;

	if (in->name.length == 0) {
		if ((e = store_read(c, statement_counters_all, WITH_NOTHING, 0, &rows)))
			return e;
		return list(c, &rows, NULL, out);
	}
	if ((e = person_find(c, in->name, &account)) ||
		(e = store_read(c, statement_counters_of, WITH(v_bytes(account.id)), 0, &rows)))
		return e;
	return list(c, &rows, &account, out);
}
