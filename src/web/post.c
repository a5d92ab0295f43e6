/* Forms: judged, asked of the keeper, and answered by a page to go to,
 * or the page again with why. */
#include "web/visit.h"

#include "view/view.h"

/* ---- why ---- */

/* What is said of a refusal that came without words of its own. */
static const struct plain_words {
	enum reply reply;
	const char *words, *field;
} plain_words[] = {
	{ reply_again, "code_wrong", "code" },
	{ reply_wrong, "wrong", "" },
	{ reply_rules, "password_common", "password" },
	{ reply_last_one, "last_one", "" },
	{ reply_too_many, "too_many", "" },
	{ reply_already, "already", "" },
	{ reply_lost_race, "lost_race", "" },
};

void say_problem(struct visit *v)
{
	const struct answer *a = &v->ask.answer;
	struct problem *p = &v->problem;

	*p = (struct problem){ v->ask.reply, a->field, a->words, a->support, a->number,
		a->wait_seconds };
	for (size_t i = 0; i < sizeof(plain_words) / sizeof(plain_words[0]); i++) {
		if ((int)plain_words[i].reply != p->reply)
			continue;
		if (!p->words.length)
			p->words = str_of(plain_words[i].words);
		if (!p->field.length)
			p->field = str_of(plain_words[i].field);
	}
	/* "0 tries left" is not known, only not told. */
	if (str_is(p->words, "code_wrong") && p->number == 0)
		p->words = STR("code_refused");
	if (p->reply == (int)reply_wrong && v->route->page == page_signin_pass)
		p->words = STR("pass_wrong");
	if (p->reply == (int)reply_wrong && v->route->ask == operation_signin_alone)
		p->words = STR("passkey_unknown");
}

/* The sentences of fields that have one for it; the others say how much fits. */
static void say_long(struct visit *v, const struct form_wrong *wrong)
{
	static const struct {
		const char *field, *words;
		int64_t number;
	} own[] = {
		{ "password", "password_long", 256 },
		{ "old", "password_long", 256 },
		{ "code", "code_malformed", 0 },
		{ "pass", "pass_wrong", 0 },
		{ "label", "label_malformed", 0 },
	};

	v->problem = (struct problem){ .reply = reply_refused,
		.field = str_of(wrong->field),
		.words = STR("too_long"),
		.number = wrong->limit };
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(wrong->field, own[i].field) != 0)
			continue;
		v->problem.words = str_of(own[i].words);
		v->problem.number = own[i].number;
	}
}

/* "name_required" where there is such a sentence. */
static void say_missing(struct visit *v, const char *field)
{
	struct buf words = buf_in(v->c.arena, 60);

	buf_print(&words, "%s_required", field);
	v->problem = (struct problem){ .reply = reply_refused,
		.field = str_of(field),
		.words = view_has_words(buf_str(&words)) ? buf_str(&words) : STR("required") };
}

/* ---- the page again ---- */

/* What the page is made of may have come with the refusal. */
static bool has_record(const struct visit *v)
{
	enum operation_id needs = page_asks(v->route->page);

	return needs == operation_count ||
	       (v->ask.answer.record &&
		       operation_list[v->ask.id].record == operation_list[needs].record);
}

static void show_again(struct visit *v)
{
	if (settle(v))
		return;
	if (!v->ask.answer.record && is_flow(v->route->page))
		go_to_flow(v, STR("begin"));
	else
		show(v, v->route->page,
			v->problem.reply ? reply_status((enum reply)v->problem.reply) : 422);
}

void ask_again(struct visit *v)
{
	if (has_record(v) && v->route->page == page_wizard_pending)
		wizard_refused(v);
	else if (has_record(v))
		show(v, v->route->page, reply_status((enum reply)v->problem.reply));
	else
		ask_for_page(v, show_again);
}

/* ---- the answer ---- */

/* A flow that is shut is gone, and with it why: time, or too many wrong codes. */
static bool shut_by_tries(const struct visit *v)
{
	const struct rec_flow_page *page = v->ask.answer.record;

	return v->ask.reply == (int)reply_shut && is_flow(v->route->page) && page &&
	       page->tries_left == 0 && page->expires > v->c.now;
}

static void note_did(struct visit *v)
{
	if (shut_by_tries(v))
		set_cookie(v, cookie_did, STR("tries"));
	else if (v->route->did)
		set_cookie(v, cookie_did, str_of(v->route->did));
}

