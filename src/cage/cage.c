/* Closing a cage: user, capabilities, Landlock, seccomp, and one line that says so. */
#include "cage/inside.h"

#include <errno.h>
#include <execinfo.h>
#include <linux/capability.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static err failed(struct ctx *c, const char *what)
{
	return fault(c, fault_cage, "%s: %s", what, strerrordesc_np(errno));
}

err capabilities_keep(struct ctx *c, uint64_t mask)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { 0 };

	if (syscall(SYS_capget, &header, sets) != 0)
		return failed(c, "capabilities");
	/* Up to the last one that the kernel knows. Without CAP_SETPCAP the first is refused, and
	 * no_new_privs alone must do. */
	for (int capability = 0; capability < 64; capability++)
		if (!(mask >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
			break;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (int i = 0; i < 2; i++) {
		uint32_t kept = sets[i].permitted & (uint32_t)(mask >> (32 * i));

		sets[i] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept };
	}
	return syscall(SYS_capset, &header, sets) == 0 ? 0 : failed(c, "capabilities");
}

static err privileges_end(struct ctx *c)
{
	const struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed(c, "no_new_privs");
	/* Against other programs of the same user, and against secrets in core files. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
		return failed(c, "dumpable");
	return 0;
}

err cage_supervisor(struct ctx *c)
{
	const uint64_t kept = 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_KILL;
	err e;

	if ((e = capabilities_keep(c, kept)))
		return e;
	return privileges_end(c);
}

/* Is there one thread? /proc says so; where it is not mounted, a caller's promise must do. */
static bool alone(void)
{
	char text[4096];
	FILE *status = fopen("/proc/self/status", "re");
	bool one = true;

	while (status && fgets(text, sizeof(text), status))
		if (str_starts(str_of(text), STR("Threads:")))
			one = str_is(str_trim(str_from(str_of(text), 8)), "1");
	if (status)
		(void)fclose(status);
	return one;
}

/* What the C library would load at its first use, when it is too late. */
static void warm_up(enum cage_kind kind)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	void *frame[1];

	(void)backtrace(frame, 1); /* libgcc_s, for pthread_exit and pthread_cancel */
	tzset();
	if (kind == cage_courier && getaddrinfo("localhost", "25", &hints, &found) == 0)
		freeaddrinfo(found);
}

static bool may_miss(const struct conf *conf, const char *layer)
{
	for (size_t i = 0; i < conf->allow_missing_cage.count; i++)
		if (str_is(conf->allow_missing_cage.at[i], layer))
			return true;
	return conf->demo;
}

static err missing(struct ctx *c, const char *layer)
{
	if (!may_miss(c->conf, layer))
		return fault(c, fault_cage,
			"%s is missing here; allowMissingCage in [site] can permit that", layer);
	log_line(log_warning, NULL, "cage: %s is missing", layer);
	return 0;
}

/* "rekey-web", or a number where the user has no name. */
static void user_name(char name[64])
{
	const struct passwd *user = getpwuid(getuid());

	if (user)
		(void)snprintf(name, 64, "%s", user->pw_name);
	else
		(void)snprintf(name, 64, "%u", (unsigned)getuid());
}

static err user_end(struct ctx *c)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) != 0 || real != effective || real != saved)
		return fault(c, fault_cage, "the user can still be changed");
	if (real == 0)
		return missing(c, "user");
	return 0;
}

err cage_close(struct ctx *c, enum cage_kind kind)
{
	char name[64], landlock[32] = "no";
	bool seccomp = false;
	int abi = 0;
	err e;

	if (!alone())
		return fault(c, fault_cage, "closed too late: there are threads already");
	warm_up(kind);
	user_name(name);
	if ((e = user_end(c)) || (e = capabilities_keep(c, 0)) || (e = privileges_end(c)) ||
		(e = landlock_close(c, kind, &abi)) || (abi == 0 && (e = missing(c, "landlock"))) ||
		(e = seccomp_close(c, kind, &seccomp)) || (!seccomp && (e = missing(c, "seccomp"))))
		return e;
	if (abi)
		(void)snprintf(landlock, sizeof(landlock), "abi%d", abi);
	log_line(log_info, NULL, "cage: user=%s landlock=%s seccomp=%s dumpable=no", name, landlock,
		seccomp ? "yes" : "no");
	return 0;
}
