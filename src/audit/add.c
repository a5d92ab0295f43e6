/* Adding a row to the unit of the deed. */
#include "audit/inside.h"
#include "model/model.h"
#include "spec/values.h"

static struct str cut(struct str s, size_t most)
{
	size_t at = 0, whole = 0;

	if (!utf8_valid(s))
		return STR("?"); /* a row that cannot be shown would hide all others of its page */
	if (s.length <= most)
		return s;
	while (at < most && utf8_next(s, &at) >= 0 && at <= most)
		whole = at;
	return str_upto(s, whole);
}

/* What names a person or their whereabouts. Empty: nothing to seal. */
static struct str naming(struct buf *b, const struct ctx *c, const struct audit_about *about)
{
	if (about->detail.length)
		values_add(b, STR("detail"), cut(about->detail, audit_detail_limit / 2));
	if (c->request && c->request->address.length)
		values_add(b, STR("address"), cut(c->request->address, 64));
	if (c->request && c->request->agent.length)
		values_add(b, STR("agent"), cut(c->request->agent, 120));
	return buf_str(b);
}

static err seal_naming(struct ctx *c, const struct audit_about *about, struct row *row)
{
	char memory[audit_detail_limit];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str plain = naming(&b, c, about);
	struct secret *key = NULL;
	err e;

	if (plain.length == 0 || about->account.length == 0)
		return 0;
	if ((e = person_key_made(c, about->account, &key)))
		return e == reply_not_found ? 0 : e;
	e = seal_with(c, secret_show(key), row->id, plain, &row->sealed);
	secret_drop(&key);
	return e;
}

static struct str actor_text(enum audit_actor actor)
{
	static const char *const names[] = { "self", "desk", "socket", "system" };

	return str_of(names[actor]);
}

static struct str some(struct str s, size_t most)
{
	return s.at ? cut(s, most) : STR("");
}

/* Sorts by time; within one unit, by the order of adding. 48 bits of milliseconds, 16 of the place
 * in the unit, 64 random ones. */
static struct str id_of(const struct unit *unit)
{
	uint8_t *id = arena_take(unit->c->arena, id_size);
	uint64_t front = (uint64_t)clock_millis() << 16 | (unit->count & 0xffff);

	if (!id)
		return STR_NONE;
	for (size_t i = 0; i < 8; i++)
		id[i] = (uint8_t)(front >> (56 - 8 * i));
	bytes_random(id + 8, 8);
	return (struct str){ (const char *)id, id_size };
}

err audit_add(struct unit *unit, enum event event, const struct audit_about *about)
{
	struct ctx *c = unit->c;
	uint8_t *mac = arena_take(c->arena, digest_size);
	struct row row = {
		.id = id_of(unit),
		.at = c->now,
		.event = str_of(event_name(event)),
		.failure = about->failure,
		.reason = some(about->reason, 120),
		.support = some(about->support, 40),
		.account = about->account,
		.actor = actor_text(about->actor),
		.note = some(about->note, 400),
		.node = audit_node,
	};
	err e;

	if (!mac || !row.id.at)
		return fault(c, fault_arena, "audit: a row");
	if ((e = seal_naming(c, about, &row)) || (e = row_mac(c, &row, mac)))
		return e;
	row.mac = (struct str){ (const char *)mac, digest_size };
	unit_add(unit, statement_audit_add, 1,
		WITH(v_bytes(row.id), v_number(row.at), v_text(row.event), v_number(row.failure),
			v_text(row.reason), v_text(row.support), v_bytes(row.account),
			v_text(row.actor), v_bytes(row.sealed), v_text(row.note), v_bytes(row.mac),
			v_number(row.node)));
	return 0;
}

void audit_count(struct unit *unit, const char *operation)
{
	unit_add(unit, statement_audit_count_add, 1,
		WITH(v_number(audit_node), v_number(unit->c->now / 60), v_text(str_of(operation))));
}
