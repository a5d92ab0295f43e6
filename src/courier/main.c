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

/* Until the supervisor says drain, or is gone. New settings come by a new start: the files that the
 * cage lets this program read are those of its settings, as they were when it was closed. */
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
	scoped_fd settings = control_conf;
	struct conf *conf = NULL;
	err e;

	if (!secrets_open(courier_secrets))
		return fault(c, fault_memory, "locked pages");
	if ((e = conf_receive(c, settings, &conf)) || (e = smtp_open(c)))
		return e;
	post_open(post, conf);
	c->conf = conf;
	e = cage_close(c, cage_courier);
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
