/* What the command line reads: rows of the log, newest first, with what names people opened. */
#include "audit/inside.h"
#include "model/model.h"
#include "model/name.h"
#include "spec/values.h"
#include "store/records.h"

enum {
	most_preset = 50,
	most_limit = 500, /* spec/operation.def */
	column_seq = row_columns,
	column_day,
	column_name
};

/* ---- which rows ---- */

struct filter {
	enum statement statement;
	uint8_t before[id_size], since[id_size];
	struct str event, key; /* key: the account's id or the support code */
	size_t most;
};

void id_from_time(int64_t seconds, uint8_t out[id_size])
{
	uint64_t millis = (uint64_t)(seconds > 0 ? seconds : 0) * 1000;

	memset(out, 0, id_size);
	for (size_t i = 0; i < 6; i++)
		out[i] = (uint8_t)(millis >> (40 - 8 * i));
}

/* By any name of today, or by the id: an erased account has no name any more. */
static err person_id(struct ctx *c, struct str person, struct str *out)
{
	struct account account;
	struct str canonical;
	err e;

	if (person.length == 2 * id_size && id_take(c, person, out))
		return 0;
	if ((e = name_canonical(c, person, &canonical)) ||
		(e = account_named(c, canonical, &account)))
		return e == reply_refused ? reply_not_found : e;
	*out = account.id;
	return 0;
}

static err filter_key(struct ctx *c, const struct op_audit_list *in, struct filter *f)
{
	f->statement = statement_audit_list;
	if (in->support.length) {
		f->statement = statement_audit_list_support;
		f->key = in->support;
		return in->person.length ? reply_malformed : 0;
	}
	if (in->person.length == 0)
		return 0;
	f->statement = statement_audit_list_account;
	return person_id(c, in->person, &f->key);
}

static err filter_of(struct ctx *c, const struct op_audit_list *in, struct filter *f)
{
	struct str cursor;
	enum event event;

	*f = (struct filter){ .event = in->event.length ? in->event : STR(""),
		.most = in->most > 0 && in->most <= most_limit ? (size_t)in->most : most_preset };
	id_from_time(in->since, f->since);
	memset(f->before, 0xff, id_size);
	if (in->cursor.length) {
		if (!id_take(c, in->cursor, &cursor))
			return reply_malformed;
		memcpy(f->before, cursor.at, id_size);
	}
	if (in->event.length && !event_of(in->event, &event))
		return reply_not_found;
	return filter_key(c, in, f);
}

static err read_rows(struct ctx *c, const struct filter *f, struct rows *out)
{
	struct value by_account = v_bytes(f->key), by_support = v_text(f->key);
	const struct value with[] = {
		v_bytes((struct str){ (const char *)f->before, id_size }),
		v_bytes((struct str){ (const char *)f->since, id_size }),
		v_text(f->event),
		f->statement == statement_audit_list_account ? by_account : by_support,
	};

	return store_read(
		c, f->statement, with, f->statement == statement_audit_list ? 3 : 4, f->most, out);
}

/* ---- one row for people ---- */

/* Without the key, because the account is erased, the row names nobody. */
static err open_naming(struct ctx *c, const struct row *row, struct rec_audit_row *out)
{
	struct secret *key = NULL;
	struct str plain;
	err e;

	if (row->sealed.length == 0)
		return 0;
	if ((e = person_key(c, row->account, &key)))
		return e == reply_not_found ? 0 : e;
	e = unseal_with(c, secret_show(key), row->id, row->sealed, &plain);
	secret_drop(&key);
	if (e)
		return e == reply_wrong ? 0 : e; /* `rekey audit verify` says that it was changed */
	out->detail = values_get(plain, STR("detail"));
	out->address = values_get(plain, STR("address"));
	out->agent = values_get(plain, STR("agent"));
	return 0;
}

static void name_event(struct str name, struct rec_audit_row *out)
{
	enum event event;

	out->event = name;
	if (!event_of(name, &event))
		return; /* of a newer version: its id says enough */
	out->activity = str_of(event_activity(event));
	out->category = str_of(event_category(event));
}

