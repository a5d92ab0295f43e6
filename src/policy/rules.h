/* The rules that hold for one account: what was set for everybody, and for the groups it is in.
 *
 * May come back: faults of the store; fault_arena. */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "model/model.h"
#include "store/store.h"

#define RULE(name, typed, kind, combine, page, preset, least, most, help) rule_##name,
#define LIST(name, typed, page, help)
#define TEXT(name, typed, kind, page, help)
enum rule {
#include "spec/rule.def"
	rule_count
};
#undef RULE
#undef LIST
#undef TEXT

#define RULE(name, typed, kind, combine, page, preset, least, most, help)
#define LIST(name, typed, page, help) list_##name,
#define TEXT(name, typed, kind, page, help)
enum rule_list {
#include "spec/rule.def"
	rule_list_count
};
#undef RULE
#undef LIST
#undef TEXT

#define RULE(name, typed, kind, combine, page, preset, least, most, help)
#define LIST(name, typed, page, help)
#define TEXT(name, typed, kind, page, help) text_##name,
enum policy_text {
#include "spec/rule.def"
	policy_text_count
};
#undef RULE
#undef LIST
#undef TEXT

enum rule_kind { rule_flag, rule_number, rule_who, rule_choice };
enum rule_combine { combine_site, combine_larger, combine_smaller, combine_sooner, combine_all };
enum text_kind { text_networks, text_contact };
enum who { who_none, who_selected, who_all };
enum profile { profile_entra, profile_hardened };

/* Which changes leave policy as strong as it was: spec/rule.def, "page". */
enum by_page {
	by_page_command,
	by_page_either,
	by_page_more,
	by_page_less,
	by_page_sooner,
	by_page_adds,
	by_page_drops,
	by_page_narrows,
	by_page_widens
};

/* An administrator's reset needs two proofs, whatever is set. */
enum { administrator_proofs = 2 };

struct rule_row {
	const char *id, *name;
	enum rule_kind kind;
	enum rule_combine combine;
	enum by_page by_page;
	int64_t least, most;
	const char *help;
};
extern const struct rule_row rule_rows[rule_count];

struct list_row {
	const char *id, *name;
	enum by_page by_page;
	const char *help;
};
extern const struct list_row list_rows[rule_list_count];
extern const char *const who_words[]; /* of enum who */

struct text_row {
	const char *id, *name;
	enum text_kind kind;
	enum by_page by_page;
	const char *help;
};
extern const struct text_row text_rows[policy_text_count];

struct rules {
	int64_t value[rule_count];
	struct str from[rule_count]; /* "default", "profile", "file", "everybody", a list's name, or
					the group that gave it */
	bool preset[rule_count];     /* nobody has set it: the profile's preset holds */
	int64_t proofs_shown;        /* what everybody is told, before anything is proved */
	bool in_scope;               /* may reset at all */
	struct str scope_from; /* why, or why not: "all", "none", "selected", a setting's name, or a
				  group */
	bool unnamed;          /* the site has an address for a name: passkeys want one */
	/* The number of proofs was raised a short while ago: what was enough before, when it was
	 * raised, and until when it is enough for whoever had as many; 0: nothing of the kind. */
	int64_t proofs_before, raised, grace_until;
	bool administrator, admins_off;     /* admins_off: in scope but for allowedToUseSSPR */
	struct str within[rule_list_count]; /* the first group of each list that the account is in,
					       or none */
	bool combined;                      /* registers for resets and for sign-in on one page */
};

/* account: STR_NONE is nobody's, who is in no group. */
must_use err rules_of(struct ctx *c, struct str account, struct rules *out);
/* Those of everybody, with the values of this group over them, as they were set; group STR_NONE:
 * those of everybody alone. */
must_use err rules_of_group(struct ctx *c, struct str group, struct rules *out);
/* The same if this were set; value NULL: if it were taken back. */
must_use err rules_if(
	struct ctx *c, struct str group, enum rule rule, const int64_t *value, struct rules *out);

