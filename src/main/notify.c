/* What systemd is told, by the protocol of sd_notify(3). */
#include "main/inside.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
	int fd;
	struct sockaddr_un to;
	socklen_t length;
} notify_state = { .fd = -1 };

void notify_open(void)
{
	const char *where = getenv("NOTIFY_SOCKET");
	struct str path = str_of(where);

	if (!path.length || path.length >= sizeof(notify_state.to.sun_path))
		return;
	notify_state.to.sun_family = AF_UNIX;
	memcpy(notify_state.to.sun_path, path.at, path.length);
	notify_state.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.length);
	if (path.at[0] == '@')
		notify_state.to.sun_path[0] = 0;
	notify_state.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* The programs have nothing to tell it. */
	(void)unsetenv("NOTIFY_SOCKET");
}

void notify(const char *lines)
{
	if (notify_state.fd < 0)
		return;
	if (sendto(notify_state.fd, lines, str_of(lines).length, MSG_NOSIGNAL,
		    (struct sockaddr *)&notify_state.to, notify_state.length) < 0)
		log_line(log_warning, NULL, "systemd could not be told: %m");
}
