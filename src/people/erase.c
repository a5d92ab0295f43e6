/* people erase: the person's rows go, the key of their names in the audit log is destroyed. */
#include "people/inside.h"

err serve_people_erase(struct ctx *c, const struct op_people_erase *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	(void)out;
	if ((e = person_find(c, in->name, &account)))
		return e;
	/* Flows and messages name the account without a foreign key: nobody's have rows as well. */
	unit_add(&unit, statement_flows_drop, any_rows, WITH(v_bytes(account.id)));
	unit_add(&unit, statement_outbox_forget, any_rows, WITH(v_bytes(account.id)));
	unit_add(&unit, statement_account_drop, 1, WITH(v_bytes(account.id)));
	if ((e = person_note(&unit, event_person_erased, account.id, NULL)))
		return e;
	audit_forget(&unit, account.id);
	return unit_commit(&unit);
}
