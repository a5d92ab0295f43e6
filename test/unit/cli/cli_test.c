/* The command line against a keeper of this test's own: words in, lines and exit codes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/inside.h"
#include "spec/import.h"
#include "wire/wire.h"

static char folder[64];
static char out[256 * 1024], said[16 * 1024]; /* standard output, standard error */
static pid_t keeper;

/* ---- the keeper ---- */

static struct rec_person people[] = {
	{ .id = { "a1", 2 },
		.name = { "ada", 3 },
		.display_name = { "Ada \"L\" \\ Lovelace", 18 },
		.registered = 1,
		.last_signin = 1795416720 },
	{ .id = { "b2", 2 }, .name = { "tanaka.t", 8 }, .display_name = { "田中 太郎", 13 } },
	{ .id = { "c3", 2 }, .name = { "zed", 3 }, .display_name = { "\x1b[31mred\xc2\x9b", 10 } },
};
static struct rec_method_row methods[] = { { .id = { "m1", 2 }, .kind = { "totp", 4 } } };

static int list_people(const struct op_people_list *in, struct answer *a)
{
	bool first = in->cursor.length == 0;

	if (str_is(in->search, "nobody"))
		return 0;
	people[2].why = str_is(in->search, "late") ? STR("frozen") : STR_NONE;
	a->items = first ? people : people + 2;
	a->item_count = in->most == 1 ? 1 : first ? 2 : 1;
	a->cursor = first ? STR("tanaka.t") : STR_NONE;
	return 0;
}

static int show_person(const struct op_people_show *in, struct answer *a)
{
	a->field = STR("name");
	if (!str_is(in->name, "ada"))
		return reply_not_found;
	a->record = people;
	a->items = methods;
	a->item_count = 1;
	return 0;
}

static int serve(enum operation_id id, const void *in, struct answer *a)
{
	static char since[24];

	switch (id) {
	case operation_people_list:
		return list_people(in, a);
	case operation_people_show:
		return show_person(in, a);
	case operation_people_erase:
		a->words = import_why_id(1);
		return reply_refused;
	case operation_mail_test:
		a->field = STR("address");
		a->words = STR("mail_malformed");
		return reply_refused;
	case operation_people_disable:
		return reply_already;
	case operation_people_unlock:
		a->support = STR("K7Q2-9XWM");
		return reply_fault;
	case operation_audit_list:
		/* What was asked comes back in the refusal. */
		snprintf(since, sizeof(since), "%lld",
			(long long)((const struct op_audit_list *)in)->since);
		a->words = str_of(since);
		return reply_refused;
	case operation_people_enable:
		return 0;
	default:
		return reply_malformed;
	}
}

static bool answer_one(int fd, struct arena *arena)
{
	struct ctx c = { .arena = arena };
	char *memory = arena_take(arena, frame_limit), *room = arena_take(arena, frame_limit);
	struct buf b = buf_on(room, frame_limit);
	struct request request = { 0 };
	struct answer a = { 0 };
	enum operation_id id;
	uint32_t serial;
	const void *in;
	size_t have = 0;
	int64_t whole;

	while ((whole = frame_whole((struct str){ memory, have }, frame_limit)) <= 0 ||
		(size_t)whole > have)
		if (read(fd, memory + have++, 1) != 1)
			return false;
	if (frame_take(&c, (struct str){ memory, have }, &serial, &id, &request, &in) != 0)
		return false;
	return answer_give(&c, serial, id, serve(id, in, &a), &a, &b) == 0 &&
	       write(fd, b.at, b.length) == (ssize_t)b.length;
}

static _Noreturn void keep(int listener)
{
	struct arena *arena = arena_open(1024 * 1024);

	for (;;) {
		scoped_fd fd = accept(listener, NULL, NULL);

		while (answer_one(fd, arena))
			arena_wipe(arena);
	}
}

static int group_setup(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char path[96];
	scoped_fd listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rekey_cli_XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/run", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/keeper.sock", folder);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 8), 0);
	keeper = fork();
	if (keeper == 0)
		keep(listener);
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	return remove(path);
}

