/* A keeper at work, and all that may come to its descriptors: half frames, nonsense, too many,
 * nobody who reads, the supervisor's words. Whatever one peer does, the others are answered. */
#include "../house.h"
#include "keeper/inside.h"
#include "unit/failing.h"
#include "wire/control.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { patience_us = 20 * 1000 * 1000, client_arena = 2 * 1024 * 1024 };

static struct keeper keeper;
static int control; /* the supervisor's end */
static char listener_path[100];
static pthread_t reading;
static err read_ended;
static struct ctx client; /* who asks: the test */

/* ---- what the system may say to the keeper, and hardly ever does ---- */

static atomic_int peers_recv_errno, answers_send_errno;
static atomic_bool no_memory, nobody_known;

ssize_t recv(int fd, void *at, size_t size, int how)
{
	int number = how & MSG_DONTWAIT ? atomic_exchange(&peers_recv_errno, 0) : 0;

	errno = number;
	return number ? -1 : ((__typeof__(&recv))next_of("recv"))(fd, at, size, how);
}

ssize_t send(int fd, const void *at, size_t size, int how)
{
	int number = atomic_exchange(&answers_send_errno, 0);

	errno = number;
	return number ? -1 : ((__typeof__(&send))next_of("send"))(fd, at, size, how);
}

int getsockopt(int fd, int level, int option, void *restrict at, socklen_t *restrict size)
{
	if (atomic_exchange(&nobody_known, false))
		return -1;
	return ((__typeof__(&getsockopt))next_of("getsockopt"))(fd, level, option, at, size);
}

void *mmap(void *at, size_t size, int may, int how, int fd, off_t from)
{
	if (atomic_exchange(&no_memory, false))
		return MAP_FAILED;
	return ((__typeof__(&mmap))next_of("mmap"))(at, size, may, how, fd, from);
}

/* ---- the keeper ---- */

static void open_memory(struct keeper *k)
{
	jobs_open(&k->free, 0);
	for (size_t i = 0; i < peer_count; i++) {
		k->peers[i].fd = -1;
		must_be(pthread_mutex_init(&k->peers[i].out, NULL) == 0);
	}
	for (size_t i = 0; i < job_count; i++) {
		k->job[i].arena = arena_open(job_arena);
		must_be(k->job[i].arena);
		must_be(jobs_put(&k->free, &k->job[i]));
	}
}

static int open_keeper(void **state)
{
	struct keeper *k = &keeper;

	log_open("keeper", log_warning);
	if (open_house(state) || conf_set(&ctx, settings, "policy.passwordMinLength", "17"))
		return -1;
	k->arena = arena_open(job_arena);
	k->c = ctx;
	k->c.arena = k->arena;
	k->site = &site;
	open_memory(k);
	jobs_open(&k->waiting, 3);
	client = (struct ctx){ .arena = arena_open(client_arena) };
	return hash_pool_open(&k->c, 1, 2, &k->c.pool) || settings_swap(k, settings) ||
	       release_start(k) || workers_start(k);
}

static int close_keeper(void **state)
{
	jobs_close(&keeper.waiting);
	for (size_t i = 0; i < worker_count; i++)
		(void)pthread_join(keeper.workers[i], NULL);
	hash_pool_close(&keeper.c.pool);
	settings = NULL; /* the keeper's by now */
	return close_house(state);
}

static void *read_on(void *unused)
{
	read_ended = read_frames(&keeper);
	return unused;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	(void)unlink(path);
	must_be(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		listen(fd, 100) == 0);
	return fd;
}

