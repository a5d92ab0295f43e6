/* report registration, report methods: who may reset, who has registered, with what. */
#include "people/inside.h"

#include "model/name.h"
#include "policy/standing.h"

#include <string.h>

enum {
	page_most = 400,
	page_usual = 200,
	classes_most = 1000, /* at a time */
	/* Of sql/statement.def: report_classes. */
	kinds_counted = 8,
	rules_larger = 4,
	rules_counted = 12,
	lists_counted = 16,
	classes_values = 1 + kinds_counted + rules_counted + lists_counted + 2
};

/* ---- people who stand alike ---- */

struct class
{
	int64_t people;
	int64_t worth[method_kind_count];
	struct rules rules;
	struct standing standing;
};

static err class_of(struct ctx *c, const struct rows *rows, size_t i, struct class *out)
{
	int64_t bits = row_number(rows, i, 2);
	struct rows first;
	err e;

	*out = (struct class){ .people = row_number(rows, i, 0) };
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		out->worth[kind] = method_worth(kind, (bits >> (2 * (int)kind)) & 3);
	if ((e = store_one(c, statement_import_find, WITH(v_text(row_str(rows, i, 1))), &first)) ||
		(e = rules_of(c, row_str(&first, 0, 0), &out->rules)))
		return e;
	out->standing = standing_of(&out->rules, out->worth);
	return 0;
}

/* What one person's standing hangs on, whatever way and rule is added. */
static void class_values(struct value with[classes_values])
{
	struct value *kinds = with + 1, *rules = kinds + kinds_counted,
		     *lists = rules + rules_counted;

	must_be((int)method_kind_count <= (int)kinds_counted &&
		(int)method_kind_count <= rules_counted - rules_larger &&
		(int)rule_list_count <= (int)lists_counted);
	for (size_t i = 0; i < classes_values; i++)
		with[i] = v_text(STR(""));
	rules[0] = v_text(str_of(rule_rows[rule_proofs_to_reset].name));
	rules[1] = v_text(str_of(rule_rows[rule_methods_to_register].name));
	rules[2] = v_text(str_of(rule_rows[rule_profile].name));
	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		kinds[kind] = v_text(str_of(method_name(kind)));
		rules[rules_larger + (int)kind] = v_text(str_of(rule_rows[rule_of_way(kind)].name));
	}
	for (enum rule_list list = 0; list < rule_list_count; list++)
		lists[list] = v_text(str_of(list_rows[list].name));
}

typedef void count_class(const struct class *class, void *into);

static err count_page(struct ctx *c, const struct rows *rows, count_class *count, void *into)
{
	struct class class;
	err e;

	for (size_t i = 0; i < rows->count; i++) {
		struct arena_mark mark = arena_mark(c->arena);

		e = class_of(c, rows, i, &class);
		if (!e)
			count(&class, into);
		arena_back(c->arena, mark);
		/* Its first one was erased since: the next report counts again. */
		if (e && e != reply_not_found)
			return e;
	}
	return 0;
}

static err count_all(struct ctx *c, count_class *count, void *into)
{
	struct value with[classes_values];
	char after[name_size_max];
	struct rows rows;
	err e;

	class_values(with);
	with[0] = v_number(c->now);
	with[classes_values - 1] = v_number(classes_most);
	do {
		struct arena_mark mark = arena_mark(c->arena);

		e = store_read(c, statement_report_classes, with, classes_values, 0, &rows);
		if (!e && !(e = count_page(c, &rows, count, into)) && rows.count) {
			struct str last = row_str(&rows, rows.count - 1, 1);

			must_be(last.length <= sizeof(after));
			memcpy(after, last.at, last.length);
			with[classes_values - 2] = v_text((struct str){ after, last.length });
		}
		arena_back(c->arena, mark);
	} while (!e && rows.count == classes_most);
	return e;
}

/* ---- registration ---- */

static void count_standing(const struct class *class, void *into)
{
	struct rec_registration *r = into;
	const struct standing *s = &class->standing;

	r->people += class->people;
	r->enabled += s->enabled * class->people;
	r->registered += s->registered * class->people;
	r->capable += s->capable * class->people;
	r->mfa_capable += s->mfa_capable * class->people;
	r->to_register += (s->enabled && !s->registered) * class->people;
}

