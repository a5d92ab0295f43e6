/* people invite: a one-time pass, shown once, that opens the password and registration. */
#include "people/inside.h"

#include "flow/flow.h"
#include "method/method.h"

enum { pass_tries = 5, pass_seconds = 24 * 60 * 60 };

/* A new pass to be shown, and the MAC that recognises it in whatever spelling it is typed. */
static err mint(struct ctx *c, struct str account, struct secret **shown, struct str *mac)
{
	struct secret *canonical;
	err e;

	if ((e = pass_make(c, shown)) || (e = pass_canonical(c, *shown, &canonical)))
		return e;
	return pass_mac(c, account, canonical, mac);
}

err serve_people_invite(struct ctx *c, const struct op_people_invite *in, struct answer *out)
{
	struct rec_invitation *invitation = arena_take(c->arena, sizeof(*invitation));
	struct unit unit = unit_begin(c);
	struct account account;
	struct str mac;
	err e;

	if (!invitation)
		return fault(c, fault_arena, "invite");
	if ((e = person_find(c, in->name, &account)))
		return e;
	if (account.disabled)
		return reply_not_allowed;
	if ((e = mint(c, account.id, &invitation->pass, &mac)))
		return e;
	invitation->expires = c->now + pass_seconds;
	unit_add(&unit, statement_pass_put, 1,
		WITH(v_bytes(account.id), v_bytes(mac), v_number(c->now),
			v_number(invitation->expires), v_number(pass_tries)));
	if ((e = person_note(&unit, event_person_invited, account.id, NULL)) ||
		(e = unit_commit(&unit)))
		return e;
	out->record = invitation;
	return 0;
}
