/* A passkey in security information: the one that is being added, and one as a fresh proof. */
#include "people/security_info.h"
#include "flow/passkey.h"

#include "store/records.h"

/* ---- adding ---- */

err passkey_options(struct walk *w, struct str *out)
{
	struct str challenge;
	err e = challenge_make(w->c, "method", w->pending.id, &challenge);

	if (e)
		return e;
	return passkey_create_options(
		w->c, challenge, w->account.id, w->rules.value[rule_attestation_on] != 0, out);
}

err passkey_keep(struct walk *w)
{
	const struct passkey_born *born = w->born;
	struct str sealed;
	err e;

	must_be(born);
	if ((e = passkey_seal(w->c, &w->pending, born->id, born->key, &sealed)))
		return e;
	unit_add(&w->unit, statement_passkey_add, 1,
		WITH(v_bytes(w->pending.id), v_bytes(born->id), v_bytes(sealed),
			v_bytes(born->aaguid), v_text(w->transports), v_number(born->state.counter),
			v_number(born->state.eligible), v_number(born->state.backed_up),
			v_number(born->state.verified)));
	return 0;
}

/* Of what the browser says, the words that are known (WebAuthn 5.8.4), each once. */
static err take_transports(struct ctx *c, struct str said, struct str *out)
{
	static const char *const known[] = { "ble", "hybrid", "internal", "nfc", "smart-card",
		"usb" };
	struct buf b = buf_in(c->arena, 80);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str one, rest = said;
		bool has = false;

		while (rest.length) {
			if (!str_cut(rest, ' ', &one, &rest)) {
				one = rest;
				rest = STR_NONE;
			}
			has = has || str_is(one, known[i]);
		}
		if (has)
			buf_print(&b, "%s%s", b.length ? " " : "", known[i]);
	}
	*out = b.length ? buf_str(&b) : STR("");
	return b.full ? fault(c, fault_arena, "transports") : 0;
}

/* Whether somebody has it already says nothing of whom: who holds the authenticator knows. */
static err is_new(struct ctx *c, struct str credential, bool *fresh)
{
	struct rows rows;
	err e = store_read(c, statement_passkey_load, WITH(v_bytes(credential)), 1, &rows);

	*fresh = !e && rows.count == 0;
	return e;
}

static err judge(struct walk *w, const struct op_info_passkey *in, struct passkey_born *born)
{
	struct passkey_registration made = { in->client_data, in->authenticator_data, in->key_id,
		{ in->algorithm, in->first, in->second } };
	struct passkey_expected expected;
	enum passkey_refusal refusal;
	err e;

	if ((e = passkey_expect(w->c, in->challenge, &expected)))
		return e;
	e = passkey_register(w->c, &expected, &made, born, &refusal);
	if (e < 0)
		return e;
	if (e)
		log_line(log_info, NULL, "a passkey was not registered: %s",
			passkey_refusal_name(refusal));
	w->born = born;
	w->right = e == 0;
	return e || str_is(in->vouched, "wrong") ? (w->right = false, 0)
						 : is_new(w->c, born->id, &w->right);
}

/* What the page says back; reply_refused costs no try. */
static err check(struct walk *w, const struct op_info_passkey *in)
{
	struct answer *out = w->out;
	err e;

	if (w->pending.kind != method_passkey)
		return reply_not_found;
	if ((e = info_label(w->c, in->label, STR(""), out, &w->label)) ||
		(e = challenge_check(w->c, "method", w->pending.id, in->challenge, out)))
		return e;
	if (w->rules.value[rule_attestation_on] && !str_is(in->vouched, "maker")) {
		out->words = STR("passkey_maker");
		return reply_refused;
	}
	return take_transports(w->c, in->transports, &w->transports);
}

err serve_info_passkey(struct ctx *c, const struct op_info_passkey *in, struct answer *out)
{
	struct passkey_born born;
	bool suffices = true;
	struct walk w;
	err e;

	if ((e = pending_load(c, in->id, out, &w)))
		return e;
	if ((e = check(&w, in)))
		return e == reply_refused ? pending_shown(&w, e) : e;
	if ((e = flow_step(&w, on_answer)) != reply_again)
		return pending_shown(&w, e);
	if ((e = judge(&w, in, &born)))
		return e;
	if (w.pending.replaces.length && (e = replace_suffices(&w, &suffices)))
		return e;
	w.right = w.right && suffices;
	e = flow_step(&w, on_verdict);
	if (e == reply_again) {
		out->field = STR("passkey");
		out->words = suffices ? STR("passkey_not_made") : STR("replace_less");
	}
	return pending_shown(&w, e);
}

/* ---- a fresh proof ---- */

err serve_info_prove_passkey(
	struct ctx *c, const struct op_info_prove_passkey *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_signed_in(c, &flow_register, "proof", out, &w)) ||
		(e = challenge_check(c, "session", c->who->id, in->challenge, out)))
		return e;
	w.wanted = method_passkey;
	out->field = STR("passkey");
	out->words = STR("passkey_wrong");
	if ((e = proof_count(&w, true)) || (e = passkey_match(&w, PASSKEY_ANSWER(in), false)))
		return e;
	if ((e = proof_take(&w, true)))
		out->record = NULL;
	return e == reply_lost_race ? (err)reply_wrong : e;
}
