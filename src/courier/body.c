/* A text as the lines of a part: quoted-printable for what people could nearly read as it is,
 * base64 for the rest (RFC 2045 6.7, 6.8). */
#include "courier/inside.h"

enum { line_width = 76, base64_line = 57 /* bytes that become 76 letters */ };

static bool literal(struct str text, size_t i)
{
	char c = text.at[i];
	bool ends = i + 1 == text.length || text.at[i + 1] == '\n';

	/* A dot at a line's end or start is left to the sender's dot stuffing; a blank at a line's
	 * end would be lost on the way. */
	return (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !ends);
}

static size_t quoted_count(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.length; i++)
		count += !literal(text, i) && text.at[i] != '\n';
	return count;
}

static bool wants_base64(struct str text)
{
	return quoted_count(text) > text.length / 6;
}

const char *body_encoding(struct str text)
{
	return wants_base64(text) ? "base64" : "quoted-printable";
}

static void add_quoted(struct buf *b, struct str text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.length; i++) {
		size_t size = literal(text, i) ? 1 : 3;

		if (text.at[i] == '\n') {
			buf_add(b, STR("\r\n"));
			width = 0;
			continue;
		}
		if (width + size > line_width - 1) {
			buf_add(b, STR("=\r\n"));
			width = 0;
		}
		if (size == 1)
			buf_char(b, text.at[i]);
		else
			buf_print(b, "=%02X", (unsigned)(uint8_t)text.at[i]);
		width += size;
	}
	buf_add(b, STR("\r\n"));
}

/* Line ends of text are CRLF before they are encoded (RFC 2045 6.8): the lines are built first. */
static void add_base64(struct buf *b, struct str text)
{
	char memory[base64_line];
	struct buf line = buf_on(memory, sizeof(memory));

	for (size_t i = 0; i < text.length; i++) {
		struct str next = text.at[i] == '\n' ? STR("\r\n") : (struct str){ &text.at[i], 1 };

		for (size_t j = 0; j < next.length; j++) {
			buf_char(&line, next.at[j]);
			if (line.length == line.limit) {
				base64_add(b, buf_str(&line));
				buf_add(b, STR("\r\n"));
				line.length = 0;
			}
		}
	}
	if (line.length) {
		base64_add(b, buf_str(&line));
		buf_add(b, STR("\r\n"));
	}
	bytes_wipe(memory, sizeof(memory));
}

void body_add(struct buf *b, struct str text)
{
	if (wants_base64(text))
		add_base64(b, text);
	else
		add_quoted(b, text);
}
