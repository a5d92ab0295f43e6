/* Security information of the person who is signed in: what the files about it share. */
#ifndef PEOPLE_SECURITY_INFO_H
#define PEOPLE_SECURITY_INFO_H

#include "flow/flow.h"

enum { mails_most = 3, apps_most = 5, codes_in_a_set = 10, label_points_most = 60 };

extern const struct flow_table flow_register, flow_change, flow_vouch;

/* May this session add a way that counts at once? Else it counts after a day. */
bool session_strong(const struct ctx *c, const struct session *s);
/* Can it become so by a code to an address that was known before: a registered one, or one of the
 * organisation's that the password does not protect? */
must_use err vouch_open(struct ctx *c, const struct session *s, const struct account *account,
	struct methods methods, bool *open);
/* 0: what is added counts at once; 1: after a day; 2: likewise, but a code can change that. */
must_use err info_late(
	struct ctx *c, const struct account *account, struct methods methods, int64_t *late);
/* Is this mailbox one that the password itself protects, and so never a proof? */
must_use err info_protected(
	struct ctx *c, const struct account *account, struct str channel, bool *yes);
/* Would only one mailbox hear of a change, so that whoever reads it could hide it? Not where the
 * person gave an address, and not where policy lets none be given. */
must_use err info_unheard(struct ctx *c, const struct rules *rules, const struct account *account,
	struct methods methods, bool *yes);
/* Nothing is missing any more, in the walk's unit:
 * what was put off, or required by name, is over. */
void info_complete(struct walk *w);

/* ---- register.c ---- */

/* The pending method of this person with this id. reply_not_found; reply_prove_first. */
must_use err pending_load(struct ctx *c, struct str id_hex, struct answer *out, struct walk *w);
/* The page of the method that is being added. reply: of the step; returned. */
must_use err pending_shown(struct walk *w, err reply);

/* Begins to add one of kind w->wanted; old: the one that it replaces, or NULL. */
must_use err pending_begin(struct walk *w, const struct method *old, struct str address);

/* ---- replace.c ---- */

/* Of the pending method, which replaces another: may it still, after the proofs that were given?
 * Else reply_prove_first, reply_refused, reply_not_found. */
must_use err replace_allowed(struct walk *w);
/* Would what policy needs still be there? */
must_use err replace_suffices(struct walk *w, bool *yes);
/* What the way that is being added (w->born: a passkey) is worth beside those of its kind. */
int64_t info_gained(const struct walk *w, enum method_kind kind);
/* The old one goes, in the walk's unit, with every other session and device; all addresses are
 * told. */
must_use err replace_old(struct walk *w);

/* ---- passkey.c ---- */

must_use err passkey_options(
	struct walk *w, struct str *out);  /* of the passkey that is being added */
must_use err passkey_keep(struct walk *w); /* what the authenticator made, in the unit */

/* ---- security_info.c ---- */

/* Counted, durably, before anything is compared. reply_wrong: nothing may be compared now. */
must_use err proof_count(struct walk *w, bool second);
/* A fresh proof: the session has a new token and, by a second way, a higher level. */
must_use err proof_take(struct walk *w, bool second);

/* Has the person proved it within five minutes, at the level of the account's own methods? Else
 * reply_prove_first. */
must_use err info_fresh(struct walk *w);
/* Must the old password be given to change it? Not to one who has just proved a second way. */
bool change_needs_old(const struct ctx *c);
/* Tells every address that a method came or went. */
must_use err info_tell(struct walk *w, const char *message, const struct method *m);
/* One method as a row of an answer. */
must_use err info_row(struct ctx *c, const struct method *m, struct rec_method_row *row);
/* The account's methods that are not pending, as the items of an answer. */
must_use err info_rows(struct ctx *c, struct methods methods, struct answer *out);
/* A label as it is kept: trimmed, 1 to 60 code points without control characters; else
 * reply_refused. Empty and allowed: the fallback. */
must_use err info_label(struct ctx *c, struct str typed, struct str fallback, struct answer *out,
	struct str *label);

/* May this way be registered, by this person and from where they are? */
bool info_may_add(const struct walk *w, enum method_kind kind);

#endif
