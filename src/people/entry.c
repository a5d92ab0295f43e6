/* One person as a file gives them: each field judged, with the reason when it is refused. */
#include "people/inside.h"

#include "method/method.h"
#include "model/name.h"

#include <strings.h>

enum { joined_limit = 321 }; /* two names of 160 bytes and a blank */

void entry_blame(struct answer *answer, enum import_column column, struct str why)
{
	answer->field = str_of(import_columns[column].header);
	answer->words = why;
}

err entry_refused(struct answer *answer, enum import_column column, enum import_why why)
{
	entry_blame(answer, column, import_why_id(why));
	return reply_refused;
}

/* Line breaks, control characters, and the marks that turn the direction of the text around them:
 * in a list or a mail they make one name look like another. Not those that only say a direction,
 * which names in Hebrew and Arabic may have. */
static bool disturbs(int32_t point)
{
	return (point_steers(point) && point != 0x200e && point != 0x200f) || point == 0xfeff;
}

static bool calm(struct str s)
{
	for (size_t at = 0; at < s.length;)
		if (disturbs(utf8_next(s, &at)))
			return false;
	return true;
}

static bool blank_inside(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if (s.at[i] == ' ')
			return true;
	return false;
}

/* user@realm: a name in the form of an address, to which nothing need be deliverable. */
static bool principal_formed(struct str s)
{
	struct str user, realm, more, rest;

	return str_cut(s, '@', &user, &realm) && user.length && realm.length && !blank_inside(s) &&
	       !str_cut(realm, '@', &more, &rest);
}

/* The value without blanks at its ends; STR_NONE when nothing is left. */
static struct str given(struct str s)
{
	s = str_trim(s);
	return s.length ? s : STR_NONE;
}

static err take_text(
	struct str in, enum import_column column, struct str *out, struct answer *answer)
{
	*out = given(in);
	if (!calm(*out))
		return entry_refused(answer, column, why_control_inside);
	return 0;
}

static err take_mail(struct ctx *c, struct str in, enum import_column column, struct str *out,
	struct answer *answer)
{
	struct mail_address mail = { 0 };
	struct str typed;
	err e;

	*out = STR_NONE;
	if ((e = take_text(in, column, &typed, answer)) || typed.length == 0)
		return e;
	e = mail_address_take(c, typed, &mail);
	if (e > 0)
		return entry_refused(answer, column,
			str_is(str_of(mail.why), "mail_non_ascii") ? why_mail_non_ascii
								   : why_mail_form);
	*out = mail.address;
	return e;
}

static err take_principal(struct str in, struct entry *entry, struct answer *answer)
{
	err e = take_text(in, import_user_principal_name, &entry->upn, answer);

	if (!e && entry->upn.length && !principal_formed(entry->upn))
		return entry_refused(answer, import_user_principal_name, why_principal_form);
	return e;
}

static err take_name(struct ctx *c, struct str in, struct entry *entry, struct answer *answer)
{
	err e;

	if ((e = take_text(in, import_user_name, &entry->name, answer)))
		return e;
	if (entry->name.length == 0)
		return entry_refused(answer, import_user_name, why_name_missing);
	e = name_canonical(c, entry->name, &entry->canonical);
	return e > 0 ? entry_refused(answer, import_user_name, why_name_form) : e;
}

/* ---- readings ---- */

/* "surname given", as furigana stands beside a Japanese name. */
static err join(struct ctx *c, struct str first, struct str second, struct str *out)
{
	struct buf b = buf_in(c->arena, joined_limit);

	buf_add(&b, first);
	if (first.length && second.length)
		buf_char(&b, ' ');
	buf_add(&b, second);
	if (b.full)
		return fault(c, fault_arena, "import: a name");
	*out = b.length ? buf_str(&b) : STR_NONE;
	return 0;
}

static err take_reading(struct ctx *c, const struct op_people_import_row *in, struct entry *entry,
	struct answer *answer)
{
	struct str surname, given_name;
	err e;

	if ((e = take_text(in->surname_reading, import_surname_reading, &surname, answer)) ||
		(e = take_text(
			 in->given_name_reading, import_given_name_reading, &given_name, answer)))
		return e;
	return join(c, surname, given_name, &entry->reading);
}

/* Han, kana and hangul: the family name stands first. */
static bool eastern(struct str s)
{
	size_t at = 0;
	int32_t point = s.length ? utf8_next(s, &at) : -1;

	return (point >= 0x3040 && point <= 0x30ff) || (point >= 0x3400 && point <= 0x9fff) ||
	       (point >= 0xac00 && point <= 0xd7a3) || (point >= 0x20000 && point <= 0x323af);
}

