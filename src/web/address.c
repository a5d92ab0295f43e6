/* The client's address, as far as proxies that we trust vouch for it. A claim, nothing more. */
#include "web/inside.h"

#include <arpa/inet.h>

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711" without port
 * and brackets; STR_NONE when it is none of these. */
static struct str bare(struct str hop)
{
	struct str host, port;

	hop = str_trim(hop);
	if (str_starts(hop, STR("["))) {
		if (!str_cut(str_from(hop, 1), ']', &host, &port))
			return STR_NONE;
		return port.length == 0 || port.at[0] == ':' ? host : STR_NONE;
	}
	if (str_cut(hop, ':', &host, &port) && !memchr(port.at, ':', port.length))
		return host;
	return hop;
}

/* The address in its one spelling; false if it is none. */
static bool spell(struct str hop, char out[address_text])
{
	char text[address_text];
	struct in6_addr six;
	struct in_addr four;

	hop = bare(hop);
	if (hop.length == 0 || hop.length >= sizeof(text) || memchr(hop.at, 0, hop.length))
		return false;
	memcpy(text, hop.at, hop.length);
	text[hop.length] = 0;
	if (inet_pton(AF_INET, text, &four) == 1)
		return inet_ntop(AF_INET, &four, out, address_text) != NULL;
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return inet_ntop(AF_INET, &six.s6_addr[12], out, address_text) != NULL;
	return inet_ntop(AF_INET6, &six, out, address_text) != NULL;
}

/* Takes the last hop off the list. False: there is none left. */
static bool last_hop(struct str *list, struct str *hop)
{
	size_t at = list->length;

	if (list->length == 0)
		return false;
	while (at > 0 && list->at[at - 1] != ',')
		at--;
	*hop = str_from(*list, at);
	*list = str_upto(*list, at > 0 ? at - 1 : 0);
	return true;
}

bool address_trusted(struct networks trusted, struct str peer)
{
	char address[address_text];

	return peer.length == 0 || (spell(peer, address) && network_has(trusted, str_of(address)));
}

void address_claim(struct buf *out, struct networks trusted, struct str peer, struct str forwarded)
{
	char address[address_text] = "", next[address_text];
	struct str hop;
	bool vouched = peer.length == 0;

	if (!vouched && spell(peer, address))
		vouched = network_has(trusted, str_of(address));
	/* Each trusted proxy vouches for the hop before it; the first that is not trusted is the
	 * client. */
	while (vouched && last_hop(&forwarded, &hop) && spell(hop, next)) {
		memcpy(address, next, sizeof(address));
		vouched = network_has(trusted, str_of(address));
	}
	buf_add(out, str_of(address));
}
