/* What the files of this room share. */
#ifndef PEOPLE_INSIDE_H
#define PEOPLE_INSIDE_H

#include "audit/audit.h"
#include "people/people.h"
#include "policy/rules.h"
#include "spec/import.h"
#include "spec/spec.h"
#include "store/records.h"

/* The account that signs in with this name, in any spelling. reply_not_found; reply_unclear. */
must_use err person_find(struct ctx *c, struct str name, struct account *out);

/* An audit row of the command line about one account. note may be NULL. */
must_use err person_note(struct unit *unit, enum event event, struct str account, const char *note);

/* Ends what a person, or a thief, has open: sessions, resets and sign-ins under way, the pass. */
void person_end(struct unit *unit, struct str account);

/* How many proofs each kind is, of a row of statement people_page or person_row. */
void person_worth(const struct rows *rows, size_t row, int64_t worth[method_kind_count]);
/* Fills one row of statement people_page or person_row; `why` stays empty. */
must_use err person_from(
	struct ctx *c, const struct rows *rows, size_t row, struct rec_person *out);
/* What stands in the way of a reset, as sentences for the administrator; empty: nothing. */
must_use err person_why(
	struct ctx *c, const struct account *account, struct methods methods, struct str *out);

/* ---- groups ---- */

struct group {
	struct str id, name, canonical, description;
};

/* The group of this name, in any spelling. reply_not_found; reply_refused, with answer.field. */
must_use err group_find(
	struct ctx *c, struct str name, const char *field, struct answer *out, struct group *group);

/* ---- policy ---- */

enum { list_groups_most = 40 }; /* on one list */

/* "Staff, Sales", or "none" */
must_use err policy_list_text(struct ctx *c, enum rule_list list, struct str *out);
must_use err policy_names_text(
	struct ctx *c, const struct str *names, size_t count, struct str *out);
/* As much as would let nobody prove anything. */
bool policy_no_way(const struct rules *rules);
/* What is accepted, where a value is not. */
enum import_why policy_accepted(enum rule rule);
enum import_why policy_text_accepted(enum policy_text text);
must_use err policy_text_good(struct ctx *c, enum policy_text text, struct str typed, bool *good);
/* The value into the unit, for everybody or for a group; *was: what held. reply_refused: no way to
 * prove it would be left. */
must_use err policy_put_rule(struct unit *unit, enum rule rule, int64_t value,
	const struct group *group, int64_t *was, struct answer *out);
/* The row in the audit log, with the old value and the new one. by: who did it. */
must_use err policy_note(struct unit *unit, struct audit_about by, const char *setting,
	const struct group *group, struct str was, struct str value);

/* ---- applications; answer.field and answer.words say what was refused ---- */

/* What applications are told apart by. */
must_use err application_canonical(struct ctx *c, struct str typed, const char *field,
	struct answer *out, struct str *canonical);
/* "all", or the whole list of groups anew; nothing where nothing was given. */
must_use err application_who(struct ctx *c, struct str typed, struct application *a,
	struct unit *unit, struct answer *out);
void application_level(struct str typed, struct application *a);
void application_put(struct unit *unit, const struct application *a, struct str canonical);
/* What application_who put into a unit of its own, since the groups' rows come after the
 * application's. */
void application_put_groups(struct unit *unit, const struct unit *groups);
must_use err application_note(
	struct unit *unit, enum event event, const struct application *a, const char *did);

/* Of applications behind a proxy; nothing is done to others. */
must_use err site_record(struct ctx *c, const struct application *a, struct rec_application *out);
must_use err site_change(struct ctx *c, const struct op_application_set *in,
	const struct application *a, struct unit *unit, struct answer *out);
must_use err site_has_no_uri(const struct application *a, struct answer *out);

/* ---- import ---- */

enum { login_names_most = 4 };

struct login_name {
	struct str canonical;
	const char *kind; /* name, upn, mail, employee_id */
};

/* One person as a file or the command line gives them, judged: texts trimmed, STR_NONE where
 * nothing was given. */
struct entry {
	struct str name, canonical, upn, mail, display_name, given_name, surname, reading,
		employee_id;
	struct str language; /* en, ja; empty when another one was given */
	struct str state, other_mail;
	const struct secret *hash;
	int must_change; /* -1: not said */
};

/* Judges each field. reply_refused: answer.field is the column, answer.words an id of
 * spec/import_refusal.def. */
must_use err entry_take(struct ctx *c, const struct op_people_import_row *in, struct entry *out,
	struct answer *answer);
void entry_blame(struct answer *answer, enum import_column column, struct str why);
must_use err entry_refused(struct answer *answer, enum import_column column, enum import_why why);
/* "Tanaka Taro" or "Ada Lovelace": what is shown where no displayName was given. */
must_use err entry_shown_name(struct ctx *c, const struct entry *e, struct str *out);

/* Adds or changes one person, in one unit. 0: answer.words is "added" or "changed";
 * reply_already: nothing to change, or `only_new` and the person is there; reply_unclear: a login
 * name is another person's; reply_refused: the hash. dry: everything but the unit. */
must_use err entry_put(
	struct ctx *c, const struct entry *e, bool dry, bool only_new, struct answer *answer);

#endif
