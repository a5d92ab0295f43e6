/* Any bytes as an exported master key: refused as no such text or as not opened by the passphrase,
 * and only the text that was exported gives a key. The cost of the passphrase's key is left out
 * here. */
#include "crypto/inside.h"

#include <unistd.h>

#include "fuzz.h"

static struct keys *keys;
static char dir[] = "/tmp/rekey-fuzz-XXXXXX";
static char exported[512];

/* In place of the library's, which takes 64 MiB and a fifth of a second for each. */
int crypto_pwhash_argon2id(unsigned char *const out, unsigned long long outlen,
	const char *const passwd, unsigned long long passwdlen, const unsigned char *const salt,
	unsigned long long opslimit, size_t memlimit, int alg)
{
	(void)opslimit;
	(void)memlimit;
	(void)alg;
	return crypto_generichash(out, (size_t)outlen, (const uint8_t *)passwd, passwdlen, salt,
		crypto_pwhash_argon2id_SALTBYTES);
}

static void remove_key(void)
{
	char file[64];

	(void)snprintf(file, sizeof(file), "%s/master.key", dir);
	must_be(unlink(file) == 0);
}

static void leave(void)
{
	(void)rmdir(dir);
}

static void open_once(struct ctx *c)
{
	struct str text;

	if (keys)
		return;
	must_be(crypto_open(c) == 0 && mkdtemp(dir) && keys_open(c, dir, true, &keys) == 0);
	must_be(keys_export(c, keys, secret_take(c->arena, "a long walk", 11), &text) == 0);
	must_be(text.length < sizeof(exported));
	memcpy(exported, text.at, text.length);
	remove_key();
	(void)atexit(leave);
}

/* Inputs that begin with a NUL are changes of the exported text: place and byte. */
static struct str changed(struct ctx *c, struct str input)
{
	struct str copy = arena_copy(c->arena, str_of(exported));

	for (size_t i = 1; i + 1 < input.length; i += 2)
		((char *)(uintptr_t)copy.at)[(uint8_t)input.at[i] % copy.length] = input.at[i + 1];
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str text = { (const char *)bytes, size };
	bool same;
	err e;

	open_once(c);
	if (size && size < 256 && bytes[0] == 0)
		text = changed(c, text);
	same = str_same(str_trim(text), str_of(exported));
	e = keys_import(c, dir, text, secret_take(c->arena, "a long walk", 11));
	must_be(same ? e == 0 : e == reply_malformed || e == reply_wrong);
	if (e == 0)
		remove_key();
	arena_wipe(c->arena);
	return 0;
}
