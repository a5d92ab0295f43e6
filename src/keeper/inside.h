/* What the files of this room share. */
#ifndef KEEPER_INSIDE_H
#define KEEPER_INSIDE_H

#include "spec/spec.h"

/* Generated: the one call for each operation. */
must_use err keeper_serve(struct ctx *c, enum operation_id id, const void *in, struct answer *out);

#endif
