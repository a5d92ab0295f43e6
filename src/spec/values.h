/* Named values in one run of bytes: what a message says, what a sealed audit row holds.
 *
 * Repeated: name length (u16), name, value length (u16), value; little endian, nothing else. The
 * keeper writes it, the courier reads it. */
#ifndef SPEC_VALUES_H
#define SPEC_VALUES_H

#include "base/base.h"

enum { values_text_max = UINT16_MAX };

/* A name or value over 65,535 bytes does not fit: sets b->full, adds nothing. */
void values_add(struct buf *b, struct str name, struct str value);
/* The next pair at *at, which moves on; both point into `values`. false: the end, or not well
 * formed; *at is values.length only at a proper end. Start with 0. */
must_use bool values_next(struct str values, size_t *at, struct str *name, struct str *value);
/* Every pair is whole, no name is empty and none comes twice. */
bool values_whole(struct str values);
/* The value of a name; STR_NONE when it is absent. */
struct str values_get(struct str values, struct str name);

#endif
