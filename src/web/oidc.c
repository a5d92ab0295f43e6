/* OpenID Connect, as the person's browser meets it: an application sends it here, and it goes back
 * there.
 *
 * The session's cookie does not come along from elsewhere (SameSite=Strict), and a form's way may
 * not lead elsewhere (form-action). So whoever comes from elsewhere, or from a form, first gets a
 * page that goes on by itself: /oidc/authorize, /oidc/resume -> /oidc/return -> the application.
 * What was asked waits in a cookie, sealed by the keeper. */
#include "web/oidc.h"

#include "view/view.h"

enum { location_limit = 6000, signin_limit = 1200 };

/* ---- what came ---- */

static enum MHD_Result add_argument(void *at, enum MHD_ValueKind kind, const char *name,
	size_t name_length, const char *value, size_t value_length)
{
	struct buf *text = at;

	(void)kind;
	if (text->length)
		buf_char(text, '&');
	buf_add(text, (struct str){ name, name_length });
	buf_char(text, '=');
	buf_add(text, (struct str){ value, value_length });
	return MHD_YES;
}

err oidc_fill(struct visit *v, enum operation_id id, void *in, struct pair *pairs, size_t extra,
	struct form_wrong *wrong)
{
	struct buf query;

	if (v->verb == verb_post)
		return form_fill_open(&v->c, v->body, v->body_length, id, in, pairs, extra, wrong);
	query = buf_in(v->c.arena, target_limit + 8);
	(void)MHD_get_connection_values_n(
		v->connection, MHD_GET_ARGUMENT_KIND, add_argument, &query);
	must_be(!query.full);
	return form_fill_open(&v->c, query.at, query.length, id, in, pairs, extra, wrong);
}

/* ---- pages ---- */

static void page_of_application(struct visit *v, const char *words, int status)
{
	v->problem.words = str_of(words);
	show(v, page_application, status);
}

void render_application(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_oidc_answer *asked = v->ask.answer.record;
	struct view_application page = { .why = v->problem.words };

	if (asked && operation_list[v->ask.id].record == &shape_rec_oidc_answer)
		page.name = asked->application;
	base->error = STR_NONE;
	view_application(out, base, &page);
}

void render_leave(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_oidc_farewell *asked = v->ask.answer.record;
	struct view_leave page = { 0 };

	if (asked && operation_list[v->ask.id].record == &shape_rec_oidc_farewell)
		page.name = asked->application;
	view_leave(out, base, &page);
}

/* ---- where it goes ---- */

static void end_request(struct visit *v)
{
	/* What was just done here was said for what comes next, which is elsewhere. */
	if (v->cookies.value[cookie_did].length)
		set_cookie(v, cookie_did, STR_NONE);
	if (v->cookies.value[cookie_request].length)
		set_cookie(v, cookie_request, STR_NONE);
}

/* The one place where a code becomes text. */
static void go_to_application(struct visit *v, const struct rec_oidc_answer *answer)
{
	struct buf to = buf_in(v->c.arena, location_limit);

	end_request(v);
	buf_add(&to, answer->location);
	if (answer->code) {
		buf_add(&to, STR("&code="));
		buf_add(&to, secret_show(answer->code));
	}
	if (to.full)
		page_of_application(v, "application_ended", 400);
	else
		redirect(v, buf_str(&to));
}

static void keep(struct visit *v, const struct rec_oidc_answer *answer)
{
	if (answer && answer->request.length)
		set_cookie(v, cookie_request, arena_copy(v->c.arena, answer->request));
}

static void go_to_signin(struct visit *v, const struct rec_oidc_answer *answer)
{
	struct buf to = buf_in(v->c.arena, signin_limit);

	buf_add(&to, STR("/signin?next=/oidc/resume"));
	if (answer->login_hint.length) {
		buf_add(&to, STR("&username="));
		add_in_query(&to, answer->login_hint);
	}
	redirect(v, to.full ? STR("/signin?next=/oidc/resume") : buf_str(&to));
}

