/* What is done while nothing serves: putting a master key in place, putting a backup back. Run by
 * `rekey key import` and `rekey restore` with the rights of the state folder's owner; descriptors:
 * 0 the passphrase, 3 the exported key, 4 the backup. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "crypto/crypto.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { fd_passphrase = 0, fd_key = 3, fd_backup = 4, key_text_most = 1024, secrets_offline = 64 };

struct offline {
	struct ctx c;
	const char *data;
	char keys[4200], incoming[4200];
	bool key_placed; /* by this run */
	struct keys *opened;
};

static int say(const char *words)
{
	(void)fprintf(stderr, "rekey: %s\n", words);
	return 1;
}

static int say_fault(const struct offline *o)
{
	return say(o->c.fault.words);
}

/* ---- the key ---- */

static struct secret *passphrase_take(struct offline *o)
{
	struct secret *room = secret_room(o->c.arena, secret_size_max), *taken = NULL;
	ssize_t got = room ? read(fd_passphrase, secret_bytes(room), secret_size_max) : -1;

	if (got > 0)
		taken = secret_take(o->c.arena, secret_bytes(room), (size_t)got);
	secret_drop(&room);
	return taken;
}

static int import_key(struct offline *o)
{
	char text[key_text_most];
	ssize_t got = read(fd_key, text, sizeof(text));
	struct secret *passphrase = passphrase_take(o);
	err e;

	if (got <= 0 || !passphrase)
		return say("the key file or the passphrase is empty");
	e = keys_import(&o->c, o->keys, (struct str){ text, (size_t)got }, passphrase);
	bytes_wipe(text, sizeof(text));
	if (e == reply_wrong)
		return say("the passphrase does not open this key file");
	if (e == reply_already)
		return say("the folder has a master key already: it is never overwritten");
	if (e > 0)
		return say("this is no exported key");
	return e ? say_fault(o) : 0;
}

