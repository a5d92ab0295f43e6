/* Pages: what the layout is given, which page stands for what, and the rendering of one. */
#include "web/visit.h"

#include "view/view.h"

enum { here_limit = 200 };

/* ---- what a form said ---- */

static const void *field_at(const struct visit *v, const char *name, bool secret)
{
	const struct shape *shape = v->in ? operation_list[v->route->ask].asks : NULL;

	for (size_t i = 0; shape && i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (strcmp(f->name, name) == 0 && (f->kind == kind_secret) == secret &&
			f->kind != kind_number && f->kind != kind_time)
			return (const char *)v->in + f->offset;
	}
	return NULL;
}

struct str typed(const struct visit *v, const char *field)
{
	const struct str *at = field_at(v, field, false);

	return at ? *at : STR_NONE;
}

struct secret *typed_secret(const struct visit *v, const char *field)
{
	struct secret *const *at = field_at(v, field, true);

	return at ? *at : NULL;
}

/* ---- the pages ---- */

static void render_help(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct view_help nothing;

	(void)v;
	view_help(out, base, &nothing);
}

static void render_not_me(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct view_not_me empty;

	(void)v;
	view_not_me(out, base, &empty);
}

static void render_not_me_done(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct view_not_me_done nothing;

	(void)v;
	view_not_me_done(out, base, &nothing);
}

static void render_signed_out(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_signed_out page = { .everywhere = str_ends(v->head.path, STR("everywhere")),
		.application = str_ends(v->head.path, STR("application")) };

	view_signed_out(out, base, &page);
}

static void render_finished(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct view_finished nothing;

	(void)v;
	view_finished(out, base, &nothing);
}

static void render_wrong_host(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_wrong_host page = { .address = v->web->site.origin };

	view_wrong_host(out, base, &page);
}

static const char *problem_kind(const struct visit *v)
{
	if (str_is(v->problem.words, "cookies"))
		return "cookies";
	switch (v->problem.reply) {
	case reply_not_found:
		return "not_found";
	case reply_busy:
		return "busy";
	case reply_too_fast:
		return "too_fast";
	case reply_not_allowed:
		return "not_allowed";
	case reply_malformed:
		return v->out.allow ? "method" : "malformed";
	default:
		return "broken";
	}
}

/* Where what was busy can be tried again; nothing where there is no such page. */
static struct str again(struct visit *v)
{
	struct str page = here(v);

	return str_is(page, "/") ? STR_NONE : page;
}

static void render_problem(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_problem page = { .kind = str_of(problem_kind(v)) };

	/* A longer wait stands in Retry-After alone: nobody counts 900 seconds. */
	if (v->problem.wait_seconds <= 2 * 60)
		page.wait = v->problem.wait_seconds;
	if (v->problem.reply == reply_busy || v->problem.reply == reply_too_fast)
		page.again = again(v);
	/* The page itself says what happened; a summary above it says which part of a request was
	 * wrong, where there is a sentence for that. */
	if ((!str_starts(base->error, STR("form_")) && !str_starts(base->error, STR("http_"))) ||
		!view_has_words(base->error))
		base->error = STR_NONE;
	base->error_field = STR_NONE;
	view_problem(out, base, &page);
}

