/* What a program in its cage can still do, and what it can not: each act is tried in a child that
 * closed the cage first, as root and as an ordinary user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cage/cage.h"
#include "spec/spec.h"

enum { nobody = 65534, killed = -1, broken = 255 };

/* Where the acts are tried: a state folder, a listening port, a Unix socket. */
static struct {
	char folder[64], inside[96], outside[64], socket[96], ca[96];
	int listener, port, local;
	int pair[2];
} place;

/* ---- acts: 0 done, else errno ---- */

static int answer(long result)
{
	return result < 0 ? errno : 0;
}

static int opens(const char *path, int flags)
{
	return answer(open(path, flags | O_CLOEXEC, 0600));
}

static int reads_inside(void)
{
	return opens(place.inside, O_RDONLY);
}

static int writes_inside(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/new", place.folder);
	if (opens(path, O_RDWR | O_CREAT) != 0)
		return errno;
	return answer(unlink(path));
}

static int links_inside(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/link", place.folder);
	return answer(syscall(SYS_symlinkat, "/etc/passwd", AT_FDCWD, path));
}

static int reads_outside(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static int writes_outside(void)
{
	return opens("/tmp/rekey_cage_outside", O_RDWR | O_CREAT);
}

static int reads_memory_of_itself(void)
{
	return opens("/proc/self/mem", O_RDWR);
}

static int reads_resolver(void)
{
	return opens("/etc/hosts", O_RDONLY);
}

static int writes_resolver(void)
{
	return opens("/etc/hosts", O_WRONLY);
}

static int reads_own_ca(void)
{
	return opens(place.ca, O_RDONLY);
}

static int stats_outside(void)
{
	struct stat st;

	return answer(stat("/etc/passwd", &st));
}

static int stats_descriptor(void)
{
	struct stat st;

	return answer(fstat(place.pair[0], &st));
}

static int executes(void)
{
	return answer(execl("/bin/true", "true", (char *)NULL));
}

static int forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return answer(pid);
}

static int traces(void)
{
	return answer(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
}

static int kills_parent(void)
{
	return answer(kill(getppid(), SIGURG));
}

static int makes_socket(void)
{
	return answer(socket(AF_INET, SOCK_STREAM, 0));
}

static int makes_local_socket(void)
{
	return answer(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int makes_packet_socket(void)
{
	return answer(socket(AF_PACKET, SOCK_RAW, 0));
}

static int connects(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)place.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return answer(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof(to)));
}

/* A socket that was handed over must not be turned to somewhere else either. */
static int connects_what_it_was_given(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memcpy(to.sun_path, place.socket, strlen(place.socket));
	return answer(connect(place.pair[0], (struct sockaddr *)&to, sizeof(to)));
}

static int listens(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return answer(bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&at, sizeof(at)));
}

static int resolves(void)
{
	struct addrinfo *found = NULL;
	int e = getaddrinfo("localhost", "25", NULL, &found);

	if (e == 0)
		freeaddrinfo(found);
	return e ? broken : 0;
}

static int makes_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : answer(mprotect(at, 4096, PROT_READ | PROT_EXEC));
}

static int gets_privileges(void)
{
	return answer(syscall(SYS_setresuid, 0, 0, 0));
}

