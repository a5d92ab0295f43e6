/* Rows as plain values, and values as rows. One function a question that flows ask.
 *
 * May come back: what store/store.h says; reply_not_found where a row was asked for by key;
 * reply_unclear when two accounts answer to one name. */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include "model/model.h"
#include "store/store.h"

must_use err account_named(struct ctx *c, struct str canonical, struct account *out);
must_use err account_load(struct ctx *c, struct str id, struct account *out);
must_use err methods_load(struct ctx *c, struct str account, struct methods *out);

/* The names of the groups it is in, and of those around them, at most so many (0: all), as the
 * items of an answer. */
must_use err groups_load(struct ctx *c, struct str account, size_t most, struct answer *out);

must_use err flow_load(struct ctx *c, struct str token_mac, struct flow *out);
/* Inserts a flow that has no row yet, else saves it if nobody else did since it was loaded. */
void flow_save(struct unit *unit, const struct flow *flow);
/* Ends the account's resets, and the codes on their way: its owner came in, or its ways changed.
 * Those in which nothing was proved yet go on as nobody's, on the same pages: whoever began one
 * must not learn from its end that there is an account. except: one that stays, or empty. */
void resets_end(struct unit *unit, struct str account, struct str except);
/* Its half-done sign-ins as well. */
void flows_end(struct unit *unit, struct str account, struct str except);

must_use err application_load(struct ctx *c, struct str id, struct application *out);
/* Whether this account may come to the application: all may, or it is in one of its groups. */
must_use err application_open(
	struct ctx *c, const struct application *a, struct str account, bool *open);

/* Nothing was ever asked: all of it is 0. */
must_use err registration_load(struct ctx *c, struct str account, struct registration *out);
/* With its owner. */
must_use err session_load(struct ctx *c, struct str token_mac, struct session *out);

#endif
