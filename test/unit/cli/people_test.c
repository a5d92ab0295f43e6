/* rekey people import, as a program of its own,
 * with a keeper that answers late and out of order. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "wire/wire.h"

enum { batch = 7 };

static char folder[64], path[128];
static char said[64 * 1024]; /* what the program wrote: standard output and error together */

/* ---- a keeper: names beginning with b are refused, with s the same, with x another's ---- */

static int judge(const struct op_people_import_row *in, struct answer *a)
{
	a->number = in->line;
	a->words = STR("added");
	if (str_starts(in->user_name, STR("s")))
		return reply_already;
	if (str_starts(in->user_name, STR("b"))) {
		a->field = STR("mail");
		a->words = STR("mail_form");
		return reply_refused;
	}
	if (str_starts(in->user_name, STR("x"))) {
		a->field = STR("userName");
		a->words = STR("name_taken");
		return reply_unclear;
	}
	if (str_starts(in->user_name, STR("f"))) {
		a->support = STR("K7Q2-9XWM");
		return reply_fault;
	}
	return 0;
}

static struct str read_frame(int fd, char *memory)
{
	size_t have = 0;

	for (;;) {
		int64_t whole = frame_whole((struct str){ memory, have }, frame_limit);

		if (whole > 0 && (size_t)whole <= have)
			return (struct str){ memory, have };
		if (read(fd, memory + have, 1) != 1)
			return STR_NONE;
		have++;
	}
}

static void answer_one(struct ctx *c, int fd, struct str frame)
{
	static char memory[answer_limit];
	struct buf out = buf_on(memory, sizeof(memory));
	struct request request = { .door = door_socket };
	enum operation_id id;
	uint32_t serial;
	const void *in;
	struct answer a = { 0 };
	int reply = 0;

	must_be(frame_take(c, frame, &serial, &id, &request, &in) == 0);
	if (id == operation_people_import_row)
		reply = judge(in, &a);
	must_be(answer_give(c, serial, id, reply, &a, &out) == 0);
	must_be(write(fd, out.at, out.length) == (ssize_t)out.length);
	arena_wipe(c->arena);
}

