/* The head of a day: how many rows it has, what their chain comes to, and our signature on that. */
#include "audit/inside.h"
#include "spec/values.h"

enum { head_limit = 320 };

static const char *const states[] = { "open", "closed", "dropped" };

bool head_is(const struct head *head, const char *state)
{
	return str_is(str_of(head->state), state);
}

static struct str hash_str(const uint8_t hash[digest_size])
{
	return (struct str){ (const char *)hash, digest_size };
}

static void add_number(struct buf *b, struct str name, int64_t n)
{
	char memory[24];
	struct buf text = buf_on(memory, sizeof(memory));

	buf_number(&text, n);
	values_add(b, name, buf_str(&text));
}

static struct str signed_bytes(const struct head *head, struct buf *b)
{
	values_add(b, STR("what"), STR("rekey audit head 1"));
	add_number(b, STR("node"), audit_node);
	add_number(b, STR("day"), head->day);
	values_add(b, STR("state"), str_of(head->state));
	add_number(b, STR("count"), head->count);
	values_add(b, STR("first"), hash_str(head->first));
	values_add(b, STR("last"), hash_str(head->last));
	must_be(!b->full);
	return buf_str(b);
}

static void head_sign(const struct ctx *c, struct head *head)
{
	char memory[head_limit];
	struct buf b = buf_on(memory, sizeof(memory));

	sign_bytes(c->keys, signed_bytes(head, &b), head->signature);
}

bool head_holds(const struct ctx *c, const struct head *head)
{
	char memory[head_limit];
	struct buf b = buf_on(memory, sizeof(memory));
	uint8_t key[public_key_size];

	sign_public(c->keys, key);
	return sign_holds(key, signed_bytes(head, &b), head->signature);
}

static bool copied(struct str from, uint8_t *to, size_t size)
{
	if (from.length != size)
		return false;
	memcpy(to, from.at, size);
	return true;
}

static const char *state_of(struct str text)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (str_is(text, states[i]))
			return states[i];
	return NULL;
}

err head_take(struct ctx *c, const struct rows *rows, size_t at, struct head *out)
{
	struct head head = {
		.day = row_number(rows, at, 0),
		.state = state_of(row_str(rows, at, 1)),
		.count = row_number(rows, at, 2),
	};

	if (!head.state || !copied(row_str(rows, at, 3), head.first, digest_size) ||
		!copied(row_str(rows, at, 4), head.last, digest_size) ||
		!copied(row_str(rows, at, 5), head.signature, signature_size))
		return fault(c, fault_store, "audit: the head of a day is not of its form");
	*out = head;
	return 0;
}

err head_newest(struct ctx *c, struct head *out)
{
	struct rows rows;
	err e = store_one(c, statement_audit_head_newest, WITH(v_number(audit_node)), &rows);

	return e ? e : head_take(c, &rows, 0, out);
}

err head_of(struct ctx *c, int64_t day, struct head *out)
{
	struct rows rows;
	err e = store_one(
		c, statement_audit_head_of, WITH(v_number(audit_node), v_number(day)), &rows);

	return e ? e : head_take(c, &rows, 0, out);
}

static struct str signature_str(const struct head *head)
{
	return (struct str){ (const char *)head->signature, signature_size };
}

void head_add(struct unit *unit, struct head *head)
{
	head_sign(unit->c, head);
	unit_add(unit, statement_audit_head_add, 1,
		WITH(v_number(audit_node), v_number(head->day), v_text(str_of(head->state)),
			v_number(head->count), v_bytes(hash_str(head->first)),
			v_bytes(hash_str(head->last)), v_bytes(signature_str(head))));
}

void head_move(struct unit *unit, const struct head *was, struct head *head)
{
	head_sign(unit->c, head);
	unit_add(unit, statement_audit_head_move, 1,
		WITH(v_number(audit_node), v_number(head->day), v_text(str_of(was->state)),
			v_number(was->count), v_text(str_of(head->state)), v_number(head->count),
			v_bytes(hash_str(head->last)), v_bytes(signature_str(head))));
}
