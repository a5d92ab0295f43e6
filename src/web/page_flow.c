/* Pages of a reset and of a sign-in: the record's reply names the page. */
#include "web/visit.h"

#include "view/view.h"

enum { ways_most = 4 };

/* Words joined by "|", as records write lists of ways. */
static size_t split_ways(struct str all, struct str out[ways_most])
{
	size_t count = 0;
	struct str one, rest = all;

	while (rest.length && count < ways_most) {
		if (!str_cut(rest, '|', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		out[count++] = one;
	}
	return count;
}

/* Of a set joined by "+". */
static bool has_word(struct str set, struct str word)
{
	struct str one, rest = set;

	while (str_cut(rest, '+', &one, &rest))
		if (str_same(one, word))
			return true;
	return rest.length && str_same(rest, word);
}

/* The person said of every way that is left not to have it any more. */
static bool none_left(const struct rec_flow_page *flow)
{
	struct str left[ways_most];
	size_t count = split_ways(flow->ways, left);
	bool none = count > 0;

	for (size_t i = 0; i < count; i++)
		none = none && has_word(flow->lost, left[i]);
	return none;
}

static struct str name_typed(const struct visit *v)
{
	struct str name = typed(v, "name");

	return name.length ? name : v->username;
}

/* Kept only where a new password was refused: the person mends it rather than begins anew. */
static const struct secret *password_typed(const struct visit *v)
{
	return v->problem.reply ? typed_secret(v, "password") : NULL;
}

static void base_flow(
	struct visit *v, struct view_base *base, const struct rec_flow_page *page, bool recover)
{
	bool open = !str_is(page->reply, "shut") && !str_is(page->reply, "contact_desk") &&
		    !str_is(page->reply, "password_done");

	base->error = words_for(base->error, page->method);
	base->shown_name = page->shown_name;
	base->step = open ? page->step : 0;
	base->steps = page->steps;
	base->reissued = page->reissued;
	if (!open)
		return;
	base->leave = recover ? STR("/recover/leave") : STR("/signin/leave");
	base->expires = page->expires > v->c.now ? page->expires - v->c.now : 0;
	if (recover && page->can_extend)
		base->extend = STR("/recover/extend");
}

/* ---- the beginnings ---- */

void render_recover(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_recover page = { .name = name_typed(v) };

	view_recover(out, base, &page);
}

void render_work(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_flow_page *asked = v->ask.answer.record;
	struct view_work page = { .name = name_typed(v), .wait = v->ask.answer.wait_seconds };

	if (asked)
		page.work = asked->work;
	view_work(out, base, &page);
}

/* Either field may be wrong, which nobody is told: the summary leads to the first of them. */
static void lead_to_name(struct view_base *base)
{
	if (str_is(base->error, "wrong") || str_is(base->error, "pass_wrong"))
		base->error_field = STR("name");
}

void render_signin(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_signin page = { .name = name_typed(v) };

	lead_to_name(base);
	view_signin(out, base, &page);
}

void render_signin_pass(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_signin_pass page = { .name = name_typed(v) };

	lead_to_name(base);
	view_signin_pass(out, base, &page);
}

/* ---- ends, the same for both ---- */

static void render_end(
	struct visit *v, struct view_base *base, struct buf *out, const struct rec_flow_page *flow)
{
	if (flow && str_is(flow->reply, "contact_desk")) {
		struct view_contact_desk page = { .reason = flow->reason };

		view_contact_desk(out, base, &page);
	} else if (flow && str_is(flow->reply, "password_done")) {
		struct view_password_done page = { .grace = flow->grace_until };

		view_password_done(out, base, &page);
	} else {
		struct view_shut page = { .reason = v->did_tries ? STR("shut_tries") : STR_NONE,
			.signing_in = str_starts(v->head.path, STR("/signin")) };

		view_shut(out, base, &page);
	}
}

/* ---- a reset ---- */

static void render_ways(struct view_base *base, struct buf *out, const struct rec_flow_page *flow)
{
	struct view_ways_ways ways[ways_most];
	struct view_ways page = { ways, 0 };
	struct str offered[ways_most], left[ways_most];
	size_t count = split_ways(flow->offered, offered),
	       left_count = split_ways(flow->ways, left);

	for (size_t i = 0; i < count; i++) {
		struct view_ways_ways *way = &ways[page.ways_count++];

		*way = (struct view_ways_ways){ .method = offered[i], .used = true };
		way->lost = has_word(flow->lost, way->method);
		for (size_t k = 0; k < left_count; k++)
			way->used = way->used && !str_same(way->method, left[k]);
	}
	view_ways(out, base, &page);
}

static void render_link(struct view_base *base, struct buf *out, const struct rec_flow_page *flow)
{
	struct view_mail_link page = { .here = flow && str_is(flow->reply, "check_messages") };

	/* Two codes on one page would be one too many: the next page shows this one again. */
	base->reissued = NULL;
	view_mail_link(out, base, &page);
}

static int64_t password_min(struct visit *v)
{
	const struct rec_flow_page *flow = v->ask.answer.record;

	return flow && flow->password_min ? flow->password_min : brand_of(v)->password_min;
}

static void render_choose(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_flow_page *flow = v->ask.answer.record;
	struct view_choose page = { .password = password_typed(v),
		.min = password_min(v),
		.grace = flow ? flow->grace_until : 0 };

	view_choose(out, base, &page);
}

void render_recover_flow(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_flow_page *flow = v->ask.answer.record;

	if (flow)
		base_flow(v, base, flow, true);
	if (str_ends(v->head.path, STR("/link"))) {
		render_link(base, out, flow);
	} else if (!flow) {
		render_end(v, base, out, NULL);
	} else if (str_ends(v->head.path, STR("/ways"))) {
		render_ways(base, out, flow);
	} else if (str_is(flow->reply, "check_messages")) {
		struct view_check_messages page = { flow->method, flow->tries_left, flow->options,
			none_left(flow) };

		view_check_messages(out, base, &page);
	} else if (str_is(flow->reply, "next_proof")) {
		struct view_next_proof page = { flow->method, flow->tries_left, flow->options,
			none_left(flow) };

		view_next_proof(out, base, &page);
	} else if (str_is(flow->reply, "choose")) {
		render_choose(v, base, out);
	} else {
		render_end(v, base, out, flow);
	}
}

/* ---- a sign-in ---- */

static void render_prove(struct view_base *base, struct buf *out, const struct rec_flow_page *flow)
{
	struct view_signin_prove_ways others[ways_most];
	struct view_signin_prove page = { .method = flow->method,
		.tries_left = flow->tries_left,
		.options = flow->options,
		.none_left = none_left(flow),
		.ways = others };
	struct str ways[ways_most];
	size_t count = split_ways(flow->ways, ways);

	for (size_t i = 0; i < count; i++)
		if (!str_same(ways[i], flow->method))
			others[page.ways_count++].other = ways[i];
	view_signin_prove(out, base, &page);
}

void render_signin_flow(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_flow_page *flow = v->ask.answer.record;

	if (flow)
		base_flow(v, base, flow, false);
	if (flow && str_is(flow->reply, "prove")) {
		render_prove(base, out, flow);
	} else if (flow && str_is(flow->reply, "must_change")) {
		struct view_must_change page = { .password = password_typed(v),
			.min = password_min(v) };

		view_must_change(out, base, &page);
	} else {
		render_end(v, base, out, flow);
	}
}
