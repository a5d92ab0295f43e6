/* Messages to people, written in the same unit as the deed. */
#include "outbox/inside.h"

#include "conf/conf.h"
#include "method/method.h"
#include "policy/brand.h"
#include "policy/throttle.h"
#include "spec/values.h"

enum {
	values_limit = 3600, /* of spec/operation.def: letter.values, less the seal */
	deny_hours = 72,
	addresses_most = 8
};

#define MESSAGE(name, values) { #name, values },
static const struct {
	const char *name, *values;
} messages[] = {
#include "spec/message.def"
};
#undef MESSAGE

static bool has_value(const char *message, struct str value)
{
	struct str rest = STR_NONE, left, right;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (str_is(str_of(message), messages[i].name))
			rest = str_of(messages[i].values);
	must_be(rest.at);
	while (str_cut(rest, ' ', &left, &right)) {
		if (str_same(left, value))
			return true;
		rest = right;
	}
	return str_same(rest, value);
}

/* The person's language, else that of the browser that asks. */
static struct str language_for(const struct ctx *c, const struct account *account)
{
	if (account && account->language.length)
		return account->language;
	if (c->request && c->request->language.length)
		return c->request->language;
	return STR("en");
}

/* What every message is given: the organisation in the reader's language, and whom to ask. */
static err pack_common(struct ctx *c, const struct account *account, struct buf *b)
{
	struct str language = language_for(c, account);
	struct rows brand;
	err e;

	if ((e = brand_words(c, &brand)))
		return e;
	values_add(b, STR("organisation"),
		brand_value(&brand, "organisation", language, c->conf->organisation));
	values_add(b, STR("base_url"), c->conf->base_url);
	values_add(b, STR("help_mail"),
		brand_value(&brand, "help_mail", language, c->conf->help_desk_mail));
	values_add(b, STR("help_phone"),
		brand_value(&brand, "help_phone", language, c->conf->help_desk_phone));
	values_add(b, STR("name"), account ? account->name : STR(""));
	return 0;
}

static bool given(const char *name, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(str_of(name), pairs[i].name))
			return true;
	return false;
}

static err pack(struct ctx *c, const struct account *account, const struct pair *pairs,
	size_t count, struct str *out)
{
	struct buf b = buf_in(c->arena, values_limit);
	err e;

	if ((e = pack_common(c, account, &b)))
		return e;
	if (!given("support", pairs, count))
		values_add(&b, STR("support"), STR(""));
	for (size_t i = 0; i < count; i++)
		values_add(&b, str_of(pairs[i].name), pairs[i].value);
	if (b.full)
		return fault(c, fault_limit, "a message's values are over %d bytes", values_limit);
	*out = buf_str(&b);
	return 0;
}

static err add(struct unit *unit, struct str id, const struct account *account,
	struct str recipient, const char *message, const struct pair *pairs, size_t count,
	int64_t when)
{
	struct ctx *c = unit->c;
	struct str plain, sealed, address;
	bool somebody = recipient.length > 0;
	err e;

	if (!id.at)
		return fault(c, fault_arena, "outbox");
	/* Nobody's message is sealed like any other; only the recipient is missing. */
	if ((e = pack(c, account, pairs, count, &plain)) ||
		(e = seal(c, key_seal, id, plain, &sealed)) ||
		(e = seal(c, key_seal, id, somebody ? recipient : STR("nobody"), &address)))
		return e;
	unit_add(unit, statement_outbox_add, 1,
		WITH(v_bytes(id), v_text(str_of(message)),
			account && account->id.length ? v_bytes(account->id) : v_null(),
			somebody ? v_bytes(address) : v_null(), v_text(language_for(c, account)),
			v_bytes(sealed), v_number(when)));
	return 0;
}

err outbox_add(struct unit *unit, const struct account *account, struct str recipient,
	const char *message, const struct pair *pairs, size_t count)
{
	return add(unit, id_make(unit->c), account, recipient, message, pairs, count, unit->c->now);
}

/* Its date, and the day after which no try is worth it, are those of that moment. */
err outbox_add_later(struct unit *unit, const struct account *account, struct str recipient,
	const char *message, const struct pair *pairs, size_t count, int64_t when)
{
	return add(unit, id_make(unit->c), account, recipient, message, pairs, count, when);
}

err outbox_logout(
	struct unit *unit, const struct account *account, struct str uri, struct str token)
{
	return outbox_add(unit, account, uri, "logout", &(struct pair){ "token", token }, 1);
}

err outbox_code(struct unit *unit, const struct account *account, const struct method *to,
	const char *message, const struct pair *pairs, size_t count)
{
	struct str id = id_make(unit->c);
	err e = add(unit, id, account, to->address, message, pairs, count, unit->c->now);

	return e ? e : sending_note(unit, to->channel, id);
}

