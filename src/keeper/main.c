/* The program rekey-keeper: owns everything, never sees the network. Descriptors: 3 settings, 4 the
 * supervisor's control channel, 5 the command line's listener. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "cage/cage.h"
#include "conf/conf.h"
#include "crypto/crypto.h"
#include "flow/passkey.h"
#include "policy/work.h"
#include "store/store.h"
#include "wire/control.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { fd_settings = 3, fd_control = 4, fd_listener = 5, secrets_most = 2048 };

static struct keeper keeper;

static err open_memory(struct keeper *k)
{
	struct ctx *c = &k->c;

	k->arena = arena_open(job_arena);
	if (!k->arena || !secrets_open(secrets_most))
		return fault(c, fault_memory, "no memory to begin with");
	c->arena = k->arena;
	if (!secrets_locked())
		log_line(log_warning, NULL,
			"secrets are not in locked memory: raise the limit of locked memory");
	jobs_open(&k->free, 0);
	must_be(pthread_mutex_init(&k->pace.lock, NULL) == 0);
	for (size_t i = 0; i < peer_count; i++) {
		k->peers[i].fd = -1;
		must_be(pthread_mutex_init(&k->peers[i].out, NULL) == 0);
	}
	for (size_t i = 0; i < job_count; i++) {
		k->job[i].arena = arena_open(job_arena);
		if (!k->job[i].arena)
			return fault(c, fault_memory, "operations");
		must_be(jobs_put(&k->free, &k->job[i]));
	}
	return 0;
}

static err open_settings(struct keeper *k)
{
	struct conf *conf;
	err e;

	k->control = fd_control;
	k->listener = fd_listener;
	if ((e = conf_receive(&k->c, fd_settings, &conf)) || (e = settings_swap(k, conf)))
		return e;
	k->c.conf = conf;
	k->epoll = epoll_create1(EPOLL_CLOEXEC);
	return k->epoll < 0 ? fault(&k->c, fault_io, "epoll") : 0;
}

static const char *below(struct ctx *c, const char *folder)
{
	struct buf b = buf_in(c->arena, 4200);

	buf_add(&b, c->conf->data);
	buf_add(&b, str_of(folder));
	buf_char(&b, 0);
	must_be(!b.full); /* a path in a setting is shorter, and the arena is new */
	return b.at;
}

static err open_store(struct keeper *k, enum store_how how)
{
	struct ctx *c = &k->c;
	const char *keys = below(c, "/keys"), *data = below(c, "");
	struct store_status status;
	struct keys *opened;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = cores > 0 ? (size_t)cores : 1, queue = (size_t)c->conf->hash_queue;
	err e;

	if ((e = crypto_open(c)) || (e = keys_open(c, keys, true, &opened)))
		return e;
	c->keys = opened;
	if ((e = store_open(c, data, how, &c->store, &status)) || (e = born_check(c, status.made)))
		return e;
	if (status.backed_up)
		log_line(log_info, NULL, "the store was backed up and brought to schema %lld",
			(long long)status.schema);
	jobs_open(&k->waiting, threads + queue);
	return hash_pool_open(c, threads, queue, &c->pool);
}

/* What a crash left half-said: a comparison that nobody finishes any more goes back, its try spent.
 */
static err recall(struct keeper *k)
{
	struct unit unit = unit_begin(&k->c);
	struct audit_about about = { .actor = actor_system };
	err e;

	k->c.now = clock_now();
	unit_add(&unit, statement_flows_recall, any_rows, WITH_NOTHING);
	if ((e = audit_add(&unit, event_keeper_started, &about)))
		return e;
	return unit_commit(&unit);
}

static err start(struct keeper *k, enum store_how how)
{
	static struct site site;
	err e;

	k->site = k->c.site = &site;
	if ((e = open_memory(k)) || (e = open_settings(k)) || (e = passkey_site(&k->c)) ||
		(e = cage_close(&k->c, cage_keeper)) || (e = open_store(k, how)) ||
		(e = recall(k)) || (e = release_start(k)) || (e = workers_start(k)) ||
		(e = house_start(k)))
		return e;
	arena_wipe(k->arena);
	return control_send(&k->c, k->control, "ready", -1);
}

static void stop(struct keeper *k)
{
	(void)pthread_join(k->house_thread, NULL);
	(void)pthread_join(k->wrap_thread, NULL);
	jobs_close(&k->waiting);
	for (size_t i = 0; i < worker_count; i++)
		(void)pthread_join(k->workers[i], NULL);
	store_close(&k->c.store);
}

int main(int argc, char **argv)
{
	struct keeper *k = &keeper;

	log_open("keeper", log_info);
	if (argc > 1 && strcmp(argv[1], control_again) != 0)
		return offline_run(argc, argv);
	if (start(k, argc > 1 ? store_again : store_make) || read_frames(k)) {
		log_line(log_error, NULL, "%s: %s", fault_name(k->c.fault.kind), k->c.fault.words);
		return 1;
	}
	stop(k);
	return 0;
}
