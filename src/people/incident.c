/* rekey incident --since: after a break-in, ends what was made or used since, and lists the
 * accounts. What was used counts like what was made: whoever held the front saw its tokens. */
#include "people/inside.h"

enum { listed_most = 1000 };

static err list(struct ctx *c, const struct rows *rows, struct answer *out)
{
	size_t count = rows->count < listed_most ? rows->count : listed_most;
	struct rec_incident_person *all = arena_take(c->arena, (count + 1) * sizeof(*all));

	if (!all)
		return fault(c, fault_arena, "incident");
	for (size_t i = 0; i < count; i++)
		all[i] = (struct rec_incident_person){
			.name = row_str(rows, i, 0),
			.sessions = row_number(rows, i, 1),
			.flows = row_number(rows, i, 2),
			.passes = row_number(rows, i, 3),
			.methods = row_number(rows, i, 4),
			.devices = row_number(rows, i, 5),
			.password_set = row_number(rows, i, 6),
		};
	out->items = all;
	out->item_count = count;
	return 0;
}

static err end_since(struct ctx *c, int64_t since, int64_t accounts)
{
	static const enum statement ends[] = { statement_sessions_end_since,
		statement_flows_end_since, statement_passes_end_since, statement_methods_end_since,
		statement_devices_end_since };
	struct unit unit = unit_begin(c);
	struct buf note = buf_in(c->arena, 80);
	char moment[21];
	err e;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		unit_add(&unit, ends[i], any_rows, WITH(v_number(since)));
	clock_utc(since, moment);
	buf_print(&note, "since %s, %lld accounts", moment, (long long)accounts);
	if ((e = audit_add(&unit, event_incident,
		     &(struct audit_about){ .actor = actor_socket, .note = buf_str(&note) })))
		return e;
	return unit_commit(&unit);
}

err serve_incident(struct ctx *c, const struct op_incident *in, struct answer *out)
{
	struct rec_incident *record = arena_take(c->arena, sizeof(*record));
	struct rows rows;
	err e;

	if (!record)
		return fault(c, fault_arena, "incident");
	/* A negative moment, or one to come, would end everything,
	 * or say that there was nothing. */
	if (in->since <= 0 || in->since > c->now) {
		out->field = STR("since");
		out->words = import_why_id(why_time_to_come);
		return reply_refused;
	}
	if ((e = store_read(c, statement_incident_people, WITH(v_number(in->since)), 0, &rows)) ||
		(e = list(c, &rows, out)))
		return e;
	record->accounts = (int64_t)rows.count;
	record->done = !in->list_only;
	out->record = record;
	return in->list_only ? 0 : end_since(c, in->since, record->accounts);
}
