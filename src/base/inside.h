/* What the files of this room share. */
#ifndef BASE_INSIDE_H
#define BASE_INSIDE_H

#include "base/base.h"

struct arena {
	size_t size, used;
	struct secret *secrets; /* taken for this operation, newest first */
	size_t spare;           /* keeps what follows aligned to 16 bytes */
};

struct secret {
	struct arena *owner;
	struct secret *next, *previous;
	size_t length;
	uint8_t bytes[secret_size_max];
};

#endif