err entry_shown_name(struct ctx *c, const struct entry *e, struct str *out)
{
	*out = e->name;
	if (e->display_name.length)
		*out = e->display_name;
	else if (e->surname.length && eastern(e->surname))
		return join(c, e->surname, e->given_name, out);
	else if (e->surname.length || e->given_name.length)
		return join(c, e->given_name, e->surname, out);
	return 0;
}

/* ---- words ---- */

static bool word_is(struct str s, const char *word)
{
	return strlen(word) == s.length && strncasecmp(s.at, word, s.length) == 0;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 5646 in outline: subtags of 1 to 8 letters and digits, the first of 2 to 8 letters. */
static bool tag_formed(struct str tag)
{
	size_t run = 0, subtag = 0;

	for (size_t i = 0; i < tag.length; i++) {
		char c = tag.at[i];
		bool digit = c >= '0' && c <= '9';

		if (c == '-' && run > (subtag == 0)) {
			run = 0;
			subtag++;
		} else if (letter(c) || (digit && subtag > 0)) {
			run++;
		} else {
			return false;
		}
		if (run > 8)
			return false;
	}
	return run > (subtag == 0);
}

static struct str spoken(struct str tag)
{
	struct str primary = tag, rest;

	(void)str_cut(tag, '-', &primary, &rest);
	if (word_is(primary, "ja"))
		return STR("ja");
	return word_is(primary, "en") ? STR("en") : STR("");
}

/* "ja" or a list, "ja-JP, en;q=0.5" (RFC 9110 12.5.4): the first that rekey speaks. */
static err take_language(struct str in, struct entry *entry, struct answer *answer)
{
	struct str rest = given(in), item, tag, weight;

	entry->language = STR_NONE;
	for (bool more = rest.length > 0; more;) {
		more = str_cut(rest, ',', &item, &rest);
		if (!more)
			item = rest;
		tag = item;
		(void)str_cut(item, ';', &tag, &weight);
		tag = str_trim(tag);
		if (!tag_formed(tag))
			return entry_refused(
				answer, import_preferred_language, why_language_unknown);
		if (entry->language.length == 0)
			entry->language = spoken(tag);
	}
	return 0;
}

static err take_flag(struct str in, struct entry *entry, struct answer *answer)
{
	static const struct {
		const char *word;
		int value;
	} words[] = { { "yes", 1 }, { "true", 1 }, { "1", 1 }, { "no", 0 }, { "false", 0 },
		{ "0", 0 } };
	struct str typed = given(in);

	entry->must_change = -1;
	if (typed.length == 0)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (word_is(typed, words[i].word)) {
			entry->must_change = words[i].value;
			return 0;
		}
	}
	return entry_refused(answer, import_must_change, why_flag_unknown);
}

static err take_state(struct str in, struct entry *entry, struct answer *answer)
{
	struct str typed = given(in);

	entry->state = STR_NONE;
	if (word_is(typed, "active"))
		entry->state = STR("active");
	else if (word_is(typed, "disabled"))
		entry->state = STR("disabled");
	else if (typed.length)
		return entry_refused(answer, import_state, why_state_unknown);
	return 0;
}

err entry_take(struct ctx *c, const struct op_people_import_row *in, struct entry *out,
	struct answer *answer)
{
	struct entry entry = { .hash = in->password_hash };
	err e;

	if ((e = take_name(c, in->user_name, &entry, answer)) ||
		(e = take_principal(in->user_principal_name, &entry, answer)) ||
		(e = take_mail(c, in->mail, import_mail, &entry.mail, answer)) ||
		(e = take_text(
			 in->display_name, import_display_name, &entry.display_name, answer)) ||
		(e = take_text(in->given_name, import_given_name, &entry.given_name, answer)) ||
		(e = take_text(in->surname, import_surname, &entry.surname, answer)) ||
		(e = take_reading(c, in, &entry, answer)) ||
		(e = take_text(in->employee_id, import_employee_id, &entry.employee_id, answer)) ||
		(e = take_language(in->preferred_language, &entry, answer)) ||
		(e = take_flag(in->must_change, &entry, answer)) ||
		(e = take_state(in->state, &entry, answer)) ||
		(e = take_mail(c, in->other_mail, import_other_mail, &entry.other_mail, answer)))
		return e;
	*out = entry;
	return 0;
}
