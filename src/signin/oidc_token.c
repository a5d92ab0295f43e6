/* The token endpoint (RFC 6749 3.2, RFC 7636 4.6, OpenID Connect Core 3.1.3, 12) and userinfo
 * (5.3).
 *
 * out->words is the error of RFC 6749 5.2 that the application is told. */
#include "signin/oidc_inside.h"

#include "audit/audit.h"

enum { verifier_least = 43, refresh_text = 64 /* base64url of an id and a token */ };

static err wrong(struct answer *out, const char *error)
{
	out->words = str_of(error);
	return reply_refused;
}

/* ---- which application ---- */

static bool secret_holds(struct ctx *c, const struct application *a, const struct secret *secret)
{
	uint8_t mac[digest_size];

	if (!secret || !a->secret.at)
		return false;
	digest_keyed(c->keys, key_token, a->id, secret_show(secret), mac);
	return bytes_same((struct str){ (const char *)mac, sizeof(mac) }, a->secret);
}

/* A public client has nothing to show: the verifier of its code alone says that it is the one that
 * asked. */
static err authenticate(
	struct ctx *c, const struct op_oidc_token *in, struct application *a, struct answer *out)
{
	err e = oidc_application(c, in->client_id, a);

	if (e)
		return e == reply_not_found ? wrong(out, "invalid_client") : e;
	if (str_is(a->client, "confidential") ? !secret_holds(c, a, in->client_secret)
					      : in->client_secret != NULL)
		return wrong(out, "invalid_client");
	return 0;
}

/* ---- what was given before ---- */

/* It was stolen, or its owner is out of step: whoever has it has it no more (RFC
 * 9700 4.5.3.2, 4.14.2). */
static err used_twice(struct ctx *c, const struct oidc_grant *g, const struct application *a,
	const char *what, struct answer *out)
{
	struct buf words = buf_in(c->arena, 400);
	struct unit unit = unit_begin(c);
	err e;

	buf_print(&words, "%s: %.*s", what, STR_ARG(str_upto(a->name, 160)));
	if (words.full)
		return fault(c, fault_arena, "application");
	unit_add(&unit, statement_oidc_grant_end, any_rows, WITH(v_bytes(g->id)));
	if ((e = audit_add(&unit, event_application_reuse,
		     &(struct audit_about){ .failure = true,
			     .account = g->account,
			     .actor = actor_system,
			     .note = buf_str(&words) })) ||
		(e = unit_commit(&unit)))
		return e;
	return wrong(out, "invalid_grant");
}

static err end(struct ctx *c, const struct oidc_grant *g, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	unit_add(&unit, statement_oidc_grant_end, any_rows, WITH(v_bytes(g->id)));
	return (e = unit_commit(&unit)) ? e : wrong(out, "invalid_grant");
}

/* The person, while the session lives and the application is still open to them. */
static err person_of(struct ctx *c, const struct application *a, const struct oidc_grant *g,
	struct session *s, struct answer *out)
{
	bool open;
	err e = oidc_grant_alive(c, g, s);

	if (e)
		return e == reply_sign_in_first ? wrong(out, "invalid_grant") : e;
	if ((e = application_open(c, a, g->account, &open)))
		return e;
	return open && g->level >= a->level ? 0 : wrong(out, "invalid_grant");
}

/* ---- giving ---- */

struct giving {
	const struct application *a;
	const struct oidc_grant *g;
	const struct session *s;
	struct str scope;
	bool by_code;
};

static void put(struct unit *unit, const struct giving *what, struct str access, struct str refresh,
	int64_t seconds)
{
	struct value id = v_bytes(what->g->id), expires = v_number(unit->c->now + seconds);

	if (what->by_code)
		unit_add(unit, statement_oidc_tokens_give, 1,
			WITH(id, v_bytes(access), v_text(what->scope), expires, v_bytes(refresh)));
	else
		unit_add(unit, statement_oidc_tokens_turn, 1,
			WITH(id, v_bytes(access), v_text(what->scope), expires, v_bytes(refresh),
				v_bytes(what->g->refresh)));
}