/* Mints the token of a "this was not me" link and returns the link. */
static err deny_link(struct unit *unit, const struct account *account, struct str *out)
{
	struct ctx *c = unit->c;
	uint8_t token[token_size];
	uint8_t *mac = arena_take(c->arena, mac_size);
	struct buf b = buf_in(c->arena, 320);
	struct str bytes = { (const char *)token, sizeof(token) };

	if (!mac || b.full)
		return fault(c, fault_arena, "outbox");
	bytes_random(token, sizeof(token));
	digest_keyed(c->keys, key_token, STR("not_me"), bytes, mac);
	buf_add(&b, c->conf->base_url);
	buf_add(&b, STR("/not-me#"));
	base64url_add(&b, bytes);
	bytes_wipe(token, sizeof(token));
	if (b.full)
		return fault(c, fault_limit, "base URL is too long");
	unit_add(unit, statement_token_add, 1,
		WITH(v_bytes((struct str){ (const char *)mac, mac_size }), v_bytes(account->id),
			v_text(STR("not_me")), v_number(c->now),
			v_number(c->now + deny_hours * 3600)));
	*out = buf_str(&b);
	return 0;
}

/* Where the notices of one account go. */
struct addresses {
	struct str at[addresses_most];
	size_t count, known; /* known: all but the contacts */
};

static bool listed(const struct addresses *list, struct str address)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_same(list->at[i], address))
			return true;
	return false;
}

static void add_address(struct addresses *list, struct str address)
{
	if (address.length && list->count < addresses_most && !listed(list, address))
		list->at[list->count++] = address;
}

/* The same mailbox in another spelling is listed already. */
static err add_contact(
	struct ctx *c, struct methods methods, struct str contact, struct addresses *list)
{
	struct mail_address mail, other;
	err e = mail_address_take(c, contact, &mail);

	if (e)
		return e < 0 ? e : 0;
	for (size_t i = 0; i < list->count; i++)
		if ((e = mail_address_take(c, list->at[i], &other)) < 0 ||
			(!e && str_same(other.channel, mail.channel)))
			return e;
	for (const struct method *m = NULL; (m = methods_next(methods, method_mail, m));)
		if (str_same(m->channel, mail.channel))
			return 0;
	add_address(list, contact);
	return 0;
}

/* The work mailbox first, then each verified address, then what the organisation knows of: each
 * once. */
static err addresses_of(struct ctx *c, const struct account *account, struct methods methods,
	struct addresses *list)
{
	struct rows contacts;
	err e;

	*list = (struct addresses){ .count = 0 };
	add_address(list, account->mail);
	for (const struct method *m = NULL; (m = methods_next(methods, method_mail, m));)
		add_address(list, m->address);
	list->known = list->count;
	if ((e = store_read(c, statement_contacts_of, WITH(v_bytes(account->id)), addresses_most,
		     &contacts)))
		return e;
	for (size_t i = 0; i < contacts.count; i++)
		if ((e = add_contact(c, methods, row_str(&contacts, i, 0), list)))
			return e;
	return 0;
}

err outbox_addresses(
	struct ctx *c, const struct account *account, struct methods methods, size_t *count)
{
	struct addresses list;
	err e = addresses_of(c, account, methods, &list);

	*count = list.count;
	return e;
}

err outbox_notice(struct unit *unit, const struct account *account, struct methods methods,
	const char *message, const struct pair *pairs, size_t count, struct str except,
	size_t *told)
{
	struct pair all[12];
	struct addresses list;
	err e = addresses_of(unit->c, account, methods, &list);

	if (e)
		return e;
	must_be(count < 11);
	for (size_t i = 0; i < count; i++)
		all[i] = pairs[i];
	if (has_value(message, STR("deny_link"))) {
		all[count].name = "deny_link";
		if ((e = deny_link(unit, account, &all[count++].value)))
			return e;
	}
	*told = 0;
	for (size_t i = 0; i < list.count; i++) {
		if ((e = outbox_add(unit, account, list.at[i], message, all, count)))
			return e;
		*told += i < list.known && !str_same(list.at[i], except);
	}
	return 0;
}

err outbox_desk(struct unit *unit, const struct account *account, const char *message,
	const struct pair *pairs, size_t count)
{
	if (unit->c->conf->help_desk_mail.length == 0)
		return 0;
	return outbox_add(unit, account, unit->c->conf->help_desk_mail, message, pairs, count);
}

err outbox_circumstances(struct ctx *c, struct pair pairs[3])
{
	struct buf b = buf_in(c->arena, 24);

	buf_number(&b, c->now);
	if (b.full)
		return fault(c, fault_arena, "outbox");
	pairs[0] = (struct pair){ "when", buf_str(&b) };
	pairs[1] = (struct pair){ "where", c->request ? c->request->address : STR("") };
	pairs[2] = (struct pair){ "agent", c->request ? c->request->agent : STR("") };
	return 0;
}
