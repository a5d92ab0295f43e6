/* The administrator's page: what is set, what a change would do, and the change. For whoever is no
 * administrator it answers as an address does where nothing is. */
#include "web/visit.h"

#include "view/view.h"

enum { word_limit = 60, settings_most = 64 };

/* Where each setting stands; what is in no part comes last. */
static const struct part {
	const char *name, *ids;
} parts[] = {
	{ "properties",
		"profile|enablement_type|enabled_groups|excluded_groups|proofs_to_reset|grace_days|"
		"password_min|reset_networks" },
	{ "methods",
		"passkeys_on|passkeys_include|passkeys_exclude|attestation_on|app_on|app_include|"
		"app_exclude|codes_on|codes_include|codes_exclude|mail_on|mail_include|mail_"
		"exclude" },
	{ "registration", "registration_required|methods_to_register|reconfirm_days|skip_allowed|"
			  "skip_days|skip_count|mfa_required|combined|combined_groups|campaign|"
			  "snooze_days|campaign_enforced" },
	{ "notifications", "notify_users|notify_admins" },
	{ "help", "helpdesk_on|helpdesk" },
	{ "administrators", "administrators|admins_may|admin_networks|kiosk_networks" },
};

static struct str joined(struct visit *v, const char *first, struct str middle, const char *last)
{
	struct buf b = buf_in(v->c.arena, word_limit);

	buf_add(&b, str_of(first));
	buf_add(&b, middle);
	buf_add(&b, str_of(last));
	return b.full ? STR_NONE : buf_str(&b);
}

static struct str label_of(struct visit *v, struct str id)
{
	return joined(v, "set_", id, "");
}

static struct str meaning_of(struct visit *v, struct str id)
{
	return joined(v, "set_", id, "_words");
}

/* The sentence that says this value; STR_NONE: it says itself. */
static struct str said(struct visit *v, struct str kind, struct str value)
{
	if (str_is(kind, "who"))
		return joined(v, "value_who_", value, "");
	if (str_is(kind, "choice"))
		return joined(v, "value_profile_", value, "");
	if (str_is(kind, "flag"))
		return joined(v, "value_", value, "");
	return str_is(value, "none") ? STR("value_none") : STR_NONE;
}

static const struct rec_admin_setting *row_of(const struct visit *v, struct str id)
{
	const struct rec_admin_setting *rows = v->ask.answer.items;

	for (size_t i = 0; i < v->ask.answer.item_count; i++)
		if (str_same(rows[i].id, id))
			return &rows[i];
	return NULL;
}

/* ---- all settings ---- */

struct shown {
	struct view_admin_settings *at;
	size_t count;
	struct str part; /* said above the first of its settings */
};

static void add_setting(struct visit *v, const struct rec_admin_setting *row, struct shown *to)
{
	if (!row || to->count == settings_most)
		return;
	to->at[to->count++] = (struct view_admin_settings){ .id = row->id,
		.part = to->part,
		.label = label_of(v, row->id),
		.meaning = meaning_of(v, row->id),
		.value = row->value,
		.said = said(v, row->kind, row->value),
		.for_groups = row->others,
		.by_page = row->by_page != 0 };
	to->part = STR_NONE;
}

static void add_part(struct visit *v, const struct part *part, struct shown *to)
{
	struct str rest = str_of(part->ids), id;
	bool more = true;

	to->part = joined(v, "part_", str_of(part->name), "");
	while (more) {
		id = rest;
		more = str_cut(rest, '|', &id, &rest);
		add_setting(v, row_of(v, id), to);
	}
}

static bool in_some_part(struct str id)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (choice_has(parts[i].ids, id))
			return true;
	return false;
}

void render_admin(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_admin_setting *rows = v->ask.answer.items;
	struct shown shown = { .at = arena_take(v->c.arena, settings_most * sizeof(*shown.at)) };
	struct view_admin page = { .settings = shown.at };

	base->signed_in = true;
	for (size_t i = 0; shown.at && i < sizeof(parts) / sizeof(parts[0]); i++)
		add_part(v, &parts[i], &shown);
	for (size_t i = 0; shown.at && i < v->ask.answer.item_count; i++)
		if (!in_some_part(rows[i].id))
			add_setting(v, &rows[i], &shown);
	page.settings_count = shown.count;
	view_admin(out, base, &page);
}

/* ---- one setting ---- */

