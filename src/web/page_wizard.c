/* Pages of what a sign-in still owes: the wizard, and the pages of those who are not in
 * combinedRegistration. */
#include "web/visit.h"

#include "view/view.h"

enum { kinds_most = 8 };

static const struct rec_interrupt *interrupt_of(const struct visit *v)
{
	static const struct rec_interrupt nothing;
	enum operation_id asked = v->ask.id;

	if (v->ask.answer.record && operation_list[asked].record == &shape_rec_interrupt)
		return v->ask.answer.record;
	/* A page that asks twice: this first. */
	return v->first.record ? v->first.record : &nothing;
}

/* What is set up next, unless the person wants another. */
static struct str first_kind(const struct rec_interrupt *owed)
{
	struct str one, more;

	return str_cut(owed->kinds, '|', &one, &more) ? one : owed->kinds;
}

/* What all pages of the wizard have around them. */
static const struct rec_interrupt *frame(const struct visit *v, struct view_base *base)
{
	const struct rec_interrupt *owed = interrupt_of(v);
	struct str one, more;

	base->signed_in = true;
	base->home = STR("/register");
	base->wizard = true;
	base->shown_name = owed->shown_name;
	base->others = str_cut(owed->kinds, '|', &one, &more);
	base->may_skip = owed->may_skip;
	base->skip_days = owed->skip_days;
	base->skip_count = owed->skip_count;
	if (str_is(owed->page, "steps")) {
		base->step = owed->step;
		base->steps = owed->steps;
	}
	return owed;
}

/* ---- the wizard, one step at a time ---- */

static void render_steps(struct view_base *base, struct buf *out, const struct rec_interrupt *owed)
{
	if (!owed->begun) {
		struct view_wizard_start page = { owed->steps - owed->step + 1, owed->second,
			owed->late };

		base->step = 0;
		view_wizard_start(out, base, &page);
	} else if (str_is(first_kind(owed), "mail")) {
		struct view_add_mail page = { .unheard = owed->unheard };

		view_add_mail(out, base, &page);
	} else {
		struct view_wizard_step page = { first_kind(owed), owed->late };

		view_wizard_step(out, base, &page);
	}
}

static void render_confirm(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_method_row *rows = v->ask.answer.items;
	size_t count = v->ask.answer.item_count;
	struct view_wizard_confirm_methods *methods =
		arena_take(v->c.arena, (count + 1) * sizeof(*methods));
	struct view_wizard_confirm page = { methods, methods ? count : 0 };

	for (size_t i = 0; i < page.methods_count; i++)
		methods[i] = (struct view_wizard_confirm_methods){ rows[i].kind, rows[i].label,
			rows[i].created, rows[i].state, rows[i].counts_from };
	view_wizard_confirm(out, base, &page);
}

static void render_desk(struct view_base *base, struct buf *out, const struct rec_interrupt *owed)
{
	struct view_wizard_desk page = { str_is(owed->page, "wait") ? owed->waits : 0 };

	view_wizard_desk(out, base, &page);
}

static void render_vouch(struct view_base *base, struct buf *out, const struct rec_interrupt *owed)
{
	struct view_wizard_vouch page = { owed->sent, owed->tries_left };

	view_wizard_vouch(out, base, &page);
}

/* Not in the wizard, but before something is added by a password alone. */
void render_info_vouch(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_interrupt *owed = frame(v, base);

	base->home = STR("/security-info");
	base->wizard = base->may_skip = false;
	base->step = 0;
	render_vouch(base, out, owed);
}

static void render_better(struct view_base *base, struct buf *out, const struct rec_interrupt *owed)
{
	struct view_wizard_better page = { first_kind(owed), owed->skip_days };

	view_wizard_better(out, base, &page);
}

/* ---- the pages of those who are not in combinedRegistration (MS 5.1) ---- */

static bool there(const struct visit *v, const char *kind)
{
	const struct rec_method_row *rows = v->ask.answer.items;

	for (size_t i = 0; i < v->ask.answer.item_count; i++)
		if (str_is(rows[i].kind, kind) && !str_is(rows[i].state, "disabled"))
			return true;
	return false;
}

static void setup(struct visit *v, struct view_base *base, struct buf *out,
	const struct rec_interrupt *owed, bool signin)
{
	static const char *const all[] = { "passkey", "totp", "recovery_code", "mail" };
	bool owes = str_ends(owed->page, STR("_setup"));
	struct view_setup_ways ways[kinds_most];
	struct str allowed = arena_copy(v->c.arena, owed->allowed);
	struct view_setup page = {
		.signin = signin, .owed = owes, .late = owed->late, .ways = ways
	};

	if (owes)
		page.missing = owed->steps - owed->step + 1;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		bool has = there(v, all[i]);

		if ((signin && str_is(str_of(all[i]), "mail")) ||
			(!has && !choice_has(allowed.at, str_of(all[i]))))
			continue;
		ways[page.ways_count++] = (struct view_setup_ways){ str_of(all[i]), has };
	}
	view_setup(out, base, &page);
}

