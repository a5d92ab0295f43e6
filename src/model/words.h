/* What people write for others to read.
 *
 * May come back: reply_refused; fault_arena. */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include "base/base.h"

/* Trimmed; of several lines, with \n alone between them, only where they are allowed.
 * reply_refused: nothing is left, it is no UTF-8, or it has what could turn a page round. In c's
 * arena, at most as long as what was typed. */
must_use err words_take(struct ctx *c, struct str typed, bool lines, struct str *out);

#endif
