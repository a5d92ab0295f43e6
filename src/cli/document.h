/* Documents that commands write with --html and --out: filled by a template of share/document. */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include "cli/inside.h"
#include "view/view.h"

struct document {
	struct call *call;
	const struct rec_brand *brand;
	struct view_document base;
	struct buf text; /* for the view's function of the document */
};

/* In the language of --language, with the organisation's name. 0, or an exit code. */
must_use int document_open(struct call *call, struct document *out);
/* Takes the place of what was there. An exit code. */
must_use int document_save(struct document *d, struct str path);

/* report_html.c */
int report_html(struct call *call, enum operation_id id, struct str path);

#endif
