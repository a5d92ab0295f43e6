/* The operations of sign-in. */
#include "flow/passkey.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "policy/password.h"
#include "signin/interrupt.h"
#include "store/records.h"

/* What was typed, compared. Nobody's password costs as much as somebody's. */
static err compare(struct walk *w, const struct secret *normal, bool may, bool *stale)
{
	err e = may ? account_verify(w->c, &w->account, normal, stale)
		    : nobody_verify(w->c, normal);

	w->right = may && e == 0;
	return e == reply_wrong ? 0 : e;
}

/* The same wrong password again tells a guesser nothing and does not count (MS 2.6). */
static err seen_before(struct walk *w, const struct secret *normal)
{
	uint8_t *mac = arena_take(w->c->arena, digest_size);
	struct rows rows;
	err e;

	if (!mac)
		return fault(w->c, fault_arena, "refused passwords");
	digest_keyed(w->c->keys, key_name, w->account.id, secret_show(normal), mac);
	w->typed_mac = (struct str){ (const char *)mac, digest_size };
	if ((e = store_read(w->c, statement_refused_load,
		     WITH(v_bytes(w->account.id), v_number(w->try.familiar)), 3, &rows)))
		return e;
	for (size_t i = 0; i < rows.count; i++)
		w->same_as_before |= bytes_same(row_str(&rows, i, 0), w->typed_mac);
	return 0;
}

/* The cost was raised, or the hash is from elsewhere: made anew while the password is here. */
static err rehash(struct walk *w, const struct secret *normal)
{
	struct unit unit = unit_begin(w->c);
	struct str stored;
	err e = account_hash(w->c, &w->account, normal, &stored);

	if (e)
		return e == reply_busy ? 0 : e;
	unit_add(&unit, statement_password_rehash, any_rows,
		WITH(v_bytes(w->account.id), v_bytes(w->account.password), v_bytes(stored)));
	return unit_commit(&unit);
}

/* The pool was full after all: the try is given back, because nothing was looked at. */
static err busy(struct walk *w, bool spent)
{
	struct unit unit = unit_begin(w->c);
	err e;

	w->out->wait_seconds = 2;
	if (spent) {
		throttle_give_back(&unit, &w->try);
		if ((e = unit_commit(&unit)))
			return e;
	}
	return reply_busy;
}

static err password_verdict(struct walk *w, const struct secret *normal)
{
	bool spent = guard_may_try(w);
	bool may = spent, stale = false;
	err e;

	if ((spent && (e = throttle_judged(w->c, &w->try, &may))) ||
		(spent && (e = seen_before(w, normal))))
		return e;
	if ((e = compare(w, normal, may, &stale)))
		return e == reply_busy ? busy(w, spent) : e;
	e = flow_step(w, on_verdict);
	if (e > 0 && w->right && stale) {
		err rehashed = rehash(w, normal);

		return rehashed ? rehashed : e;
	}
	return e;
}

static err owed(struct walk *w, enum interrupt *page)
{
	struct session s;
	struct str mac;
	err e;

	if ((e = token_mac(w->c, "session", w->out->session, &mac)) ||
		(e = session_load(w->c, mac, &s)))
		return e;
	return interrupt_of(w->c, &s, page);
}

/* A session that owes something says so at once: the person goes there before anywhere else. The
 * session has begun by now, and what was used up for it is used up: a fault here must not take it
 * from the person. It is told here, since it goes no further; the page of what is owed asks anew,
 * and is the one that shows it if it lasts. */
static err signed_in(struct walk *w, err e)
{
	enum interrupt page = interrupt_count;
	err failed;

	if (e != (err)reply_signed_in)
		return e;
	if ((failed = owed(w, &page)) == 0)
		return page == interrupt_none ? e : (err)reply_owes;
	if (failed < 0)
		log_line(log_error, NULL, "what a sign-in owes is not known: %s: %s",
			fault_name(w->c->fault.kind), w->c->fault.words);
	return (err)reply_owes;
}

static err refused(struct answer *out, const char *field, const char *words)
{
	out->field = str_of(field);
	out->words = str_of(words);
	return reply_refused;
}

err serve_signin_password(struct ctx *c, const struct op_signin_password *in, struct answer *out)
{
	struct secret *normal;
	struct walk w;
	err e;

	if (str_trim(in->name).length == 0)
		return refused(out, "name", "name_malformed");
	if (secret_length(in->password) == 0)
		return refused(out, "password", "password_missing");
	/* What can be nobody's password is nobody's, after as much work as any. */
	e = password_normal(c, in->password, &normal);
	if (e < 0)
		return e;
	if (e > 0 && !(normal = secret_take(c->arena, " ", 1)))
		return fault(c, fault_memory, "locked pages");
	if ((e = walk_begin(c, &flow_signin, in->name, out, &w)))
		return e;
	if ((e = flow_step(&w, on_password)) == reply_wrong)
		e = password_verdict(&w, normal);
	else if (e == reply_lost_race)
		e = reply_wrong; /* somebody else spent the one try that was open */
	return flow_page(&w, signed_in(&w, e));
}

