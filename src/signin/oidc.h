/* OpenID Connect: what other rooms ask of it. */
#ifndef SIGNIN_OIDC_H
#define SIGNIN_OIDC_H

#include "spec/spec.h"

/* Housekeeping, every few seconds: signing keys are made and go by their age. */
must_use err oidc_tend(struct ctx *c);

#endif
