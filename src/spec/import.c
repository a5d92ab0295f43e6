/* The lists of importing people as tables. */
#include "spec/import.h"

#include <strings.h>

#define COLUMN(name, header, most, help) { header, help, most },
const struct import_column_row import_columns[import_column_count] = {
#include "spec/import_column.def"
};
#undef COLUMN

bool import_column_of(struct str header, enum import_column *out)
{
	for (enum import_column i = 0; i < import_column_count; i++) {
		struct str known = str_of(import_columns[i].header);

		if (known.length == header.length &&
			strncasecmp(known.at, header.at, header.length) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

#define REFUSAL(name, sentence) { #name, sentence },
static const struct {
	const char *id, *sentence;
} refusals[why_count] = {
	{ "", "" },
#include "spec/import_refusal.def"
};
#undef REFUSAL

struct str import_why_id(enum import_why why)
{
	return str_of(why < why_count ? refusals[why].id : "");
}

const char *import_why_sentence(enum import_why why)
{
	return why < why_count ? refusals[why].sentence : "";
}

enum import_why import_why_of(struct str id)
{
	for (enum import_why why = 1; why < why_count; why++)
		if (str_is(id, refusals[why].id))
			return why;
	return why_none;
}
