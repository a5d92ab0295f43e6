/* OpenID Connect, as applications' servers meet it: tokens, userinfo, keys, and what there is (RFC
 * 6749 3.2, 5; RFC 6750; RFC 7517; RFC 8414, OpenID Connect Discovery). No answer says that scripts
 * of other sites may read it. */
#include "web/oidc.h"

#include "spec/claims.h"

enum { answer_room = 24 * 1024, credentials_limit = 400, bearer_limit = 200 };

static struct buf room(struct visit *v)
{
	return buf_in(v->c.arena, answer_room);
}

static void answer_json(struct visit *v, int status, const struct buf *json)
{
	must_be(!json->full);
	v->out.status = status;
	v->out.type = "application/json";
	v->out.body = buf_str(json);
}

static void answer_error(struct visit *v, int status, const char *error)
{
	struct buf out = room(v);
	struct json j = { .out = &out };

	json_open(&j, NULL, '{');
	json_text(&j, "error", str_of(error));
	json_close(&j, '}');
	answer_json(v, status, &out);
}

/* Whether nothing came back that could be answered with. */
static bool not_there(struct visit *v)
{
	if (!v->ask.e && v->ask.reply != (int)reply_fault && v->ask.reply != (int)reply_busy)
		return false;
	v->out.retry_seconds = busy_seconds;
	answer_error(v, 503, "temporarily_unavailable");
	return true;
}

/* The one place where an application's tokens become text. */
static void add_secret(struct json *j, const char *name, const struct secret *secret)
{
	if (secret)
		json_text(j, name, secret_show(secret));
}

/* ---- tokens ---- */

static void refuse_token(struct visit *v, struct str error)
{
	bool client = str_is(error, "invalid_client");

	v->out.authenticate = client ? "Basic realm=\"rekey\"" : NULL;
	answer_error(v, client ? 401 : 400, arena_copy(v->c.arena, error).at);
}

static void take_tokens(struct visit *v)
{
	const struct rec_oidc_tokens *tokens = v->ask.answer.record;
	struct buf out;
	struct json j = { .out = &out };

	if (not_there(v))
		return;
	if (v->ask.reply != (int)reply_done || !tokens) {
		refuse_token(v, v->ask.reply == (int)reply_refused ? v->ask.answer.words
								   : STR("invalid_request"));
		return;
	}
	out = room(v);
	json_open(&j, NULL, '{');
	add_secret(&j, "access_token", tokens->access_token);
	json_text(&j, "token_type", STR("Bearer"));
	json_number(&j, "expires_in", tokens->expires_in);
	add_secret(&j, "refresh_token", tokens->refresh_token);
	json_text(&j, "id_token", tokens->id_token);
	json_text(&j, "scope", tokens->scope);
	json_close(&j, '}');
	answer_json(v, 200, &out);
}

/* What stands behind the scheme's name, of whatever case (RFC 9110 11.1). */
static struct str credentials(struct visit *v, const char *scheme)
{
	struct str value = head_value(&v->head, "authorization");
	size_t length = strlen(scheme);

	if (value.length <= length || strncasecmp(value.at, scheme, length) != 0 ||
		value.at[length] != ' ')
		return STR_NONE;
	return str_trim(str_from(value, length));
}

static bool take_half(struct visit *v, struct str half, struct str *out)
{
	*out = arena_copy(v->c.arena, half);
	return out->at && form_decode((char *)(uintptr_t)out->at, &out->length);
}

/* RFC 6749 2.3.1: both halves are encoded as in a form, then joined. False: malformed, or two ways
 * at once. */
static bool take_basic(struct visit *v, struct str encoded, struct op_oidc_token *in)
{
	uint8_t bytes[credentials_limit];
	size_t size = sizeof(bytes);
	struct str id, secret, left, right;
	bool good = encoded.length <= credentials_limit && base64_take(encoded, bytes, &size) &&
		    str_cut((struct str){ (const char *)bytes, size }, ':', &left, &right) &&
		    !in->client_secret && take_half(v, left, &id) && take_half(v, right, &secret) &&
		    id.length <= 64 && secret.length <= 200 &&
		    (!in->client_id.length || str_same(in->client_id, id));

	bytes_wipe(bytes, sizeof(bytes));
	if (!good)
		return false;
	in->client_id = id;
	in->client_secret =
		secret.length ? secret_take(v->c.arena, secret.at, secret.length) : NULL;
	bytes_wipe((char *)(uintptr_t)secret.at, secret.length);
	return true;
}

void serve_token(struct visit *v)
{
	struct op_oidc_token in = { 0 };
	struct str basic = credentials(v, "basic");
	struct form_wrong wrong = { 0 };

	if (head_value(&v->head, "authorization").length && !basic.length)
		refuse_token(v, STR("invalid_client"));
	else if (oidc_fill(v, operation_oidc_token, &in, NULL, 0, &wrong) ||
		 (basic.length && !take_basic(v, basic, &in)))
		answer_error(v, 400, "invalid_request");
	else
		visit_ask(v, operation_oidc_token, &in, take_tokens);
	secret_drop(&in.client_secret);
	secret_drop(&in.code);
	secret_drop(&in.code_verifier);
	secret_drop(&in.refresh_token);
}

/* ---- userinfo ---- */

/* RFC 6750 3 */
static void refuse_bearer(struct visit *v, bool given)
{
	v->out.authenticate = given ? "Bearer realm=\"rekey\", error=\"invalid_token\""
				    : "Bearer realm=\"rekey\"";
	answer_error(v, 401, "invalid_token");
}

static void add_person(struct json *j, const struct rec_oidc_person *p, const struct answer *a)
{
	const struct rec_group_name *groups = a->items;

	json_text(j, "sub", p->sub);
	claims_add(j, p);
	if (!p->groups)
		return;
	claims_add_groups(j, groups, a->item_count);
}

