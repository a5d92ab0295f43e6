/* Whether a store was made for a demonstration: written into it when it is made, and true for ever.
 * A file beside the store can be put there by a slip; 1,006 people whose password is known to all
 * would then come into a real one. */
#include "keeper/inside.h"

#include "conf/conf.h"
#include "store/store.h"

static err mark(struct ctx *c, struct str name)
{
	struct unit unit = unit_begin(c);

	unit_add(&unit, statement_setting_seen_put, 1, WITH(v_text(name), v_text(STR("on"))));
	return unit_commit(&unit);
}

err born_check(struct ctx *c, bool made)
{
	const struct str name = STR("site.demo");
	struct rows rows;
	err e;

	if (made && c->conf->demo)
		return mark(c, name);
	e = store_one(c, statement_setting_seen, WITH(v_text(name)), &rows);
	if (e < 0)
		return e;
	if (e && c->conf->demo)
		return fault(c, fault_conf,
			"this store was not made for a demo: start it without "
			"--demo, or choose another folder");
	if (!e && !c->conf->demo)
		return fault(c, fault_conf,
			"this store was made for a demo, and everybody knows its "
			"passwords: start it with --demo, or choose another folder");
	return 0;
}
