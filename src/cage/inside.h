/* What the files of this room share. */
#ifndef CAGE_INSIDE_H
#define CAGE_INSIDE_H

#include "cage/cage.h"

/* The ABI that was used; 0: the kernel has no Landlock. fault_cage: it has, and refused. */
must_use err landlock_close(struct ctx *c, enum cage_kind kind, int *abi);
/* *closed false: the kernel has no seccomp. */
must_use err seccomp_close(struct ctx *c, enum cage_kind kind, bool *closed);
/* Gives up every capability but those of the mask, also for programs executed later. */
must_use err capabilities_keep(struct ctx *c, uint64_t mask);

#endif
