/* Seeds of authenticator apps as the store keeps them: sealed, bound to account, method and row. */
#include "method/method.h"

#include "crypto/crypto.h"

/* A sealed seed moved to another account's row, or another row, does not open. */
static err about(struct ctx *c, struct str account, struct str id, struct str *out)
{
	struct buf b = buf_in(c->arena, 8 + 2 * id_size);

	buf_add(&b, STR("totp"));
	buf_add(&b, account);
	buf_add(&b, id);
	if (b.full)
		return fault(c, fault_arena, "seed");
	*out = buf_str(&b);
	return 0;
}

err totp_seed_seal(struct ctx *c, struct str account, struct str id, const struct secret *seed,
	struct str *sealed)
{
	struct str where;
	err e;

	if ((e = about(c, account, id, &where)))
		return e;
	return seal(c, key_seal, where, secret_show(seed), sealed);
}

err totp_seed_open(
	struct ctx *c, struct str account, struct str id, struct str sealed, struct secret **seed)
{
	struct str where;
	err e;

	if ((e = about(c, account, id, &where)))
		return e;
	e = unseal(c, key_seal, where, sealed, seed);
	return e == reply_wrong ? fault(c, fault_crypto, "a seed does not open") : e;
}
