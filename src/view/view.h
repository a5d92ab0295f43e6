/* What people see: pages, sentences, mails, and the files that pages name, in their language.
 *
 * Everything is compiled in from share/ by tools/gen_view. A page is a function: fill struct
 * view_PAGE, call view_PAGE(out, base, page). It writes the whole document, escaped for where each
 * value stands; when it does not fit, out->full says so and nothing of it may be sent.
 * An absent text is STR_NONE, an absent secret NULL, an absent number 0: the page leaves it out. */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "base/base.h"

/* A document that is opened by itself, such as a report, is made the same way of share/document,
 * and is given struct view_document. */
/* struct view_base (what layout.html declares: what every page is given), and for each
 * share/template/PAGE.html: struct view_PAGE, void view_PAGE(). */
#include "view/view_gen.h"

/* A page with all its lists fits: 30 recovery codes, 20 methods, 200 inbox mails. */
enum { view_page_limit = 256 * 1024 };

/* "ja" when the tag begins with it (RFC 5646), else "en": the only two that other calls know. */
struct str view_language(struct str tag);

/* ---- sentences that the program chooses by id (context "say" of share/locale) ---- */

struct view_value {
	struct str name, value;
};

/* The sentence as text, unescaped, with {n} replaced from the values; an id nobody wrote gives the
 * sentence "generic", so that a page is never empty where it should say why. */
void view_say(struct buf *out, struct str language, struct str id, const struct view_value *values,
	size_t count);
struct str view_words(struct str language, struct str id); /* the same, with its {n} still in it */
bool view_has_words(struct str id);

/* A moment as people write it: 23 November 2026 at 15:04, or 2026年11月23日 15:04. offset_minutes:
 * east of UTC. Nothing for 0. */
void view_time(struct buf *out, struct str language, int64_t seconds, int64_t offset_minutes);
int64_t view_offset(
	int64_t seconds); /* minutes east of UTC at that moment in this machine's zone */

/* ---- drawings, for fields of kind svg ---- */

enum { view_document_limit = 1024 * 1024, view_drawing_limit = 128 * 1024 };

struct view_bar {
	struct str label;
	int64_t value;
};

/* One bar for each, with its label and number; `whole` is the full length, or the largest value if
 * that is more. label: what is heard in the place of the drawing. */
void view_bars(struct buf *out, struct str label, const struct view_bar *bars, size_t count,
	int64_t whole);

struct view_column {
	int64_t full, hollow; /* one upon the other */
};

void view_columns(
	struct buf *out, struct str label, const struct view_column *columns, size_t count);
int64_t view_columns_highest(const struct view_column *columns, size_t count);

/* A text as a QR code. False: it is too long, or does not fit. */
must_use bool view_qr(struct buf *out, struct str text);

/* ---- files ---- */

struct view_file {
	struct str path, type, etag,
		bytes; /* path: /static/NAME.HASH.ENDING, so cacheable for ever */
};

const struct view_file *view_static(struct str path); /* NULL: no such file */

/* The organisation's accent colour ("#1d4ed8") as a style sheet, shifted until text on it and text
 * in it has a contrast of 4.5:1 in light and in dark (WCAG 2.2, 1.4.3). Not a colour: the preset.
 */
void view_brand_css(struct buf *out, struct str accent);

/* ---- mails: spec/message.def says which values a message has ---- */

/* Writes subject (one line), plain text and HTML. A message nobody knows, a value missing, unknown
 * or not of its kind (a number, a time) is a fault; so is a buf that is full afterwards. Times are
 * written in this machine's zone, which they name. */
must_use err view_mail(struct ctx *c, struct str message, struct str language,
	const struct view_value *values, size_t count, struct buf *subject, struct buf *text,
	struct buf *html);

#endif
