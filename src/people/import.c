/* Adding and changing people from a file: one row, one unit, and a second run changes nothing. */
#include "people/inside.h"

#include "crypto/crypto.h"
#include "model/name.h"

enum { row_text_limit = 4096, races_most = 4 };

/* What is there already, and what is to be. */
struct put {
	struct ctx *c;
	const struct entry *e;
	struct answer *answer;
	bool known, rekey_password; /* the password was set here: never overwritten */
	bool same_fields, same_hash;
	struct str id, state;
	struct entry whole; /* the entry over what is there */
	struct str shown, digests, stored;
	struct login_name names[login_names_most];
	size_t name_count;
};

/* ---- what the row says, as digests ---- */

static void add_part(struct buf *b, struct str part)
{
	buf_number(b, (int64_t)part.length);
	buf_char(b, part.at ? ':' : '-');
	buf_add(b, part);
}

/* Keyed and bound to the account: a digest of a weak hash must not verify passwords for a thief of
 * the store. The first 32 bytes speak of the fields, the second of the password hash. */
static err digest_row(struct put *put)
{
	const struct entry *e = put->e;
	struct ctx *c = put->c;
	uint8_t *out = arena_take(c->arena, 2 * digest_size);
	struct buf b = buf_in(c->arena, row_text_limit);
	const struct str parts[] = { e->name, e->upn, e->mail, e->display_name, e->given_name,
		e->surname, e->reading, e->employee_id, e->language, e->state, e->other_mail };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		add_part(&b, parts[i]);
	buf_number(&b, e->must_change);
	if (!out || b.full)
		return fault(c, fault_arena, "import: a digest");
	digest_keyed(c->keys, key_password, put->id, buf_str(&b), out);
	digest_keyed(c->keys, key_password, put->id, e->hash ? secret_show(e->hash) : STR(""),
		out + digest_size);
	put->digests = (struct str){ (const char *)out, 2 * digest_size };
	return 0;
}

static void compare(struct put *put, struct str before)
{
	struct str after = put->digests;

	put->same_fields = before.length == after.length &&
			   bytes_same(str_upto(before, digest_size), str_upto(after, digest_size));
	put->same_hash = before.length == after.length &&
			 bytes_same(str_from(before, digest_size), str_from(after, digest_size));
}

/* ---- what is there ---- */

/* What the row gives, else what is there, else the empty text. */
static struct str over(struct str given, const struct rows *rows, size_t column)
{
	if (given.at)
		return given;
	return rows->count ? row_str(rows, 0, column) : STR("");
}

static void lay_over(struct put *put, const struct rows *rows)
{
	const struct entry *e = put->e;
	struct entry *w = &put->whole;

	w->upn = over(e->upn, rows, 3);
	w->mail = over(e->mail, rows, 4);
	w->display_name = over(e->display_name, rows, 5);
	w->given_name = over(e->given_name, rows, 6);
	w->surname = over(e->surname, rows, 7);
	w->reading = over(e->reading, rows, 8);
	w->employee_id = over(e->employee_id, rows, 9);
	w->language = over(e->language, rows, 10);
}

static err look(struct put *put)
{
	struct ctx *c = put->c;
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_import_find, WITH(v_text(put->e->canonical)), 1, &rows)))
		return e;
	put->known = rows.count == 1;
	put->id = put->known ? row_str(&rows, 0, 0) : id_make(c);
	if (!put->id.at)
		return fault(c, fault_arena, "import: an id");
	put->state = put->known ? row_str(&rows, 0, 11) : STR("");
	put->rekey_password = put->known && str_is(row_str(&rows, 0, 12), "rekey");
	put->whole = *put->e;
	lay_over(put, &rows);
	if ((e = digest_row(put)))
		return e;
	if (put->known)
		compare(put, row_str(&rows, 0, 1));
	return entry_shown_name(c, &put->whole, &put->shown);
}

/* ---- login names ---- */

