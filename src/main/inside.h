/* What the files of this room share: what `rekey serve` was asked, and its programs. */
#ifndef MAIN_INSIDE_H
#define MAIN_INSIDE_H

#include "cli/cli.h"
#include "conf/conf.h"

#include <limits.h>
#include <sys/types.h>

enum { program_keeper, program_courier, program_web, program_count };

/* One of the three private programs. */
struct program {
	const char *word; /* in control messages and in the log */
	const char *file, *user;
	char who; /* for conf_hand */
};
extern const struct program program_list[program_count];

struct identity {
	bool own; /* false: the supervisor's */
	uid_t uid;
	gid_t gid;
};

/* What `rekey serve` was asked, and what it opened for it. */
struct serving {
	const char *config; /* the file, or NULL: defaults */
	char data[PATH_MAX], programs[PATH_MAX];
	char url[128]; /* "http://127.0.0.1:8480", what is printed */
	const char *listen;
	bool demo;
	struct conf *conf;
	struct identity identity[program_count];
	int lock, listener, keeper_listener;
};

/* serve.c: the configuration with what the command line adds. reply_refused: errors were said, in
 * the log when `quietly`, else as lines for the one who typed. */
must_use err serve_settings(
	struct ctx *c, const struct serving *s, bool quietly, struct conf **out);
int serve_run(struct call *call);

/* folder.c. Each says why on standard error when it returns an exit code other than 0. */
must_use int folder_open(struct serving *s);   /* makes it, marks a demo, takes the lock */
must_use int folder_listen(struct serving *s); /* run/keeper.sock */
/* Gives what root put into the folder to the keeper's user, if it has one of its own. */
must_use int folder_give(const struct serving *s);

/* listen.c: "127.0.0.1:8480", "[::1]:8480", "localhost:8480" or "unix:PATH". */
struct place {
	bool loopback;
	int port; /* 0 for a Unix socket */
};
/* only_loopback: why no other address will do, or NULL where one will. */
must_use int listen_open(const char *where, const char *only_loopback, int *fd, struct place *out);
/* Takes away what listen_open left in the file system, once nobody listens any more. */
void listen_clear(const char *where);

/* identity.c: the users that the programs run as. */
must_use int identity_find(struct serving *s);
/* For ever, and with it all privilege. False: the kernel refused. */
must_use bool identity_take(const struct identity *identity);

/* supervisor.c: starts the programs and keeps them until it is told to stop.
 * Returns an exit code. */
int supervise(struct serving *s);

/* child.c: forks and executes. again: what it is told of one before it (wire/control.h). fd: -1 or
 * what becomes control_listener. */
must_use err child_start(struct ctx *c, const struct serving *s, size_t program, bool again, int fd,
	pid_t *pid, int *control);

/* notify.c: what systemd is told (sd_notify), if it started us. */
void notify_open(void);
void notify(const char *lines);

/* serve.c: the folder of rekey-keeper. */
must_use int programs_find(struct serving *s);

/* restore.c */
int restore_run(struct call *call);
int key_import_run(struct call *call);

/* Lets the command line add the sample people to a demonstration, and waits for it: a second or
 * two. At a later start it changes nothing. */
void sample_people(const struct serving *s);

#endif
