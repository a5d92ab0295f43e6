/* Pages: what a GET needs, asks, and shows. */
#include "web/visit.h"

enum { location_limit = 400 };

void redirect(struct visit *v, struct str location)
{
	v->out.status = 303;
	v->out.location = arena_copy(v->c.arena, location);
}

void add_in_query(struct buf *out, struct str value)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (size_t i = 0; i < value.length; i++)
		if (value.at[i] && strchr(plain, value.at[i]))
			buf_char(out, value.at[i]);
		else
			buf_print(out, "%%%02X", (unsigned)(uint8_t)value.at[i]);
}

static void redirect_with_next(struct visit *v, struct str path)
{
	struct buf location = buf_in(v->c.arena, location_limit);
	struct str next = here(v);

	buf_add(&location, path);
	if (route_is_own(next, true)) {
		buf_add(&location, STR("?next="));
		add_in_query(&location, next);
	}
	redirect(v, location.full ? path : buf_str(&location));
}

void prove_first(struct visit *v)
{
	redirect_with_next(v, STR("/security-info/prove"));
}

/* ---- what every answer may be ---- */

static void keep_tokens(struct visit *v)
{
	struct answer *a = &v->ask.answer;

	if (a->end_session)
		set_cookie(v, cookie_session, STR_NONE);
	if (a->end_flow)
		set_cookie(v, cookie_flow, STR_NONE);
	if (a->session)
		set_token(v, cookie_session, a->session);
	if (a->flow)
		set_token(v, cookie_flow, a->flow);
	if (a->device)
		set_token(v, cookie_device, a->device);
	secret_drop(&a->session);
	secret_drop(&a->flow);
	secret_drop(&a->device);
	a->end_session = a->end_flow = false;
}

static void show_broken(struct visit *v)
{
	/* A copy ends with a NUL. */
	struct str support = arena_copy(v->c.arena, v->ask.answer.support);
	const struct fault *fault = &v->c.fault;

	v->problem = (struct problem){ .reply = reply_fault, .support = support };
	if (v->ask.e == -(err)fault_wire) {
		v->problem = (struct problem){ .reply = reply_busy, .wait_seconds = busy_seconds };
		show(v, page_problem, 503);
		return;
	}
	if (v->ask.e)
		log_line(log_error, support.length ? support.at : NULL, "%s: %s",
			fault_name(fault->kind), fault->words);
	show(v, page_problem, 500);
}

/* Replies that mean the same whatever was asked. */
static bool settle_reply(struct visit *v)
{
	switch (v->ask.reply) {
	case reply_sign_in_first:
		if (v->cookies.value[cookie_session].length)
			set_cookie(v, cookie_session, STR_NONE);
		redirect_with_next(v, STR("/signin"));
		return true;
	case reply_prove_first:
		prove_first(v);
		return true;
	case reply_busy:
	case reply_too_fast:
	case reply_not_found:
	case reply_not_allowed:
	case reply_malformed:
		say_problem(v);
		show(v, page_problem, reply_status((enum reply)v->ask.reply));
		return true;
	case reply_fault:
		show_broken(v);
		return true;
	default:
		return false;
	}
}

/* It is not there, for whoever is no administrator; and who is not signed in is none. */
static bool hides(const struct visit *v)
{
	int reply = v->ask.e ? (int)reply_done : v->ask.reply;

	return (v->route->flags & route_hidden) &&
	       (reply == (int)reply_sign_in_first || reply == (int)reply_not_found ||
		       reply == (int)reply_not_allowed);
}

bool settle(struct visit *v)
{
	if (hides(v)) {
		refuse_visit(v, 404, "http_nothing");
		return true;
	}
	if (v->ask.e) {
		show_broken(v);
		return true;
	}
	keep_tokens(v);
	return settle_reply(v);
}

/* ---- pages ---- */

void ask_for_page(struct visit *v, step *then)
{
	enum operation_id id = page_asks(v->route->page);

	v->ideas = (struct op_idea_list){ .after = v->verb == verb_post ? STR_NONE : v->id };
	v->pending = (struct op_info_pending){ .id = v->id };
	/* The others of these operations have no field, and do not look. */
	visit_ask(v, id, id == operation_idea_list ? (const void *)&v->ideas : &v->pending, then);
}

/* A link from elsewhere (a web mailer) comes without the session, whose cookie is SameSite=Strict.
 * Going on from a page of our own brings it. */
static bool comes_from_elsewhere(struct visit *v)
{
	return (v->route->flags & route_session) && !v->cookies.value[cookie_session].length &&
	       str_is(head_value(&v->head, "sec-fetch-site"), "cross-site");
}

void go_onward(struct visit *v, struct str to)
{
	struct buf refresh = buf_in(v->c.arena, to.length + 20),
		   body = buf_in(v->c.arena, to.length * 6 + 240);

	buf_add(&refresh, STR("0; url="));
	buf_add(&refresh, to);
	buf_char(&refresh, 0);
	buf_print(&body,
		"<!DOCTYPE html><html lang=\"%.*s\"><meta charset=\"utf-8\"><title>rekey</title>"
		"<meta name=\"viewport\" content=\"width=device-width\"><h1>rekey</h1><p><a "
		"href=\"",
		STR_ARG(v->language));
	for (size_t i = 0; i < to.length; i++)
		if (to.at[i] == '&' || to.at[i] == '"' || to.at[i] == '<')
			buf_print(&body, "&#%d;", to.at[i]);
		else
			buf_char(&body, to.at[i]);
	buf_add(&body, STR("\">rekey</a>\n"));
	must_be(!refresh.full && !body.full);
	v->out.status = 200;
	v->out.type = "text/html; charset=utf-8";
	v->out.refresh = refresh.at;
	v->out.body = buf_str(&body);
}

