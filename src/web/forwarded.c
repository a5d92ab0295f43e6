/* What a proxy says of the request that it asks about, and what it is told of a person: both become
 * lines of a head, where one byte too many is another line. */
#include "web/inside.h"

/* The field's value; *twice: it came more than once, and another reader may take the other one. */
static struct str once(const struct head *head, const char *name, bool *twice)
{
	size_t length = strlen(name), count = 0;
	struct str value = STR_NONE;

	for (size_t i = 0; i < head->count; i++) {
		const struct header *h = &head->headers[i];

		if (h->name.length != length || strncasecmp(h->name.at, name, length) != 0)
			continue;
		value = h->value;
		count++;
	}
	*twice = *twice || count > 1;
	return value;
}

/* In lower case, without the port that https means anyway. Which hosts there are, the keeper knows.
 */
static bool host_write(struct str typed, char out[forwarded_host_limit], struct str *host)
{
	if (str_ends(typed, STR(":443")))
		typed.length -= 4;
	if (typed.length == 0 || typed.length > forwarded_host_limit)
		return false;
	for (size_t i = 0; i < typed.length; i++) {
		char at = typed.at[i], low = at >= 'A' && at <= 'Z' ? (char)(at | 0x20) : at;

		if (!((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '.' ||
			    low == '-' || low == ':'))
			return false;
		out[i] = low;
	}
	*host = (struct str){ out, typed.length };
	return true;
}

static size_t host_end(struct str rest)
{
	size_t at = 0;

	while (at < rest.length && rest.at[at] != '/' && rest.at[at] != '?')
		at++;
	return at;
}

/* "https://wiki.example.org/a?b" as ingress-nginx sends it: the host must be the one that was
 * said. */
static bool take_whole(struct str whole, struct forwarded *out)
{
	char memory[forwarded_host_limit] = "";
	struct str rest, host;

	if (!str_starts(whole, STR("https://")))
		return false;
	rest = str_from(whole, 8);
	if (!host_write(str_upto(rest, host_end(rest)), out->host.length ? memory : out->memory,
		    &host) ||
		(out->host.length && !str_same(host, out->host)))
		return false;
	out->host = (struct str){ out->memory, host.length };
	if (!out->uri.length)
		out->uri = str_from(rest, host_end(rest));
	return true;
}

bool forwarded_take(const struct head *head, struct forwarded *out)
{
	bool twice = false;
	struct str host = once(head, "x-forwarded-host", &twice),
		   uri = once(head, "x-forwarded-uri", &twice),
		   whole = once(head, "x-original-url", &twice);

	*out = (struct forwarded){ .uri = uri };
	if (twice || (uri.length && uri.at[0] != '/'))
		return false;
	if (!host.at && !whole.at)
		host = head_value(head, "host");
	if (host.at && !host_write(host, out->memory, &out->host))
		return false;
	if (whole.at && !take_whole(whole, out))
		return false;
	return out->host.length > 0;
}

bool forwarded_by_person(const struct head *head)
{
	struct str mode = head_value(head, "sec-fetch-mode"), accept = head_value(head, "accept");

	if (mode.length)
		return str_is(mode, "navigate");
	return str_find(accept, STR("text/html")) < accept.length;
}

/* Not a blank or a control character (C0, DEL, C1), nor what a reader of lines could take for the
 * end of one. */
static bool shows(int32_t point)
{
	return point > 0x20 && !(point >= 0x7f && point <= 0x9f) && point != 0x2028 &&
	       point != 0x2029;
}

/* Bytes up to the next that is not plain: of a long list of groups nearly all are. */
static size_t plain(struct str s)
{
	size_t at = 0;

	while (at < s.length && s.at[at] >= ' ' && s.at[at] < 0x7f)
		at++;
	return at;
}

static struct str without_blanks(struct str s)
{
	while (s.length && s.at[0] == ' ')
		s = str_from(s, 1);
	return s;
}

void remote_write(struct buf *out, struct str value)
{
	size_t begun = out->length;

	value = str_trim(value);
	for (size_t at = 0; at < value.length;) {
		size_t length = plain(str_from(value, at)), next = at;
		bool good = length > 0;
		struct str piece;

		if (!good) {
			good = shows(utf8_next(value, &next));
			length = next > at ? next - at : 1;
		}
		piece = str_upto(str_from(value, at), length);
		at += length;
		if (out->length == begun)
			piece = without_blanks(piece);
		if (good)
			buf_add(out, piece);
		else if (out->length > begun)
			buf_char(out, ' ');
	}
	while (out->length > begun && out->at[out->length - 1] == ' ')
		out->length--;
}
