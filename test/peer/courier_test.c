/* The real rekey-courier hands mail to a real Postfix. */
#include "courier_end.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/rekey-courier-XXXXXX";
static char shown[64 * 1024]; /* what mail.py said last */
static int port;

static const char *const recover_values[] = { "organisation", "例の会社", "base_url",
	"https://reset.example.org", "help_mail", "desk@example.org", "help_phone", "03-1234-5678",
	"name", "tanaka.t", "support", "K7Q2-9XWM", "code", "24681357", "minutes", "10", "link",
	"https://reset.example.org/recover#24681357", "when", "1795420000", "where", "192.0.2.7",
	"agent", "Firefox", NULL };

static int free_port(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(any);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must_be(bind(fd, (struct sockaddr *)&any, size) == 0 &&
		getsockname(fd, (struct sockaddr *)&any, &size) == 0);
	close(fd);
	return ntohs(any.sin_port);
}

static int postfix(const char *verb)
{
	char command[400];

	snprintf(command, sizeof(command), "timeout 60 %s/postfix.sh %s %s %d",
		getenv("REKEY_PEER"), verb, folder, port);
	return system(command);
}

static int up(void **state)
{
	(void)state;
	must_be(secrets_open(32) && mkdtemp(folder));
	port = free_port();
	return postfix("up");
}

static int down(void **state)
{
	char command[100];
	int failed = postfix("down");

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return failed | system(command);
}

/* Fills `shown` with all that arrived for the recipient. */
static void show(const char *recipient)
{
	char command[400];
	size_t length;
	FILE *says;

	snprintf(command, sizeof(command), "%s/mail.py %s/box %s", getenv("REKEY_PEER"), folder,
		recipient);
	says = popen(command, "r");
	assert_non_null(says);
	length = fread(shown, 1, sizeof(shown) - 1, says);
	shown[length] = 0;
	assert_int_equal(pclose(says), 0);
}

static bool says(const char *text)
{
	return strstr(shown, text) != NULL;
}

static size_t times(const char *text)
{
	size_t count = 0;

	for (const char *at = shown; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* A program of this folder whose first line is its port. */
static pid_t relay(const char *arguments, int *its_port, FILE **output)
{
	char command[400];
	int pipes[2];
	pid_t pid;

	must_be(pipe(pipes) == 0);
	snprintf(command, sizeof(command), "exec %s/relay.py %s", getenv("REKEY_PEER"), arguments);
	if ((pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* also when a test fails half way */
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	*output = fdopen(pipes[0], "r");
	must_be(*output && fscanf(*output, "%d", its_port) == 1);
	return pid;
}

static void relay_end(pid_t pid, FILE *output)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	fclose(output);
}

static void assert_told(const struct courier_end *end, const char *id, const char *outcome)
{
	const struct told *told = courier_told(end, id);

	assert_non_null(told);
	assert_string_equal(told->outcome, outcome);
}

static void a_letter_arrives_whole(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "0a1b", "recover_code", "ada@example.net", "en", recover_values);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "0a1b", "sent");
	assert_int_equal(courier_drain(&end), 0);

	show("ada@example.net");
	assert_true(says("mails 1\n") && !says("defect"));
	assert_true(says("Return-Path: <no-reply@rekey.example>\n"));
	assert_int_equal(times("\nDelivered-To: "), 1);
	assert_int_equal(times("\nTo: "), 1);
	assert_true(says("\nTo: ada@example.net\n") || says("\nTo: <ada@example.net>\n"));
	assert_false(says("\nCc: ") || says("\nBcc: "));
	assert_true(says("\nFrom: 例の会社 <no-reply@rekey.example>\n"));
	assert_true(says("\nMessage-ID: <0a1b@rekey.example>\n"));
	assert_true(says("\nDate: Mon, 23 Nov 2026 07:46:40 +0000\n"));
	assert_true(says("\nAuto-Submitted: auto-generated\n"));
	assert_true(says("\nX-Auto-Response-Suppress: All\n"));
	assert_true(says("\nContent-Language: en\n"));
	assert_true(says("(using TLSv1."));
	assert_true(says("(Authenticated sender: rekey)"));
	assert_true(says("part text/plain utf-8\n|24681357\n"));
	assert_true(says("part text/html utf-8\n"));
	assert_true(strstr(strstr(shown, "part text/html"), "24681357"));
	assert_int_equal(times("part text/"), 2);
}

static void japanese_arrives_as_it_was_written(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "0a2b", "recover_code", "hanako@example.net", "ja", recover_values);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "0a2b", "sent");
	assert_int_equal(courier_drain(&end), 0);

	show("hanako@example.net");
	assert_true(says("mails 1\n") && !says("defect"));
	assert_true(says("\nContent-Language: ja\n"));
	assert_true(says("\nSubject: パスワード") || says("例の会社"));
	assert_true(says("。"));
	assert_false(says("?="));
	assert_false(strstr(strstr(shown, "\nSubject: "), "\nSubject: 24681357"));
}

