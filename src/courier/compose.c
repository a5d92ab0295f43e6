/* A letter as a mail: what it says, and the bytes of it (RFC 5322, RFC 2046 5.1.4). */
#include "courier/inside.h"
#include "spec/values.h"
#include "view/view.h"

enum { values_most = 32 };

/* ---- what it says ---- */

static bool ends_in_domain(struct str domain, struct str listed)
{
	struct str tail = domain.length > listed.length
				  ? str_from(domain, domain.length - listed.length)
				  : domain;

	if (tail.length != listed.length || strncasecmp(tail.at, listed.at, listed.length) != 0)
		return false;
	return domain.length == listed.length ||
	       domain.at[domain.length - listed.length - 1] == '.';
}

/* Japanese carriers' mailboxes: many refuse or hide mail with a link, and show plain text best. */
static bool code_only(const struct relay *relay, struct str recipient)
{
	struct str domain = address_domain(recipient);

	for (size_t i = 0; i < relay->code_only_domains.count; i++)
		if (ends_in_domain(domain, relay->code_only_domains.at[i]))
			return true;
	return false;
}

static bool is_link(struct str name)
{
	return str_is(name, "link") || str_is(name, "deny_link") || str_is(name, "base_url");
}

static err values_of(struct ctx *c, const struct rec_letter *letter, bool without_links,
	struct view_value out[values_most], size_t *count)
{
	struct view_value next;
	size_t at = 0;

	(void)c;
	if (!values_whole(letter->values))
		return reply_refused;
	for (*count = 0; values_next(letter->values, &at, &next.name, &next.value); (*count)++) {
		if (*count == values_most)
			return reply_refused;
		if (without_links && is_link(next.name))
			next.value = STR("");
		out[*count] = next;
	}
	return 0;
}

err mail_compose(struct ctx *c, const struct relay *relay, const struct rec_letter *letter,
	struct mail *mail)
{
	struct view_value values[values_most];
	struct buf subject = buf_in(c->arena, subject_limit);
	struct buf text = buf_in(c->arena, body_limit), html = buf_in(c->arena, body_limit);
	struct str organisation = values_get(letter->values, STR("organisation"));
	bool plain = code_only(relay, letter->recipient);
	size_t count = 0;
	err e;

	if ((e = values_of(c, letter, plain, values, &count)) ||
		(e = view_mail(c, letter->message, letter->language, values, count, &subject, &text,
			 &html)))
		return e;
	*mail = (struct mail){
		.id = letter->id,
		.sender = relay->sender,
		.organisation = organisation.length ? organisation : relay->organisation,
		.recipient = letter->recipient,
		.language = view_language(letter->language),
		.subject = buf_str(&subject),
		.text = buf_str(&text),
		.html = plain ? STR_NONE : buf_str(&html),
		.made = letter->made,
	};
	return 0;
}

/* ---- the bytes of it ---- */

/* Whatever view made of the values, nothing in a header may begin another one. */
static bool header_safe(struct str s)
{
	for (size_t i = 0; i < s.length; i++)
		if ((uint8_t)s.at[i] < ' ' || s.at[i] == 0x7f)
			return false;
	return utf8_valid(s);
}

static bool id_safe(struct str id)
{
	for (size_t i = 0; i < id.length; i++)
		if (!((id.at[i] >= '0' && id.at[i] <= '9') || (id.at[i] >= 'a' && id.at[i] <= 'z')))
			return false;
	return id.length > 0 && id.length <= 64;
}

static bool sound(const struct mail *mail)
{
	return address_plain(mail->sender) && address_plain(mail->recipient) && id_safe(mail->id) &&
	       header_safe(mail->subject) && header_safe(mail->organisation) &&
	       id_safe(mail->language) && mail->made >= 0 && utf8_valid(mail->text) &&
	       utf8_valid(mail->html) && !memchr(mail->text.at, 0, mail->text.length);
}

/* A display name never stands bare: quoted, or as encoded words. */
static void add_display_name(struct buf *b, struct str name, size_t used)
{
	bool quotable = name.length + used < 70;

	for (size_t i = 0; i < name.length; i++)
		if (name.at[i] < ' ' || name.at[i] > '~' || name.at[i] == '"' || name.at[i] == '\\')
			quotable = false;
	if (quotable && str_find(name, STR("=?")) == name.length) {
		buf_char(b, '"');
		buf_add(b, name);
		buf_char(b, '"');
	} else {
		header_words(b, name, used);
	}
}

static void add_header(struct buf *b, const struct mail *mail)
{
	buf_add(b, STR("Date: "));
	header_date(b, mail->made);
	buf_add(b, STR("\r\nFrom: "));
	if (mail->organisation.length) {
		add_display_name(b, mail->organisation, 6);
		buf_add(b, STR("\r\n "));
	}
	buf_print(b, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", STR_ARG(mail->sender),
		STR_ARG(mail->recipient));
	header_text(b, mail->subject, 9);
	buf_print(b, "\r\nMessage-ID: <%.*s@%.*s>\r\n", STR_ARG(mail->id),
		STR_ARG(address_domain(mail->sender)));
	/* RFC 3834 5: no vacation notice comes back. The other is what Exchange listens to. */
	buf_add(b, STR("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"));
	buf_print(b, "Content-Language: %.*s\r\nMIME-Version: 1.0\r\n", STR_ARG(mail->language));
}

static void add_part(struct buf *b, const char *type, struct str body)
{
	buf_print(b, "Content-Type: text/%s; charset=UTF-8\r\n", type);
	buf_print(b, "Content-Transfer-Encoding: %s\r\n\r\n", body_encoding(body));
	body_add(b, body);
}

/* The boundary has a byte that neither encoding writes at a line's start, "=_" (RFC 2045 6.7). */
static void add_alternatives(struct buf *b, const struct mail *mail)
{
	buf_print(b, "Content-Type: multipart/alternative;\r\n boundary=\"=_%.*s\"\r\n\r\n",
		STR_ARG(mail->id));
	buf_print(b, "--=_%.*s\r\n", STR_ARG(mail->id));
	add_part(b, "plain", mail->text);
	buf_print(b, "--=_%.*s\r\n", STR_ARG(mail->id));
	add_part(b, "html", mail->html);
	buf_print(b, "--=_%.*s--\r\n", STR_ARG(mail->id));
}

err mail_write(struct ctx *c, const struct mail *mail, struct str *out)
{
	struct buf b;

	if (!sound(mail))
		return reply_refused;
	b = buf_in(c->arena, mail_limit);
	add_header(&b, mail);
	if (mail->html.at)
		add_alternatives(&b, mail);
	else
		add_part(&b, "plain", mail->text);
	if (b.full)
		return fault(c, fault_limit, "a mail is over %d bytes", mail_limit);
	*out = buf_str(&b);
	return 0;
}
