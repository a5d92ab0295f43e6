/* The address that an authenticator app reads from a QR code, made of any seed, issuer and name: it
 * reads back to the same three, cut to whole letters, and to nothing else. */
#include "method/method.h"

#include "fuzz.h"

/* RFC 4648 6, without padding. */
static void base32_read(struct str s, struct buf *out)
{
	uint32_t held = 0;
	int have = 0;

	for (size_t i = 0; i < s.length; i++) {
		char ch = s.at[i];

		must_be((ch >= 'A' && ch <= 'Z') || (ch >= '2' && ch <= '7'));
		held = held << 5 | (uint32_t)(ch >= 'A' ? ch - 'A' : ch - '2' + 26);
		have += 5;
		if (have >= 8) {
			have -= 8;
			buf_char(out, (char)(held >> have));
		}
	}
	must_be((held & ((1u << have) - 1)) == 0);
}

/* What was read is the beginning of what was given, up to a whole letter, with blanks for colons.
 */
static void is_beginning(struct str read, struct str given, size_t most)
{
	must_be(read.length <= given.length && read.length <= most);
	for (size_t i = 0; i < read.length; i++)
		must_be(read.at[i] == (given.at[i] == ':' ? ' ' : given.at[i]));
	must_be(!utf8_valid(given) || utf8_valid(read));
	must_be(read.length == given.length || read.length + 4 > most || !utf8_valid(given));
}

static void read_back(
	struct ctx *c, struct str uri, struct str seed, struct str issuer, struct str name)
{
	struct str label, query, label_issuer, label_name, secret, rest, given;
	struct buf key = buf_in(c->arena, 200);

	must_be(str_starts(uri, STR("otpauth://totp/")) && uri.length <= 600);
	must_be(str_cut(str_from(uri, 15), '?', &label, &query));
	must_be(str_cut(label, ':', &label_issuer, &label_name));
	must_be(str_cut(query, '&', &secret, &rest));
	must_be(str_starts(secret, STR("secret=")) && str_starts(rest, STR("issuer=")));
	given = percent_read(c, str_from(rest, 7));
	must_be(str_same(given, percent_read(c, label_issuer)));
	is_beginning(given, issuer, 48);
	is_beginning(percent_read(c, label_name), name, 64);
	base32_read(str_from(secret, 7), &key);
	must_be(!key.full && str_same(buf_str(&key), seed));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str rest = { (const char *)bytes, size }, seed, issuer;
	struct secret *typed, *uri;

	if (size < totp_seed_size || size > 2048)
		return 0;
	seed = str_upto(rest, totp_seed_size);
	rest = str_from(rest, totp_seed_size);
	issuer = fuzz_piece(&rest);
	typed = secret_take(c->arena, seed.at, seed.length);
	must_be(totp_uri(c, typed, issuer, rest, &uri) == 0);
	read_back(c, secret_show(uri), seed, issuer, rest);
	arena_wipe(c->arena);
	return 0;
}
