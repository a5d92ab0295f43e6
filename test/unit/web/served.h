/* web as a whole, without its cage: real requests over a loopback socket, and a keeper of the
 * test's own that answers every operation as it is told. */
#ifndef TEST_WEB_SERVED_H
#define TEST_WEB_SERVED_H

#include "check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "view/view.h"
#include "web/visit.h"

#define HOST "Host: reset.example.org\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct {
	struct web web;
	struct ctx c;
	int far, port;
	atomic_bool over;
	pthread_t thread;
	/* What the keeper says to all but brand_show; set while nothing is asked. */
	_Atomic(enum reply) reply, page; /* page: where the flow stands */
	atomic_bool silent, gives_tokens;
	atomic_int asked; /* the last operation that was asked, but for brand_show */
	char seen[frame_limit];
	size_t seen_length;
} served;

static inline void make_answer(struct ctx *c, enum operation_id id, struct answer *a, void *record)
{
	*a = (struct answer){ .support = STR("ABCD1234") };
	if (id == operation_brand_show) {
		*(struct rec_brand *)record =
			(struct rec_brand){ .organisation = STR("Example <&> Co"),
				.base_url = STR("https://reset.example.org"),
				.accent = STR("#1f4e8c"),
				.password_min = 15 };
	} else if (operation_list[id].record == &shape_rec_flow_page) {
		*(struct rec_flow_page *)record =
			(struct rec_flow_page){ .reply = str_of(reply_name(served.page)),
				.method = STR("mail"),
				.ways = STR("totp|recovery_code"),
				.offered = STR("mail|totp|recovery_code"),
				.shown_name = STR("ada"),
				.step = 1,
				.steps = 3,
				.tries_left = 4,
				.expires = clock_now() + 600 };
	} else if (operation_list[id].record == &shape_rec_info) {
		*(struct rec_info *)record = (struct rec_info){
			.shown_name = STR("ada"), .fresh = 1, .prove_by = STR("password")
		};
	} else {
		return;
	}
	a->record = record;
	if (id != operation_brand_show && served.gives_tokens) {
		a->flow = secret_take(c->arena, "0123456789abcdef0123456789abcdef", 32);
		a->session = secret_take(c->arena, "fedcba9876543210fedcba9876543210", 32);
	}
}

static inline void answer_one(struct ctx *c, struct str frame)
{
	static char memory[answer_limit];
	static union {
		struct rec_brand brand;
		struct rec_flow_page flow;
		struct rec_info info;
	} record;
	struct buf out = buf_on(memory, sizeof(memory));
	struct request r = { 0 };
	enum operation_id id;
	struct answer a;
	const void *in;
	uint32_t serial;

	assert_int_equal(frame_take(c, frame, &serial, &id, &r, &in), 0);
	if (id != operation_brand_show) {
		served.asked = (int)id;
		memcpy(served.seen, frame.at, frame.length);
		served.seen_length = frame.length;
		if (served.silent)
			return;
	}
	make_answer(c, id, &a, &record);
	assert_int_equal(
		answer_give(c, serial, id,
			id == operation_brand_show ? (int)reply_done : (int)served.reply, &a, &out),
		0);
	assert_int_equal(send(served.far, out.at, out.length, MSG_NOSIGNAL), (ssize_t)out.length);
}

/* The frame thread, and the keeper at the far end of its socket. */
static inline void *work(void *nothing)
{
	static char bytes[frame_limit];
	struct ctx c = { .arena = arena_open(256 * 1024) };

	while (!served.over) {
		ssize_t n;
		struct str rest;
		int64_t whole;

		keeper_turn(served.web.keeper, 5);
		n = recv(served.far, bytes, sizeof(bytes), MSG_DONTWAIT);
		rest = (struct str){ bytes, n > 0 ? (size_t)n : 0 };
		while ((whole = frame_whole(rest, frame_limit)) > 0) {
			answer_one(&c, str_upto(rest, (size_t)whole));
			rest = str_from(rest, (size_t)whole);
		}
		arena_wipe(c.arena);
	}
	arena_close(&c.arena);
	return nothing;
}

static inline int open_listener(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(fd, 256), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	served.port = ntohs(at.sin_port);
	return fd;
}

static inline void join_keeper(void)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	keeper_join(served.web.keeper, ends[0]);
	served.far = ends[1];
}

static inline int serve_start(void **state)
{
	struct conf_error *errors;
	struct web *web = &served.web;
	size_t count;

	(void)state;
	served.c.arena = arena_open(1024 * 1024);
	assert_true(secrets_open(64));
	assert_int_equal(conf_read(&served.c, NULL, &web->conf, &errors, &count), 0);
	assert_int_equal(
		conf_set(&served.c, web->conf, "site.baseUrl", "https://reset.example.org"), 0);
	assert_true(site_of(web->conf->base_url, &web->site));
	web->page = mmap(
		NULL, view_page_limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	web->listener = open_listener();
	assert_int_equal(peers_open(&served.c, &web->peers), 0);
	assert_int_equal(keeper_open(&served.c, &web->keeper), 0);
	join_keeper();
	assert_int_equal(listener_open(&served.c, web), 0);
	return pthread_create(&served.thread, NULL, work, NULL);
}

static inline int serve_stop(void **state)
{
	(void)state;
	MHD_stop_daemon(served.web.daemon);
	served.over = true;
	return pthread_join(served.thread, NULL);
}

static inline int connect_to_it(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)served.port) };
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	return fd;
}

/* One request on a connection of its own; the whole answer as text, until the other side closes. */
static inline const char *ask(const char *request)
{
	static char answer[512 * 1024];
	int fd = connect_to_it();
	size_t length = 0;
	ssize_t n;

	assert_int_equal(
		send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	while ((n = recv(fd, answer + length, sizeof(answer) - 1 - length, 0)) > 0)
		length += (size_t)n;
	answer[length] = 0;
	(void)close(fd);
	return answer;
}

static inline const char *get(const char *path, const char *more)
{
	static char request[8192];

	(void)snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\n" HOST "Connection: close\r\n%s\r\n", path, more);
	return ask(request);
}

static inline const char *post(const char *path, const char *more, const char *body)
{
	static char request[32 * 1024];

	(void)snprintf(request, sizeof(request),
		"POST %s HTTP/1.1\r\n" HOST "Connection: close\r\n%sContent-Length: %zu\r\n\r\n%s",
		path, more, strlen(body), body);
	return ask(request);
}

static inline void has(const char *answer, const char *words)
{
	if (!strstr(answer, words))
		fail_msg("no \"%s\" in:\n%.3000s", words, answer ? answer : "nothing");
}

static inline void lacks(const char *answer, const char *words)
{
	if (strcasestr(answer, words))
		fail_msg("\"%s\" is in:\n%.3000s", words, answer ? answer : "nothing");
}

static inline void is(const char *answer, int status)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
	if (strncmp(answer, line, strlen(line)) != 0)
		fail_msg("not %d:\n%.600s", status, answer ? answer : "nothing");
}

#endif