static bool listed(const struct put *put, struct str canonical)
{
	for (size_t i = 0; i < put->name_count; i++)
		if (str_same(put->names[i].canonical, canonical))
			return true;
	return false;
}

static err taken(struct put *put, struct str canonical, enum import_column column)
{
	struct rows rows;
	err e;

	if ((e = store_one(put->c, statement_login_name_other,
		     WITH(v_text(canonical), v_bytes(put->id)), &rows)))
		return e;
	if (row_number(&rows, 0, 0) == 0)
		return 0;
	entry_blame(put->answer, column, import_why_id(why_name_taken));
	return reply_unclear;
}

static err add_name(struct put *put, struct str name, const char *kind, enum import_column column)
{
	struct str canonical;
	err e;

	if (name.length == 0)
		return 0;
	if ((e = name_canonical(put->c, name, &canonical)))
		return e > 0 ? entry_refused(put->answer, column, why_name_form) : e;
	if (listed(put, canonical))
		return 0;
	if ((e = taken(put, canonical, column)))
		return e;
	put->names[put->name_count++] = (struct login_name){ canonical, kind };
	return 0;
}

static err list_names(struct put *put)
{
	const struct entry *w = &put->whole;
	err e;

	put->name_count = 0;
	if ((e = add_name(put, w->name, "name", import_user_name)) ||
		(e = add_name(put, w->upn, "upn", import_user_principal_name)) ||
		(e = add_name(put, w->mail, "mail", import_mail)))
		return e;
	return add_name(put, w->employee_id, "employee_id", import_employee_id);
}

/* ---- the password ---- */

static err seal_hash(struct put *put)
{
	struct str why = STR_NONE;
	err e;

	put->stored = STR_NONE;
	if (!put->e->hash || put->rekey_password || put->same_hash)
		return 0;
	e = password_import(
		put->c, put->id, str_trim(secret_show(put->e->hash)), &put->stored, &why);
	if (e <= 0)
		return e;
	entry_blame(put->answer, import_password_hash, why);
	return reply_refused;
}

static void add_password(struct put *put, struct unit *unit)
{
	struct ctx *c = put->c;

	if (put->stored.at)
		unit_add(unit, statement_password_take_in, any_rows,
			WITH(v_bytes(put->id), v_bytes(put->stored),
				v_number(password_is_legacy(c, put->id, put->stored)),
				v_number(put->e->must_change == 1), v_number(c->now)));
	else if (put->e->must_change >= 0)
		unit_add(unit, statement_password_must_change, any_rows,
			WITH(v_bytes(put->id), v_number(put->e->must_change)));
	/* Whoever came in by the old password is to come in by the new one. */
	if (put->stored.at && put->known)
		person_end(unit, put->id);
}

/* ---- the unit ---- */

static void add_account(struct put *put, struct unit *unit)
{
	const struct entry *w = &put->whole;
	struct ctx *c = put->c;

	if (put->known)
		unit_add(unit, statement_account_change, 1,
			WITH(v_bytes(put->id), v_text(w->name), v_text(put->shown),
				v_text(w->reading), v_text(w->given_name), v_text(w->surname),
				v_text(w->upn), v_text(w->mail), v_text(w->employee_id),
				v_text(w->language), v_number(c->now), v_bytes(put->digests)));
	else
		unit_add(unit, statement_account_add, 1,
			WITH(v_bytes(put->id), v_text(w->name), v_text(w->canonical),
				v_text(put->shown), v_text(w->reading), v_text(w->given_name),
				v_text(w->surname), v_text(w->upn), v_text(w->mail),
				v_text(w->employee_id), v_text(w->language),
				v_text(w->state.length ? w->state : STR("active")),
				v_number(c->now), v_bytes(put->digests)));
}

static void add_names(struct put *put, struct unit *unit)
{
	if (put->known)
		unit_add(unit, statement_login_names_drop, any_rows, WITH(v_bytes(put->id)));
	for (size_t i = 0; i < put->name_count; i++)
		unit_add(unit, statement_login_name_add, 1,
			WITH(v_text(put->names[i].canonical), v_bytes(put->id),
				v_text(str_of(put->names[i].kind))));
}

