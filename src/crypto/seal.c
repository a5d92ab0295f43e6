/* Sealed values: XChaCha20-Poly1305 with a random nonce, bound to what they are about.
 *
 * One version byte, 24 bytes of nonce, the sealed bytes, 16 bytes of tag. */
#include "crypto/inside.h"

enum {
	version = 1,
	nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	head_size = 1 + nonce_size,
};
_Static_assert(seal_overhead == head_size + tag_size, "the door says how long a sealed value is");

static err seal_under(
	struct ctx *c, const uint8_t *key, struct str about, struct str plain, struct str *out)
{
	uint8_t *sealed = arena_take(c->arena, plain.length + seal_overhead);

	if (!sealed)
		return fault(c, fault_arena, "sealed value of %zu bytes", plain.length);
	sealed[0] = version;
	bytes_random(sealed + 1, nonce_size);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + head_size, NULL, bytes_of(plain),
		plain.length, bytes_of(about), about.length, NULL, sealed + 1, key);
	*out = (struct str){ (const char *)sealed, plain.length + seal_overhead };
	return 0;
}

/* out has room for the sealed length less seal_overhead. */
static err unseal_under(const uint8_t *key, struct str about, struct str sealed, uint8_t *out)
{
	const uint8_t *at = bytes_of(sealed);

	if (at[0] != version ||
		crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, at + head_size,
			sealed.length - head_size, bytes_of(about), about.length, at + 1, key) != 0)
		return reply_wrong;
	return 0;
}

static err unseal_in_arena(
	struct ctx *c, const uint8_t *key, struct str about, struct str sealed, struct str *out)
{
	uint8_t *plain;
	err e;

	if (sealed.length < seal_overhead)
		return reply_wrong;
	if (!(plain = arena_take(c->arena, sealed.length - seal_overhead)))
		return fault(c, fault_arena, "sealed value of %zu bytes", sealed.length);
	if ((e = unseal_under(key, about, sealed, plain)))
		return e;
	*out = (struct str){ (const char *)plain, sealed.length - seal_overhead };
	return 0;
}

err seal(struct ctx *c, enum key_purpose purpose, struct str about, struct str plain,
	struct str *out)
{
	return seal_under(c, c->keys->seal[purpose], about, plain, out);
}

err unseal(struct ctx *c, enum key_purpose purpose, struct str about, struct str sealed,
	struct secret **out)
{
	struct secret *plain;
	err e;

	if (sealed.length < seal_overhead || sealed.length - seal_overhead > secret_size_max)
		return reply_wrong;
	if (!(plain = secret_room(c->arena, sealed.length - seal_overhead)))
		return fault(c, fault_memory, "locked pages");
	e = unseal_under(c->keys->seal[purpose], about, sealed, secret_bytes(plain));
	if (e)
		secret_drop(&plain);
	else
		*out = plain;
	return e;
}

err unseal_text(struct ctx *c, enum key_purpose purpose, struct str about, struct str sealed,
	struct str *out)
{
	return unseal_in_arena(c, c->keys->seal[purpose], about, sealed, out);
}

err seal_with(struct ctx *c, struct str key, struct str about, struct str plain, struct str *out)
{
	must_be(key.length == key_size);
	return seal_under(c, bytes_of(key), about, plain, out);
}

err unseal_with(struct ctx *c, struct str key, struct str about, struct str sealed, struct str *out)
{
	must_be(key.length == key_size);
	return unseal_in_arena(c, bytes_of(key), about, sealed, out);
}
