/* Every page once or more, with sample values: for the gallery and for tests of all pages. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "view/inside.h"

/* What stands wherever a person's text does: NULL for ordinary samples. */
struct sample {
	struct str language;
	struct arena *arena; /* for secrets */
	const char *hostile;
	void (*show)(const char *name, const struct buf *page, void *to);
	void *to;
};

void sample_all(const struct sample *sample);

/* Values for a message, as many as it has fields. */
enum { sample_values_most = 32 };
size_t sample_values(const struct sample *sample, const struct mail_shape *message,
	struct view_value values[sample_values_most]);

#endif
