/* The administrator's page: who sees it, and what is set for everybody. */
#include "people/admin.h"
#include "people/security_info.h"

enum { others_limit = 2000 };

const struct pace_of admin_pace = { "policy", 12, 60 * 60 };

/* ---- settings ---- */

static struct setting of_rule(enum rule rule)
{
	static const char *const shapes[] = {
		[rule_flag] = "flag",
		[rule_number] = "number",
		[rule_who] = "who",
		[rule_choice] = "choice",
	};
	const struct rule_row *row = &rule_rows[rule];

	return (struct setting){ .kind = setting_rule,
		.rule = rule,
		.id = row->id,
		.name = row->name,
		.shape = shapes[row->kind],
		.by_page = row->by_page };
}

static struct setting of_list(enum rule_list list)
{
	const struct list_row *row = &list_rows[list];

	return (struct setting){ .kind = setting_list,
		.list = list,
		.id = row->id,
		.name = row->name,
		.shape = "list",
		.by_page = row->by_page };
}

static struct setting of_text(enum policy_text text)
{
	const struct text_row *row = &text_rows[text];

	return (struct setting){ .kind = setting_text,
		.text = text,
		.id = row->id,
		.name = row->name,
		.shape = row->kind == text_contact ? "contact" : "networks",
		.by_page = row->by_page };
}

bool setting_at(size_t number, struct setting *out)
{
	size_t list = number - rule_count, text = list - rule_list_count;

	if (number < rule_count)
		*out = of_rule((enum rule)number);
	else if (list < rule_list_count)
		*out = of_list((enum rule_list)list);
	else if (text < policy_text_count)
		*out = of_text((enum policy_text)text);
	else
		return false;
	return true;
}

bool setting_by_id(struct str id, struct setting *out)
{
	for (size_t i = 0; setting_at(i, out); i++)
		if (str_is(id, out->id))
			return true;
	return false;
}

err setting_value(struct ctx *c, const struct setting *s, struct str *out)
{
	struct str texts[policy_text_count];
	struct rules rules;
	err e;

	if (s->kind == setting_list)
		return policy_list_text(c, s->list, out);
	if (s->kind == setting_text) {
		if ((e = texts_read(c, texts)))
			return e;
		*out = texts[s->text].length ? texts[s->text] : STR("none");
		return 0;
	}
	return (e = rules_of(c, STR_NONE, &rules))
		       ? e
		       : rule_text(c, s->rule, rules.value[s->rule], out);
}

/* ---- who sees it ---- */

/* A session by a one-time pass is the desk's word, and that of a password alone a thief's. */
bool admin_sees(const struct walk *w)
{
	const struct session *who = w->c->who;

	return w->rules.administrator && w->place.admin && !w->place.kiosk && who->level >= 2 &&
	       !who->by_pass && !w->account.frozen;
}

err admin_walk(struct ctx *c, const char *throttle, struct answer *out, struct walk *w)
{
	err e = walk_signed_in(c, &flow_register, throttle, out, w);

	if (e)
		return e;
	return admin_sees(w) ? 0 : (err)reply_not_found;
}

/* ---- what is set ---- */

/* "Sales: 2, Staff: 1" */
static err others_of(struct ctx *c, const struct policy *p, enum rule rule, struct str *out)
{
	struct buf b = buf_in(c->arena, others_limit);

	for (size_t i = 0; i < p->value_count; i++) {
		const struct group_value *v = &p->values[i];
		struct str value;
		err e;

		if (v->rule != rule || b.length + v->name.length + 60 > others_limit)
			continue;
		if ((e = rule_text(c, rule, v->value, &value)))
			return e;
		buf_print(
			&b, "%s%.*s: %.*s", b.length ? ", " : "", STR_ARG(v->name), STR_ARG(value));
	}
	*out = buf_str(&b);
	if (b.full)
		return fault(c, fault_arena, "policy");
	arena_trim(c->arena, b.at, b.length);
	return 0;
}

static err row_of(struct ctx *c, const struct policy *p, const struct setting *s,
	struct rec_admin_setting *row)
{
	err e = 0;

	*row = (struct rec_admin_setting){ .id = str_of(s->id),
		.setting = str_of(s->name),
		.kind = str_of(s->shape),
		.from = STR("everybody"),
		.by_page = s->by_page != by_page_command };
	if (s->kind != setting_rule)
		return setting_value(c, s, &row->value);
	row->from = p->from[s->rule];
	row->least = rule_rows[s->rule].least;
	row->most = rule_rows[s->rule].most;
	if (rule_rows[s->rule].combine != combine_site)
		e = others_of(c, p, s->rule, &row->others);
	return e ? e : rule_text(c, s->rule, p->site[s->rule], &row->value);
}

static err record_of(struct walk *w, struct rec_admin *out)
{
	*out = (struct rec_admin){ .shown_name = w->account.name,
		.fresh = info_fresh(w) == 0,
		.has_key = methods_next(w->methods, method_passkey, NULL) != NULL };
	return throttle_left(w->c, w->account.id, &admin_pace, &out->changes_left);
}

err serve_admin_show(struct ctx *c, const struct op_admin_show *in, struct answer *out)
{
	enum { most = (int)rule_count + (int)rule_list_count + (int)policy_text_count };
	struct rec_admin_setting *rows = arena_take(c->arena, most * sizeof(*rows));
	struct rec_admin *record = arena_take(c->arena, sizeof(*record));
	struct setting setting;
	struct policy policy;
	struct walk w;
	err e;

	(void)in;
	if (!rows || !record)
		return fault(c, fault_arena, "policy");
	if ((e = admin_walk(c, NULL, out, &w)) || (e = policy_load(c, &policy)) ||
		(e = record_of(&w, record)))
		return e;
	for (size_t i = 0; setting_at(i, &setting); i++)
		if ((e = row_of(c, &policy, &setting, &rows[i])))
			return e;
	out->record = record;
	out->items = rows;
	out->item_count = most;
	return 0;
}
