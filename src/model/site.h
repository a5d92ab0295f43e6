/* Pages of applications behind a proxy: whose they are, judged from an address that anybody may
 * have made. */
#ifndef MODEL_SITE_H
#define MODEL_SITE_H

#include "base/base.h"

enum {
	site_page_max = 1500, /* an address as a whole: it has to fit a cookie, and a query,
				 percent-encoded */
	site_host_max = 261   /* 253 of a name (RFC 1035 2.3.4), ':' and a port, with room */
};

/* Parts an https address into its host (lower case; the port unless it is 443) and what stands
 * behind it (path and query; empty, or begins with '/' or '?'). False: it is none, it names a user,
 * its host is no name, or it has what two readers could read differently. A fragment is left out:
 * no server sees it. */
must_use bool site_page_take(struct str address, struct buf *host, struct str *rest);
/* The same for what stands between "https://" and the path. */
must_use bool site_host_take(struct str authority, struct buf *host);

#endif
