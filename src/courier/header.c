/* Single fields of a mail's header (RFC 5322, RFC 2047). */
#include "courier/inside.h"

enum {
	line_width = 76,     /* RFC 2047 2: of a line that holds an encoded word */
	word_open = 10,      /* "=?UTF-8?B?" */
	word_close = 2,      /* "?=" */
	address_limit = 254, /* RFC 5321 4.5.3.1.3, without the angle brackets */
	local_limit = 64
};

struct str address_domain(struct str address)
{
	struct str local, domain;

	return str_cut(address, '@', &local, &domain) ? domain : STR_NONE;
}

static bool local_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool domain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.';
}

static bool all_are(struct str s, bool (*is)(char))
{
	for (size_t i = 0; i < s.length; i++)
		if (!is(s.at[i]))
			return false;
	return s.length > 0;
}

/* Dots at odd places may stand in the local part: Japanese carriers gave out such addresses. */
bool address_plain(struct str address)
{
	struct str local, domain;

	return address.length <= address_limit && str_cut(address, '@', &local, &domain) &&
	       local.length <= local_limit && all_are(local, local_char) &&
	       all_are(domain, domain_char) && domain.at[0] != '.' && domain.at[0] != '-';
}

static bool plain_text(struct str text, size_t room)
{
	for (size_t i = 0; i < text.length; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return false;
	return text.length > 0 && text.length <= room && str_find(text, STR("=?")) == text.length &&
	       str_trim(text).length == text.length;
}

/* The longest beginning that ends between two code points and fits `most` bytes. */
static struct str piece_of(struct str text, size_t most)
{
	size_t at = 0, whole = 0;

	while (at < text.length && utf8_next(text, &at) >= 0 && at <= most)
		whole = at;
	return str_upto(text, whole);
}

void header_words(struct buf *b, struct str text, size_t used)
{
	while (text.length) {
		size_t room = (line_width - used - word_open - word_close) / 4 * 3;
		struct str piece = piece_of(text, room);

		if (piece.length == 0) {
			b->full = true; /* not UTF-8 */
			return;
		}
		buf_add(b, STR("=?UTF-8?B?"));
		base64_add(b, piece);
		buf_add(b, STR("?="));
		text = str_from(text, piece.length);
		if (text.length)
			buf_add(b, STR("\r\n "));
		used = 1;
	}
}

void header_text(struct buf *b, struct str text, size_t used)
{
	if (plain_text(text, line_width - used))
		buf_add(b, text);
	else
		header_words(b, text, used);
}

void header_date(struct buf *b, int64_t seconds)
{
	static const char *const weekdays[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = clock_day(seconds), rest = seconds - day * 86400;
	int year, month, date;

	must_be(seconds >= 0);
	clock_date(day, &year, &month, &date);
	buf_print(b, "%s, %d %s %d %02d:%02d:%02d +0000", weekdays[day % 7], date,
		months[month - 1], year, (int)(rest / 3600), (int)(rest / 60 % 60),
		(int)(rest % 60));
}