static err give(struct ctx *c, const struct giving *what, struct answer *out)
{
	struct rec_oidc_tokens *tokens = arena_take(c->arena, sizeof(*tokens));
	const struct oidc_grant *g = what->g;
	struct str access, refresh = STR_NONE;
	struct unit unit = unit_begin(c);
	err e;

	if (!tokens)
		return fault(c, fault_arena, "tokens");
	*tokens = (struct rec_oidc_tokens){ .scope = what->scope, .expires_in = access_seconds };
	if ((e = oidc_id_token(c, what->a, g, &what->s->owner, what->scope, what->by_code,
		     &tokens->id_token)) ||
		(e = oidc_token_mint(c, "oidc access", STR_NONE, &tokens->access_token, &access)))
		return e;
	if (oidc_words_have(g->scope, "offline_access") &&
		(e = oidc_token_mint(c, "oidc refresh", g->id, &tokens->refresh_token, &refresh)))
		return e;
	put(&unit, what, access, refresh, tokens->expires_in);
	e = unit_commit(&unit);
	if (e)
		return e == reply_lost_race ? wrong(out, "invalid_grant") : e;
	out->record = tokens;
	return 0;
}

/* ---- for a code ---- */

/* RFC 7636 4.1: 43 to 128 letters, digits, and -._~ */
static bool verifier_holds(const struct secret *verifier, struct str challenge)
{
	char letters[challenge_size];
	struct buf b = buf_on(letters, sizeof(letters));
	uint8_t digest[digest_size];
	struct str text;

	if (!verifier || secret_length(verifier) < verifier_least)
		return false;
	text = secret_show(verifier);
	for (size_t i = 0; i < text.length; i++) {
		char low = (char)(text.at[i] | 0x20);

		if (!((low >= 'a' && low <= 'z') || (text.at[i] >= '0' && text.at[i] <= '9') ||
			    (text.at[i] && strchr("-._~", text.at[i]))))
			return false;
	}
	digest_sha256(text, digest);
	base64url_add(&b, (struct str){ (const char *)digest, sizeof(digest) });
	return bytes_same(buf_str(&b), challenge);
}

/* Once, and durably, before the verifier is looked at. */
static err use_code(
	struct ctx *c, const struct oidc_grant *g, const struct application *a, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	if (g->code_used)
		return used_twice(c, g, a, "a code", out);
	unit_add(&unit, statement_oidc_code_use, 1, WITH(v_bytes(g->id)));
	e = unit_commit(&unit);
	return e == reply_lost_race ? used_twice(c, g, a, "a code", out) : e;
}

static err for_code(struct ctx *c, const struct op_oidc_token *in, const struct application *a,
	struct answer *out)
{
	struct oidc_grant g;
	struct session s;
	struct str mac;
	err e;

	if (!in->code || !in->code_verifier)
		return wrong(out, "invalid_request");
	if ((e = oidc_token_mac(c, "oidc code", in->code, &mac)))
		return e;
	e = oidc_grant_load(c, grant_by_code, mac, &g);
	if (e)
		return e == reply_not_found ? wrong(out, "invalid_grant") : e;
	/* Another's code is refused, and left to its owner. */
	if (!str_same(g.application, a->id))
		return wrong(out, "invalid_grant");
	if ((e = use_code(c, &g, a, out)))
		return e;
	if (g.code_expires <= c->now || !str_same(in->redirect_uri, g.redirect_uri) ||
		!verifier_holds(in->code_verifier, g.challenge))
		return end(c, &g, out);
	if ((e = person_of(c, a, &g, &s, out)))
		return e;
	return give(c, &(struct giving){ a, &g, &s, g.scope, true }, out);
}

/* ---- for a refresh token ---- */

/* A part of what was given at first, or all of it. */
static err narrow(
	struct ctx *c, struct str asked, struct str given, struct answer *out, struct str *scope)
{
	struct buf b = buf_in(c->arena, scope_limit);
	struct str rest = given, one;