static int mounts(void)
{
	return answer(syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
}

static int is_dumped(void)
{
	return answer(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static void *thread_main(void *argument)
{
	*(int *)argument = 1;
	pthread_exit(NULL);
}

/* With all that a program's threads do: names, locks, sleep, epoll, random, time, locked memory. */
static int works(void)
{
	pthread_t thread;
	int done = 0, epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event;
	char letter, zone[32];
	time_t now = time(NULL);
	struct tm local;
	void *locked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (epoll < 0 || mlock(locked, 4096) != 0 || !localtime_r(&now, &local) ||
		!strftime(zone, sizeof(zone), "%Z", &local))
		return broken;
	if (pthread_create(&thread, NULL, thread_main, &done) != 0 ||
		pthread_join(thread, NULL) != 0 || !done)
		return broken;
	(void)pthread_setname_np(pthread_self(), "caged");
	bytes_random(&letter, 1);
	usleep(1000);
	if (write(place.pair[0], "x", 1) != 1 || read(place.pair[1], &letter, 1) != 1)
		return broken;
	free(malloc(4 * 1024 * 1024));
	return epoll_wait(epoll, &event, 1, 0) == 0 ? 0 : broken;
}

static int accepts(void)
{
	int fd = accept4(place.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	return fd >= 0 || errno == EAGAIN ? 0 : errno;
}

/* ---- what is expected of each act in each cage ---- */

static const struct {
	int (*act)(void);
	const char *says;
	int web, keeper, courier;
} acts[] = {
#define ACT(name, web, keeper, courier) { name, #name, web, keeper, courier }
	ACT(works, 0, 0, 0),
	ACT(accepts, 0, 0, killed),
	ACT(stats_descriptor, 0, 0, 0),
	ACT(reads_inside, EACCES, 0, EACCES),
	ACT(writes_inside, EACCES, 0, EACCES),
	ACT(links_inside, killed, killed, killed),
	ACT(reads_outside, EACCES, EACCES, EACCES),
	ACT(writes_outside, EACCES, EACCES, EACCES),
	ACT(reads_memory_of_itself, EACCES, EACCES, EACCES),
	ACT(reads_resolver, EACCES, EACCES, 0),
	ACT(writes_resolver, EACCES, EACCES, EACCES),
	ACT(reads_own_ca, EACCES, EACCES, 0),
	ACT(stats_outside, EACCES, 0, 0),
	ACT(executes, killed, killed, killed),
	ACT(forks, killed, killed, killed),
	ACT(traces, killed, killed, killed),
	ACT(kills_parent, killed, killed, killed),
	ACT(makes_socket, killed, killed, 0),
	ACT(makes_local_socket, killed, killed, EACCES),
	ACT(makes_packet_socket, killed, killed, killed),
	ACT(connects, killed, killed, 0),
	ACT(connects_what_it_was_given, killed, killed, EISCONN),
	ACT(listens, killed, killed, EACCES),
	ACT(resolves, killed, killed, 0),
	ACT(makes_code, killed, killed, 0),
	ACT(gets_privileges, killed, killed, killed),
	ACT(mounts, killed, killed, killed),
	ACT(is_dumped, EACCES, EACCES, EACCES),
};

static struct conf conf_for(bool root)
{
	static struct str user[] = { { "user", 4 } };
	struct conf conf = { .data = str_of(place.folder), .smtp_ca_file = str_of(place.ca) };

	if (root)
		conf.allow_missing_cage = (struct words){ user, 1 };
	return conf;
}

/* In a child: becomes nobody unless root is wanted, closes the cage. */
static err close_in_child(enum cage_kind kind, bool root)
{
	struct conf conf = conf_for(root);
	struct ctx c = { .arena = arena_open(65536), .conf = &conf };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	if (!root && geteuid() == 0 &&
		(setgroups(0, NULL) != 0 || setresgid(nobody, nobody, nobody) != 0 ||
			setresuid(nobody, nobody, nobody) != 0))
		return -1;
	return cage_close(&c, kind);
}

static int try_act(enum cage_kind kind, bool root, int (*act)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(close_in_child(kind, root) == 0 ? act() : broken);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? killed : 1000 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void try_all(enum cage_kind kind, bool root)
{
	size_t wrong = 0;

	if (REKEY_SANITIZED || (root && geteuid() != 0))
		skip();
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		int expected = kind == cage_web      ? acts[i].web
			       : kind == cage_keeper ? acts[i].keeper
						     : acts[i].courier;
		int was = try_act(kind, root, acts[i].act);

		if (was != expected) {
			print_error("# %s: %d instead of %d\n", acts[i].says, was, expected);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void web_has_what_it_was_given_and_nothing_else(void **state)
{
	(void)state;
	try_all(cage_web, false);
}

static void the_keeper_has_its_folder_and_no_network(void **state)
{
	(void)state;
	try_all(cage_keeper, false);
}

static void the_courier_may_connect_and_read_what_that_needs(void **state)
{
	(void)state;
	try_all(cage_courier, false);
}

static void root_without_users_is_caged_as_well(void **state)
{
	(void)state;
	try_all(cage_web, true);
	try_all(cage_keeper, true);
	try_all(cage_courier, true);
}

static int supervisor_child(void)
{
	struct ctx c = { 0 };
	char text[4096] = "";
	int fd;

	if (cage_supervisor(&c) != 0)
		return broken;
	fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) <= 0)
		return broken;
	if (geteuid() == 0 && !strstr(text, "CapPrm:\t00000000000000e0\n"))
		return 1;
	if (!strstr(text, "NoNewPrivs:\t1\n") || prctl(PR_GET_DUMPABLE) != 0)
		return 2;
	return 0;
}

static void the_supervisor_keeps_three_capabilities(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		_exit(supervisor_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int refused_child(bool threads)
{
	struct conf conf = { .data = str_of(place.folder) };
	struct ctx c = { .arena = arena_open(65536), .conf = &conf };
	pthread_t thread;

	if (threads) {
		if (setresuid(nobody, nobody, nobody) != 0 ||
			pthread_create(&thread, NULL, (void *(*)(void *))(void *)pause, NULL) != 0)
			return broken;
	}
	return cage_close(&c, cage_web) == -fault_cage ? 0 : 1;
}

static void a_cage_that_cannot_be_whole_is_a_fault(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	for (int threads = 0; threads < 2; threads++) {
		pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			_exit(refused_child(threads == 1));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void file_make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
	assert_true(geteuid() != 0 || chown(path, nobody, nobody) == 0);
}

static int place_make(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un other = { .sun_family = AF_UNIX };
	socklen_t length = sizeof(at);

	(void)state;
	snprintf(place.folder, sizeof(place.folder), "/tmp/rekey_cage_XXXXXX");
	assert_non_null(mkdtemp(place.folder));
	assert_int_equal(chmod(place.folder, 0777), 0);
	snprintf(place.inside, sizeof(place.inside), "%s/file", place.folder);
	snprintf(place.outside, sizeof(place.outside), "/tmp/rekey_cage_XXXXXX");
	assert_non_null(mkdtemp(place.outside));
	assert_int_equal(chmod(place.outside, 0777), 0);
	snprintf(place.ca, sizeof(place.ca), "%s/ca.pem", place.outside);
	snprintf(place.socket, sizeof(place.socket), "%s/socket", place.outside);
	snprintf(other.sun_path, sizeof(other.sun_path), "%s", place.socket);
	place.local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(place.local, (struct sockaddr *)&other, sizeof(other)), 0);
	assert_int_equal(listen(place.local, 4), 0);
	assert_int_equal(chmod(place.socket, 0777), 0);
	file_make(place.inside);
	file_make(place.ca);
	place.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(place.listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(place.listener, 64), 0);
	assert_int_equal(getsockname(place.listener, (struct sockaddr *)&at, &length), 0);
	place.port = ntohs(at.sin_port);
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, place.pair);
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	return remove(path);
}

static int place_drop(void **state)
{
	(void)state;
	nftw(place.folder, drop, 4, FTW_DEPTH | FTW_PHYS);
	nftw(place.outside, drop, 4, FTW_DEPTH | FTW_PHYS);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(web_has_what_it_was_given_and_nothing_else),
		cmocka_unit_test(the_keeper_has_its_folder_and_no_network),
		cmocka_unit_test(the_courier_may_connect_and_read_what_that_needs),
		cmocka_unit_test(root_without_users_is_caged_as_well),
		cmocka_unit_test(the_supervisor_keeps_three_capabilities),
		cmocka_unit_test(a_cage_that_cannot_be_whole_is_a_fault),
	};

	return cmocka_run_group_tests(tests, place_make, place_drop);
}
