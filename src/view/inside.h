/* Between the files of this room and the C that tools/gen_view writes. */
#ifndef VIEW_INSIDE_H
#define VIEW_INSIDE_H

#include "view/view.h"

enum { view_en, view_ja, view_languages };

bool view_japanese(struct str language);

/* As view_time, in this machine's zone, which it names: 3 May 2026 at 15:04 (UTC+9). For mails. */
void view_moment(struct buf *out, struct str language, int64_t seconds);

/* ---- a value where it stands; one of these is chosen when a template is compiled ---- */

typedef void view_escape(struct buf *out, struct str value);

view_escape view_html; /* in text, and in a value in double quotes */
view_escape view_url;  /* a whole address in href, src, action; "#" when its scheme is not ours */
view_escape view_url_part;  /* after the beginning of an address: RFC 3986 unreserved, rest %XX */
view_escape view_telephone; /* after "tel:": digits and + */
view_escape view_plain;     /* in text mails and subjects: on its line */
view_escape view_groups;    /* in fours, with spaces: a key to be typed. Letters and digits only */

/* A secret a page must show: a key or a code to be kept, a refused password to be mended. */
void view_secret(struct buf *out, const struct secret *secret, view_escape *escape);

/* ---- sentences ---- */

struct forms {
	struct str one, other;
};

struct sentence {
	struct str id;
	struct forms in[view_languages];
};

extern const struct sentence sentences[]; /* by id */
extern const size_t sentence_count;

/* Both the sentence, and its number as the value of {n}, escaped. */
void view_sentence(
	struct buf *out, struct str language, struct str id, int64_t n, view_escape *escape);

extern const struct view_file view_files[];
extern const size_t view_file_count;

/* ---- mails ---- */

enum mail_kind { mail_text, mail_url, mail_number, mail_time, mail_flag };

struct mail_field {
	struct str name;
	enum mail_kind kind;
	size_t offset; /* in the struct of its message */
};

typedef void mail_body(struct buf *out, const void *values);

struct mail_shape {
	struct str name;
	size_t size; /* of its struct */
	const struct mail_field *fields;
	size_t field_count;
	struct {
		mail_body *subject, *text, *html;
	} in[view_languages];
};

extern const struct mail_shape mail_shapes[];
extern const size_t mail_shape_count;

#endif
