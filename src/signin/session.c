/* Sessions: who is signed in, and how that ends. */
#include "signin/session.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "flow/flow.h"
#include "signin/interrupt.h"
#include "store/records.h"

enum { seen_every = 60 }; /* the idle time-out is minutes long: a write a minute is enough */

bool session_live(const struct ctx *c, const struct session *s)
{
	return s->expires > c->now && s->seen + c->conf->session_idle > c->now;
}

err session_touch(struct ctx *c, const struct session *s)
{
	struct unit unit = unit_begin(c);

	if (s->seen + seen_every > c->now)
		return 0;
	unit_add(&unit, statement_session_seen, any_rows, WITH(v_bytes(s->id), v_number(c->now)));
	return unit_commit(&unit);
}

bool session_alive(const struct ctx *c, const struct session *s)
{
	return session_live(c, s) && !s->owner.disabled;
}

err session_check(struct ctx *c, const struct request *r, struct session *out)
{
	struct str mac;
	err e;

	if (!r->session)
		return reply_sign_in_first;
	if ((e = token_mac(c, "session", r->session, &mac)))
		return e;
	e = session_load(c, mac, out);
	if (e == reply_not_found || (e == 0 && !session_alive(c, out)))
		return reply_sign_in_first;
	return e ? e : session_touch(c, out);
}

static err note(struct unit *unit, enum event event)
{
	struct audit_about about = { .account = unit->c->who->account, .actor = actor_self };

	return audit_add(unit, event, &about);
}

/* Whoever leaves in the middle of it is asked again at the next sign-in (MS 7: a failure is
 * "cancelled"). */
static err note_cancelled(struct unit *unit)
{
	struct audit_about about = { .account = unit->c->who->account,
		.actor = actor_self,
		.failure = true,
		.reason = STR("User cancelled registration") };
	enum interrupt page;
	err e = interrupt_of(unit->c, unit->c->who, &page);

	if (e || (page != interrupt_steps && page != interrupt_mfa_setup &&
			 page != interrupt_reset_setup))
		return e;
	return audit_add(unit, event_info_complete, &about);
}

err serve_signout(struct ctx *c, const struct op_signout *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	(void)in;
	out->end_session = true;
	unit_add(&unit, statement_session_end, any_rows, WITH(v_bytes(c->who->id)));
	if ((e = note_cancelled(&unit)) || (e = note(&unit, event_sign_out)))
		return e;
	return unit_commit(&unit);
}

static err end_session(struct unit *unit, const struct secret *token)
{
	struct session who;
	struct str mac;
	err e;

	if (!token)
		return 0;
	if ((e = token_mac(unit->c, "session", token, &mac)) ||
		(e = session_load(unit->c, mac, &who)))
		return e == reply_not_found ? 0 : e;
	unit_add(unit, statement_session_end, any_rows, WITH(v_bytes(mac)));
	return audit_add(unit, event_sign_out,
		&(struct audit_about){ .account = who.account, .actor = actor_self });
}

err serve_kiosk_finish(struct ctx *c, const struct op_kiosk_finish *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct place place;
	struct str mac;
	err e;

	(void)in;
	if ((e = place_of(c, &place)) || !place.kiosk)
		return e;
	out->end_session = out->end_flow = true;
	if ((e = end_session(&unit, c->request->session)))
		return e;
	if (c->request->flow) {
		if ((e = token_mac(c, "flow", c->request->flow, &mac)))
			return e;
		unit_add(&unit, statement_flow_end, any_rows, WITH(v_bytes(mac)));
	}
	return unit.count ? unit_commit(&unit) : 0;
}

err serve_signout_everywhere(
	struct ctx *c, const struct op_signout_everywhere *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	(void)in;
	out->end_session = true;
	unit_add(&unit, statement_sessions_end, any_rows, WITH(v_bytes(c->who->account)));
	unit_add(&unit, statement_devices_end, any_rows, WITH(v_bytes(c->who->account)));
	if ((e = note(&unit, event_sessions_ended)))
		return e;
	return unit_commit(&unit);
}
