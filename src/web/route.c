/* Every address that answers, once. */
#include "web/visit.h"

#define GET_PAGE(path, serve, page, flags)                                                         \
	{ path, serve, verb_get, page, operation_count, flags, NULL, NULL }
#define POST(path, ask, page, after, did, flags)                                                   \
	{ path, serve_post, verb_post, page, operation_##ask, flags, after, did }

#define HIDDEN_POST(path, serve, ask, page)                                                        \
	{ path, serve, verb_post, page, operation_##ask, route_session | route_hidden, NULL, NULL }

#define PROGRAM(path, serve, page)                                                                 \
	{ path, serve, verb_post, page, operation_count, route_program, NULL, NULL }

/* A refusal is shown at the address of its form. Whoever loads that address anew is led to where
 * the flow is, by the rows that read it. */
static const struct route routes[] = {
	GET_PAGE("/", serve_home, page_none, 0),

	GET_PAGE("/recover", serve_page, page_recover, 0),
	GET_PAGE("/recover/check_messages", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/next_proof", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/ways", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/link", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/choose", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/password_done", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/contact_desk", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/shut", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/answer", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/passkey", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/method", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/lost", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/resend", serve_flow, page_recover_flow, 0),
	GET_PAGE("/recover/extend", serve_flow, page_recover_flow, 0),
	POST("/recover", recover_begin, page_recover, NULL, NULL, 0),
	POST("/recover/answer", recover_answer, page_recover_flow, NULL, NULL, 0),
	POST("/recover/method", recover_method, page_recover_flow, NULL, NULL, 0),
	POST("/recover/lost", recover_lost, page_recover_flow, NULL, NULL, 0),
	POST("/recover/resend", recover_resend, page_recover_flow, NULL, "resend", 0),
	POST("/recover/passkey", recover_passkey, page_recover_flow, NULL, NULL, 0),
	POST("/recover/choose", recover_choose, page_recover_flow, NULL, NULL, 0),
	POST("/recover/extend", recover_extend, page_recover_flow, NULL, "extend", 0),
	POST("/recover/leave", recover_leave, page_recover, NULL, NULL, 0),

	GET_PAGE("/signin", serve_page, page_signin, 0),
	GET_PAGE("/signin/pass", serve_page, page_signin_pass, 0),
	GET_PAGE("/signin/prove", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/must_change", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/contact_desk", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/shut", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/answer", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/passkey", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/passkey/options", serve_passkey_options, page_none, 0),
	GET_PAGE("/signin/alone", serve_home, page_none, 0),
	GET_PAGE("/signin/method", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/lost", serve_flow, page_signin_flow, 0),
	GET_PAGE("/signin/choose", serve_flow, page_signin_flow, 0),
	POST("/signin", signin_password, page_signin, NULL, NULL, 0),
	POST("/signin/pass", signin_pass, page_signin_pass, NULL, NULL, 0),
	POST("/signin/answer", signin_answer, page_signin_flow, NULL, NULL, 0),
	POST("/signin/passkey", signin_passkey, page_signin_flow, NULL, NULL, 0),
	POST("/signin/alone", signin_alone, page_signin, NULL, NULL, 0),
	POST("/signin/method", signin_method, page_signin_flow, NULL, NULL, 0),
	POST("/signin/lost", signin_lost, page_signin_flow, NULL, NULL, 0),
	POST("/signin/choose", signin_choose, page_signin_flow, NULL, NULL, 0),
	POST("/signin/leave", signin_leave, page_signin, NULL, NULL, 0),

	GET_PAGE("/security-info", serve_page, page_info, route_session | route_next),
	GET_PAGE("/security-info/add", serve_page, page_info_add,
		route_session | route_next | route_fresh),
	GET_PAGE("/security-info/pending", serve_page, page_info_pending,
		route_session | route_with_id | route_next),
	GET_PAGE("/security-info/rename", serve_page, page_info_rename,
		route_session | route_with_id | route_next),
	GET_PAGE("/security-info/delete", serve_page, page_info_delete,
		route_session | route_with_id | route_next | route_fresh),
	GET_PAGE("/security-info/prove", serve_page, page_info_prove, route_session),
	GET_PAGE("/security-info/confirm", serve_home, page_none, 0),
	GET_PAGE("/security-info/passkey", serve_home, page_none, 0),
	GET_PAGE("/security-info/prove/passkey", serve_home, page_none, 0),
	GET_PAGE("/security-info/resend", serve_home, page_none, 0),
	POST("/security-info/add", info_add, page_info_add, "/security-info/pending", NULL,
		route_session),
	POST("/security-info/resend", info_resend, page_info_pending, "/security-info/pending",
		"resend", route_session),
	POST("/security-info/confirm", info_confirm, page_info_pending, "/security-info", "add",
		route_session),
	POST("/security-info/passkey", info_passkey, page_info_pending, "/security-info", "add",
		route_session),
	POST("/security-info/prove/passkey", info_prove_passkey, page_info_prove, "/security-info",
		"prove", route_session),
	POST("/security-info/rename", info_rename, page_info_rename, "/security-info", "rename",
		route_session),
	GET_PAGE("/security-info/replace", serve_page, page_info_replace,
		route_session | route_with_id | route_next),
	POST("/security-info/replace", info_replace, page_info_replace, "/security-info/pending",
		NULL, route_session),
	POST("/security-info/delete", info_delete, page_info_delete, "/security-info", "delete",
		route_session),
	POST("/security-info/prove", info_prove, page_info_prove, "/security-info", "prove",
		route_session),

	GET_PAGE("/security-info/add/late", serve_page, page_info_add,
		route_session | route_next | route_fresh),
	GET_PAGE("/security-info/vouch", serve_page, page_info_vouch, route_session | route_next),
	GET_PAGE("/security-info/send", serve_home, page_none, 0),
	POST("/security-info/send", vouch_send, page_info_vouch, "/security-info/vouch", "send",
		route_session),
	POST("/security-info/vouch", vouch_answer, page_info_vouch, "/security-info/add", NULL,
		route_session),
	POST("/security-info/default", info_default, page_info, "/security-info", "default",
		route_session),

	GET_PAGE("/register", serve_page, page_wizard, route_session | route_next),
	GET_PAGE("/register/add", serve_page, page_wizard_add, route_session | route_next),
	GET_PAGE("/register/pending", serve_wizard_pending, page_wizard_pending,
		route_session | route_with_id | route_next),
	POST("/register/start", interrupt_start, page_wizard, "/register", NULL, route_session),
	POST("/register/later", interrupt_later, page_wizard, "/register", NULL, route_session),
	POST("/register/looks-good", interrupt_confirm, page_wizard, "/register", NULL,
		route_session),
	POST("/register/send", vouch_send, page_wizard, "/register", "send", route_session),
	POST("/register/vouch", vouch_answer, page_wizard, "/register", NULL, route_session),
	POST("/register/add", info_add, page_wizard_add, "/register/pending", NULL, route_session),
	POST("/register/resend", info_resend, page_wizard_pending, "/register/pending", "resend",
		route_session),
	POST("/register/confirm", info_confirm, page_wizard_pending, "/register", "add",
		route_session),
	POST("/register/passkey", info_passkey, page_wizard_pending, "/register", "add",
		route_session),
	GET_PAGE("/register/passkey", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/later", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/looks-good", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/start", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/send", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/vouch", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/resend", serve_to_wizard, page_none, 0),
	GET_PAGE("/register/confirm", serve_to_wizard, page_none, 0),
	GET_PAGE("/mfasetup", serve_page, page_mfa_setup, route_session | route_next),
	GET_PAGE("/ssprsetup", serve_page, page_reset_setup, route_session | route_next),

	GET_PAGE("/change", serve_page, page_change, route_session | route_next),
	POST("/change", change_password, page_change, "/security-info", "change", route_session),

	GET_PAGE("/ideas", serve_page, page_ideas, route_session | route_next),
	GET_PAGE("/ideas/new", serve_page, page_idea_new, route_session | route_next),
	GET_PAGE("/ideas/vote", serve_home, page_none, 0),
	POST("/ideas/new", idea_add, page_idea_new, "/ideas", "idea", route_session),
	POST("/ideas/vote", idea_vote, page_ideas, "/ideas", NULL, route_session),

	GET_PAGE("/admin/password-reset", serve_admin, page_admin,
		route_session | route_next | route_hidden),
	GET_PAGE("/admin/password-reset/setting", serve_admin, page_admin_setting,
		route_session | route_with_id | route_next | route_hidden),
	GET_PAGE("/admin/password-reset/change", serve_admin, page_admin,
		route_session | route_hidden),
	GET_PAGE("/admin/reports", serve_admin, page_reports,
		route_session | route_next | route_hidden),
	GET_PAGE("/admin/reports/registration", serve_report, page_none,
		route_session | route_hidden),
	GET_PAGE("/admin/reports/methods", serve_report, page_none, route_session | route_hidden),
	GET_PAGE("/admin/reports/usage", serve_report, page_none, route_session | route_hidden),
	HIDDEN_POST(
		"/admin/password-reset/setting", serve_to_weigh, admin_weigh, page_admin_setting),
	HIDDEN_POST("/admin/password-reset/change", serve_signed, admin_change, page_admin),

	POST("/signout", signout, page_signin, "/signed-out", NULL, route_session | route_sign_out),
	POST("/signout/everywhere", signout_everywhere, page_signin, "/signed-out/everywhere", NULL,
		route_session | route_sign_out),
	GET_PAGE("/finish", serve_finish, page_finished, 0),
	GET_PAGE("/signed-out", serve_page, page_signed_out, 0),
	GET_PAGE("/signed-out/everywhere", serve_page, page_signed_out, 0),
	GET_PAGE("/signed-out/application", serve_page, page_signed_out, 0),

	GET_PAGE("/auth/start", serve_to_site, page_site, route_session | route_next),
	GET_PAGE("/auth/verify", serve_verify, page_none, route_site),
	GET_PAGE("/auth/forward", serve_forward, page_none, route_site),
	GET_PAGE("/.rekey/leave", serve_leave_site, page_none, route_site),
	{ "/.rekey/enter", serve_enter, verb_post, page_none, operation_site_enter, route_site,
		NULL, NULL },

	GET_PAGE("/not-me", serve_page, page_not_me, 0),
	GET_PAGE("/not-me/not_me_done", serve_page, page_not_me_done, 0),
	POST("/not-me", notice_deny, page_not_me, "/not-me/not_me_done", NULL, 0),
	GET_PAGE("/help", serve_page, page_help, 0),
	GET_PAGE("/inbox", serve_inbox, page_inbox, 0),
	{ "/language", serve_language, verb_post, page_none, operation_recover_show, 0, NULL,
		NULL },

	GET_PAGE("/oidc/authorize", serve_authorize, page_application, 0),
	PROGRAM("/oidc/authorize", serve_authorize, page_application),
	GET_PAGE("/oidc/resume", serve_resume, page_application, route_next),
	GET_PAGE("/oidc/return", serve_return, page_application, 0),
	GET_PAGE("/oidc/logout", serve_logout, page_application, 0),
	PROGRAM("/oidc/logout", serve_logout, page_application),
	GET_PAGE("/oidc/leave", serve_leave, page_leave, 0),
	{ "/oidc/leave", serve_leave_post, verb_post, page_leave, operation_oidc_leave, 0, NULL,
		NULL },
	PROGRAM("/oidc/token", serve_token, page_none),
	GET_PAGE("/oidc/userinfo", serve_userinfo, page_none, 0),
	PROGRAM("/oidc/userinfo", serve_userinfo, page_none),
	GET_PAGE("/oidc/jwks", serve_jwks, page_none, 0),
	GET_PAGE("/.well-known/openid-configuration", serve_discovery, page_none, 0),
	GET_PAGE("/.well-known/oauth-authorization-server", serve_discovery, page_none, 0),

	GET_PAGE("/brand.css", serve_brand_css, page_none, 0),
	GET_PAGE("/logo", serve_logo, page_none, 0),
	GET_PAGE("/.well-known/change-password", serve_to_change, page_none, 0),
	/* W3C "detecting the reliability of HTTP status codes": a password manager asks for this
	   first. */
	GET_PAGE("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
		serve_no_such, page_none, 0),
	GET_PAGE("/.well-known/passkey-endpoints", serve_passkey_endpoints, page_none, 0),
	GET_PAGE("/.well-known/security.txt", serve_security_txt, page_none, 0),
	GET_PAGE("/healthz", serve_health, page_none, route_bare),
	GET_PAGE("/readyz", serve_ready, page_none, route_bare),
};
#undef GET_PAGE
#undef POST
#undef HIDDEN_POST
#undef PROGRAM

static const struct route files = { "/static/", serve_file, verb_get, page_none, operation_count, 0,
	NULL, NULL };

const struct route *route_find(struct str path, enum verb verb, bool *known)
{
	verb = verb == verb_head ? verb_get : verb;
	*known = str_starts(path, str_of(files.path));
	if (*known && verb == verb_get)
		return &files;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!str_is(path, routes[i].path))
			continue;
		*known |= !(routes[i].flags & route_hidden);
		if (routes[i].verb == verb)
			return &routes[i];
	}
	return NULL;
}

const char *route_allows(struct str path)
{
	bool known, reads = route_find(path, verb_get, &known),
		    writes = route_find(path, verb_post, &known);

	if (reads == writes)
		return "GET, HEAD, POST";
	return reads ? "GET, HEAD" : "POST";
}

/* "id=…" or "kind=…", or nothing. */
static bool query_is_plain(struct str query)
{
	if (str_starts(query, STR("id=")))
		return id_good(str_from(query, 3));
	if (str_starts(query, STR("kind=")))
		return choice_has("mail|totp|recovery_code|passkey", str_from(query, 5));
	return query.length == 0;
}

bool route_is_own(struct str address, bool next_only)
{
	struct str path = address, query = STR_NONE;
	const struct route *route;
	bool known;

	if (str_cut(address, '?', &path, &query) && query.length == 0)
		return false;
	route = path.length ? route_find(path, verb_get, &known) : NULL;
	return route && route->page != page_none && query_is_plain(query) &&
	       (!next_only || (route->flags & route_next));
}
