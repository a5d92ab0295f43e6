/* Help from the command line: disable, enable, unfreeze, unlock, end sessions, ask to register.
 * Each is one unit with its row in the audit log. */
#include "people/inside.h"

#include "outbox/outbox.h"

err serve_people_disable(struct ctx *c, const struct op_people_disable *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)))
		return e;
	if (account.disabled)
		return reply_already;
	unit_add(&unit, statement_account_disable, 1, WITH(v_bytes(account.id), v_number(c->now)));
	unit_add(&unit, statement_devices_end, any_rows, WITH(v_bytes(account.id)));
	person_end(&unit, account.id);
	if ((e = person_note(&unit, event_person_disabled, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}

/* What could prove it before may be in other hands by now, so the methods stay frozen. */
err serve_people_enable(struct ctx *c, const struct op_people_enable *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)))
		return e;
	if (!account.disabled)
		return reply_already;
	unit_add(&unit, statement_account_enable, 1, WITH(v_bytes(account.id), v_number(c->now)));
	if ((e = person_note(&unit, event_person_enabled, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}

static bool any_disabled(struct methods methods)
{
	for (size_t i = 0; i < methods.count; i++)
		if (str_is(methods.at[i].state, "disabled"))
			return true;
	return false;
}

/* Whoever talked the desk into this is not the only one to hear of it. */
static err tell_thawed(struct unit *unit, const struct account *account, struct methods methods)
{
	struct pair pairs[3];
	size_t told;
	err e = outbox_circumstances(unit->c, pairs);

	return e ? e : outbox_notice(unit, account, methods, "thawed", pairs, 1, STR_NONE, &told);
}

err serve_people_unfreeze(struct ctx *c, const struct op_people_unfreeze *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	struct methods methods;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)) || (e = methods_load(c, account.id, &methods)))
		return e;
	if (!account.frozen && !any_disabled(methods))
		return reply_already;
	unit_add(&unit, statement_account_freeze, 1, WITH(v_bytes(account.id), v_number(0)));
	unit_add(&unit, statement_methods_revive, any_rows, WITH(v_bytes(account.id)));
	if ((e = tell_thawed(&unit, &account, methods)) ||
		(e = person_note(&unit, event_info_thawed, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}

static err clear_counters(struct ctx *c, struct str name, enum event event)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	if ((e = person_find(c, name, &account)))
		return e;
	unit_add(&unit, statement_counters_clear, any_rows, WITH(v_bytes(account.id)));
	unit_add(&unit, statement_refused_clear, any_rows, WITH(v_bytes(account.id)));
	if ((e = person_note(&unit, event, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}

err serve_people_unlock(struct ctx *c, const struct op_people_unlock *in, struct answer *out)
{
	(void)out;
	return clear_counters(c, in->name, event_person_unlocked);
}

err serve_throttle_clear(struct ctx *c, const struct op_throttle_clear *in, struct answer *out)
{
	(void)out;
	return clear_counters(c, in->name, event_throttle_cleared);
}

err serve_people_end_sessions(
	struct ctx *c, const struct op_people_end_sessions *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)))
		return e;
	unit_add(&unit, statement_sessions_end, any_rows, WITH(v_bytes(account.id)));
	flows_end(&unit, account.id, STR(""));
	unit_add(&unit, statement_devices_end, any_rows, WITH(v_bytes(account.id)));
	if ((e = person_note(&unit, event_sessions_ended, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}

err serve_people_require_registration(
	struct ctx *c, const struct op_people_require_registration *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)))
		return e;
	if (account.must_register)
		return reply_already;
	unit_add(&unit, statement_account_must_register, 1, WITH(v_bytes(account.id)));
	if ((e = person_note(&unit, event_registration_required, account.id, NULL)))
		return e;
	return unit_commit(&unit);
}
