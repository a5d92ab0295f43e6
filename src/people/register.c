/* Adding a way to prove it's you: the rows of register.def and the operations that move them. */
#include "people/security_info.h"
#include "flow/passkey.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "outbox/outbox.h"
#include "store/records.h"

/* ---- guards ---- */

static bool guard_adds_codes(const struct walk *w)
{
	return w->wanted == method_recovery_code;
}

static bool guard_adds_app(const struct walk *w)
{
	return w->wanted == method_totp;
}

static bool guard_adds_passkey(const struct walk *w)
{
	return w->wanted == method_passkey;
}

static bool guard_adds_mail_open(const struct walk *w)
{
	return w->wanted == method_mail && w->mail_open;
}

static bool guard_pending_mail_open(const struct walk *w)
{
	return w->pending.kind == method_mail && w->mail_open;
}

static bool guard_confirm_left(const struct walk *w)
{
	return w->pending.tries > 0;
}

/* ---- effects ---- */

static err text_of(struct ctx *c, int64_t number, struct str *out)
{
	struct buf b = buf_in(c->arena, 20);

	buf_number(&b, number);
	if (b.full)
		return fault(c, fault_arena, "number");
	*out = buf_str(&b);
	return 0;
}

/* One pending method of a kind at a time: an abandoned one makes room. */
static void pending_add(struct walk *w)
{
	struct method *m = &w->pending;

	unit_add(&w->unit, statement_methods_pending_delete, any_rows,
		WITH(v_bytes(w->account.id), v_text(str_of(method_name(m->kind)))));
	unit_add(&w->unit, statement_method_add, 1,
		WITH(v_bytes(m->id), v_bytes(w->account.id), v_text(str_of(method_name(m->kind))),
			v_text(m->label), v_text(m->address.at ? m->address : STR("")),
			v_text(m->channel.at ? m->channel : STR("")),
			m->seed.at ? v_bytes(m->seed) : v_null(), v_text(m->state),
			v_number(w->c->now), m->code.at ? v_bytes(m->code) : v_null(),
			v_number(m->code_expires), v_number(m->tries)));
	if (m->replaces.length)
		unit_add(&w->unit, statement_method_replaces, 1,
			WITH(v_bytes(m->id), v_bytes(w->account.id), v_bytes(m->replaces)));
}

/* A code to the address that is being added, bound to the method. */
static err confirm_send(struct walk *w)
{
	struct ctx *c = w->c;
	uint8_t *mac = arena_take(c->arena, mac_size);
	struct pair pairs[5];
	struct secret *code;
	err e;

	if (!mac)
		return fault(c, fault_arena, "code");
	if ((e = sent_code_make(c, &code)) || (e = outbox_circumstances(c, pairs)) ||
		(e = text_of(c, c->conf->mail_code_lifetime / 60, &pairs[4].value)))
		return e;
	pairs[3] = (struct pair){ "code", secret_show(code) };
	pairs[4].name = "minutes";
	digest_keyed(c->keys, key_code, w->pending.id, secret_show(code), mac);
	w->pending.code = (struct str){ (const char *)mac, mac_size };
	w->pending.code_expires = c->now + c->conf->mail_code_lifetime;
	unit_add(&w->unit, statement_outbox_codes_end, any_rows,
		WITH(v_bytes(w->account.id), v_number(c->now), v_text(STR("confirm_code"))));
	return outbox_code(&w->unit, &w->account, &w->pending, "confirm_code", pairs, 5);
}

static err effect_send_confirm(struct walk *w)
{
	err e;

	if ((e = confirm_send(w)))
		return e;
	pending_add(w);
	return 0;
}

static err effect_resend_confirm(struct walk *w)
{
	err e;

	if ((e = confirm_send(w)))
		return e;
	unit_add(&w->unit, statement_method_code, 1,
		WITH(v_bytes(w->pending.id), v_bytes(w->account.id), v_bytes(w->pending.code),
			v_number(w->pending.code_expires)));
	return 0;
}

static err effect_make_seed(struct walk *w)
{
	struct secret *seed;
	err e;

	if ((e = totp_seed_make(w->c, &seed)) ||
		(e = totp_seed_seal(w->c, w->account.id, w->pending.id, seed, &w->pending.seed)))
		return e;
	pending_add(w);
	return 0;
}

