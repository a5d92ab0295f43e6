/* The names that a file of people had so far: 8 bytes each, of a digest, whatever their length. */
#ifndef CLI_SEEN_H
#define CLI_SEEN_H

#include "base/base.h"

struct seen {
	struct arena *arena; /* of its own; the table grows by moving to another */
	uint64_t *table;     /* open addressing; 0: free */
	size_t size, count;  /* size: a power of two */
	uint64_t seed;
};

/* False: no memory is to be had. */
must_use bool seen_open(struct seen *out);
void seen_close(struct seen *seen);
/* Adds the name, blanks around it and ASCII case apart. *before: it was there. Two names are taken
 * for one with a chance of 2^-64 a pair. False: no memory. */
must_use bool seen_add(struct seen *seen, struct str name, bool *before);

#endif
