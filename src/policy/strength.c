/* Is policy as strong after a change as before? spec/rule.def says of each rule which changes leave
 * it so; what would weaken it is the command line's alone. */
#include "policy/rules.h"

bool strength_kept(enum rule rule, int64_t was, int64_t will)
{
	switch (rule_rows[rule].by_page) {
	case by_page_either:
		return true;
	case by_page_more:
		return will > was;
	case by_page_less:
		return will < was;
	case by_page_sooner:
		return will != 0 && (was == 0 || will < was);
	default:
		return false;
	}
}

bool group_set_has(const struct group_set *set, struct str id)
{
	for (size_t i = 0; i < set->count; i++)
		if (str_same(set->ids[i], id))
			return true;
	return false;
}

static bool within(const struct group_set *few, const struct group_set *many)
{
	for (size_t i = 0; i < few->count; i++)
		if (!group_set_has(many, few->ids[i]))
			return false;
	return true;
}

/* narrows, widens: an empty list means everybody. */
bool strength_kept_list(
	enum rule_list list, const struct group_set *was, const struct group_set *will)
{
	switch (list_rows[list].by_page) {
	case by_page_either:
		return true;
	case by_page_adds:
		return within(was, will);
	case by_page_drops:
		return within(will, was);
	case by_page_narrows:
		return will->count && (!was->count || within(will, was));
	case by_page_widens:
		return !will->count || (was->count && within(was, will));
	default:
		return false;
	}
}
