/* people export: what is kept about one person, as JSON, for the person to have. Secrets (hashes,
 * seeds, codes) are not theirs to carry about: only that they are there is said. */
#include "people/inside.h"
#include "base/json.h"

enum {
	json_limit = 250000, /* spec/operation.def: person_export.json */
	events_most = 500    /* the newest; `rekey audit list --person` has them all */
};

static void write_account(struct json *j, const struct account *a)
{
	json_text(j, "userName", a->name);
	json_text(j, "displayName", a->display_name);
	json_text(j, "reading", a->reading);
	json_text(j, "givenName", a->given_name);
	json_text(j, "surname", a->surname);
	json_text(j, "userPrincipalName", a->upn);
	json_text(j, "mail", a->mail);
	json_text(j, "employeeId", a->employee_id);
	json_text(j, "preferredLanguage", a->language);
	json_text(j, "state", a->disabled ? STR("disabled") : STR("active"));
	json_time(j, "methodsFrozen", a->frozen);
	json_time(j, "lastSignIn", a->last_signin);
	json_flag(j, "hasPassword", a->password.at != NULL);
	json_time(j, "passwordChanged", a->password_changed);
}

static void write_registration(struct json *j, const struct registration *row)
{
	json_open(j, "registration", '{');
	json_time(j, "confirmed", row->confirmed);
	json_time(j, "putOffSince", row->skipped_since);
	json_number(j, "putOff", row->skips);
	json_time(j, "campaignSnoozedUntil", row->snoozed_until);
	json_number(j, "privacyNoticeVersion", row->notice_version);
	json_text(j, "askedFirst", row->default_method);
	json_close(j, '}');
}

static void write_methods(struct json *j, struct methods methods)
{
	json_open(j, "methods", '[');
	for (size_t i = 0; i < methods.count; i++) {
		const struct method *m = &methods.at[i];

		json_open(j, NULL, '{');
		json_text(j, "kind", str_of(method_name(m->kind)));
		json_text(j, "label", m->label);
		json_text(j, "address", m->address);
		json_text(j, "state", m->state);
		json_time(j, "registered", m->created);
		json_time(j, "verified", m->verified);
		json_time(j, "lastUsed", m->last_used);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* A list of the rows of a statement: each column a member, a text or a time. */
struct column {
	const char *name;
	bool time;
};

static err write_rows(struct ctx *c, struct json *j, const char *name, enum statement s,
	struct str account, const struct column *columns, size_t count)
{
	struct rows rows;
	err e;

	if ((e = store_read(c, s, WITH(v_bytes(account)), 0, &rows)))
		return e;
	json_open(j, name, '[');
	for (size_t row = 0; row < rows.count; row++) {
		json_open(j, NULL, '{');
		for (size_t i = 0; i < count; i++) {
			if (columns[i].time)
				json_time(j, columns[i].name, row_number(&rows, row, i));
			else
				json_text(j, columns[i].name, row_str(&rows, row, i));
		}
		json_close(j, '}');
	}
	json_close(j, ']');
	return 0;
}

/* What a passkey verifies with is public, and tells them nothing: its model and its reach do. */
static err write_passkeys(struct ctx *c, struct json *j, struct str id)
{
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_passkeys_of, WITH(v_bytes(id)), 0, &rows)))
		return e;
	json_open(j, "passkeys", '[');
	for (size_t i = 0; i < rows.count; i++) {
		struct buf model = buf_in(c->arena, 2 * 16);

		hex_add(&model, row_str(&rows, i, 2));
		json_open(j, NULL, '{');
		json_text(j, "model", buf_str(&model));
		json_text(j, "transports", row_str(&rows, i, 1));
		json_flag(j, "backedUp", row_number(&rows, i, 3) != 0);
		json_close(j, '}');
	}
	json_close(j, ']');
	return 0;
}

