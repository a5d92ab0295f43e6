/* A text as a QR code: one SVG path, black on white, with the quiet zone ISO/IEC 18004 asks for. */
#include "view/view.h"

#include <qrencode.h>

enum { quiet = 4 };

static void code_free(QRcode **code)
{
	if (*code)
		QRcode_free(*code);
	*code = NULL;
}

/* The dark modules of one row, each run as one rectangle. */
static void draw_row(struct buf *out, const QRcode *code, int y)
{
	const unsigned char *row = code->data + y * code->width;

	for (int x = 0; x < code->width;) {
		int from = x;

		while (x < code->width && (row[x] & 1))
			x++;
		if (x > from)
			buf_print(out, "M%d %dh%dv1h-%dz", from + quiet, y + quiet, x - from,
				x - from);
		else
			x++;
	}
}

bool view_qr(struct buf *out, struct str text)
{
	scoped(code_free) QRcode *code = NULL;
	int side;

	code = QRcode_encodeData((int)text.length, (const unsigned char *)text.at, 0, QR_ECLEVEL_M);
	if (!code)
		return false;
	side = code->width + 2 * quiet;
	buf_print(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"240\" "
		"height=\"240\" "
		"aria-hidden=\"true\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/><path fill=\"#000\" d=\"",
		side, side, side, side, side);
	for (int y = 0; y < code->width; y++)
		draw_row(out, code, y);
	buf_add(out, STR("\"/></svg>"));
	/* The library's copy may hold a seed. */
	bytes_wipe(code->data, (size_t)code->width * (size_t)code->width);
	return !out->full;
}
