/* Mail addresses: which are taken, and which mailbox one is.
 *
 * Refused is all that could make two recipients or a header of one address, and all that some
 * servers would pass on elsewhere. Letters outside ASCII before the @ (RFC 6531) have a reason of
 * their own: many servers cannot be reached by them. */
#include "method/inside.h"
#include "model/name.h"

enum { local_max = 64, address_max = 254 }; /* RFC 5321 4.5.3.1, less the <> */

static err refuse(struct mail_address *out, const char *why)
{
	*out = (struct mail_address){ .why = why };
	return reply_refused;
}

static bool ascii(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if ((uint8_t)s.at[i] >= 0x80)
			return false;
	return true;
}

/* atext of RFC 5322 3.2.3 but for ! and %, the routes of old (RFC 5321 appendix F.2). */
static bool atom_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       (ch && strchr("#$&'*+-/=?^_`{|}~", ch));
}

static bool dot_atom(struct str s)
{
	char before = '.';

	for (size_t i = 0; i < s.length; before = s.at[i++])
		if (!(atom_char(s.at[i]) || (s.at[i] == '.' && before != '.')))
			return false;
	return before != '.';
}

/* More than one label, and the last one no number: a name in the DNS, and no address. */
static bool reachable(struct str domain)
{
	struct str label, rest = domain;
	int64_t number;

	while (str_cut(rest, '.', &label, &rest))
		;
	return rest.length < domain.length && !str_number(rest, &number);
}

static void add_lower(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		buf_char(b,
			s.at[i] >= 'A' && s.at[i] <= 'Z' ? (char)(s.at[i] - 'A' + 'a') : s.at[i]);
}

/* What stands after the first + only sorts mail within one mailbox. */
static struct str without_tag(struct str local)
{
	size_t at = str_find(local, STR("+"));

	return at > 0 ? str_upto(local, at) : local;
}

static err both_forms(struct ctx *c, struct str local, struct str domain, struct mail_address *out)
{
	struct buf address = buf_in(c->arena, address_max), channel = buf_in(c->arena, address_max);

	buf_add(&address, local);
	buf_char(&address, '@');
	buf_add(&address, domain);
	add_lower(&channel, without_tag(local));
	buf_char(&channel, '@');
	buf_add(&channel, domain);
	if (!address.at || !channel.at)
		return fault(c, fault_arena, "mail address");
	if (address.full)
		return refuse(out, "mail_malformed");
	*out = (struct mail_address){ .address = buf_str(&address), .channel = buf_str(&channel) };
	return 0;
}

err mail_address_take(struct ctx *c, struct str typed, struct mail_address *out)
{
	struct str text, local, domain;
	err e;

	if ((e = text_width(c, typed, &text)))
		return e < 0 ? e : refuse(out, "mail_malformed");
	if (!str_cut(text, '@', &local, &domain))
		return refuse(out, "mail_malformed");
	if (!ascii(local))
		return refuse(out, "mail_non_ascii");
	if (local.length > local_max || !dot_atom(local))
		return refuse(out, "mail_malformed");
	if ((e = text_lower(c, domain, &domain)) || (e = domain_ascii(c, domain, &domain)))
		return e < 0 ? e : refuse(out, "mail_malformed");
	if (!reachable(domain))
		return refuse(out, "mail_malformed");
	return both_forms(c, local, domain, out);
}
