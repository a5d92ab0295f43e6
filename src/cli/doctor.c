/* rekey doctor: what stands in the way of rekey on this machine, and what to do about it. */
#include "cli/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

enum { landlock_version_flag = 1, build_year_seconds = 1735689600 /* 2025-01-01 */ };

struct doctor {
	struct call *call;
	int to_look_at;
	bool some;
};

static void say(struct doctor *d, const char *what, bool good, const char *words)
{
	if (d->call->json) {
		(void)printf("%s{\"what\":", d->some ? ",\n " : "[");
		json_str(stdout, str_of(what));
		(void)printf(",\"state\":\"%s\",\"words\":", good ? "good" : "look");
		json_str(stdout, str_of(words));
		(void)printf("}");
	} else {
		(void)printf("%-5s %-18s %s\n", good ? "good" : "LOOK", what, words);
	}
	d->some = true;
	d->to_look_at += !good;
}

/* Codes of authenticator apps are a matter of seconds. */
static void doctor_clock(struct doctor *d)
{
	struct timex t = { 0 };
	bool set = clock_now() > build_year_seconds;
	bool kept = adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);

	say(d, "clock", set && kept,
		!set    ? "The clock is years behind: no code of an authenticator app will fit."
		: !kept ? "Nothing keeps this clock right (no NTP): codes of authenticator apps "
			  "fail when it is "
			  "half a minute off."
			: "The clock is kept right.");
}

static void doctor_cages(struct doctor *d)
{
	long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, landlock_version_flag);

	say(d, "landlock", landlock > 0,
		landlock > 0 ? "The kernel can keep programs from files."
			     : "The kernel has no Landlock: rekey starts only where "
			       "allowMissingCage names it.");
	say(d, "seccomp", prctl(PR_GET_SECCOMP) >= 0,
		prctl(PR_GET_SECCOMP) >= 0 ? "The kernel can keep programs from system calls."
					   : "The kernel has no seccomp: rekey starts only where "
					     "allowMissingCage names it.");
}

/* Who but its owner may look into the folder, or at a file in it? */
static bool closed(int at, const char *name)
{
	struct stat s;

	return fstatat(at, name, &s, AT_SYMLINK_NOFOLLOW) < 0 || (s.st_mode & 077) == 0;
}

static void doctor_folder(struct doctor *d)
{
	scoped_fd folder = open(d->call->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0) {
		say(d, "state folder", false,
			errno == EACCES ? "You may not look into the state folder."
					: "There is no state folder: see --data.");
		return;
	}
	say(d, "permissions",
		closed(folder, ".") && closed(folder, "rekey.db") && closed(folder, "keys") &&
			closed(folder, "keys/master.key"),
		closed(folder, ".") && closed(folder, "rekey.db") && closed(folder, "keys") &&
				closed(folder, "keys/master.key")
			? "Only its owner may read the state folder, the store and the key."
			: "Others may read the state folder, the store or the key: chmod -R go= on "
			  "it.");
}

int doctor_run(struct call *call)
{
	struct op_doctor_show nothing = { 0 };
	struct doctor d = { .call = call };
	struct answer a;
	int code;

	doctor_clock(&d);
	doctor_cages(&d);
	doctor_folder(&d);
	code = call_ask(call, operation_doctor_show, &nothing, &a);
	if (code == 0) {
		const struct rec_check *checks = a.items;

		for (size_t i = 0; i < a.item_count; i++)
			say(&d, arena_copy(call->c->arena, checks[i].what).at,
				str_is(checks[i].state, "good"),
				arena_copy(call->c->arena, checks[i].words).at);
	} else {
		say(&d, "keeper", false, "The keeper does not answer.");
	}
	if (call->json)
		(void)printf("]\n");
	if (code)
		return code;
	return d.to_look_at ? exit_refused : exit_done;
}