	*scope = given;
	if (!asked.length)
		return 0;
	while (rest.length) {
		char word[20] = "";

		if (!str_cut(rest, ' ', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		must_be(one.length < sizeof(word));
		memcpy(word, one.at, one.length);
		if (!oidc_words_have(asked, word))
			continue;
		buf_add(&b, b.length ? STR(" ") : STR(""));
		buf_add(&b, one);
	}
	*scope = buf_str(&b);
	return oidc_words_have(*scope, "openid") ? 0 : wrong(out, "invalid_scope");
}

static bool grant_id(struct ctx *c, const struct secret *refresh, struct str *id)
{
	uint8_t bytes[id_size + token_size];
	size_t size = sizeof(bytes);
	bool good = secret_length(refresh) == refresh_text &&
		    base64url_take(secret_show(refresh), bytes, &size) && size == sizeof(bytes);

	if (good)
		*id = arena_copy(c->arena, (struct str){ (const char *)bytes, id_size });
	bytes_wipe(bytes, sizeof(bytes));
	return good && id->at;
}

static err for_refresh(struct ctx *c, const struct op_oidc_token *in, const struct application *a,
	struct answer *out)
{
	struct oidc_grant g;
	struct session s;
	struct str id, mac, scope;
	err e;

	if (!in->refresh_token)
		return wrong(out, "invalid_request");
	if (!grant_id(c, in->refresh_token, &id))
		return wrong(out, "invalid_grant");
	e = oidc_grant_load(c, grant_by_id, id, &g);
	if (e)
		return e == reply_not_found ? wrong(out, "invalid_grant") : e;
	if (!str_same(g.application, a->id))
		return wrong(out, "invalid_grant");
	if ((e = oidc_token_mac(c, "oidc refresh", in->refresh_token, &mac)))
		return e;
	if (!g.refresh.at || !bytes_same(mac, g.refresh))
		return used_twice(c, &g, a, "a refresh token", out);
	if ((e = person_of(c, a, &g, &s, out)) ||
		(e = narrow(c, in->scope, g.scope, out, &scope)) || (e = session_touch(c, &s)))
		return e;
	return give(c, &(struct giving){ a, &g, &s, scope, false }, out);
}

err serve_oidc_token(struct ctx *c, const struct op_oidc_token *in, struct answer *out)
{
	struct application a;
	err e;

	if ((e = authenticate(c, in, &a, out)))
		return e;
	if (str_is(in->grant_type, "authorization_code"))
		return for_code(c, in, &a, out);
	if (str_is(in->grant_type, "refresh_token"))
		return for_refresh(c, in, &a, out);
	return wrong(out, in->grant_type.length ? "unsupported_grant_type" : "invalid_request");
}

/* ---- userinfo ---- */

err serve_oidc_userinfo(struct ctx *c, const struct op_oidc_userinfo *in, struct answer *out)
{
	struct rec_oidc_person *person = arena_take(c->arena, sizeof(*person));
	struct application a;
	struct oidc_grant g;
	struct session s;
	struct str mac;
	err e;

	if (!person)
		return fault(c, fault_arena, "userinfo");
	if (!in->access_token)
		return wrong(out, "invalid_token");
	if ((e = oidc_token_mac(c, "oidc access", in->access_token, &mac)))
		return e;
	e = oidc_grant_load(c, grant_by_access, mac, &g);
	if (e == 0 && g.access_expires <= c->now)
		e = reply_not_found;
	if (e == 0)
		e = application_load(c, g.application, &a);
	if (e)
		return e == reply_not_found ? wrong(out, "invalid_token") : e;
	if ((e = person_of(c, &a, &g, &s, out)))
		return e > 0 ? wrong(out, "invalid_token") : e;
	if ((e = oidc_person(c, &s.owner, g.access_scope, person, out)))
		return e;
	out->record = person;
	return 0;
}