/* Each look at its page makes a new challenge; nothing is kept of it. */
static err effect_make_passkey(struct walk *w)
{
	pending_add(w);
	return 0;
}

/* Whoever has just set up a second way has proved it: this session is as strong as one that asked
 * for it, and has a new token. */
static err raise_session(struct walk *w)
{
	struct str mac;
	err e;

	if ((e = token_mint(w->c, "session", &w->out->session, &mac)))
		return e;
	unit_add(&w->unit, statement_session_proved, 1,
		WITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now), v_number(2),
			v_text(str_of(method_name(w->pending.kind)))));
	return 0;
}

int64_t info_gained(const struct walk *w, enum method_kind kind)
{
	int64_t had = (int64_t)methods_worth(w->methods, kind),
		has = method_worth(kind, 1 + (w->born && w->born->state.verified));

	return has > had ? has - had : 0;
}

/* One row for the way itself and, when it was the last one missing, two for what is complete.
 * Called while the account's methods are as they were. */
static err note_added(struct walk *w, enum method_kind kind)
{
	int64_t had = (int64_t)walk_ways(w), wanted = rules_to_register(&w->rules);
	int64_t has = had + info_gained(w, kind);
	bool unheard;
	err e;

	if ((e = walk_note(w, event_info_registered, true, method_name(kind))) ||
		(e = info_unheard(w->c, &w->rules, &w->account, w->methods, &unheard)) ||
		(had >= wanted && !unheard) || has < wanted || (unheard && kind != method_mail) ||
		(e = walk_note(w, event_info_complete, true, NULL)))
		return e;
	/* Whoever has done it is not asked to do it. */
	unit_add(&w->unit, statement_reminder_end, any_rows,
		WITH(v_bytes(w->account.id), v_number(w->c->now)));
	info_complete(w);
	return walk_note(w, event_reset_registered, true, NULL);
}

/* What a password alone added proves nothing for a day, in which all addresses can say: this was
 * not me. It raises no session and ends no reset. */
static err added_late(struct walk *w)
{
	int64_t from = w->c->now + waiting_seconds;
	struct pair pairs[6];
	size_t told;
	err e;

	unit_add(&w->unit, statement_method_wait, 1,
		WITH(v_bytes(w->pending.id), v_bytes(w->account.id), v_number(from)));
	if ((e = outbox_circumstances(w->c, pairs)) || (e = text_of(w->c, from, &pairs[5].value)))
		return e;
	pairs[3] = (struct pair){ "kind", str_of(method_name(w->pending.kind)) };
	pairs[4] = (struct pair){ "label", w->pending.label };
	pairs[5].name = "from";
	if ((e = outbox_notice(&w->unit, &w->account, w->methods, "method_waiting", pairs, 6,
		     STR_NONE, &told)))
		return e;
	return walk_note(w, event_info_registered, true, method_name(w->pending.kind));
}

static err added(struct walk *w)
{
	err e;

	if (!session_strong(w->c, w->c->who))
		return added_late(w);
	resets_end(&w->unit, w->account.id, STR(""));
	if ((e = w->pending.replaces.length ? replace_old(w)
					    : info_tell(w, "method_added", &w->pending)))
		return e;
	if (w->pending.kind != method_mail && (e = raise_session(w)))
		return e;
	return note_added(w, w->pending.kind);
}

/* A new set: the old one is worth nothing from here on. */
static err effect_make_codes(struct walk *w)
{
	struct ctx *c = w->c;
	struct buf shown = buf_in(c->arena, codes_in_a_set * 40);
	err e;

	w->pending.state = STR("active");
	pending_add(w);
	unit_add(&w->unit, statement_methods_kind_delete, any_rows,
		WITH(v_bytes(w->account.id), v_text(STR("recovery_code")), v_bytes(w->pending.id)));
	for (int64_t slot = 0; slot < codes_in_a_set; slot++) {
		struct secret *code, *canonical;
		uint8_t *mac = arena_take(c->arena, mac_size);

		if (!mac)
			return fault(c, fault_arena, "codes");
		if ((e = recovery_code_make(c, &code)) ||
			(e = code_canonical(c, method_recovery_code, code, &canonical)))
			return e;
		digest_keyed(c->keys, key_code, w->pending.id, secret_show(canonical), mac);
		unit_add(&w->unit, statement_recovery_code_add, 1,
			WITH(v_bytes(w->pending.id), v_number(slot),
				v_bytes((struct str){ (const char *)mac, mac_size })));
		buf_add(&shown, secret_show(code));
		if (slot + 1 < codes_in_a_set)
			buf_char(&shown, '\n');
		secret_drop(&code);
		secret_drop(&canonical);
	}
	w->codes = secret_take(c->arena, shown.at, shown.length);
	if (shown.full || !w->codes)
		return fault(c, fault_memory, "codes");
	return added(w);
}