static void add_contact(struct put *put, struct unit *unit)
{
	if (put->e->other_mail.length == 0)
		return;
	if (put->known)
		unit_add(unit, statement_contacts_drop, any_rows, WITH(v_bytes(put->id)));
	unit_add(
		unit, statement_contact_add, 1, WITH(v_bytes(put->id), v_text(put->e->other_mail)));
}

static err add_state(struct put *put, struct unit *unit)
{
	struct ctx *c = put->c;
	bool disable = str_is(put->e->state, "disabled");

	if (!put->known || !put->e->state.length || str_same(put->e->state, put->state))
		return 0;
	unit_add(unit, disable ? statement_account_disable : statement_account_enable, 1,
		WITH(v_bytes(put->id), v_number(c->now)));
	if (disable) {
		unit_add(unit, statement_devices_end, any_rows, WITH(v_bytes(put->id)));
		person_end(unit, put->id);
	}
	return person_note(
		unit, disable ? event_person_disabled : event_person_enabled, put->id, "import");
}

static err commit(struct put *put)
{
	struct unit unit = unit_begin(put->c);
	err e;

	add_account(put, &unit);
	add_names(put, &unit);
	add_password(put, &unit);
	add_contact(put, &unit);
	if ((e = add_state(put, &unit)) ||
		(e = person_note(&unit, put->known ? event_person_updated : event_person_added,
			 put->id, "import")))
		return e;
	return unit_commit(&unit);
}

static err try_put(struct put *put, bool dry, bool only_new)
{
	err e;

	if ((e = look(put)))
		return e;
	if (put->known && (only_new || (put->same_fields && put->same_hash)))
		return reply_already;
	if ((e = list_names(put)) || (e = seal_hash(put)))
		return e;
	put->answer->words = put->known ? STR("changed") : STR("added");
	return dry ? 0 : commit(put);
}

/* Two rows at the same moment may want one name: who loses the race looks again. */
err entry_put(
	struct ctx *c, const struct entry *entry, bool dry, bool only_new, struct answer *answer)
{
	err e = reply_lost_race;

	for (int i = 0; i < races_most && e == reply_lost_race; i++) {
		struct put put = { .c = c, .e = entry, .answer = answer };

		e = try_put(&put, dry, only_new);
	}
	return e;
}

err serve_people_import_row(
	struct ctx *c, const struct op_people_import_row *in, struct answer *out)
{
	struct entry entry;
	err e;

	out->number = in->line;
	if ((e = entry_take(c, in, &entry, out)))
		return e;
	return entry_put(c, &entry, in->dry != 0, false, out);
}

err serve_people_import_end(
	struct ctx *c, const struct op_people_import_end *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct buf note = buf_in(c->arena, 160);
	err e;

	(void)out;
	buf_print(&note, "%lld added, %lld changed, %lld as they were, %lld refused",
		(long long)in->added, (long long)in->changed, (long long)in->same,
		(long long)in->refused);
	if ((e = audit_add(&unit, event_person_imported,
		     &(struct audit_about){ .actor = actor_socket, .note = buf_str(&note) })))
		return e;
	return unit_commit(&unit);
}

err serve_people_add(struct ctx *c, const struct op_people_add *in, struct answer *out)
{
	const struct op_people_import_row row = {
		.user_name = in->name,
		.user_principal_name = in->upn,
		.mail = in->mail,
		.display_name = in->display_name,
		.given_name = in->given_name,
		.surname = in->surname,
		.given_name_reading = in->given_name_reading,
		.surname_reading = in->surname_reading,
		.employee_id = in->employee_id,
		.preferred_language = in->language,
		.other_mail = in->other_mail,
	};
	struct entry entry;
	err e;

	if ((e = entry_take(c, &row, &entry, out)))
		return e;
	e = entry_put(c, &entry, false, true, out);
	return e == reply_already ? entry_refused(out, import_user_name, why_name_taken) : e;
}
