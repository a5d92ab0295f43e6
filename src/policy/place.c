/* What is set in words, and what it says of the place that a request comes from. */
#include "policy/rules.h"

#include "conf/conf.h"
#include "spec/spec.h"

err texts_read(struct ctx *c, struct str out[policy_text_count])
{
	enum policy_text text;
	struct rows rows;
	err e = store_read(c, statement_policy_texts, WITH_NOTHING, 0, &rows);

	for (enum policy_text i = 0; i < policy_text_count; i++)
		out[i] = STR("");
	for (size_t i = 0; !e && i < rows.count; i++)
		if (text_named(row_str(&rows, i, 0), &text))
			out[text] = row_str(&rows, i, 1);
	return e;
}

/* A network that another version wrote, and this one does not read, has nobody in it. */
static bool among(struct str networks, struct str address)
{
	struct str rest = networks, one;
	bool more = networks.length > 0, found = false;

	while (more) {
		struct network network;

		one = rest;
		more = str_cut(rest, ',', &one, &rest);
		found |= !network_of(str_trim(one), &network) &&
			 network_has((struct networks){ &network, 1 }, address);
	}
	return found;
}

err place_of(struct ctx *c, struct place *out)
{
	static const struct str this_machine = { "127.0.0.0/8, ::1/128", 20 };
	struct str texts[policy_text_count];
	struct str address = c->request->address;
	err e;

	if (c->place) {
		*out = *c->place;
		return 0;
	}
	if ((e = texts_read(c, texts)))
		return e;
	out->elsewhere =
		texts[text_reset_networks].length && !among(texts[text_reset_networks], address);
	out->admin =
		among(texts[text_admin_networks].length ? texts[text_admin_networks] : this_machine,
			address);
	out->kiosk = among(texts[text_kiosk_networks], address);
	return 0;
}
