/* What passes between the processes: operations, their fields, replies.
 * Generated from the lists. */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include "base/base.h"

#define REPLY(name, status, meaning) reply_##name,
enum reply {
#include "spec/reply.def"
	reply_count
};
#undef REPLY

const char *reply_name(enum reply reply);
int reply_status(enum reply reply);              /* HTTP */
bool reply_of(struct str name, enum reply *out); /* false: no such reply */

enum { token_size = 32 }; /* what a browser holds: session, flow, device; 256 bits */

enum door { door_visitor, door_session, door_courier, door_socket };
enum pace { pace_quick, pace_silent, pace_signin };
enum kind {
	kind_name,
	kind_id,
	kind_text,
	kind_secret,
	kind_bytes,
	kind_number,
	kind_time,
	kind_choice
};

struct field {
	const char *name;
	enum kind kind;
	bool required;
	size_t offset;       /* in the generated struct: struct str, struct secret *, or int64_t */
	int64_t limit;       /* bytes; for numbers the largest value (0: any) */
	const char *choices; /* "a|b|c" or NULL */
};

struct shape {
	const char *name;
	size_t size, count;
	const struct field *fields;
};

struct operation {
	const char *name, *command, *help;
	enum door door;
	enum pace pace;
	const struct shape *asks, *record, *item; /* record and item may be NULL */
};

#include "operation_gen.h" /* enum operation_id, struct op_*, struct rec_*, operation_list[] */

const struct operation *operation_of(struct str name); /* NULL: no such operation */
bool choice_has(const char *choices, struct str word);

/* What came with an operation besides its fields. Of the visitor's claims only the three secrets
 * are proof of anything; the rest may make an answer stricter, nothing else. */
struct request {
	enum door door;                         /* of the descriptor, not of the frame */
	struct secret *session, *flow, *device; /* NULL when absent; 32 bytes each */
	struct str address;                     /* the client's address, as web claims it */
	struct str agent;                       /* the browser in a word or two, as web claims it */
	struct str language;                    /* "en" or "ja" */
	int64_t arrived_us;                     /* clock_monotonic_us when the frame was read */
};

/* What goes back besides the reply code. Serve functions fill it; all of it lives in the arena. */
struct answer {
	struct str support;                     /* the support code */
	struct secret *session, *flow, *device; /* to be set in the browser; NULL: leave as it is */
	bool end_session, end_flow;             /* to be cleared in the browser */
	bool kiosk; /* the browser's machine is one that many people use: its pages are wiped */
	struct str field; /* which field was refused */
	struct str words; /* which sentence says why: an id of the catalogue */
	int64_t number;   /* a number for that sentence */
	int64_t wait_seconds;
	void *record; /* struct rec_*, or NULL */
	void *items;  /* array of struct rec_* */
	size_t item_count;
	struct str cursor; /* where the list goes on; empty at its end */
};

#endif