static err write_rest(struct ctx *c, struct json *j, struct str id)
{
	static const struct column contact[] = { { "address", false } };
	static const struct column group[] = { { "name", false } };
	static const struct column session[] = { { "began", true }, { "seen", true },
		{ "expires", true }, { "browser", false }, { "address", false } };
	static const struct column entry[] = { { "application", false }, { "entered", true } };
	static const struct column device[] = { { "since", true }, { "seen", true } };
	static const struct column idea[] = { { "title", false }, { "words", false },
		{ "status", false }, { "written", true } };
	static const struct column vote[] = { { "title", false }, { "given", true } };
	static const struct column message[] = { { "message", false }, { "state", false },
		{ "written", true }, { "sent", true } };
	err e;

	if ((e = write_rows(c, j, "contacts", statement_contacts_of, id, contact, 1)) ||
		(e = write_rows(c, j, "groups", statement_groups_of, id, group, 1)) ||
		(e = write_rows(c, j, "sessions", statement_sessions_of, id, session, 5)) ||
		(e = write_rows(c, j, "applications", statement_site_sessions_of, id, entry, 2)) ||
		(e = write_rows(c, j, "familiarDevices", statement_devices_of, id, device, 2)) ||
		(e = write_rows(c, j, "feedback", statement_ideas_of, id, idea, 4)) ||
		(e = write_rows(c, j, "feedbackVotes", statement_idea_votes_of, id, vote, 2)))
		return e;
	if ((e = write_passkeys(c, j, id)))
		return e;
	return write_rows(c, j, "messages", statement_messages_of, id, message, 4);
}

static void write_event(struct json *j, const struct rec_audit_row *row)
{
	json_open(j, NULL, '{');
	json_time(j, "at", row->at);
	json_text(j, "activity", row->activity);
	json_text(j, "result", row->result);
	json_text(j, "reason", row->reason);
	json_text(j, "detail", row->detail);
	json_text(j, "address", row->address);
	json_text(j, "browser", row->agent);
	json_close(j, '}');
}

/* What the audit log has about the person, with what is sealed under their key. */
static err write_events(struct ctx *c, struct json *j, struct str id)
{
	struct op_audit_list in = { .most = events_most };
	const struct rec_audit_row *rows;
	struct answer a = { 0 };
	err e;

	if ((e = id_text(c, id, &in.person)) || (e = serve_audit_list(c, &in, &a)))
		return e;
	rows = a.items;
	json_open(j, "events", '[');
	for (size_t i = 0; i < a.item_count; i++)
		write_event(j, &rows[i]);
	json_close(j, ']');
	return 0;
}

static err write_person(struct ctx *c, struct buf *b, const struct account *account)
{
	struct json j = { .out = b };
	struct registration registration;
	struct methods methods;
	err e;

	if ((e = methods_load(c, account->id, &methods)) ||
		(e = registration_load(c, account->id, &registration)))
		return e;
	json_open(&j, NULL, '{');
	json_time(&j, "written", c->now);
	write_account(&j, account);
	write_methods(&j, methods);
	write_registration(&j, &registration);
	if ((e = write_rest(c, &j, account->id)) || (e = write_events(c, &j, account->id)))
		return e;
	json_close(&j, '}');
	return 0;
}

err serve_people_export(struct ctx *c, const struct op_people_export *in, struct answer *out)
{
	struct rec_person_export *record = arena_take(c->arena, sizeof(*record));
	struct buf b = buf_in(c->arena, json_limit);
	struct unit unit = unit_begin(c);
	struct account account;
	err e;

	if (!record)
		return fault(c, fault_arena, "export");
	if ((e = person_find(c, in->name, &account)) || (e = write_person(c, &b, &account)))
		return e;
	if (b.full)
		return fault(c, fault_limit, "export: more than %d bytes", json_limit);
	if ((e = person_note(&unit, event_person_exported, account.id, NULL)) ||
		(e = unit_commit(&unit)))
		return e;
	record->json = buf_str(&b);
	out->record = record;
	return 0;
}