static void a_carriers_mailbox_gets_plain_text_without_a_link(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "0a3b", "recover_code", "ada@docomo.ne.jp", "ja", recover_values);
	courier_letter(&end, "0a4b", "recover_code", "ada@t.vodafone.ne.jp", "ja", recover_values);
	assert_true(courier_serve(&end, 2, 20000));
	assert_int_equal(courier_drain(&end), 0);

	show("ada@docomo.ne.jp");
	assert_true(says("part text/plain utf-8\n|24681357\n"));
	assert_false(says("text/html") || says("http"));
	show("ada@t.vodafone.ne.jp");
	assert_true(says("mails 1\n") && !says("http"));
}

static void refused_is_never_and_deferred_is_later(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "0b1b", "recover_code", "reject@example.net", "en", recover_values);
	courier_letter(&end, "0b2b", "recover_code", "defer@example.net", "en", recover_values);
	assert_true(courier_serve(&end, 2, 20000));
	assert_told(&end, "0b1b", "never");
	assert_told(&end, "0b2b", "later");
	assert_non_null(strstr(courier_told(&end, "0b1b")->detail, "550"));
	assert_null(strstr(courier_told(&end, "0b1b")->detail, "example.net"));
	assert_int_equal(courier_drain(&end), 0);
}

/* One letter under one wrong setting: it must wait, and nothing may arrive. */
static void assert_waits(const char *recipient, const char *setting, const char *value)
{
	struct courier_end end;

	courier_prepare(&end, folder, port);
	courier_set(&end, setting, value);
	courier_start(&end);
	courier_letter(&end, "0c1b", "recover_code", recipient, "en", recover_values);
	assert_true(courier_serve(&end, 1, 30000));
	assert_told(&end, "0c1b", "later");
	assert_int_equal(courier_drain(&end), 0);
}

static void a_relay_that_another_ca_vouches_for_gets_nothing(void **state)
{
	char other[200];

	(void)state;
	snprintf(other, sizeof(other), "%s/other.crt", folder);
	assert_waits("wrong-ca@example.net", "mail.smtpCaFile", other);
	show("wrong-ca@example.net");
	assert_true(says("mails 0\n"));
}

static void a_relay_of_another_name_gets_nothing(void **state)
{
	struct courier_end end;
	char arguments[60];
	int other_port;
	FILE *output;
	pid_t pid;

	(void)state;
	/* The certificate names localhost and 127.0.0.1. */
	snprintf(arguments, sizeof(arguments), "stall 0 %d 127.0.0.2", port);
	pid = relay(arguments, &other_port, &output);
	courier_prepare(&end, folder, other_port);
	courier_set(&end, "mail.smtpHost", "127.0.0.2");
	courier_start(&end);
	courier_letter(
		&end, "0c2b", "recover_code", "wrong-name@example.net", "en", recover_values);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "0c2b", "later");
	assert_int_equal(courier_drain(&end), 0);
	relay_end(pid, output);
}

static void a_wrong_password_makes_letters_wait(void **state)
{
	char wrong[200];
	FILE *file;

	(void)state;
	snprintf(wrong, sizeof(wrong), "%s/wrong", folder);
	file = fopen(wrong, "w");
	assert_non_null(file);
	fputs("not-the-secret", file);
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	fclose(file);
	assert_waits("wrong-password@example.net", "mail.smtpPasswordFile", wrong);
}

static void a_relay_without_tls_hears_neither_password_nor_mail(void **state)
{
	struct courier_end end;
	char text[1000];
	int bare_port;
	FILE *output;
	pid_t pid = relay("bare", &bare_port, &output);

	(void)state;
	courier_prepare(&end, folder, bare_port);
	courier_start(&end);
	courier_letter(&end, "0d1b", "recover_code", "ada@example.net", "en", recover_values);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "0d1b", "later");
	assert_int_equal(courier_drain(&end), 0);
	kill(pid, SIGTERM);
	text[fread(text, 1, sizeof(text) - 1, output)] = 0;
	assert_non_null(strstr(text, "EHLO"));
	assert_null(strstr(text, "AUTH"));
	assert_null(strstr(text, "MAIL"));
	relay_end(pid, output);
}

