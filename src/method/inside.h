/* What the files of this room share. */
#ifndef METHOD_INSIDE_H
#define METHOD_INSIDE_H

#include "method/method.h"
#include "method/passkey.h"

enum { totp_digits = 6, sent_code_digits = 8, recovery_code_bytes = 16, pass_bytes = 10 };

/* ---- code.c ---- */

/* What was typed, in ASCII, without blanks and hyphens; reply_refused for anything beyond ASCII
 * that is no full-width letter or digit. */
must_use err code_fold(struct ctx *c, const struct secret *typed, struct secret **out);
/* Decimal, with leading zeros. */
void digits_write(uint8_t *out, size_t digits, uint32_t number);

/* ---- printed_code.c: random bytes as Crockford's base32, four digits a group ---- */

must_use err printed_code_make(struct ctx *c, size_t bytes, struct secret **out);
/* Without hyphens, upper case, O, I and L as 0, 1 and 1. reply_refused. */
must_use err printed_code_canonical(
	struct ctx *c, const struct secret *typed, size_t bytes, struct secret **out);

/* ---- hotp.c: RFC 4226 5.3, digits up to 8 ---- */

must_use err hotp_write(
	struct ctx *c, const struct secret *seed, uint64_t counter, uint8_t *out, size_t digits);

/* ---- client_data.c ---- */

enum passkey_refusal client_data_judge(
	struct str type, const struct passkey_expected *expected, struct str text);

/* ---- passkey_key.c ---- */

/* In the one form that authenticators may write. reply_refused: no such algorithm, or too long. */
must_use err cose_key_write(struct ctx *c, const struct credential_key *key, struct str *out);
must_use err key_record_write(struct ctx *c, const struct credential_key *key, struct str *out);
bool key_record_read(struct str record, struct credential_key *out); /* within the record */

#endif
