/* Pages of a person signed in: security information and the change of a password. */
#include "web/visit.h"

#include "view/view.h"

enum { codes_most = 30, seed_text = 128 };

static const struct rec_info *info_of(struct visit *v, struct view_base *base)
{
	static const struct rec_info nothing;
	const struct rec_info *info = v->ask.answer.record;

	base->signed_in = true;
	if (!info)
		return &nothing;
	base->shown_name = info->shown_name;
	return info;
}

const struct rec_method_row *method_row(const struct visit *v, struct str id)
{
	const struct rec_method_row *rows = v->ask.answer.items;

	for (size_t i = 0; i < v->ask.answer.item_count; i++)
		if (str_same(rows[i].id, id))
			return &rows[i];
	return NULL;
}

/* Whoever loses the phone then has no second proof left: mail proves no sign-in. */
static bool hangs_on_a_phone(const struct rec_method_row *rows, size_t count)
{
	bool phone = false;

	for (size_t i = 0; i < count; i++) {
		if (!str_is(rows[i].state, "active"))
			continue;
		if (str_is(rows[i].kind, "recovery_code") && rows[i].left > 0)
			return false;
		phone = phone || str_is(rows[i].kind, "totp");
	}
	return phone;
}

void say_late(const struct visit *v, struct view_base *base)
{
	const struct rec_method_row *rows = v->ask.answer.items;

	for (size_t i = 0; i < v->ask.answer.item_count; i++)
		if (str_is(rows[i].state, "waiting") && str_is(base->notice, "did_add"))
			base->notice = STR("did_add_late");
}

static bool has_kind(const struct rec_method_row *rows, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(rows[i].kind, kind) && str_is(rows[i].state, "active"))
			return true;
	return false;
}

/* Where sign-in can ask for either, the person says for which first. */
static void add_choice(const struct rec_info *info, const struct rec_method_row *rows, size_t count,
	struct view_info_methods *m)
{
	bool either = has_kind(rows, count, "totp") && has_kind(rows, count, "recovery_code");

	if (!either || str_is(m->kind, "mail") || !str_is(m->state, "active"))
		return;
	m->preferred = str_same(m->kind, info->asked_first);
	m->may_prefer = !m->preferred;
}

void render_info(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_info *info = info_of(v, base);
	const struct rec_method_row *rows = v->ask.answer.items;
	size_t count = v->ask.answer.item_count;
	struct view_info_methods *methods = arena_take(v->c.arena, (count + 1) * sizeof(*methods));
	struct view_info page = { .signed_in_at = info->signed_in,
		.password_set = info->password_set,
		.frozen = info->frozen,
		.complete = info->complete,
		.only_phone = info->complete && !info->frozen && hangs_on_a_phone(rows, count),
		.administrator = info->administrator != 0,
		.sessions = info->sessions,
		.grace = info->grace_until,
		.told = info->notice,
		.told_at = info->notice_at,
		.methods = methods,
		.methods_count = methods ? count : 0 };

	say_late(v, base);
	for (size_t i = 0; i < page.methods_count; i++) {
		methods[i] = (struct view_info_methods){ rows[i].id, rows[i].kind, rows[i].label,
			rows[i].created, rows[i].last_used, rows[i].state, rows[i].left,
			rows[i].counts_from };
		add_choice(info, rows, count, &methods[i]);
	}
	view_info(out, base, &page);
}

void render_info_add(struct visit *v, struct view_base *base, struct buf *out)
{
	static const char *const all[] = { "passkey", "mail", "totp", "recovery_code" };
	struct view_add_choose_kinds kinds[sizeof(all) / sizeof(all[0])];
	struct view_add_choose choose = { .kinds = kinds };
	struct str kind = v->in ? typed(v, "kind") : v->kind;
	struct str may = arena_copy(v->c.arena, info_of(v, base)->may_add);

	choose.late = info_of(v, base)->late > 0;
	/* A form that is shown again comes without the record. */
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!may.length || choice_has(may.at, str_of(all[i])))
			kinds[choose.kinds_count++].kind = str_of(all[i]);
	if (str_is(kind, "mail")) {
		struct view_add_mail page = { .address = typed(v, "address") };

		view_add_mail(out, base, &page);
	} else {
		view_add_choose(out, base, &choose);
	}
}

/* ---- a recovery code in place of the one just used ---- */

const struct secret *new_code(const struct visit *v)
{
	const void *record = v->ask.answer.record;

	if (!record)
		return NULL;
	if (operation_list[v->ask.id].record == &shape_rec_proved)
		return ((const struct rec_proved *)record)->reissued;
	return operation_list[v->ask.id].record == &shape_rec_flow_page
		       ? ((const struct rec_flow_page *)record)->reissued
		       : NULL;
}

void render_new_code(struct visit *v, struct view_base *base, struct buf *out)
{
	struct str next = v->pairs[pair_next].value;
	struct view_new_code page = {
		.next = v->ask.reply == (int)reply_owes ? STR("/register")
			: !v->route->after              ? place_after_signin(v)
			: route_is_own(next, true)      ? next
							: str_of(v->route->after),
	};

	base->reissued = new_code(v);
	view_new_code(out, base, &page);
}