static err totals(struct ctx *c, struct answer *out)
{
	struct rec_registration *r = arena_take(c->arena, sizeof(*r));
	struct rows disabled;
	err e;

	if (!r)
		return fault(c, fault_arena, "report");
	if ((e = count_all(c, count_standing, r)) ||
		(e = store_one(c, statement_report_disabled, WITH_NOTHING, &disabled)))
		return e;
	r->disabled = row_number(&disabled, 0, 0);
	out->record = r;
	return 0;
}

/* A person has a row for each kind of method, or one without any: takes them together. */
static err take_person(
	struct ctx *c, const struct rows *rows, size_t *at, struct rec_registration_row *out)
{
	struct str id = row_str(rows, *at, 0);
	int64_t worth[method_kind_count] = { 0 };
	struct standing standing;
	enum method_kind kind;
	err e;

	*out = (struct rec_registration_row){ .name = row_str(rows, *at, 1),
		.display_name = row_str(rows, *at, 3),
		.upn = row_str(rows, *at, 4),
		.state = row_number(rows, *at, 5) ? STR("frozen") : STR("active"),
		.methods = STR("") };
	for (; *at < rows->count && str_same(row_str(rows, *at, 0), id); ++*at) {
		int64_t changed = row_number(rows, *at, 7);

		if (!method_of(row_str(rows, *at, 6), &kind))
			continue;
		worth[kind] = method_worth(kind, row_number(rows, *at, 8));
		out->last_update = changed > out->last_update ? changed : out->last_update;
	}
	for (kind = 0; kind < method_kind_count; kind++)
		if (worth[kind] && (e = proofs_with(c, out->methods, kind, &out->methods)))
			return e;
	if ((e = standing_read(c, id, worth, &standing)))
		return e;
	out->enabled = standing.enabled;
	out->registered = standing.registered;
	out->capable = standing.capable;
	out->mfa_capable = standing.mfa_capable;
	return 0;
}

err serve_report_registration(
	struct ctx *c, const struct op_report_registration *in, struct answer *out)
{
	size_t most = in->most > 0 && in->most <= page_most ? (size_t)in->most : page_usual;
	struct rec_registration_row *people = arena_take(c->arena, most * sizeof(*people));
	struct str after = in->cursor.length ? in->cursor : STR("");
	struct rows rows;
	size_t at = 0;
	err e;

	if (!people)
		return fault(c, fault_arena, "report");
	if ((!in->cursor.length && (e = totals(c, out))) ||
		(e = store_read(c, statement_report_people,
			 WITH(v_text(after), v_number((int64_t)most + 1), v_number(c->now)), 0,
			 &rows)))
		return e;
	out->items = people;
	while (at < rows.count && out->item_count < most)
		if ((e = take_person(c, &rows, &at, &people[out->item_count++])))
			return e;
	if (at < rows.count)
		out->cursor = row_str(&rows, at - 1, 2);
	return 0;
}

/* ---- methods ---- */

struct method_count {
	struct rec_method_use sum;
	struct rec_method_use_row *of; /* method_kind_count */
};

static void count_methods(const struct class *class, void *into)
{
	struct method_count *m = into;
	size_t ways = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		ways += class->worth[kind] > 0;
	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		if (!class->worth[kind])
			continue;
		m->of[kind].people += class->people;
		m->of[kind].counts += rules_allow(&class->rules, kind) ? class->people : 0;
		m->of[kind].only += ways == 1 ? class->people : 0;
	}
	m->sum.people += class->people;
	*(ways == 0         ? &m->sum.none
		: ways == 1 ? &m->sum.one
		: ways == 2 ? &m->sum.two
			    : &m->sum.more) += class->people;
}

err serve_report_methods(struct ctx *c, const struct op_report_methods *in, struct answer *out)
{
	struct method_count *m = arena_take(c->arena, sizeof(*m));
	err e;

	(void)in;
	if (!m || !(m->of = arena_take(c->arena, method_kind_count * sizeof(*m->of))))
		return fault(c, fault_arena, "report");
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		m->of[kind].method = str_of(method_name(kind));
	if ((e = count_all(c, count_methods, m)))
		return e;
	out->record = &m->sum;
	out->items = m->of;
	out->item_count = method_kind_count;
	return 0;
}
