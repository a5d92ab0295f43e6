/* The slow comparison, at the cost that is configured. Nothing is read meanwhile: others wait for
 * the connection. */
#include "flow/flow.h"

#include "conf/conf.h"
#include "crypto/crypto.h"

static struct hash_cost cost_of(const struct ctx *c)
{
	return (struct hash_cost){ c->conf->password_memory_kib, c->conf->password_passes };
}

err account_verify(
	struct ctx *c, const struct account *account, const struct secret *normal, bool *stale)
{
	moment_pass(c);
	return password_verify(c, account->id, account->password, normal, cost_of(c), stale);
}

err nobody_verify(struct ctx *c, const struct secret *normal)
{
	moment_pass(c);
	return password_verify_nobody(c, normal, cost_of(c));
}

err account_hash(
	struct ctx *c, const struct account *account, const struct secret *normal, struct str *out)
{
	moment_pass(c);
	return password_hash(c, account->id, normal, cost_of(c), out);
}
