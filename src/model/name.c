/* What a person types as a user name, in one canonical form. */
#include "model/name.h"
#include "spec/spec.h"

#include <idn2.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

enum { text_limit = 4 * name_typed_max };

/* ---- width ---- */

/* Full-width and half-width forms decompose to the usual ones; nothing else is touched. */
static ucs4_t usual_width(ucs4_t point)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag, count = uc_decomposition(point, &tag, parts);

	return count == 1 && (tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW) ? parts[0] : point;
}

static bool acceptable(ucs4_t point)
{
	static const uint32_t never = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
				      UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Co |
				      UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Z;

	return point == ' ' || !uc_is_general_category_withtable(point, never);
}

static void add_point(struct buf *b, ucs4_t point)
{
	if (point < 0x80) {
		buf_char(b, (char)point);
		return;
	}
	if (point >= 0x10000) {
		buf_char(b, (char)(0xf0 | point >> 18));
		buf_char(b, (char)(0x80 | (point >> 12 & 63)));
	} else if (point >= 0x800) {
		buf_char(b, (char)(0xe0 | point >> 12));
	} else {
		buf_char(b, (char)(0xc0 | point >> 6));
	}
	if (point >= 0x800)
		buf_char(b, (char)(0x80 | (point >> 6 & 63)));
	buf_char(b, (char)(0x80 | (point & 63)));
}

static bool white(struct str s, size_t at, size_t *next)
{
	int32_t point;

	*next = at;
	point = utf8_next(s, next);
	return point >= 0 && uc_is_property_white_space((ucs4_t)point);
}

/* Without white space at both ends, whatever kind a paste brought along. */
static struct str trim(struct str s)
{
	size_t at = 0, next, end = 0;

	while (white(s, at, &next))
		at = next;
	s = str_from(s, at);
	for (at = 0; at < s.length; at = next) {
		if (!white(s, at, &next))
			end = next;
		if (next == at)
			return s; /* not UTF-8: refused later */
	}
	return str_upto(s, end);
}

err text_width(struct ctx *c, struct str typed, struct str *out)
{
	struct str text = trim(typed);
	struct buf b = buf_in(c->arena, text_limit);

	if (typed.length > name_typed_max)
		return reply_refused;
	for (size_t at = 0; at < text.length;) {
		int32_t point = utf8_next(text, &at);
		ucs4_t folded = point < 0 ? 0 : usual_width((ucs4_t)point);

		if (!acceptable(folded))
			return reply_refused;
		add_point(&b, folded);
	}
	if (b.full)
		return fault(c, fault_arena, "typed name");
	*out = buf_str(&b);
	return 0;
}

/* ---- lower case ---- */

/* The Kelvin sign is a K to NFC: somebody else's name must not come out of it (CVE-2019-19844). */
static bool turns_ascii(ucs4_t point)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];

	return point >= 0x80 && uc_canonical_decomposition(point, parts) == 1 && parts[0] < 0x80;
}

static bool any_turns_ascii(struct str text)
{
	for (size_t at = 0; at < text.length;) {
		int32_t point = utf8_next(text, &at);

		if (point < 0 || turns_ascii((ucs4_t)point))
			return true;
	}
	return false;
}

err text_lower(struct ctx *c, struct str text, struct str *out)
{
	uint8_t *lowered, *room = arena_take(c->arena, text_limit);
	size_t length = text_limit;

	if (!room)
		return fault(c, fault_arena, "typed name");
	if (any_turns_ascii(text))
		return reply_refused;
	if (text.length == 0) {
		*out = text;
		return 0;
	}
	/* No language: the same letters everywhere, so no Turkish i. */
	lowered =
		u8_tolower((const uint8_t *)text.at, text.length, NULL, UNINORM_NFC, room, &length);
	if (!lowered)
		return fault(c, fault_memory, "lower case");
	if (lowered != room) {
		memory_return(lowered); /* it did not fit, so it is no name */
		return reply_refused;
	}
	*out = (struct str){ (const char *)room, length };
	return 0;
}

/* ---- domains ---- */

/* The full stop of Japanese keyboards separates labels too (RFC 5895 2.4). NUL-terminated. */
static struct str usual_dots(struct ctx *c, struct str domain)
{
	static const struct str stop = { "\xe3\x80\x82", 3 };
	struct buf b = buf_in(c->arena, domain.length + 1);

