/* What the keeper finds of its own health, for `rekey doctor`. */
#include "keeper/inside.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "policy/work.h"
#include "store/store.h"

enum {
	checks_most = 12,
	late_seconds = 15 * 60, /* a message that waits longer than this is worth a word */
	nearly_all = 90         /* of 100 requests */
};

struct checks {
	struct ctx *c;
	struct rec_check *at;
	size_t count;
};

static void add(struct checks *list, const char *what, bool good, const char *words)
{
	must_be(list->count < checks_most);
	list->at[list->count++] =
		(struct rec_check){ str_of(what), good ? STR("good") : STR("look"), str_of(words) };
}

static void base_url(struct checks *list)
{
	/* Plain http is taken for this machine only. */
	bool https = str_starts(list->c->conf->base_url, STR("https://"));

	add(list, "address", true,
		https ? "baseUrl begins with https."
		      : "baseUrl is this machine only: good for a trial, not for people.");
}

static void proxy(struct checks *list)
{
	int64_t one = site_one_address(list->c->site);

	add(list, "proxy", one < nearly_all,
		one >= nearly_all ? "Nearly all requests seem to come from one address. Behind a "
				    "proxy, name it "
				    "in trustedProxies and let it send X-Forwarded-For."
				  : "Requests do not all come from one address.");
}

static err mail(struct checks *list)
{
	struct ctx *c = list->c;
	struct rows rows;
	int64_t waiting, oldest;
	err e;

	if ((e = store_one(c, statement_outbox_state, WITH_NOTHING, &rows)))
		return e;
	waiting = row_number(&rows, 0, 0);
	oldest = row_number(&rows, 0, 2);
	if (c->conf->demo)
		add(list, "mail", true, "A demonstration: mail is shown on the inbox page.");
	else if (!c->conf->smtp_host.length)
		add(list, "mail", false, "smtpHost is not set: nobody gets a code or a notice.");
	else if (waiting && oldest + late_seconds < c->now)
		add(list, "mail", false,
			"A message has waited for over 15 minutes: see `rekey outbox list`.");
	else
		add(list, "mail", true, "No message waits for long.");
	if (row_number(&rows, 0, 1))
		add(list, "mail that failed", false,
			"Some messages were given up: see `rekey outbox list --state dead`.");
	return 0;
}

err serve_doctor_show(struct ctx *c, const struct op_doctor_show *in, struct answer *out)
{
	struct checks list = { .c = c,
		.at = arena_take(c->arena, checks_most * sizeof(struct rec_check)) };
	struct buf key = buf_in(c->arena, 80);
	err e;

	(void)in;
	if (!list.at || key.full)
		return fault(c, fault_arena, "doctor");
	add(&list, "keeper", true, "The keeper answers.");
	add(&list, "locked memory", secrets_locked(),
		secrets_locked() ? "Secrets are in locked memory."
				 : "Secrets may reach the swap: raise the limit of locked memory "
				   "(LimitMEMLOCK).");
	buf_add(&key, STR("The master key is "));
	buf_add(&key, keys_id(c->keys));
	buf_add(&key, STR(". Keep an export of it away from here."));
	buf_char(&key, 0);
	add(&list, "key", true, key.at);
	base_url(&list);
	proxy(&list);
	if ((e = mail(&list)))
		return e;
	add(&list, "help desk", c->conf->help_desk_mail.length || c->conf->help_desk_phone.length,
		c->conf->help_desk_mail.length || c->conf->help_desk_phone.length
			? "People are told how to reach the help desk."
			: "helpDeskMail and helpDeskPhone are not set: people who are stuck have "
			  "nobody to ask.");
	out->items = list.at;
	out->item_count = list.count;
	return 0;
}
