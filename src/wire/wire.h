/* Operations as bytes, over a socket pair or a Unix socket. Both ends judge every byte.
 *
 * A frame: length (u32, of what follows), serial (u32), operation id (u16), envelope, fields, all
 * little endian; text and bytes as u32 length and bytes; numbers as i64. Nothing is optional on the
 * wire, nothing may follow the last field, and a field over its limit refuses the frame. */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "spec/spec.h"

enum {
	frame_limit = 64 * 1024,        /* one request */
	answer_limit = 512 * 1024,      /* one reply: 1,000 rows of a list */
	frame_header = 4 + 4 + 2
};

/* in: the struct op_* of the operation. The frame is written to out. */
must_use err frame_ask(struct ctx *c, uint32_t serial, enum operation_id id, const struct request *r,
	const void *in, struct buf *out);
/* Reads serial and id first, so that a refusal can be addressed. reply_malformed when refused.
 * Secrets are born in locked memory; texts point into `frame`. */
must_use err frame_take(struct ctx *c, struct str frame, uint32_t *serial, enum operation_id *id,
	struct request *r, const void **in);
must_use err answer_give(struct ctx *c, uint32_t serial, enum operation_id id, int reply,
	const struct answer *a, struct buf *out);
must_use err answer_take(struct ctx *c, struct str frame, enum operation_id id, uint32_t *serial,
	int *reply, struct answer *a);

/* Whole frames in a stream: the length of the first one in `bytes` with its length field, 0 if more
 * is needed, -1 if it is over the limit. */
int64_t frame_whole(struct str bytes, size_t limit);

/* A client that asks one operation and waits: the command line, the courier. fault_wire when the
 * keeper is gone. `in` and `a` live in c's arena. */
must_use err wire_ask(struct ctx *c, int fd, enum operation_id id, const void *in, int *reply,
	struct answer *a);
/* The two halves, for many at once. */
must_use err wire_send(struct ctx *c, int fd, uint32_t serial, enum operation_id id, const void *in);
must_use err wire_receive(struct ctx *c, int fd, enum operation_id id, uint32_t *serial, int *reply,
	struct answer *a);

#endif
