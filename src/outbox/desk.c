/* The outbox on the command line: list, retry, drop, and a test message. */
#include "outbox/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "method/method.h"

/* "a***@e***.org": enough to recognise, too little to use. */
static err shorten(struct ctx *c, struct str address, struct str *out)
{
	struct str local = address, domain = STR_NONE;
	struct buf b = buf_in(c->arena, 300);
	size_t dot;

	(void)str_cut(address, '@', &local, &domain);
	buf_add(&b, str_upto(local, 1));
	buf_add(&b, STR("***@"));
	buf_add(&b, str_upto(domain, 1));
	buf_add(&b, STR("***"));
	for (dot = domain.length; dot > 0 && domain.at[dot - 1] != '.';)
		dot--;
	if (dot > 0)
		buf_add(&b, str_from(domain, dot - 1));
	if (b.full)
		return fault(c, fault_arena, "address");
	*out = buf_str(&b);
	return 0;
}

static err row_of(struct ctx *c, const struct rows *rows, size_t i, struct rec_letter_row *row)
{
	struct str recipient;
	err e;

	*row = (struct rec_letter_row){
		.message = row_str(rows, i, 1),
		.language = row_str(rows, i, 3),
		.state = row_str(rows, i, 4),
		.attempts = row_number(rows, i, 5),
		.next = row_number(rows, i, 6),
		.made = row_number(rows, i, 7),
		.detail = row_str(rows, i, 8),
	};
	if ((e = id_text(c, row_str(rows, i, 0), &row->id)) ||
		(e = letter_open(c, row_str(rows, i, 0), row_str(rows, i, 2), &recipient)))
		return e;
	return shorten(c, recipient, &row->to);
}

err serve_outbox_list(struct ctx *c, const struct op_outbox_list *in, struct answer *out)
{
	struct rec_letter_row *list;
	struct str from = STR("");
	struct rows rows;
	err e;

	if (in->cursor.length && !id_take(c, in->cursor, &from))
		return reply_malformed;
	if ((e = store_read(c, statement_outbox_list,
		     WITH(v_text(in->state.at ? in->state : STR("")), v_bytes(from)), 0, &rows)))
		return e;
	list = arena_take(c->arena, (rows.count + 1) * sizeof(*list));
	if (!list)
		return fault(c, fault_arena, "outbox");
	for (size_t i = 0; i < rows.count; i++)
		if ((e = row_of(c, &rows, i, &list[i])))
			return e;
	out->items = list;
	out->item_count = rows.count;
	if (rows.count == 200)
		out->cursor = list[rows.count - 1].id;
	return 0;
}

/* One change of one message, with its trace. */
static err change(
	struct ctx *c, struct str id_hex, enum statement s, bool with_time, const char *note)
{
	struct unit unit = unit_begin(c);
	struct audit_about about = { .actor = actor_socket, .note = str_of(note) };
	struct str id;
	err e;

	if (!id_take(c, id_hex, &id))
		return reply_not_found;
	if (with_time)
		unit_add(&unit, s, 1, WITH(v_bytes(id), v_number(c->now)));
	else
		unit_add(&unit, s, 1, WITH(v_bytes(id)));
	if ((e = audit_add(&unit, event_outbox, &about)))
		return e;
	e = unit_commit(&unit);
	return e == reply_lost_race ? (err)reply_not_found : e;
}

err serve_outbox_retry(struct ctx *c, const struct op_outbox_retry *in, struct answer *out)
{
	(void)out;
	return change(c, in->id, statement_outbox_retry, true, "retry");
}

err serve_outbox_drop(struct ctx *c, const struct op_outbox_drop *in, struct answer *out)
{
	(void)out;
	return change(c, in->id, statement_outbox_drop, false, "drop");
}

/* The courier claims nothing without both. */
bool outbox_open(struct ctx *c)
{
	return outbox_demo(c) || (c->conf->smtp_host.length && c->conf->sender.length);
}

err serve_mail_test(struct ctx *c, const struct op_mail_test *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct audit_about about = { .actor = actor_socket, .note = STR("test") };
	struct account nobody = { .name = STR("") };
	struct mail_address address;
	struct pair pairs[3];
	err e = mail_address_take(c, in->address, &address);

	if (!outbox_open(c)) {
		out->words =
			STR("no mail can leave: set smtpHost and sender in [mail], and reload");
		return reply_refused;
	}
	if (e > 0) {
		out->field = STR("address");
		out->words = str_of(address.why);
		return reply_refused;
	}
	if (e < 0 || (e = outbox_circumstances(c, pairs)) ||
		(e = outbox_add(&unit, &nobody, address.address, "test", pairs, 1)) ||
		(e = audit_add(&unit, event_outbox, &about)))
		return e;
	return unit_commit(&unit);
}