static void take_answer(struct visit *v)
{
	const struct rec_oidc_answer *answer = v->ask.e ? NULL : v->ask.answer.record;
	bool came =
		str_is(v->head.path, "/oidc/authorize") && !v->cookies.value[cookie_session].length;

	if (answer && v->ask.reply == (int)reply_done) {
		go_to_application(v, answer);
	} else if (answer && v->ask.reply == (int)reply_sign_in_first) {
		keep(v, answer);
		if (came)
			go_onward(v, STR("/oidc/return"));
		else
			go_to_signin(v, answer);
	} else if (answer && v->ask.reply == (int)reply_owes) {
		keep(v, answer);
		set_cookie(v, cookie_next, STR("/oidc/resume"));
		redirect(v, STR("/register"));
	} else if (answer && v->ask.reply == (int)reply_prove_first) {
		keep(v, answer);
		redirect(v, STR("/security-info/prove?next=/oidc/resume"));
	} else if (answer && v->ask.reply == (int)reply_refused) {
		keep(v, answer);
		page_of_application(v, arena_copy(v->c.arena, v->ask.answer.words).at, 400);
	} else if (answer && v->ask.reply == (int)reply_begin) {
		end_request(v);
		page_of_application(v, "application_ended", 400);
	} else if (!settle(v)) {
		page_of_application(v, "application_ended", 400);
	}
}

static void ask_authorize(struct visit *v)
{
	struct pair pairs[] = { { "request", target_limit, STR_NONE },
		{ "request_uri", target_limit, STR_NONE },
		{ "registration", target_limit, STR_NONE } };
	struct op_oidc_authorize in = { 0 };
	struct form_wrong wrong = { 0 };

	if (oidc_fill(v, operation_oidc_authorize, &in, pairs, sizeof(pairs) / sizeof(pairs[0]),
		    &wrong)) {
		page_of_application(v, "application_malformed", 400);
		return;
	}
	in.refused = STR_NONE;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].value.length)
			in.refused = str_of(pairs[i].name);
	in.keep = !v->cookies.value[cookie_session].length;
	visit_ask(v, operation_oidc_authorize, &in, take_answer);
}

void serve_authorize(struct visit *v)
{
	brand_then(v, ask_authorize);
}

void serve_resume(struct visit *v)
{
	go_onward(v, STR("/oidc/return"));
}

static void ask_return(struct visit *v)
{
	v->resume = (struct op_oidc_resume){ .request = v->cookies.value[cookie_request] };
	if (v->resume.request.length)
		visit_ask(v, operation_oidc_resume, &v->resume, take_answer);
	else
		page_of_application(v, "application_ended", 400);
}

void serve_return(struct visit *v)
{
	brand_then(v, ask_return);
}

/* ---- signing out ---- */

static void take_logout(struct visit *v)
{
	const struct rec_oidc_farewell *farewell;

	if (settle(v))
		return;
	farewell = v->ask.answer.record;
	if (farewell && farewell->request.length)
		set_cookie(v, cookie_request, arena_copy(v->c.arena, farewell->request));
	go_onward(v, STR("/oidc/leave"));
}

static void ask_logout(struct visit *v)
{
	struct op_oidc_logout in = { 0 };
	struct form_wrong wrong = { 0 };

	if (oidc_fill(v, operation_oidc_logout, &in, NULL, 0, &wrong))
		page_of_application(v, "application_malformed", 400);
	else
		visit_ask(v, operation_oidc_logout, &in, take_logout);
}

void serve_logout(struct visit *v)
{
	brand_then(v, ask_logout);
}

/* Signed out; from a form by way of a page, from elsewhere at once. */
static void go_after_leaving(struct visit *v, bool ended)
{
	const struct rec_oidc_farewell *farewell = v->ask.answer.record;
	struct str to = farewell ? farewell->location : STR_NONE;

	end_request(v);
	if (ended && v->cookies.value[cookie_session].length)
		set_cookie(v, cookie_session, STR_NONE);
	v->out.clear_site = ended;
	if (!to.length)
		redirect(v, STR("/signed-out"));
	else if (v->verb == verb_post)
		go_onward(v, to);
	else
		redirect(v, to);
}

static void take_leave(struct visit *v)
{
	bool ended = !v->ask.e && v->ask.answer.end_session;

	if (settle(v))
		return;
	if (v->ask.reply == (int)reply_sure)
		show(v, page_leave, 200);
	else
		go_after_leaving(v, ended);
}

static void ask_leave(struct visit *v)
{
	v->leave = (struct op_oidc_leave){ .request = v->cookies.value[cookie_request] };
	visit_ask(v, operation_oidc_leave, &v->leave, take_leave);
}

void serve_leave(struct visit *v)
{
	brand_then(v, ask_leave);
}

static void ask_leave_surely(struct visit *v)
{
	if (!take_form(v))
		return;
	v->leave = (struct op_oidc_leave){ .request = v->cookies.value[cookie_request], .sure = 1 };
	visit_ask(v, operation_oidc_leave, &v->leave, take_leave);
}

void serve_leave_post(struct visit *v)
{
	brand_then(v, ask_leave_surely);
}
