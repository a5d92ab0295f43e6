/* Any bytes as what a mail server says before TLS: nothing of a mail, of its recipient or of the
 * password goes out, it is never taken for sent, and since anyone on the way could have said it,
 * nor is it ever the last word on the mail. */
#include "courier/inside.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"

enum { heard_most = 16 * 1024 };

static struct {
	int listener;
	int64_t port;
	_Atomic(const uint8_t *) says;
	size_t says_size;
	char heard[heard_most];
	size_t heard_size;
	pthread_barrier_t over;
} server = { .listener = -1 };

/* All of it at once, as one who guesses what will be asked; then what the client says is kept. */
static void talk(int fd)
{
	const struct linger at_once = { 1, 0 };
	ssize_t got = send(fd, server.says, server.says_size, MSG_NOSIGNAL);

	(void)shutdown(fd, SHUT_WR);
	server.heard_size = 0;
	do {
		got = recv(fd, server.heard + server.heard_size, heard_most - server.heard_size, 0);
		server.heard_size += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static void *serve(void *none)
{
	for (;;) {
		int fd = accept(server.listener, NULL, NULL);

		must_be(fd >= 0);
		talk(fd);
		(void)close(fd);
		(void)pthread_barrier_wait(&server.over);
	}
	return none;
}

static void open_once(struct ctx *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	pthread_t thread;

	if (server.listener >= 0)
		return;
	must_be(smtp_open(c) == 0);
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must_be(bind(server.listener, (struct sockaddr *)&at, size) == 0 &&
		listen(server.listener, 16) == 0);
	must_be(getsockname(server.listener, (struct sockaddr *)&at, &size) == 0);
	server.port = ntohs(at.sin_port);
	must_be(pthread_barrier_init(&server.over, NULL, 2) == 0 &&
		pthread_create(&thread, NULL, serve, NULL) == 0);
}

static bool heard(const char *what)
{
	struct str all = { server.heard, server.heard_size };

	return str_find(all, str_of(what)) < all.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct relay relay = { .host = STR("127.0.0.1"),
		.user = STR("postmaster"),
		.sender = STR("rekey@reset.example") };
	struct sending out;

	if (size > 4096)
		return 0;
	open_once(c);
	relay.port = server.port;
	relay.password = secret_take(c->arena, "hush hush", 9);
	server.says_size = size;
	server.says = bytes;
	smtp_send(c, &relay, STR("ada@example.net"), STR("Subject: 12345678\r\n\r\nyour code\r\n"),
		&out);
	(void)pthread_barrier_wait(&server.over);
	must_be(!heard("ada@") && !heard("12345678") && !heard("hush") && !heard("rekey@") &&
		!heard("AUTH") && !heard("cG9zdG1hc3Rlcg"));
	must_be(out.outcome == outcome_later);
	for (const char *at = out.detail; *at; at++)
		must_be(*at >= ' ' && *at <= '~');
	arena_wipe(c->arena);
	return 0;
}
