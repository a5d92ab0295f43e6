/* What the files of this room share. */
#ifndef CONF_INSIDE_H
#define CONF_INSIDE_H

#include "conf/conf.h"
#include "spec/spec.h"

/* The defaults, in memory of their own. */
must_use err conf_preset(struct ctx *c, struct conf **out);

/* Checks one value and sets it. reply_refused: *allowed says in c's arena what is accepted. For a
 * file, text is its path; value_content sets the content itself. */
must_use err value_set(
	struct ctx *c, struct conf *conf, size_t row, struct str text, struct str *allowed);
must_use err value_content(struct ctx *c, struct conf *conf, size_t row, struct str content);

/* "10.0.0.0/8" or one address. NULL when it was read, else why it was not. */

/* A whole file into c's arena; refuses what is larger than limit, no regular file, or holds NUL.
 * reply_refused: *why says so. secret: also refuses a file that others may read or write. */
must_use err file_take(struct ctx *c, const char *path, size_t limit, bool secret, struct str *out,
	struct str *why);
struct str sentence(struct ctx *c, const char *format, ...) printf_like(2, 3);

#endif
