/* The cages: what a program gives up for ever before it reads its first hostile byte.
 *
 * Layers: the user (no privilege, no capability), Landlock (files, TCP), seccomp (system calls; the
 * table is cage.def). A missing layer is fault_cage unless allowMissingCage names it, or the demo
 * runs, which warns. */
#ifndef CAGE_CAGE_H
#define CAGE_CAGE_H

#include "conf/conf.h"

enum cage_kind { cage_web, cage_keeper, cage_courier };

/* Closes the cage round the whole process; c->conf is its configuration. To be called while there
 * is one thread only, since Landlock holds for the caller's thread and those it starts; what it
 * loads late (libgcc_s, time zone, name service) is loaded first. Logs one line:
 *
 *   cage: user=rekey-web landlock=abi7 seccomp=yes dumpable=no
 *
 * After it web can open no file at all; the keeper only what lies in the state folder; the courier
 * reads name service and CA files. None may execute, trace, or make a socket of its own, but the
 * courier, which may connect. A forbidden call ends the process, or where libraries only probe,
 * fails with EACCES. */
must_use err cage_close(struct ctx *c, enum cage_kind kind);

/* The supervisor keeps what it needs to start programs as other users and to end them: CAP_SETUID,
 * CAP_SETGID and CAP_KILL, if it is root; no more privilege by executing, and no core file. */
must_use err cage_supervisor(struct ctx *c);

#endif
