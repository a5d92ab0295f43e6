/* Who is told of a reset, in the unit that makes it. */
#include "flow/inside.h"

#include "outbox/outbox.h"

/* A unit has room for so many beside all else that a reset writes. */
enum { administrators_told = 16 };

/* The address that received a code in this flow, when there is one address only. */
static struct str told_the_code(const struct walk *w)
{
	const struct method *first = methods_next(w->methods, method_mail, NULL);

	return first && proofs_have(w->flow.proofs, method_mail) ? first->address : STR_NONE;
}

err administrators_tell(struct unit *unit, struct str except, const char *message,
	const struct pair *pairs, size_t count)
{
	struct rows rows;
	err e = store_read(unit->c, statement_administrators_mail,
		WITH(v_text(str_of(list_rows[list_administrators].name)), v_bytes(except)),
		administrators_told, &rows);

	for (size_t i = 0; !e && i < rows.count; i++) {
		const struct account other = { .id = row_str(&rows, i, 0),
			.name = row_str(&rows, i, 1),
			.language = row_str(&rows, i, 3) };

		e = outbox_add(unit, &other, row_str(&rows, i, 2), message, pairs, count);
	}
	return e;
}

/* An administrator's password is everybody's concern (notifyOnAdminPasswordReset). */
static err tell_administrators(struct walk *w)
{
	struct pair pairs[5];
	err e;

	if (!w->rules.administrator || !w->rules.value[rule_notify_admins])
		return 0;
	pairs[3] = (struct pair){ "subject_name", w->account.name };
	pairs[4].name = "support";
	if ((e = outbox_circumstances(w->c, pairs)) ||
		(e = support_code(w->c, w->flow.id, &pairs[4].value)))
		return e;
	return administrators_tell(&w->unit, w->account.id, "admin_reset", pairs, 5);
}

static void leave_banner(struct walk *w, const char *message)
{
	unit_add(&w->unit, statement_banner_add, 1,
		WITH(v_bytes(w->account.id), v_text(str_of(message)), v_number(w->c->now)));
}

/* Tells every address. Where only the address that got the code would hear of it, the help desk and
 * the next sign-in page are told as well (NIST SP 800-63B-4 4.6). */
static err tell(struct walk *w, const char *message)
{
	struct pair pairs[4] = { { .name = "" } }, desk[3];
	size_t told;
	err e;

	if (!w->rules.value[rule_notify_users]) {
		leave_banner(w, message);
		return 0;
	}
	pairs[3].name = "support";
	if ((e = outbox_circumstances(w->c, pairs)) ||
		(e = support_code(w->c, w->flow.id, &pairs[3].value)) ||
		(e = outbox_notice(&w->unit, &w->account, w->every, message, pairs, 4,
			 told_the_code(w), &told)))
		return e;
	if (told > 0)
		return 0;
	leave_banner(w, message);
	desk[0] = pairs[0];
	desk[1] = (struct pair){ "subject_name", w->account.name };
	desk[2] = pairs[3];
	return outbox_desk(&w->unit, NULL, "only_address_desk", desk, 3);
}

err reset_tell(struct walk *w)
{
	err e = tell(w, "password_reset");

	return e ? e : tell_administrators(w);
}
