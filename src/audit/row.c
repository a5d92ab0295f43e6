/* One row as bytes, and under a MAC. */
#include "audit/inside.h"
#include "spec/values.h"

static void add_number(struct buf *b, struct str name, int64_t n)
{
	char memory[24];
	struct buf text = buf_on(memory, sizeof(memory));

	buf_number(&text, n);
	values_add(b, name, buf_str(&text));
}

static void add_columns(struct buf *b, const struct row *row)
{
	values_add(b, STR("id"), row->id);
	add_number(b, STR("at"), row->at);
	values_add(b, STR("event"), row->event);
	add_number(b, STR("failure"), row->failure);
	values_add(b, STR("reason"), row->reason);
	values_add(b, STR("support"), row->support);
	values_add(b, STR("account"), row->account);
	values_add(b, STR("actor"), row->actor);
	values_add(b, STR("sealed"), row->sealed);
	values_add(b, STR("note"), row->note);
	add_number(b, STR("node"), row->node);
}

static err finish(struct ctx *c, const struct buf *b, struct str *out)
{
	if (b->full)
		return fault(c, fault_limit, "audit: a row is over %d bytes", audit_row_limit);
	*out = buf_str(b);
	return 0;
}

err row_bytes(struct ctx *c, const struct row *row, struct str *out)
{
	struct buf b = buf_in(c->arena, audit_row_limit);

	add_columns(&b, row);
	values_add(&b, STR("mac"), row->mac);
	return finish(c, &b, out);
}

err row_mac(struct ctx *c, const struct row *row, uint8_t out[digest_size])
{
	char memory[audit_row_limit];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str bytes;
	err e;

	add_columns(&b, row);
	if ((e = finish(c, &b, &bytes)))
		return e;
	digest_keyed(c->keys, key_person, STR("audit row"), bytes, out);
	return 0;
}