static const struct page_row {
	const char *path;
	enum operation_id asks;
	render *draw;
} pages[page_count] = {
	[page_none] = { NULL, operation_count, render_problem },
	[page_signin] = { "/signin", operation_count, render_signin },
	[page_signin_pass] = { "/signin/pass", operation_count, render_signin_pass },
	[page_signin_flow] = { NULL, operation_signin_show, render_signin_flow },
	[page_recover] = { "/recover", operation_count, render_recover },
	[page_recover_flow] = { NULL, operation_recover_show, render_recover_flow },
	[page_work] = { "/recover", operation_count, render_work },
	[page_info] = { "/security-info", operation_info_show, render_info },
	[page_info_add] = { "/security-info/add", operation_info_show, render_info_add },
	[page_info_pending] = { "/security-info/pending", operation_info_pending,
		render_info_pending },
	[page_info_rename] = { "/security-info/rename", operation_info_show, render_info_rename },
	[page_info_delete] = { "/security-info/delete", operation_info_show, render_info_delete },
	[page_info_replace] = { "/security-info/replace", operation_info_show,
		render_info_replace },
	[page_info_prove] = { "/security-info/prove", operation_info_show, render_info_prove },
	[page_info_vouch] = { "/security-info/vouch", operation_interrupt_show, render_info_vouch },
	[page_wizard] = { "/register", operation_interrupt_show, render_wizard },
	[page_wizard_add] = { "/register/add", operation_interrupt_show, render_wizard_add },
	[page_wizard_pending] = { "/register/pending", operation_info_pending,
		render_wizard_pending },
	[page_mfa_setup] = { "/mfasetup", operation_interrupt_show, render_mfa_setup },
	[page_reset_setup] = { "/ssprsetup", operation_interrupt_show, render_reset_setup },
	[page_new_code] = { NULL, operation_count, render_new_code },
	[page_change] = { "/change", operation_info_show, render_change },
	[page_not_me] = { "/not-me", operation_count, render_not_me },
	[page_not_me_done] = { "/not-me/not_me_done", operation_count, render_not_me_done },
	[page_help] = { "/help", operation_count, render_help },
	[page_signed_out] = { "/signed-out", operation_count, render_signed_out },
	[page_ideas] = { "/ideas", operation_idea_list, render_ideas },
	[page_idea_new] = { "/ideas/new", operation_idea_list, render_idea_new },
	[page_admin] = { "/admin/password-reset", operation_admin_show, render_admin },
	[page_admin_setting] = { "/admin/password-reset/setting", operation_admin_show,
		render_admin_setting },
	[page_admin_change] = { "/admin/password-reset/setting", operation_admin_weigh,
		render_admin_change },
	[page_reports] = { "/admin/reports", operation_admin_show, render_reports },
	[page_finished] = { "/finish", operation_kiosk_finish, render_finished },
	[page_inbox] = { "/inbox", operation_count, render_inbox },
	[page_problem] = { NULL, operation_count, render_problem },
	[page_wrong_host] = { NULL, operation_count, render_wrong_host },
	[page_application] = { "/oidc/resume", operation_count, render_application },
	[page_leave] = { "/oidc/leave", operation_count, render_leave },
	[page_site] = { "/auth/start", operation_count, render_site },
	[page_site_no] = { "/auth/start", operation_count, render_site_no },
};

enum operation_id page_asks(enum page page)
{
	return pages[page].asks;
}

bool is_flow(enum page page)
{
	return page == page_recover_flow || page == page_signin_flow;
}

/* A form of a flow is shown again under its own address, which has no GET: the page of the state
 * has. */
static void add_flow_path(const struct visit *v, struct buf *to)
{
	const struct rec_flow_page *flow = v->ask.answer.record;

	if (v->verb != verb_post || !flow ||
		operation_list[v->ask.id].record != &shape_rec_flow_page) {
		buf_add(to, v->head.path);
		return;
	}
	buf_add(to, v->route->page == page_signin_flow ? STR("/signin/") : STR("/recover/"));
	buf_add(to, flow->reply);
}

struct str here(struct visit *v)
{
	const char *path = v->route ? pages[v->route->page].path : NULL;
	struct buf to = buf_in(v->c.arena, here_limit);

	/* What a POST shows has no address but that of the page it came from. */
	if (path)
		buf_add(&to, str_of(path));
	else if (v->route && is_flow(v->route->page))
		add_flow_path(v, &to);
	else
		buf_add(&to, v->head.path);
	if (v->id.length) {
		buf_add(&to, STR("?id="));
		buf_add(&to, v->id);
	} else if (v->kind.length) {
		buf_add(&to, STR("?kind="));
		buf_add(&to, v->kind);
	}
	return !to.full && route_is_own(buf_str(&to), false) ? buf_str(&to) : STR("/");
}

/* ---- what the layout is given ---- */

static void base_brand(struct visit *v, struct view_base *base)
{
	const struct rec_brand *brand = brand_of(v);

	base->organisation = brand->organisation;
	base->logo = brand->logo.length ? STR("/logo") : STR_NONE;
	base->brand = brand->accent.length ? STR("/brand.css") : STR_NONE;
	base->help_phone = brand->help_phone;
	base->help_mail = brand->help_mail;
	base->help_url = brand->help_url;
	base->help_text = brand->help_text;
	base->mail_sender = brand->mail_sender;
	base->feedback = str_is(brand->feedback, "board") ? STR("/ideas") : brand->feedback;
	base->demo = brand->demo;
}

