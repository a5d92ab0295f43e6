/* The program rekey-web: HTTP in, operations out, pages back. It owns nothing. */
#include "web/visit.h"

#include "cage/cage.h"
#include "view/view.h"
#include "web/attestation.h"
#include "wire/control.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

enum { start_memory = 64 * 1024, drain_seconds = 8, tick_millis = 1000 };

/* New settings wait here until the MHD thread takes them over. */
static void take_conf(struct ctx *c, struct web *web, int fd)
{
	struct conf *next = NULL, *unread;
	struct site site;

	if (conf_receive(c, fd, &next)) {
		log_line(log_error, NULL, "new settings were not taken over: %s", c->fault.words);
		return;
	}
	if (!site_of(next->base_url, &site)) {
		log_line(log_error, NULL, "new settings were not taken over: baseUrl");
		conf_close(&next);
		return;
	}
	unread = atomic_exchange(&web->next_conf, next);
	conf_close(&unread);
}

enum word { word_go_on, word_drain, word_gone };

static enum word take_word(struct ctx *c, struct web *web)
{
	char word[control_word_size];
	scoped_fd passed = -1;
	err e = control_receive(c, control_channel, word, &passed);

	if (e)
		return e == (err)reply_nothing ? word_go_on : word_gone;
	if (strcmp(word, "keeper") == 0 && passed >= 0) {
		keeper_join(web->keeper, passed);
		passed = -1;
	} else if (strcmp(word, "conf") == 0 && passed >= 0) {
		take_conf(c, web, passed);
	} else if (strcmp(word, "drain") == 0) {
		return word_drain;
	}
	return word_go_on;
}

/* Each second: what has taken too long. */
static void tick(struct web *web)
{
	static int64_t last_us;
	int64_t now = clock_monotonic_us();

	if (now - last_us < tick_millis * INT64_C(1000))
		return;
	last_us = now;
	keeper_overdue(web->keeper);
	peers_hurry(web->peers);
}

/* The keeper may be well: then only the supervisor can join us to it again. */
static void tell_parted(struct ctx *c, struct web *web)
{
	if (keeper_parted(web->keeper) && control_send(c, control_channel, "parted", -1))
		log_line(log_error, NULL, "%s", c->fault.words);
}

/* Until the supervisor says drain, or is gone. */
static void run(struct ctx *c, struct web *web)
{
	enum word word = word_go_on;

	while (word == word_go_on) {
		struct pollfd at[keeper_poll_count + 1];

		keeper_poll(web->keeper, at);
		at[keeper_poll_count] = (struct pollfd){ .fd = control_channel, .events = POLLIN };
		/* Also when nothing happened: a frame whose waking went wrong leaves a moment
		 * later. */
		if (poll(at, keeper_poll_count + 1, tick_millis) >= 0) {
			keeper_work(web->keeper, at);
			if (at[keeper_poll_count].revents)
				word = take_word(c, web);
		}
		tell_parted(c, web);
		tick(web);
		arena_wipe(c->arena);
	}
	if (word == word_drain)
		listener_drain(web, drain_seconds);
}

static err open_conf(struct ctx *c, struct web *web)
{
	err e = conf_receive(c, control_conf, &web->conf);

	if (e)
		return e < 0 ? e : fault(c, fault_conf, "the settings cannot be read");
	(void)close(control_conf);
	if (!site_of(web->conf->base_url, &web->site))
		return fault(c, fault_conf, "baseUrl is not http://HOST or https://HOST");
	c->conf = web->conf;
	return 0;
}

static err open_memory(struct ctx *c, struct web *web)
{
	web->page = mmap(
		NULL, view_page_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (web->page == MAP_FAILED)
		return fault(c, fault_memory, "a page");
	(void)madvise(web->page, view_page_limit, MADV_DONTDUMP);
	if (sodium_init() < 0)
		return fault(c, fault_crypto, "libsodium");
	/* The zone's file is read now: the cage has none. */
	tzset();
	(void)view_offset(clock_now());
	return 0;
}

/* Read now: the cage lets nothing be read later. */
static err open_makers(struct ctx *c, struct web *web)
{
	struct str folder = arena_copy(c->arena, web->conf->passkey_makers); /* ends with a NUL */

	return trust_open(c, folder.length ? folder.at : NULL, &web->makers);
}

/* For the whole life of the process; `c` itself is wiped at each turn. */
static err start(struct ctx *c, struct ctx *lasting, struct web *web)
{
	err e;

	web->listener = control_listener;
	if ((e = open_conf(c, web)) || (e = open_memory(c, web)) ||
		(e = peers_open(lasting, &web->peers)) || (e = open_makers(c, web)) ||
		(e = keeper_open(c, &web->keeper)) || (e = cage_close(c, cage_web)) ||
		(e = listener_open(c, web)))
		return e;
	c->conf = NULL; /* it may be replaced from now on */
	return control_send(c, control_channel, "ready", -1);
}

int main(void)
{
	static struct web web;
	struct ctx c = { .arena = arena_open(start_memory) };
	struct ctx lasting = { .arena = arena_open(start_memory) };
	err e;

	log_open("web", log_info);
	must_be(c.arena && lasting.arena && secrets_open(secrets_most));
	e = start(&c, &lasting, &web);
	if (e) {
		log_line(log_error, NULL, "%s: %s", fault_name(c.fault.kind),
			c.fault.words[0] ? c.fault.words : lasting.fault.words);
		return 1;
	}
	run(&c, &web);
	return 0;
}
