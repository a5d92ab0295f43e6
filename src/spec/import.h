/* Importing people: the columns of a file and the reasons of a refusal,
 * generated from the lists. */
#ifndef SPEC_IMPORT_H
#define SPEC_IMPORT_H

#include "base/base.h"

#define COLUMN(name, header, most, help) import_##name,
enum import_column {
#include "spec/import_column.def"
	import_column_count
};
#undef COLUMN

struct import_column_row {
	const char *header, *help;
	size_t most; /* bytes of a value */
};
extern const struct import_column_row import_columns[import_column_count];

/* Without regard to ASCII case; false: no such column. */
must_use bool import_column_of(struct str header, enum import_column *out);

#define REFUSAL(name, sentence) why_##name,
enum import_why {
	why_none,
#include "spec/import_refusal.def"
	why_count
};
#undef REFUSAL

struct str import_why_id(enum import_why why);        /* "mail_form"; empty for why_none */
const char *import_why_sentence(enum import_why why); /* English, for the administrator */
enum import_why import_why_of(struct str id);         /* why_none: no such id */

#endif
