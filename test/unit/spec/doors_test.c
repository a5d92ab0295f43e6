/* Who may ask what, and when it is answered: written down a second time. An operation that leaves
 * its place in these lists is one that somebody new may ask, or whose time begins to tell
 * something. */
#include "spec/spec.h"

#include <setjmp.h>
#include <cmocka.h>

static const enum operation_id of_visitors[] = {
	operation_recover_begin,
	operation_recover_show,
	operation_recover_method,
	operation_recover_lost,
	operation_recover_resend,
	operation_recover_answer,
	operation_recover_choose,
	operation_recover_extend,
	operation_recover_leave,
	operation_signin_password,
	operation_signin_pass,
	operation_signin_show,
	operation_signin_method,
	operation_signin_lost,
	operation_signin_answer,
	operation_signin_choose,
	operation_signin_leave,
	operation_recover_passkey,
	operation_signin_passkey,
	operation_signin_alone,
	operation_notice_deny,
	operation_kiosk_finish,
	/* These tell of nobody. */
	operation_brand_show,
	operation_ready_show,
	operation_oidc_keys,
	/* Who is signed in, a client or a token, is judged inside: one may come without any. */
	operation_oidc_authorize,
	operation_oidc_resume,
	operation_oidc_token,
	operation_oidc_userinfo,
	operation_oidc_logout,
	operation_oidc_leave,
	/* By what an application's own host holds, or a ticket. */
	operation_site_verify,
	operation_site_enter,
	operation_site_leave,
	operation_passkey_begin,
	/* A demonstration's alone. */
	operation_demo_codes,
	operation_demo_inbox,
};
static const enum operation_id of_sessions[] = {
	operation_info_show,
	operation_info_prove,
	operation_info_add,
	operation_info_replace,
	operation_info_pending,
	operation_info_resend,
	operation_info_confirm,
	operation_info_rename,
	operation_info_delete,
	operation_change_password,
	operation_signout,
	operation_signout_everywhere,
	operation_info_passkey,
	operation_info_prove_passkey,
	operation_idea_list,
	operation_idea_add,
	operation_idea_vote,
	operation_site_start,
	operation_interrupt_show,
	operation_interrupt_start,
	operation_interrupt_later,
	operation_interrupt_confirm,
	operation_vouch_send,
	operation_vouch_answer,
	operation_info_default,
	/* Of an administrator, which is judged inside. */
	operation_admin_show,
	operation_admin_weigh,
	operation_admin_change,
	operation_admin_report_registration,
	operation_admin_report_methods,
	operation_admin_report_usage,
};
static const enum operation_id of_the_courier[] = { operation_outbox_claim,
	operation_outbox_report };

/* Those that visitors and sessions may ask and that are answered as soon as they are done: they
 * look at no secret that was typed, and nobody's name. */
static const enum operation_id quick[] = {
	operation_brand_show,
	operation_ready_show,
	operation_oidc_keys,
	operation_demo_codes,
	operation_demo_inbox,
	operation_info_show,
	operation_info_pending,
	operation_info_rename,
	operation_signout,
	operation_signout_everywhere,
	operation_idea_list,
	operation_idea_add,
	operation_idea_vote,
	operation_kiosk_finish,
	operation_outbox_claim,
	operation_outbox_report,
	operation_site_verify,
	operation_site_start,
	operation_site_enter,
	operation_site_leave,
	operation_passkey_begin,
	operation_interrupt_show,
	operation_interrupt_start,
	operation_interrupt_later,
	operation_interrupt_confirm,
	operation_info_default,
	operation_admin_show,
	operation_admin_weigh,
	operation_admin_report_registration,
	operation_admin_report_methods,
	operation_admin_report_usage,
};
static const enum operation_id that_hash[] = {
	operation_signin_password,
	operation_signin_pass,
	operation_signin_choose,
	operation_recover_choose,
	operation_change_password,
	operation_info_prove,
};

#define IN(list, id) is_in(list, sizeof(list) / sizeof(list[0]), id)

static bool is_in(const enum operation_id *list, size_t count, enum operation_id id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

static enum door door_of(enum operation_id id)
{
	if (IN(of_visitors, id))
		return door_visitor;
	if (IN(of_sessions, id))
		return door_session;
	return IN(of_the_courier, id) ? door_courier : door_socket;
}

static enum pace pace_of(enum operation_id id)
{
	if (IN(that_hash, id))
		return pace_signin;
	return IN(quick, id) || door_of(id) == door_socket ? pace_quick : pace_silent;
}

static void each_operation_has_its_door(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++)
		if (operation_list[id].door != door_of(id))
			fail_msg("%s is asked through another door", operation_list[id].name);
}

static void each_operation_has_its_pace(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++)
		if (operation_list[id].pace != pace_of(id))
			fail_msg("%s is answered at another time", operation_list[id].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operation_has_its_door),
		cmocka_unit_test(each_operation_has_its_pace),
	};

	return cmocka_run_group_tests_name("operations", tests, NULL, NULL);
}
