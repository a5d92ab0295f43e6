/* Keys that sign tokens. A new key waits until every application can know it, then signs; the one
 * before it stays known for as long as what it signed may be shown. All of this is told from when
 * each was made. */
#include "signin/oidc_inside.h"

#include "audit/audit.h"
#include "base/json.h"

enum {
	known_after =
		60 * 60, /* seconds until a new key signs: twice what /oidc/jwks may be kept */
	signs_for = 90 * 24 * 3600, /* then a new one is made */
	known_for = 2 * 24 * 3600,  /* after another took its place: longer than any session */
	keys_most = 16,             /* of both algorithms */
	head_limit = 200
};

struct key {
	struct str id, algorithm, sealed;
	struct credential_key public;
	int64_t made;
};

struct keys_known {
	struct key at[keys_most];
	size_t count;
};

static int64_t number_of(struct str algorithm)
{
	return str_is(algorithm, "RS256") ? credential_rs256 : credential_es256;
}

/* Newest first. */
static err load(struct ctx *c, struct keys_known *out)
{
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_oidc_keys, WITH_NOTHING, keys_most, &rows)))
		return e;
	out->count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		struct str algorithm = row_str(&rows, i, 1);

		out->at[i] = (struct key){ .id = row_str(&rows, i, 0),
			.algorithm = algorithm,
			.public = { number_of(algorithm), row_str(&rows, i, 2),
				row_str(&rows, i, 3) },
			.sealed = row_str(&rows, i, 4),
			.made = row_number(&rows, i, 5) };
	}
	return 0;
}

/* The newest that is known everywhere; before any is, the oldest. */
static const struct key *signer_of(
	const struct ctx *c, const struct keys_known *keys, struct str algorithm)
{
	const struct key *oldest = NULL;

	for (size_t i = 0; i < keys->count; i++) {
		if (!str_same(keys->at[i].algorithm, algorithm))
			continue;
		oldest = &keys->at[i];
		if (oldest->made + known_after <= c->now)
			return oldest;
	}
	return oldest;
}

static err make(struct ctx *c, struct unit *unit, struct str algorithm, struct key *out)
{
	struct str private;
	err e;

	*out = (struct key){ .id = id_make(c), .algorithm = algorithm, .made = c->now };
	if (!out->id.at)
		return fault(c, fault_arena, "a signing key");
	if ((e = signing_key_make(c, number_of(algorithm), &private, &out->public)) ||
		(e = seal(c, key_seal, out->id, private, &out->sealed)))
		return e;
	bytes_wipe((char *)(uintptr_t)private.at, private.length);
	unit_add(unit, statement_oidc_key_add, 1,
		WITH(v_bytes(out->id), v_text(algorithm), v_bytes(out->public.first),
			v_bytes(out->public.second), v_bytes(out->sealed), v_number(out->made)));
	return 0;
}

/* ---- signing ---- */

static err head_of(struct ctx *c, const struct key *key, const char *type, struct buf *out)
{
	char memory[head_limit];
	struct buf head = buf_on(memory, sizeof(memory));
	struct json j = { .out = &head };
	struct str kid;
	err e;

	if ((e = id_text(c, key->id, &kid)))
		return e;
	json_open(&j, NULL, '{');
	json_text(&j, "alg", key->algorithm);
	json_text(&j, "kid", kid);
	json_text(&j, "typ", str_of(type));
	json_close(&j, '}');
	must_be(!head.full);
	base64url_add(out, buf_str(&head));
	return 0;
}

static err sign_with(
	struct ctx *c, const struct key *key, const char *type, struct str claims, struct str *out)
{
	struct buf token = buf_in(c->arena, jws_limit);
	struct str private, signature;
	err e;

	if ((e = head_of(c, key, type, &token)))
		return e;
	buf_char(&token, '.');
	base64url_add(&token, claims);
	e = unseal_text(c, key_seal, key->id, key->sealed, &private);
	if (e)
		return e > 0 ? fault(c, fault_keys, "a signing key does not open") : e;
	e = signing_key_sign(c, key->public.algorithm, private, buf_str(&token), &signature);
	bytes_wipe((char *)(uintptr_t)private.at, private.length);
	if (e)
		return e;
	buf_char(&token, '.');
	base64url_add(&token, signature);
	*out = buf_str(&token);
	return token.full ? fault(c, fault_limit, "a token is over %d bytes", jws_limit) : 0;
}

err oidc_sign(
	struct ctx *c, struct str algorithm, const char *type, struct str claims, struct str *out)
{
	struct unit unit = unit_begin(c);
	struct keys_known keys;
	const struct key *signer;
	struct key made;
	err e;

	if ((e = load(c, &keys)))
		return e;
	if (!(signer = signer_of(c, &keys, algorithm))) {
		if ((e = make(c, &unit, algorithm, &made)) || (e = unit_commit(&unit)))
			return e;
		signer = &made;
	}
	return sign_with(c, signer, type, claims, out);
}

/* ---- reading ---- */

/* The key and nothing in the token says how it is signed: its head must be, byte by byte, what this
 * key's is. */
static err read_with(
	struct ctx *c, const struct key *key, const char *type, struct str jws, struct str *claims)
{
	struct buf head = buf_in(c->arena, head_limit);
	struct str rest, body, text;
	uint8_t signature[credential_signature_most], *plain;
	size_t size = sizeof(signature), plain_size = jws.length;
	err e;

