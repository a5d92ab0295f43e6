/* What the files of this room share: a row, its canonical bytes, the keys of its names. */
#ifndef AUDIT_INSIDE_H
#define AUDIT_INSIDE_H

#include "audit/audit.h"
#include "crypto/crypto.h"
#include "spec/spec.h"

enum {
	audit_node = 1,            /* one store, one node */
	audit_detail_limit = 1024, /* detail, address and browser of one row; longer is cut */
	audit_row_limit = 4 * 1024 /* all columns of one row, named */
};

/* A row as it stands in the store, in the order of its columns. */
struct row {
	struct str id;
	int64_t at;
	struct str event;
	int64_t failure;
	struct str reason, support, account, actor, sealed, note, mac;
	int64_t node;
};

/* The keyed digest over all columns but itself. */
must_use err row_mac(struct ctx *c, const struct row *row, uint8_t out[digest_size]);

/* One row of a result whose first columns are those of struct row. */
void row_take(const struct rows *rows, size_t at, struct row *out);
enum { row_columns = 12 };
/* BLAKE2b-256 of the hash before and of every column by name, so that no two rows share one. */
must_use err row_hash(struct ctx *c, const struct row *row, const uint8_t before[digest_size],
	uint8_t out[digest_size]);

/* list.c: the least id of a row of this moment, since ids begin with 48 bits of milliseconds;
 * "2026-11-23" of a day. */
void id_from_time(int64_t seconds, uint8_t out[16]);
must_use err day_text(struct ctx *c, int64_t day, struct str *out);

/* ---- head.c: what is signed of a day ---- */

struct head {
	int64_t day;
	const char *state; /* open, closed, dropped */
	int64_t count;
	uint8_t first[digest_size], last[digest_size], signature[signature_size];
};

/* The newest head of this node; reply_not_found before the first. fault_store: not of its form. */
must_use err head_newest(struct ctx *c, struct head *out);
must_use err head_of(struct ctx *c, int64_t day, struct head *out); /* reply_not_found */
must_use err head_take(struct ctx *c, const struct rows *rows, size_t at, struct head *out);
bool head_is(const struct head *head, const char *state);
bool head_holds(const struct ctx *c, const struct head *head); /* the signature is ours */
/* Signs the head and adds it to the unit: as a new one, or in the place of what it was. *head must
 * live until unit_commit returns. */
void head_add(struct unit *unit, struct head *head);
void head_move(struct unit *unit, const struct head *was, struct head *head);

/* The account's key of 32 bytes. reply_not_found: it has none, or it was destroyed. */
must_use err person_key(struct ctx *c, struct str account, struct secret **out);
/* The same; made when the account exists and has none yet. */
must_use err person_key_made(struct ctx *c, struct str account, struct secret **out);

#endif