static void take_person(struct visit *v)
{
	const struct rec_oidc_person *person = v->ask.answer.record;
	struct buf out;
	struct json j = { .out = &out };

	if (not_there(v))
		return;
	if (v->ask.reply != (int)reply_done || !person) {
		refuse_bearer(v, true);
		return;
	}
	out = buf_in(v->c.arena, answer_room + v->ask.answer.item_count * 1000);
	json_open(&j, NULL, '{');
	add_person(&j, person, &v->ask.answer);
	json_close(&j, '}');
	answer_json(v, 200, &out);
}

/* In the field alone: a token in an address or a form is not looked at (RFC 9700 4.3.2). */
void serve_userinfo(struct visit *v)
{
	struct op_oidc_userinfo in = { 0 };
	struct str bearer = credentials(v, "bearer");

	if (!bearer.length || bearer.length > bearer_limit) {
		refuse_bearer(v, bearer.length > 0);
		return;
	}
	if (!(in.access_token = secret_take(v->c.arena, bearer.at, bearer.length)))
		answer_error(v, 503, "temporarily_unavailable");
	else
		visit_ask(v, operation_oidc_userinfo, &in, take_person);
	secret_drop(&in.access_token);
}

/* ---- keys ---- */

static void add_bytes(struct visit *v, struct json *j, const char *name, struct str bytes)
{
	struct buf text = buf_in(v->c.arena, bytes.length * 2 + 4);

	base64url_add(&text, bytes);
	json_text(j, name, buf_str(&text));
}

static void add_key(struct visit *v, struct json *j, const struct rec_oidc_key *key)
{
	bool rsa = str_is(key->algorithm, "RS256");

	json_open(j, NULL, '{');
	json_text(j, "kty", rsa ? STR("RSA") : STR("EC"));
	json_text(j, "use", STR("sig"));
	json_text(j, "alg", key->algorithm);
	json_text(j, "kid", key->kid);
	if (!rsa)
		json_text(j, "crv", STR("P-256"));
	add_bytes(v, j, rsa ? "n" : "x", key->first);
	add_bytes(v, j, rsa ? "e" : "y", key->second);
	json_close(j, '}');
}

static void take_keys(struct visit *v)
{
	const struct rec_oidc_key *keys = v->ask.answer.items;
	struct buf out;
	struct json j = { .out = &out };

	if (not_there(v))
		return;
	out = room(v);
	json_open(&j, NULL, '{');
	json_open(&j, "keys", '[');
	for (size_t i = 0; i < v->ask.answer.item_count; i++)
		add_key(v, &j, &keys[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	v->out.cache = cache_half_hour;
	answer_json(v, 200, &out);
}

void serve_jwks(struct visit *v)
{
	static const struct op_oidc_keys nothing;

	visit_ask(v, operation_oidc_keys, &nothing, take_keys);
}

/* ---- what there is ---- */

static void add_address(struct visit *v, struct json *j, const char *name, const char *path)
{
	struct buf address = buf_in(v->c.arena, 300);

	buf_add(&address, v->web->site.origin);
	buf_add(&address, str_of(path));
	json_text(j, name, buf_str(&address));
}

/* words: with "|" between. */
static void add_list(struct json *j, const char *name, const char *words)
{
	struct str rest = str_of(words), one;

	json_open(j, name, '[');
	while (str_cut(rest, '|', &one, &rest))
		json_text(j, NULL, one);
	json_text(j, NULL, rest);
	json_close(j, ']');
}

static void add_addresses(struct visit *v, struct json *j)
{
	add_address(v, j, "issuer", "");
	add_address(v, j, "authorization_endpoint", "/oidc/authorize");
	add_address(v, j, "token_endpoint", "/oidc/token");
	add_address(v, j, "userinfo_endpoint", "/oidc/userinfo");
	add_address(v, j, "jwks_uri", "/oidc/jwks");
	add_address(v, j, "end_session_endpoint", "/oidc/logout");
}

void serve_discovery(struct visit *v)
{
	struct buf out = room(v);
	struct json j = { .out = &out };

	json_open(&j, NULL, '{');
	add_addresses(v, &j);
	add_list(&j, "response_types_supported", "code");
	add_list(&j, "response_modes_supported", "query");
	add_list(&j, "grant_types_supported", "authorization_code|refresh_token");
	add_list(&j, "subject_types_supported", "public");
	add_list(&j, "id_token_signing_alg_values_supported", "ES256|RS256");
	add_list(&j, "token_endpoint_auth_methods_supported",
		"client_secret_basic|client_secret_post|none");
	add_list(&j, "code_challenge_methods_supported", "S256");
	add_list(&j, "scopes_supported", "openid|profile|email|groups|offline_access");
	add_list(&j, "prompt_values_supported", "none|login|consent|select_account");
	add_list(&j, "acr_values_supported",
		"https://refeds.org/profile/sfa|https://refeds.org/profile/mfa");
	add_list(&j, "claims_supported",
		"iss|sub|aud|exp|iat|auth_time|nonce|acr|amr|sid|preferred_username|name|given_"
		"name|family_name|"
		"locale|email|email_verified|groups");
	add_list(&j, "ui_locales_supported", "en|ja");
	json_flag(&j, "authorization_response_iss_parameter_supported", true);
	json_flag(&j, "backchannel_logout_supported", true);
	json_flag(&j, "backchannel_logout_session_supported", true);
	json_flag(&j, "request_parameter_supported", false);
	json_flag(&j, "request_uri_parameter_supported", false);
	json_flag(&j, "claims_parameter_supported", false);
	json_close(&j, '}');
	v->out.cache = cache_minute;
	answer_json(v, 200, &out);
}