static err chained_text(struct ctx *c, const struct rows *rows, size_t at, struct str *out)
{
	struct buf b = buf_in(c->arena, 24);
	int year, month, day;

	if (row_value(rows, at, column_seq).kind == value_null)
		return 0;
	clock_date(row_number(rows, at, column_day), &year, &month, &day);
	buf_print(&b, "%04d-%02d-%02d/%lld", year, month, day,
		(long long)row_number(rows, at, column_seq));
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "audit: a row's place") : 0;
}

static err record_of(struct ctx *c, const struct rows *rows, size_t at, struct rec_audit_row *out)
{
	struct row row;
	err e;

	row_take(rows, at, &row);
	*out = (struct rec_audit_row){
		.at = row.at,
		.result = row.failure ? STR("failure") : STR("success"),
		.reason = row.reason,
		.person = row_str(rows, at, column_name),
		.support = row.support,
		.actor = row.actor,
		.note = row.note,
	};
	name_event(row.event, out);
	if ((e = id_text(c, row.id, &out->id)) ||
		(row.account.length && (e = id_text(c, row.account, &out->account))) ||
		(e = chained_text(c, rows, at, &out->chained)))
		return e;
	return open_naming(c, &row, out);
}

/* ---- the operations ---- */

err serve_audit_list(struct ctx *c, const struct op_audit_list *in, struct answer *out)
{
	struct rec_audit_row *list;
	struct filter filter;
	struct rows rows;
	err e;

	if ((e = filter_of(c, in, &filter)) || (e = read_rows(c, &filter, &rows)))
		return e;
	list = arena_take(c->arena, (rows.count + 1) * sizeof(*list));
	if (!list)
		return fault(c, fault_arena, "audit: a list");
	for (size_t i = 0; i < rows.count; i++)
		if ((e = record_of(c, &rows, i, &list[i])))
			return e;
	out->items = list;
	out->item_count = rows.count;
	if (rows.count == filter.most)
		out->cursor = list[rows.count - 1].id;
	return 0;
}

static err hex_text(struct ctx *c, const void *bytes, size_t size, struct str *out)
{
	struct buf b = buf_in(c->arena, 2 * size);

	hex_add(&b, (struct str){ bytes, size });
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "audit: hex digits") : 0;
}

err day_text(struct ctx *c, int64_t day, struct str *out)
{
	struct buf b = buf_in(c->arena, 40);
	int year, month, date;

	clock_date(day > 0 ? day : 0, &year, &month, &date);
	buf_print(&b, "%04d-%02d-%02d", year, month, date);
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "audit: a day") : 0;
}

static err say_broken(struct ctx *c, const struct audit_verdict *v, struct answer *out)
{
	struct buf b = buf_in(c->arena, 200);
	struct str day;
	err e;

	if ((e = day_text(c, v->day, &day)))
		return e;
	buf_print(&b, "%.*s, ", STR_ARG(day));
	if (v->seq)
		buf_print(&b, "row %lld: ", (long long)v->seq);
	buf_print(&b, "%s", v->why);
	out->words = buf_str(&b);
	log_line(log_error, NULL, "audit: %.*s", STR_ARG(out->words));
	return b.full ? fault(c, fault_arena, "audit: what is broken") : reply_broken;
}

err serve_audit_verify(struct ctx *c, const struct op_audit_verify *in, struct answer *out)
{
	struct rec_audit_verdict *record = arena_take(c->arena, sizeof(*record));
	uint8_t key[public_key_size];
	struct audit_verdict v;
	err e;

	(void)in;
	if (!record)
		return fault(c, fault_arena, "audit: a verdict");
	if ((e = audit_verify(c, &v)))
		return e;
	if (v.why)
		return say_broken(c, &v, out);
	sign_public(c->keys, key);
	record->days = v.days;
	record->dropped_days = v.dropped_days;
	record->rows = v.rows;
	out->record = record;
	if ((e = day_text(c, v.newest_day, &record->newest_day)) ||
		(e = hex_text(c, v.newest_head, digest_size, &record->newest_head)))
		return e;
	return hex_text(c, key, public_key_size, &record->public_key);
}
