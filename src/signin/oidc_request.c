/* What an application asks of the authorization endpoint (OpenID Connect Core 3.1.2, RFC
 * 6749 4.1.1, RFC 7636), judged; and kept, sealed, while the person signs in. */
#include "signin/oidc_inside.h"

#include "model/uri.h"
#include "spec/values.h"

enum { kept_limit = 2800, digits_most = 9 };

static const char scopes[] = "openid|profile|email|groups|offline_access";

bool oidc_words_have(struct str words, const char *word)
{
	struct str one;

	while (uri_next(&words, &one))
		if (str_is(one, word))
			return true;
	return false;
}

err oidc_application(struct ctx *c, struct str client_id, struct application *out)
{
	struct str id;
	err e;

	if (!id_take(c, client_id, &id))
		return reply_not_found;
	e = application_load(c, id, out);
	return e == 0 && !str_is(out->kind, "oidc") ? (err)reply_not_found : e;
}

/* A quote inside a value is written with a backslash before it, so that only a name stands so. */
struct str oidc_claim(struct str claims, const char *name)
{
	char memory[60];
	struct buf b = buf_on(memory, sizeof(memory));
	struct str rest;
	size_t at;

	buf_print(&b, "\"%s\":\"", name);
	at = str_find(claims, buf_str(&b));
	if (b.full || at == claims.length)
		return STR_NONE;
	rest = str_from(claims, at + b.length);
	return str_upto(rest, str_find(rest, STR("\"")));
}

/* ---- addresses ---- */

/* RFC 3986 2.3 leaves only these as they are. */
static void add_encoded(struct buf *b, struct str value)
{
	for (size_t i = 0; i < value.length; i++) {
		char ch = value.at[i], low = (char)(ch | 0x20);

		if ((low >= 'a' && low <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' ||
			ch == '.' || ch == '_' || ch == '~')
			buf_char(b, ch);
		else
			buf_print(b, "%%%02X", (unsigned)(uint8_t)ch);
	}
}

void oidc_parameter(struct buf *b, const char *name, struct str value)
{
	if (!value.length)
		return;
	buf_char(b, str_find(buf_str(b), STR("?")) == b->length ? '?' : '&');
	buf_add(b, str_of(name));
	buf_char(b, '=');
	add_encoded(b, value);
}

/* ---- each parameter ---- */

/* Those that are known, in the order of the list, once each. */
static err take_scope(struct ctx *c, struct str asked, struct str *out)
{
	struct buf b = buf_in(c->arena, scope_limit);
	struct str rest = str_of(scopes), one;
	bool more = true;

	while (more) {
		char word[20] = "";

		if (!(more = str_cut(rest, '|', &one, &rest)))
			one = rest;
		memcpy(word, one.at, one.length);
		if (!oidc_words_have(asked, word))
			continue;
		buf_add(&b, b.length ? STR(" ") : STR(""));
		buf_add(&b, one);
	}
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "scope") : 0;
}

static bool challenge_good(struct str challenge)
{
	uint8_t bytes[digest_size];
	size_t size = sizeof(bytes);

	return challenge.length == challenge_size && base64url_take(challenge, bytes, &size) &&
	       size == digest_size;
}

/* "none" stands alone (3.1.2.1). */
static bool prompt_good(struct str prompt)
{
	struct str rest = prompt, one;
	size_t count = 0;

	for (; uri_next(&rest, &one); count++)
		if (!choice_has("none|login|consent|select_account", one))
			return false;
	return count < 2 || !oidc_words_have(prompt, "none");
}

static bool max_age_good(struct str typed, int64_t *out)
{
	*out = -1;
	return typed.length == 0 ||
	       (typed.length <= digits_most && str_number(typed, out) && *out >= 0);
}

/* The first thing wrong that the application is told of. */
static const char *wrong_of(const struct op_oidc_authorize *in, struct oidc_request *q)
{
	if (in->refused.length)
		return str_is(in->refused, "request")       ? "request_not_supported"
		       : str_is(in->refused, "request_uri") ? "request_uri_not_supported"
							    : "registration_not_supported";
	if (!str_is(in->response_type, "code"))
		return in->response_type.length ? "unsupported_response_type" : "invalid_request";
	if (in->response_mode.length && !str_is(in->response_mode, "query"))
		return "invalid_request";
	if (!oidc_words_have(in->scope, "openid"))
		return "invalid_scope";
	/* RFC 9700 2.1.1: of every client, and "plain" protects nothing. */
	if (!str_is(in->code_challenge_method, "S256") || !challenge_good(in->code_challenge))
		return "invalid_request";
	if (!prompt_good(in->prompt) || !max_age_good(in->max_age, &q->max_age))
		return "invalid_request";
	return NULL;
}

/* Whom the application means, as we said it before. */
static err take_hint(struct ctx *c, struct str hint, struct oidc_request *q, const char **wrong)
{
	struct str claims, subject;
	err e;

	if (!hint.length || *wrong)
		return 0;
	e = oidc_read(c, "JWT", hint, &claims);
	if (e == reply_wrong) {
		*wrong = "invalid_request";
		return 0;
	}
	if (e)
		return e;
	subject = oidc_claim(claims, "sub");
	return id_take(c, subject, &q->subject)
		       ? 0
		       : fault(c, fault_crypto, "a token without a subject");
}