void serve_onward(struct visit *v)
{
	go_onward(v, here(v));
}

/* It was deleted on another page, or never was: there is nothing to ask about. */
static bool method_gone(const struct visit *v)
{
	return (v->route->flags & route_with_id) &&
	       page_asks(v->route->page) == operation_info_show && !method_row(v, v->id);
}

static void show_asked(struct visit *v)
{
	const struct rec_info *info;

	if (settle(v))
		return;
	if (page_asks(v->route->page) == operation_interrupt_show) {
		wizard_asked(v);
		return;
	}
	info = page_asks(v->route->page) == operation_info_show ? v->ask.answer.record : NULL;
	if (info && (v->route->flags & route_fresh) && !info->fresh)
		prove_first(v);
	else if (info && info->late == 2 && str_is(v->head.path, "/security-info/add") &&
		 !v->kind.length)
		redirect(v, STR("/security-info/vouch"));
	else if (method_gone(v))
		redirect(v, STR("/security-info"));
	else
		show(v, v->route->page, 200);
}

static void ask_page(struct visit *v)
{
	if (page_asks(v->route->page) == operation_count)
		show(v, v->route->page, 200);
	else
		ask_for_page(v, show_asked);
}

/* ?next= on the sign-in page is kept in a cookie, since it must outlive the pages between. */
static void keep_next(struct visit *v)
{
	if (v->next.length && str_starts(v->head.path, STR("/signin")))
		set_cookie(v, cookie_next, v->next);
}

bool sign_in_first(struct visit *v)
{
	if (comes_from_elsewhere(v))
		serve_onward(v);
	else if ((v->route->flags & route_session) && !v->cookies.value[cookie_session].length)
		redirect_with_next(v, STR("/signin"));
	return v->out.status != 0;
}

void serve_page(struct visit *v)
{
	if (sign_in_first(v)) {
		return;
	} else if ((v->route->flags & route_with_id) && !v->id.length) {
		redirect(v, STR("/security-info"));
	} else {
		keep_next(v);
		brand_then(v, ask_page);
	}
}

void serve_home(struct visit *v)
{
	redirect(v,
		v->cookies.value[cookie_session].length ? STR("/security-info") : STR("/signin"));
}

/* ---- pages of a flow: the one shown is always that of the flow's state ---- */

static struct str last_word(struct str path)
{
	size_t at = path.length;

	while (at > 0 && path.at[at - 1] != '/')
		at--;
	return str_from(path, at);
}

static bool of_signin(const struct visit *v)
{
	return str_starts(v->head.path, STR("/signin"));
}

struct str place_after_signin(struct visit *v)
{
	struct str next = v->cookies.value[cookie_next];

	if (next.length)
		set_cookie(v, cookie_next, STR_NONE);
	return route_is_own(next, true) ? next : STR("/security-info");
}

void note_lost(struct visit *v)
{
	const struct rec_flow_page *page = v->ask.answer.record;

	if (page && operation_list[v->ask.id].record == &shape_rec_flow_page && page->lost.length &&
		!v->cookies.value[cookie_next].length)
		set_cookie(v, cookie_did, STR("lost"));
}

void go_to_flow(struct visit *v, struct str word)
{
	struct buf path = buf_in(v->c.arena, location_limit);

	if (str_is(word, "signed_in")) {
		note_lost(v);
		redirect(v, place_after_signin(v));
		return;
	}
	if (str_is(word, "owes")) {
		redirect(v, STR("/register"));
		return;
	}
	buf_add(&path, of_signin(v) ? STR("/signin") : STR("/recover"));
	if (!str_is(word, "begin") && !str_is(word, "done")) {
		buf_char(&path, '/');
		buf_add(&path, word);
	}
	redirect(v, buf_str(&path));
}

/* Pages that are not states: other ways to prove it, and where the link of a mail leads. */
static bool is_aside(struct str word, struct str state)
{
	return (str_is(word, "ways") || str_is(word, "link")) &&
	       (str_is(state, "check_messages") || str_is(state, "next_proof"));
}

/* These can be looked at when their flow is gone: its end also ends the cookie. */
static bool is_loose(struct str word)
{
	return str_is(word, "shut") || str_is(word, "link");
}

static void show_flow(struct visit *v)
{
	struct str word = last_word(v->head.path), state;
	const struct rec_flow_page *page;

	if (settle(v))
		return;
	page = v->ask.answer.record;
	state = page && page->reply.length ? page->reply
					   : str_of(reply_name((enum reply)v->ask.reply));
	if (str_same(word, state) || is_aside(word, state) ||
		(str_is(state, "begin") && is_loose(word)))
		show(v, v->route->page, 200);
	else
		go_to_flow(v, state);
}

static void ask_flow(struct visit *v)
{
	ask_for_page(v, show_flow);
}

/* By a link, or because nobody touched the page: what the browser began here is over. On a machine
 * of one's own the keeper ends nothing, and there is nothing to show. */
static void show_finished(struct visit *v)
{
	bool kiosk = v->ask.answer.kiosk;

	if (settle(v))
		return;
	if (!kiosk) {
		redirect(v, STR("/"));
		return;
	}
	v->out.clear_site = true;
	show(v, page_finished, 200);
}

static void ask_finish(struct visit *v)
{
	ask_for_page(v, show_finished);
}

void serve_finish(struct visit *v)
{
	brand_then(v, ask_finish);
}

void serve_flow(struct visit *v)
{
	brand_then(v, ask_flow);
}
