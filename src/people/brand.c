/* The organisation's name, colours, logo and help text, as pages and the administrator see them. */
#include "audit/audit.h"
#include "conf/conf.h"
#include "model/model.h"
#include "policy/brand.h"
#include "policy/rules.h"
#include "spec/spec.h"
#include "store/store.h"

#include <string.h>

/* customizeHelpdeskLink: what stands there in place of the help desk's mail address. */
static err help(struct ctx *c, const struct rules *rules, struct rec_brand *r)
{
	struct str texts[policy_text_count];
	err e = texts_read(c, texts);

	if (e || !rules->value[rule_helpdesk_on] || !texts[text_helpdesk].length)
		return e;
	if (str_starts(texts[text_helpdesk], STR("https://"))) {
		r->help_url = texts[text_helpdesk];
		r->help_mail = STR("");
	} else {
		r->help_mail = texts[text_helpdesk];
	}
	return 0;
}

err serve_brand_show(struct ctx *c, const struct op_brand_show *in, struct answer *out)
{
	struct rec_brand *r = arena_take(c->arena, sizeof(*r));
	struct str language = in->language.length ? in->language : c->request->language;
	const struct conf *conf = c->conf;
	struct rules rules;
	struct rows rows;
	err e;

	if (!r)
		return fault(c, fault_arena, "brand");
	if ((e = brand_read(c, &rows)) || (e = rules_of(c, STR_NONE, &rules)))
		return e;
	*r = (struct rec_brand){
		.organisation = brand_value(&rows, "organisation", language, conf->organisation),
		.base_url = conf->base_url,
		.accent = brand_value(&rows, "accent", language, STR("#1f4e8c")),
		.logo = brand_value(&rows, "logo", language, STR("")),
		.logo_type = brand_value(&rows, "logo_type", language, STR("")),
		.help_text = brand_value(&rows, "help_text", language, STR("")),
		.help_phone = brand_value(&rows, "help_phone", language, conf->help_desk_phone),
		.help_mail = brand_value(&rows, "help_mail", language, conf->help_desk_mail),
		.mail_sender = conf->sender,
		.feedback = str_is(conf->feedback, "board")
				    ? STR("board")
				    : brand_value(&rows, "feedback_url", language, STR("")),
		.password_min = rules.value[rule_password_min],
		.demo = conf->demo,
	};
	out->record = r;
	return help(c, &rules, r);
}

static bool is_colour(struct str s)
{
	if (s.length != 7 || s.at[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++)
		if (!s.at[i] || !strchr("0123456789abcdefABCDEF", s.at[i]))
			return false;
	return true;
}

static err set(
	struct ctx *c, struct str key, struct str language, struct str value, struct unit *unit)
{
	struct value l = v_text(language.at ? language : STR(""));
	struct audit_about about = { .actor = actor_socket, .note = key };

	if (value.length)
		unit_add(unit, statement_brand_set, 1, WITH(v_text(key), l, v_bytes(value)));
	else
		unit_add(unit, statement_brand_drop, any_rows, WITH(v_text(key), l));
	(void)c;
	return audit_add(unit, event_branding, &about);
}

/* Where a link may lead: a page of the web, or a letter. */
static bool is_address(struct str s)
{
	return s.length <= 200 &&
	       (str_starts(s, STR("https://")) || str_starts(s, STR("http://")) ||
		       str_starts(s, STR("mailto:")));
}

/* What stands in the header of a mail: a line break there would keep every mail from leaving. */
static bool is_one_line(struct str s)
{
	for (size_t at = 0; at < s.length;)
		if (point_breaks(utf8_next(s, &at)))
			return false;
	return true;
}

static err refused(struct answer *out, const char *words)
{
	out->field = STR("value");
	out->words = str_of(words);
	return reply_refused;
}

err serve_brand_set(struct ctx *c, const struct op_brand_set *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	if (str_is(in->key, "accent") && in->value.length && !is_colour(in->value))
		return refused(out, "colour_malformed");
	if (str_is(in->key, "feedback_url") && in->value.length && !is_address(in->value))
		return refused(out, "feedback_malformed");
	if (!str_is(in->key, "help_text") && !is_one_line(in->value))
		return refused(out, "line_malformed");
	if ((e = set(c, in->key, in->language, in->value, &unit)))
		return e;
	return unit_commit(&unit);
}

err serve_brand_logo(struct ctx *c, const struct op_brand_logo *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	(void)out;
	if ((e = set(c, STR("logo"), STR(""), in->logo, &unit)) ||
		(e = set(c, STR("logo_type"), STR(""), in->logo.length ? in->type : STR(""),
			 &unit)))
		return e;
	return unit_commit(&unit);
}
