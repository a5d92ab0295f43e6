/* What applications are told about a person (OpenID Connect Core 2, 5.1, 5.4; RFC 8176). */
#include "signin/oidc_inside.h"

#include "spec/claims.h"

enum {
	id_token_seconds = 10 * 60,
	claims_limit = 5000,
	groups_most = 200,
	groups_in_token = 2000 /* bytes: whoever is in more is asked about at userinfo */
};

struct str oidc_issuer(const struct ctx *c)
{
	struct str base = c->conf->base_url;

	if (str_ends(base, STR("/")))
		base.length--;
	return base;
}

err oidc_person(struct ctx *c, const struct account *a, struct str scope,
	struct rec_oidc_person *person, struct answer *out)
{
	err e;

	*person = (struct rec_oidc_person){ 0 };
	if ((e = id_text(c, a->id, &person->sub)))
		return e;
	if (oidc_words_have(scope, "profile")) {
		person->preferred_username = a->name;
		person->name = a->display_name.length ? a->display_name : a->name;
		person->given_name = a->given_name;
		person->family_name = a->surname;
		person->locale = a->language;
	}
	if (oidc_words_have(scope, "email"))
		person->email = a->mail;
	person->groups = oidc_words_have(scope, "groups");
	return person->groups ? groups_load(c, a->id, groups_most, out) : 0;
}

/* ---- an id token ---- */

/* RFC 8176 2: a printed code is a one-time password too, and so is a pass. */
static void add_amr(struct json *j, const struct oidc_grant *g)
{
	json_open(j, "amr", '[');
	if (proofs_hold(g->proofs, "password"))
		json_text(j, NULL, STR("pwd"));
	if (proofs_hold(g->proofs, "totp") || proofs_hold(g->proofs, "recovery_code") ||
		proofs_hold(g->proofs, "pass"))
		json_text(j, NULL, STR("otp"));
	if (proofs_hold(g->proofs, "passkey"))
		json_text(j, NULL, STR("hwk"));
	if (g->level > 1)
		json_text(j, NULL, STR("mfa"));
	json_close(j, ']');
}

static void add_groups(struct json *j, const struct answer *groups)
{
	const struct rec_group_name *all = groups->items;
	size_t size = 0;

	for (size_t i = 0; i < groups->item_count; i++)
		size += all[i].name.length + 3;
	if (size > groups_in_token)
		return;
	claims_add_groups(j, all, groups->item_count);
}

static err add_session(struct ctx *c, struct json *j, const struct oidc_grant *g)
{
	struct str sid;
	err e;

	if ((e = id_text(c, g->sid, &sid)))
		return e;
	json_number(j, "iat", c->now);
	json_number(j, "exp", c->now + id_token_seconds);
	json_number(j, "auth_time", g->auth_time);
	json_text(j, "acr", g->level > 1 ? STR(acr_multi) : STR(acr_single));
	add_amr(j, g);
	json_text(j, "sid", sid);
	return 0;
}

err oidc_id_token(struct ctx *c, const struct application *a, const struct oidc_grant *g,
	const struct account *account, struct str scope, bool with_nonce, struct str *out)
{
	struct buf claims = buf_in(c->arena, claims_limit);
	struct json j = { .out = &claims };
	struct rec_oidc_person person;
	struct answer groups = { 0 };
	struct str client_id;
	err e;

	if ((e = oidc_person(c, account, scope, &person, &groups)) ||
		(e = id_text(c, a->id, &client_id)))
		return e;
	json_open(&j, NULL, '{');
	json_text(&j, "iss", oidc_issuer(c));
	json_text(&j, "sub", person.sub);
	json_text(&j, "aud", client_id);
	if ((e = add_session(c, &j, g)))
		return e;
	if (with_nonce)
		json_text(&j, "nonce", g->nonce);
	claims_add(&j, &person);
	if (person.groups)
		add_groups(&j, &groups);
	json_close(&j, '}');
	if (claims.full)
		return fault(c, fault_limit, "claims are over %d bytes", claims_limit);
	return oidc_sign(c, a->algorithm, "JWT", buf_str(&claims), out);
}