/* ---- a method that is being added ---- */

/* The seed as authenticator apps want it typed: RFC 4648 base32. */
static struct secret *seed_shown(struct visit *v, const struct secret *seed)
{
	struct secret *text =
		seed ? secret_room(v->c.arena, (secret_length(seed) * 8 + 4) / 5) : NULL;
	struct buf b;

	if (!text)
		return NULL;
	b = buf_on((char *)secret_bytes(text), secret_length(text));
	base32_add(&b, secret_show(seed));
	return text;
}

static void render_totp(
	struct visit *v, struct view_base *base, struct buf *out, const struct rec_method_new *made)
{
	struct view_add_totp page = { .id = made->id,
		.key = seed_shown(v, made->seed),
		.account = made->shown,
		.label = typed(v, "label"),
		.tries_left = made->tries_left };

	/* The page is where the seed is meant to be seen, as a drawing and as a link. */
	if (made->uri) {
		page.uri = secret_show(made->uri);
		qr_draw(v, page.uri, &page.qr);
	}
	view_add_totp(out, base, &page);
}

static void render_passkey(
	struct visit *v, struct view_base *base, struct buf *out, const struct rec_method_new *made)
{
	struct view_add_passkey page = { .id = made->id,
		.options = made->options,
		.account = made->shown,
		.label = typed(v, "label") };

	view_add_passkey(out, base, &page);
}

static void render_codes(struct view_base *base, struct buf *out, const struct rec_method_new *made)
{
	struct view_add_codes_codes codes[codes_most];
	struct view_add_codes page = { .made = made->made, .codes = codes };
	/* Shown once, here. */
	struct str rest = made->codes ? secret_show(made->codes) : STR_NONE, one;

	while (rest.length && page.codes_count < codes_most) {
		if (!str_cut(rest, '\n', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		codes[page.codes_count++].code = one;
	}
	view_add_codes(out, base, &page);
}

void render_info_pending(struct visit *v, struct view_base *base, struct buf *out)
{
	static const struct rec_method_new nothing;
	const struct rec_method_new *made = v->ask.answer.record;

	made = made ? made : &nothing;
	base->signed_in = true;
	base->error = words_for(base->error, made->kind);
	if (str_is(made->kind, "totp")) {
		render_totp(v, base, out, made);
	} else if (str_is(made->kind, "passkey")) {
		render_passkey(v, base, out, made);
	} else if (str_is(made->kind, "recovery_code")) {
		render_codes(base, out, made);
	} else {
		struct view_add_mail_code page = { made->id, made->shown, made->tries_left };

		view_add_mail_code(out, base, &page);
	}
}

/* ---- one method ---- */

void render_info_rename(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_method_row *row = method_row(v, v->id);
	struct view_rename page = { .id = v->id, .label = typed(v, "label") };

	(void)info_of(v, base);
	if (row) {
		page.kind = row->kind;
		if (!page.label.length)
			page.label = row->label;
	}
	view_rename(out, base, &page);
}

void render_info_delete(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_method_row *row = method_row(v, v->id);
	struct view_delete page = { .id = v->id };

	(void)info_of(v, base);
	if (row) {
		page.kind = row->kind;
		page.label = row->label;
	}
	view_delete(out, base, &page);
}

void render_info_replace(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_method_row *row = method_row(v, v->id);
	struct view_replace page = { .id = v->id,
		.address = typed(v, "address"),
		.other = str_is(base->error, "replace_other") };

	(void)info_of(v, base);
	if (row) {
		page.kind = row->kind;
		page.label = row->label;
	}
	view_replace(out, base, &page);
}

/* ---- a new proof, a new password ---- */

void render_info_prove(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_info *info = info_of(v, base);
	struct view_info_prove_ways others[4];
	struct view_info_prove page = {
		.how = typed(v, "how"), .next = v->next, .options = info->options, .ways = others
	};
	struct str rest = info->prove_by, one;

	base->error = words_for(base->error, page.how);
	if (!page.how.length)
		page.how = v->how;
	if (v->pairs[pair_next].value.length && route_is_own(v->pairs[pair_next].value, true))
		page.next = v->pairs[pair_next].value;
	page.for_application = str_is(page.next, "/oidc/resume");
	while (rest.length && page.ways_count < 4) {
		if (!str_cut(rest, '|', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		if (!page.how.length)
			page.how = one;
		if (!str_same(one, page.how))
			others[page.ways_count++].other = one;
	}
	view_info_prove(out, base, &page);
}

void render_change(struct visit *v, struct view_base *base, struct buf *out)
{
	const struct rec_info *info = info_of(v, base);
	/* Kept only where the new password was refused: the person mends it. */
	struct view_change page = { .need_old = info->needs_old,
		.password = v->problem.reply ? typed_secret(v, "password") : NULL,
		.min = info->password_min ? info->password_min : brand_of(v)->password_min };

	view_change(out, base, &page);
}
