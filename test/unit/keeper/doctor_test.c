/* What `rekey doctor` says, for a server that is well and for each thing that may be wrong. */
#include "../house.h"
#include "keeper/inside.h"
#include "outbox/outbox.h"

#include <sys/resource.h>
#include <sys/wait.h>

static struct answer said;

static int setup(void **state)
{
	return open_house(state) || conf_set(&ctx, settings, "mail.smtpHost", "mail.example.org") ||
	       conf_set(&ctx, settings, "mail.sender", "rekey@example.org") ||
	       conf_set(&ctx, settings, "site.baseUrl", "https://reset.example.org") ||
	       conf_set(&ctx, settings, "mail.helpDeskPhone", "555 0100");
}

/* One line of it; NULL: there is none. */
static const struct rec_check *line(const char *what)
{
	const struct rec_check *rows;

	said = (struct answer){ 0 };
	assert_int_equal(serve_doctor_show(&ctx, &(struct op_doctor_show){ 0 }, &said), 0);
	rows = said.items;
	for (size_t i = 0; i < said.item_count; i++)
		if (str_is(rows[i].what, what))
			return &rows[i];
	return NULL;
}

static void assert_good(const char *what)
{
	const struct rec_check *row = line(what);

	assert_non_null(row);
	if (!str_is(row->state, "good"))
		fail_msg("%s: %.*s", what, STR_ARG(row->words));
}

static void assert_look(const char *what, const char *words)
{
	const struct rec_check *row = line(what);

	assert_non_null(row);
	if (!str_is(row->state, "look") || str_find(row->words, str_of(words)) == row->words.length)
		fail_msg("%s: %.*s: %.*s", what, STR_ARG(row->state), STR_ARG(row->words));
}

static void a_server_that_is_well_has_nothing_to_look_at(void **state)
{
	static const char *const all[] = { "keeper", "key", "address", "proxy", "mail",
		"help desk" };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_good(all[i]);
	assert_null(line("mail that failed"));
}

static void an_address_of_this_machine_alone_is_said(void **state)
{
	(void)state;
	set_conf("site.baseUrl", "http://localhost:8480");
	assert_good("address");
	assert_true(str_find(line("address")->words, STR("trial")) < line("address")->words.length);
}

static void a_proxy_that_nobody_named_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < 1000; i++)
		site_request(&site, STR("192.0.2.1"));
	assert_look("proxy", "trustedProxies");
}

static void a_help_desk_that_nobody_can_reach_is_said(void **state)
{
	(void)state;
	set_conf("mail.helpDeskPhone", "");
	assert_look("help desk", "nobody to ask");
	set_conf("mail.helpDeskMail", "help@example.org");
	assert_good("help desk");
}

static void letter(void)
{
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(outbox_add(&unit, NULL, STR("ada@example.org"), "test", NULL, 0), 0);
	assert_int_equal(unit_commit(&unit), 0);
}

static void mail_that_nobody_sends_is_said(void **state)
{
	(void)state;
	letter();
	ctx.now += 15 * 60;
	assert_good("mail");
	ctx.now += 1;
	assert_look("mail", "waited for over 15 minutes");
	set_conf("mail.smtpHost", "");
	assert_look("mail", "smtpHost is not set");
	settings->demo = true;
	assert_good("mail");
}

static void mail_that_was_given_up_is_said(void **state)
{
	struct op_outbox_report report = { 0 };
	const struct rec_letter *claimed;

	(void)state;
	letter();
	said = (struct answer){ 0 };
	assert_int_equal(serve_outbox_claim(&ctx, &(struct op_outbox_claim){ 0 }, &said), 0);
	claimed = said.record;
	report = (struct op_outbox_report){
		.id = claimed->id, .outcome = STR("never"), .detail = STR("550 no such mailbox")
	};
	said = (struct answer){ 0 };
	assert_int_equal(serve_outbox_report(&ctx, &report, &said), 0);
	assert_look("mail that failed", "rekey outbox list --state dead");
}

/* In a process that may lock nothing, before this one locks its own. Its exit says what it saw. */
static int unlocked;

static int look_unlocked(void)
{
	const struct rlimit none = { 0, 0 };
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if ((geteuid() == 0 &&
			    (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))) ||
			setrlimit(RLIMIT_MEMLOCK, &none) || !secrets_open(64) || setup(NULL))
			exit(2);
		const struct rec_check *row = line("locked memory");
		int seen = row && str_is(row->state, "look") && !secrets_locked();

		(void)close_house(NULL);
		exit(seen ? 0 : 1);
	}
	return waitpid(child, &status, 0) == child ? status : -1;
}

static void secrets_that_may_reach_the_swap_are_said(void **state)
{
	(void)state;
	if (REKEY_SANITIZED)
		skip(); /* a sanitizer locks nothing, and says that it did */
	assert_int_equal(unlocked, 0);
	assert_true(!secrets_locked() || line("locked memory"));
	if (secrets_locked())
		assert_good("locked memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_server_that_is_well_has_nothing_to_look_at, setup, close_house),
		cmocka_unit_test_setup_teardown(
			an_address_of_this_machine_alone_is_said, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_proxy_that_nobody_named_is_said, setup, close_house),
		cmocka_unit_test_setup_teardown(
			a_help_desk_that_nobody_can_reach_is_said, setup, close_house),
		cmocka_unit_test_setup_teardown(mail_that_nobody_sends_is_said, setup, close_house),
		cmocka_unit_test_setup_teardown(mail_that_was_given_up_is_said, setup, close_house),
		cmocka_unit_test_setup_teardown(
			secrets_that_may_reach_the_swap_are_said, setup, close_house),
	};

	unlocked = look_unlocked();

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