static bool more_waits(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

/* Takes up to `batch` frames and answers the last one first. */
static void serve(int listener)
{
	static char memory[batch][frame_limit];
	struct ctx c = { .arena = arena_open(1024 * 1024) };
	int fd = accept(listener, NULL, NULL);
	struct str frames[batch];

	must_be(secrets_open(16));
	for (;;) {
		size_t count = 0;

		do {
			frames[count] = read_frame(fd, memory[count]);
			if (!frames[count].at)
				_exit(0);
			count++;
			usleep(500);
		} while (count < batch && more_waits(fd));
		while (count)
			answer_one(&c, fd, frames[--count]);
	}
}

static pid_t start_keeper(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	snprintf(path, sizeof(path), "%s/run", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/keeper.sock", folder);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	pid = fork();
	if (pid == 0)
		serve(listener);
	close(listener);
	return pid;
}

/* ---- the program ---- */

static void write_file(const char *name, struct str text)
{
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_int_equal(fwrite(text.at, 1, text.length, file), text.length);
	fclose(file);
}

static const char *read_file(const char *name, char *memory, size_t size)
{
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	memory[fread(memory, 1, size - 1, file)] = 0;
	fclose(file);
	return memory;
}

/* Runs `rekey people import ARGS...` in the folder; its exit code. */
static int import(char *first, char *second, char *third)
{
	char *argv[] = { (char *)"rekey", (char *)"--data", folder, (char *)"people",
		(char *)"import", first, second, third, NULL };
	int argc = third ? 8 : second ? 7 : 6, status;
	pid_t pid = fork();

	if (pid == 0) {
		must_be(chdir(folder) == 0 && freopen("said", "w", stdout) && dup2(1, 2) == 2);
		_exit(cli_main(argc, argv, NULL, 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	read_file("said", said, sizeof(said));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int make_folder(void **state)
{
	static pid_t keeper;

	snprintf(folder, sizeof(folder), "/tmp/rekey_import_XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	keeper = start_keeper();
	*state = &keeper;
	return 0;
}

static int drop_folder(void **state)
{
	char command[100];

	kill(*(pid_t *)*state, SIGKILL);
	waitpid(*(pid_t *)*state, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void assert_said(const char *part)
{
	if (!strstr(said, part))
		fail_msg("\"%s\" does not say \"%s\"", said, part);
}

/* ---- tests ---- */

static void good_rows_are_counted(void **state)
{
	(void)state;
	write_file("p.csv", STR("userName\nada\nsame\ntanaka.t\n"));
	assert_int_equal(import((char *)"p.csv", NULL, NULL), exit_done);
	assert_said("3 rows: 2 added, 0 changed, 1 as they were, 0 refused");
}

static void refusals_of_reader_and_keeper_stand_in_the_files_order(void **state)
{
	char report[2000];
	const char *bad, *taken, *broken;

	(void)state;
	write_file("p.csv", STR("userName,mail\nada,\nbad,x\nxavier,\n\"broken\"q,\nlast,\n"));
	assert_int_equal(
		import((char *)"p.csv", (char *)"--report", (char *)"r.csv"), exit_refused);
	assert_said("line 3, mail: Not a mail address");
	assert_said("5 rows: 2 added, 0 changed, 0 as they were, 3 refused");
	read_file("r.csv", report, sizeof(report));
	assert_int_equal(strncmp(report, "line,field,reason,sentence\n", 27), 0);
	bad = strstr(report, "\n3,\"mail\",\"mail_form\",\"Not a mail");
	taken = strstr(report, "\n4,\"userName\",\"name_taken\",\"Another");
	broken = strstr(report, "\n5,\"userName\",\"quote_after\",\"There is text");
	assert_true(bad && taken && broken && bad < taken && taken < broken);
}

static void of_two_rows_with_one_name_in_any_spelling_the_second_is_refused(void **state)
{
	(void)state;
	write_file(
		"p.csv", STR("userName,mail,employeeId\nada,ada@example.org,1\n"
			     "\xef\xbd\x81\xef\xbd\x84\xef\xbd\x81,,\n" /* full width */
			     "eve,ADA@example.ORG,\nmia,,ada\nzoe@example.org,zoe@example.org,\n"));
	assert_int_equal(import((char *)"p.csv", (char *)"--dry-run", NULL), exit_refused);
	assert_said("line 3, column 1, userName: A row above in this file has this name");
	assert_said("line 4, column 2, mail: A row above in this file has this name");
	assert_said("line 5, column 3, employeeId: A row above in this file has this name");
	assert_said("5 rows: 2 added, 0 changed, 0 as they were, 3 refused");
}

static void a_name_that_comes_twice_is_refused_the_second_time(void **state)
{
	static char text[400 * 1024];
	struct buf b = buf_on(text, sizeof(text));

	(void)state;
	buf_add(&b, STR("userName,surname\n"));
	for (int i = 0; i < 5000; i++)
		buf_print(&b, "a%d,\n", i);
	buf_add(&b, STR(" A4321 ,x\nada,\n"));
	write_file("p.csv", buf_str(&b));
	assert_int_equal(import((char *)"p.csv", NULL, NULL), exit_refused);
	assert_said("line 5002, column 1, userName: A row above in this file has this name");
	assert_said("5002 rows: 5001 added, 0 changed, 0 as they were, 1 refused");
}

static void thousands_of_rows_pass_through_the_window(void **state)
{
	static char text[400 * 1024];
	struct buf b = buf_on(text, sizeof(text));

	(void)state;
	buf_add(&b, STR("userName\n"));
	for (int i = 0; i < 3000; i++)
		buf_print(&b, "%c%d\n", "abs"[i % 3], i);
	write_file("p.csv", buf_str(&b));
	assert_int_equal(import((char *)"p.csv", (char *)"--dry-run", NULL), exit_refused);
	assert_said(
		"dry run, nothing was done: 3000 rows: 1000 added, 0 changed, 1000 as they were, "
		"1000 refused");
}

static void ldif_is_known_by_its_name(void **state)
{
	(void)state;
	write_file("p.ldif", STR("dn: a\nuid: ada\nuserPassword: {SSHA}abc\n"));
	assert_int_equal(import((char *)"p.ldif", NULL, NULL), exit_done);
	assert_said("1 rows: 1 added");
}

static void a_file_that_is_refused_as_a_whole_reaches_no_keeper(void **state)
{
	(void)state;
	write_file("p.csv", STR("userName,password\nada,secret\n"));
	assert_int_equal(import((char *)"p.csv", NULL, NULL), exit_refused);
	assert_said("line 1, password: Columns carry password hashes, never clear passwords");
	assert_int_equal(import((char *)"absent.csv", NULL, NULL), exit_refused);
	assert_said("absent.csv cannot be read: No such file");
	assert_int_equal(import((char *)"run", NULL, NULL), exit_refused);
	assert_said("run is a folder");
	assert_int_equal(import((char *)"p.csv", (char *)"--as", (char *)"xlsx"), exit_usage);
}

static void a_fault_stops_the_import_and_says_that_a_second_run_is_safe(void **state)
{
	(void)state;
	write_file("p.csv", STR("userName\nada\nfault\n"));
	assert_int_equal(import((char *)"p.csv", NULL, NULL), exit_fault);
	assert_said("support code K7Q2-9XWM");
	assert_said("run it again");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_rows_are_counted),
		TEST(refusals_of_reader_and_keeper_stand_in_the_files_order),
		TEST(of_two_rows_with_one_name_in_any_spelling_the_second_is_refused),
		TEST(a_name_that_comes_twice_is_refused_the_second_time),
		TEST(thousands_of_rows_pass_through_the_window),
		TEST(ldif_is_known_by_its_name),
		TEST(a_file_that_is_refused_as_a_whole_reaches_no_keeper),
		TEST(a_fault_stops_the_import_and_says_that_a_second_run_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
