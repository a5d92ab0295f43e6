/* People from LDIF content records (RFC 2849), as OpenLDAP and Active Directory export them. */
#include "cli/rows.h"

#include <string.h>
#include <strings.h>

enum {
	rank_common_name = 2, /* of several, the first is taken */
	rank_tagged = 10,     /* added for an attribute with a language option: a plain one wins */
	rank_none = 100,      /* nothing taken yet */
	attribute_limit = 200 /* bytes of an attribute's name with its options */
};

/* Which attribute becomes which column. An attribute of lower rank wins over one of higher rank; of
 * equal ones the first value wins. AD's phonetic names come first, then the tagging options that
 * Japanese directories use (sn;lang-ja;phonetic). */
static const struct attribute {
	const char *name;
	enum import_column column;
	int rank;
} attributes[] = {
	{ "sAMAccountName", import_user_name, 0 },
	{ "uid", import_user_name, 1 },
	{ "cn", import_user_name, rank_common_name },
	{ "userPrincipalName", import_user_principal_name, 0 },
	{ "mail", import_mail, 0 },
	{ "displayName", import_display_name, 0 },
	{ "cn", import_display_name, 1 },
	{ "givenName", import_given_name, 0 },
	{ "gn", import_given_name, 0 },
	{ "sn", import_surname, 0 },
	{ "surname", import_surname, 0 },
	{ "msDS-PhoneticFirstName", import_given_name_reading, 0 },
	{ "msDS-PhoneticLastName", import_surname_reading, 0 },
	{ "employeeNumber", import_employee_id, 0 },
	{ "employeeID", import_employee_id, 0 },
	{ "preferredLanguage", import_preferred_language, 0 },
	{ "userPassword", import_password_hash, 0 },
	{ "otherMailbox", import_other_mail, 0 },
};

enum value_form { form_plain, form_base64, form_url };

struct ldif {
	struct source in;
};

/* What is known of the record being read. */
struct record {
	struct import_row *row;
	struct import_notice *notice;
	int rank[import_column_count];
	bool dn, classed, person, computer;
};

/* One logical line: "attribute;options: value". The value is in the row's memory. */
struct line {
	struct str name, options, value;
	enum value_form form;
	int64_t number;
	char memory[attribute_limit];
};

/* ---- logical lines ---- */

/* The next byte of a logical line: folds (a line end and one blank) are passed over; '\n' is its
 * end, EOF the file's. */
static int take(struct source *in)
{
	for (;;) {
		int byte = source_take(in);

		if (byte == '\r' && source_peek(in) == '\n')
			byte = source_take(in);
		if (byte != '\n' || source_peek(in) != ' ')
			return byte;
		(void)source_take(in);
	}
}

static void pass_line(struct source *in)
{
	int byte;

	do {
		byte = take(in);
	} while (byte != '\n' && byte != EOF);
}

/* Passes over line ends and comments before a record; false at the end of the file. */
static bool find_record(struct source *in)
{
	for (;;) {
		int byte = source_peek(in);

		if (byte == EOF)
			return false;
		if (byte == '#')
			pass_line(in);
		else if (byte == '\n' || byte == '\r')
			(void)source_take(in);
		else
			return true;
	}
}

/* At the start of a line: is it the empty one that ends the record? */
static bool record_ends(struct source *in, struct import_notice *notice)
{
	int64_t line = in->line;

	if (source_peek(in) == '\r') {
		(void)source_take(in);
		if (source_peek(in) != '\n')
			notice_give(notice, why_bare_return, line, 0, STR_NONE);
	}
	return source_peek(in) == EOF || source_peek(in) == '\n';
}

/* Up to the colon. False: the line has none, and has been passed over. */
static bool take_name(struct source *in, struct line *line)
{
	size_t length = 0;
	int byte;

	for (byte = take(in); byte != ':'; byte = take(in)) {
		if (byte == '\n' || byte == EOF)
			return false;
		if (length == sizeof(line->memory) || byte <= ' ') {
			pass_line(in);
			return false;
		}
		line->memory[length++] = (char)byte;
	}
	line->name = (struct str){ line->memory, length };
	line->options = STR_NONE;
	(void)str_cut(line->name, ';', &line->name, &line->options);
	return line->name.length > 0;
}

static enum value_form take_form(struct source *in)
{
	if (source_peek(in) == ':') {
		(void)source_take(in);
		return form_base64;
	}
	if (source_peek(in) == '<') {
		(void)source_take(in);
		return form_url;
	}
	return form_plain;
}

