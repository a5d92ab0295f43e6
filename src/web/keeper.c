/* Operations out, answers in: many frames written and read at a time over one socket.
 *
 * The MHD thread appends frames and wakes the frame thread, which alone touches the socket. A slot
 * remembers who asked; its number and its use make the serial, so that an answer that comes late
 * finds nobody. */
#include "web/inside.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	slots = asks_most,
	slot_bits = 8,
	out_size = 4 * frame_limit, /* forms are small; more than this waiting is "busy" */
	in_size = answer_limit + 64 * 1024
};
_Static_assert(slots == 1 << slot_bits, "a serial holds the slot in its low bits");

struct slot {
	struct ask *ask; /* NULL: free */
	uint32_t use, next_free;
};

struct keeper {
	pthread_mutex_t lock;
	struct buf filling; /* under the lock */
	struct slot slot[slots];
	uint32_t free; /* the first free slot; slots: none */
	bool joined;
	bool slow; /* nothing came back in time: until something does, nobody waits for it */
	int wake;
	/* The frame thread's own. */
	int fd;
	bool parted; /* and nobody was told */
	struct buf sending;
	size_t sent;
	char *in;
	size_t in_length;
	struct arena *arena;
};

static void wake(struct keeper *k)
{
	const uint64_t one = 1;

	/* A counter that is full is awake already. */
	if (write(k->wake, &one, sizeof(one)) < 0)
		return;
}

err keeper_open(struct ctx *c, struct keeper **out)
{
	struct arena *arena = arena_open(sizeof(struct keeper) + 2 * out_size + in_size + 4096);
	struct keeper *k = arena ? arena_take(arena, sizeof(*k)) : NULL;

	if (!k)
		return fault(c, fault_memory, "memory for frames");
	k->arena = arena;
	k->filling = buf_in(arena, out_size);
	k->sending = buf_in(arena, out_size);
	k->in = arena_take(arena, in_size);
	must_be(k->in);
	k->fd = -1;
	k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (k->wake < 0 || pthread_mutex_init(&k->lock, NULL) != 0)
		return fault(c, fault_io, "eventfd: %s", strerror(errno));
	for (uint32_t i = 0; i < slots; i++)
		k->slot[i].next_free = i + 1;
	*out = k;
	return 0;
}

bool keeper_joined(struct keeper *k)
{
	bool joined;

	pthread_mutex_lock(&k->lock);
	joined = k->joined && !k->slow;
	pthread_mutex_unlock(&k->lock);
	return joined;
}

/* ---- slots; under the lock ---- */

static void slot_free(struct keeper *k, uint32_t i)
{
	k->slot[i].ask = NULL;
	k->slot[i].use++;
	k->slot[i].next_free = k->free;
	k->free = i;
}

static struct ask *slot_take_back(struct keeper *k, uint32_t serial)
{
	uint32_t i = serial & (slots - 1);
	struct ask *ask = NULL;

	pthread_mutex_lock(&k->lock);
	if (k->slot[i].ask && k->slot[i].use << slot_bits == (serial & ~(uint32_t)(slots - 1))) {
		ask = k->slot[i].ask;
		slot_free(k, i);
	}
	pthread_mutex_unlock(&k->lock);
	return ask;
}

static int64_t due_of(enum operation_id id)
{
	int64_t seconds = id == operation_ready_show ? ready_seconds : ask_seconds;

	return clock_monotonic_us() + seconds * 1000000;
}

err keeper_ask(struct keeper *k, struct ask *ask, const struct request *r, const void *in)
{
	uint32_t i;
	bool first;
	err e;

	pthread_mutex_lock(&k->lock);
	i = k->free;
	first = k->filling.length == 0;
	if (!k->joined || k->slow) {
		e = -(err)fault_wire;
	} else if (i == slots || k->filling.limit - k->filling.length < frame_limit) {
		e = reply_busy;
	} else {
		e = frame_ask(ask->c, k->slot[i].use << slot_bits | i, ask->id, r, in, &k->filling);
		if (!e) {
			k->free = k->slot[i].next_free;
			k->slot[i].ask = ask;
			ask->due_us = due_of(ask->id);
		}
	}
	pthread_mutex_unlock(&k->lock);
	if (!e && first)
		wake(k);
	return e;
}

/* ---- the frame thread ---- */

static void finish(struct ask *ask, err e)
{
	ask->e = e;
	ask->done(ask);
}

/* Fails what was to be answered by `now_us`. Returns how many that were that are given as long as
 * any: /readyz is not, and its being late is no reason to turn people away. */
static size_t fail_due(struct keeper *k, int64_t now_us, const char *why)
{
	size_t count = 0, patient = 0;

	for (uint32_t i = 0; i < slots; i++) {
		struct ask *ask;

		pthread_mutex_lock(&k->lock);
		ask = k->slot[i].ask;
		if (ask && ask->due_us <= now_us)
			slot_free(k, i);
		else
			ask = NULL;
		pthread_mutex_unlock(&k->lock);
		if (!ask)
			continue;
		count++;
		patient += ask->id != operation_ready_show;
		finish(ask, -(err)fault_wire);
	}
	if (count)
		log_line(log_warning, NULL, "%zu requests without an answer: %s", count, why);
	return patient;
}

