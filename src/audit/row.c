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

static err whole(struct ctx *c, const struct buf *b)
{
	return b->full ? fault(c, fault_limit, "audit: a row is over %d bytes", audit_row_limit)
		       : 0;
}

void row_take(const struct rows *rows, size_t at, struct row *out)
{
	*out = (struct row){
		.id = row_str(rows, at, 0),
		.at = row_number(rows, at, 1),
		.event = row_str(rows, at, 2),
		.failure = row_number(rows, at, 3),
		.reason = row_str(rows, at, 4),
		.support = row_str(rows, at, 5),
		.account = row_str(rows, at, 6),
		.actor = row_str(rows, at, 7),
		.sealed = row_str(rows, at, 8),
		.note = row_str(rows, at, 9),
		.mac = row_str(rows, at, 10),
		.node = row_number(rows, at, 11),
	};
}

static err row_bytes(
	struct ctx *c, const struct row *row, const uint8_t before[digest_size], struct buf *b)
{
	buf_add(b, (struct str){ (const char *)before, digest_size });
	add_columns(b, row);
	values_add(b, STR("mac"), row->mac);
	return whole(c, b);
}

err row_hash(struct ctx *c, const struct row *row, const uint8_t before[digest_size],
	uint8_t out[digest_size])
{
	char memory[audit_row_limit];
	struct buf b = buf_on(memory, sizeof(memory));
	err e = row_bytes(c, row, before, &b);

	if (e == 0)
		digest_plain(buf_str(&b), out);
	return e;
}

err row_mac(struct ctx *c, const struct row *row, uint8_t out[digest_size])
{
	char memory[audit_row_limit];
	struct buf b = buf_on(memory, sizeof(memory));
	err e;

	add_columns(&b, row);
	if ((e = whole(c, &b)))
		return e;
	digest_keyed(c->keys, key_person, STR("audit row"), buf_str(&b), out);
	return 0;
}
