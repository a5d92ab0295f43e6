/* The organisation's name, colours, logo and help text, as pages and the administrator see them. */
#include "audit/audit.h"
#include "conf/conf.h"
#include "model/model.h"
#include "spec/spec.h"
#include "store/store.h"

#include <string.h>

/* What is set for the language wins over what is set for all, and that over the configuration. */
static struct str value_of(const struct rows *rows, const char *key, struct str language, struct str preset)
{
	struct str found = preset;
	bool exact = false;

	for (size_t i = 0; i < rows->count; i++) {
		struct str for_language = row_str(rows, i, 1);

		if (!str_is(row_str(rows, i, 0), key))
			continue;
		if (str_same(for_language, language) || (!exact && for_language.length == 0)) {
			found = row_str(rows, i, 2);
			exact = str_same(for_language, language);
		}
	}
	return found;
}

err serve_brand_show(struct ctx *c, const struct op_brand_show *in, struct answer *out)
{
	struct rec_brand *r = arena_take(c->arena, sizeof(*r));
	struct str language = in->language.length ? in->language : c->request->language;
	const struct conf *conf = c->conf;
	struct rows rows;
	err e;

	if (!r)
		return fault(c, fault_arena, "brand");
	if ((e = store_read(c, statement_brand_all, WITH_NOTHING, 0, &rows)))
		return e;
	*r = (struct rec_brand){
		.organisation = value_of(&rows, "organisation", language, conf->organisation),
		.base_url = conf->base_url,
		.accent = value_of(&rows, "accent", language, STR("#1f4e8c")),
		.logo = value_of(&rows, "logo", language, STR("")),
		.logo_type = value_of(&rows, "logo_type", language, STR("")),
		.help_text = value_of(&rows, "help_text", language, STR("")),
		.help_phone = value_of(&rows, "help_phone", language, conf->help_desk_phone),
		.help_mail = value_of(&rows, "help_mail", language, conf->help_desk_mail),
		.mail_sender = conf->sender,
		.password_min = conf->password_min_length,
		.demo = conf->demo,
	};
	out->record = r;
	return 0;
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

static err set(struct ctx *c, struct str key, struct str language, struct str value, struct unit *unit)
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

err serve_brand_set(struct ctx *c, const struct op_brand_set *in, struct answer *out)
{
	struct unit unit = unit_begin(c);
	err e;

	if (str_is(in->key, "accent") && in->value.length && !is_colour(in->value)) {
		out->field = STR("value");
		out->words = STR("colour_malformed");
		return reply_refused;
	}
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
		(e = set(c, STR("logo_type"), STR(""), in->logo.length ? in->type : STR(""), &unit)))
		return e;
	return unit_commit(&unit);
}