static err effect_spend_confirm(struct walk *w)
{
	w->pending.tries--;
	unit_add(&w->unit, statement_method_try, 1,
		WITH(v_bytes(w->pending.id), v_bytes(w->account.id)));
	return 0;
}

static err effect_drop_pending(struct walk *w)
{
	unit_add(&w->unit, statement_method_delete, 1,
		WITH(v_bytes(w->pending.id), v_bytes(w->account.id)));
	return 0;
}

static err effect_activate(struct walk *w)
{
	err e;

	unit_add(&w->unit, statement_method_activate, 1,
		WITH(v_bytes(w->pending.id), v_bytes(w->account.id), v_number(w->c->now),
			v_text(w->label), v_number(w->matched_at)));
	w->pending.label = w->label;
	w->pending.state = STR("active");
	if (w->pending.kind == method_passkey && (e = passkey_keep(w)))
		return e;
	return added(w);
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to },
static const struct flow_row table_rows[] = {
#include "spec/flow/register.def"
};
#undef ROW

const struct flow_table flow_register = { "register", false, table_rows,
	sizeof(table_rows) / sizeof(table_rows[0]) };

/* ---- operations ---- */

static err refused(struct answer *out, const char *field, const char *words)
{
	out->field = str_of(field);
	out->words = str_of(words);
	return reply_refused;
}

err pending_shown(struct walk *w, err reply)
{
	struct rec_method_new *r = arena_take(w->c->arena, sizeof(*r));
	struct method *m = &w->pending;
	err e;

	if (reply < 0)
		return reply;
	if (!r)
		return fault(w->c, fault_arena, "method");
	if (reply == (err)reply_too_fast)
		w->out->wait_seconds = sending_window;
	if ((e = id_text(w->c, m->id, &r->id)) ||
		(e = support_code(w->c, w->flow.id, &w->out->support)))
		return e;
	r->kind = str_of(method_name(m->kind));
	r->shown = m->kind == method_mail      ? m->address
		   : m->kind == method_passkey ? w->account.name
					       : m->label;
	r->tries_left = m->tries;
	r->made = w->c->now;
	r->codes = w->codes;
	if (m->kind == method_totp && m->seed.length && !str_is(m->state, "active") &&
		((e = totp_seed_open(w->c, w->account.id, m->id, m->seed, &r->seed)) ||
			(e = totp_uri(w->c, r->seed, w->c->conf->organisation, w->account.name,
				 &r->uri))))
		return e;
	if (m->kind == method_passkey && (e = passkey_options(w, &r->options)))
		return e;
	w->out->record = r;
	w->out->number = m->tries;
	return reply;
}

static size_t count_of(struct methods methods, enum method_kind kind)
{
	size_t count = 0;

	for (const struct method *m = NULL; (m = methods_next(methods, kind, m));)
		count++;
	return count;
}

static size_t most_of(enum method_kind kind)
{
	return kind == method_mail      ? mails_most
	       : kind == method_passkey ? passkeys_most
					: apps_most;
}

/* The address that is to be added: its form, whose it is, whether it is there already. */
static err take_address(struct walk *w, struct str typed)
{
	struct mail_address address;
	bool is_protected;
	err e = mail_address_take(w->c, typed, &address);

	if (e)
		return e > 0 ? refused(w->out, "address", address.why) : e;
	if ((e = info_protected(w->c, &w->account, address.channel, &is_protected)))
		return e;
	if (is_protected)
		return refused(w->out, "address", "mail_protected");
	for (const struct method *m = NULL; (m = methods_next(w->methods, method_mail, m));)
		if (str_same(m->channel, address.channel))
			return refused(w->out, "address", "mail_taken");
	w->pending.address = address.address;
	w->pending.channel = address.channel;
	return sending_open(w->c, address.channel, &w->mail_open);
}

