/* The organisation's words that an administrator sets while it runs. */
#include "policy/brand.h"

err brand_read(struct ctx *c, struct rows *out)
{
	return store_read(c, statement_brand_all, WITH_NOTHING, 0, out);
}

err brand_words(struct ctx *c, struct rows *out)
{
	return store_read(c, statement_brand_words, WITH_NOTHING, 0, out);
}

struct str brand_value(
	const struct rows *all, const char *key, struct str language, struct str preset)
{
	struct str found = preset;
	bool exact = false;

	for (size_t i = 0; i < all->count; i++) {
		struct str for_language = row_str(all, i, 1);

		if (!str_is(row_str(all, i, 0), key))
			continue;
		if (str_same(for_language, language) || (!exact && for_language.length == 0)) {
			found = row_str(all, i, 2);
			exact = str_same(for_language, language);
		}
	}
	return found;
}
