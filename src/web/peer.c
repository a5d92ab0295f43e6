/* Connections, and until when each must have got on: the library's own time-out only counts
 * silence, and a byte now and then is not silence. */
#include "web/visit.h"

#include <pthread.h>
#include <sys/socket.h>

struct peer {
	int fd; /* -1: free */
	_Atomic int64_t until_us;
};

struct peers {
	pthread_mutex_t lock; /* held while a descriptor is shut, so that it is still this peer's */
	struct peer peer[visits_most];
};

err peers_open(struct ctx *c, struct peers **out)
{
	struct peers *peers = arena_take(c->arena, sizeof(*peers));

	if (!peers || pthread_mutex_init(&peers->lock, NULL) != 0)
		return fault(c, fault_arena, "connections");
	for (size_t i = 0; i < visits_most; i++)
		peers->peer[i].fd = -1;
	*out = peers;
	return 0;
}

void peer_until(struct peer *peer, int seconds)
{
	if (peer)
		atomic_store(&peer->until_us,
			seconds ? clock_monotonic_us() + seconds * INT64_C(1000000) : INT64_MAX);
}

struct peer *peer_come(struct peers *peers, int fd)
{
	struct peer *peer = NULL;

	pthread_mutex_lock(&peers->lock);
	for (size_t i = 0; i < visits_most && !peer; i++)
		if (peers->peer[i].fd < 0)
			peer = &peers->peer[i];
	if (peer) {
		peer_until(peer, head_seconds);
		peer->fd = fd;
	}
	pthread_mutex_unlock(&peers->lock);
	return peer;
}

void peer_go(struct peers *peers, struct peer *peer)
{
	if (!peer)
		return;
	pthread_mutex_lock(&peers->lock);
	peer->fd = -1;
	pthread_mutex_unlock(&peers->lock);
}

void peers_hurry(struct peers *peers)
{
	int64_t now = clock_monotonic_us();

	pthread_mutex_lock(&peers->lock);
	for (size_t i = 0; i < visits_most; i++) {
		struct peer *peer = &peers->peer[i];

		/* The library sees the end of the connection and lets go of it. */
		if (peer->fd >= 0 && atomic_load(&peer->until_us) < now)
			(void)shutdown(peer->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&peers->lock);
}
