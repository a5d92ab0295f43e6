/* Bytes as text (RFC 4648, Crockford) and UTF-8 (RFC 3629). */
#include "base/base.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char plain64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char rfc32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void hex_add(struct buf *b, struct str bytes)
{
	for (size_t i = 0; i < bytes.length; i++) {
		buf_char(b, hex_digits[(uint8_t)bytes.at[i] >> 4]);
		buf_char(b, hex_digits[(uint8_t)bytes.at[i] & 15]);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_take(struct str hex, uint8_t *out, size_t size)
{
	if (hex.length != size * 2)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Adds bytes in groups of `bits` bits, most significant first. Returns the digits added. */
static size_t groups_add(struct buf *b, struct str bytes, const char *alphabet, unsigned bits)
{
	uint32_t held = 0;
	unsigned have = 0;
	size_t digits = 0;

	for (size_t i = 0; i < bytes.length; i++) {
		held = held << 8 | (uint8_t)bytes.at[i];
		have += 8;
		for (; have >= bits; have -= bits, digits++)
			buf_char(b, alphabet[held >> (have - bits) & ((1u << bits) - 1)]);
		held &= (1u << have) - 1;
	}
	if (have) {
		buf_char(b, alphabet[held << (bits - have) & ((1u << bits) - 1)]);
		digits++;
	}
	return digits;
}

void base64_add(struct buf *b, struct str bytes)
{
	for (size_t digits = groups_add(b, bytes, plain64, 6); digits % 4 != 0; digits++)
		buf_char(b, '=');
}

void base64url_add(struct buf *b, struct str bytes)
{
	groups_add(b, bytes, url64, 6);
}

void base32_add(struct buf *b, struct str bytes)
{
	groups_add(b, bytes, rfc32, 5);
}

void crockford_add(struct buf *b, struct str bytes)
{
	groups_add(b, bytes, crockford, 5);
}

/* Strict inverse of groups_add for 6 bits: canonical, so the bits left over must be zero. */
static bool take64(struct str text, const char *alphabet, uint8_t *out, size_t *size)
{
	uint32_t held = 0;
	unsigned have = 0;
	size_t used = 0;

	if (text.length % 4 == 1)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		const char *digit = text.at[i] ? memchr(alphabet, text.at[i], 64) : NULL;

		if (!digit)
			return false;
		held = held << 6 | (uint32_t)(digit - alphabet);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (used == *size)
			return false;
		out[used++] = (uint8_t)(held >> have);
		held &= (1u << have) - 1;
	}
	*size = used;
	return held == 0;
}

bool base64url_take(struct str text, uint8_t *out, size_t *size)
{
	return take64(text, url64, out, size);
}

bool base64_take(struct str text, uint8_t *out, size_t *size)
{
	if (text.length % 4 != 0)
		return false;
	for (int i = 0; i < 2 && text.length && text.at[text.length - 1] == '='; i++)
		text.length--;
	return take64(text, plain64, out, size);
}

static int crockford_value(char c)
{
	const char *digit;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	digit = c ? memchr(crockford, c, 32) : NULL;
	return digit ? (int)(digit - crockford) : -1;
}

bool crockford_take(struct str text, uint8_t *out, size_t size)
{
	uint32_t held = 0;
	unsigned have = 0;
	size_t used = 0, digits = 0;

	for (size_t i = 0; i < text.length; i++) {
		int value;

		if (text.at[i] == '-' || text.at[i] == ' ')
			continue;
		value = crockford_value(text.at[i]);
		if (value < 0 || used == size)
			return false;
		digits++;
		held = held << 5 | (uint32_t)value;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		out[used++] = (uint8_t)(held >> have);
		held &= (1u << have) - 1;
	}
	return used == size && held == 0 && digits == (size * 8 + 4) / 5;
}

int32_t utf8_next(struct str s, size_t *at)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first;
	int32_t point;
	size_t length;

	if (*at >= s.length)
		return -1;
	first = (uint8_t)s.at[*at];
	length = first < 0x80       ? 1
		 : first >> 5 == 6  ? 2
		 : first >> 4 == 14 ? 3
		 : first >> 3 == 30 ? 4
				    : 0;
	if (length == 0 || length > s.length - *at)
		return -1;
	point = length == 1 ? first : first & (0xff >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		uint8_t next = (uint8_t)s.at[*at + i];

		if (next >> 6 != 2)
			return -1;
		point = point << 6 | (next & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return -1;
	*at += length;
	return point;
}

/* Nearly all of what passes between the processes is ASCII. */
bool utf8_valid(struct str s)
{
	for (size_t at = 0; at < s.length;)
		if ((uint8_t)s.at[at] < 0x80)
			at++;
		else if (utf8_next(s, &at) < 0)
			return false;
	return true;
}

size_t utf8_count(struct str s)
{
	size_t count = 0;

	for (size_t at = 0; at < s.length && utf8_next(s, &at) >= 0;)
		count++;
	return count;
}

bool point_breaks(int32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 ||
	       point == 0x2029;
}

bool point_steers(int32_t point)
{
	return point_breaks(point) || point == 0x200e || point == 0x200f ||
	       (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}
