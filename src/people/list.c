/* people list, people show: what the administrator sees of people. */
#include "people/inside.h"
#include "people/security_info.h"

enum { page_most = 1000, page_usual = 100, search_limit = 700 };

/* %typed%, in which what LIKE takes for a sign of its own stands for itself. */
static err pattern_of(struct ctx *c, struct str typed, struct str *out)
{
	struct buf b = buf_in(c->arena, search_limit);

	typed = str_trim(typed);
	if (typed.length == 0) {
		*out = STR("");
		return 0;
	}
	buf_char(&b, '%');
	for (size_t i = 0; i < typed.length; i++) {
		if (typed.at[i] == '%' || typed.at[i] == '_' || typed.at[i] == '!')
			buf_char(&b, '!');
		buf_char(&b, typed.at[i]);
	}
	buf_char(&b, '%');
	if (b.full)
		return fault(c, fault_arena, "people: search");
	*out = buf_str(&b);
	return 0;
}

err serve_people_list(struct ctx *c, const struct op_people_list *in, struct answer *out)
{
	int64_t most = in->most > 0 && in->most <= page_most ? in->most : page_usual;
	struct str pattern, after = in->cursor.at ? in->cursor : STR("");
	struct rec_person *all;
	struct rows rows;
	err e;

	if ((e = pattern_of(c, in->search, &pattern)) ||
		(e = store_read(c, statement_people_page,
			 WITH(v_text(after), v_text(pattern), v_number(most + 1), v_number(c->now)),
			 0, &rows)))
		return e;
	all = arena_take(c->arena, (rows.count + 1) * sizeof(*all));
	if (!all)
		return fault(c, fault_arena, "people: a page");
	out->item_count = rows.count <= (size_t)most ? rows.count : (size_t)most;
	for (size_t i = 0; i < out->item_count; i++)
		if ((e = person_from(c, &rows, i, &all[i])))
			return e;
	out->items = all;
	if (rows.count > out->item_count)
		out->cursor = row_str(&rows, out->item_count - 1, 2);
	return 0;
}

static err method_rows(struct ctx *c, struct methods methods, struct answer *out)
{
	struct rec_method_row *all = arena_take(c->arena, (methods.count + 1) * sizeof(*all));
	err e;

	if (!all)
		return fault(c, fault_arena, "people: methods");
	for (size_t i = 0; i < methods.count; i++)
		if ((e = info_row(c, &methods.at[i], &all[i])))
			return e;
	out->items = all;
	out->item_count = methods.count;
	return 0;
}

err serve_people_show(struct ctx *c, const struct op_people_show *in, struct answer *out)
{
	struct rec_person *person = arena_take(c->arena, sizeof(*person));
	struct account account;
	struct methods methods;
	struct rows rows;
	err e;

	if (!person)
		return fault(c, fault_arena, "people: one");
	if ((e = person_find(c, in->name, &account)) ||
		(e = methods_load(c, account.id, &methods)) ||
		(e = store_one(c, statement_person_row, WITH(v_bytes(account.id), v_number(c->now)),
			 &rows)) ||
		(e = person_from(c, &rows, 0, person)) ||
		(e = person_why(c, &account, methods, &person->why)) ||
		(e = method_rows(c, methods, out)))
		return e;
	out->record = person;
	return 0;
}
