/* What a browser is asked with: challenges, and the options of a ceremony. */
#include "flow/passkey.h"

#include "conf/conf.h"
#include "crypto/crypto.h"

enum {
	moment_size = 8,
	random_size = 8,
	mac_part = passkey_challenge_size - moment_size - random_size,
};

/* ---- challenges: when, at random, and the MAC over both and what it is for ---- */

static void challenge_mac(struct ctx *c, const char *what, struct str about, const uint8_t *head,
	uint8_t out[digest_size])
{
	uint8_t purpose[digest_size];
	struct str bound = { (const char *)purpose, sizeof(purpose) };

	digest_keyed(c->keys, key_work, str_of(what), about, purpose);
	digest_keyed(c->keys, key_work, bound,
		(struct str){ (const char *)head, moment_size + random_size }, out);
}

err challenge_make(struct ctx *c, const char *what, struct str about, struct str *out)
{
	uint8_t *at = arena_take(c->arena, passkey_challenge_size), mac[digest_size];

	if (!at)
		return fault(c, fault_arena, "challenge");
	for (size_t i = 0; i < moment_size; i++)
		at[i] = (uint8_t)((uint64_t)c->now >> (8 * (moment_size - 1 - i)));
	bytes_random(at + moment_size, random_size);
	challenge_mac(c, what, about, at, mac);
	for (size_t i = 0; i < mac_part; i++)
		at[moment_size + random_size + i] = mac[i];
	*out = (struct str){ (const char *)at, passkey_challenge_size };
	return 0;
}

static int64_t challenge_made(struct str challenge)
{
	uint64_t moment = 0;

	for (size_t i = 0; i < moment_size; i++)
		moment = moment << 8 | (uint8_t)challenge.at[i];
	return (int64_t)moment;
}

bool challenge_holds(struct ctx *c, const char *what, struct str about, struct str challenge)
{
	uint8_t mac[digest_size];
	int64_t made;

	if (challenge.length != passkey_challenge_size)
		return false;
	challenge_mac(c, what, about, (const uint8_t *)challenge.at, mac);
	if (!bytes_same(str_from(challenge, moment_size + random_size),
		    (struct str){ (const char *)mac, mac_part }))
		return false;
	made = challenge_made(challenge);
	return made <= c->now && made + challenge_seconds > c->now;
}

err challenge_check(
	struct ctx *c, const char *what, struct str about, struct str challenge, struct answer *out)
{
	if (challenge_holds(c, what, about, challenge))
		return 0;
	out->words = STR("passkey_old");
	return reply_refused;
}

/* ---- the site and the account, as authenticators know them ---- */

err passkey_expect(struct ctx *c, struct str challenge, struct passkey_expected *out)
{
	struct str host = conf_host(c->conf), own = c->conf->rp_id, lower;
	err e;

	*out = (struct passkey_expected){ .challenge = challenge };
	if ((e = conf_origin(c, c->conf, &out->origin)))
		return e;
	lower = str_from(out->origin, (size_t)(host.at - c->conf->base_url.at));
	lower = str_upto(lower, host.length);
	/* The keeper does not start with one that is refused. */
	e = rp_id_take(c, own.length ? own : lower, lower, &out->rp_id);
	return e > 0 ? fault(c, fault_conf, "rpId") : e;
}

/* Where the host is no name nobody can have a passkey, and nothing is asked of rpId but to be
 * empty. */
err passkey_site(struct ctx *c)
{
	struct passkey_expected site;
	err e;

	if (!conf_named(c->conf) && !c->conf->rp_id.length)
		return 0;
	e = passkey_expect(c, STR_NONE, &site);
	return e == -(err)fault_conf ? fault(c, fault_conf,
					       "rpId must be the host of baseUrl, or a parent of "
					       "it that is no public suffix")
				     : e;
}

err passkey_handle(struct ctx *c, struct str account, struct str *out)
{
	uint8_t *digest = arena_take(c->arena, digest_size);

	if (!digest)
		return fault(c, fault_arena, "handle");
	digest_keyed(c->keys, key_name, STR("passkey handle"), account, digest);
	*out = (struct str){ (const char *)digest, digest_size };
	return 0;
}

