/* Tokens that browsers hold: 256 random bits, kept in the store as keyed digests only. */
#include "flow/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"

err token_mac(struct ctx *c, const char *about, const struct secret *token, struct str *mac)
{
	uint8_t *digest = arena_take(c->arena, mac_size);

	if (!digest)
		return fault(c, fault_arena, "token");
	digest_keyed(c->keys, key_token, str_of(about), secret_show(token), digest);
	*mac = (struct str){ (const char *)digest, mac_size };
	return 0;
}

err pass_mac(struct ctx *c, struct str account, const struct secret *pass, struct str *mac)
{
	uint8_t *digest = arena_take(c->arena, mac_size);

	if (!digest)
		return fault(c, fault_arena, "pass");
	digest_keyed(c->keys, key_code, account, secret_show(pass), digest);
	*mac = (struct str){ (const char *)digest, mac_size };
	return 0;
}

err token_mint(struct ctx *c, const char *about, struct secret **out, struct str *mac)
{
	struct secret *token = secret_room(c->arena, token_size);

	if (!token)
		return fault(c, fault_memory, "locked pages");
	bytes_random(secret_bytes(token), token_size);
	*out = token;
	return token_mac(c, about, token, mac);
}

err device_familiar(struct ctx *c, struct str account, bool *familiar)
{
	struct place place;
	struct rows rows;
	struct str mac;
	err e;

	*familiar = false;
	if (!c->request->device)
		return 0;
	if ((e = place_of(c, &place)) || place.kiosk)
		return e;
	if ((e = token_mac(c, "device", c->request->device, &mac)))
		return e;
	e = store_one(c, statement_device_load,
		WITH(v_bytes(mac), v_number(c->now - familiar_days * 86400)), &rows);
	if (e == reply_not_found)
		return 0;
	if (e)
		return e;
	*familiar = str_same(row_str(&rows, 0, 0), account);
	return 0;
}

static err device_open(struct unit *unit, struct answer *out, const struct account *account)
{
	struct place place;
	struct str mac;
	bool familiar;
	err e;

	/* A machine that many people use is nobody's. */
	if ((e = place_of(unit->c, &place)) || place.kiosk)
		return e;
	if ((e = device_familiar(unit->c, account->id, &familiar)))
		return e;
	if (familiar)
		return 0;
	if ((e = token_mint(unit->c, "device", &out->device, &mac)))
		return e;
	unit_add(unit, statement_device_add, 1,
		WITH(v_bytes(mac), v_bytes(account->id), v_number(unit->c->now)));
	return 0;
}

err session_open(struct unit *unit, struct answer *out, const struct account *account,
	int64_t level, bool by_pass, struct str proofs)
{
	struct ctx *c = unit->c;
	struct str mac;
	err e;

	/* The session that this browser had ends with the new one's beginning. */
	if (c->request->session) {
		if ((e = token_mac(c, "session", c->request->session, &mac)))
			return e;
		unit_add(unit, statement_session_end, any_rows, WITH(v_bytes(mac)));
	}
	if ((e = token_mint(c, "session", &out->session, &mac)))
		return e;
	unit_add(unit, statement_session_add, 1,
		WITH(v_bytes(mac), v_bytes(account->id), v_number(c->now),
			v_number(c->now + c->conf->session_lifetime), v_number(level),
			v_number(by_pass),
			v_text(c->request->agent.at ? c->request->agent : STR("")),
			v_text(c->request->address.at ? c->request->address : STR("")),
			v_text(proofs)));
	return device_open(unit, out, account);
}
