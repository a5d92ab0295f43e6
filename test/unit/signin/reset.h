/* What the tests of a reset share: its operations, what they leave in the log, and two ways for
 * Ada. */
#ifndef SIGNIN_RESET_H
#define SIGNIN_RESET_H

#include "../journey.h"

static inline err begin(const char *name)
{
	browser.flow = NULL;
	return ASK(recover_begin, .name = str_of(name));
}

static inline err answer(const char *code)
{
	return ASK(recover_answer, .code = typed(code));
}

static inline err turn_to(const char *method)
{
	return ASK(recover_method, .method = str_of(method));
}

static inline err choose(const char *password)
{
	return ASK(recover_choose, .password = typed(password));
}

static inline err show(void)
{
	return ASK(recover_show, 0);
}

static inline err resend(void)
{
	return ASK(recover_resend, 0);
}

#define STARTED_MAIL "reset_progress ok: User started the email verification option"
#define STARTED_APP "reset_progress ok: User started the mobile app code verification option"
#define STARTED_PAPER "reset_progress ok: User started the recovery code verification option"
#define DID_MAIL "reset_progress ok: User completed the email verification option"
#define DID_APP "reset_progress ok: User completed the mobile app code verification option"
#define DID_PAPER "reset_progress ok: User completed the recovery code verification option"
#define MISSED "reset_progress failed: A code was wrong"
#define NOT_SENT "reset_progress failed: No code could be sent"
#define CANCELLED                                                                                  \
	"reset_progress failed: User cancelled before passing the required authentication methods"
#define TOO_FEW                                                                                    \
	"reset_progress failed: User's account has insufficient authentication methods defined"
#define CODE_HOME "recover_code ada@home.example"

#define FLOW(column) "(SELECT " column " FROM flow ORDER BY rowid DESC LIMIT 1)"

static struct secret *seed;

static inline void register_mail_and_app(void)
{
	add_mail("mailmailmailmai0", "ada@home.example");
	seed = add_app();
}

/* Two proofs by mail and app; nothing is looked at on the way. */
static inline void prove_both(void)
{
	register_mail_and_app();
	assert_int_equal(begin("ada"), reply_check_messages);
	assert_int_equal(answer(mailed("recover_code", "code")), reply_next_proof);
	assert_int_equal(answer(app_code(seed)), reply_choose);
}

#endif
