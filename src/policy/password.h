/* What a new password must be (spec: NIST SP 800-63B-4 3.1.1.2), and the one form in which any
 * password is compared. */
#ifndef POLICY_PASSWORD_H
#define POLICY_PASSWORD_H

#include "base/base.h"

struct password_rules {
	int64_t least, most;     /* code points, after NFC */
	const struct str *words; /* of the organisation */
	size_t word_count;
};

/* NFC. reply_refused: not valid text, an unassigned code point or a control character: no password
 * that rekey set is like that. */
must_use err password_normal(struct ctx *c, const struct secret *typed, struct secret **normal);

/* 0: accepted, and its normal form. reply_rules: *why names the rule (password_short,
 * password_long, password_repeated, password_common, password_name, password_organisation,
 * password_characters, password_malformed), *number its number. names: the account's own, a
 * Japanese reading among them (looked for in Latin letters too); compared whole and with near
 * neighbours, never as a part. *normal belongs to the arena. */
must_use err password_judge(struct ctx *c, const struct secret *typed,
	const struct password_rules *rules, const struct str *names, size_t name_count,
	struct secret **normal, struct str *why, int64_t *number);

#endif