static bool given(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool key_there(const struct offline *o)
{
	scoped_fd folder = open(o->keys, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return folder >= 0 && faccessat(folder, "master.key", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A key that is there already is tried as it is. */
static int open_key(struct offline *o)
{
	int code;

	if (!key_there(o) && !given(fd_key))
		return say(
			"the state folder has no master key yet: name the exported one with --key");
	if (!key_there(o)) {
		if ((code = import_key(o)))
			return code;
		o->key_placed = true;
	}
	if (keys_open(&o->c, o->keys, false, &o->opened))
		return say_fault(o);
	o->c.keys = o->opened;
	return 0;
}

/* A key that does not open the backup must not keep out the one that does. */
static void take_back_key(const struct offline *o)
{
	scoped_fd folder = open(o->keys, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (o->key_placed && folder >= 0)
		(void)unlinkat(folder, "master.key", 0);
}

/* ---- the store ---- */

static int incoming_path(const struct offline *o, const char *name, char out[4300])
{
	return snprintf(out, 4300, "%s/%s", o->incoming, name);
}

/* A half-done restore before this one left only what is in here. */
static void incoming_clear(const struct offline *o)
{
	static const char *const names[] = { "rekey.db", "rekey.db-wal", "rekey.db-shm",
		"rekey.lock" };
	char path[4300];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)incoming_path(o, names[i], path);
		(void)unlink(path);
	}
}

static int copy_in(const struct offline *o)
{
	char memory[64 * 1024], path[4300];
	scoped_fd to = -1;
	ssize_t got;

	if (mkdir(o->incoming, 0700) != 0 && errno != EEXIST)
		return say("the backup folder cannot be written");
	incoming_clear(o);
	(void)incoming_path(o, "rekey.db", path);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return say("the backup folder cannot be written");
	while ((got = read(fd_backup, memory, sizeof(memory))) > 0)
		if (write(to, memory, (size_t)got) != got)
			return say("the state folder is full");
	return got == 0 && fsync(to) == 0 ? 0 : say("the backup cannot be read");
}

/* The audit log's MACs and signed heads tell whether this is the
 * key that the store was kept under. */
static int check(struct offline *o)
{
	struct audit_verdict verdict;

	if (audit_verify(&o->c, &verdict))
		return say_fault(o);
	if (!verdict.why)
		return 0;
	(void)say("the audit log of this backup does not hold under the key of the state folder:");
	(void)say(verdict.why);
	return say("if a new machine made that key, put the folder aside and say --key");
}

/* What may have been used, or seen by others, since the backup was made must not work again. */
static err end_all(struct offline *o)
{
	static const enum statement ends[] = { statement_sessions_end_all, statement_flows_end_all,
		statement_passes_end_all, statement_tokens_end_all,
		statement_methods_pending_end_all, statement_recovery_must_register,
		statement_recovery_end_all };
	struct ctx *c = &o->c;
	struct unit unit = unit_begin(c);
	err e;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		unit_add(&unit, ends[i], any_rows, WITH_NOTHING);
	unit_add(&unit, statement_totps_advance, any_rows, WITH(v_number(c->now / 30 + 1)));
	unit_add(&unit, statement_outbox_end_all, any_rows, WITH(v_number(c->now)));
	if ((e = audit_add(&unit, event_restore, &(struct audit_about){ .actor = actor_socket })))
		return e;
	return unit_commit(&unit);
}

static int prepare(struct offline *o)
{
	struct store_status status;
	int code;

	if (store_open(&o->c, o->incoming, store_there, &o->c.store, &status)) {
		(void)say("this file cannot be restored: a backup that `rekey backup` wrote is "
			  "wanted");
		return say_fault(o);
	}
	/* An empty file is a store that nobody has used yet, to SQLite. */
	code = status.made ? say("this file cannot be restored: there is no store in it")
			   : check(o);
	if (!code && (end_all(o) || audit_close(&o->c)))
		code = say_fault(o);
	store_close(&o->c.store);
	return code;
}

/* The store that was there is kept beside the backups. */
static int move_aside(const struct offline *o)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char moment[21], from[4300], to[4400];

	clock_utc(o->c.now, moment);
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		(void)snprintf(from, sizeof(from), "%s/rekey.db%s", o->data, endings[i]);
		(void)snprintf(
			to, sizeof(to), "%s/backup/replaced-%s.db%s", o->data, moment, endings[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return say("the store that is there cannot be moved aside");
	}
	return 0;
}

static int move_in(const struct offline *o)
{
	char from[4300], to[4300];

	(void)incoming_path(o, "rekey.db", from);
	(void)snprintf(to, sizeof(to), "%s/rekey.db", o->data);
	if (rename(from, to) != 0)
		return say("the restored store cannot be put in place");
	incoming_clear(o);
	(void)rmdir(o->incoming);
	return 0;
}

static int restore(struct offline *o)
{
	int code;

	if (!(code = open_key(o)) && !(code = copy_in(o)) && !(code = prepare(o)) &&
		!(code = move_aside(o)))
		return move_in(o);
	take_back_key(o);
	return code;
}

/* ---- which ---- */

static int open_offline(struct offline *o, const char *data)
{
	struct conf_error *errors;
	struct conf *conf;
	size_t count;

	o->data = data;
	(void)snprintf(o->keys, sizeof(o->keys), "%s/keys", data);
	(void)snprintf(o->incoming, sizeof(o->incoming), "%s/backup/incoming", data);
	o->c.arena = arena_open(16 * 1024 * 1024);
	o->c.now = clock_now();
	if (!o->c.arena || !secrets_open(secrets_offline))
		return say("out of memory");
	if (conf_read(&o->c, NULL, &conf, &errors, &count) || crypto_open(&o->c))
		return say_fault(o);
	o->c.conf = conf;
	return 0;
}

int offline_run(int argc, char **argv)
{
	struct offline o = { 0 };
	int code;

	if (argc != 3)
		return say("rekey-keeper is started by rekey");
	if ((code = open_offline(&o, argv[2])))
		return code;
	if (strcmp(argv[1], "import-key") == 0)
		code = import_key(&o);
	else if (strcmp(argv[1], "restore") == 0)
		code = restore(&o);
	else
		code = say("rekey-keeper is started by rekey");
	keys_close(&o.opened);
	arena_close(&o.c.arena);
	return code;
}
