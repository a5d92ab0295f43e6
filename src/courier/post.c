/* The line to the keeper, shared by all carriers: one asks at a time, one waits at a time. */
#include "courier/inside.h"
#include "wire/control.h"
#include "wire/wire.h"

void post_open(struct post *post, const struct conf *conf)
{
	pthread_condattr_t monotonic;

	*post = (struct post){ .conf = conf, .keeper = -1 };
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&post->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&post->line, NULL);
	pthread_mutex_init(&post->turn, NULL);
}

void post_keeper(struct post *post, int fd)
{
	pthread_mutex_lock(&post->line);
	fd_close(&post->keeper);
	post->keeper = fd;
	pthread_cond_broadcast(&post->changed);
	pthread_mutex_unlock(&post->line);
}

void post_close(struct post *post)
{
	/* Without the line, which a carrier may hold while it waits for an answer that never comes.
	 * One that misses this wakes by itself. */
	atomic_store(&post->closing, true);
	pthread_cond_broadcast(&post->changed);
}

/* With the line held: until it changes, or for the pause. */
static void rest(struct post *post, int64_t pause_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += pause_ms / 1000;
	until.tv_nsec += pause_ms % 1000 * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&post->changed, &post->line, &until);
}

/* With the line held. The supervisor brings the next one: after a keeper that died in any case, to
 * one that is well when it hears of it. */
static void part(struct ctx *c, struct post *post)
{
	const struct fault first = c->fault;

	fd_close(&post->keeper);
	if (control_send(c, control_channel, "parted", -1))
		log_line(log_error, NULL, "%s", c->fault.words);
	c->fault = first;
}

/* With the line held. */
static err ask(struct ctx *c, struct post *post, enum operation_id id, const void *in, int *reply,
	struct answer *a)
{
	err e;

	while (post->keeper < 0 && !post->closing)
		rest(post, idle_most_ms);
	if (post->keeper < 0)
		return reply_nothing;
	e = wire_ask(c, post->keeper, id, in, reply, a);
	if (e)
		part(c, post);
	return e;
}

static err claim_once(struct ctx *c, struct post *post, struct rec_letter *letter)
{
	struct op_outbox_claim in = { 0 };
	struct answer answer = { 0 };
	int reply = 0;
	err e;

	if ((e = ask(c, post, operation_outbox_claim, &in, &reply, &answer)))
		return e;
	if (reply == 0 && answer.record)
		*letter = *(const struct rec_letter *)answer.record;
	return reply;
}

static err claim_held(struct ctx *c, struct post *post, struct rec_letter *letter)
{
	int64_t pause_ms = idle_least_ms;
	err e = reply_nothing;

	while (!post->closing && (e = claim_once(c, post, letter))) {
		if (e < 0)
			log_line(log_warning, NULL, "claim: %s: %s",
				fault_name((enum fault_kind) - e), c->fault.words);
		arena_wipe(c->arena);
		rest(post, pause_ms);
		pause_ms = pause_ms * 2 < idle_most_ms ? pause_ms * 2 : idle_most_ms;
		e = reply_nothing;
	}
	return e;
}

err post_claim(struct ctx *c, struct post *post, struct rec_letter *letter)
{
	err e;

	pthread_mutex_lock(&post->turn);
	pthread_mutex_lock(&post->line);
	e = post->closing ? reply_nothing : claim_held(c, post, letter);
	pthread_mutex_unlock(&post->line);
	pthread_mutex_unlock(&post->turn);
	return e;
}

static struct str outcome_word(enum outcome outcome)
{
	static const char *const words[] = { "sent", "later", "never" };

	return str_of(words[outcome]);
}

/* Twice, because the keeper may have died since the claim; a report that does not come through
 * costs a second delivery of the same Message-ID when the lease ends. */
err post_report(struct ctx *c, struct post *post, struct str id, const struct sending *sent)
{
	struct op_outbox_report in = {
		.id = id,
		.outcome = outcome_word(sent->outcome),
		.detail = str_of(sent->detail),
	};
	struct answer answer = { 0 };
	int reply = 0;
	err e;

	pthread_mutex_lock(&post->line);
	if ((e = ask(c, post, operation_outbox_report, &in, &reply, &answer)) < 0)
		e = ask(c, post, operation_outbox_report, &in, &reply, &answer);
	pthread_mutex_unlock(&post->line);
	return e ? e : reply;
}

err post_relay(struct ctx *c, const struct post *post, struct relay *out)
{
	const struct conf *conf = post->conf;

	*out = (struct relay){
		.host = conf->smtp_host,
		.user = conf->smtp_user,
		.ca_file = conf->smtp_ca_file,
		.sender = conf->sender,
		.organisation = conf->organisation,
		.port = conf->smtp_port,
		.code_only_domains = conf->mail_code_only_domains,
		.password = secret_take(
			c->arena, conf->smtp_password_file.at, conf->smtp_password_file.length),
	};
	return out->password ? 0 : fault(c, fault_arena, "the settings of the relay");
}