static err unknown(struct answer *out, const char *words)
{
	out->words = str_of(words);
	return reply_refused;
}

err oidc_request_take(struct ctx *c, const struct op_oidc_authorize *in, struct answer *out,
	struct oidc_request *q, const char **wrong)
{
	err e;

	*q = (struct oidc_request){ .redirect_uri = in->redirect_uri,
		.state = in->state,
		.nonce = in->nonce,
		.challenge = in->code_challenge,
		.prompt = in->prompt,
		.acr_values = in->acr_values,
		.login_hint = in->login_hint,
		.max_age = -1,
		.began = c->now,
		.fresh = true };
	e = oidc_application(c, in->client_id, &q->application);
	if (e)
		return e == reply_not_found ? unknown(out, "application_unknown") : e;
	if (!uri_listed(q->application.redirect_uris, in->redirect_uri,
		    str_is(q->application.client, "public")))
		return unknown(out, "application_address");
	*wrong = wrong_of(in, q);
	if ((e = take_scope(c, in->scope, &q->scope)))
		return e;
	return take_hint(c, in->id_token_hint, q, wrong);
}

/* ---- kept over a sign-in ---- */

err oidc_keep(struct ctx *c, const char *purpose, struct str plain, struct str *text)
{
	struct buf b = buf_in(c->arena, 4000);
	struct str sealed;
	err e;

	if ((e = seal(c, key_seal, str_of(purpose), plain, &sealed)))
		return e;
	base64url_add(&b, sealed);
	*text = buf_str(&b);
	return b.full ? fault(c, fault_limit, "what a browser is to keep is too long") : 0;
}

err oidc_kept(struct ctx *c, const char *purpose, struct str text, struct str *plain)
{
	size_t size = text.length;
	uint8_t *sealed = arena_take(c->arena, size + 1);
	err e;

	if (!sealed)
		return fault(c, fault_arena, "a request");
	if (!base64url_take(text, sealed, &size))
		return reply_begin;
	e = unseal_text(
		c, key_seal, str_of(purpose), (struct str){ (const char *)sealed, size }, plain);
	return e == reply_wrong ? (err)reply_begin : e;
}

static void add_number(struct buf *b, const char *name, int64_t n)
{
	char memory[24];
	struct buf text = buf_on(memory, sizeof(memory));

	buf_number(&text, n);
	values_add(b, str_of(name), buf_str(&text));
}

err oidc_request_seal(struct ctx *c, const struct oidc_request *q, struct str *out)
{
	struct buf b = buf_in(c->arena, kept_limit);

	values_add(&b, STR("application"), q->application.id);
	values_add(&b, STR("redirect_uri"), q->redirect_uri);
	values_add(&b, STR("scope"), q->scope);
	values_add(&b, STR("state"), q->state);
	values_add(&b, STR("nonce"), q->nonce);
	values_add(&b, STR("challenge"), q->challenge);
	values_add(&b, STR("prompt"), q->prompt);
	values_add(&b, STR("acr_values"), q->acr_values);
	values_add(&b, STR("login_hint"), q->login_hint);
	values_add(&b, STR("subject"), q->subject);
	add_number(&b, "max_age", q->max_age);
	add_number(&b, "began", q->began);
	if (b.full)
		return fault(
			c, fault_limit, "a request of an application is over %d bytes", kept_limit);
	return oidc_keep(c, "oidc request", buf_str(&b), out);
}

static struct str value_of(struct str values, const char *name)
{
	struct str value = values_get(values, str_of(name));

	return value.length ? value : STR_NONE;
}

err oidc_request_open(struct ctx *c, struct str text, struct oidc_request *q)
{
	struct str values;
	err e;

	if ((e = oidc_kept(c, "oidc request", text, &values)))
		return e;
	*q = (struct oidc_request){ .redirect_uri = value_of(values, "redirect_uri"),
		.scope = value_of(values, "scope"),
		.state = value_of(values, "state"),
		.nonce = value_of(values, "nonce"),
		.challenge = value_of(values, "challenge"),
		.prompt = value_of(values, "prompt"),
		.acr_values = value_of(values, "acr_values"),
		.login_hint = value_of(values, "login_hint"),
		.subject = value_of(values, "subject") };
	if (!str_number(value_of(values, "max_age"), &q->max_age) ||
		!str_number(value_of(values, "began"), &q->began) ||
		q->began + request_seconds <= c->now)
		return reply_begin;
	e = application_load(c, value_of(values, "application"), &q->application);
	if (e)
		return e == reply_not_found ? (err)reply_begin : e;
	/* The administrator may have changed the application meanwhile. */
	return uri_listed(q->application.redirect_uris, q->redirect_uri,
		       str_is(q->application.client, "public"))
		       ? 0
		       : reply_begin;
}