/* ---- options, as JSON: of base64url, domains and words of our own, so that nothing is escaped
 * ---- */

static void add_member(struct buf *b, const char *name, struct str bytes)
{
	buf_print(b, "\"%s\":\"", name);
	base64url_add(b, bytes);
	buf_char(b, '"');
}

static void add_transports(struct buf *b, struct str words)
{
	struct str one, rest = words;

	buf_add(b, STR(",\"transports\":["));
	while (rest.length) {
		if (!str_cut(rest, ' ', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		buf_print(b, "\"%.*s\"%s", STR_ARG(one), rest.length ? "," : "");
	}
	buf_char(b, ']');
}

static err add_credentials(struct ctx *c, struct buf *b, const char *name, struct str account)
{
	struct rows rows = { 0 };
	err e;

	if (account.at &&
		(e = store_read(c, statement_passkeys_of, WITH(v_bytes(account)), 0, &rows)))
		return e;
	buf_print(b, ",\"%s\":[", name);
	for (size_t i = 0; i < rows.count; i++) {
		buf_add(b,
			i ? STR(",{\"type\":\"public-key\",") : STR("{\"type\":\"public-key\","));
		add_member(b, "id", row_str(&rows, i, 0));
		if (row_str(&rows, i, 1).length)
			add_transports(b, row_str(&rows, i, 1));
		buf_char(b, '}');
	}
	buf_char(b, ']');
	return 0;
}

static err finish(struct ctx *c, struct buf *b, struct str *out)
{
	if (b->full)
		return fault(c, fault_arena, "options of a passkey");
	*out = buf_str(b);
	arena_trim(c->arena, b->at, b->length);
	return 0;
}

err passkey_get_options(
	struct ctx *c, struct str challenge, struct str account, bool verified, struct str *out)
{
	struct passkey_expected site;
	struct buf b;
	err e;

	if ((e = passkey_expect(c, challenge, &site)))
		return e;
	b = buf_in(c->arena, passkey_options_most);
	buf_char(&b, '{');
	add_member(&b, "challenge", challenge);
	buf_print(&b, ",\"rpId\":\"%.*s\",\"timeout\":300000,\"userVerification\":\"%s\"",
		STR_ARG(site.rp_id), verified ? "required" : "preferred");
	if ((e = add_credentials(c, &b, "allowCredentials", account)))
		return e;
	buf_char(&b, '}');
	return finish(c, &b, out);
}

err passkey_create_options(
	struct ctx *c, struct str challenge, struct str account, bool attested, struct str *out)
{
	static const int64_t algorithms[] = { credential_es256, credential_eddsa, credential_es384,
		credential_rs256 };
	struct passkey_expected site;
	struct str handle;
	struct buf b;
	err e;

	if ((e = passkey_expect(c, challenge, &site)) || (e = passkey_handle(c, account, &handle)))
		return e;
	b = buf_in(c->arena, passkey_options_most);
	buf_char(&b, '{');
	add_member(&b, "challenge", challenge);
	buf_print(&b, ",\"rp\":{\"id\":\"%.*s\"},\"user\":{", STR_ARG(site.rp_id));
	add_member(&b, "id", handle);
	buf_add(&b, STR("},\"pubKeyCredParams\":["));
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		buf_print(&b, "%s{\"type\":\"public-key\",\"alg\":%lld}", i ? "," : "",
			(long long)algorithms[i]);
	buf_print(&b,
		"],\"timeout\":300000,\"attestation\":\"%s\",\"authenticatorSelection\":"
		"{\"residentKey\":\"preferred\",\"requireResidentKey\":false,\"userVerification\":"
		"\"preferred\"}",
		attested ? "direct" : "none");
	if ((e = add_credentials(c, &b, "excludeCredentials", account)))
		return e;
	buf_char(&b, '}');
	return finish(c, &b, out);
}
