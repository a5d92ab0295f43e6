/* rekey serve: everything that is checked and opened before the first program starts. */
#include "main/inside.h"
#include "cage/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Locked memory of the slab of secrets, where root may still raise the limit. */
enum { locked_size = 64 * 1024 * 1024, files_most = 65536 };

static const char standard_file[] = "/etc/rekey/rekey.conf";
static const char standard_listen[] = "127.0.0.1:8480";

static void say_errors(struct ctx *c, const struct conf_error *errors, size_t count, bool quietly)
{
	for (size_t i = 0; i < count; i++) {
		struct str line = conf_error_line(c, &errors[i]);

		if (quietly)
			log_line(log_error, NULL, "%.*s", STR_ARG(line));
		else
			(void)fprintf(stderr, "%.*s\n", STR_ARG(line));
	}
}

err serve_settings(struct ctx *c, const struct serving *s, bool quietly, struct conf **out)
{
	scoped(conf_close) struct conf *conf = NULL;
	struct conf_error *errors;
	size_t count = 0;
	err e = conf_read(c, s->config, &conf, &errors, &count);

	if (e > 0)
		say_errors(c, errors, count, quietly);
	if (e || (e = conf_set(c, conf, "store.data", s->data)) ||
		(e = conf_set(c, conf, "site.demo", s->demo ? "on" : "off")))
		return e;
	if (!conf->base_url.length && s->url[0] && (e = conf_set(c, conf, "site.baseUrl", s->url)))
		return e;
	*out = conf;
	conf = NULL;
	return 0;
}

/* What was read first only said where the folder is; that is settled now. */
static int settings(struct call *call, struct serving *s)
{
	err e;

	conf_close(&s->conf);
	e = serve_settings(call->c, s, false, &s->conf);
	return e ? call_failed(call, e) : 0;
}

static int options(struct call *call, struct serving *s)
{
	struct str listen = call_value(call, "--listen");
	struct conf_error *errors;
	size_t count = 0;
	err e;

	s->demo = call_flag(call, "--demo");
	s->listen = listen.at ? listen.at : standard_listen;
	s->config = call->config;
	if (!s->config && access(standard_file, F_OK) == 0 && !s->demo)
		s->config = standard_file;
	e = conf_read(call->c, s->config, &s->conf, &errors, &count);
	if (e > 0) {
		say_errors(call->c, errors, count, false);
		return exit_refused;
	}
	return e ? call_failed(call, e) : 0;
}

static int data_path(struct call *call, struct serving *s)
{
	const char *path =
		call->data_given || !s->conf->data.length ? call->data : s->conf->data.at;

	if (snprintf(s->data, sizeof(s->data), "%s", path) >= (int)sizeof(s->data))
		return call_say(exit_usage, "--data takes a path");
	return 0;
}

/* Beside rekey itself as in a build folder, else where a package puts them. */
int programs_find(struct serving *s)
{
	static const char *const folders[] = { "", "/../libexec/rekey" };
	char self[PATH_MAX], file[2 * PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return call_say(
			exit_fault, "/proc/self/exe cannot be read: %s", strerrordesc_np(errno));
	self[length] = 0;
	(void)dirname(self);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(file, sizeof(file), "%s%s/rekey-keeper", self, folders[i]);
		if (access(file, X_OK) == 0 && snprintf(s->programs, sizeof(s->programs), "%s%s",
						       self, folders[i]) < PATH_MAX)
			return 0;
	}
	return call_say(exit_fault,
		"rekey-keeper is neither beside %s/rekey nor in ../libexec/rekey", self);
}

/* "http://localhost:8480": the name, because passkeys want one. */
static void url_set(struct serving *s, const struct place *place)
{
	struct str where = str_of(s->listen), host = where;

	while (host.length && host.at[host.length - 1] != ':')
		host.length--;
	host.length -= host.length > 0;
	if (!place->port)
		(void)snprintf(s->url, sizeof(s->url), "%s", s->listen);
	else if (str_is(host, "127.0.0.1"))
		(void)snprintf(s->url, sizeof(s->url), "http://localhost:%d", place->port);
	else
		(void)snprintf(
			s->url, sizeof(s->url), "http://%.*s:%d", STR_ARG(host), place->port);
}

static const char *only_loopback(const struct serving *s)
{
	if (s->demo)
		return "and everybody knows the passwords of a demo: it listens on this machine "
		       "only";
	return s->conf->allow_direct ? NULL
				     : "where a proxy with TLS should stand before rekey; "
				       "allowDirect = on in [site] permits it";
}

static int listener_open(struct serving *s)
{
	struct place place;
	int code = listen_open(s->listen, only_loopback(s), &s->listener, &place);

	if (code)
		return code;
	if (!s->conf->base_url.length && (!place.loopback || !place.port))
		return call_say(exit_refused,
			"baseUrl must be set in [site]: the address that people will use");
	url_set(s, &place);
	return 0;
}

static void raise_limit(__rlimit_resource_t which, rlim_t to)
{
	struct rlimit limit;

	if (getrlimit(which, &limit) != 0 || limit.rlim_cur >= to)
		return;
	limit.rlim_cur = to;
	if (limit.rlim_max < to && geteuid() == 0)
		limit.rlim_max = to;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(which, &limit);
}

/* A program that finds less says so itself; here is only what root can still give. */
static void limits(void)
{
	const struct rlimit none = { 0, 0 };
	scoped_fd null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)setrlimit(RLIMIT_CORE, &none);
	raise_limit(RLIMIT_NOFILE, files_most);
	raise_limit(RLIMIT_MEMLOCK, locked_size);
	if (null >= 0)
		(void)dup2(null, STDIN_FILENO);
}

static void serving_close(struct serving *s)
{
	conf_close(&s->conf);
	fd_close(&s->lock);
	fd_close(&s->listener);
	fd_close(&s->keeper_listener);
}

int serve_run(struct call *call)
{
	scoped(serving_close) struct serving s = {
		.lock = -1, .listener = -1, .keeper_listener = -1
	};
	int code;

	log_open("rekey", log_info);
	notify_open();
	limits();
	if ((code = options(call, &s)) || (code = data_path(call, &s)) ||
		(code = programs_find(&s)) || (code = identity_find(&s)) ||
		/* A folder is marked a demo for ever: only when nothing else is in the way. */
		(code = listener_open(&s)) || (code = folder_open(&s)) ||
		(code = settings(call, &s)) || (code = folder_give(&s)) ||
		(code = folder_listen(&s)))
		return code;
	/* All is open that only root may open. */
	if (cage_supervisor(call->c) != 0)
		return call_failed(call, -fault_cage);
	code = supervise(&s);
	fd_close(&s.listener);
	listen_clear(s.listen);
	return code;
}
