/* Who may add a way that counts at once. A leaked password alone must not register the thief: it
 * takes a one-time pass, a network of the organisation, a second proof, or a code to an address
 * that was known before. */
#include "people/security_info.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "outbox/outbox.h"
#include "store/records.h"

enum { known_most = 8 };

bool session_strong(const struct ctx *c, const struct session *s)
{
	return s->by_pass || s->vouched || s->level > 1 ||
	       (c->request && network_has(c->conf->trusted_networks, c->request->address));
}

/* ---- addresses that were known before ---- */

static bool ends_in_domain(struct str channel, struct str domain)
{
	struct str local, host;

	if (domain.length == 0 || !str_cut(channel, '@', &local, &host))
		return false;
	return str_same(host, domain) || (str_ends(host, domain) && host.length > domain.length &&
						 host.at[host.length - domain.length - 1] == '.');
}

err info_protected(struct ctx *c, const struct account *account, struct str channel, bool *yes)
{
	const struct words *list = &c->conf->protected_mail_domains;
	const struct str own[] = { account->mail, account->upn };
	struct str local, domain;
	err e;

	*yes = false;
	for (size_t i = 0; i < list->count; i++)
		*yes |= ends_in_domain(channel, list->at[i]);
	for (size_t i = 0; i < 2; i++) {
		struct mail_address address;

		if (own[i].length == 0)
			continue;
		e = mail_address_take(c, own[i], &address);
		if (e < 0)
			return e;
		if (e == 0 && str_cut(address.channel, '@', &local, &domain))
			*yes |= ends_in_domain(channel, domain);
	}
	return 0;
}

/* As methods, which is how codes are sent. */
struct known {
	struct method at[known_most];
	size_t count;
};

static void add_known(struct known *list, struct str address, struct str channel)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_same(list->at[i].channel, channel))
			return;
	if (list->count < known_most)
		list->at[list->count++] = (struct method){ .address = address, .channel = channel };
}

/* What the password itself protects vouches for nobody. */
static err add_contact(
	struct ctx *c, const struct account *account, struct str contact, struct known *list)
{
	struct mail_address mail;
	bool is_protected;
	err e = mail_address_take(c, contact, &mail);

	if (e)
		return e < 0 ? e : 0;
	if ((e = info_protected(c, account, mail.channel, &is_protected)) || is_protected)
		return e;
	add_known(list, mail.address, mail.channel);
	return 0;
}

static err known_of(
	struct ctx *c, const struct account *account, struct methods methods, struct known *list)
{
	struct rows contacts;
	err e;

	list->count = 0;
	for (const struct method *m = NULL; (m = methods_next(methods, method_mail, m));)
		add_known(list, m->address, m->channel);
	if ((e = store_read(
		     c, statement_contacts_of, WITH(v_bytes(account->id)), known_most, &contacts)))
		return e;
	for (size_t i = 0; i < contacts.count; i++)
		if ((e = add_contact(c, account, row_str(&contacts, i, 0), list)))
			return e;
	return 0;
}

err vouch_open(struct ctx *c, const struct session *s, const struct account *account,
	struct methods methods, bool *open)
{
	struct known known;
	err e;

	*open = false;
	if (session_strong(c, s) || s->vouch_tries <= 0)
		return 0;
	if (methods_next(methods, method_mail, NULL)) {
		*open = true;
		return 0;
	}
	e = known_of(c, account, methods, &known);
	*open = e == 0 && known.count > 0;
	return e;
}

err info_late(struct ctx *c, const struct account *account, struct methods methods, int64_t *late)
{
	bool open;
	err e = vouch_open(c, c->who, account, methods, &open);

	*late = session_strong(c, c->who) ? 0 : 1 + (e == 0 && open);
	return e;
}

/* ---- guards ---- */

static bool guard_knows_open(const struct walk *w)
{
	return w->mail_open;
}

static bool guard_vouch_left(const struct walk *w)
{
	return w->pending.tries > 0;
}

/* ---- effects ---- */

static err code_mac(struct walk *w, const struct secret *code, struct str *out)
{
	uint8_t *mac = arena_take(w->c->arena, mac_size);
	struct buf about = buf_in(w->c->arena, id_size + 8);

	buf_add(&about, STR("vouch "));
	buf_add(&about, w->account.id);
	if (!mac || about.full)
		return fault(w->c, fault_arena, "code");
	digest_keyed(w->c->keys, key_code, buf_str(&about), secret_show(code), mac);
	*out = (struct str){ (const char *)mac, mac_size };
	return 0;
}

/* To all of them: one proof, whichever mailbox is read. */
static err send_to_known(struct walk *w, const struct pair *pairs, size_t count)
{
	struct known known;
	err e = known_of(w->c, &w->account, w->methods, &known);

	for (size_t i = 0; e == 0 && i < known.count; i++) {
		bool open;

		if ((e = sending_open(w->c, known.at[i].channel, &open)) == 0 && open)
			e = outbox_code(
				&w->unit, &w->account, &known.at[i], "vouch_code", pairs, count);
	}
	return e;
}