static int group_teardown(void **state)
{
	(void)state;
	kill(keeper, SIGKILL);
	waitpid(keeper, NULL, 0);
	nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

/* ---- the command line, in a child ---- */

static void slurp(const char *name, char *into, size_t size)
{
	char path[96];
	int fd;
	ssize_t got;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = read(fd, into, size - 1);
	into[got > 0 ? got : 0] = 0;
	close(fd);
}

static void turn(int fd, const char *name)
{
	char path[96];
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(file, fd);
}

static int run_in(const char *data, const char *words)
{
	char copy[512], *argv[24] = { (char[]){ "rekey" } }, *rest = copy;
	int argc = 1, status;
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s", words);
	while (argc < 20 && (argv[argc] = strsep(&rest, " ")))
		argc += *argv[argc] != 0;
	argv[argc++] = (char[]){ "--data" };
	argv[argc++] = (char *)(uintptr_t)data;
	argv[argc] = NULL;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		turn(1, "out");
		turn(2, "said");
		exit(cli_main(argc, argv, NULL, 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	slurp("out", out, sizeof(out));
	slurp("said", said, sizeof(said));
	return WEXITSTATUS(status);
}

static int run(const char *words)
{
	return run_in(folder, words);
}

static void assert_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void a_list_comes_whole_and_aligned_by_width(void **state)
{
	(void)state;
	assert_int_equal(run("people list"), exit_done);
	assert_string_equal(out,
		"id  name      display_name        must_change  registered  last_signin\n"
		"a1  ada       Ada \"L\" \\ Lovelace  0            1           "
		"2026-11-23T06:52:00Z\n"
		"b2  tanaka.t  田中 太郎           0            0\n"
		"c3  zed       ?[31mred?           0            0\n");
}

static void a_column_that_a_later_page_brings_is_named_there(void **state)
{
	(void)state;
	assert_int_equal(run("people list --search late"), exit_done);
	assert_in(out, "\n\nid  name      display_name        must_change  registered  last_signin"
		       "           why\n"
		       "c3  zed       ?[31mred?           0            0"
		       "                                 frozen\n");
}

static void a_list_as_json_is_one_array(void **state)
{
	(void)state;
	assert_int_equal(run("people list --format json"), exit_done);
	assert_true(str_starts(str_of(out), STR("[\n{\"id\": \"a1\", \"name\": \"ada\", ")));
	assert_in(out, "\"display_name\": \"Ada \\\"L\\\" \\\\ Lovelace\"");
	assert_in(out, "\"last_signin\": \"2026-11-23T06:52:00Z\"");
	assert_in(out, "\"last_signin\": null");
	assert_in(out, "},\n{\"id\": \"c3\"");
	assert_in(out, "\"display_name\": \"\\u001b[31mred\\u009b\"");
	assert_true(str_ends(str_of(out), STR("}]\n")));
}

static void an_empty_list_is_nothing_or_an_empty_array(void **state)
{
	(void)state;
	assert_int_equal(run("people list --search nobody"), exit_done);
	assert_string_equal(out, "");
	assert_int_equal(run("people list --search=nobody --format=json"), exit_done);
	assert_string_equal(out, "[]\n");
}

static void asked_for_so_many_a_list_is_one_page(void **state)
{
	(void)state;
	assert_int_equal(run("people list --most 1"), exit_done);
	assert_in(out, "ada");
	assert_null(strstr(out, "zed"));
}

static void a_record_stands_above_its_list(void **state)
{
	(void)state;
	assert_int_equal(run("people show ada"), exit_done);
	assert_in(out, "name          ada\n");
	assert_in(out, "id  kind");
	assert_int_equal(run("people show ada --format json"), exit_done);
	assert_true(str_starts(str_of(out), STR("{\"record\": {\"id\": \"a1\"")));
	assert_true(str_ends(str_of(out), STR("]}\n")));
}

static void what_the_keeper_refuses_is_said(void **state)
{
	(void)state;
	assert_int_equal(run("people show eve"), exit_refused);
	assert_string_equal(said, "rekey: nobody signs in with the name eve\n");
	assert_string_equal(out, "");
	assert_int_equal(run("mail test foo"), exit_refused);
	assert_true(str_starts(
		str_of(said), STR("rekey: address: This is not a complete e-mail address.")));
	assert_int_equal(run("people erase ada --confirm yes"), exit_refused);
	assert_in(said, import_why_sentence(1));
	assert_int_equal(run("people unlock ada"), exit_fault);
	assert_in(said, "K7Q2-9XWM");
	assert_int_equal(run("people disable ada"), exit_done);
	assert_in(said, "already");
	assert_int_equal(run("people enable ada"), exit_done);
	assert_string_equal(said, "");
}

static void times_are_moments_or_so_long_ago(void **state)
{
	char words[64];

	(void)state;
	assert_int_equal(run("audit list --since 2026-11-23"), exit_refused);
	assert_in(said, ": 1795392000\n");
	assert_int_equal(run("audit list --since 2026-11-23T06:52:00Z"), exit_refused);
	assert_in(said, ": 1795416720\n");
	assert_int_equal(run("audit list --since 2d"), exit_refused);
	snprintf(words, sizeof(words), ": %lld", (long long)(clock_now() - 2 * 86400) / 100);
	assert_in(said, words);
}

static void wrong_usage_is_said_before_anything_is_asked(void **state)
{
	static const char *const wrong[] = { "", "nonsense", "people", "people nonsense",
		"people show", "people show a b", "people list --search", "people list --nonsense",
		"people list --most x", "people list --most 1001",
		"people list --search a --search b", "people erase ada --confirm",
		"people list --format xml", "audit list --since yesterday",
		"audit list --since 2026-13-01", "audit list --since 2026-11-23T25:00:00Z",
		"audit list --since 99999999d", "outbox list --state lost", "people show \xff",
		"completion fish" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int code = run(wrong[i]);

		if (code != exit_usage || (!said[0] && !out[0]))
			fail_msg("\"%s\" gave %d", wrong[i], code);
	}
}

static void after_two_hyphens_nothing_is_an_option(void **state)
{
	char *words[] = { (char[]){ "--" }, (char[]){ "--data" } };
	struct call call = { .usage = "people show NAME" };

	(void)state;
	assert_int_equal(call_parse(&call, 2, words), 0);
	assert_true(str_is(call_value(&call, "NAME"), "--data"));
}

static void a_usage_line_is_a_grammar(void **state)
{
	struct str rest = str_of("people import FILE [OTHER] [--most N] --dry-run [--as]");
	struct slot slot;

	(void)state;
	assert_true(usage_next(&rest, &slot));
	assert_true(str_is(slot.name, "FILE") && !slot.optional && !slot.option);
	assert_true(usage_next(&rest, &slot));
	assert_true(str_is(slot.name, "OTHER") && slot.optional);
	assert_true(usage_next(&rest, &slot));
	assert_true(str_is(slot.name, "--most") && str_is(slot.value, "N") && slot.optional);
	assert_true(usage_next(&rest, &slot));
	assert_true(str_is(slot.name, "--dry-run") && !slot.value.length && !slot.optional);
	assert_true(usage_next(&rest, &slot));
	assert_true(str_is(slot.name, "--as") && slot.optional);
	assert_false(usage_next(&rest, &slot));
}

static void without_a_keeper_the_code_says_so(void **state)
{
	(void)state;
	assert_int_equal(run_in("/nonexistent", "people list"), exit_unreachable);
	assert_in(said, "/nonexistent");
	assert_int_equal(run_in("/tmp", "people list"), exit_unreachable);
}

static void help_names_every_command(void **state)
{
	(void)state;
	assert_int_equal(run("help"), exit_done);
	for (size_t id = 0; id < operation_count; id++)
		assert_in(out, operation_list[id].command);
	assert_int_equal(run("help people"), exit_done);
	assert_null(strstr(out, "rekey outbox"));
	assert_int_equal(run("people list --help"), exit_done);
	assert_in(out, "usage: rekey people list");
	assert_int_equal(run("--version"), exit_done);
	assert_in(out, REKEY_VERSION);
}

static void completion_knows_nouns_verbs_and_options(void **state)
{
	(void)state;
	assert_int_equal(run("completion bash"), exit_done);
	assert_in(out, "complete -F _rekey rekey\n");
	assert_in(out, "outbox) words=\"$words list retry drop \"");
	assert_in(out, "\"people list\"*) words=\"$words --search --cursor --most \"");
	assert_int_equal(run("completion zsh"), exit_done);
	assert_true(str_starts(str_of(out), STR("#compdef rekey\n")));
}

static void a_settings_file_is_checked_without_a_keeper(void **state)
{
	char path[96], words[160];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/rekey.conf", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(write(fd, "[site]\nbaseUrl = ftp://x\norganisation =\n", 40) == 40);
	close(fd);
	snprintf(words, sizeof(words), "settings check %s", path);
	assert_int_equal(run(words), exit_refused);
	snprintf(words, sizeof(words), "%s:2: baseUrl: must be https://", path);
	assert_in(said, words);
	snprintf(words, sizeof(words), "%s:3: organisation: must be text", path);
	assert_in(said, words);
}

static void the_sample_is_a_file_of_defaults(void **state)
{
	char words[160];

	(void)state;
	assert_int_equal(run("settings sample"), exit_done);
	assert_null(strstr(out, "#demo"));
	for (char *at = out; (at = strstr(at, "\n#")); at++)
		if (at[2] != ' ')
			at[1] = ' ';
	for (char *at = out; (at = strstr(at, "\n "));)
		memmove(at + 1, at + 2, strlen(at + 2) + 1);
	snprintf(words, sizeof(words), "%s/sample", folder);
	close(open(words, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	FILE *file = fopen(words, "we");
	fputs(out, file);
	fclose(file);
	snprintf(words, sizeof(words), "settings check %s/sample", folder);
	if (run(words) != exit_done)
		fail_msg("%s", said);
}

static void a_secret_is_a_line_and_never_an_argument(void **state)
{
	struct call call = { .c = &(struct ctx){ .arena = arena_open(4096) } };
	int ends[2], before = dup(0);
	struct secret *secret;

	(void)state;
	assert_true(secrets_open(4));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], "correct horse \nsecond\n", 22), 22);
	close(ends[1]);
	dup2(ends[0], 0);
	secret = call_secret(&call, "password");
	assert_true(secret_same(secret, STR("correct horse ")));
	secret = call_secret(&call, "password");
	assert_true(secret_same(secret, STR("second")));
	assert_null(call_secret(&call, "password"));
	dup2(before, 0);
	close(before);
	close(ends[0]);
	arena_close(&call.c->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_comes_whole_and_aligned_by_width),
		cmocka_unit_test(a_column_that_a_later_page_brings_is_named_there),
		cmocka_unit_test(a_list_as_json_is_one_array),
		cmocka_unit_test(an_empty_list_is_nothing_or_an_empty_array),
		cmocka_unit_test(asked_for_so_many_a_list_is_one_page),
		cmocka_unit_test(a_record_stands_above_its_list),
		cmocka_unit_test(what_the_keeper_refuses_is_said),
		cmocka_unit_test(times_are_moments_or_so_long_ago),
		cmocka_unit_test(wrong_usage_is_said_before_anything_is_asked),
		cmocka_unit_test(after_two_hyphens_nothing_is_an_option),
		cmocka_unit_test(a_usage_line_is_a_grammar),
		cmocka_unit_test(without_a_keeper_the_code_says_so),
		cmocka_unit_test(help_names_every_command),
		cmocka_unit_test(completion_knows_nouns_verbs_and_options),
		cmocka_unit_test(a_settings_file_is_checked_without_a_keeper),
		cmocka_unit_test(the_sample_is_a_file_of_defaults),
		cmocka_unit_test(a_secret_is_a_line_and_never_an_argument),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