/* Keeps the value; a value that no column wants (a photo) is passed over and may be of any size. */
static void take_value(struct source *in, struct line *line, bool wanted)
{
	size_t start = in->kept;
	bool leading = true;

	for (;;) {
		int byte = take(in);

		if (byte == '\n' || byte == EOF)
			break;
		leading = leading && byte == ' ';
		if (wanted && !leading)
			source_keep(in, byte);
	}
	line->value = source_since(in, start);
}

/* Decodes in place: base64 is never shorter than its bytes. */
static bool decode(struct source *in, struct line *line)
{
	size_t start = in->kept - line->value.length, size = line->value.length;

	if (line->form != form_base64 || size == 0)
		return true;
	if (!base64_take(line->value, (uint8_t *)in->memory + start, &size))
		return false;
	in->kept = start + size;
	line->value.length = size;
	return true;
}

/* ---- attributes ---- */

static bool named(struct str name, const char *known)
{
	return strlen(known) == name.length && strncasecmp(known, name.at, name.length) == 0;
}

static bool option_has(struct str options, const char *prefix)
{
	struct str rest = options, option;
	size_t length = strlen(prefix);

	for (bool more = rest.length > 0; more;) {
		more = str_cut(rest, ';', &option, &rest);
		if (!more)
			option = rest;
		if (option.length >= length && strncasecmp(option.at, prefix, length) == 0)
			return true;
	}
	return false;
}

static bool wanted(struct str name)
{
	static const char *const others[] = { "version", "dn", "changetype", "objectClass",
		"userAccountControl", "nsAccountLock", "pwdReset", "pwdLastSet", "unicodePwd" };

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (named(name, attributes[i].name))
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (named(name, others[i]))
			return true;
	return false;
}

static void put(struct record *r, enum import_column column, int rank, struct str value,
	const struct line *line)
{
	if (rank >= r->rank[column])
		return;
	r->rank[column] = rank;
	r->row->cells[column] = (struct import_cell){ .text = value, .line = line->number };
}

/* The reading of a name stands in an attribute with the option "phonetic". */
static enum import_column read_aloud(enum import_column column, struct str options)
{
	if (!option_has(options, "phonetic"))
		return column;
	if (column == import_given_name)
		return import_given_name_reading;
	if (column == import_surname)
		return import_surname_reading;
	return import_column_count;
}

/* Who a person is and what opens the door may be said once;
 * of other attributes the first counts. */
static bool said_twice(const struct record *r, const struct attribute *a)
{
	bool once = a->column == import_password_hash ||
		    (a->column == import_user_name && a->rank < rank_common_name);

	return once && r->rank[a->column] == a->rank;
}

static void put_attributes(struct record *r, const struct line *line)
{
	int tagged = option_has(line->options, "lang-") ? rank_tagged : 0;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		const struct attribute *a = &attributes[i];
		enum import_column column;

		if (!named(line->name, a->name))
			continue;
		if (said_twice(r, a))
			notice_give(r->notice, why_value_twice, line->number, 0, line->name);
		column = read_aloud(a->column, line->options);
		if (column != import_column_count)
			put(r, column, a->rank + (column == a->column ? tagged : 0), line->value,
				line);
	}
}

/* A disabled account must not come in as an active one, nor a password that must be changed as one
 * that need not. Active Directory: bit 2 of userAccountControl is ACCOUNTDISABLE. */
static void put_state(struct record *r, const struct line *line)
{
	bool yes = named(line->value, "TRUE");
	int64_t number = 0;
	bool numeric = str_number(line->value, &number);

	if (named(line->name, "userAccountControl") && numeric)
		put(r, import_state, 0, number & 2 ? STR("disabled") : STR("active"), line);
	else if (named(line->name, "nsAccountLock"))
		put(r, import_state, 0, yes ? STR("disabled") : STR("active"), line);
	else if (named(line->name, "pwdReset") && yes)
		put(r, import_must_change, 0, STR("yes"), line);
	else if (named(line->name, "pwdLastSet") && numeric && number == 0)
		put(r, import_must_change, 0, STR("yes"), line);
}

static void note_class(struct record *r, struct str class)
{
	static const char *const people[] = { "person", "organizationalPerson", "inetOrgPerson",
		"user", "account", "posixAccount" };

	r->classed = true;
	r->computer = r->computer || named(class, "computer");
	for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
		if (named(class, people[i]))
			r->person = true;
}

