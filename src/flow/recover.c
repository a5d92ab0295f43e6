/* The operations of a reset. */
#include "flow/inside.h"

#include "flow/passkey.h"
#include "policy/work.h"

static err ask_work(struct ctx *c, struct answer *out)
{
	struct rec_flow_page *page = arena_take(c->arena, sizeof(*page));
	err e;

	if (!page)
		return fault(c, fault_arena, "page");
	if ((e = work_make(c, &page->work)))
		return e;
	page->reply = STR("work");
	out->record = page;
	out->wait_seconds = work_wait_seconds;
	return reply_work;
}

err serve_recover_begin(struct ctx *c, const struct op_recover_begin *in, struct answer *out)
{
	struct walk w;
	err e;

	if (site_busy(c)) {
		e = in->work.length ? work_check(c, in->work) : (err)reply_work;
		if (e == reply_work)
			return ask_work(c, out);
		if (e)
			return e;
	}
	if (site_full(c)) {
		out->wait_seconds = 60;
		return reply_busy;
	}
	if (str_trim(in->name).length == 0) {
		out->field = STR("name");
		out->words = STR("name_malformed");
		return reply_refused;
	}
	if ((e = walk_begin(c, &flow_recover, in->name, out, &w)))
		return e;
	return flow_page(&w, flow_step(&w, on_identify));
}

err serve_recover_show(struct ctx *c, const struct op_recover_show *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	return flow_page(&w, (err)flow_where(&w));
}

err serve_recover_method(struct ctx *c, const struct op_recover_method *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	/* Each proof is another method. */
	if (!method_of(in->method, &w.wanted) || proofs_have(w.flow.proofs, w.wanted) ||
		!w.offered[w.wanted])
		return flow_page(&w, (err)flow_where(&w));
	return flow_page(&w, flow_step(&w, on_method));
}

err serve_recover_lost(struct ctx *c, const struct op_recover_lost *in, struct answer *out)
{
	struct walk w;
	err e;

	(void)in;
	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	return flow_page(&w, flow_lost(&w));
}

/* An operation that is one event and nothing else. */
static err only(struct ctx *c, enum flow_event event, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	return flow_page(&w, flow_step(&w, event));
}

err serve_recover_resend(struct ctx *c, const struct op_recover_resend *in, struct answer *out)
{
	(void)in;
	return only(c, on_resend, out);
}

err serve_recover_extend(struct ctx *c, const struct op_recover_extend *in, struct answer *out)
{
	(void)in;
	return only(c, on_extend, out);
}

err serve_recover_leave(struct ctx *c, const struct op_recover_leave *in, struct answer *out)
{
	err e = only(c, on_leave, out);

	(void)in;
	out->record = NULL;
	out->end_flow = true;
	return e < 0 ? e : (err)reply_begin;
}

err serve_recover_answer(struct ctx *c, const struct op_recover_answer *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	return flow_page(&w, flow_answer(&w, in->code));
}

err serve_recover_passkey(struct ctx *c, const struct op_recover_passkey *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	return flow_page(&w, flow_assert(&w, PASSKEY_ANSWER(in)));
}

err serve_recover_choose(struct ctx *c, const struct op_recover_choose *in, struct answer *out)
{
	struct walk w;
	err e;

	if ((e = walk_load(c, &flow_recover, out, &w)))
		return e == reply_begin ? e : flow_page(&w, e);
	if ((e = flow_judge_password(&w, in->password)))
		return flow_page(&w, e);
	return flow_page(&w, flow_step(&w, on_choose));
}