	for (size_t at; (at = str_find(domain, stop)) < domain.length;) {
		buf_add(&b, str_upto(domain, at));
		buf_char(&b, '.');
		domain = str_from(domain, at + stop.length);
	}
	buf_add(&b, domain);
	buf_char(&b, 0);
	return b.full ? STR_NONE : str_upto(buf_str(&b), b.length - 1);
}

/* Letters, digits and hyphens (RFC 1123 2.1); libidn2 asks that of labels that are not ASCII only.
 */
static bool label_holds(struct str label)
{
	for (size_t i = 0; i < label.length; i++) {
		char ch = label.at[i];
		bool inner = i > 0 && i + 1 < label.length;

		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || (ch == '-' && inner)))
			return false;
	}
	return label.length >= 1 && label.length <= 63;
}

static bool domain_holds(struct str domain)
{
	struct str label;

	if (domain.length > 253)
		return false;
	while (str_cut(domain, '.', &label, &domain))
		if (!label_holds(label))
			return false;
	return label_holds(domain);
}

err domain_ascii(struct ctx *c, struct str domain, struct str *out)
{
	struct str text = usual_dots(c, domain);
	uint8_t *ascii = NULL;
	int answer;

	if (!text.at)
		return fault(c, fault_arena, "domain");
	if (memchr(text.at, 0, text.length))
		return reply_refused;
	answer = idn2_lookup_u8((const uint8_t *)text.at, &ascii, IDN2_NFC_INPUT | IDN2_NO_TR46);
	if (answer == IDN2_MALLOC)
		return fault(c, fault_memory, "domain");
	if (answer != IDN2_OK)
		return reply_refused;
	text = arena_copy(c->arena, str_of((const char *)ascii));
	idn2_free(ascii);
	if (!text.at)
		return fault(c, fault_arena, "domain");
	if (!domain_holds(text))
		return reply_refused;
	*out = text;
	return 0;
}

/* ---- names ---- */

static bool ascii(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if ((uint8_t)s.at[i] >= 0x80)
			return false;
	return true;
}

static bool holds(struct str s, char what)
{
	return s.length && memchr(s.at, what, s.length);
}

/* DOMAIN\user: there is one directory, so user is all of it. Keyboards of Japan and Korea have a
 * currency sign where others have the backslash. */
static err without_domain(struct str *name)
{
	static const char *const backslashes[] = { "\\", "\xc2\xa5", "\xe2\x82\xa9" };
	size_t found = 0;

	for (size_t i = 0; i < 3; i++) {
		struct str sign = str_of(backslashes[i]);
		size_t at;

		while ((at = str_find(*name, sign)) < name->length) {
			if (at == 0 || ++found > 1)
				return reply_refused;
			*name = trim(str_from(*name, at + sign.length));
		}
	}
	return found && holds(*name, '@') ? reply_refused : 0;
}

/* user@domain: as it is when ASCII, for a UPN may hold what DNS does not; else by A-labels. */
static err with_domain(struct ctx *c, struct str local, struct str domain, struct str *out)
{
	struct buf b = buf_in(c->arena, 2 * name_size_max);
	err e;

	if (local.length == 0 || domain.length == 0 || holds(domain, '@') || holds(local, ' ') ||
		holds(domain, ' '))
		return reply_refused;
	if (!ascii(domain) && (e = domain_ascii(c, domain, &domain)))
		return e;
	buf_add(&b, local);
	buf_char(&b, '@');
	buf_add(&b, domain);
	if (b.full)
		return reply_refused;
	*out = buf_str(&b);
	return 0;
}

err name_canonical(struct ctx *c, struct str typed, struct str *out)
{
	struct str name, local, domain;
	err e;

	if ((e = text_width(c, typed, &name)) || (e = without_domain(&name)) ||
		(e = text_lower(c, name, &name)))
		return e;
	if (str_cut(name, '@', &local, &domain) && (e = with_domain(c, local, domain, &name)))
		return e;
	if (name.length == 0 || name.length > name_size_max)
		return reply_refused;
	*out = name;
	return 0;
}
