/* What the files of this room share: a reader and a writer that remember their first error. */
#ifndef WIRE_INSIDE_H
#define WIRE_INSIDE_H

#include "wire/wire.h"

/* After the first error all that is read is empty or zero, so that a recipe needs one look at e. */
struct reader {
	struct ctx *c;
	struct str rest;
	err e; /* reply_malformed, or a fault */
};

uint64_t read_little(struct reader *r, size_t size); /* 1 to 8 bytes */
bool read_flag(struct reader *r);
void read_shape(struct reader *r, const struct shape *shape, void *out);

/* After the first error nothing more is written. */
struct writer {
	struct ctx *c;
	struct buf *out;
	err e; /* fault_wire: a value that the other side would refuse */
};

void write_little(struct writer *w, uint64_t n, size_t size);
void write_shape(struct writer *w, const struct shape *shape, const void *in);

/* The most bytes that a value of this shape takes. */
size_t shape_room(const struct shape *shape);

extern const struct shape shape_request; /* the envelope of a request: a struct request */

#endif
