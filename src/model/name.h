/* The one canonical form of what a person types as a user name (after RFC 8265 3.3).
 *
 * May come back: reply_refused, no name can be so; fault_arena, fault_memory. */
#ifndef MODEL_NAME_H
#define MODEL_NAME_H

#include "base/base.h"

enum {
	name_typed_max = 640,
	name_size_max = 320
}; /* bytes: 256 of mail and a domain; full width */

/* User name, UPN, mail or DOMAIN\user (of which user stays), to look up and to throttle by.
 * Trimmed, full width folded, lower case, NFC, a domain that is not ASCII as A-labels. The form of
 * the form is the form itself, and no letter outside ASCII becomes one inside, but for full width.
 * In c's arena, 1 to name_size_max bytes. */
must_use err name_canonical(struct ctx *c, struct str typed, struct str *out);

/* The steps, for what else is typed. text_width: trimmed, full and half width folded (RFC
 * 8265 5.2.1); reply_refused for bytes that are not UTF-8, and for code points that are unassigned,
 * private, controls, invisible, or blanks other than a space. */
must_use err text_width(struct ctx *c, struct str typed, struct str *out);
/* Lower case and NFC; reply_refused where that would make ASCII of something else (U+212A). */
must_use err text_lower(struct ctx *c, struct str text, struct str *out);
/* A domain that text_lower made, as A-labels (RFC 5891, without further mapping), 253 bytes at
 * most, each label letters, digits and hyphens; reply_refused when it is none. */
must_use err domain_ascii(struct ctx *c, struct str domain, struct str *out);

#endif
