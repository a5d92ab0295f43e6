/* The RP ID: the domain that authenticators make their keys for. It is our host or a parent of it,
 * and nothing that strangers share: any site below a public suffix could use its keys. */
#include "method/inside.h"
#include "model/name.h"

#include <libpsl.h>

/* A host whose last label is a number is an IPv4 address to browsers (URL standard, "ends in a
 * number"), in whatever spelling; one of IPv6 has colons, which no domain has. */
static bool is_address(struct str host)
{
	struct str label, rest = host;

	while (str_cut(rest, '.', &label, &rest))
		;
	if (str_starts(rest, STR("0x")))
		return true;
	for (size_t i = 0; i < rest.length; i++)
		if (rest.at[i] < '0' || rest.at[i] > '9')
			return false;
	return true;
}

static bool is_within(struct str host, struct str parent)
{
	return host.length > parent.length && str_ends(host, parent) &&
	       host.at[host.length - parent.length - 1] == '.';
}

/* Our own name may be of one label that the list does not know (localhost, a name inside a house);
 * as a parent such a one counts as public. `name` is NUL-terminated. */
static bool is_public(struct str name, bool own)
{
	return psl_is_public_suffix2(psl_builtin(), name.at,
		       own ? PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE : PSL_TYPE_ANY) != 0;
}

err rp_id_take(struct ctx *c, struct str typed, struct str host, struct str *out)
{
	struct str text, name;
	bool own;
	err e;

	if ((e = text_width(c, typed, &text)) || (e = text_lower(c, text, &text)) ||
		(e = domain_ascii(c, text, &name)))
		return e;
	own = str_same(name, host);
	if (is_address(name) || !(own || is_within(host, name)) || is_public(name, own))
		return reply_refused;
	*out = name;
	return 0;
}
