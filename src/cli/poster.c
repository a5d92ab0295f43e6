/* rekey poster: a page for the wall, with the address as words and as a QR code. */
#include "cli/document.h"

/* Nobody types "https://". */
static struct str short_address(struct str base_url)
{
	struct str before, after;

	return str_cut(base_url, ':', &before, &after) && str_starts(after, STR("//"))
		       ? str_from(after, 2)
		       : base_url;
}

int poster_run(struct call *call)
{
	struct view_poster page = { 0 };
	struct document d;
	struct buf qr;
	int code;

	if ((code = document_open(call, &d)))
		return code;
	if (!d.brand->base_url.length)
		return call_say(
			exit_refused, "the poster would have no address: set baseUrl in [site]");
	qr = buf_in(call->c->arena, view_drawing_limit);
	if (!view_qr(&qr, d.brand->base_url))
		return call_say(exit_fault, "baseUrl does not fit into a QR code");
	d.base.made = 0; /* it hangs for years */
	page.address = short_address(d.brand->base_url);
	page.phone = d.brand->help_phone;
	page.qr = buf_str(&qr);
	view_poster(&d.text, &d.base, &page);
	return document_save(&d, call_value(call, "--out"));
}
