/* The one thread that reads frames, accepts command lines, and hears the supervisor. */
#include "keeper/inside.h"

#include "conf/conf.h"
#include "wire/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { send_seconds = 2, drain_seconds = 10, events_at_a_time = 64 };

/* What an epoll event is about: a peer's place, or one of these. */
enum { about_control = peer_count, about_listener };

static err watch(struct keeper *k, int fd, uint32_t about)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = about };

	if (epoll_ctl(k->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		return fault(&k->c, fault_io, "epoll: %s", strerrordesc_np(errno));
	return 0;
}

static struct peer *peer_free(struct keeper *k)
{
	for (size_t i = 0; i < peer_count; i++)
		if (k->peers[i].fd < 0)
			return &k->peers[i];
	return NULL;
}

/* A place for a descriptor, with its door for ever. No place: the descriptor is closed. */
static void peer_open(struct keeper *k, int fd, enum door door, const char *edge)
{
	struct timeval patience = { .tv_sec = send_seconds };
	struct peer *peer = peer_free(k);

	if (peer && !peer->arena)
		peer->arena = arena_open(peer_arena);
	if (peer && peer->arena) {
		arena_wipe(peer->arena);
		peer->in = arena_take(peer->arena, peer_arena / 2);
		peer->in_length = 0;
		peer->door = door;
		(void)snprintf(peer->edge, sizeof(peer->edge), "%s", edge);
		atomic_store(&peer->gone, false);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		must_be(peer->in);
		if (watch(k, fd, (uint32_t)(peer - k->peers)) == 0) {
			peer->fd = fd;
			return;
		}
	}
	log_line(log_warning, NULL, "no place for another connection");
	(void)close(fd);
}

/* Closed for reading at once; the place is free when the last of its jobs has answered. */
static void peer_end(struct keeper *k, struct peer *peer)
{
	atomic_store(&peer->gone, true);
	(void)epoll_ctl(k->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
}

/* A stream in the place of an older one:
 * what is still asked there is finished, and told to nobody. */
static void edge_open(struct keeper *k, int fd, enum door door, const char *edge)
{
	for (size_t i = 0; i < peer_count; i++)
		if (k->peers[i].fd >= 0 && strcmp(k->peers[i].edge, edge) == 0)
			peer_end(k, &k->peers[i]);
	peer_open(k, fd, door, edge);
}

static void peers_sweep(struct keeper *k)
{
	for (size_t i = 0; i < peer_count; i++) {
		struct peer *peer = &k->peers[i];

		if (peer->fd < 0 || !atomic_load(&peer->gone) || atomic_load(&peer->jobs) > 0)
			continue;
		pthread_mutex_lock(&peer->out);
		(void)epoll_ctl(k->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
		fd_close(&peer->fd);
		pthread_mutex_unlock(&peer->out);
		arena_wipe(peer->arena);
	}
}

/* Who asks what: the few bytes before all fields. False: no operation. */
static bool frame_about(struct str frame, uint32_t *serial, uint16_t *id)
{
	uint8_t head[frame_header];

	must_be(frame.length >= frame_header);
	memcpy(head, frame.at, sizeof(head));
	memcpy(serial, head + 4, sizeof(*serial));
	memcpy(id, head + 8, sizeof(*id));
	return *id < operation_count;
}

/* Too many operations at a time: said at once. Thousands may come in one read, and each is
 * answered, so nothing of one answer is kept for the next. */
static void answer_busy(struct keeper *k, struct peer *peer, struct str frame)
{
	char memory[1024];
	struct buf out = buf_on(memory, sizeof(memory));
	struct answer busy = { .wait_seconds = 2 };
	uint32_t serial;
	uint16_t id;

	if (!frame_about(frame, &serial, &id))
		return;
	must_be(answer_give(&k->c, serial, id, reply_busy, &busy, &out) == 0);
	pthread_mutex_lock(&peer->out);
	if (send(peer->fd, out.at, out.length, MSG_NOSIGNAL) != (ssize_t)out.length)
		atomic_store(&peer->gone, true);
	pthread_mutex_unlock(&peer->out);
}

/* Its pace says whether it may need one. */
static bool may_hash(struct str frame)
{
	uint32_t serial;
	uint16_t id;

	return frame_about(frame, &serial, &id) && operation_list[id].pace == pace_signin;
}

static void hand_over(struct keeper *k, struct peer *peer, struct str frame)
{
	struct job *job = jobs_take(&k->free, false);

	if (!job) {
		answer_busy(k, peer, frame);
		return;
	}
	job->peer = peer;
	job->answer = STR_NONE;
	job->release_us = 0;
	job->arrived_us = clock_monotonic_us();
	job->frame = arena_copy(job->arena, frame);
	job->hashes = may_hash(frame);
	must_be(job->frame.at);
	atomic_fetch_add(&peer->jobs, 1);
	atomic_fetch_add(&k->busy, 1);
	if (jobs_put(&k->waiting, job))
		return;
	answer_busy(k, peer, frame);
	job_done(k, job);
}

/* All whole frames that are there; what remains moves to the front. Who does not read its answers
 * is waited for once: nobody else is heard meanwhile. */
static bool frames_take(struct keeper *k, struct peer *peer)
{
	struct str rest = { peer->in, peer->in_length };

	for (;;) {
		int64_t whole = frame_whole(rest, frame_limit);

		if (whole < 0 || atomic_load(&peer->gone))
			return false;
		if (whole == 0)
			break;
		hand_over(k, peer, str_upto(rest, (size_t)whole));
		rest = str_from(rest, (size_t)whole);
	}
	memmove(peer->in, rest.at, rest.length);
	bytes_wipe(peer->in + rest.length, peer->in_length - rest.length);
	peer->in_length = rest.length;
	return true;
}

static void peer_read(struct keeper *k, struct peer *peer)
{
	ssize_t got;

	if (atomic_load(&peer->gone))
		return;
	got = recv(peer->fd, peer->in + peer->in_length, peer_arena / 2 - peer->in_length,
		MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0)
		peer->in_length += (size_t)got;
	if (got <= 0 || !frames_take(k, peer))
		peer_end(k, peer);
}

/* Only the user that rekey runs as, and root, speak to the command line's door. */
static void command_line(struct keeper *k)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0 ||
		(who.uid != 0 && who.uid != geteuid())) {
		log_line(log_warning, NULL, "a command line of another user was turned away");
		(void)close(fd);
		return;
	}
	peer_open(k, fd, door_socket, "");
}

static void reload(struct keeper *k, int fd)
{
	scoped(conf_close) struct conf *conf = NULL;

	if (conf_receive(&k->c, fd, &conf) || settings_swap(k, conf)) {
		log_line(log_error, NULL, "reload: %s", k->c.fault.words);
	} else {
		conf = NULL; /* in force */
		log_line(log_info, NULL, "reloaded");
	}
	arena_wipe(k->c.arena);
	(void)close(fd);
}

static void control(struct keeper *k)
{
	char word[control_word_size];
	int fd = -1;
	err e = control_receive(&k->c, k->control, word, &fd);

	if (e) {
		log_line(log_warning, NULL, "the supervisor is gone");
		atomic_store(&k->stopping, true);
	} else if (str_starts(str_of(word), STR("web ")) && fd >= 0) {
		edge_open(k, fd, door_visitor, word);
	} else if (str_starts(str_of(word), STR("courier ")) && fd >= 0) {
		edge_open(k, fd, door_courier, word);
	} else if (str_is(str_of(word), "conf") && fd >= 0) {
		reload(k, fd);
	} else {
		if (str_is(str_of(word), "drain"))
			atomic_store(&k->stopping, true);
		fd_close(&fd);
	}
}

static void drain(struct keeper *k)
{
	int64_t until = clock_monotonic_us() + (int64_t)drain_seconds * 1000000;

	while (atomic_load(&k->busy) > 0 && clock_monotonic_us() < until) {
		struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };

		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
}

err read_frames(struct keeper *k)
{
	struct epoll_event events[events_at_a_time];
	err e;

	if ((e = watch(k, k->control, about_control)) ||
		(e = watch(k, k->listener, about_listener)))
		return e;
	while (!atomic_load(&k->stopping)) {
		int count = epoll_wait(k->epoll, events, events_at_a_time, 1000);

		for (int i = 0; i < count; i++) {
			uint32_t about = events[i].data.u32;

			if (about == about_control)
				control(k);
			else if (about == about_listener)
				command_line(k);
			else
				peer_read(k, &k->peers[about]);
		}
		peers_sweep(k);
	}
	drain(k);
	return 0;
}