static void base_token(struct visit *v, struct view_base *base)
{
	char token[token_text];

	if (!v->cookies.value[cookie_browser].length) {
		token_new(token);
		set_cookie(v, cookie_browser,
			arena_copy(v->c.arena, (struct str){ token, token_text }));
	}
	token_form(token, v->cookies.value[cookie_browser], v->cookies.value[cookie_session]);
	base->csrf = arena_copy(v->c.arena, (struct str){ token, token_text });
}

/* "did" is said once. */
static void base_notice(struct visit *v, struct view_base *base)
{
	struct buf words = buf_in(v->c.arena, 40);
	struct str did = v->cookies.value[cookie_did];

	if (!did.length)
		return;
	buf_add(&words, STR("did_"));
	buf_add(&words, did);
	v->did_tries = str_is(did, "tries");
	set_cookie(v, cookie_did, STR_NONE);
	if (view_has_words(buf_str(&words)))
		base->notice = buf_str(&words);
}

static struct view_base base_of(struct visit *v)
{
	struct view_base base = {
		.language = v->language,
		.support = v->problem.support.length ? v->problem.support : v->ask.answer.support,
		.path = here(v),
		.offset = view_offset(v->c.now),
		.error = v->problem.words,
		.error_field = v->problem.field,
		.error_number = v->problem.number,
		.home = STR("/security-info"),
	};

	/* Of the brand's answer it says nothing: that one is kept, for everybody. */
	base.kiosk = v->ask.answer.kiosk && v->ask.id != operation_brand_show && v->route &&
		     v->route->page != page_finished;
	base_brand(v, &base);
	base_token(v, &base);
	base_notice(v, &base);
	return base;
}

/* Rendered where there is room for the longest page, then kept at its length. */
void show(struct visit *v, enum page page, int status)
{
	struct buf out = buf_on(v->web->page, view_page_limit);
	struct view_base base;
	struct str whole;

	v->out.status = status;
	v->out.type = "text/html; charset=utf-8";
	v->out.retry_seconds = status == 503 || status == 429 ? v->problem.wait_seconds : 0;
	base = base_of(v);
	pages[page].draw(v, &base, &out);
	whole = out.full ? STR_NONE : arena_copy(v->c.arena, buf_str(&out));
	bytes_wipe(out.at, out.length);
	if (whole.at) {
		v->out.body = whole;
		return;
	}
	log_line(log_error, NULL, "a page did not fit: %s", v->head.path.at);
	v->out.status = 500;
	v->out.type = "text/plain; charset=utf-8";
	v->out.body = STR("The page is too large.\n");
}

struct str words_for(struct str words, struct str method)
{
	if (str_is(words, "code_wrong") && str_is(method, "totp"))
		return STR("app_code_wrong");
	if (str_is(words, "code_wrong") && str_is(method, "recovery_code"))
		return STR("paper_code_wrong");
	if (str_is(words, "code_malformed") && str_is(method, "totp"))
		return STR("app_code_malformed");
	if (str_is(words, "code_malformed") && str_is(method, "recovery_code"))
		return STR("paper_code_malformed");
	return words;
}

/* ---- what never reached a route ---- */

static enum reply reply_of_status(int status)
{
	if (status == 404)
		return reply_not_found;
	return status == 403 ? reply_not_allowed : reply_malformed;
}

/* From here on nothing tells it from an address where nothing is. */
static void forget_where(struct visit *v)
{
	v->route = NULL;
	v->head.path = STR("/");
	v->id = v->kind = STR_NONE;
	v->ask.answer = (struct answer){ 0 };
}

void refuse_visit(struct visit *v, int status, const char *words)
{
	if (status != 421 && v->route && (v->route->flags & route_hidden)) {
		forget_where(v);
		status = 404;
		words = "http_nothing";
	}
	refusal_note(v->web, status, words);
	v->problem =
		(struct problem){ .reply = (int)reply_of_status(status), .words = str_of(words) };
	v->out.allow = status == 405 ? route_allows(v->head.path) : NULL;
	show(v, status == 421 ? page_wrong_host : page_problem, status);
}
