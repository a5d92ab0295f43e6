/* Password hashes as they are stored: argon2id in PHC text, sealed to the account.
 *
 * Inside the seal stands one of three texts: "$argon2id$..." (ours, or one from elsewhere of the
 * same kind), a legacy hash as it was imported, or "wrapped SETTING ARGON2ID": argon2id over the
 * legacy digest, with that hash's setting and zeros in the digest's place. */
#include "crypto/inside.h"

enum { text_limit = 8 + legacy_text_max + 1 + crypto_pwhash_argon2id_STRBYTES };

enum stored_kind { stored_argon2, stored_legacy, stored_wrapped };

struct stored {
	enum stored_kind kind;
	struct argon2 argon2;
	const char *check; /* argon2 and wrapped: the PHC text */
	struct legacy legacy;
};

/* The limits of cost are for imports: what is stored already may be as dear as the settings say. */
static bool argon2_kept(struct str text, struct argon2 *out)
{
	enum hash_form form = argon2_read(text, out);

	return form == form_good || form == form_cost;
}

static bool wrapped_read(struct str rest, struct stored *out)
{
	struct str setting, check;

	if (!str_cut(rest, ' ', &setting, &check))
		return false;
	out->kind = stored_wrapped;
	out->check = check.at; /* ends the text, which is NUL-terminated */
	return legacy_read(setting, &out->legacy) == form_good &&
	       argon2_kept(check, &out->argon2) && out->argon2.id;
}

/* text is NUL-terminated. */
static bool text_read(struct str text, struct stored *out)
{
	*out = (struct stored){ 0 };
	if (str_starts(text, STR("wrapped ")))
		return wrapped_read(str_from(text, 8), out);
	if (argon2_kept(text, &out->argon2)) {
		out->kind = stored_argon2;
		out->check = text.at;
		return true;
	}
	out->kind = stored_legacy;
	return legacy_read(text, &out->legacy) == form_good;
}

/* reply_wrong: not made by this key for this account, or not a text of ours. */
static err stored_open(struct ctx *c, struct str account, struct str sealed, struct stored *out)
{
	struct str text;
	err e;

	if ((e = unseal_text(c, key_password, account, sealed, &text)))
		return e;
	text = arena_copy(c->arena, text);
	if (!text.at)
		return fault(c, fault_arena, "stored hash");
	return text_read(text, out) ? 0 : reply_wrong;
}

err password_hash(struct ctx *c, struct str account, const struct secret *password,
	struct hash_cost cost, struct str *out)
{
	struct hash_work work = { .task = hash_make, .typed = secret_show(password), .cost = cost };
	err e;

	if ((e = hash_do(c, &work)))
		return e;
	return seal(c, key_password, account, str_of(work.made), out);
}

/* ---- verify ---- */

static bool cost_same(const struct stored *s, struct hash_cost cost)
{
	return s->argon2.cost.memory_kib == cost.memory_kib &&
	       s->argon2.cost.passes == cost.passes && s->argon2.lanes == 1;
}

static bool cheaper(const struct stored *s, struct hash_cost cost)
{
	return s->argon2.cost.memory_kib * s->argon2.cost.passes < cost.memory_kib * cost.passes;
}

static void plan(const struct stored *s, struct hash_work *work)
{
	if (s->kind != stored_argon2)
		work->legacy = &s->legacy;
	if (s->kind == stored_legacy) {
		work->task = hash_check_legacy;
		work->burn = true;
		return;
	}
	work->task = hash_check;
	work->check = s->check;
	work->check_id = s->argon2.id;
	work->burn = cheaper(s, work->cost);
}

err password_verify(struct ctx *c, struct str account, struct str stored,
	const struct secret *password, struct hash_cost cost, bool *stale)
{
	struct hash_work work = { .typed = secret_show(password), .cost = cost };
	struct stored s;
	err e = stored_open(c, account, stored, &s);

	if (e < 0)
		return e;
	if (e) {
		if (stored.length)
			log_line(log_warning, NULL,
				"a stored password hash does not open with this key");
		return password_verify_nobody(c, password, cost);
	}
	plan(&s, &work);
	if ((e = hash_do(c, &work)))
		return e;
	*stale = s.kind != stored_argon2 || !s.argon2.id || !cost_same(&s, cost);
	return work.right ? 0 : reply_wrong;
}

err password_verify_nobody(struct ctx *c, const struct secret *password, struct hash_cost cost)
{
	struct hash_work work = { .task = hash_check_nobody,
		.typed = secret_show(password),
		.burn = true,
		.cost = cost };
	err e = hash_do(c, &work);

	return e ? e : reply_wrong;
}

/* ---- import and wrap ---- */

/* hash is not empty. */
static bool clear_text(struct str hash)
{
	struct str rest = str_from(hash, 1), name;

	if (hash.at[0] == '$')
		return false;
	if (!str_starts(hash, STR("{")) || !str_cut(rest, '}', &name, &rest))
		return true;
	return str_is(name, "CLEAR") || str_is(name, "CLEARTEXT") || str_is(name, "PLAIN");
}

static enum hash_form form_of(struct str hash)
{
	struct argon2 argon2;
	struct legacy legacy;
	enum hash_form form = argon2_read(hash, &argon2);

	return form == form_other ? legacy_read(hash, &legacy) : form;
}

/* OpenLDAP's argon2 module prefixes the PHC text, and Debian's leaves stray bytes after a NUL. */
static struct str without_scheme(struct str hash)
{
	struct str text, stray;

	if (!str_starts(hash, STR("{ARGON2}")))
		return hash;
	hash = str_from(hash, 8);
	return str_cut(hash, 0, &text, &stray) ? text : hash;
}

err password_import(
	struct ctx *c, struct str account, struct str hash, struct str *out, struct str *why)
{
	struct str text = without_scheme(hash);

	switch (form_of(text)) {
	case form_good:
		return seal(c, key_password, account, text, out);
	case form_cost:
		*why = STR("hash_cost");
		break;
	case form_malformed:
		*why = STR("hash_malformed");
		break;
	case form_other:
		*why = hash.length == 0   ? STR("hash_malformed")
		       : clear_text(hash) ? STR("hash_clear")
					  : STR("hash_unknown");
		break;
	}
	return reply_refused;
}

bool password_is_legacy(struct ctx *c, struct str account, struct str stored)
{
	struct stored s;

	return stored_open(c, account, stored, &s) == 0 && s.kind == stored_legacy;
}

static err wrapped_seal(struct ctx *c, struct str account, const struct legacy *legacy,
	const char *made, struct str *out)
{
	struct buf text = buf_in(c->arena, text_limit);
	struct str setting;
	err e;

	if ((e = legacy_blank(c, legacy, &setting)))
		return e;
	buf_add(&text, STR("wrapped "));
	buf_add(&text, setting);
	buf_char(&text, ' ');
	buf_add(&text, str_of(made));
	if (text.full)
		return fault(c, fault_arena, "wrapped hash");
	return seal(c, key_password, account, buf_str(&text), out);
}

err password_wrap(struct ctx *c, struct str account, struct str stored, struct hash_cost cost,
	struct str *out)
{
	struct hash_work work = { .task = hash_make, .patient = true, .cost = cost };
	struct stored s;
	err e;

	if ((e = stored_open(c, account, stored, &s)))
		return e;
	if (s.kind != stored_legacy)
		return reply_nothing;
	work.typed = (struct str){ (const char *)s.legacy.digest, s.legacy.digest_size };
	if ((e = hash_do(c, &work)))
		return e;
	return wrapped_seal(c, account, &s.legacy, work.made, out);
}
