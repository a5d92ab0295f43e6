/* What applications are told about a person, the same in an id token and at userinfo (OpenID
 * Connect Core 5.1). */
#ifndef SPEC_CLAIMS_H
#define SPEC_CLAIMS_H

#include "base/json.h"
#include "spec/spec.h"

/* Into an object that is open; what is empty is left out. */
void claims_add(struct json *j, const struct rec_oidc_person *p);
void claims_add_groups(struct json *j, const struct rec_group_name *groups, size_t count);

#endif