	if ((e = head_of(c, key, type, &head)))
		return e;
	buf_char(&head, '.');
	must_be(!head.full);
	if (!str_starts(jws, buf_str(&head)) ||
		!str_cut(str_from(jws, head.length), '.', &body, &rest) ||
		!base64url_take(rest, signature, &size))
		return reply_wrong;
	text = str_upto(jws, head.length + body.length);
	if ((e = signing_key_verify(
		     c, &key->public, text, (struct str){ (const char *)signature, size })))
		return e;
	if (!(plain = arena_take(c->arena, plain_size)))
		return fault(c, fault_arena, "a token");
	if (!base64url_take(body, plain, &plain_size))
		return reply_wrong;
	*claims = (struct str){ (const char *)plain, plain_size };
	return 0;
}

err oidc_read(struct ctx *c, const char *type, struct str token, struct str *claims)
{
	struct keys_known keys;
	err e;

	if (token.length == 0 || token.length > jws_limit)
		return reply_wrong;
	if ((e = load(c, &keys)))
		return e;
	for (size_t i = 0; i < keys.count; i++)
		if ((e = read_with(c, &keys.at[i], type, token, claims)) != reply_wrong)
			return e;
	return reply_wrong;
}

/* ---- their turns ---- */

static const struct key *newest_of(const struct keys_known *keys, struct str algorithm)
{
	for (size_t i = 0; i < keys->count; i++)
		if (str_same(keys->at[i].algorithm, algorithm))
			return &keys->at[i];
	return NULL;
}

static err tend_algorithm(
	struct ctx *c, struct unit *unit, const struct keys_known *keys, struct str algorithm)
{
	const struct key *newest = newest_of(keys, algorithm),
			 *signer = signer_of(c, keys, algorithm);
	struct key made;

	for (size_t i = 0; i < keys->count; i++) {
		const struct key *key = &keys->at[i];

		if (signer && str_same(key->algorithm, algorithm) && key->made < signer->made &&
			signer->made + known_after + known_for <= c->now)
			unit_add(unit, statement_oidc_key_drop, any_rows, WITH(v_bytes(key->id)));
	}
	if (newest && newest->made + signs_for > c->now)
		return 0;
	return keys->count < keys_most ? make(c, unit, algorithm, &made) : 0;
}

/* Made before anybody asks: an RSA key takes a while. */
err oidc_tend(struct ctx *c)
{
	struct unit unit = unit_begin(c);
	struct keys_known keys;
	struct rows rows;
	err e;

	if ((e = store_read(c, statement_oidc_algorithms, WITH_NOTHING, 0, &rows)) ||
		(e = load(c, &keys)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		if ((e = tend_algorithm(c, &unit, &keys, row_str(&rows, i, 0))))
			return e;
	return unit.count ? unit_commit(&unit) : 0;
}

static err note(struct unit *unit, bool at_once)
{
	return audit_add(unit, event_application_keys,
		&(struct audit_about){ .actor = actor_socket,
			.note = at_once ? STR("the old ones count no more")
					: STR("the old ones stay known for a while") });
}

err serve_application_rotate_keys(
	struct ctx *c, const struct op_application_rotate_keys *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	struct keys_known keys;
	struct rows rows;
	struct key made;
	err e;

	(void)out;
	if ((e = store_read(c, statement_oidc_algorithms, WITH_NOTHING, 0, &rows)) ||
		(e = load(c, &keys)))
		return e;
	if (rows.count == 0)
		return reply_nothing;
	if (!in->at_once && keys.count + rows.count > keys_most)
		return reply_too_many;
	for (size_t i = 0; i < rows.count; i++) {
		struct str algorithm = row_str(&rows, i, 0);

		if ((e = make(c, &unit, algorithm, &made)))
			return e;
		if (in->at_once)
			unit_add(&unit, statement_oidc_keys_drop_others, any_rows,
				WITH(v_text(algorithm), v_bytes(made.id)));
	}
	if ((e = note(&unit, in->at_once)))
		return e;
	return unit_commit(&unit);
}

/* ---- looking ---- */

err serve_application_keys(struct ctx *c, const struct op_application_keys *in, struct answer *out)
{
	struct rec_signing_key *all = arena_take(c->arena, keys_most * sizeof(*all));
	struct keys_known keys;
	err e;

	(void)in;
	if (!all)
		return fault(c, fault_arena, "signing keys");
	if ((e = load(c, &keys)))
		return e;
	for (size_t i = 0; i < keys.count; i++) {
		const struct key *key = &keys.at[i], *signer = signer_of(c, &keys, key->algorithm);

		all[i] = (struct rec_signing_key){ .algorithm = key->algorithm,
			.state = key == signer  ? STR("signs")
				 : key < signer ? STR("waits")
						: STR("goes"),
			.made = key->made };
		if ((e = id_text(c, key->id, &all[i].kid)))
			return e;
	}
	out->items = all;
	out->item_count = keys.count;
	return 0;
}

err serve_oidc_keys(struct ctx *c, const struct op_oidc_keys *in, struct answer *out)
{
	struct rec_oidc_key *all = arena_take(c->arena, keys_most * sizeof(*all));
	struct keys_known keys;
	err e;

	(void)in;
	if (!all)
		return fault(c, fault_arena, "signing keys");
	if ((e = load(c, &keys)))
		return e;
	for (size_t i = 0; i < keys.count; i++) {
		const struct key *key = &keys.at[i];

		all[i] = (struct rec_oidc_key){ .algorithm = key->algorithm,
			.first = key->public.first,
			.second = key->public.second };
		if ((e = id_text(c, key->id, &all[i].kid)))
			return e;
	}
	out->items = all;
	out->item_count = keys.count;
	return 0;
}
