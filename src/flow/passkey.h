/* Passkeys in flows: the challenge, what a browser is asked with, and what it answers. No page
 * stores a challenge: it says when it was made and what for, under a MAC; the answer that counted
 * is kept as long as its challenge lives, so that it counts once. */
#ifndef FLOW_PASSKEY_H
#define FLOW_PASSKEY_H

#include "flow/flow.h"
#include "method/passkey.h"

enum {
	challenge_seconds = 10 * 60,
	passkeys_most = 10,          /* of one account */
	passkey_options_most = 16000 /* spec/operation.def: ten ids as long as ids can be */
};

/* What a browser hands over of a signature: the fields that operations with one have in common. */
struct passkey_answer {
	struct str challenge, key_id, client_data, authenticator_data, signature, user_handle;
};
#define PASSKEY_ANSWER(in)                                                                         \
	(&(struct passkey_answer){ (in)->challenge, (in)->key_id, (in)->client_data,               \
		(in)->authenticator_data, (in)->signature, (in)->user_handle })

/* about: what it is for, and whose: a flow's id, a session's, a method's; "alone" for nobody's. */
must_use err challenge_make(struct ctx *c, const char *what, struct str about, struct str *out);
/* Ours, for this, and not too old. */
bool challenge_holds(struct ctx *c, const char *what, struct str about, struct str challenge);
/* reply_refused, with the words: the page was open for too long. It costs no try. */
must_use err challenge_check(struct ctx *c, const char *what, struct str about,
	struct str challenge, struct answer *out);

/* Once, at start: fault_conf when rpId is neither the host nor a parent of it, or is what strangers
 * share. */
must_use err passkey_site(struct ctx *c);
/* Whom and what authenticators make their answers for. */
must_use err passkey_expect(struct ctx *c, struct str challenge, struct passkey_expected *out);
/* What stands for the account in a passkey: says nothing of it, and is not its id. */
must_use err passkey_handle(struct ctx *c, struct str account, struct str *out);

/* The members of WebAuthn's options, as JSON, for the page to hand on. account STR_NONE: an empty
 * list, which asks for a passkey that the authenticator finds by itself. */
must_use err passkey_get_options(
	struct ctx *c, struct str challenge, struct str account, bool verified, struct str *out);
must_use err passkey_create_options(
	struct ctx *c, struct str challenge, struct str account, bool attested, struct str *out);

/* The key's record as the store keeps it: whoever writes there cannot put in one of their own. */
must_use err passkey_seal(struct ctx *c, const struct method *m, struct str credential,
	struct str record, struct str *sealed);

/* Judges the answer against the account's own passkeys: fills w->matched and what code_use needs.
 * reply_wrong: it is none of theirs, or does not hold; w->miss says why. A counter that went back
 * is told to every address. */
must_use err passkey_match(struct walk *w, const struct passkey_answer *in, bool verified);
/* Uses the passkey that matched, in the unit: an answer counts once. */
void passkey_use(struct walk *w);

/* answer, the comparison, verdict: flow_answer for a passkey. */
must_use err flow_assert(struct walk *w, const struct passkey_answer *in);

#endif
