/* HTTP in: the library's callbacks. */
#include "web/visit.h"

#include <errno.h>

enum { connection_memory = 16 * 1024 }; /* what the library may keep of one request's head */

/* ---- what is asked of the keeper ---- */

static void answered(struct ask *ask)
{
	struct visit *v = ask->owner;

	MHD_resume_connection(v->connection);
}

/* The cookie's bytes as a secret, for as long as it takes to write the frame. False: none left. */
static bool take_token(struct visit *v, enum cookie cookie, struct secret **out)
{
	uint8_t bytes[token_size];
	size_t size = sizeof(bytes);

	*out = NULL;
	if (!v->cookies.value[cookie].length)
		return true;
	if (base64url_take(v->cookies.value[cookie], bytes, &size))
		*out = secret_take(v->c.arena, bytes, size);
	bytes_wipe(bytes, sizeof(bytes));
	return *out != NULL;
}

static err ask_keeper(struct visit *v, const void *in)
{
	struct request r = v->request;
	err e = reply_busy;

	if (take_token(v, cookie_session, &r.session) && take_token(v, cookie_flow, &r.flow) &&
		take_token(v, cookie_device, &r.device))
		e = keeper_ask(v->web->keeper, &v->ask, &r, in);
	secret_drop(&r.session);
	secret_drop(&r.flow);
	secret_drop(&r.device);
	return e;
}

void visit_ask(struct visit *v, enum operation_id id, const void *in, step *then)
{
	err e;

	v->then = then;
	v->ask = (struct ask){ .c = &v->c, .id = id, .done = answered, .owner = v };
	/* Before the frame is on its way: the answer may come before this function returns. */
	MHD_suspend_connection(v->connection);
	e = ask_keeper(v, in);
	if (!e)
		return;
	if (e < 0)
		v->ask.e = e;
	else
		v->ask.reply = e;
	v->ask.answer.wait_seconds = busy_seconds;
	MHD_resume_connection(v->connection);
}

/* ---- the library's callbacks ---- */

static struct peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void connection_notice(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct web *web = cls;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		peer_go(web->peers, *context);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = info ? peer_come(web->peers, info->connect_fd) : NULL;
}

/* The library cuts the query into arguments before anything of ours sees it whole, but here. How
 * long it was, and one, stands where the visit will: at so low an address there is none. */
static void *look_at_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	(void)cls;
	(void)connection;
	return (void *)(strlen(target) + 1);
}

static bool is_visit(const void *context)
{
	return (uintptr_t)context > connection_memory;
}

static void request_over(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)code;
	peer_until(peer_of(connection), head_seconds);
	if (is_visit(*context))
		visit_drop(*context);
	*context = NULL;
}

/* No visit is free: the one answer that needs no memory of ours. */
static enum MHD_Result turn_away(struct MHD_Connection *connection)
{
	static const char words[] = "busy\n";
	struct MHD_Response *r = MHD_create_response_from_buffer(
		sizeof(words) - 1, (void *)(uintptr_t)words, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	(void)MHD_add_response_header(r, "Retry-After", "5");
	result = MHD_queue_response(connection, 503, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result take_body(struct visit *v, const char *data, size_t *size)
{
	/* The length was announced and the library counts; this is the second look. */
	if (*size > v->body_length - v->body_have)
		return MHD_NO;
	memcpy(v->body + v->body_have, data, *size);
	v->body_have += *size;
	*size = 0;
	return MHD_YES;
}

/* Goes on until something is asked or answered. */
static enum MHD_Result go_on(struct visit *v)
{
	step *next = v->then ? v->then : v->route->serve;

	v->then = NULL;
	next(v);
	if (v->then)
		return MHD_YES;
	must_be(v->out.status);
	return respond(v);
}

/* How long the head was as it came, and its first line by what the library made of it. */
static void take_sizes(struct visit *v, size_t target, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(v->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	v->head.size = info ? info->header_size : 0;
	v->head.line_size = strlen(method) + 1 + target + 1 + strlen(version) + 2;
}

/* The head is there. */
static enum MHD_Result begin(struct web *web, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, void **context)
{
	size_t target = *context ? (uintptr_t)*context - 1 : 0;
	struct visit *v = visit_take(web, connection);

	*context = v;
	if (!v)
		return turn_away(connection);
	web_configure(web);
	peer_until(peer_of(connection), body_seconds);
	take_sizes(v, target, method, version);
	visit_arrive(v, url, method);
	if (target > target_limit && !v->out.status)
		refuse_visit(v, 414, "http_long_address");
	/* An answer now ends the connection: right for what is malformed, not for a wrong link. */
	return v->out.status && v->out.status != 404 ? respond(v) : MHD_YES;
}

static enum MHD_Result serve(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **context)
{
	struct web *web = cls;
	struct visit *v = *context;

	if (!is_visit(v))
		return begin(web, connection, url, method, version, context);
	/* A form to where nothing is: the library takes no answer before its body was passed over.
	 */
	if (v->out.status && *size) {
		*size = 0;
		return MHD_YES;
	}
	if (v->out.status)
		return respond(v);
	if (*size)
		return take_body(v, data, size);
	if (!v->then)
		peer_until(peer_of(connection), reply_seconds);
	return go_on(v);
}

/* Nothing is decoded by the library: a path is compared as it came, a query is decoded by us. */
static size_t leave_as_is(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

err listener_open(struct ctx *c, struct web *web)
{
	err e = pool_open(c, &web->pool);

	if (e)
		return e;
	/* Not by epoll: after exactly 128 events at once the library (0.9.75) waits for another
	 * before it looks at these. */
	web->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, serve, web, MHD_OPTION_LISTEN_SOCKET, web->listener,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)visits_most, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)head_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)connection_memory, MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4 * 1024,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, leave_as_is, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, look_at_target, NULL, MHD_OPTION_NOTIFY_CONNECTION,
		connection_notice, web, MHD_OPTION_NOTIFY_COMPLETED, request_over, NULL,
		MHD_OPTION_END);
	if (!web->daemon)
		return fault(c, fault_io, "the listener: %s", strerror(errno));
	return 0;
}

void listener_drain(struct web *web, int seconds)
{
	int64_t until = clock_monotonic_us() + seconds * INT64_C(1000000);

	(void)MHD_quiesce_daemon(web->daemon);
	while (atomic_load(&web->open_visits) > 0 && clock_monotonic_us() < until)
		keeper_turn(web->keeper, 50);
	/* With a visit still suspended the library must not be stopped; the process ends in any
	 * case. */
	if (atomic_load(&web->open_visits) == 0)
		MHD_stop_daemon(web->daemon);
}
