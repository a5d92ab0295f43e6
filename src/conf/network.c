/* Networks as CIDR lists (RFC 4632, RFC 4291 2.3), and whether an address is in one. */
#include "conf/inside.h"

#include <arpa/inet.h>
#include <string.h>

static bool address_of(struct str text, uint8_t out[16], bool *v4)
{
	char name[INET6_ADDRSTRLEN];

	if (text.length == 0 || text.length >= sizeof(name))
		return false;
	memcpy(name, text.at, text.length);
	name[text.length] = 0;
	*v4 = inet_pton(AF_INET, name, out + 12) == 1;
	if (!*v4)
		return inet_pton(AF_INET6, name, out) == 1;
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	return true;
}

static bool same_upto(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(a, b, whole) == 0 && (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* Is every bit after the first `bits` zero? */
static bool rest_zero(const uint8_t address[16], unsigned bits)
{
	for (unsigned i = bits; i < 128; i++)
		if (address[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

const char *network_of(struct str text, struct network *out)
{
	struct str address = text, length = STR_NONE;
	int64_t bits;
	bool v4, cut = str_cut(text, '/', &address, &length);

	if (!address_of(address, out->address, &v4))
		return "an address or a network, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32";
	bits = v4 ? 32 : 128;
	if (cut && (!str_number(length, &bits) || bits < 0 || bits > (v4 ? 32 : 128)))
		return v4 ? "a prefix length from 0 to 32" : "a prefix length from 0 to 128";
	out->bits = (uint8_t)(v4 ? bits + 96 : bits);
	if (!rest_zero(out->address, out->bits))
		return "a network whose bits after the prefix are zero, such as 10.0.0.0/8";
	return NULL;
}

/* An IPv4 address is in no IPv6 network, not even in ::/0, however it was written. */
static bool within(const struct network *network, const uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (network->bits < 96 && memcmp(address, mapped, sizeof(mapped)) == 0)
		return false;
	return same_upto(network->address, address, network->bits);
}

bool network_has(struct networks list, struct str address)
{
	uint8_t bytes[16];
	bool v4;

	if (!address_of(address, bytes, &v4))
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (within(&list.at[i], bytes))
			return true;
	return false;
}
