/* The administrator's page: what the files about it share. */
#ifndef PEOPLE_ADMIN_H
#define PEOPLE_ADMIN_H

#include "flow/flow.h"
#include "people/inside.h"

enum { list_moves_most = 12 };

/* So many changes of policy by one administrator. */
extern const struct pace_of admin_pace;

enum setting_kind { setting_rule, setting_list, setting_text };

/* One row of spec/rule.def. */
struct setting {
	enum setting_kind kind;
	enum rule rule;
	enum rule_list list;
	enum policy_text text;
	const char *id, *name; /* "proofs_to_reset", "numberOfAuthenticationMethodsRequired" */
	const char *shape;     /* flag, number, who, list, networks, contact */
	enum by_page by_page;
};

/* The number-th of all; false: there are no more. */
bool setting_at(size_t number, struct setting *out);
bool setting_by_id(struct str id, struct setting *out);
/* Its value for everybody, as it is typed. */
must_use err setting_value(struct ctx *c, const struct setting *s, struct str *out);

/* Is this session an administrator's who may see the page, from where it comes? Judged by what
 * policy names, anew each time. */
bool admin_sees(const struct walk *w);
/* reply_not_found for everybody else: there is no such page. */
must_use err admin_walk(struct ctx *c, const char *throttle, struct answer *out, struct walk *w);

/* The ids and names of the groups of a list, in order. */
struct listed {
	struct group_set set;
	struct str ids[list_groups_most], names[list_groups_most];
};

/* A change, judged: nothing is done yet. */
struct change {
	struct setting setting;
	struct str was, will;     /* as they are typed */
	int64_t from, to;         /* of a rule */
	struct listed *old, *new; /* of a list */
	bool same, kept;          /* nothing changes; policy stays as strong */
};

/* reply_refused, with answer.field and answer.words; reply_not_found: no such setting. */
must_use err change_judge(
	struct ctx *c, struct str id, struct str typed, struct answer *out, struct change *change);
/* What an assertion for this change, of this session, is bound to. */
must_use err change_bytes(struct ctx *c, const struct change *change, struct str *out);
/* What the command line does the same with. */
must_use err change_command(struct ctx *c, const struct change *change, struct str *out);

#endif
