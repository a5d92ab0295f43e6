/* Landlock: which files, and that no TCP port may be bound or reached.
 *
 * The constants are our own: the headers of the systems we build on end at an older ABI than the
 * kernels we run on have. Documented in landlock(7); the ABI is asked at run time. */
#include "cage/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* System call numbers, the same on every architecture. */
enum { call_create_ruleset = 444, call_add_rule = 445, call_restrict_self = 446 };
enum { ask_version = 1, rule_path = 1 };

enum {
	fs_execute = 1 << 0,
	fs_write_file = 1 << 1,
	fs_read_file = 1 << 2,
	fs_read_dir = 1 << 3,
	fs_make_char = 1 << 6,
	fs_make_block = 1 << 11,
	fs_make_sym = 1 << 12,
	fs_abi1 = (1 << 13) - 1,
	fs_refer = 1 << 13,     /* ABI 2 */
	fs_truncate = 1 << 14,  /* ABI 3 */
	fs_ioctl_dev = 1 << 15, /* ABI 5 */
	net_bind_tcp = 1 << 0,  /* ABI 4 */
	net_connect_tcp = 1 << 1,
	scope_abstract = 1 << 0, /* ABI 6: abstract Unix sockets of others */
	scope_signal = 1 << 1,
};

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));

/* What getaddrinfo(3) and TLS read. Those that do not exist are passed over. A rule holds for the
 * file there is now: one that takes its place later is not read before the courier starts again,
 * which a reload makes it do. */
static const char *const courier_reads[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
	"/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/localtime",
	"/etc/ssl", "/etc/ca-certificates", "/etc/pki", "/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates", "/usr/lib/ssl", "/usr/share/zoneinfo", "/usr/lib",
	"/etc/ld.so.cache", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf",
	"/dev/urandom", "/dev/null" };

static uint64_t fs_known(int abi)
{
	return fs_abi1 | (abi >= 2 ? fs_refer : 0) | (abi >= 3 ? fs_truncate : 0) |
	       (abi >= 5 ? fs_ioctl_dev : 0);
}

static int ruleset_open(enum cage_kind kind, int abi)
{
	struct ruleset rules = { .fs = fs_known(abi) };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;

	if (abi >= 4)
		rules.net = net_bind_tcp | (kind == cage_courier ? 0 : net_connect_tcp);
	if (abi >= 6)
		rules.scoped = scope_abstract | scope_signal;
	return (int)syscall(call_create_ruleset, &rules, size, 0);
}

/* -1 with errno; rights that only folders have are left out for a file. */
static int allow(int rules, const char *path, uint64_t rights, int abi)
{
	scoped_fd at = open(path, O_PATH | O_CLOEXEC);
	struct path_rule rule = { .allowed = rights & fs_known(abi), .folder = at };
	struct stat st;

	if (at < 0 || fstat(at, &st) != 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		rule.allowed &=
			fs_execute | fs_write_file | fs_read_file | fs_truncate | fs_ioctl_dev;
	return (int)syscall(call_add_rule, rules, rule_path, &rule, 0);
}

static err refused(struct ctx *c, const char *what)
{
	return fault(c, fault_cage, "landlock: %s: %s", what, strerrordesc_np(errno));
}

static err allow_courier(struct ctx *c, int rules, int abi)
{
	const uint64_t reads = fs_read_file | fs_read_dir;
	const struct str own[] = { c->conf->smtp_ca_file, c->conf->application_ca_file };
	static const char *const names[] = { "smtpCaFile", "applicationCaFile" };

	for (size_t i = 0; i < sizeof(courier_reads) / sizeof(courier_reads[0]); i++)
		if (allow(rules, courier_reads[i], reads, abi) != 0 && errno != ENOENT &&
			errno != EACCES)
			return refused(c, courier_reads[i]);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i].length && allow(rules, own[i].at, reads, abi) != 0)
			return refused(c, names[i]);
	return 0;
}

/* No links, devices or programs. */
static err allow_keeper(struct ctx *c, int rules, int abi)
{
	const uint64_t never =
		fs_execute | fs_make_char | fs_make_block | fs_make_sym | fs_ioctl_dev;

	if (allow(rules, c->conf->data.at, fs_known(abi) & ~never, abi) != 0)
		return refused(c, "the state folder");
	return 0;
}

/* Sanitizers read their own maps and write their reports. */
static err allow_sanitizer(struct ctx *c, int rules, int abi)
{
	if (!REKEY_SANITIZED)
		return 0;
	return allow(rules, "/", fs_known(abi), abi) == 0 ? 0 : refused(c, "/");
}

err landlock_close(struct ctx *c, enum cage_kind kind, int *abi)
{
	scoped_fd rules = -1;
	err e = 0;

	*abi = (int)syscall(call_create_ruleset, NULL, 0, ask_version);
	if (*abi < 1) {
		*abi = 0;
		return 0;
	}
	rules = ruleset_open(kind, *abi);
	if (rules < 0)
		return refused(c, "ruleset");
	if (kind == cage_courier)
		e = allow_courier(c, rules, *abi);
	else if (kind == cage_keeper)
		e = allow_keeper(c, rules, *abi);
	if (e || (e = allow_sanitizer(c, rules, *abi)))
		return e;
	return syscall(call_restrict_self, rules, 0) == 0 ? 0 : refused(c, "restrict");
}
