/* The state folder and the listener: what is made, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "main/inside.h"

struct fixture {
	struct serving serving;
	char folder[64];
	int errors; /* the real standard error; sentences are not shown */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	snprintf(f->folder, sizeof(f->folder), "/tmp/rekey_folder_XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->serving.data, sizeof(f->serving.data), "%s/a/b", f->folder);
	f->serving.lock = f->serving.keeper_listener = f->serving.listener = -1;
	f->errors = dup(2);
	dup2(null, 2);
	close(null);
	*state = f;
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	return remove(path);
}

static void close_all(struct serving *s)
{
	fd_close(&s->lock);
	fd_close(&s->keeper_listener);
	fd_close(&s->listener);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close_all(&f->serving);
	dup2(f->errors, 2);
	close(f->errors);
	nftw(f->folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static mode_t mode_of(struct fixture *f, const char *part)
{
	char path[2 * PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", f->serving.data, part);
	return lstat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void a_folder_is_made_for_its_owner_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(folder_open(&f->serving), 0);
	assert_int_equal(mode_of(f, "."), 0700);
	assert_int_equal(mode_of(f, "run"), 0700);
	assert_int_equal(mode_of(f, "keys"), 0700);
	assert_int_equal(mode_of(f, "backup"), 0700);
	assert_int_equal(mode_of(f, "demo"), 0);
	assert_int_equal(folder_listen(&f->serving), 0);
	assert_int_equal(mode_of(f, "run/keeper.sock"), 0600);
}

static void a_folder_serves_one_rekey_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct serving other = f->serving;

	assert_int_equal(folder_open(&f->serving), 0);
	assert_int_equal(folder_open(&other), exit_refused);
	close_all(&other);
	close_all(&f->serving);
	assert_int_equal(folder_open(&f->serving), 0);
}

static void a_socket_left_over_does_not_stop_the_next_start(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(folder_open(&f->serving), 0);
		assert_int_equal(folder_listen(&f->serving), 0);
		close_all(&f->serving);
	}
}

static void a_folder_open_to_others_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(folder_open(&f->serving), 0);
	close_all(&f->serving);
	assert_int_equal(chmod(f->serving.data, 0750), 0);
	assert_int_equal(folder_open(&f->serving), exit_refused);
}

static void a_demo_is_one_from_birth(void **state)
{
	struct fixture *f = *state;

	f->serving.demo = true;
	assert_int_equal(folder_open(&f->serving), 0);
	assert_int_equal(mode_of(f, "demo"), 0600);
	close_all(&f->serving);
	assert_int_equal(folder_open(&f->serving), 0);
	close_all(&f->serving);
	f->serving.demo = false;
	assert_int_equal(folder_open(&f->serving), exit_refused);
}

static void what_was_no_demo_never_becomes_one(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(folder_open(&f->serving), 0);
	close_all(&f->serving);
	f->serving.demo = true;
	assert_int_equal(folder_open(&f->serving), exit_refused);
	assert_int_equal(mode_of(f, "demo"), 0);
}

static uid_t owner_of(struct fixture *f, const char *part)
{
	char path[2 * PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", f->serving.data, part);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_uid;
}

static void what_root_put_there_becomes_the_keepers_but_no_second_name(void **state)
{
	struct fixture *f = *state;
	char restored[2 * PATH_MAX], elsewhere[2 * PATH_MAX], linked[2 * PATH_MAX];

	if (geteuid() != 0)
		skip();
	f->serving.identity[program_keeper] = (struct identity){ true, 65534, 65534 };
	assert_int_equal(folder_open(&f->serving), 0);
	snprintf(restored, sizeof(restored), "%s/rekey.db", f->serving.data);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", f->folder);
	snprintf(linked, sizeof(linked), "%s/linked", f->serving.data);
	close(open(restored, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	close(open(elsewhere, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(link(elsewhere, linked), 0);
	for (int start = 0; start < 2; start++)
		assert_int_equal(folder_give(&f->serving), 0);
	assert_int_equal(owner_of(f, "."), 65534);
	assert_int_equal(owner_of(f, "keys"), 65534);
	assert_int_equal(owner_of(f, "rekey.db"), 65534);
	assert_int_equal(owner_of(f, "linked"), 0);
	assert_int_equal(chown(f->serving.data, 65533, 65533), 0);
	assert_int_equal(folder_give(&f->serving), exit_refused);
}

static int listens(struct fixture *f, const char *where, bool direct, struct place *place)
{
	fd_close(&f->serving.listener);
	return listen_open(where, direct ? NULL : "no", &f->serving.listener, place);
}

static void only_loopback_is_listened_on_unless_permitted(void **state)
{
	struct fixture *f = *state;
	struct place place;

	assert_int_equal(listens(f, "127.0.0.1:0", false, &place), 0);
	assert_true(place.loopback && place.port > 0);
	assert_int_equal(listens(f, "localhost:0", false, &place), 0);
	assert_int_equal(listens(f, "0.0.0.0:0", false, &place), exit_refused);
	assert_int_equal(listens(f, "[::]:0", false, &place), exit_refused);
	assert_int_equal(listens(f, "0.0.0.0:0", true, &place), 0);
	assert_false(place.loopback);
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", "8480", ":8480", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:http", "example.org:80", "[::1",
		"unix:", "127.0.0.1:-1" };
	struct fixture *f = *state;
	struct place place;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(listens(f, bad[i], true, &place), exit_usage);
}

static void a_unix_listener_takes_the_place_of_a_dead_one_only(void **state)
{
	struct fixture *f = *state;
	char where[128];
	struct place place;
	int second = -1;

	snprintf(where, sizeof(where), "unix:%s/web.sock", f->folder);
	assert_int_equal(listens(f, where, false, &place), 0);
	assert_int_equal(place.port, 0);
	assert_int_equal(listen_open(where, "no", &second, &place), exit_refused);
	fd_close(&second);
	assert_int_equal(listens(f, where, false, &place), 0);
	snprintf(where, sizeof(where), "unix:%s/file", f->folder);
	close(open(where + 5, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(listens(f, where, false, &place), exit_refused);
	assert_int_equal(access(where + 5, F_OK), 0);
}

int main(void)
{
#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		case_(a_folder_is_made_for_its_owner_alone),
		case_(a_folder_serves_one_rekey_at_a_time),
		case_(a_socket_left_over_does_not_stop_the_next_start),
		case_(a_folder_open_to_others_is_refused),
		case_(a_demo_is_one_from_birth),
		case_(what_was_no_demo_never_becomes_one),
		case_(what_root_put_there_becomes_the_keepers_but_no_second_name),
		case_(only_loopback_is_listened_on_unless_permitted),
		case_(what_is_no_address_is_refused),
		case_(a_unix_listener_takes_the_place_of_a_dead_one_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