static int begin(void **state)
{
	int ends[2];

	(void)state;
	(void)snprintf(listener_path, sizeof(listener_path), "%s/keeper.sock", folder);
	must_be(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	control = ends[0];
	keeper.control = ends[1];
	keeper.listener = listen_at(listener_path);
	keeper.epoll = epoll_create1(EPOLL_CLOEXEC);
	atomic_store(&keeper.stopping, false);
	return pthread_create(&reading, NULL, read_on, NULL);
}

static void say(const char *word, int passed)
{
	if (control_send(&client, control, word, passed))
		fail_msg("%s", client.fault.words);
}

/* The place of each peer is free again when the keeper has ended. */
static void forget_peers(void)
{
	for (size_t i = 0; i < peer_count; i++) {
		fd_close(&keeper.peers[i].fd);
		atomic_store(&keeper.peers[i].gone, false);
	}
}

static void joined(void)
{
	must_be(pthread_join(reading, NULL) == 0);
	forget_peers();
	fd_close(&control);
	fd_close(&keeper.control);
	fd_close(&keeper.listener);
	fd_close(&keeper.epoll);
}

static int end(void **state)
{
	(void)state;
	if (control >= 0) {
		say("drain", -1);
		joined();
	}
	return read_ended;
}

/* ---- those who ask ---- */

static void impatient(int fd, int64_t seconds)
{
	struct timeval most = { .tv_sec = seconds };

	must_be(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) == 0);
}

/* A stream in the supervisor's word: what is said there a web process says. */
static int stream(const char *word)
{
	int ends[2];

	must_be(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	say(word, ends[1]);
	(void)close(ends[1]);
	impatient(ends[0], 30);
	return ends[0];
}

static int command(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", listener_path);
	must_be(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	impatient(fd, 30);
	return fd;
}

/* The reply, or the fault of the one who asks. */
static int asked(int fd, enum operation_id id, const void *in)
{
	struct answer out;
	int reply = 0;
	err e;

	arena_wipe(client.arena);
	e = wire_ask(&client, fd, id, in, &reply, &out);
	return e ? e : reply;
}

static int ready(int fd)
{
	return asked(fd, operation_ready_show, &(struct op_ready_show){ 0 });
}

static void assert_gone(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	(void)close(fd);
}

static void write_all(int fd, const void *at, size_t size)
{
	assert_int_equal(write(fd, at, size), size);
}

/* One request as bytes. */
static struct str frame_of(enum operation_id id, const void *in)
{
	struct buf b = buf_in(client.arena, 1000);

	assert_int_equal(frame_ask(&client, 7, id, NULL, in, &b), 0);
	return buf_str(&b);
}

static int64_t seconds_since(int64_t us)
{
	return (clock_monotonic_us() - us) / 1000000;
}

static void until_free(void)
{
	int64_t until = clock_monotonic_us() + patience_us;

	while (atomic_load(&keeper.busy) > 0 && clock_monotonic_us() < until)
		(void)usleep(1000);
	assert_int_equal(atomic_load(&keeper.busy), 0);
}

/* ---- frames ---- */

static void a_frame_may_come_byte_by_byte_and_two_at_once(void **state)
{
	int web = stream("web 0");
	struct str frame = frame_of(operation_ready_show, &(struct op_ready_show){ 0 });
	uint32_t serial;
	struct answer out;
	int reply;

	(void)state;
	for (size_t i = 0; i < frame.length; i++) {
		write_all(web, frame.at + i, 1);
		(void)usleep(1000);
	}
	assert_int_equal(
		wire_receive(&client, web, operation_ready_show, &serial, &reply, &out), 0);
	assert_int_equal(serial, 7);
	assert_int_equal(reply, 0);
	for (int i = 0; i < 2; i++)
		write_all(web, frame.at, frame.length);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			wire_receive(&client, web, operation_ready_show, &serial, &reply, &out), 0);
	(void)close(web);
}

static void what_is_no_frame_ends_its_stream_alone(void **state)
{
	static const struct str nonsense[] = {
		{ "\xff\xff\xff\x7f never so long", 19 }, /* longer than any frame */
		{ "\1\0\0\0x", 5 },                       /* shorter than any */
		{ "\6\0\0\0\1\0\0\0\xff\xff", 10 },       /* an operation that does not exist */
	};
	int good = stream("web 1");

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		int bad = stream("web 0");

		write_all(bad, nonsense[i].at, nonsense[i].length);
		assert_gone(bad);
		assert_int_equal(ready(good), 0);
	}
	(void)close(good);
}

