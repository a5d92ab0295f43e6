/* One person: found by any name, shown as a record, with what stands in the way of a reset. */
#include "people/inside.h"

#include "model/name.h"
#include "policy/standing.h"
#include "policy/throttle.h"

enum { why_limit = 600 }; /* spec/operation.def: person.why */

err person_find(struct ctx *c, struct str name, struct account *out)
{
	struct str canonical;
	err e;

	if ((e = name_canonical(c, name, &canonical)))
		return e > 0 ? reply_not_found : e;
	return account_named(c, canonical, out);
}

err person_note(struct unit *unit, enum event event, struct str account, const char *note)
{
	return audit_add(unit, event,
		&(struct audit_about){
			.account = account, .actor = actor_socket, .note = str_of(note) });
}

void person_end(struct unit *unit, struct str account)
{
	unit_add(unit, statement_sessions_end, any_rows, WITH(v_bytes(account)));
	flows_end(unit, account, STR(""));
	unit_add(unit, statement_pass_drop, any_rows, WITH(v_bytes(account)));
}

/* "mail+totp" */
static err methods_text(struct ctx *c, const int64_t worth[method_kind_count], struct str *out)
{
	err e = 0;

	*out = STR("");
	for (enum method_kind kind = 0; !e && kind < method_kind_count; kind++)
		if (worth[kind])
			e = proofs_with(c, *out, kind, out);
	return e;
}

static struct str password_text(struct str origin)
{
	if (!origin.at)
		return STR("none");
	return str_is(origin, "rekey") ? STR("set") : STR("imported");
}

static struct str state_text(struct str state, int64_t frozen)
{
	if (str_is(state, "active") && frozen)
		return STR("frozen");
	return state;
}

void person_worth(const struct rows *rows, size_t row, int64_t worth[method_kind_count])
{
	enum { seen_first = 15 };

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		worth[kind] = method_worth(
			kind, row_number(rows, row, (size_t)seen_first + (size_t)kind));
}

err person_from(struct ctx *c, const struct rows *rows, size_t row, struct rec_person *out)
{
	int64_t worth[method_kind_count];
	struct standing standing;
	err e;

	person_worth(rows, row, worth);
	*out = (struct rec_person){
		.name = row_str(rows, row, 1),
		.display_name = row_str(rows, row, 3),
		.reading = row_str(rows, row, 4),
		.upn = row_str(rows, row, 5),
		.mail = row_str(rows, row, 6),
		.employee_id = row_str(rows, row, 7),
		.language = row_str(rows, row, 8),
		.state = state_text(row_str(rows, row, 9), row_number(rows, row, 10)),
		.last_signin = row_number(rows, row, 11),
		.password = password_text(row_str(rows, row, 12)),
		.password_set = row_number(rows, row, 13),
		.must_change = row_number(rows, row, 14),
	};
	if ((e = id_text(c, row_str(rows, row, 0), &out->id)) ||
		(e = methods_text(c, worth, &out->methods)) ||
		(e = standing_read(c, row_str(rows, row, 0), worth, &standing)))
		return e;
	out->registered = standing.registered;
	return 0;
}

/* ---- what stands in the way ---- */

static void why_add(struct buf *b, const char *sentence)
{
	if (b->length)
		buf_char(b, ' ');
	buf_add(b, str_of(sentence));
}

static err why_throttled(struct ctx *c, const struct account *account, struct buf *b)
{
	struct rows rows;
	char until[21];
	err e;

	if ((e = store_read(c, statement_counters_of, WITH(v_bytes(account->id)), 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		bool familiar = row_number(&rows, i, 1);
		bool proofs = str_is(row_str(&rows, i, 0), "proof");
		int64_t since = row_number(&rows, i, 3), shut = row_number(&rows, i, 4);
		enum method_kind way;

		if (proofs && row_number(&rows, i, 2) >= 10 && since > c->now - 86400)
			why_add(b, familiar ? "Too many failed proofs today from familiar devices."
					    : "Too many failed proofs today from other devices.");
		if (method_of(row_str(&rows, i, 0), &way) &&
			row_number(&rows, i, 2) >= failures_to_disable) {
			why_add(b, "Too many failures in a row from other devices of the way");
			buf_print(b, " %s: unlock the account.", method_name(way));
		}
		if (!proofs && shut > c->now) {
			clock_utc(shut, until);
			why_add(b, familiar ? "Sign-in from familiar devices is locked until"
					    : "Sign-in from other devices is locked until");
			buf_print(b, " %s.", until);
		}
	}
	return 0;
}

static void why_methods(struct buf *b, const struct rules *rules, struct methods methods)
{
	int64_t usable = rules_ways(rules, methods), needed = rules->value[rule_proofs_to_reset],
		until;
	char until_words[21];
	bool shut = false;

	for (size_t i = 0; i < methods.count; i++)
		shut = shut || str_is(methods.at[i].state, "disabled");
	if (shut)
		why_add(b,
			"A method is disabled after 100 failures in a row: unfreeze the account.");
	if (!rules->in_scope)
		why_add(b, "The person may not reset: `rekey policy explain` says why.");
	if (usable == 0)
		why_add(b, "No way to prove it that policy lets count is registered: invite the "
			   "person.");
	else if (rules_needed(rules, methods, &until) < needed) {
		clock_utc(until, until_words);
		why_add(b, "The number of proofs was raised: the one way that is registered is "
			   "enough until");
		buf_print(b, " %s.", until_words);
	} else if (usable < needed)
		why_add(b, "Only one way to prove it is registered, and a reset needs two: invite "
			   "the person.");
}

err person_why(
	struct ctx *c, const struct account *account, struct methods methods, struct str *out)
{
	struct buf b = buf_in(c->arena, why_limit);
	struct rules rules;
	err e = rules_of(c, account->id, &rules);

	if (e)
		return e;
	if (account->disabled)
		why_add(&b, "The account is disabled.");
	if (account->frozen)
		why_add(&b,
			"The methods are frozen: verify the caller, then unfreeze the account.");
	why_methods(&b, &rules, methods);
	if ((e = why_throttled(c, account, &b)))
		return e;
	if (!b.at)
		return fault(c, fault_arena, "person: reasons");
	*out = buf_str(&b);
	return 0;
}
