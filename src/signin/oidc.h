/* OpenID Connect: what other rooms ask of it. */
#ifndef SIGNIN_OIDC_H
#define SIGNIN_OIDC_H

#include "spec/spec.h"

/* Housekeeping, every few seconds. Signing keys are made and go by their age. */
must_use err oidc_tend(struct ctx *c);
/* What hung on sessions that ended goes; applications that want to hear of it are told. */
must_use err oidc_end_grants(struct ctx *c);

#endif