static void who_hangs_up_in_the_middle_harms_nobody(void **state)
{
	int good = stream("web 1");

	(void)state;
	for (int i = 0; i < 20; i++) {
		int bad = stream("web 0");
		struct str frame = frame_of(operation_recover_show, &(struct op_recover_show){ 0 });

		write_all(bad, frame.at, i % 2 ? frame.length : 6);
		(void)close(bad);
	}
	assert_int_equal(ready(good), 0);
	until_free();
	(void)close(good);
}

/* epoll may say that there is something to read where there is nothing, and a signal may come. */
static void a_read_that_gets_nothing_is_tried_again(void **state)
{
	static const int numbers[] = { EAGAIN, EINTR };
	int web = stream("web 0");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		atomic_store(&peers_recv_errno, numbers[i]);
		assert_int_equal(ready(web), 0);
		assert_int_equal(atomic_load(&peers_recv_errno), 0);
	}
	atomic_store(&peers_recv_errno, ECONNRESET);
	assert_int_equal(ready(web), -fault_wire);
	(void)close(web);
}

static void an_answer_that_a_signal_interrupts_is_sent_again(void **state)
{
	int web = stream("web 0");
	struct str frame = frame_of(operation_ready_show, &(struct op_ready_show){ 0 });
	uint32_t serial;
	struct answer out;
	int reply;

	(void)state;
	atomic_store(&answers_send_errno, EINTR);
	write_all(web, frame.at, frame.length);
	assert_int_equal(
		wire_receive(&client, web, operation_ready_show, &serial, &reply, &out), 0);
	assert_int_equal(atomic_load(&answers_send_errno), 0);
	(void)close(web);
}

/* ---- too much ---- */

static void more_at_a_time_than_there_is_room_for_are_told_to_come_again(void **state)
{
	enum { many = 3000 };
	int web = stream("web 0"), replies[reply_count] = { 0 };
	struct str frame = frame_of(operation_recover_show, &(struct op_recover_show){ 0 });
	struct buf all = buf_in(client.arena, many * 64);
	pid_t writer;

	(void)state;
	for (int i = 0; i < many; i++)
		buf_add(&all, frame);
	assert_false(all.full);
	writer = fork();
	if (writer == 0)
		_exit(write(web, all.at, all.length) == (ssize_t)all.length ? 0 : 1);
	for (int i = 0; i < many; i++) {
		struct answer out;
		uint32_t serial;
		int reply;

		assert_int_equal(
			wire_receive(&client, web, operation_recover_show, &serial, &reply, &out),
			0);
		replies[reply]++;
	}
	(void)waitpid(writer, NULL, 0);
	assert_true(replies[reply_busy] > 0);
	assert_true(replies[reply_begin] >= job_count);
	assert_int_equal(replies[reply_busy] + replies[reply_begin], many);
	(void)close(web);
}

/* What names no operation gets no answer, and is no reason to wait. All is there before the keeper
 * reads. */
