/* Addresses of applications. */
#include "model/uri.h"

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool has(struct str s, char ch)
{
	return s.length && memchr(s.at, ch, s.length);
}

/* What browsers and servers could read differently stands in none (RFC 3986 2). */
static bool plain(struct str uri)
{
	for (size_t i = 0; i < uri.length; i++)
		if (uri.at[i] <= 0x20 || uri.at[i] >= 0x7f || strchr("\\\"<>^`{|}#", uri.at[i]))
			return false;
	return uri.length > 0 && uri.length <= uri_size_max;
}

static size_t authority_end(struct str rest)
{
	size_t at = 0;

	while (at < rest.length && rest.at[at] != '/' && rest.at[at] != '?')
		at++;
	return at;
}

/* Parts host and port of what stands after the scheme. False: a user, no host, or no number. */
static bool split(struct str rest, struct str *host, struct str *port, struct str *path)
{
	struct str authority = str_upto(rest, authority_end(rest));
	size_t at = 0;

	*path = str_from(rest, authority.length);
	if (has(authority, '@'))
		return false;
	if (authority.length && authority.at[0] == '[') {
		at = str_find(authority, STR("]"));
		if (at == authority.length)
			return false;
		at++;
	} else {
		at = str_find(authority, STR(":"));
	}
	*host = str_upto(authority, at);
	*port = str_from(authority, at);
	if (port->length && (port->at[0] != ':' || port->length < 2 || port->length > 6))
		return false;
	for (size_t i = 1; i < port->length; i++)
		if (!is_digit(port->at[i]))
			return false;
	return host->length > 0;
}

static bool host_plain(struct str host)
{
	static const char others[] = "-._[:]";

	for (size_t i = 0; i < host.length; i++) {
		char low = (char)(host.at[i] | 0x20);

		if (!((low >= 'a' && low <= 'z') || is_digit(host.at[i]) ||
			    strchr(others, host.at[i])))
			return false;
	}
	return true;
}

bool uri_https(struct str uri)
{
	struct str host, port, path;

	return plain(uri) && str_starts(uri, STR("https://")) &&
	       split(str_from(uri, 8), &host, &port, &path) && host_plain(host);
}

/* By its number: a name could be pointed elsewhere. */
static bool loopback_ip(struct str host)
{
	return str_is(host, "127.0.0.1") || str_is(host, "[::1]");
}

bool uri_redirect(struct str uri)
{
	struct str host, port, path;

	if (uri_https(uri))
		return true;
	return plain(uri) && str_starts(uri, STR("http://")) &&
	       split(str_from(uri, 7), &host, &port, &path) &&
	       (loopback_ip(host) || str_is(host, "localhost"));
}

bool uri_next(struct str *rest, struct str *out)
{
	*rest = str_trim(*rest);
	if (rest->length == 0)
		return false;
	if (!str_cut(*rest, ' ', out, rest)) {
		*out = *rest;
		*rest = STR_NONE;
	}
	return true;
}

static bool same_but_port(struct str a, struct str b)
{
	struct str host, port, path, other, other_port, other_path;

	return plain(b) && str_starts(a, STR("http://")) && str_starts(b, STR("http://")) &&
	       split(str_from(a, 7), &host, &port, &path) &&
	       split(str_from(b, 7), &other, &other_port, &other_path) && loopback_ip(host) &&
	       str_same(host, other) && str_same(path, other_path);
}

bool uri_listed(struct str list, struct str uri, bool any_port)
{
	struct str one;

	while (uri_next(&list, &one))
		if (str_same(one, uri) || (any_port && same_but_port(one, uri)))
			return true;
	return false;
}
