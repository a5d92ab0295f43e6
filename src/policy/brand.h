/* The organisation's words that an administrator sets while it runs: for pages and for mail. */
#ifndef POLICY_BRAND_H
#define POLICY_BRAND_H

#include "store/store.h"

/* All of them; there are few. */
must_use err brand_read(struct ctx *c, struct rows *out);
/* The same without the logo, which may be large. */
must_use err brand_words(struct ctx *c, struct rows *out);
/* What is set for the language wins over what is set for all, and that over the preset. */
struct str brand_value(
	const struct rows *all, const char *key, struct str language, struct str preset);

#endif
