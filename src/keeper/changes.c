/* What a change of policy leaves in the audit log, whether a reload or a restart brought it. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "policy/rules.h"

/* Who may reset and how, and how long that can be looked up. */
static bool decides(const struct conf_row *row)
{
	static const char *const sections[] = { "policy", "lockout", "audit" };

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (strcmp(row->section, sections[i]) == 0)
			return true;
	return false;
}

static err put(struct unit *unit, struct str name, struct str value)
{
	unit_add(unit, statement_setting_seen_put, 1, WITH(v_text(name), v_text(value)));
	return unit_commit(unit);
}

/* Lists can be long: of each value the row keeps what fits, in whole characters. */
static struct str shown(struct str value)
{
	size_t length = value.length < 150 ? value.length : 150;

	while (length < value.length && length > 0 && (value.at[length] & 0xc0) == 0x80)
		length--;
	return str_upto(value, length);
}

/* The number of proofs that a reset needs: raised, it gives a grace. What is set over the file
 * hides it. */
static err note_proofs(struct unit *unit, struct str name, struct str was, struct str value)
{
	struct rules rules;
	int64_t before, after;
	err e;

	if (!str_is(name, "policy.numberOfAuthenticationMethodsRequired") ||
		!str_number(was, &before) || !str_number(value, &after))
		return 0;
	if ((e = rules_of(unit->c, STR_NONE, &rules)))
		return e;
	if (str_is(rules.from[rule_proofs_to_reset], "file"))
		policy_raised_note(unit, STR_NONE, before, before, after);
	return 0;
}

static err note(struct ctx *c, struct str name, struct str was, struct str value)
{
	struct unit unit = unit_begin(c);
	struct buf words = buf_in(c->arena, 400);
	err e;

	buf_print(&words, "%.*s: %.*s -> %.*s", STR_ARG(name), STR_ARG(shown(was)),
		STR_ARG(shown(value)));
	if (words.full)
		return fault(c, fault_arena, "a changed setting");
	if ((e = note_proofs(&unit, name, was, value)))
		return e;
	e = audit_add(&unit, event_policy,
		&(struct audit_about){ .actor = actor_socket, .note = buf_str(&words) });
	return e ? e : put(&unit, name, value);
}

/* A setting that was never seen, of a new store or a new version, is no change. */
static err look(struct ctx *c, struct str name, struct str value)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	err e = store_one(c, statement_setting_seen, WITH(v_text(name)), &rows);

	if (e == reply_not_found)
		return put(&unit, name, value);
	if (e || str_same(row_str(&rows, 0, 0), value))
		return e;
	return note(c, name, row_str(&rows, 0, 0), value);
}

err changes_note(struct ctx *c)
{
	for (size_t row = 0; row < conf_row_count; row++) {
		char memory[120];
		struct buf name = buf_on(memory, sizeof(memory));
		struct str value = conf_value(c->conf, row);
		err e;

		if (!decides(&conf_rows[row]))
			continue;
		buf_print(&name, "%s.%s", conf_rows[row].section, conf_rows[row].key);
		must_be(!name.full);
		if ((e = look(c, buf_str(&name), value)))
			return e;
	}
	return 0;
}
