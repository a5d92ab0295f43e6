/* In a demonstration some people are registered already, so that a reset can be tried at once. */
#include "people/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"

struct way {
	const char *kind, *label;
	struct str address, channel, seed;
};

static err add_way(struct unit *unit, struct str account, struct str id, const struct way *w)
{
	struct ctx *c = unit->c;

	unit_add(unit, statement_method_add, 1,
		WITH(v_bytes(id), v_bytes(account), v_text(str_of(w->kind)),
			v_text(str_of(w->label)), v_text(w->address), v_text(w->channel),
			w->seed.at ? v_bytes(w->seed) : v_null(), v_text(STR("pending")),
			v_number(c->now), v_null(), v_number(0), v_number(0)));
	unit_add(unit, statement_method_activate, 1,
		WITH(v_bytes(id), v_bytes(account), v_number(c->now), v_text(str_of(w->label)),
			v_number(0)));
	return person_note(unit, event_info_registered, account, "demonstration");
}

/* The first address that the organisation knows. reply_nothing: it knows none. */
static err add_mail(struct unit *unit, struct str account)
{
	struct ctx *c = unit->c;
	struct mail_address mail = { 0 };
	struct str id = id_make(c);
	struct rows rows;
	err e;

	if (!id.at)
		return fault(c, fault_arena, "demo");
	if ((e = store_read(c, statement_contacts_of, WITH(v_bytes(account)), 1, &rows)))
		return e;
	if (rows.count == 0)
		return reply_nothing;
	if ((e = mail_address_take(c, row_str(&rows, 0, 0), &mail)))
		return e;
	return add_way(unit, account, id,
		&(struct way){ "mail", "", mail.address, mail.channel, STR_NONE });
}

static err add_app(struct unit *unit, struct str account)
{
	struct ctx *c = unit->c;
	struct way app = { "totp", "Authenticator app", STR(""), STR(""), STR_NONE };
	struct str id = id_make(c);
	struct secret *seed;
	err e;

	if (!id.at)
		return fault(c, fault_arena, "demo");
	if ((e = totp_seed_make(c, &seed)) || (e = totp_seed_seal(c, account, id, seed, &app.seed)))
		return e;
	return add_way(unit, account, id, &app);
}

err serve_demo_register(struct ctx *c, const struct op_demo_register *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct account account;
	struct methods methods;
	err e;

	(void)out;
	if (!c->conf->demo)
		return reply_not_allowed;
	if ((e = person_find(c, in->name, &account)) || (e = methods_load(c, account.id, &methods)))
		return e;
	if (methods.count)
		return reply_already;
	if ((e = add_mail(&unit, account.id)) || (e = add_app(&unit, account.id)))
		return e;
	return unit_commit(&unit);
}