/* After: where the form says, or where a proof was asked for, or what was just begun. */
static void go_after(struct visit *v)
{
	const struct rec_method_new *made = v->ask.id == operation_info_add ||
							    v->ask.id == operation_info_resend ||
							    v->ask.id == operation_info_replace
						    ? v->ask.answer.record
						    : NULL;
	struct str next = v->pairs[pair_next].value;
	struct buf location = buf_in(v->c.arena, 200);

	note_did(v);
	/* Codes are shown this once; nobody keeps them to show them on a page of their own. */
	if (made && made->codes) {
		show(v, v->route->page == page_wizard_add ? page_wizard_pending : page_info_pending,
			200);
		return;
	}
	buf_add(&location, str_of(v->route->after));
	if (made) {
		buf_add(&location, STR("?id="));
		buf_add(&location, made->id);
	}
	redirect(v, route_is_own(next, true) ? next : buf_str(&location));
}

static void sign_out(struct visit *v)
{
	v->out.clear_site = true;
	if (v->cookies.value[cookie_session].length)
		set_cookie(v, cookie_session, STR_NONE);
	if (v->cookies.value[cookie_next].length)
		set_cookie(v, cookie_next, STR_NONE);
	redirect(v, str_of(v->route->after));
}

/* Shown this once, by the answer itself, as all recovery codes are. */
static bool shows_new_code(const struct visit *v)
{
	return new_code(v) && (v->ask.reply == (int)reply_signed_in ||
				      v->ask.reply == (int)reply_owes || v->route->after);
}

static void take_answer(struct visit *v)
{
	int reply = v->ask.reply;

	if ((v->route->flags & route_sign_out) && !v->ask.e &&
		(reply == (int)reply_done || reply == (int)reply_sign_in_first)) {
		sign_out(v);
	} else if (settle(v)) {
		return;
	} else if (reply_status((enum reply)reply) >= 400) {
		say_problem(v);
		ask_again(v);
	} else if (reply == (int)reply_work) {
		show(v, page_work, 200);
	} else if (shows_new_code(v)) {
		note_lost(v);
		show(v, page_new_code, 200);
	} else if (v->route->after) {
		go_after(v);
	} else {
		note_did(v);
		go_to_flow(v, str_of(reply_name((enum reply)reply)));
	}
}

/* ---- the form ---- */

static void refuse_form(struct visit *v, err e, const struct form_wrong *wrong)
{
	if (e == reply_malformed && wrong->by_person) {
		if (wrong->limit)
			say_long(v, wrong);
		else
			say_missing(v, wrong->field);
		ask_again(v);
	} else if (e == reply_malformed) {
		refuse_visit(v, 400, wrong->words);
	} else {
		v->problem = (struct problem){ .reply = reply_busy, .wait_seconds = busy_seconds };
		show(v, page_problem, 503);
	}
}

/* The fields of the operation and the pairs. False: refused, and answered or asked already. */
bool take_form(struct visit *v)
{
	static const struct pair allowed[pair_count] = {
		[pair_csrf] = { "csrf", token_text, STR_NONE },
		[pair_next] = { "next", 100, STR_NONE },
		[pair_path] = { "path", 100, STR_NONE },
		[pair_language] = { "language", 8, STR_NONE },
		[pair_username] = { "username", 320, STR_NONE },
		[pair_attestation] = { "attestation", body_limit, STR_NONE },
	};
	enum operation_id id = v->route->ask;
	struct form_wrong wrong = { 0 };
	bool session_needed = operation_list[id].door == door_session;
	err e;

	memcpy(v->pairs, allowed, sizeof(allowed));
	v->in = arena_take(v->c.arena, operation_list[id].asks->size);
	must_be(v->in);
	e = form_fill(&v->c, v->body, v->body_length, id, v->in, v->pairs, pair_count, &wrong);
	if (e && !(e == reply_malformed && wrong.by_person)) {
		refuse_form(v, e, &wrong);
		return false;
	}
	if (!token_good(v->pairs[pair_csrf].value, v->cookies.value[cookie_browser],
		    v->cookies.value[cookie_session], session_needed)) {
		refuse_visit(v, 403, "cookies");
		return false;
	}
	if (typed(v, "id").length)
		v->id = typed(v, "id");
	if (e)
		refuse_form(v, e, &wrong);
	return !e;
}

static void ask_operation(struct visit *v)
{
	if (!take_form(v))
		return;
	if (v->route->ask == operation_info_passkey && !passkey_flatten(v))
		refuse_visit(v, 400, "form_encoding");
	else
		visit_ask(v, v->route->ask, v->in, take_answer);
}

void serve_post(struct visit *v)
{
	brand_then(v, ask_operation);
}

static void choose_language(struct visit *v)
{
	struct str path, language;

	if (!take_form(v))
		return;
	path = v->pairs[pair_path].value;
	language = language_of_tag(v->pairs[pair_language].value);
	if (language.length)
		set_cookie(v, cookie_language, language);
	redirect(v, route_is_own(path, false) ? path : STR("/"));
}

void serve_language(struct visit *v)
{
	brand_then(v, choose_language);
}
