/* Rows as plain values, and values as rows. */
#include "store/records.h"

#include "spec/spec.h"

err account_named(struct ctx *c, struct str canonical, struct account *out)
{
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_account_named, WITH(v_text(canonical)), 2, &rows)))
		return e;
	if (rows.count == 0)
		return reply_not_found;
	if (rows.count > 1)
		return reply_unclear;
	return account_load(c, row_str(&rows, 0, 0), out);
}

/* Of the first row, which begins with the columns of account_load. */
enum { account_columns = 17 };

static struct account account_from(const struct rows *rows)
{
	return (struct account){
		.id = row_str(rows, 0, 0),
		.name = row_str(rows, 0, 1),
		.display_name = row_str(rows, 0, 2),
		.upn = row_str(rows, 0, 3),
		.mail = row_str(rows, 0, 4),
		.employee_id = row_str(rows, 0, 5),
		.given_name = row_str(rows, 0, 6),
		.surname = row_str(rows, 0, 7),
		.reading = row_str(rows, 0, 8),
		.language = row_str(rows, 0, 9),
		.disabled = !str_is(row_str(rows, 0, 10), "active"),
		.frozen = row_number(rows, 0, 11),
		.must_register = row_number(rows, 0, 12) != 0,
		.last_signin = row_number(rows, 0, 13),
		.password = row_str(rows, 0, 14),
		.must_change = row_number(rows, 0, 15) != 0,
		.password_changed = row_number(rows, 0, 16),
	};
}

err account_load(struct ctx *c, struct str id, struct account *out)
{
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_account_load, WITH(v_bytes(id)), &rows)))
		return e;
	*out = account_from(&rows);
	return 0;
}

static struct method method_from(const struct rows *rows, size_t row)
{
	struct method m = {
		.id = row_str(rows, row, 0),
		.account = row_str(rows, row, 1),
		.label = row_str(rows, row, 3),
		.address = row_str(rows, row, 4),
		.channel = row_str(rows, row, 5),
		.seed = row_str(rows, row, 6),
		.state = row_str(rows, row, 7),
		.created = row_number(rows, row, 8),
		.verified = row_number(rows, row, 9),
		.last_used = row_number(rows, row, 10),
		.floor = row_number(rows, row, 11),
		.failures = row_number(rows, row, 12),
		.code = row_str(rows, row, 13),
		.code_expires = row_number(rows, row, 14),
		.tries = row_number(rows, row, 15),
		.verifies = row_number(rows, row, 16) != 0,
		.counts_from = row_number(rows, row, 17),
		.replaces = row_str(rows, row, 18),
	};

	/* A kind this version does not know can prove nothing. */
	if (!method_of(row_str(rows, row, 2), &m.kind))
		m.state = STR("unknown");
	return m;
}

err methods_load(struct ctx *c, struct str account, struct methods *out)
{
	struct rows rows;
	struct method *all;
	err e;

	if ((e = store_read(c, statement_methods_of, WITH(v_bytes(account)), 0, &rows)))
		return e;
	all = arena_take(c->arena, (rows.count + 1) * sizeof(*all));
	if (!all)
		return fault(c, fault_arena, "methods");
	for (size_t i = 0; i < rows.count; i++) {
		all[i] = method_from(&rows, i);
		if (method_active(&all[i]) && all[i].counts_from > c->now)
			all[i].state = STR("waiting");
	}
	*out = (struct methods){ all, rows.count };
	return 0;
}

err groups_load(struct ctx *c, struct str account, size_t most, struct answer *out)
{
	struct rec_group_name *all;
	struct rows rows;
	err e = store_read(c, statement_groups_of, WITH(v_bytes(account)), most, &rows);

	if (e)
		return e;
	if (!(all = arena_take(c->arena, (rows.count + 1) * sizeof(*all))))
		return fault(c, fault_arena, "groups of an account");
	for (size_t i = 0; i < rows.count; i++)
		all[i].name = row_str(&rows, i, 0);
	out->items = all;
	out->item_count = rows.count;
	return 0;
}

err flow_load(struct ctx *c, struct str token_mac, struct flow *out)
{
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_flow_load, WITH(v_bytes(token_mac)), &rows)))
		return e;
	*out = (struct flow){
		.id = row_str(&rows, 0, 0),
		.kind = row_str(&rows, 0, 1),
		.token = row_str(&rows, 0, 2),
		.account = row_str(&rows, 0, 3),
		.name = row_str(&rows, 0, 4),
		.language = row_str(&rows, 0, 5),
		.state = row_str(&rows, 0, 6),
		.version = row_number(&rows, 0, 7),
		.created = row_number(&rows, 0, 8),
		.expires = row_number(&rows, 0, 9),
		.extended = row_number(&rows, 0, 10) != 0,
		.familiar = row_number(&rows, 0, 11) != 0,
		.method = row_str(&rows, 0, 12),
		.proofs = row_str(&rows, 0, 13),
		.real = row_number(&rows, 0, 14) != 0,
		.tries = row_number(&rows, 0, 15),
		.code = row_str(&rows, 0, 16),
		.code_expires = row_number(&rows, 0, 17),
		.sent = row_number(&rows, 0, 18),
		.reason = row_str(&rows, 0, 19),
		.reissued = row_str(&rows, 0, 20),
		.lost = row_str(&rows, 0, 21),
		.stored = true,
	};
	return 0;
}