err pending_begin(struct walk *w, const struct method *old, struct str address)
{
	err e;

	w->pending = (struct method){ .id = id_make(w->c),
		.account = w->account.id,
		.kind = w->wanted,
		.state = STR("pending"),
		.label = STR(""),
		.replaces = old ? old->id : STR_NONE,
		.tries = tries_a_challenge };
	if (!w->pending.id.at)
		return fault(w->c, fault_arena, "method");
	if (!old && count_of(w->methods, w->wanted) >= most_of(w->wanted))
		return reply_too_many;
	if (w->wanted == method_mail && (e = take_address(w, address)))
		return e;
	return pending_shown(w, flow_step(w, on_add));
}

err serve_info_add(struct ctx *c, const struct op_info_add *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_signed_in(c, &flow_register, "proof", out, &w)) || (e = info_fresh(&w)))
		return e;
	if (!method_of(in->kind, &w.wanted))
		return reply_malformed;
	if (!info_may_add(&w, w.wanted))
		return reply_not_allowed;
	return pending_begin(&w, NULL, in->address);
}

err pending_load(struct ctx *c, struct str id_hex, struct answer *out, struct walk *w)
{
	struct str id;
	err e;

	if ((e = walk_signed_in(c, &flow_register, "proof", out, w)))
		return e;
	for (size_t i = 0; id_take(c, id_hex, &id) && i < w->methods.count; i++)
		if (str_same(w->methods.at[i].id, id) && str_is(w->methods.at[i].state, "pending"))
			w->pending = w->methods.at[i];
	if ((e = w->pending.replaces.length ? replace_allowed(w) : info_fresh(w)))
		return e;
	if (!w->pending.id.at)
		return reply_not_found;
	w->state = state_asked;
	return w->pending.kind == method_mail ? sending_open(c, w->pending.channel, &w->mail_open)
					      : 0;
}

err serve_info_pending(struct ctx *c, const struct op_info_pending *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = pending_load(c, in->id, out, &w)))
		return e;
	return pending_shown(&w, 0);
}

err serve_info_resend(struct ctx *c, const struct op_info_resend *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = pending_load(c, in->id, out, &w)))
		return e;
	return pending_shown(&w, flow_step(&w, on_resend));
}

static err judge(struct walk *w, const struct secret *code)
{
	uint8_t mac[digest_size];
	struct secret *seed;
	err e;

	if (w->pending.kind == method_mail) {
		digest_keyed(w->c->keys, key_code, w->pending.id, secret_show(code), mac);
		w->right =
			w->pending.code_expires > w->c->now &&
			bytes_same(w->pending.code, (struct str){ (const char *)mac, sizeof(mac) });
		return 0;
	}
	if ((e = totp_seed_open(w->c, w->account.id, w->pending.id, w->pending.seed, &seed)))
		return e;
	e = totp_match(w->c, seed, code, w->c->now, 0, &w->matched_at);
	w->right = e == 0;
	return e == reply_wrong ? 0 : e;
}

err serve_info_confirm(struct ctx *c, const struct op_info_confirm *in, struct answer *out)
{
	struct secret *code;
	struct walk w;
	err e;

	if ((e = pending_load(c, in->id, out, &w)))
		return e;
	if (w.pending.kind == method_passkey)
		return reply_not_found; /* it has no code */
	if ((e = info_label(c, in->label,
		     w.pending.kind == method_mail ? w.pending.address : STR(""), out, &w.label)))
		return pending_shown(&w, e);
	if ((e = code_canonical(c, w.pending.kind, in->code, &code)))
		return e < 0 ? e : pending_shown(&w, refused(out, "code", "code_malformed"));
	if ((e = flow_step(&w, on_answer)) != reply_again)
		return pending_shown(&w, e);
	if ((e = judge(&w, code)))
		return e;
	e = flow_step(&w, on_verdict);
	if (e == reply_again) {
		out->field = STR("code");
		out->words = STR("code_wrong");
	}
	return pending_shown(&w, e);
}
