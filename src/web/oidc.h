/* What an application sends, taken apart: the browser's part and the programs'. */
#ifndef WEB_OIDC_H
#define WEB_OIDC_H

#include "web/visit.h"

/* The query of a GET or the body of a POST, to the fields of an operation; one that comes twice is
 * refused (RFC 6749 3.1). pairs: besides them. */
must_use err oidc_fill(struct visit *v, enum operation_id id, void *in, struct pair *pairs,
	size_t extra, struct form_wrong *wrong);

#endif