/* Anyone on the way could have said it; and the relay may be one that is being put right. */
static void what_is_said_before_tls_is_not_the_last_word(void **state)
{
	struct courier_end end;
	int refusing_port;
	FILE *output;
	pid_t pid = relay("refuse", &refusing_port, &output);

	(void)state;
	courier_prepare(&end, folder, refusing_port);
	courier_start(&end);
	courier_letter(&end, "0d2b", "recover_code", "ada@example.net", "en", recover_values);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "0d2b", "later");
	assert_non_null(strstr(courier_told(&end, "0d2b")->detail, "554"));
	assert_int_equal(courier_drain(&end), 0);
	relay_end(pid, output);
}

static void stalled_letters_hold_up_no_other(void **state)
{
	struct courier_end end;
	char arguments[40], id[8], recipient[40];
	size_t sent = 0;
	int stall_port;
	FILE *output;
	pid_t pid;

	(void)state;
	snprintf(arguments, sizeof(arguments), "stall 3 %d", port);
	pid = relay(arguments, &stall_port, &output);
	courier_prepare(&end, folder, stall_port);
	courier_start(&end);
	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		snprintf(recipient, sizeof(recipient), "stalled-%d@example.net", i);
		courier_letter(&end, arena_copy(end.c.arena, str_of(id)).at, "recover_code",
			arena_copy(end.c.arena, str_of(recipient)).at, "en", recover_values);
	}
	assert_true(courier_serve(&end, 5, 10000));
	assert_true(courier_serve(&end, 8, 70000));
	for (size_t i = 0; i < 8; i++) {
		sent += strcmp(end.told[i].outcome, "sent") == 0;
		assert_string_equal(end.told[i].outcome, i < 5 ? "sent" : "later");
	}
	assert_int_equal(sent, 5);
	assert_true(end.told[4].after_ms < 10000 && end.told[7].after_ms < 65000);
	assert_int_equal(courier_drain(&end), 0);
	relay_end(pid, output);
}

static void a_header_in_an_address_is_never_sent(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "0f1b", "recover_code", "ada@example.net\r\nBcc: eve@example.net",
		"en", recover_values);
	courier_letter(&end, "0f2b", "recover_code", "eve@example.net,ada@example.net", "en",
		recover_values);
	courier_letter(&end, "0f3b", "recover_code", "<eve@example.net>", "en", recover_values);
	courier_letter(&end, "0f4b", "recover_code", "", "en", recover_values);
	assert_true(courier_serve(&end, 4, 20000));
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(end.told[i].outcome, "never");
	assert_int_equal(courier_drain(&end), 0);
}

static void a_new_keeper_is_told_what_the_old_one_asked_for(void **state)
{
	struct courier_end end;

	(void)state;
	courier_prepare(&end, folder, port);
	courier_start(&end);
	courier_letter(&end, "1a1b", "recover_code", "keeper@example.net", "en", recover_values);
	assert_true(courier_hand_out(&end, 1, 10000));
	assert_int_equal(end.told_count, 0);
	courier_new_keeper(&end);
	assert_true(courier_serve(&end, 1, 20000));
	assert_told(&end, "1a1b", "sent");
	assert_int_equal(courier_drain(&end), 0);
}

static void it_ends_in_good_time_though_a_letter_is_stalled(void **state)
{
	struct courier_end end;
	char arguments[40];
	int stall_port;
	FILE *output;
	pid_t pid;

	(void)state;
	snprintf(arguments, sizeof(arguments), "stall 9 %d", port);
	pid = relay(arguments, &stall_port, &output);
	courier_prepare(&end, folder, stall_port);
	courier_start(&end);
	courier_letter(&end, "1b1b", "recover_code", "late@example.net", "en", recover_values);
	assert_false(courier_serve(&end, 1, 1000));
	assert_int_equal(courier_drain(&end), 0);
	relay_end(pid, output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_arrives_whole),
		cmocka_unit_test(japanese_arrives_as_it_was_written),
		cmocka_unit_test(a_carriers_mailbox_gets_plain_text_without_a_link),
		cmocka_unit_test(refused_is_never_and_deferred_is_later),
		cmocka_unit_test(a_relay_that_another_ca_vouches_for_gets_nothing),
		cmocka_unit_test(a_relay_of_another_name_gets_nothing),
		cmocka_unit_test(a_wrong_password_makes_letters_wait),
		cmocka_unit_test(a_relay_without_tls_hears_neither_password_nor_mail),
		cmocka_unit_test(what_is_said_before_tls_is_not_the_last_word),
		cmocka_unit_test(stalled_letters_hold_up_no_other),
		cmocka_unit_test(a_header_in_an_address_is_never_sent),
		cmocka_unit_test(a_new_keeper_is_told_what_the_old_one_asked_for),
		cmocka_unit_test(it_ends_in_good_time_though_a_letter_is_stalled),
	};

	if (getuid() != 0) {
		puts("1..0 # SKIP Postfix needs root");
		return 0;
	}
	return cmocka_run_group_tests(tests, up, down);
}
