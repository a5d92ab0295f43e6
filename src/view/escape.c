/* Values written so that what a browser reads back is the value, and nothing more. */
#include "view/inside.h"

static const struct str replacement = { "\xef\xbf\xbd", 3 };

/* Adds s, one code point at a time: bytes that are no UTF-8 and control characters, which HTML
 * cannot carry, become U+FFFD; a line end stays. */
static void each_point(struct buf *out, struct str s, void (*add)(struct buf *, struct str))
{
	for (size_t at = 0; at < s.length;) {
		size_t from = at;
		int32_t point = utf8_next(s, &at);
		bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);

		if (point < 0)
			at = from + 1;
		if (control && point != '\t' && point != '\n')
			buf_add(out, replacement);
		else
			add(out, (struct str){ s.at + from, at - from });
	}
}

static void html_point(struct buf *out, struct str point)
{
	switch (point.at[0]) {
	case '&':
		buf_add(out, STR("&amp;"));
		break;
	case '<':
		buf_add(out, STR("&lt;"));
		break;
	case '>':
		buf_add(out, STR("&gt;"));
		break;
	case '"':
		buf_add(out, STR("&quot;"));
		break;
	case '\'':
		buf_add(out, STR("&#39;"));
		break;
	default:
		buf_add(out, point);
	}
}

void view_html(struct buf *out, struct str value)
{
	each_point(out, value, html_point);
}

static void plain_point(struct buf *out, struct str point)
{
	buf_add(out, point.at[0] == '\n' || point.at[0] == '\t' ? STR(" ") : point);
}

void view_plain(struct buf *out, struct str value)
{
	each_point(out, value, plain_point);
}

/* A path on this server ("//host" and "/\host" would be another one), or a scheme we use. */
static bool address_is_safe(struct str url)
{
	static const struct str schemes[] = {
		{ "https://", 8 },
		{ "http://", 7 },
		{ "mailto:", 7 },
		{ "tel:", 4 },
		{ "otpauth://", 10 },
		{ "data:image/", 11 },
	};

	for (size_t i = 0; i < url.length; i++)
		if ((unsigned char)url.at[i] <= ' ' || url.at[i] == '\\' || url.at[i] == 0x7f)
			return false;
	if (str_starts(url, STR("/")))
		return !str_starts(url, STR("//"));
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_starts(url, schemes[i]))
			return true;
	return false;
}

void view_url(struct buf *out, struct str value)
{
	view_html(out, address_is_safe(value) ? value : STR("#"));
}

static bool letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void view_url_part(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.at[i];

		if (letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_char(out, c);
		else
			buf_print(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void view_telephone(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.length; i++)
		if ((value.at[i] >= '0' && value.at[i] <= '9') || value.at[i] == '+')
			buf_char(out, value.at[i]);
}

void view_groups(struct buf *out, struct str value)
{
	size_t shown = 0;

	for (size_t i = 0; i < value.length; i++) {
		if (!letter_or_digit(value.at[i]))
			continue;
		if (shown && shown % 4 == 0)
			buf_char(out, ' ');
		buf_char(out, value.at[i]);
		shown++;
	}
}

void view_secret(struct buf *out, const struct secret *secret, view_escape *escape)
{
	if (secret)
		escape(out, secret_show(secret));
}
