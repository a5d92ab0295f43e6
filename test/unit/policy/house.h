/* A house with one account, for tests of what is counted. */
#ifndef POLICY_HOUSE_H
#define POLICY_HOUSE_H

#include "../house.h"

static struct str ada = { "0123456789abcdef", 16 };

static err add_ada(void)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_account_add, 1,
		WITH(v_bytes(ada), v_text(STR("ada")), v_text(STR("ada")), v_text(STR_NONE),
			v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE),
			v_text(STR_NONE), v_text(STR_NONE), v_text(STR("en")),
			v_text(STR("active")), v_number(1), v_bytes(ada)));
	return unit_commit(&unit);
}

static int open_house_of_ada(void **state)
{
	return open_house(state) || add_ada() ? -1 : 0;
}

#endif