err serve_signin_pass(struct ctx *c, const struct op_signin_pass *in, struct answer *out)
{
	struct secret *pass;
	struct walk w;
	err e;

	if (str_trim(in->name).length == 0)
		return refused(out, "name", "name_malformed");
	e = pass_canonical(c, in->pass, &pass);
	if (e)
		return e > 0 ? refused(out, "pass", "pass_malformed") : e;
	if ((e = walk_begin(c, &flow_signin, in->name, out, &w)))
		return e;
	w.by_pass = true;
	if ((e = flow_step(&w, on_pass)) == reply_wrong) {
		bool spent = guard_may_try_pass(&w), may = spent;
		struct str mac = STR_NONE;

		if (spent && (e = throttle_judged(c, &w.try, &may)))
			return e;
		if ((e = pass_mac(c, w.known ? w.account.id : STR("nobody"), pass, &mac)))
			return e;
		w.right = may && bytes_same(mac, w.pass_mac);
		e = flow_step(&w, on_verdict);
	} else if (e == reply_lost_race) {
		e = reply_wrong;
	}
	return flow_page(&w, e);
}

static err load(struct ctx *c, struct answer *out, struct walk *w)
{
	err e = walk_load(c, &flow_signin, out, w);

	return e == reply_begin || e == 0 ? e : flow_page(w, e);
}

err serve_signin_show(struct ctx *c, const struct op_signin_show *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = load(c, out, &w)))
		return e;
	return flow_page(&w, (err)flow_where(&w));
}

err serve_signin_method(struct ctx *c, const struct op_signin_method *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = load(c, out, &w)))
		return e;
	if (!method_of(in->method, &w.wanted) || w.wanted == method_mail ||
		(w.wanted == method_passkey && !methods_next(w.methods, method_passkey, NULL)))
		return flow_page(&w, (err)flow_where(&w));
	return flow_page(&w, flow_step(&w, on_method));
}

err serve_signin_lost(struct ctx *c, const struct op_signin_lost *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = load(c, out, &w)))
		return e;
	return flow_page(&w, flow_lost(&w));
}

err serve_signin_answer(struct ctx *c, const struct op_signin_answer *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = load(c, out, &w)))
		return e;
	return flow_page(&w, signed_in(&w, flow_answer(&w, in->code)));
}

err serve_signin_passkey(struct ctx *c, const struct op_signin_passkey *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = load(c, out, &w)))
		return e;
	return flow_page(&w, signed_in(&w, flow_assert(&w, PASSKEY_ANSWER(in))));
}

/* ---- a passkey alone ---- */

err serve_passkey_begin(struct ctx *c, const struct op_passkey_begin *in, struct answer *out)
{
	struct rec_passkey_asked *record = arena_take(c->arena, sizeof(*record));
	bool shown[method_kind_count];
	struct str challenge;
	err e;

	(void)in;
	if (!record)
		return fault(c, fault_arena, "passkey");
	if ((e = rules_shown(c, shown)))
		return e;
	if (!shown[method_passkey])
		return reply_not_found;
	if ((e = challenge_make(c, "alone", STR(""), &challenge)) ||
		(e = passkey_get_options(c, challenge, STR_NONE, true, &record->options)))
		return e;
	out->record = record;
	return 0;
}

static err key_verdict(struct walk *w, const struct passkey_answer *in)
{
	bool may = w->spent;
	err e;

	if (may && ((e = throttle_judged(w->c, &w->try, &may)) ||
			   (may && (e = streak_judged(w->c, &w->try, STR("passkey"), &may)))))
		return e;
	e = may ? passkey_match(w, in, true) : (err)reply_wrong;
	if (e < 0)
		return e;
	w->right = e == 0;
	e = flow_step(w, on_verdict);
	return e == reply_lost_race ? (err)reply_wrong : e; /* the same answer came twice */
}

err serve_signin_alone(struct ctx *c, const struct op_signin_alone *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = challenge_check(c, "alone", STR(""), in->challenge, out)))
		return e;
	if ((e = walk_begin_key(c, &flow_signin, in->key_id, out, &w)))
		return e;
	if ((e = flow_step(&w, on_passkey)) == reply_wrong)
		e = key_verdict(&w, PASSKEY_ANSWER(in));
	else if (e == reply_lost_race)
		e = reply_wrong; /* somebody else spent the one try that was open */
	return flow_page(&w, signed_in(&w, e));
}

err serve_signin_choose(struct ctx *c, const struct op_signin_choose *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = load(c, out, &w)))
		return e;
	if ((e = flow_judge_password(&w, in->password)))
		return flow_page(&w, e);
	return flow_page(&w, signed_in(&w, flow_step(&w, on_choose)));
}

err serve_signin_leave(struct ctx *c, const struct op_signin_leave *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	out->end_flow = true;
	if ((e = load(c, out, &w)))
		return e;
	e = flow_step(&w, on_leave);
	return e < 0 ? e : (err)reply_begin;
}
