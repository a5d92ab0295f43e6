/* The one form in which names that sign in are kept and looked for. */
#ifndef MODEL_NAME_H
#define MODEL_NAME_H

#include "base/base.h"

/* Trimmed, full width as half width, DOMAIN\user as user, lower case, NFC; canonical of canonical is
 * itself. reply_refused: no name can be like that (empty, over 320 bytes, control or unassigned code
 * points, not UTF-8). Look-alikes of ASCII letters (U+0131, U+0130, U+017F, U+212A) stay themselves. */
must_use err name_canonical(struct ctx *c, struct str typed, struct str *out);

#endif