/* The rule that turns a way on. */
enum rule rule_of_way(enum method_kind kind);
bool rules_allow(const struct rules *r, enum method_kind kind);
/* How many proofs the ways that count are together. worth: of each kind, as methods_worth. */
int64_t rules_worth(const struct rules *r, const int64_t worth[method_kind_count]);
int64_t rules_ways(const struct rules *r, struct methods methods);
/* How many proofs a reset of this account needs now. *until: where that is fewer than the rules ask
 * for, how long; else 0. */
int64_t rules_needed(const struct rules *r, struct methods methods, int64_t *until);
/* How many ways count as registered. */
int64_t rules_to_register(const struct rules *r);
/* Ways that any account may have: those of everybody and of each group together. Shown to all
 * alike. */
must_use err rules_shown(struct ctx *c, bool allowed[method_kind_count]);

bool rule_named(struct str typed, enum rule *out);
bool list_named(struct str typed, enum rule_list *out);
bool text_named(struct str typed, enum policy_text *out);
/* "on", "all", "2" */
must_use err rule_text(struct ctx *c, enum rule rule, int64_t value, struct str *out);
/* False: not a value of this rule. */
bool rule_value(enum rule rule, struct str typed, int64_t *out);

/* strength.c: is policy as strong after this change as before? was and will differ. */
bool strength_kept(enum rule rule, int64_t was, int64_t will);

/* A list, by the ids of its groups, each once. */
struct group_set {
	const struct str *ids;
	size_t count;
};
bool group_set_has(const struct group_set *set, struct str id);
bool strength_kept_list(
	enum rule_list list, const struct group_set *was, const struct group_set *will);

/* What is set in words; empty where nothing is. */
must_use err texts_read(struct ctx *c, struct str out[policy_text_count]);

/* What the rules say of the place that a request comes from, by the address that web claims: they
 * can only make an answer stricter. */
struct place {
	bool elsewhere; /* no reset from there */
	bool kiosk;     /* a machine that many people use */
	bool admin;     /* the administrator's page answers there */
};
/* Judged once for an operation: c->place, where it is known already. */
must_use err place_of(struct ctx *c, struct place *out);

/* ---- all that is set, for questions about many people ---- */

struct group_value {
	enum rule rule;
	int64_t value;
	struct str name, group; /* the group's name and id */
};

struct group_listed {
	enum rule_list list;
	struct str name, group;
};

struct group_raised {
	struct str group; /* STR_NONE: for everybody */
	int64_t was, at;  /* was 0: no value of its own */
};

/* In the order of the groups' names. */
struct policy {
	int64_t site[rule_count];
	struct str from[rule_count];
	int64_t hardened[rule_count]; /* what holds without a profile: rule.def, or the file */
	bool set[rule_count];         /* for everybody, or in the file */
	struct group_value *values;
	size_t value_count;
	struct group_listed *listed;
	size_t listed_count;
	bool unnamed;
	bool some[rule_list_count]; /* the list has groups, perhaps of other people */
	/* Of one account: not where all is loaded, to say how it will be. */
	struct group_raised *raised;
	size_t raised_count;
};

/* The groups that an account is in, those around them among them. */
struct within {
	const struct str *ids;
	size_t count;
};

/* What nobody has set for everybody follows the profile that is. */
void policy_presets(struct policy *p);
/* For everybody, of what has been loaded. filed: the file says it. */
void policy_put(struct policy *p, enum rule rule, int64_t value);
void policy_take_back(struct policy *p, enum rule rule, bool filed);
/* The preset of a profile; hardened: what holds there. */
int64_t profile_preset(enum profile profile, enum rule rule, int64_t hardened);

/* In the unit that sets another number of proofs: raised, and grace begins; else it ends. group
 * STR_NONE: for everybody. own: the group's own value before, 0: none. was, will: what held, and
 * will. */
void policy_raised_note(
	struct unit *unit, struct str group, int64_t own, int64_t was, int64_t will);

must_use err policy_load(struct ctx *c, struct policy *out);
/* What holds for an account in these groups; NULL: in all that the policy names. Reads nothing. */
void policy_judge(const struct policy *p, const struct within *groups, struct rules *out);

#endif
