/* Operations as bytes, over a socket pair or a Unix socket. Both ends judge every byte.
 *
 * A request: length (u32, of what follows), serial (u32), operation id (u16), envelope, fields. An
 * answer: length, serial, reply (u16), envelope, record (u8 says whether there is one), count of
 * items (u32), items. All little endian; text, secrets and bytes as u32 length and bytes; numbers
 * and times as i64; flags as one byte, 0 or 1. Nothing is optional on the wire, nothing may follow
 * the last field, and there is one way to write a value: what was accepted, written again, is the
 * same bytes.
 *
 * What both ends ask of a field: at most `limit` bytes; name, text and choice valid UTF-8 without
 * NUL; id only A-Z a-z 0-9 _ -; a choice is empty or one of its words; a number with a limit lies
 * in 0..limit, one without is any; a time lies in 0 (never) to the end of the year 9999. Empty and
 * absent are the same: STR_NONE, and NULL for a secret. A field that is required is not empty, so
 * that who serves the operation finds it there; frame_missing tells a form's sender which one is.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "spec/spec.h"

enum {
	frame_limit = 64 * 1024,   /* one request, with its length field */
	answer_limit = 512 * 1024, /* one answer: 1,000 rows of a list */
	frame_header = 4 + 4 + 2,
	frame_items = 1000 /* items of one answer */
};

/* Appends one frame to out. r NULL: an empty envelope; in: the struct op_* of the operation.
 * fault_wire: a value breaks the rules above; fault_limit: it does not fit. Out is then as before,
 * so that it can be sent and the frame be tried again. */
must_use err frame_ask(struct ctx *c, uint32_t serial, enum operation_id id,
	const struct request *r, const void *in, struct buf *out);
/* frame: one whole frame with its length field. Serial and id are written first and in any case, so
 * that a refusal can be addressed (id is operation_count when it names none). reply_malformed when
 * refused. r's door and arrived_us are the caller's and stay untouched. Secrets are born in locked
 * memory (fault_memory); texts point into `frame`; *in is a struct op_* in the arena. */
must_use err frame_take(struct ctx *c, struct str frame, uint32_t *serial, enum operation_id *id,
	struct request *r, const void **in);
/* The first required field that is empty, or NULL. */
const char *frame_missing(enum operation_id id, const void *in);

/* Appends one answer to out, as frame_ask does. reply: 0 or positive; a fault (negative) goes out
 * as reply_fault. id operation_count: an answer without record and items. */
must_use err answer_give(struct ctx *c, uint32_t serial, enum operation_id id, int reply,
	const struct answer *a, struct buf *out);
/* fault_wire when the frame is not an answer to this operation. Record and items are in the arena,
 * texts point into `frame`. */
must_use err answer_take(struct ctx *c, struct str frame, enum operation_id id, uint32_t *serial,
	int *reply, struct answer *a);

/* Whole frames in a stream: the length of the first one in `bytes` with its length field, 0 if more
 * is needed, -1 if it is over the limit or too short to be one. */
int64_t frame_whole(struct str bytes, size_t limit);
/* The serial of a whole frame of either kind: which request an answer belongs to. */
uint32_t frame_serial(struct str frame);

/* A client that asks one operation and waits: the command line, the courier. fault_wire when the
 * keeper is gone, or silent for longer than the descriptor's SO_RCVTIMEO. `in` and `a` live in c's
 * arena. */
must_use err wire_ask(
	struct ctx *c, int fd, enum operation_id id, const void *in, int *reply, struct answer *a);
/* The two halves, for many at once. c->request, when there is one, is the envelope. */
must_use err wire_send(
	struct ctx *c, int fd, uint32_t serial, enum operation_id id, const void *in);
must_use err wire_receive(struct ctx *c, int fd, enum operation_id id, uint32_t *serial, int *reply,
	struct answer *a);

#endif
