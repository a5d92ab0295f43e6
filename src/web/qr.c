/* A QR code on a page. */
#include "web/visit.h"

#include "view/view.h"

enum { svg_limit = 64 * 1024 };

void qr_draw(struct visit *v, struct str text, struct str *svg)
{
	struct buf out = buf_in(v->c.arena, svg_limit);

	*svg = view_qr(&out, text) ? buf_str(&out) : STR_NONE;
}
