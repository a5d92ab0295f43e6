/* The key of an account, under which the audit log seals what names the person. */
#include "audit/inside.h"

enum { person_key_size = 32 };

err person_key(struct ctx *c, struct str account, struct secret **out)
{
	struct rows rows;
	err e;

	if ((e = store_one(c, statement_account_key, WITH(v_bytes(account)), &rows)) ||
		(e = unseal(c, key_person, account, row_str(&rows, 0, 0), out)))
		return e == reply_wrong
			       ? fault(c, fault_crypto, "audit: an account's key is damaged")
			       : e;
	return 0;
}

/* In a unit of its own: the row that will be sealed under it may fail with its deed, the key stays.
 * Of two that are made at once the first stays, so it is read again before it is used. */
static err make(struct ctx *c, struct str account)
{
	struct unit unit = unit_begin(c);
	uint8_t key[person_key_size];
	struct str wrapped;
	err e;

	bytes_random(key, sizeof(key));
	e = seal(c, key_person, account, (struct str){ (const char *)key, sizeof(key) }, &wrapped);
	bytes_wipe(key, sizeof(key));
	if (e)
		return e;
	unit_add(&unit, statement_account_key_make, any_rows,
		WITH(v_bytes(account), v_bytes(wrapped)));
	return unit_commit(&unit);
}

err person_key_made(struct ctx *c, struct str account, struct secret **out)
{
	err e = person_key(c, account, out);

	if (e != reply_not_found)
		return e;
	if ((e = make(c, account)))
		return e;
	return person_key(c, account, out);
}

void audit_forget(struct unit *unit, struct str account)
{
	unit_add(unit, statement_account_key_drop, any_rows, WITH(v_bytes(account)));
}
