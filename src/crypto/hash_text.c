/* Pieces of a hash's text: what stands between two dollars. */
#include "crypto/inside.h"

bool piece_next(struct str *rest, struct str *piece)
{
	if (rest->length == 0)
		return false;
	if (!str_cut(*rest, '$', piece, rest)) {
		*piece = *rest;
		*rest = STR_NONE;
	}
	return true;
}

bool piece_number(struct str piece, const char *label, int64_t least, int64_t most, int64_t *out)
{
	struct str name = str_of(label), digits = str_from(piece, name.length);

	if (!str_starts(piece, name) || (digits.length > 1 && digits.at[0] == '0'))
		return false;
	return str_number(digits, out) && *out >= least && *out <= most;
}

static char url_digit(char c)
{
	switch (c) {
	case '+':
	case '.':
		return '-';
	case '/':
		return '_';
	case '-':
	case '_':
		return '!';
	default:
		return c;
	}
}

bool piece_bytes(struct str piece, uint8_t *out, size_t *size)
{
	char text[legacy_text_max];

	if (piece.length > sizeof(text))
		return false;
	for (size_t i = 0; i < piece.length; i++)
		text[i] = url_digit(piece.at[i]);
	return base64url_take((struct str){ text, piece.length }, out, size);
}
