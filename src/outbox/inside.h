/* What the files of this room share. */
#ifndef OUTBOX_INSIDE_H
#define OUTBOX_INSIDE_H

#include "crypto/crypto.h"
#include "outbox/outbox.h"
#include "spec/spec.h"

/* Opens what was sealed to an outbox row. */
must_use err letter_open(struct ctx *c, struct str id, struct str sealed, struct str *out);
/* Was this store born as a demonstration? Then nothing is mailed, and the inbox shows it. */
bool outbox_demo(struct ctx *c);

#endif
