/* What a browser answers, held against the account's own passkeys. */
#include "flow/inside.h"
#include "flow/passkey.h"

#include "crypto/crypto.h"
#include "outbox/outbox.h"
#include "store/records.h"

/* ---- the stored key ---- */

/* A key that was moved to another account, row or name does not open. */
static err bound(
	struct ctx *c, struct str account, struct str id, struct str credential, struct str *out)
{
	struct buf b = buf_in(c->arena, 8 + 2 * id_size + passkey_id_most);

	buf_add(&b, STR("passkey"));
	buf_add(&b, account);
	buf_add(&b, id);
	buf_add(&b, credential);
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "passkey") : 0;
}

err passkey_seal(struct ctx *c, const struct method *m, struct str credential, struct str record,
	struct str *sealed)
{
	struct str about;
	err e = bound(c, m->account, m->id, credential, &about);

	return e ? e : seal(c, key_seal, about, record, sealed);
}

struct kept {
	struct str account, method, sealed;
	struct passkey_stored stored;
};

/* reply_wrong: nobody's. */
static err load(struct ctx *c, struct str credential, struct kept *out)
{
	struct rows rows;
	err e = store_one(c, statement_passkey_load, WITH(v_bytes(credential)), &rows);

	if (e)
		return e == reply_not_found ? (err)reply_wrong : e;
	*out = (struct kept){ .account = row_str(&rows, 0, 0),
		.method = row_str(&rows, 0, 1),
		.sealed = row_str(&rows, 0, 2) };
	out->stored.counter = (uint32_t)row_number(&rows, 0, 3);
	out->stored.eligible = row_number(&rows, 0, 4) != 0;
	return 0;
}

static err open_key(struct ctx *c, struct kept *k, struct str credential)
{
	struct str about;
	err e;

	if ((e = bound(c, k->account, k->method, credential, &about)))
		return e;
	e = unseal_text(c, key_seal, about, k->sealed, &k->stored.key);
	return e == reply_wrong ? fault(c, fault_crypto, "a passkey does not open") : e;
}

err passkey_owner(struct ctx *c, struct str credential, struct str *account)
{
	struct kept kept;
	err e = load(c, credential, &kept);

	*account = e ? STR_NONE : kept.account;
	return e;
}

/* ---- the judgement ---- */

static const struct method *own(const struct walk *w, struct str id)
{
	for (const struct method *m = NULL; (m = methods_next(w->methods, method_passkey, m));)
		if (str_same(m->id, id))
			return m;
	return NULL;
}

static err missed(struct walk *w, const char *why)
{
	struct buf b = buf_in(w->c->arena, 60);

	buf_print(&b, "A passkey was refused: %s", why);
	buf_char(&b, 0);
	if (b.full)
		return fault(w->c, fault_arena, "passkey");
	w->miss = b.at;
	return reply_wrong;
}

/* There may be a copy of the key: its owner hears of it, in a unit of its own, whatever becomes of
 * the flow. */
static err tell_copied(struct walk *w, const struct method *m)
{
	const struct methods *told_of = w->every.count ? &w->every : &w->methods;
	struct unit unit = unit_begin(w->c);
	struct pair pairs[4];
	size_t told;
	err e;

	if ((e = outbox_circumstances(w->c, pairs)))
		return e;
	pairs[3] = (struct pair){ "label", m->label };
	if ((e = outbox_notice(
		     &unit, &w->account, *told_of, "passkey_copied", pairs, 4, STR_NONE, &told)))
		return e;
	return unit_commit(&unit);
}

/* What a passkey that found its owner by itself says of them must be so. */
static err handle_fits(struct walk *w, struct str said, bool *fits)
{
	struct str handle;
	err e = passkey_handle(w->c, w->account.id, &handle);

	*fits = !e && (said.length == 0 || str_same(said, handle));
	return e;
}

static err judge(struct walk *w, const struct passkey_answer *in, const struct kept *kept,
	bool verified, struct passkey_seen *seen)
{
	struct passkey_assertion assertion = { in->client_data, in->authenticator_data,
		in->signature };
	struct passkey_expected expected;
	enum passkey_refusal refusal;
	err e = passkey_expect(w->c, in->challenge, &expected);

	if (e)
		return e;
	expected.verified = verified;
	e = passkey_assert(w->c, &expected, &kept->stored, &assertion, seen, &refusal);
	return e == reply_refused ? missed(w, passkey_refusal_name(refusal)) : e;
}

err passkey_match(struct walk *w, const struct passkey_answer *in, bool verified)
{
	const struct method *m;
	struct passkey_seen seen;
	struct kept kept;
	bool fits;
	err e = load(w->c, in->key_id, &kept);

	w->matched = NULL;
	if (e)
		return e == reply_wrong ? missed(w, "unknown") : e;
	if (!str_same(kept.account, w->account.id) || !(m = own(w, kept.method)))
		return missed(w, "not theirs");
	if ((e = handle_fits(w, in->user_handle, &fits)) || (e = open_key(w->c, &kept, in->key_id)))
		return e;
	if (!fits)
		return missed(w, "handle");
	if ((e = judge(w, in, &kept, verified, &seen)))
		return e;
	if (seen.counter_back)
		return (e = tell_copied(w, m)) ? e : missed(w, "counter went back");
	w->matched = m;
	w->verified = seen.state.verified;
	w->backed_up = seen.state.backed_up;
	w->matched_at = seen.state.counter;
	w->matched_mac = in->challenge;
	return 0;
}

void passkey_use(struct walk *w)
{
	struct value id = v_bytes(w->matched->id);

	unit_add(&w->unit, statement_work_spend, 1,
		WITH(v_bytes(w->matched_mac), v_number(w->c->now + challenge_seconds)));
	unit_add(&w->unit, statement_passkey_used, 1,
		WITH(id, v_number(w->matched_at), v_number(w->backed_up), v_number(w->verified)));
	unit_add(&w->unit, statement_method_used, 1, WITH(id, v_number(w->c->now)));
}
