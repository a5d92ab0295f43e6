/* What the files of this room share: a row, its canonical bytes, the keys of its names. */
#ifndef AUDIT_INSIDE_H
#define AUDIT_INSIDE_H

#include "audit/audit.h"
#include "crypto/crypto.h"
#include "spec/spec.h"

enum {
	audit_node = 1,              /* one store, one node; nodes that share a store will number themselves */
	audit_detail_limit = 1024,   /* detail, address and browser of one row; longer is cut */
	audit_row_limit = 4 * 1024   /* the canonical bytes of one row */
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

/* The bytes that are chained: every column by name, none left out, so that no two rows share them. */
must_use err row_bytes(struct ctx *c, const struct row *row, struct str *out);
/* The keyed digest over all columns but itself. */
must_use err row_mac(struct ctx *c, const struct row *row, uint8_t out[digest_size]);

/* The account's key of 32 bytes. reply_not_found: it has none, or it was destroyed. */
must_use err person_key(struct ctx *c, struct str account, struct secret **out);
/* The same; made when the account exists and has none yet. */
must_use err person_key_made(struct ctx *c, struct str account, struct secret **out);

#endif