void render_mfa_setup(struct visit *v, struct view_base *base, struct buf *out)
{
	setup(v, base, out, frame(v, base), true);
}

void render_reset_setup(struct visit *v, struct view_base *base, struct buf *out)
{
	setup(v, base, out, frame(v, base), false);
}

/* ---- whichever it is ---- */

static void render_spare(struct visit *v, struct view_base *base, struct buf *out)
{
	struct view_wizard_spare page = { .phone = there(v, "totp") };

	view_wizard_spare(out, base, &page);
}

void render_wizard(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_interrupt *owed = frame(v, base);

	say_late(v, base);
	if (str_is(owed->page, "steps"))
		render_steps(base, out, owed);
	else if (str_is(owed->page, "vouch"))
		render_vouch(base, out, owed);
	else if (str_is(owed->page, "confirm"))
		render_confirm(v, base, out);
	else if (str_is(owed->page, "spare"))
		render_spare(v, base, out);
	else if (str_is(owed->page, "better"))
		render_better(base, out, owed);
	else if (str_is(owed->page, "mfa_setup") || str_is(owed->page, "reset_setup"))
		setup(v, base, out, owed, str_is(owed->page, "mfa_setup"));
	else
		render_desk(base, out, owed);
}

/* An address, or the choice among what may be set up next. */
void render_wizard_add(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_interrupt *owed = frame(v, base);
	struct view_add_choose_kinds kinds[kinds_most];
	struct view_add_choose choose = { .late = owed->late > 0, .kinds = kinds };
	struct str rest = owed->kinds;

	if (str_is(v->in ? typed(v, "kind") : v->kind, "mail")) {
		struct view_add_mail page = { .address = typed(v, "address"),
			.unheard = owed->unheard };

		view_add_mail(out, base, &page);
		return;
	}
	while (rest.length && choose.kinds_count < kinds_most) {
		struct str one = rest;

		if (!str_cut(rest, '|', &one, &rest))
			rest = STR_NONE;
		kinds[choose.kinds_count++].kind = one;
	}
	view_add_choose(out, base, &choose);
}

void render_wizard_pending(struct visit *v, struct view_base *base, struct buf *out)
{
	(void)frame(v, base);
	render_info_pending(v, base, out);
}

/* ---- serving ---- */

/* The page first asked for outlives the wizard: its cookie is written anew at every step. */
static void keep_next(struct visit *v)
{
	struct str next = v->cookies.value[cookie_next];

	if (next.length)
		set_cookie(v, cookie_next, arena_copy(v->c.arena, next));
}

static bool legacy(const struct visit *v)
{
	return v->route->page == page_mfa_setup || v->route->page == page_reset_setup;
}

void wizard_asked(struct visit *v)
{
	const struct rec_interrupt *owed = v->ask.answer.record;

	must_be(owed);
	if (legacy(v) && owed->combined)
		redirect(v, STR("/security-info"));
	else if (v->route->page == page_info_vouch && owed->late != 2)
		redirect(v, STR("/security-info/add/late"));
	else if (v->route->page == page_info_vouch)
		show(v, v->route->page, 200);
	else if (v->route->page == page_wizard && str_is(owed->page, "none"))
		redirect(v, place_after_signin(v));
	else {
		keep_next(v);
		if (legacy(v))
			set_cookie(v, cookie_next, v->head.path);
		show(v, v->route->page, 200);
	}
}

/* A page that needs what is owed and a method that is being added. */
static void pending_asked(struct visit *v)
{
	if (!settle(v)) {
		keep_next(v);
		show(v, page_wizard_pending, 200);
	}
}

static void ask_pending(struct visit *v)
{
	if (settle(v))
		return;
	v->first = v->ask.answer;
	v->pending = (struct op_info_pending){ .id = v->id };
	visit_ask(v, operation_info_pending, &v->pending, pending_asked);
}

static void ask_both(struct visit *v)
{
	static const struct op_interrupt_show nothing;

	visit_ask(v, operation_interrupt_show, &nothing, ask_pending);
}

/* Shown again with what was refused: the steps around it are asked for. */
static void refused_asked(struct visit *v)
{
	struct answer made = v->first;

	if (settle(v))
		return;
	v->first = v->ask.answer;
	v->ask.answer = made;
	v->ask.id = operation_info_pending;
	show(v, page_wizard_pending, reply_status((enum reply)v->problem.reply));
}

void wizard_refused(struct visit *v)
{
	static const struct op_interrupt_show nothing;

	v->first = v->ask.answer;
	visit_ask(v, operation_interrupt_show, &nothing, refused_asked);
}

void serve_wizard_pending(struct visit *v)
{
	if (!v->cookies.value[cookie_session].length || !v->id.length)
		redirect(v, STR("/register"));
	else
		brand_then(v, ask_both);
}

/* A refusal is shown at the address of its form; whoever loads that anew is led to where the wizard
 * is. */
void serve_to_wizard(struct visit *v)
{
	redirect(v, STR("/register"));
}
