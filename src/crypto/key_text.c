/* The master key as text under a passphrase, to be kept away from the machine. */
#include "crypto/inside.h"

#include <string.h>

/* rekey-key:1:ID:BASE64URL of salt, nonce, and the sealed key. The cost is part of version 1. */
enum {
	salt_size = crypto_pwhash_argon2id_SALTBYTES,
	nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	packed_size = salt_size + nonce_size + key_size + tag_size,
	text_limit = 256,
	passes = 3,
};
static const size_t memory_bytes = 64u << 20;
static const char head[] = "rekey-key:1:";
enum { head_length = sizeof(head) - 1, id_length = 8, label_length = head_length + id_length };

/* Once in the life of an installation, so it does not stand in the pool's queue. */
static err passphrase_key(
	struct ctx *c, const struct secret *passphrase, const uint8_t *salt, struct secret *out)
{
	struct str typed = secret_show(passphrase);

	if (crypto_pwhash_argon2id(secret_bytes(out), key_size, typed.at, typed.length, salt,
		    passes, memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return fault(c, fault_memory, "64 MiB for the passphrase");
	return 0;
}

err keys_export(
	struct ctx *c, const struct keys *keys, const struct secret *passphrase, struct str *out)
{
	uint8_t packed[packed_size], *nonce = packed + salt_size, *sealed = nonce + nonce_size;
	scoped_secret *key = secret_room(c->arena, key_size);
	struct buf text = buf_in(c->arena, text_limit);
	err e;

	if (!key)
		return fault(c, fault_memory, "locked pages");
	bytes_random(packed, salt_size + nonce_size);
	if ((e = passphrase_key(c, passphrase, packed, key)))
		return e;
	buf_add(&text, str_of(head));
	buf_add(&text, keys_id(keys));
	must_be(text.full || text.length == label_length);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, keys->master, key_size,
		(const uint8_t *)text.at, text.length, NULL, nonce, secret_bytes(key));
	buf_char(&text, ':');
	base64url_add(&text, (struct str){ (const char *)packed, packed_size });
	if (text.full)
		return fault(c, fault_arena, "exported key");
	*out = buf_str(&text);
	return 0;
}

static bool unpack(struct str text, struct str *label, uint8_t packed[packed_size])
{
	size_t size = packed_size;

	*label = str_upto(text, label_length);
	return str_starts(text, str_of(head)) && text.length > label_length &&
	       text.at[label_length] == ':' &&
	       base64url_take(str_from(text, label_length + 1), packed, &size) &&
	       size == packed_size;
}

static err open_packed(struct ctx *c, const struct secret *passphrase, struct str label,
	const uint8_t packed[packed_size], struct secret *master)
{
	const uint8_t *nonce = packed + salt_size, *sealed = nonce + nonce_size;
	scoped_secret *key = secret_room(c->arena, key_size);
	err e;

	if (!key)
		return fault(c, fault_memory, "locked pages");
	if ((e = passphrase_key(c, passphrase, packed, key)))
		return e;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret_bytes(master), NULL, NULL, sealed,
		    key_size + tag_size, bytes_of(label), label.length, nonce,
		    secret_bytes(key)) != 0)
		return reply_wrong;
	return 0;
}

err keys_import(struct ctx *c, const char *dir, struct str text, const struct secret *passphrase)
{
	scoped_secret *master = secret_room(c->arena, key_size);
	uint8_t packed[packed_size];
	struct str label;
	err e;

	if (!master)
		return fault(c, fault_memory, "locked pages");
	if (!unpack(str_trim(text), &label, packed))
		return reply_malformed;
	if ((e = open_packed(c, passphrase, label, packed, master)))
		return e;
	return key_file_write(c, dir, secret_bytes(master));
}
