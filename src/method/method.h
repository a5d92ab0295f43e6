/* Ways to prove it's you, as pure functions: no store, no network. Codes come in as secrets and go
 * out as secrets; what was typed is first brought to one canonical form, so that no spelling of a
 * code is another code.
 *
 * May come back: what each function says; fault_memory, fault_arena, fault_crypto. */
#ifndef METHOD_METHOD_H
#define METHOD_METHOD_H

#include "model/model.h"

/* The canonical form of a typed code of this kind: blanks, hyphens and full width folded away.
 * mail: 8 digits; totp: 6 digits; recovery_code: 26 Crockford digits, upper case.
 * reply_refused: no code of this kind looks like that. */
must_use err code_canonical(
	struct ctx *c, enum method_kind kind, const struct secret *typed, struct secret **out);

/* ---- sent codes ---- */

must_use err sent_code_make(struct ctx *c, struct secret **out); /* 8 digits, uniform */

/* ---- authenticator app: TOTP, RFC 6238 (HMAC-SHA-1, 6 digits, 30 s, T0 = 0) ---- */

enum { totp_seed_size = 20, totp_step_seconds = 30 };

must_use err totp_seed_make(struct ctx *c, struct secret **out); /* 160 bits, RFC 4226 R6 */
/* The seed as the store keeps it: sealed, bound to (account, method, row). A seed that does not
 * open is fault_crypto: somebody changed the store. */
must_use err totp_seed_seal(struct ctx *c, struct str account, struct str id,
	const struct secret *seed, struct str *sealed);
must_use err totp_seed_open(
	struct ctx *c, struct str account, struct str id, struct str sealed, struct secret **seed);
/* The step whose code this is: T-1, T or T+1, and above floor (the highest step accepted before).
 * Every step of the window is computed and compared in constant time. reply_wrong: none. */
must_use err totp_match(struct ctx *c, const struct secret *seed, const struct secret *code,
	int64_t now, int64_t floor, int64_t *step);
/* The code of the moment (the demonstration's inbox, tests). */
must_use err totp_code(struct ctx *c, const struct secret *seed, int64_t now, struct secret **out);
/* otpauth://totp/ISSUER:NAME?secret=...&issuer=... with everything escaped. */
must_use err totp_uri(struct ctx *c, const struct secret *seed, struct str issuer, struct str name,
	struct secret **out);

/* ---- recovery codes: 128 bits, printed as groups ---- */

must_use err recovery_code_make(struct ctx *c, struct secret **out); /* as it is shown */

/* ---- one-time passes: 80 bits, in groups, bound to one account ---- */

must_use err pass_make(struct ctx *c, struct secret **out); /* as it is shown */
must_use err pass_canonical(struct ctx *c, const struct secret *typed, struct secret **out);

/* ---- mail addresses ---- */

struct mail_address {
	struct str address; /* to send to: local part as typed, domain as A-labels in lower case */
	struct str
		channel; /* the mailbox: local part in lower case without +tag, the same domain */
	const char *why; /* when refused: mail_malformed, mail_non_ascii */
};

/* RFC 5321 4.5.3.1 sizes; local part an ASCII dot-atom; IDNA2008 domain. reply_refused: out->why.
 */
must_use err mail_address_take(struct ctx *c, struct str typed, struct mail_address *out);

#endif
