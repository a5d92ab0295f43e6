/* The listener of the web processes: where it may be, and opening it. */
#include "main/inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static int failed(const char *what, const char *where)
{
	return call_say(exit_refused, "%s %s: %s", what, where, strerrordesc_np(errno));
}

/* "127.0.0.1:8480" into its host, without brackets, and its port. */
static bool parts(const char *where, char host[64], int *port)
{
	const char *colon = strrchr(where, ':');
	struct str name = { where, colon ? (size_t)(colon - where) : 0 };
	int64_t number = 0;

	if (!colon || !str_number(str_of(colon + 1), &number) || number < 0 || number > 65535)
		return false;
	if (name.length > 2 && name.at[0] == '[' && name.at[name.length - 1] == ']')
		name = (struct str){ name.at + 1, name.length - 2 };
	if (str_is(name, "localhost"))
		name = STR("127.0.0.1");
	if (!name.length || name.length >= 64)
		return false;
	memcpy(host, name.at, name.length);
	host[name.length] = 0;
	*port = (int)number;
	return true;
}

static bool address_of(
	const char *where, union address *out, socklen_t *length, struct place *place)
{
	char host[64];

	if (!parts(where, host, &place->port))
		return false;
	*out = (union address){ 0 };
	if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)place->port);
		*length = sizeof(out->v4);
		place->loopback = ntohl(out->v4.sin_addr.s_addr) >> 24 == 127;
		return true;
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons((uint16_t)place->port);
	*length = sizeof(out->v6);
	if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) != 1)
		return false;
	place->loopback = IN6_IS_ADDR_LOOPBACK(&out->v6.sin6_addr);
	return true;
}

/* The port that the system chose for 0. */
static int port_of(int fd, int asked)
{
	union address address = { 0 };
	socklen_t length = sizeof(address);

	if (asked || getsockname(fd, &address.any, &length) != 0)
		return asked;
	return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

static int tcp_open(const char *where, const char *only_loopback, int *fd, struct place *place)
{
	union address address;
	socklen_t length;
	int yes = 1;

	if (!address_of(where, &address, &length, place))
		return call_say(exit_usage, "--listen takes an address and a port, such as "
					    "127.0.0.1:8480 or [::1]:8480, or unix:PATH");
	if (!place->loopback && only_loopback)
		return call_say(
			exit_refused, "%s is open to the network, %s", where, only_loopback);
	*fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
		bind(*fd, &address.any, length) != 0 || listen(*fd, SOMAXCONN) != 0)
		return failed("cannot listen on", where);
	place->port = port_of(*fd, place->port);
	return 0;
}

/* A socket that nobody listens on is left over from a process that died. */
static void leftover_remove(const union address *address, socklen_t length)
{
	scoped_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd >= 0 && lstat(address->local.sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
		connect(fd, &address->any, length) != 0 && errno == ECONNREFUSED)
		(void)unlink(address->local.sun_path);
}

static bool unix_address(const char *path, union address *out)
{
	struct str name = str_of(path);

	*out = (union address){ .local.sun_family = AF_UNIX };
	if (!name.length || name.length >= sizeof(out->local.sun_path))
		return false;
	memcpy(out->local.sun_path, name.at, name.length);
	return true;
}

void listen_clear(const char *where)
{
	union address address;

	if (str_starts(str_of(where), STR("unix:")) && unix_address(where + 5, &address))
		leftover_remove(&address, sizeof(address.local));
}

static int unix_open(const char *path, int *fd, struct place *place)
{
	union address address;
	mode_t mask;
	int bound;

	*place = (struct place){ .loopback = true };
	if (!unix_address(path, &address))
		return call_say(exit_usage, "unix: takes a path of 1 to %zu bytes",
			sizeof(address.local.sun_path) - 1);
	leftover_remove(&address, sizeof(address.local));
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* For everyone, as a loopback port is: the folder says who comes near. */
	mask = umask(0111);
	bound = *fd < 0 ? -1 : bind(*fd, &address.any, sizeof(address.local));
	(void)umask(mask);
	if (bound != 0 || listen(*fd, SOMAXCONN) != 0)
		return failed("cannot listen on", path);
	return 0;
}

int listen_open(const char *where, const char *only_loopback, int *fd, struct place *out)
{
	if (str_starts(str_of(where), STR("unix:")))
		return unix_open(where + 5, fd, out);
	return tcp_open(where, only_loopback, fd, out);
}
