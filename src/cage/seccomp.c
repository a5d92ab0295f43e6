/* seccomp: which system calls, from the table in cage.def and a few whose arguments matter. */
#include "cage/inside.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum verdict { end, fail, yes };

static const struct call {
	const char *name;
	enum verdict web, keeper, courier, sanitized;
} calls[] = {
#define CALL(name, web, keeper, courier, sanitized) { #name, web, keeper, courier, sanitized },
#include "cage/cage.def"
#undef CALL
};

static enum verdict verdict_of(const struct call *call, enum cage_kind kind)
{
	if (REKEY_SANITIZED)
		return call->sanitized;
	switch (kind) {
	case cage_web:
		return call->web;
	case cage_keeper:
		return call->keeper;
	case cage_courier:
		break;
	}
	return call->courier;
}

/* A filter being built; `failed` is the first negative answer of the library. */
struct filter {
	scmp_filter_ctx rules;
	int failed;
};

static void rule(struct filter *f, uint32_t action, const char *name, unsigned count,
	const struct scmp_arg_cmp *compare)
{
	int number = seccomp_syscall_resolve_name(name);
	int answer;

	/* A call that this architecture or this library does not have cannot be allowed: it ends.
	 */
	if (number < 0 || f->failed)
		return;
	answer = seccomp_rule_add_array(f->rules, action, number, count, compare);
	if (answer < 0)
		f->failed = answer;
}

static void table(struct filter *f, enum cage_kind kind)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		enum verdict verdict = verdict_of(&calls[i], kind);

		if (verdict != end)
			rule(f, verdict == yes ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES),
				calls[i].name, 0, NULL);
	}
}

/* Threads, and no processes. clone3 hides its flags from the filter, so it answers as an old kernel
 * would, and the C library asks by clone. */
static void threads(struct filter *f)
{
	const struct scmp_arg_cmp thread =
		SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);

	if (REKEY_SANITIZED) {
		rule(f, SCMP_ACT_ALLOW, "clone", 0, NULL);
		rule(f, SCMP_ACT_ALLOW, "clone3", 0, NULL);
		return;
	}
	rule(f, SCMP_ACT_ALLOW, "clone", 1, &thread);
	rule(f, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
}

/* What was loaded is all that is ever executed; the courier may still load name service modules. */
static void memory(struct filter *f, enum cage_kind kind)
{
	const struct scmp_arg_cmp plain = SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	bool any = kind == cage_courier || REKEY_SANITIZED;

	rule(f, SCMP_ACT_ALLOW, "mmap", !any, &plain);
	rule(f, SCMP_ACT_ALLOW, "mprotect", !any, &plain);
}

/* abort(3) and pthread_kill(3), to nobody else. */
static void signals(struct filter *f)
{
	const struct scmp_arg_cmp self = SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)getpid());

	rule(f, SCMP_ACT_ALLOW, "tgkill", !REKEY_SANITIZED, &self);
}

/* A thread's name, and for a sanitizer anything; no other control of the process. */
static void control(struct filter *f)
{
	const struct scmp_arg_cmp name = SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME);
	const struct scmp_arg_cmp other = SCMP_A0_64(SCMP_CMP_NE, PR_SET_NAME);
	const struct scmp_arg_cmp read_own[] = { SCMP_A0_64(SCMP_CMP_EQ, 0),
		SCMP_A2_64(SCMP_CMP_EQ, 0) };

	if (REKEY_SANITIZED) {
		rule(f, SCMP_ACT_ALLOW, "prctl", 0, NULL);
		rule(f, SCMP_ACT_ALLOW, "prlimit64", 0, NULL);
		return;
	}
	rule(f, SCMP_ACT_ALLOW, "prctl", 1, &name);
	rule(f, SCMP_ACT_ERRNO(EACCES), "prctl", 1, &other);
	rule(f, SCMP_ACT_ALLOW, "prlimit64", 2, read_own);
}

/* Mail and HTTPS peers, and the addresses that the name service asks the kernel for. */
static void sockets(struct filter *f, enum cage_kind kind)
{
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK };
	const struct scmp_arg_cmp local = SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX);

	if (kind != cage_courier)
		return;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		const struct scmp_arg_cmp family =
			SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)families[i]);

		rule(f, SCMP_ACT_ALLOW, "socket", 1, &family);
	}
	rule(f, SCMP_ACT_ERRNO(EACCES), "socket", 1, &local);
}

/* fstat(3) is newfstatat(2) with an empty path; stat(3) is not. */
static void stats(struct filter *f, enum cage_kind kind)
{
	const struct scmp_arg_cmp empty =
		SCMP_A3_64(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH);
	const struct scmp_arg_cmp path = SCMP_A3_64(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0);

	if (kind != cage_web || REKEY_SANITIZED) {
		rule(f, SCMP_ACT_ALLOW, "newfstatat", 0, NULL);
		return;
	}
	rule(f, SCMP_ACT_ALLOW, "newfstatat", 1, &empty);
	rule(f, SCMP_ACT_ERRNO(EACCES), "newfstatat", 1, &path);
}

static void filter_close(struct filter *f)
{
	if (f->rules)
		seccomp_release(f->rules);
	f->rules = NULL;
}

err seccomp_close(struct ctx *c, enum cage_kind kind, bool *closed)
{
	scoped(filter_close) struct filter f = { 0 };

	*closed = prctl(PR_GET_SECCOMP) >= 0;
	if (!*closed)
		return 0;
	f.rules = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!f.rules)
		return fault(c, fault_cage, "seccomp: no filter");
	table(&f, kind);
	threads(&f);
	memory(&f, kind);
	signals(&f);
	control(&f);
	sockets(&f, kind);
	stats(&f, kind);
	if (f.failed == 0)
		f.failed = seccomp_attr_set(f.rules, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (f.failed == 0)
		f.failed = seccomp_load(f.rules);
	if (f.failed < 0)
		return fault(c, fault_cage, "seccomp: %s", strerrordesc_np(-f.failed));
	return 0;
}
