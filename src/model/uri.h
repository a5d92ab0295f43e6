/* Addresses of applications: what may be registered, and whether one that is asked for was (RFC
 * 9700 2.1, RFC 8252 7.3, 8.3). */
#ifndef MODEL_URI_H
#define MODEL_URI_H

#include "base/base.h"

enum { uri_size_max = 500, uri_count_max = 20 };

/* A full https address: a host, no user, no fragment, nothing outside printable ASCII, no
 * backslash. */
bool uri_https(struct str uri);
/* The same, or http on 127.0.0.1, [::1] or localhost, where nobody listens in. */
bool uri_redirect(struct str uri);
/* The next of a list with blanks between; false at its end. */
bool uri_next(struct str *rest, struct str *out);
/* Whether it is in the list, byte by byte. any_port: an http address of a loopback IP may name any
 * port, since a native application takes what is free (RFC 8252 7.3). */
bool uri_listed(struct str list, struct str uri, bool any_port);

#endif
