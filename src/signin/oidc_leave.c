/* Signing out as an application asks (OpenID Connect RP-Initiated Logout 1.0). */
#include "signin/oidc_inside.h"

#include "audit/audit.h"
#include "model/uri.h"
#include "spec/values.h"

enum { kept_limit = 2800, location_limit = 5000 };

/* What was asked, as far as it holds. */
struct farewell {
	struct application application; /* id STR_NONE: unknown */
	struct str sid;                 /* whose session is meant; STR_NONE: not said by us */
	struct str uri, state;          /* STR_NONE: the person stays here */
};

/* ---- what is asked ---- */

/* An id token of ours says which application it was given to, and in which session. */
static err take_hint(struct ctx *c, struct str hint, struct str *client_id, struct farewell *f)
{
	struct str claims;
	err e;

	if (!hint.length)
		return 0;
	e = oidc_read(c, "JWT", hint, &claims);
	if (e)
		return e == reply_wrong ? 0 : e;
	/* Told to be another's, it is nobody's (2). */
	if (client_id->length && !str_same(*client_id, oidc_claim(claims, "aud")))
		return 0;
	*client_id = oidc_claim(claims, "aud");
	return id_take(c, oidc_claim(claims, "sid"), &f->sid)
		       ? 0
		       : fault(c, fault_crypto, "a token without a session");
}

static err take(struct ctx *c, const struct op_oidc_logout *in, struct farewell *f)
{
	struct str client_id = in->client_id;
	err e;

	*f = (struct farewell){ 0 };
	if ((e = take_hint(c, in->id_token_hint, &client_id, f)))
		return e;
	e = oidc_application(c, client_id, &f->application);
	if (e == reply_not_found) {
		*f = (struct farewell){ 0 };
		return 0;
	}
	if (e)
		return e;
	if (uri_listed(f->application.post_logout_uris, in->post_logout_redirect_uri, false)) {
		f->uri = in->post_logout_redirect_uri;
		f->state = in->state;
	}
	return 0;
}

err serve_oidc_logout(struct ctx *c, const struct op_oidc_logout *in, struct answer *out)
{
	struct rec_oidc_farewell *record = arena_take(c->arena, sizeof(*record));
	struct buf b = buf_in(c->arena, kept_limit);
	struct farewell f;
	err e;

	if (!record)
		return fault(c, fault_arena, "a farewell");
	if ((e = take(c, in, &f)))
		return e;
	values_add(&b, STR("application"), f.application.id);
	values_add(&b, STR("sid"), f.sid);
	values_add(&b, STR("uri"), f.uri);
	values_add(&b, STR("state"), f.state);
	if (b.full)
		return fault(c, fault_limit, "a farewell is over %d bytes", kept_limit);
	out->record = record;
	return oidc_keep(c, "oidc logout", buf_str(&b), &record->request);
}

/* ---- what is done ---- */

static err open_kept(struct ctx *c, struct str text, struct farewell *f)
{
	struct str values, id;
	err e;

	*f = (struct farewell){ 0 };
	if (!text.length)
		return 0;
	e = oidc_kept(c, "oidc logout", text, &values);
	if (e)
		return e == reply_begin ? 0 : e;
	id = values_get(values, STR("application"));
	e = id.length ? application_load(c, id, &f->application) : (err)reply_not_found;
	if (e)
		return e == reply_not_found ? 0 : e;
	f->sid = values_get(values, STR("sid"));
	f->uri = values_get(values, STR("uri"));
	f->state = values_get(values, STR("state"));
	if (f->uri.length && !uri_listed(f->application.post_logout_uris, f->uri, false))
		f->uri = STR_NONE;
	return 0;
}

/* Whether the session is the one that the application was given its token in: then nobody need be
 * asked. */
static err is_meant(struct ctx *c, const struct farewell *f, const struct session *s, bool *meant)
{
	struct rows rows;
	err e;

	*meant = false;
	if (!f->sid.length)
		return 0;
	e = store_one(c, statement_oidc_session_of,
		WITH(v_bytes(f->application.id), v_bytes(f->sid)), &rows);
	if (e)
		return e == reply_not_found ? 0 : e;
	*meant = str_same(row_str(&rows, 0, 0), s->id);
	return 0;
}

static err end(struct ctx *c, const struct session *s, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	out->end_session = true;
	unit_add(&unit, statement_session_end, any_rows, WITH(v_bytes(s->id)));
	if ((e = audit_add(&unit, event_sign_out,
		     &(struct audit_about){ .account = s->account, .actor = actor_self })))
		return e;
	return unit_commit(&unit);
}

static err go_back(struct ctx *c, const struct farewell *f, struct rec_oidc_farewell *record)
{
	struct buf b = buf_in(c->arena, location_limit);

	if (!f->uri.length)
		return 0;
	buf_add(&b, f->uri);
	oidc_parameter(&b, "state", f->state);
	record->location = buf_str(&b);
	return b.full ? fault(c, fault_limit, "an address is too long") : 0;
}

err serve_oidc_leave(struct ctx *c, const struct op_oidc_leave *in, struct answer *out)
{
	struct rec_oidc_farewell *record = arena_take(c->arena, sizeof(*record));
	struct farewell f;
	struct session s;
	bool meant;
	err e;

	if (!record)
		return fault(c, fault_arena, "a farewell");
	out->record = record;
	if ((e = open_kept(c, in->request, &f)))
		return e;
	record->application = f.application.name;
	e = session_check(c, c->request, &s);
	if (e && e != reply_sign_in_first)
		return e;
	if (e == reply_sign_in_first)
		return go_back(c, &f, record);
	if ((e = is_meant(c, &f, &s, &meant)))
		return e;
	if (!meant && !in->sure)
		return reply_sure;
	return (e = end(c, &s, out)) ? e : go_back(c, &f, record);
}
