/* Pages of applications behind a proxy. */
#include "model/site.h"

#include <string.h>

static bool digits(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.length > 0;
}

/* "8443": in its one spelling, so that what is compared is not 08443. */
static bool port_good(struct str port)
{
	int64_t number;

	return digits(port) && port.at[0] != '0' && str_number(port, &number) && number <= 65535;
}

/* Letters, digits and hyphens in labels with dots between (RFC 1123 2.1); what is not ASCII is
 * there in its A-label. No dot at the end: browsers take that for another host. */
static bool name_good(struct str name)
{
	char before = '.';

	for (size_t i = 0; i < name.length; i++) {
		char at = name.at[i], low = (char)(at | 0x20);

		if (at == '.' && before == '.')
			return false;
		if (at != '.' && at != '-' && !(low >= 'a' && low <= 'z') &&
			!(at >= '0' && at <= '9'))
			return false;
		before = at;
	}
	return name.length > 0 && name.length <= 253 && before != '.';
}

bool site_host_take(struct str authority, struct buf *host)
{
	struct str name, port;
	bool ported = str_cut(authority, ':', &name, &port);

	if (!ported)
		name = authority;
	if (!name_good(name) || (ported && !port_good(port)))
		return false;
	for (size_t i = 0; i < name.length; i++)
		buf_char(host, name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] | 0x20)
								      : name.at[i]);
	if (ported && !str_is(port, "443")) {
		buf_char(host, ':');
		buf_add(host, port);
	}
	return !host->full;
}

/* Up to the first of these; all of it when there is none. */
static struct str before_any(struct str s, const char *ends)
{
	size_t at = 0;

	while (at < s.length && (s.at[at] == 0 || !strchr(ends, s.at[at])))
		at++;
	return str_upto(s, at);
}

bool site_page_take(struct str address, struct buf *host, struct str *rest)
{
	struct str behind, authority;

	if (address.length > site_page_max || !str_starts(address, STR("https://")))
		return false;
	behind = str_from(address, 8);
	/* A backslash is a slash to browsers (WHATWG URL 4.4): in a host it is refused there. */
	authority = before_any(behind, "/?#");
	behind = before_any(str_from(behind, authority.length), "#");
	for (size_t i = 0; i < behind.length; i++)
		if (behind.at[i] <= 0x20 || behind.at[i] >= 0x7f)
			return false;
	*rest = behind;
	return site_host_take(authority, host);
}
