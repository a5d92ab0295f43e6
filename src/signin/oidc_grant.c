/* What an application was given: a code once, then tokens; all of it ends with the person's
 * session. */
#include "signin/oidc_inside.h"

enum { token_bytes_most = id_size + token_size, text_most = 64 };

err oidc_grant_load(struct ctx *c, int by, struct str key, struct oidc_grant *out)
{
	static const enum statement statements[] = { [grant_by_code] = statement_oidc_grant_by_code,
		[grant_by_access] = statement_oidc_grant_by_access,
		[grant_by_id] = statement_oidc_grant_load };
	struct rows rows;
	err e;

	if ((e = store_one(c, statements[by], WITH(v_bytes(key)), &rows)))
		return e;
	*out = (struct oidc_grant){
		.id = row_str(&rows, 0, 0),
		.application = row_str(&rows, 0, 1),
		.account = row_str(&rows, 0, 2),
		.session = row_str(&rows, 0, 3),
		.sid = row_str(&rows, 0, 4),
		.scope = row_str(&rows, 0, 5),
		.nonce = row_str(&rows, 0, 6),
		.redirect_uri = row_str(&rows, 0, 7),
		.challenge = row_str(&rows, 0, 8),
		.auth_time = row_number(&rows, 0, 9),
		.level = row_number(&rows, 0, 10),
		.proofs = row_str(&rows, 0, 11),
		.code_expires = row_number(&rows, 0, 12),
		.code_used = row_number(&rows, 0, 13) != 0,
		.access_scope = row_str(&rows, 0, 14),
		.access_expires = row_number(&rows, 0, 15),
		.refresh = row_str(&rows, 0, 16),
	};
	return 0;
}

err oidc_grant_alive(struct ctx *c, const struct oidc_grant *g, struct session *out)
{
	err e;

	if (!g->session.at)
		return reply_sign_in_first;
	e = session_load(c, g->session, out);
	return e == reply_not_found || (e == 0 && !session_alive(c, out)) ? (err)reply_sign_in_first
									  : e;
}

err oidc_token_mac(struct ctx *c, const char *about, const struct secret *text, struct str *mac)
{
	uint8_t *digest = arena_take(c->arena, mac_size);

	if (!digest)
		return fault(c, fault_arena, "token");
	digest_keyed(c->keys, key_token, str_of(about), secret_show(text), digest);
	*mac = (struct str){ (const char *)digest, mac_size };
	return 0;
}

err oidc_token_mint(
	struct ctx *c, const char *about, struct str id, struct secret **text, struct str *mac)
{
	uint8_t bytes[token_bytes_most];
	char letters[text_most];
	struct buf b = buf_on(letters, sizeof(letters));
	size_t size = id.length + token_size;

	must_be(size <= sizeof(bytes));
	if (id.length)
		memcpy(bytes, id.at, id.length);
	bytes_random(bytes + id.length, token_size);
	base64url_add(&b, (struct str){ (const char *)bytes, size });
	must_be(!b.full);
	*text = secret_take(c->arena, letters, b.length);
	bytes_wipe(bytes, sizeof(bytes));
	bytes_wipe(letters, sizeof(letters));
	return *text ? oidc_token_mac(c, about, *text, mac)
		     : fault(c, fault_memory, "locked pages");
}

/* The same for as long as the session lasts, though its own id changes; another for each
 * application. */
static err sid_of(
	struct ctx *c, const struct oidc_request *q, const struct session *s, struct str *out)
{
	struct rows rows;
	err e = store_one(
		c, statement_oidc_sid, WITH(v_bytes(s->id), v_bytes(q->application.id)), &rows);

	if (e && e != reply_not_found)
		return e;
	*out = e ? id_make(c) : row_str(&rows, 0, 0);
	return out->at ? 0 : fault(c, fault_arena, "a session's name");
}

err oidc_grant_make(struct unit *unit, const struct oidc_request *q, const struct session *s,
	struct secret **code)
{
	struct ctx *c = unit->c;
	struct str id = id_make(c), sid, mac;
	err e;

	if (!id.at)
		return fault(c, fault_arena, "a grant");
	if ((e = sid_of(c, q, s, &sid)) ||
		(e = oidc_token_mint(c, "oidc code", STR_NONE, code, &mac)))
		return e;
	unit_add(unit, statement_oidc_grant_add, 1,
		WITH(v_bytes(id), v_bytes(q->application.id), v_bytes(s->account), v_bytes(s->id),
			v_bytes(sid), v_text(q->scope), v_text(q->nonce), v_text(q->redirect_uri),
			v_text(q->challenge), v_number(s->proved), v_number(s->level),
			v_text(s->proofs), v_number(c->now), v_bytes(mac),
			v_number(c->now + code_seconds)));
	/* A person who is sent round and round fills nothing. */
	unit_add(unit, statement_oidc_grants_trim, any_rows,
		WITH(v_bytes(s->id), v_bytes(q->application.id)));
	return 0;
}
