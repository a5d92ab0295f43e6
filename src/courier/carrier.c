/* A carrier: one letter at a time, from the keeper to the relay. */
#include "courier/inside.h"

#include "spec/values.h"

static void compose_failed(struct ctx *c, err e, struct sending *out)
{
	out->outcome = outcome_never;
	snprintf(out->detail, sizeof(out->detail), "%.*s", (int)sizeof(out->detail) - 1,
		e < 0 ? c->fault.words : "its values or an address are malformed");
}

static void deliver(
	struct ctx *c, struct post *post, const struct rec_letter *letter, struct sending *out)
{
	struct relay relay = { 0 };
	struct mail mail;
	struct str message;
	err e;

	if (str_is(letter->message, "logout")) {
		call_send(c, post->conf->application_ca_file, letter->recipient,
			values_get(letter->values, STR("token")), out);
		return;
	}
	if (post_relay(c, post, &relay) != 0) {
		*out = (struct sending){ .outcome = outcome_later,
			.detail = "the courier has no memory" };
		return;
	}
	if (!address_plain(relay.sender)) {
		*out = (struct sending){ .outcome = outcome_later,
			.detail = "the setting sender is no address" };
		return;
	}
	if ((e = mail_compose(c, &relay, letter, &mail)) || (e = mail_write(c, &mail, &message)))
		compose_failed(c, e, out);
	else
		smtp_send(c, &relay, mail.recipient, message, out);
}

static void note(const struct rec_letter *letter, const struct sending *sent)
{
	static const char *const words[] = { "sent", "later", "never" };

	log_line(sent->outcome == outcome_sent ? log_info : log_warning, NULL,
		"letter %.*s %.*s: %s (%s)", STR_ARG(letter->id), STR_ARG(letter->message),
		words[sent->outcome], sent->detail);
}

void *carrier(void *post)
{
	struct ctx c = { .arena = arena_open(courier_arena) };
	struct rec_letter letter;

	must_be(c.arena);
	while (post_claim(&c, post, &letter) == 0) {
		struct sending sent = { 0 };

		deliver(&c, post, &letter, &sent);
		note(&letter, &sent);
		if (post_report(&c, post, letter.id, &sent))
			log_line(
				log_warning, NULL, "letter %.*s: not reported", STR_ARG(letter.id));
		arena_wipe(c.arena);
	}
	arena_close(&c.arena);
	return NULL;
}
