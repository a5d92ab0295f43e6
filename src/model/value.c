/* Methods, proofs, ids and support codes as plain values. */
#include "model/model.h"

static const char *const method_names[method_kind_count] = { "mail", "totp", "recovery_code",
	"passkey" };

const char *method_name(enum method_kind kind)
{
	must_be(kind < method_kind_count);
	return method_names[kind];
}

bool method_of(struct str name, enum method_kind *out)
{
	for (enum method_kind kind = 0; kind < method_kind_count; kind++) {
		if (str_is(name, method_names[kind])) {
			*out = kind;
			return true;
		}
	}
	return false;
}

bool method_active(const struct method *m)
{
	return str_is(m->state, "active");
}

const struct method *methods_next(
	struct methods all, enum method_kind kind, const struct method *from)
{
	for (size_t i = from ? (size_t)(from - all.at) + 1 : 0; i < all.count; i++)
		if (all.at[i].kind == kind && method_active(&all.at[i]))
			return &all.at[i];
	return NULL;
}

err methods_without(
	struct ctx *c, struct methods all, const struct method *gone, struct methods *out)
{
	struct method *kept = arena_take(c->arena, (all.count + 1) * sizeof(*kept));
	size_t count = 0;

	if (!kept)
		return fault(c, fault_arena, "methods");
	for (size_t i = 0; i < all.count; i++)
		if (&all.at[i] != gone)
			kept[count++] = all.at[i];
	*out = (struct methods){ kept, count };
	return 0;
}

bool method_second(enum method_kind kind)
{
	return kind != method_mail;
}

bool methods_have_second(struct methods all)
{
	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		if (method_second(kind) && methods_next(all, kind, NULL))
			return true;
	return false;
}

enum method_kind methods_first(struct methods all, struct str chosen)
{
	enum method_kind kind;

	if (method_of(chosen, &kind) && method_second(kind) && methods_next(all, kind, NULL))
		return kind;
	if (methods_next(all, method_passkey, NULL))
		return method_passkey;
	return methods_next(all, method_totp, NULL) ? method_totp : method_recovery_code;
}

static const char verified[] = "verified";

bool proofs_hold(struct str proofs, const char *word)
{
	struct str left, right;

	while (str_cut(proofs, '+', &left, &right)) {
		if (str_is(left, word))
			return true;
		proofs = right;
	}
	return str_is(proofs, word);
}

bool proofs_have(struct str proofs, enum method_kind kind)
{
	return proofs_hold(proofs, method_name(kind));
}

size_t proofs_count(struct str proofs)
{
	size_t count = proofs_hold(proofs, verified);

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		count += proofs_have(proofs, kind);
	return count;
}

static err with(struct ctx *c, struct str proofs, const char *word, struct str *out)
{
	struct buf b = buf_in(c->arena, 64);

	buf_add(&b, proofs);
	if (!proofs_hold(proofs, word)) {
		if (proofs.length)
			buf_char(&b, '+');
		buf_add(&b, str_of(word));
	}
	if (b.full)
		return fault(c, fault_arena, "proofs");
	*out = buf_str(&b);
	return 0;
}

err proofs_with(struct ctx *c, struct str proofs, enum method_kind kind, struct str *out)
{
	return with(c, proofs, method_name(kind), out);
}

err proofs_with_verified(struct ctx *c, struct str proofs, struct str *out)
{
	return with(c, proofs, verified, out);
}

static bool any_verifies(struct methods all)
{
	for (const struct method *m = NULL; (m = methods_next(all, method_passkey, m));)
		if (m->verifies)
			return true;
	return false;
}

int64_t method_worth(enum method_kind kind, int64_t seen)
{
	if (seen <= 0)
		return 0;
	return kind == method_passkey && seen > 1 ? 2 : 1;
}

size_t methods_worth(struct methods all, enum method_kind kind)
{
	bool there = methods_next(all, kind, NULL) != NULL;

	return (size_t)method_worth(kind, there + (there && any_verifies(all)));
}

size_t methods_unproved(struct methods all, struct str proofs, enum method_kind beside)
{
	size_t count = 0;

	for (enum method_kind kind = 0; kind < method_kind_count; kind++)
		if (kind != beside && !proofs_have(proofs, kind))
			count += methods_worth(all, kind);
	return count;
}

bool session_fresh(const struct session *s, int64_t now)
{
	return s->proved + fresh_seconds > now && s->proved <= now;
}

err support_code(struct ctx *c, struct str flow_id, struct str *out)
{
	struct buf b = buf_in(c->arena, 16);

	crockford_add(&b, str_upto(flow_id, 5));
	if (b.full || b.length != 8)
		return fault(c, fault_arena, "support code");
	for (size_t i = 8; i > 4; i--)
		b.at[i] = b.at[i - 1];
	b.at[4] = '-';
	*out = (struct str){ b.at, 9 };
	return 0;
}

err id_text(struct ctx *c, struct str id, struct str *out)
{
	struct buf b = buf_in(c->arena, 2 * id_size);

	hex_add(&b, id);
	if (b.full)
		return fault(c, fault_arena, "id");
	*out = buf_str(&b);
	return 0;
}

bool id_take(struct ctx *c, struct str text, struct str *out)
{
	uint8_t *id = arena_take(c->arena, id_size);

	if (!id || !hex_take(text, id, id_size))
		return false;
	*out = (struct str){ (const char *)id, id_size };
	return true;
}

struct str id_make(struct ctx *c)
{
	char *id = arena_take(c->arena, id_size);

	if (!id)
		return STR_NONE;
	bytes_random(id, id_size);
	return (struct str){ id, id_size };
}
