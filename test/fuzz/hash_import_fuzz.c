/* Any bytes as a hash from elsewhere: refused with a reason, or kept, wrapped, and verified against
 * at a cost that has a limit. */
#include "crypto/crypto.h"
#include "spec/spec.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct ctx c;
static const struct hash_cost cost = { 8, 1 };

static void open_once(void)
{
	char dir[] = "/tmp/rekey-fuzz-XXXXXX", file[64];
	static struct keys *keys;

	if (c.arena)
		return;
	c.arena = arena_open(1024 * 1024);
	must_be(c.arena && secrets_open(16) && crypto_open(&c) == 0 && mkdtemp(dir) &&
		keys_open(&c, dir, true, &keys) == 0);
	c.keys = keys;
	(void)snprintf(file, sizeof(file), "%s/master.key", dir);
	must_be(unlink(file) == 0 && rmdir(dir) == 0);
}

/* What is costly on purpose is read and written only: a fuzzer has no patience. */
static bool costly(struct str hash)
{
	return hash.length > 400 || str_find(hash, STR("$scrypt$")) < hash.length ||
	       str_find(hash, STR("$argon2")) < hash.length ||
	       str_find(hash, STR("pbkdf2")) < hash.length ||
	       str_find(hash, STR("PBKDF2")) < hash.length ||
	       str_find(hash, STR("$2")) < hash.length ||
	       str_find(hash, STR("rounds=")) < hash.length ||
	       str_find(hash, STR("$y$")) < hash.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str hash = { (const char *)bytes, size }, stored, wrapped, why = STR_NONE;
	err e;
	bool stale;

	open_once();
	e = password_import(&c, STR("ada"), hash, &stored, &why);
	must_be((e == 0 && !why.at) || (e == reply_refused && why.length));
	if (e == 0 && password_is_legacy(&c, STR("ada"), stored)) {
		must_be(password_wrap(&c, STR("ada"), stored, cost, &wrapped) == 0);
		must_be(!password_is_legacy(&c, STR("ada"), wrapped));
		must_be(password_wrap(&c, STR("ada"), wrapped, cost, &wrapped) == reply_nothing);
		if (!costly(hash))
			must_be(password_verify(&c, STR("ada"), wrapped,
					secret_take(c.arena, "no", 2), cost, &stale) >= 0);
	}
	arena_wipe(c.arena);
	return 0;
}