/* A choice of few words is a button each, but for the value that is there. */
static size_t add_choices(struct visit *v, const struct rec_admin_setting *row,
	struct view_admin_setting_choices to[3])
{
	static const char *const flags[] = { "on", "off", NULL },
				 *const who[] = { "none", "selected", "all", NULL },
				 *const profiles[] = { "hardened", "entra", NULL },
				 *const nothing[] = { NULL };
	const char *const *words = str_is(row->kind, "flag")     ? flags
				   : str_is(row->kind, "who")    ? who
				   : str_is(row->kind, "choice") ? profiles
								 : nothing;
	size_t count = 0;

	for (; *words; words++)
		if (!str_is(row->value, *words))
			to[count++] = (struct view_admin_setting_choices){ str_of(*words),
				said(v, row->kind, str_of(*words)) };
	return count;
}

void render_admin_setting(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct rec_admin_setting nothing;
	const struct rec_admin_setting *row = row_of(v, v->id);
	struct view_admin_setting_choices choices[3];
	struct view_admin_setting page;

	row = row ? row : &nothing;
	base->signed_in = true;
	page = (struct view_admin_setting){ .id = row->id,
		.setting = row->setting,
		.kind = row->kind,
		.label = label_of(v, row->id),
		.meaning = meaning_of(v, row->id),
		.value = row->value,
		.said = said(v, row->kind, row->value),
		.for_groups = row->others,
		.typed = v->in ? typed(v, "value") : row->value,
		.least = row->least,
		.most = row->most,
		.choices = choices };
	page.choices_count = add_choices(v, row, choices);
	view_admin_setting(out, base, &page);
}

static void show_admin(struct visit *v)
{
	const struct rec_admin *admin = v->ask.answer.record;
	bool one = v->route->page == page_admin_setting;

	if (settle(v))
		return;
	if (one && !row_of(v, v->id))
		refuse_visit(v, 404, "http_nothing");
	else if (one && !admin->fresh)
		prove_first(v);
	else
		show(v, v->route->page, 200);
}

static void ask_admin(struct visit *v)
{
	ask_for_page(v, show_admin);
}

void serve_admin(struct visit *v)
{
	if (!v->cookies.value[cookie_session].length)
		refuse_visit(v, 404, "http_nothing");
	else
		brand_then(v, ask_admin);
}

/* ---- a change ---- */

void render_admin_change(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_admin_change *r = v->ask.answer.record;
	struct view_admin_change page = { .id = r->id,
		.setting = r->setting,
		.label = label_of(v, r->id),
		.was = r->was,
		.was_said = said(v, r->kind, r->was),
		.value = r->value,
		.value_said = said(v, r->kind, r->value),
		.verdict = r->verdict,
		.command = r->command,
		.options = r->options,
		.has_key = r->has_key != 0,
		.many = r->changes_left <= 0,
		.counted = r->people > 0,
		.all = r->all != 0,
		.moved = r->lose || r->gain || r->to_register || r->could != r->can,
		.people = r->people,
		.could = r->could,
		.can = r->can,
		.lose = r->lose,
		.gain = r->gain,
		.to_register = r->to_register,
		.losers = r->losers };

	base->signed_in = true;
	view_admin_change(out, base, &page);
}

static void show_weighed(struct visit *v)
{
	if (settle(v))
		return;
	if (v->ask.answer.record) {
		show(v, page_admin_change,
			v->problem.reply ? reply_status((enum reply)v->problem.reply) : 200);
		return;
	}
	say_problem(v);
	ask_again(v);
}

static void ask_weigh(struct visit *v)
{
	if (take_form(v))
		visit_ask(v, operation_admin_weigh, v->in, show_weighed);
}

void serve_to_weigh(struct visit *v)
{
	brand_then(v, ask_weigh);
}

/* Refused: the change is looked at anew, with why, and a new signature can be given. */
static void take_change(struct visit *v)
{
	const struct op_admin_change *in = v->in;

	if (settle(v))
		return;
	if (reply_status((enum reply)v->ask.reply) < 400) {
		set_cookie(v, cookie_did, STR("policy"));
		redirect(v, STR("/admin/password-reset"));
		return;
	}
	say_problem(v);
	v->weigh = (struct op_admin_weigh){ in->id, in->value };
	visit_ask(v, operation_admin_weigh, &v->weigh, show_weighed);
}

static void ask_change(struct visit *v)
{
	if (take_form(v))
		visit_ask(v, operation_admin_change, v->in, take_change);
}

void serve_signed(struct visit *v)
{
	brand_then(v, ask_change);
}
