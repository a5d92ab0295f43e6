/* Imported legacy hashes, wrapped in argon2id in the background. */
#include "people/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"

static err wrap_one(struct ctx *c, struct str account, struct str stored)
{
	struct hash_cost cost = { c->conf->password_memory_kib, c->conf->password_passes };
	struct unit unit = unit_begin(c);
	struct str wrapped;
	err e = password_wrap(c, account, stored, cost, &wrapped);

	/* Not legacy after all, or sealed under a key that is gone:
	 * the mark goes, the hash stays. */
	if (e == reply_nothing || e == reply_wrong)
		wrapped = stored;
	else if (e)
		return e;
	unit_add(&unit, statement_password_rehash, 1,
		WITH(v_bytes(account), v_bytes(stored), v_bytes(wrapped)));
	e = unit_commit(&unit);
	return e == reply_lost_race ? 0 : e;
}

err people_wrap_some(struct ctx *c, size_t most, size_t *done)
{
	struct rows rows;
	err e;

	*done = 0;
	if ((e = store_read(
		     c, statement_passwords_legacy, WITH(v_number((int64_t)most)), 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		if ((e = wrap_one(c, row_str(&rows, i, 0), row_str(&rows, i, 1))))
			return e;
		++*done;
	}
	return 0;
}
