/* What an ended session leaves behind: its tokens go, and applications that want to hear of it are
 * told (OpenID Connect Back-Channel Logout 1.0). However a session ends, its row goes, and the
 * grant's reference becomes NULL; so nobody who ends one need know of applications. */
#include "signin/oidc_inside.h"

#include "base/json.h"
#include "outbox/outbox.h"

enum { claims_limit = 1000 };

/* 2.4 */
static err token_of(struct ctx *c, const struct application *a, struct str account, struct str sid,
	struct str *out)
{
	struct buf claims = buf_in(c->arena, claims_limit);
	struct json j = { .out = &claims };
	struct str texts[4], ids[4] = { account, a->id, sid, id_make(c) };
	err e;

	for (size_t i = 0; i < 4; i++)
		if ((e = id_text(c, ids[i], &texts[i])))
			return e;
	json_open(&j, NULL, '{');
	json_text(&j, "iss", oidc_issuer(c));
	json_text(&j, "sub", texts[0]);
	json_text(&j, "aud", texts[1]);
	json_number(&j, "iat", c->now);
	json_number(&j, "exp", c->now + outbox_logout_seconds);
	json_text(&j, "jti", texts[3]);
	json_open(&j, "events", '{');
	json_open(&j, "http://schemas.openid.net/event/backchannel-logout", '{');
	json_close(&j, '}');
	json_close(&j, '}');
	json_text(&j, "sid", texts[2]);
	json_close(&j, '}');
	if (claims.full)
		return fault(c, fault_arena, "a logout token");
	return oidc_sign(c, a->algorithm, "logout+jwt", buf_str(&claims), out);
}

static err tell(struct unit *unit, struct str application, struct str sid, struct str account)
{
	struct ctx *c = unit->c;
	struct application a;
	struct account who;
	struct str token;
	err e;

	if ((e = application_load(c, application, &a)) || (e = account_load(c, account, &who)))
		return e == reply_not_found ? 0 : e;
	if (!a.back_channel_uri.length)
		return 0;
	if ((e = token_of(c, &a, account, sid, &token)))
		return e;
	return outbox_logout(unit, &who, a.back_channel_uri, token);
}

err oidc_end_grants(struct ctx *c)
{
	struct unit unit = unit_begin(c);
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_oidc_grants_ended, WITH_NOTHING, 0, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++) {
		struct str application = row_str(&rows, i, 0), sid = row_str(&rows, i, 1);

		/* Who never turned its code into tokens knows of no session. */
		if (row_number(&rows, i, 3) &&
			(e = tell(&unit, application, sid, row_str(&rows, i, 2))))
			return e;
		unit_add(&unit, statement_oidc_grants_end, any_rows,
			WITH(v_bytes(application), v_bytes(sid)));
	}
	return unit.count ? unit_commit(&unit) : 0;
}