static err effect_send_vouch(struct walk *w)
{
	struct ctx *c = w->c;
	struct buf minutes = buf_in(c->arena, 20);
	struct pair pairs[5];
	struct secret *code;
	err e;

	buf_number(&minutes, c->conf->mail_code_lifetime / 60);
	if (minutes.full)
		return fault(c, fault_arena, "code");
	if ((e = sent_code_make(c, &code)) || (e = code_mac(w, code, &w->pending.code)) ||
		(e = outbox_circumstances(c, pairs)))
		return e;
	pairs[3] = (struct pair){ "code", secret_show(code) };
	pairs[4] = (struct pair){ "minutes", buf_str(&minutes) };
	unit_add(&w->unit, statement_outbox_codes_end, any_rows,
		WITH(v_bytes(w->account.id), v_number(c->now), v_text(STR("vouch_code"))));
	unit_add(&w->unit, statement_session_vouch_code, 1,
		WITH(v_bytes(c->who->id), v_bytes(w->pending.code),
			v_number(c->now + c->conf->mail_code_lifetime)));
	return send_to_known(w, pairs, 5);
}

static err effect_spend_vouch(struct walk *w)
{
	w->pending.tries--;
	unit_add(&w->unit, statement_session_vouch_try, 1, WITH(v_bytes(w->c->who->id)));
	return 0;
}

static err effect_miss_vouch(struct walk *w)
{
	return walk_note(w, event_signin, false, "Wrong code to an address known before");
}

/* A session that may do more has a new token. */
static err effect_vouch(struct walk *w)
{
	struct str mac;
	err e;

	if ((e = token_mint(w->c, "session", &w->out->session, &mac)))
		return e;
	unit_add(&w->unit, statement_session_vouched, 1, WITH(v_bytes(w->c->who->id)));
	unit_add(&w->unit, statement_session_proved, 1,
		WITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now),
			v_number(w->c->who->level), v_text(w->c->who->proved_by)));
	return walk_note(w, event_signin, true, "Proved an address known before");
}

#define ROW(from, event, guard, effect, reply, to)                                                 \
	{ state_##from, on_##event, guard_##guard, effect_##effect, reply_##reply, state_##to },
static const struct flow_row table_rows[] = {
#include "spec/flow/vouch.def"
};
#undef ROW

const struct flow_table flow_vouch = { "vouch", false, table_rows,
	sizeof(table_rows) / sizeof(table_rows[0]) };

/* ---- operations ---- */

static err begin(struct ctx *c, struct answer *out, struct walk *w)
{
	err e = walk_signed_in(c, &flow_vouch, NULL, out, w);

	w->pending = (struct method){ .kind = method_mail,
		.tries = c->who->vouch_tries,
		.code = c->who->vouch_code,
		.code_expires = c->who->vouch_until };
	return e;
}

static err any_open(struct walk *w)
{
	struct known known;
	err e = known_of(w->c, &w->account, w->methods, &known);

	for (size_t i = 0; e == 0 && i < known.count; i++) {
		bool open;

		e = sending_open(w->c, known.at[i].channel, &open);
		w->mail_open |= e == 0 && open;
	}
	return e;
}

err serve_vouch_send(struct ctx *c, const struct op_vouch_send *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = begin(c, out, &w)) || (e = any_open(&w)))
		return e;
	if (session_strong(c, c->who))
		return reply_already;
	e = flow_step(&w, on_resend);
	if (e == (err)reply_too_fast)
		out->wait_seconds = sending_window;
	return e == (err)reply_check_messages ? 0 : e;
}

static err judge(struct walk *w, const struct secret *code)
{
	struct str mac;
	err e = code_mac(w, code, &mac);

	w->right =
		e == 0 && w->pending.code_expires > w->c->now && bytes_same(w->pending.code, mac);
	return e;
}

err serve_vouch_answer(struct ctx *c, const struct op_vouch_answer *in, struct answer *out)
{
	struct secret *code;
	struct walk w;
	err e;

	if ((e = begin(c, out, &w)))
		return e;
	if ((e = code_canonical(c, method_mail, in->code, &code))) {
		out->field = STR("code");
		out->words = STR("code_malformed");
		return e < 0 ? e : (err)reply_refused;
	}
	w.state = state_asked;
	if ((e = flow_step(&w, on_answer)) != reply_again)
		return e == (err)reply_shut ? 0 : e;
	if ((e = judge(&w, code)))
		return e;
	e = flow_step(&w, on_verdict);
	out->field = STR("code");
	out->words = STR("code_wrong");
	out->number = w.pending.tries;
	return e == (err)reply_shut ? 0 : e;
}