/* Text columns are NOT NULL: no text is the empty text. */
static struct value text(struct str s)
{
	return v_text(s.at ? s : STR(""));
}

void flow_save(struct unit *unit, const struct flow *f)
{
	struct value account = f->account.at ? v_bytes(f->account) : v_null();
	struct value reissued = f->reissued.at ? v_bytes(f->reissued) : v_null();
	struct value code = f->code.at ? v_bytes(f->code) : v_null();

	if (f->stored)
		unit_add(unit, statement_flow_save, 1,
			WITH(v_bytes(f->id), v_number(f->version), v_bytes(f->token), account,
				text(f->state), v_number(f->expires), v_number(f->extended),
				text(f->method), text(f->proofs), v_number(f->real),
				v_number(f->tries), code, v_number(f->code_expires),
				v_number(f->sent), text(f->reason), reissued, text(f->lost)));
	else
		unit_add(unit, statement_flow_add, 1,
			WITH(v_bytes(f->id), text(f->kind), v_bytes(f->token), account,
				text(f->name), text(f->language), text(f->state),
				v_number(f->version), v_number(f->created), v_number(f->expires),
				v_number(f->extended), v_number(f->familiar), text(f->method),
				text(f->proofs), v_number(f->real), v_number(f->tries), code,
				v_number(f->code_expires), v_number(f->sent), text(f->reason),
				reissued, text(f->lost)));
}

void resets_end(struct unit *unit, struct str account, struct str except)
{
	unit_add(unit, statement_resets_to_nobody, any_rows,
		WITH(v_bytes(account), v_bytes(except)));
	unit_add(unit, statement_resets_end, any_rows, WITH(v_bytes(account), v_bytes(except)));
	unit_add(unit, statement_outbox_codes_end, any_rows,
		WITH(v_bytes(account), v_number(unit->c->now), v_text(STR("recover_code"))));
}

void flows_end(struct unit *unit, struct str account, struct str except)
{
	resets_end(unit, account, except);
	unit_add(unit, statement_flows_end, any_rows, WITH(v_bytes(account), v_bytes(except)));
}

err session_load(struct ctx *c, struct str token_mac, struct session *out)
{
	enum { own = account_columns };
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_session_load, WITH(v_bytes(token_mac)), &rows)))
		return e;
	*out = (struct session){
		.owner = account_from(&rows),
		.id = row_str(&rows, 0, own),
		.created = row_number(&rows, 0, own + 1),
		.seen = row_number(&rows, 0, own + 2),
		.expires = row_number(&rows, 0, own + 3),
		.proved = row_number(&rows, 0, own + 4),
		.level = row_number(&rows, 0, own + 5),
		.by_pass = row_number(&rows, 0, own + 6) != 0,
		.agent = row_str(&rows, 0, own + 7),
		.address = row_str(&rows, 0, own + 8),
		.proofs = row_str(&rows, 0, own + 9),
		.stage = row_number(&rows, 0, own + 10),
		.vouched = row_number(&rows, 0, own + 11) != 0,
		.vouch_code = row_str(&rows, 0, own + 12),
		.vouch_until = row_number(&rows, 0, own + 13),
		.vouch_tries = row_number(&rows, 0, own + 14),
		.proved_by = row_str(&rows, 0, own + 15),
	};
	out->account = out->owner.id;
	return 0;
}

err registration_load(struct ctx *c, struct str account, struct registration *out)
{
	struct rows rows;
	err e = store_one(c, statement_registration_load, WITH(v_bytes(account)), &rows);

	*out = (struct registration){ .default_method = STR("") };
	if (e)
		return e == reply_not_found ? 0 : e;
	*out = (struct registration){
		.skipped_since = row_number(&rows, 0, 0),
		.skips = row_number(&rows, 0, 1),
		.confirmed = row_number(&rows, 0, 2),
		.snoozed_until = row_number(&rows, 0, 3),
		.snoozes = row_number(&rows, 0, 4),
		.notice_version = row_number(&rows, 0, 5),
		.default_method = row_str(&rows, 0, 6),
	};
	return 0;
}

err application_load(struct ctx *c, struct str id, struct application *out)
{
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_application_load, WITH(v_bytes(id)), &rows)))
		return e;
	*out = (struct application){
		.id = row_str(&rows, 0, 0),
		.name = row_str(&rows, 0, 1),
		.kind = row_str(&rows, 0, 2),
		.everyone = row_number(&rows, 0, 3) != 0,
		.level = row_number(&rows, 0, 4),
		.created = row_number(&rows, 0, 5),
		.client = row_str(&rows, 0, 6),
		.algorithm = row_str(&rows, 0, 7),
		.redirect_uris = row_str(&rows, 0, 8),
		.post_logout_uris = row_str(&rows, 0, 9),
		.back_channel_uri = row_str(&rows, 0, 10),
		.secret = row_str(&rows, 0, 11),
		.secret_made = row_number(&rows, 0, 12),
	};
	return 0;
}

err application_open(struct ctx *c, const struct application *a, struct str account, bool *open)
{
	struct rows rows;
	err e;

	*open = a->everyone;
	if (a->everyone)
		return 0;
	if ((e = store_one(c, statement_application_open_to, WITH(v_bytes(a->id), v_bytes(account)),
		     &rows)))
		return e;
	*open = row_number(&rows, 0, 0) > 0;
	return 0;
}
