/* The cookies: read strictly, written with every protection the scheme allows. */
#include "web/inside.h"

enum { year_seconds = 365 * 24 * 3600 };

static bool fits_token(struct str value)
{
	uint8_t bytes[token_size];
	size_t size = sizeof(bytes);
	bool good = value.length == token_text && base64url_take(value, bytes, &size) &&
		    size == token_size;

	bytes_wipe(bytes, sizeof(bytes));
	return good;
}

static bool fits_language(struct str value)
{
	return str_is(value, "en") || str_is(value, "ja");
}

/* Whether it is a page of ours is judged where it is used. */
static bool fits_path(struct str value)
{
	return value.length <= 100 && str_starts(value, STR("/"));
}

/* What it leads to is judged by the keeper. */
static bool fits_page(struct str value)
{
	uint8_t bytes[page_limit];
	size_t size = sizeof(bytes);

	return value.length && value.length <= page_text && base64url_take(value, bytes, &size);
}

static bool fits_word(struct str value)
{
	for (size_t i = 0; i < value.length; i++)
		if ((value.at[i] < 'a' || value.at[i] > 'z') && value.at[i] != '_')
			return false;
	return value.length > 0 && value.length <= 20;
}

/* base64url; what is in it only the keeper can read. */
static bool fits_request(struct str value)
{
	for (size_t i = 0; i < value.length; i++) {
		char at = value.at[i], low = (char)(at | 0x20);

		if (!((low >= 'a' && low <= 'z') || (at >= '0' && at <= '9') || at == '-' ||
			    at == '_'))
			return false;
	}
	return value.length > 0 && value.length <= request_limit;
}

static const struct kept {
	const char *name, *same_site;
	int64_t seconds; /* 0: until the browser is closed */
	bool (*fits)(struct str value);
} kept[cookie_count] = {
	[cookie_session] = { "session", "Strict", 0, fits_token },
	/* Lax: a person follows the link of a mail, in a web mailer too, and stays in the same
	   flow. */
	[cookie_flow] = { "flow", "Lax", 0, fits_token },
	[cookie_device] = { "device", "Strict", year_seconds, fits_token },
	[cookie_browser] = { "browser", "Lax", 0, fits_token },
	[cookie_language] = { "language", "Lax", year_seconds, fits_language },
	[cookie_next] = { "next", "Lax", 900, fits_path },
	[cookie_did] = { "did", "Lax", 60, fits_word },
	[cookie_to] = { "to", "Lax", 900, fits_page },
	/* Lax: people come to an application by links from elsewhere. */
	[cookie_site] = { "site", "Lax", 0, fits_token },
	[cookie_request] = { "request", "Lax", 3600, fits_request },
};

/* __Host- (RFC 6265bis 4.1.3.2): no sibling domain can set it. Only over TLS. */
static struct str prefix(bool https)
{
	return https ? STR("__Host-rekey_") : STR("rekey_");
}

static void take_one(
	struct cookies *out, size_t count[cookie_count], struct str name, struct str value)
{
	for (int i = 0; i < cookie_count; i++) {
		if (!str_is(name, kept[i].name))
			continue;
		count[i]++;
		if (kept[i].fits(value))
			out->value[i] = value;
	}
}

void cookies_take(struct cookies *out, struct str header, bool https)
{
	size_t count[cookie_count] = { 0 };
	struct str rest = header, one, name, value, ours = prefix(https);

	*out = (struct cookies){ 0 };
	while (rest.length) {
		if (!str_cut(rest, ';', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		one = str_trim(one);
		if (str_starts(one, ours) &&
			str_cut(str_from(one, ours.length), '=', &name, &value))
			take_one(out, count, name, value);
	}
	/* Two of one name, be one of them malformed: somebody planted one, and neither its form nor
	 * the order says which (RFC 6265bis 5.8.3). */
	for (int i = 0; i < cookie_count; i++)
		if (count[i] > 1)
			out->value[i] = STR_NONE;
}

void cookie_write(struct buf *out, enum cookie cookie, struct str value, bool https)
{
	const struct kept *k = &kept[cookie];

	buf_add(out, prefix(https));
	buf_add(out, str_of(k->name));
	buf_char(out, '=');
	buf_add(out, value);
	buf_print(out, "; Path=/; HttpOnly; SameSite=%s%s", k->same_site, https ? "; Secure" : "");
	if (value.length == 0)
		buf_add(out, STR("; Max-Age=0"));
	else if (k->seconds)
		buf_print(out, "; Max-Age=%lld", (long long)k->seconds);
}
