/* Certificates of makers of authenticators: those that we trust, and what one must say. */
#include "web/certificate.h"
#include "web/inside.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <dirent.h>
#include <stdlib.h>

struct trust {
	X509_STORE *store;
};

X509 *certificate_of(struct str der)
{
	const unsigned char *begin = (const unsigned char *)der.at, *at = begin;
	X509 *taken = d2i_X509(NULL, &at, (long)der.length);

	if (taken && at != begin + der.length)
		certificate_close(&taken);
	return taken;
}

void certificate_close(X509 **certificate)
{
	X509_free(*certificate);
	*certificate = NULL;
}

/* ---- what one says ---- */

static bool subject_has(X509 *certificate, int part, const char *value)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, part, -1);
	const ASN1_STRING *text;

	if (at < 0)
		return false;
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	return !value || (ASN1_STRING_length(text) == (int)strlen(value) &&
				 memcmp(ASN1_STRING_get0_data(text), value, strlen(value)) == 0);
}

/* id-fido-gen-ce-aaguid, which need not be there: an octet string within the extension's own. */
static bool aaguid_fits(X509 *certificate, struct str aaguid)
{
	ASN1_OBJECT *name = OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1);
	int at = name ? X509_get_ext_by_OBJ(certificate, name, -1) : -2;
	X509_EXTENSION *extension = at >= 0 ? X509_get_ext(certificate, at) : NULL;
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(name);
	if (!extension)
		return at == -1;
	value = X509_EXTENSION_get_data(extension);
	return !X509_EXTENSION_get_critical(extension) &&
	       ASN1_STRING_length(value) == 2 + (int)aaguid.length &&
	       memcmp(ASN1_STRING_get0_data(value), "\x04\x10", 2) == 0 &&
	       memcmp(ASN1_STRING_get0_data(value) + 2, aaguid.at, aaguid.length) == 0;
}

bool certificate_packed(X509 *certificate, struct str aaguid)
{
	uint32_t flags = X509_get_extension_flags(certificate);

	return X509_get_version(certificate) == X509_VERSION_3 && (flags & EXFLAG_BCONS) &&
	       !(flags & EXFLAG_CA) && subject_has(certificate, NID_countryName, NULL) &&
	       subject_has(certificate, NID_organizationName, NULL) &&
	       subject_has(certificate, NID_organizationalUnitName, "Authenticator Attestation") &&
	       subject_has(certificate, NID_commonName, NULL) && aaguid_fits(certificate, aaguid);
}

/* ---- those that we trust ---- */

static void close_context(X509_STORE_CTX **context)
{
	X509_STORE_CTX_free(*context);
}

/* One of ours may also stand in the middle of a chain, or be the one that signs. */
bool certificate_leads(struct trust *trust, X509 *first, STACK_OF(X509) * others)
{
	scoped(close_context) X509_STORE_CTX *context = trust ? X509_STORE_CTX_new() : NULL;

	if (!context || X509_STORE_CTX_init(context, trust->store, first, others) != 1)
		return false;
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN);
	return X509_verify_cert(context) == 1;
}

static void close_bio(BIO **bio)
{
	BIO_free(*bio);
}

static bool file_add(X509_STORE *store, const char *path)
{
	scoped(close_bio) BIO *file = BIO_new_file(path, "r");
	size_t found = 0;

	if (!file)
		return false;
	for (;; found++) {
		scoped_certificate *one = PEM_read_bio_X509(file, NULL, NULL, NULL);

		if (!one || X509_STORE_add_cert(store, one) != 1)
			break;
	}
	/* What ended it must be that there are no more, after one at least. */
	return found > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

static err folder_add(struct ctx *c, X509_STORE *store, const char *folder, DIR *open)
{
	char path[4096];
	struct dirent *entry;

	while ((entry = readdir(open))) {
		struct buf b = buf_on(path, sizeof(path) - 1);
		bool good;

		if (!str_ends(str_of(entry->d_name), STR(".pem")))
			continue;
		buf_print(&b, "%s/%s", folder, entry->d_name);
		path[b.length] = 0;
		good = !b.full && file_add(store, path);
		ERR_clear_error();
		if (!good)
			return fault(c, fault_io, "%s holds no certificates", path);
	}
	return 0;
}

static err all_add(struct ctx *c, X509_STORE *store, const char *folder)
{
	DIR *open = opendir(folder);
	err e;

	if (!open)
		return fault(c, fault_io, "%s: no such folder", folder);
	e = folder_add(c, store, folder, open);
	(void)closedir(open);
	return e;
}

/* A configuration file could load engines and providers; and the cage would refuse it later. */
err trust_open(struct ctx *c, const char *folder, struct trust **out)
{
	struct trust *trust;
	err e;

	if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL))
		return fault(c, fault_crypto, "libcrypto does not start");
	trust = calloc(1, sizeof(*trust));
	if (!trust || !(trust->store = X509_STORE_new()))
		e = fault(c, fault_memory, "certificates");
	else
		e = folder ? all_add(c, trust->store, folder) : 0;
	if (e)
		trust_close(&trust);
	else
		*out = trust;
	return e;
}

void trust_close(struct trust **trust)
{
	if (!*trust)
		return;
	X509_STORE_free((*trust)->store);
	free(*trust);
	*trust = NULL;
}
