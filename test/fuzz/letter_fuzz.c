/* What the courier is given by a keeper that says anything: which message, to whom, in which
 * language, with which values. Refused, or one mail to that one address, whose header has each
 * field once, whose bodies read back, and whose HTML has the tags that it has with harmless values.
 */
#include "courier/inside.h"
#include "spec/values.h"
#include "view/inside.h"

#include "html.h"
#include "mail.h"

static const struct relay relay = { .sender = { "rekey@reset.example", 19 },
	.organisation = { "Example", 7 } };

/* Fills the values of the message with pieces of what is left. */
static struct str values_for(
	struct ctx *c, const struct mail_shape *shape, struct str *rest, bool tame)
{
	struct buf out = buf_in(c->arena, 16 * 1024);

	for (size_t i = 0; i < shape->field_count; i++) {
		const struct mail_field *f = &shape->fields[i];
		struct str value = fuzz_piece(rest);
		int64_t number;

		if (f->kind != mail_text && f->kind != mail_url) {
			value = str_upto(value, 10);
			if (!str_number(value, &number) || number < 0)
				value = STR("1790000000");
		} else if (tame && value.length) {
			value = f->kind == mail_url ? STR("/a") : STR("a");
		}
		values_add(&out, f->name, value);
	}
	must_be(!out.full);
	return buf_str(&out);
}

/* A display name in quotes that nothing in it ends, or in encoded words; then the one address. */
static void from(struct ctx *c, struct str line, struct str organisation)
{
	struct str address = STR(" <rekey@reset.example>"), name = str_from(line, 6);

	must_be(str_ends(name, address));
	name.length -= address.length;
	if (!str_starts(name, STR("\""))) {
		must_be(str_same(words_read(c, name), organisation));
		return;
	}
	must_be(name.length >= 2 && str_ends(name, STR("\"")));
	name = str_upto(str_from(name, 1), name.length - 2);
	must_be(!memchr(name.at, '"', name.length) && !memchr(name.at, '\\', name.length));
	must_be(str_same(name, organisation));
}

/* The header, field by field; *body is what stands behind it. */
static void header(struct ctx *c, const struct mail *mail, struct str message, struct str *body)
{
	static const char *const names[] = { "Date", "From", "To", "Subject", "Message-ID",
		"Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "MIME-Version",
		"Content-Type" };
	const size_t count = sizeof(names) / sizeof(names[0]);
	struct buf subject = buf_in(c->arena, message.length),
		   sender = buf_in(c->arena, message.length);
	struct str line, rest = message;
	size_t at = 0;

	while (line_read(&rest, &line, 998) && line.length) {
		if (line.at[0] != ' ') {
			must_be(at < count ? str_starts(line, str_of(names[at])) &&
						     line.at[strlen(names[at])] == ':'
					   : str_starts(line, STR("Content-Transfer-Encoding:")));
			at++;
		}
		if (at == 2 || at == 4)
			buf_add(at == 2 ? &sender : &subject, line);
	}
	must_be(at == count + !mail->html.at);
	from(c, buf_str(&sender), mail->organisation);
	must_be(str_same(words_read(c, str_from(buf_str(&subject), 9)), mail->subject));
	*body = rest;
}

/* A part's body: after its own header, up to the next boundary. */
static void part(struct ctx *c, struct str *rest, struct str boundary, struct str text)
{
	struct str line;
	bool base64;
	size_t end = str_find(*rest, boundary);

	must_be(line_read(rest, &line, 998) && str_starts(line, STR("Content-Type: text/")));
	must_be(line_read(rest, &line, 998));
	base64 = str_is(line, "Content-Transfer-Encoding: base64");
	must_be(base64 || str_is(line, "Content-Transfer-Encoding: quoted-printable"));
	must_be(line_read(rest, &line, 998) && line.length == 0);
	end = str_find(*rest, boundary);
	must_be(end < rest->length);
	must_be(str_same(body_read(c, str_upto(*rest, end), base64), text));
	*rest = str_from(*rest, end);
}

static void bodies(struct ctx *c, const struct mail *mail, struct str rest)
{
	struct buf boundary = buf_in(c->arena, 100);
	struct str line;

	buf_print(&boundary, "--=_%.*s", STR_ARG(mail->id));
	must_be(!boundary.full);
	must_be(line_read(&rest, &line, 998) && str_same(line, buf_str(&boundary)));
	part(c, &rest, buf_str(&boundary), mail->text);
	must_be(line_read(&rest, &line, 998) && str_same(line, buf_str(&boundary)));
	part(c, &rest, buf_str(&boundary), mail->html);
	must_be(line_read(&rest, &line, 998) && str_starts(line, buf_str(&boundary)) &&
		str_ends(line, STR("--")) && rest.length == 0);
}

/* The tags without what their attributes say. */
static struct str tags(struct ctx *c, struct str html)
{
	struct buf out = buf_in(c->arena, html.length + 1);
	bool inside = false, quoted = false;

	for (size_t i = 0; i < html.length; i++) {
		char ch = html.at[i];

		must_be(ch != '<' || !inside);
		if (ch == '<')
			inside = true;
		if (inside && (!quoted || ch == '"'))
			buf_char(&out, ch);
		if (inside && ch == '"')
			quoted = !quoted;
		if (ch == '>' && !quoted)
			inside = false;
	}
	must_be(!out.full && !inside && !quoted);
	return buf_str(&out);
}

/* False: bytes that are no text, or controls, became three times as long, and did not fit. */
static bool compose(struct ctx *c, const struct mail_shape *shape, struct str given,
	const struct rec_letter *letter, struct mail *mail)
{
	struct rec_letter harmless = *letter;
	struct str values = given;
	struct mail tame;
	err e;

	harmless.values = values_for(c, shape, &values, true);
	e = mail_compose(c, &relay, letter, mail);
	must_be(e == 0 || e == -fault_limit);
	must_be(mail_compose(c, &relay, &harmless, &tame) == 0);
	if (e == 0)
		must_be(str_same(tags(c, mail->html), tags(c, tame.html)));
	return e == 0;
}

static void send(struct ctx *c, const struct mail *mail)
{
	struct str message, rest;
	err e = mail_write(c, mail, &message);

	must_be(e == 0 || e == reply_refused || e == -fault_limit);
	if (e)
		return;
	header(c, mail, message, &rest);
	bodies(c, mail, rest);
}

/* Values of a form that no keeper sends. */
static void raw(struct ctx *c, struct rec_letter *letter, struct str values)
{
	struct mail mail;

	letter->values = values;
	(void)!mail_compose(c, &relay, letter, &mail);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(8 * 1024 * 1024);
	struct str rest = { (const char *)bytes + 2, size - 2 }, given;
	const struct mail_shape *shape;
	struct rec_letter letter = { .id = STR("0123456789abcdef"), .made = 1790000000 };
	struct mail mail;

	if (size < 3 || size > 4096)
		return 0;
	shape = &mail_shapes[bytes[0] % mail_shape_count];
	letter.message = shape->name;
	letter.language = bytes[1] & 1 ? STR("ja") : STR("en");
	letter.recipient = bytes[1] & 2 ? fuzz_piece(&rest) : STR("ada@example.net");
	given = rest;
	if (bytes[1] & 4) {
		raw(c, &letter, rest);
	} else {
		letter.values = values_for(c, shape, &rest, false);
		if (compose(c, shape, given, &letter, &mail))
			send(c, &mail);
	}
	arena_wipe(c->arena);
	return 0;
}
