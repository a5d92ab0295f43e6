/* What statement.c and certificate.c share: certificates of makers of authenticators. */
#ifndef WEB_CERTIFICATE_H
#define WEB_CERTIFICATE_H

#include "web/attestation.h"

#include <openssl/x509.h>

X509 *certificate_of(struct str der); /* NULL: none, or more than one */
void certificate_close(X509 **certificate);
#define scoped_certificate scoped(certificate_close) X509

/* WebAuthn 8.2.1: what "packed" asks of the certificate that signs, for a model of authenticator.
 */
bool certificate_packed(X509 *certificate, struct str aaguid);
/* Whether it leads, by the others, to one of ours. */
bool certificate_leads(struct trust *trust, X509 *first, STACK_OF(X509) * others);

#endif
