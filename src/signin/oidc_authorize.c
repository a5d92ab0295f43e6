/* The authorization endpoint: who is signed in, whether that is enough, and where the browser goes
 * next (OpenID Connect Core 3.1.2.3 to 3.1.2.6, RFC 6749 4.1.2, RFC 9207). */
#include "signin/oidc_inside.h"

#include "audit/audit.h"
#include "people/security_info.h"
#include "signin/interrupt.h"

enum { location_limit = 5000, note_limit = 400 };

struct going {
	struct ctx *c;
	const struct oidc_request *q;
	struct session s;
	bool signed_in;
	bool has_second; /* the account could give another proof */
	struct rec_oidc_answer *record;
	struct answer *out;
};

/* ---- back to the application ---- */

/* Every answer names who gives it, so that it is not taken to another (RFC 9207). */
static err go_back(struct going *g, const char *error)
{
	struct buf b = buf_in(g->c->arena, location_limit);

	buf_add(&b, g->q->redirect_uri);
	oidc_parameter(&b, "error", str_of(error));
	oidc_parameter(&b, "state", g->q->state);
	oidc_parameter(&b, "iss", oidc_issuer(g->c));
	g->record->location = buf_str(&b);
	return b.full ? fault(g->c, fault_limit, "an answer to an application is too long") : 0;
}

static err note(struct going *g, struct unit *unit, const char *refusal)
{
	struct buf words = buf_in(g->c->arena, note_limit);

	buf_print(&words, "%.*s", STR_ARG(str_upto(g->q->application.name, 160)));
	if (words.full)
		return fault(g->c, fault_arena, "application");
	return audit_add(unit, event_application_signin,
		&(struct audit_about){ .failure = refusal != NULL,
			.reason = str_of(refusal),
			.account = g->s.account,
			.actor = actor_self,
			.note = buf_str(&words) });
}

static err deny(struct going *g)
{
	struct unit unit = unit_begin(g->c);
	err e;

	if ((e = note(g, &unit, "The person may not use this application")) ||
		(e = unit_commit(&unit)))
		return e;
	return go_back(g, "access_denied");
}

static err give_code(struct going *g)
{
	struct unit unit = unit_begin(g->c);
	err e;

	if ((e = oidc_grant_make(&unit, g->q, &g->s, &g->record->code)) ||
		(e = note(g, &unit, NULL)) || (e = go_back(g, NULL)))
		return e;
	e = unit_commit(&unit);
	/* The session ended at this moment, or the application was deleted. */
	return e == reply_lost_race ? (err)reply_begin : e;
}

/* ---- what is asked of the person first ---- */

/* The application waits meanwhile, unless it said that nobody is to be asked anything. */
static err ask_first(struct going *g, enum reply reply, const char *error)
{
	err e;

	if (oidc_words_have(g->q->prompt, "none"))
		return go_back(g, error);
	if ((e = oidc_request_seal(g->c, g->q, &g->record->request)))
		return e;
	g->record->login_hint = g->q->login_hint;
	return (err)reply;
}

/* What a sign-in still owes comes before an application: registration that policy asks for. */
static err owed(struct going *g, bool *something)
{
	enum interrupt page;
	err e = interrupt_of(g->c, &g->s, &page);

	*something = !e && page != interrupt_none;
	return e;
}

/* Somebody else is meant, or the person wants to choose:
 * a session that began before does not do. */
static bool wants_another(const struct going *g)
{
	const struct oidc_request *q = g->q;

	if (q->subject.length && !str_same(q->subject, g->s.account))
		return true;
	return oidc_words_have(q->prompt, "select_account") &&
	       (q->fresh || g->s.created <= q->began);
}

/* The last proof is older than asked for: prompt=login wants one made for this request. */
static bool too_old(const struct going *g)
{
	const struct oidc_request *q = g->q;
	bool since = !q->fresh && g->s.proved > q->began;

	if (oidc_words_have(q->prompt, "login") && !since)
		return true;
	return q->max_age >= 0 && !since && g->s.proved + q->max_age < g->c->now;
}

static err find_second(struct going *g)
{
	struct methods methods;
	err e = methods_load(g->c, g->s.account, &methods);

	if (e)
		return e;
	g->has_second = methods_have_second(methods);
	return 0;
}

/* acr_values are a wish (3.1.2.1): what the person cannot give is not asked for. */
static bool level_short(const struct going *g)
{
	bool wished = oidc_words_have(g->q->acr_values, acr_multi) && g->has_second;

	return g->s.level < g->q->application.level || (g->s.level < 2 && wished);
}

static err decide(struct going *g)
{
	bool something, open;
	err e;

	if (!g->signed_in || wants_another(g))
		return ask_first(g, reply_sign_in_first, "login_required");
	if (too_old(g))
		return ask_first(g, reply_prove_first, "login_required");
	if ((e = owed(g, &something)) || (e = find_second(g)))
		return e;
	if (something)
		return ask_first(g, reply_owes, "interaction_required");
	if ((e = application_open(g->c, &g->q->application, g->s.account, &open)))
		return e;
	if (!open)
		return deny(g);
	if (level_short(g) && g->has_second)
		return ask_first(g, reply_prove_first, "interaction_required");
	if (level_short(g)) {
		g->out->words = STR("application_second");
		return ask_first(g, reply_refused, "interaction_required");
	}
	return give_code(g);
}

static err go_on(struct going *g)
{
	err e = session_check(g->c, g->c->request, &g->s);

	if (e && e != reply_sign_in_first)
		return e;
	g->signed_in = e == 0;
	return decide(g);
}

static err begin(struct ctx *c, const struct oidc_request *q, struct answer *out, struct going *g)
{
	*g = (struct going){
		.c = c, .q = q, .out = out, .record = arena_take(c->arena, sizeof(*g->record))
	};
	out->record = g->record;
	return g->record ? 0 : fault(c, fault_arena, "an application's request");
}

err serve_oidc_authorize(struct ctx *c, const struct op_oidc_authorize *in, struct answer *out)
{
	const char *wrong = NULL;
	struct oidc_request q = { 0 };
	struct going g;
	err e;

	if ((e = begin(c, &q, out, &g)) || (e = oidc_request_take(c, in, out, &q, &wrong)))
		return e;
	g.record->application = q.application.name;
	if (wrong)
		return go_back(&g, wrong);
	/* A browser that comes from elsewhere does not say who is signed in: it is asked again from
	 * a page of ours, and until then nothing is known, not even that nobody is
	 * (SameSite=Strict). */
	if (!in->keep)
		return go_on(&g);
	e = oidc_request_seal(c, &q, &g.record->request);
	return e ? e : (err)reply_sign_in_first;
}

err serve_oidc_resume(struct ctx *c, const struct op_oidc_resume *in, struct answer *out)
{
	struct oidc_request q = { 0 };
	struct going g;
	err e;

	if ((e = begin(c, &q, out, &g)) || (e = oidc_request_open(c, in->request, &q)))
		return e;
	g.record->application = q.application.name;
	return go_on(&g);
}