static void set_slow(struct keeper *k, bool slow)
{
	pthread_mutex_lock(&k->lock);
	k->slow = slow;
	pthread_mutex_unlock(&k->lock);
}

/* A page asks more than once: each would wait anew, longer than any proxy does. What was sent is
 * still answered by a keeper that goes on, and that shows that it does. */
void keeper_overdue(struct keeper *k)
{
	if (fail_due(k, clock_monotonic_us(), "the keeper is too slow"))
		set_slow(k, true);
}

static void empty(struct buf *b)
{
	if (b->length)
		bytes_wipe(b->at, b->length);
	b->length = 0;
	b->full = false;
}

static void part(struct keeper *k, const char *why)
{
	if (k->fd < 0)
		return;
	pthread_mutex_lock(&k->lock);
	k->joined = false;
	empty(&k->filling);
	pthread_mutex_unlock(&k->lock);
	fd_close(&k->fd);
	empty(&k->sending);
	k->sent = 0;
	bytes_wipe(k->in, k->in_length);
	k->in_length = 0;
	(void)fail_due(k, INT64_MAX, why);
	k->parted = true;
	log_line(log_warning, NULL, "parted from the keeper: %s", why);
}

bool keeper_parted(struct keeper *k)
{
	bool parted = k->parted;

	k->parted = false;
	return parted;
}

void keeper_join(struct keeper *k, int fd)
{
	part(k, "a new one takes its place");
	k->fd = fd;
	k->parted = false;
	pthread_mutex_lock(&k->lock);
	k->joined = true;
	k->slow = false;
	pthread_mutex_unlock(&k->lock);
}

/* Takes over what was filled meanwhile. */
static bool more_to_send(struct keeper *k)
{
	struct buf sent = k->sending;

	if (k->sent < k->sending.length)
		return true;
	empty(&sent);
	k->sent = 0;
	pthread_mutex_lock(&k->lock);
	k->sending = k->filling;
	k->filling = sent;
	pthread_mutex_unlock(&k->lock);
	return k->sending.length > 0;
}

static void send_frames(struct keeper *k)
{
	while (k->fd >= 0 && more_to_send(k)) {
		ssize_t n = send(k->fd, k->sending.at + k->sent, k->sending.length - k->sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			part(k, strerror(errno));
		else
			k->sent += (size_t)n;
	}
}

/* A copy in the arena of the visit, since texts of the answer point into the frame. */
static err take_answer(struct ask *ask, struct str frame)
{
	struct str copy = arena_copy(ask->c->arena, frame);
	uint32_t serial;

	if (!copy.at)
		return fault(ask->c, fault_arena, "an answer of %zu bytes", frame.length);
	return answer_take(ask->c, copy, ask->id, &serial, &ask->reply, &ask->answer);
}

/* Hands out every whole frame and keeps what is left. False: the stream makes no sense. */
static bool hand_out(struct keeper *k)
{
	struct str rest = { k->in, k->in_length };
	int64_t whole;

	if (frame_whole(rest, answer_limit) > 0)
		set_slow(k, false);
	while ((whole = frame_whole(rest, answer_limit)) > 0) {
		struct str frame = str_upto(rest, (size_t)whole);
		struct ask *ask = slot_take_back(k, frame_serial(frame));

		if (ask)
			finish(ask, take_answer(ask, frame));
		rest = str_from(rest, (size_t)whole);
	}
	if (whole < 0)
		return false;
	if (rest.length < k->in_length) {
		memmove(k->in, rest.at, rest.length);
		bytes_wipe(k->in + rest.length, k->in_length - rest.length);
		k->in_length = rest.length;
	}
	return true;
}

static void receive_frames(struct keeper *k)
{
	ssize_t n = recv(k->fd, k->in + k->in_length, in_size - k->in_length, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		part(k, n == 0 ? "it closed the socket" : strerror(errno));
		return;
	}
	k->in_length += (size_t)n;
	if (!hand_out(k))
		part(k, "its stream makes no sense");
}

void keeper_poll(struct keeper *k, struct pollfd at[keeper_poll_count])
{
	at[0] = (struct pollfd){ .fd = k->wake, .events = POLLIN };
	at[1] = (struct pollfd){ .fd = k->fd,
		.events = (short)(POLLIN | (k->sent < k->sending.length ? POLLOUT : 0)) };
}

void keeper_work(struct keeper *k, const struct pollfd at[keeper_poll_count])
{
	uint64_t count;

	/* Woken by one: whoever else is about to ask or to answer does so first. On a busy core
	 * many are then served at once, where each had cost a turn of its own. */
	(void)sched_yield();
	if (at[0].revents && read(k->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
		log_line(log_error, NULL, "eventfd: %s", strerror(errno));
	if (k->fd >= 0 && at[1].fd == k->fd && (at[1].revents & (POLLIN | POLLHUP | POLLERR)))
		receive_frames(k);
	send_frames(k);
}

void keeper_turn(struct keeper *k, int millis)
{
	struct pollfd at[keeper_poll_count];

	keeper_poll(k, at);
	if (poll(at, keeper_poll_count, millis) > 0)
		keeper_work(k, at);
}