static void nonsense_among_too_many_ends_the_stream(void **state)
{
	static const struct str nonsense = { "\6\0\0\0\1\0\0\0\xff\xff", 10 };
	struct str frame = frame_of(operation_recover_show, &(struct op_recover_show){ 0 });
	struct buf all = buf_in(client.arena, 100 * 1024);
	int ends[2], other;

	(void)state;
	must_be(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	for (int i = 0; i < 2000; i++)
		buf_add(&all, i > job_count && i % 100 == 0 ? nonsense : frame);
	assert_false(all.full);
	write_all(ends[0], all.at, all.length);
	say("web 0", ends[1]);
	(void)close(ends[1]);
	(void)usleep(100 * 1000);
	(void)close(ends[0]);
	until_free();
	other = stream("web 1");
	while (ready(other) == reply_busy)
		until_free();
	assert_int_equal(ready(other), 0);
	(void)close(other);
}

static void who_does_not_read_is_cut_off_and_the_others_are_answered(void **state)
{
	int deaf = command(), other = command(), size = 4096;
	struct str frame = frame_of(operation_settings_show, &(struct op_settings_show){ 0 });
	int64_t begun = clock_monotonic_us();

	(void)state;
	assert_int_equal(setsockopt(deaf, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
	for (int i = 0; i < 400; i++)
		write_all(deaf, frame.at, frame.length);
	assert_int_equal(ready(other), 0);
	until_free();
	assert_true(seconds_since(begun) >= 1 && seconds_since(begun) < 15);
	(void)close(deaf);
	(void)close(other);
}

/* A taken-over web server that asks for ever and never reads: the reading thread waits for it once.
 */
static void who_does_not_read_that_the_keeper_is_busy_delays_the_others_once(void **state)
{
	enum { many = 6000 };
	struct secret *password = secret_take(client.arena, "x", 1);
	const struct op_signin_password in = { .name = STR("nobody"), .password = password };
	struct str frame = frame_of(operation_signin_password, &in);
	int deaf = stream("web 0"), other;
	int64_t begun;

	(void)state;
	must_be(fcntl(deaf, F_SETFL, O_NONBLOCK) == 0);
	for (int i = 0; i < many; i++)
		if (write(deaf, frame.at, frame.length) < 0)
			(void)usleep(500);
	begun = clock_monotonic_us();
	other = command();
	assert_int_equal(ready(other), 0);
	if (seconds_since(begun) > 10)
		fail_msg("the others waited %lld seconds", (long long)seconds_since(begun));
	(void)close(deaf);
	(void)close(other);
	until_free();
}

static void there_is_no_place_for_a_65th(void **state)
{
	int all[peer_count + 2];

	(void)state;
	for (size_t i = 0; i < peer_count + 2; i++)
		all[i] = command();
	assert_gone(all[peer_count + 1]);
	assert_gone(all[peer_count]);
	for (size_t i = 0; i < peer_count; i++)
		assert_int_equal(ready(all[i]), 0);
	for (size_t i = 0; i < peer_count; i++)
		(void)close(all[i]);
}

static void a_connection_without_memory_is_turned_away(void **state)
{
	int fd;

	(void)state;
	for (size_t i = 0; i < peer_count; i++)
		arena_close(&keeper.peers[i].arena);
	atomic_store(&no_memory, true);
	fd = command();
	assert_gone(fd);
	assert_false(atomic_load(&no_memory));
	fd = command();
	assert_int_equal(ready(fd), 0);
	(void)close(fd);
}

/* ---- who asks ---- */

static void another_user_is_turned_away_from_the_command_line(void **state)
{
	int status;
	pid_t other;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(folder, 0711), 0);
	assert_int_equal(chmod(listener_path, 0666), 0);
	other = fork();
	if (other == 0) {
		char byte;

		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(2);
		_exit(read(command(), &byte, 1) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(status, 0);
}

static void who_cannot_be_told_is_turned_away(void **state)
{
	int fd;

	(void)state;
	atomic_store(&nobody_known, true);
	fd = command();
	assert_gone(fd);
	assert_false(atomic_load(&nobody_known));
	fd = command();
	assert_int_equal(ready(fd), 0);
	(void)close(fd);
}

static void a_connection_that_finds_no_descriptor_waits_for_one(void **state)
{
	struct rlimit before, none;
	int fd = dup(0);

	(void)state;
	must_be(getrlimit(RLIMIT_NOFILE, &before) == 0);
	(void)close(fd);
	none = (struct rlimit){ (rlim_t)fd + 1, before.rlim_max }; /* for our end, and no other */
	must_be(setrlimit(RLIMIT_NOFILE, &none) == 0);
	fd = command();
	(void)usleep(50 * 1000);
	must_be(setrlimit(RLIMIT_NOFILE, &before) == 0);
	assert_int_equal(ready(fd), 0);
	(void)close(fd);
}

/* ---- the supervisor ---- */

static void a_newer_web_process_takes_the_place_of_the_older(void **state)
{
	int older = stream("web 0"), courier = stream("courier 0"), newer;

	(void)state;
	assert_int_equal(ready(older), 0);
	newer = stream("web 0");
	assert_int_equal(ready(newer), 0);
	assert_gone(older);
	assert_int_equal(asked(courier, operation_outbox_claim, &(struct op_outbox_claim){ 0 }),
		reply_nothing);
	assert_int_equal(ready(courier), reply_not_allowed);
	(void)close(newer);
	(void)close(courier);
}

static void words_that_make_no_sense_are_passed_over(void **state)
{
	static const char *const words[] = { "web 0", "courier 0", "conf", "what" };
	int file = memfd_create("no socket", MFD_CLOEXEC), web;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		say(words[i], -1);
	say("what", file);
	say("conf", file);  /* no settings */
	say("web 0", file); /* nothing to read frames from */
	web = stream("web 0");
	assert_int_equal(ready(web), 0);
	(void)close(file);
	(void)close(web);
}

static int64_t minimum(int fd)
{
	struct answer out;
	int reply;

	arena_wipe(client.arena);
	assert_int_equal(wire_ask(&client, fd, operation_settings_show,
				 &(struct op_settings_show){ 0 }, &reply, &out),
		0);
	for (size_t i = 0; i < out.item_count; i++) {
		const struct rec_setting_row *row = &((const struct rec_setting_row *)out.items)[i];
		int64_t n;

		if (str_is(row->key, "passwordMinLength"))
			return str_number(row->value, &n) ? n : -1;
	}
	return -1;
}

static void reload(const struct conf *conf)
{
	int fd;

	arena_wipe(client.arena);
	assert_int_equal(conf_hand(&client, conf, 'k', &fd), 0);
	say("conf", fd);
	(void)close(fd);
}

/* As often as anybody likes: nothing of one reload stays for the next. */
static void settings_may_be_reloaded_a_thousand_times(void **state)
{
	static char words[4000];
	struct conf_error *errors;
	struct conf *conf;
	size_t count;
	int fd = command();

	(void)state;
	memset(words, 'w', sizeof(words) - 1);
	for (size_t i = 20; i < sizeof(words) - 1; i += 20)
		words[i] = ',';
	assert_int_equal(conf_read(&ctx, NULL, &conf, &errors, &count), 0);
	assert_int_equal(conf_set(&ctx, conf, "policy.organisationWords", words), 0);
	for (int i = 0; i < 1000; i++)
		reload(conf);
	assert_int_equal(conf_set(&ctx, conf, "policy.passwordMinLength", "33"), 0);
	reload(conf);
	/* The words of the supervisor are heard one after the other. */
	(void)close(stream("web 0"));
	for (int i = 0; i < 200 && minimum(fd) != 33; i++)
		(void)usleep(10 * 1000);
	assert_int_equal(minimum(fd), 33);
	conf_close(&conf);
	(void)close(fd);
}

/* Each operation keeps the settings that it began with; when too many are kept, the last good ones
 * hold. */
static void more_reloads_than_can_be_kept_are_refused_and_lose_nothing(void **state)
{
	const struct conf *held[20];
	struct conf_error *errors;
	struct conf *conf;
	size_t count, holds = 0;
	int fd = command();

	(void)state;
	assert_int_equal(conf_read(&ctx, NULL, &conf, &errors, &count), 0);
	assert_int_equal(conf_set(&ctx, conf, "policy.passwordMinLength", "41"), 0);
	while (holds < 20) {
		held[holds++] = settings_hold(&keeper);
		reload(conf);
		(void)close(stream("web 0"));
		(void)usleep(20 * 1000);
	}
	assert_int_equal(minimum(fd), 41);
	while (holds)
		settings_let(&keeper, held[--holds]);
	assert_int_equal(conf_set(&ctx, conf, "policy.passwordMinLength", "42"), 0);
	reload(conf);
	for (int i = 0; i < 200 && minimum(fd) != 42; i++)
		(void)usleep(10 * 1000);
	assert_int_equal(minimum(fd), 42);
	conf_close(&conf);
	(void)close(fd);
}

static void tamper(const char *sql)
{
	sqlite3 *db = NULL;
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &db) == SQLITE_OK);
	(void)sqlite3_busy_timeout(db, 20000);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	must_be(sqlite3_close(db) == SQLITE_OK);
}

static void a_fault_is_answered_as_one_and_the_next_one_is_served(void **state)
{
	const struct op_recover_begin begin_reset = { .name = STR("nobody") };
	int web = stream("web 0");

	(void)state;
	assert_int_equal(asked(web, operation_recover_begin, &begin_reset), reply_check_messages);
	tamper("ALTER TABLE flow RENAME TO flow_away");
	assert_int_equal(asked(web, operation_recover_begin, &begin_reset), reply_fault);
	tamper("ALTER TABLE flow_away RENAME TO flow");
	assert_int_equal(asked(web, operation_recover_begin, &begin_reset), reply_check_messages);
	(void)close(web);
}

static void what_is_under_way_is_finished_before_the_end(void **state)
{
	struct secret *password = secret_take(client.arena, "x", 1);
	const struct op_signin_password in = { .name = STR("nobody"), .password = password };
	struct str frame = frame_of(operation_signin_password, &in);
	int web = stream("web 0"), reply;
	uint32_t serial;
	struct answer out;

	(void)state;
	write_all(web, frame.at, frame.length);
	for (int i = 0; i < 10000 && atomic_load(&keeper.busy) == 0; i++)
		(void)usleep(200);
	assert_int_equal(end(NULL), 0);
	assert_int_equal(atomic_load(&keeper.busy), 0);
	assert_int_equal(
		wire_receive(&client, web, operation_signin_password, &serial, &reply, &out), 0);
	assert_int_equal(reply, reply_wrong);
	(void)close(web);
}

static void what_never_ends_does_not_keep_the_keeper(void **state)
{
	int64_t begun = clock_monotonic_us();

	(void)state;
	atomic_fetch_add(&keeper.busy, 1);
	assert_int_equal(end(NULL), 0);
	atomic_fetch_sub(&keeper.busy, 1);
	assert_true(seconds_since(begun) >= 9 && seconds_since(begun) < 30);
}

static void without_its_supervisor_the_keeper_ends(void **state)
{
	(void)state;
	(void)shutdown(control, SHUT_RDWR);
	joined();
	assert_int_equal(read_ended, 0);
}

static void what_cannot_be_watched_is_a_fault(void **state)
{
	int file = memfd_create("no socket", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(end(NULL), 0);
	keeper.epoll = epoll_create1(EPOLL_CLOEXEC);
	atomic_store(&keeper.stopping, false);
	keeper.control = file;
	keeper.listener = file;
	assert_int_equal(read_frames(&keeper), -fault_io);
	keeper.control = listen_at(listener_path);
	assert_int_equal(read_frames(&keeper), -fault_io);
	fd_close(&keeper.control);
	fd_close(&keeper.epoll);
	(void)close(file);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(a_frame_may_come_byte_by_byte_and_two_at_once),
		SERVED(what_is_no_frame_ends_its_stream_alone),
		SERVED(who_hangs_up_in_the_middle_harms_nobody),
		SERVED(a_read_that_gets_nothing_is_tried_again),
		SERVED(an_answer_that_a_signal_interrupts_is_sent_again),
		SERVED(more_at_a_time_than_there_is_room_for_are_told_to_come_again),
		SERVED(nonsense_among_too_many_ends_the_stream),
		SERVED(who_does_not_read_is_cut_off_and_the_others_are_answered),
		SERVED(who_does_not_read_that_the_keeper_is_busy_delays_the_others_once),
		SERVED(there_is_no_place_for_a_65th),
		SERVED(a_connection_without_memory_is_turned_away),
		SERVED(another_user_is_turned_away_from_the_command_line),
		SERVED(who_cannot_be_told_is_turned_away),
		SERVED(a_connection_that_finds_no_descriptor_waits_for_one),
		SERVED(a_newer_web_process_takes_the_place_of_the_older),
		SERVED(words_that_make_no_sense_are_passed_over),
		SERVED(settings_may_be_reloaded_a_thousand_times),
		SERVED(more_reloads_than_can_be_kept_are_refused_and_lose_nothing),
		SERVED(a_fault_is_answered_as_one_and_the_next_one_is_served),
		SERVED(what_is_under_way_is_finished_before_the_end),
		SERVED(what_never_ends_does_not_keep_the_keeper),
		SERVED(without_its_supervisor_the_keeper_ends),
		SERVED(what_cannot_be_watched_is_a_fault),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	must_be(secrets_open(2048));
	return cmocka_run_group_tests_name("keeper peers", tests, open_keeper, close_keeper);
}
