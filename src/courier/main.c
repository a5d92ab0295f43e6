/* The program rekey-courier: eight carriers, and the word of the supervisor. */
#include "courier/inside.h"
#include "cage/cage.h"
#include "wire/control.h"

#include <time.h>
#include <unistd.h>

enum {
	drain_seconds = 8, /* the supervisor waits 10 */
	control_arena = 512 * 1024
};

static err receive_conf(struct ctx *c, int fd, struct conf **out)
{
	scoped_fd settings = fd;

	return conf_receive(c, settings, out);
}

/* New settings that cannot be read leave the old ones in force. */
static void renew_conf(struct ctx *c, struct post *post, int fd)
{
	struct conf *conf = NULL;
	err e = receive_conf(c, fd, &conf);

	if (e)
		log_line(log_error, NULL, "the new settings are not usable; the old ones stay");
	else
		post_conf(post, &conf);
}

/* Until the supervisor says drain, or is gone. */
static void obey(struct ctx *c, struct post *post)
{
	char word[control_word_size];
	int passed = -1;

	while (control_receive(c, control_channel, word, &passed) == 0) {
		struct str said = str_of(word);

		if (str_is(said, "drain"))
			break;
		if (str_is(said, "keeper") && passed >= 0)
			post_keeper(post, passed);
		else if (str_is(said, "conf") && passed >= 0)
			renew_conf(c, post, passed);
		else
			fd_close(&passed);
		arena_wipe(c->arena);
	}
	fd_close(&passed);
}

/* A carrier that is still held up is left behind: its letter goes out again after the lease. */
static void join(pthread_t threads[courier_carriers])
{
	struct timespec until;
	bool left = false;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += drain_seconds;
	for (size_t i = 0; i < courier_carriers; i++)
		left |= pthread_timedjoin_np(threads[i], NULL, &until) != 0;
	if (left)
		_exit(0);
}

static err start(struct ctx *c, struct post *post, pthread_t threads[courier_carriers])
{
	struct conf *conf = NULL;
	err e;

	if (!secrets_open(courier_secrets))
		return fault(c, fault_memory, "locked pages");
	if ((e = receive_conf(c, control_conf, &conf)) || (e = smtp_open(c)))
		return e;
	post_open(post, conf);
	c->conf = conf;
	e = cage_close(c, cage_courier);
	c->conf = NULL; /* from now on the post's, which replaces it at a reload */
	if (e)
		return e;
	for (size_t i = 0; i < courier_carriers; i++)
		if (pthread_create(&threads[i], NULL, carrier, post))
			return fault(c, fault_memory, "a thread");
	return control_send(c, control_channel, "ready", -1);
}

int main(void)
{
	static struct post post;
	pthread_t threads[courier_carriers];
	struct ctx c = { .arena = arena_open(control_arena) };
	err e;

	log_open("courier", log_info);
	must_be(c.arena);
	if ((e = start(&c, &post, threads))) {
		log_line(log_error, NULL, "%s: %s",
			e < 0 ? fault_name((enum fault_kind) - e) : "settings",
			e < 0 ? c.fault.words : reply_name((enum reply)e));
		return 1;
	}
	obey(&c, &post);
	post_close(&post);
	join(threads);
	return 0;
}
