/* Every page once or more, with sample values: for the gallery and for tests of all pages. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "view/view.h"

/* What stands wherever a person's text does: NULL for ordinary samples. */
struct sample {
	struct str language;
	struct arena *arena; /* for secrets */
	const char *hostile;
	void (*show)(const char *name, const struct buf *page, void *to);
	void *to;
};

void sample_all(const struct sample *sample);

#endif