/* ---- records ---- */

static void put_line(struct record *r, const struct line *line)
{
	if (named(line->name, "dn"))
		r->dn = true;
	else if (!r->dn)
		notice_give(r->notice, why_dn_missing, line->number, 0, line->name);
	else if (named(line->name, "changetype") && !named(line->value, "add"))
		notice_give(r->notice, why_change_type, line->number, 0, line->name);
	else if (named(line->name, "unicodePwd"))
		notice_give(r->notice, why_hash_clear, line->number, 0, line->name);
	else if (named(line->name, "objectClass"))
		note_class(r, line->value);
	put_attributes(r, line);
	put_state(r, line);
}

static void take_line(struct ldif *ldif, struct record *r)
{
	struct line line = { .number = ldif->in.line };
	bool keep;

	if (source_peek(&ldif->in) == '#') {
		pass_line(&ldif->in);
		return;
	}
	if (!take_name(&ldif->in, &line)) {
		notice_give(r->notice, why_line_form, line.number, 0, STR_NONE);
		return;
	}
	keep = wanted(line.name);
	line.form = take_form(&ldif->in);
	take_value(&ldif->in, &line, keep);
	if (!keep)
		return;
	if (line.form == form_url)
		notice_give(r->notice, why_value_url, line.number, 0, line.name);
	else if (!decode(&ldif->in, &line))
		notice_give(r->notice, why_value_base64, line.number, 0, line.name);
	else
		put_line(r, &line);
}

/* Groups, organisational units and computers stand in every export: they are passed over. */
static bool passes_over(const struct record *r)
{
	return r->computer || (r->classed && !r->person);
}

static bool take_record(struct ldif *ldif, struct import_row *row, struct import_notice *notice)
{
	struct record r = { .row = row, .notice = notice };

	*notice = (struct import_notice){ 0 };
	*row = (struct import_row){ .line = ldif->in.line };
	for (size_t i = 0; i < import_column_count; i++)
		r.rank[i] = rank_none;
	ldif->in.kept = 0;
	ldif->in.long_row = false;
	while (!record_ends(&ldif->in, notice))
		take_line(ldif, &r);
	if (ldif->in.long_row) {
		*notice = (struct import_notice){ 0 };
		notice_give(notice, why_row_long, row->line, 0, STR_NONE);
	}
	return !passes_over(&r);
}

static err next_ldif(
	struct ctx *c, void *reader, struct import_row *row, struct import_notice *notice)
{
	struct ldif *ldif = reader;
	bool person;

	do {
		if (!find_record(&ldif->in))
			return ferror(ldif->in.file) ? source_failed(c, &ldif->in) : reply_nothing;
		person = take_record(ldif, row, notice);
	} while (!person);
	if (ferror(ldif->in.file))
		return source_failed(c, &ldif->in);
	return row_judge(row, notice);
}

/* "version: 1" may stand before the first record; another version is refused. */
static err take_version(struct ldif *ldif, struct import_notice *notice)
{
	struct line line = { 0 };

	if (!find_record(&ldif->in) || source_peek(&ldif->in) != 'v')
		return 0;
	line.number = ldif->in.line;
	if (take_name(&ldif->in, &line) && named(line.name, "version")) {
		line.form = take_form(&ldif->in);
		take_value(&ldif->in, &line, true);
		if (line.form == form_plain && str_is(str_trim(line.value), "1"))
			return 0;
	}
	notice_give(notice, why_ldif_version, line.number, 0, line.name);
	return reply_malformed;
}

static err open_ldif(struct ctx *c, FILE *file, void **out, struct import_notice *notice)
{
	struct ldif *ldif = arena_take(c->arena, sizeof(*ldif));
	err e;

	*notice = (struct import_notice){ 0 };
	if (!ldif)
		return fault(c, fault_arena, "import: no room for a reader");
	if ((e = source_open(c, file, &ldif->in)) || (e = take_version(ldif, notice)))
		return e;
	*out = ldif;
	return 0;
}

static const struct source *source_ldif(const void *reader)
{
	return &((const struct ldif *)reader)->in;
}

const struct row_format row_ldif = {
	.name = "ldif",
	.open = open_ldif,
	.next = next_ldif,
	.source = source_ldif,
};
