/* One-time codes of a counter (RFC 4226). */
#include "method/inside.h"
#include "crypto/crypto.h"

static uint32_t truncated(const uint8_t mac[hmac_sha1_size])
{
	const uint8_t *at = mac + (mac[hmac_sha1_size - 1] & 15);

	return (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

err hotp_write(
	struct ctx *c, const struct secret *seed, uint64_t counter, uint8_t *out, size_t digits)
{
	uint8_t mac[hmac_sha1_size], moving[8];
	err e;

	for (size_t i = 0; i < sizeof(moving); i++)
		moving[i] = (uint8_t)(counter >> (56 - 8 * i));
	if ((e = digest_hmac_sha1(c, secret_show(seed),
		     (struct str){ (const char *)moving, sizeof(moving) }, mac)))
		return e;
	digits_write(out, digits, truncated(mac));
	bytes_wipe(mac, sizeof(mac));
	return 0;
}
