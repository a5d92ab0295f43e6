/* The policy in force, for the administrator. */
#include "conf/conf.h"
#include "spec/spec.h"

err serve_policy_show(struct ctx *c, const struct op_policy_show *in, struct answer *out)
{
	struct rec_policy_row *rows = arena_take(c->arena, conf_row_count * sizeof(*rows));

	(void)in;
	if (!rows)
		return fault(c, fault_arena, "policy");
	for (size_t i = 0; i < conf_row_count; i++) {
		const struct conf_row *row = &conf_rows[i];

		if (!str_is(str_of(row->section), "policy") && !str_is(str_of(row->section), "lockout"))
			continue;
		rows[out->item_count++] = (struct rec_policy_row){ str_of(row->key),
			str_upto(conf_value(c->conf, i), 400), str_upto(str_of(row->help), 300) };
	}
	out->items = rows;
	return 0;
}
