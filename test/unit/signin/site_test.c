/* Entering an application behind a proxy, step by step, and how what was entered ends. */
#include "../journey.h"

static const struct str wiki = { "wiki.example.org", 16 }, mail = { "mail.example.org", 16 };

static err run_add(const char *name, const char *host, const char *headers)
{
	struct op_application_add_site in = {
		.name = str_of(name), .host = str_of(host), .headers = str_of(headers)
	};

	return serve_application_add_site(&ctx, &in, &(struct answer){ 0 });
}

static void sign_in(void)
{
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_signed_in);
	log_seen = held("SELECT MAX(rowid) FROM audit");
}

static int open_applications(void **state)
{
	if (open_house_of_ada(state) ||
		run_add("Wiki", "https://wiki.example.org", "user,name,email,groups") ||
		run_add("Mail", "https://mail.example.org", "user"))
		return -1;
	sign_in();
	return 0;
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, open_applications, close_house_of_ada)

static err start(const char *to)
{
	return ASK(site_start, .to = str_of(to));
}

static struct secret *ticket(const char *to)
{
	assert_int_equal(start(to), 0);
	return ((const struct rec_site_ticket *)out.record)->ticket;
}

/* Without the browser's session: at another host there is none. */
static err enter(struct secret *text, struct str host)
{
	return serve_site_enter(&ctx, &(struct op_site_enter){ text, host }, ask());
}

static struct secret *entered(const char *to)
{
	assert_int_equal(enter(ticket(to), wiki), 0);
	return ((const struct rec_site_entry *)out.record)->held;
}

static err verify(struct secret *held_there, struct str host)
{
	return serve_site_verify(&ctx, &(struct op_site_verify){ host, held_there }, ask());
}

static const struct rec_site_person *person(void)
{
	return out.record;
}

static void is(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\", not \"%s\"", STR_ARG(s), expected);
}

static void a_person_enters_and_is_named(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/a?b");

	(void)state;
	is(((const struct rec_site_entry *)out.record)->page, "/a?b");
	assert_logged("site_entered ok");
	assert_int_equal(verify(cookie, wiki), 0);
	is(person()->user, "ada");
	is(person()->name, "Ada Lovelace");
	is(person()->email, "ada@work.example");
	is(person()->groups, "");
	assert_int_equal(enter(ticket("https://mail.example.org/"), mail), 0);
	cookie = ((const struct rec_site_entry *)out.record)->held;
	assert_int_equal(verify(cookie, mail), 0);
	is(person()->user, "ada");
	assert_int_equal(
		person()->name.length + person()->email.length + person()->groups.length, 0);
}

/* What a sign-in owes comes before anything leaves rekey. */
static void whoever_owes_registration_gets_no_ticket(void **state)
{
	(void)state;
	change_store("INSERT INTO policy_site VALUES ('multifactorAuthenticationRequired', 1)");
	assert_int_equal(ASK(signin_password, .name = STR("ada"), .password = typed(old_password)),
		reply_owes);
	assert_int_equal(start("https://wiki.example.org/page"), reply_owes);
	change_store("DELETE FROM policy_site");
	assert_int_equal(start("https://wiki.example.org/page"), 0);
}

static void nobody_is_in_without_what_that_host_was_given(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");

	(void)state;
	assert_int_equal(verify(NULL, wiki), reply_sign_in_first);
	assert_int_equal(verify(cookie, mail), reply_sign_in_first);
	assert_int_equal(verify(cookie, STR("elsewhere.example.org")), reply_not_found);
	assert_int_equal(verify(cookie, STR("")), reply_not_found);
	assert_int_equal(
		verify(typed("0123456789abcdef0123456789abcdef"), wiki), reply_sign_in_first);
	assert_int_equal(verify(browser.session, wiki), reply_sign_in_first);
	assert_int_equal(verify(cookie, wiki), 0);
}

static void a_ticket_is_good_once_for_its_host_for_a_minute(void **state)
{
	struct secret *text = ticket("https://wiki.example.org/x");

	(void)state;
	assert_int_equal(enter(text, mail), reply_not_found);
	assert_int_equal(enter(text, wiki), 0);
	assert_int_equal(enter(text, wiki), reply_sign_in_first);
	assert_null(((const struct rec_site_entry *)out.record)->held);
	is(((const struct rec_site_entry *)out.record)->page, "/x");
	assert_held("COUNT(*) FROM site_session", 1);
	text = ticket("https://wiki.example.org/x");
	ctx.now += 60;
	assert_int_equal(enter(text, wiki), reply_sign_in_first);
	assert_null(((const struct rec_site_entry *)out.record)->held);
	text = ticket("https://wiki.example.org/x");
	ctx.now += 59;
	assert_int_equal(enter(text, wiki), 0);
	assert_int_equal(enter(typed("no ticket"), wiki), reply_not_found);
	assert_int_equal(
		enter(typed("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), wiki), reply_not_found);
}

static void a_ticket_ends_with_the_session_that_it_was_made_in(void **state)
{
	struct secret *text = ticket("https://wiki.example.org/");

	(void)state;
	assert_int_equal(ASK(signout, 0), 0);
	assert_int_equal(enter(text, wiki), reply_not_found);
	sign_in();
	text = ticket("https://wiki.example.org/");
	change_store("UPDATE session SET seen = seen - 3600");
	assert_int_equal(enter(text, wiki), reply_sign_in_first);
}

static void one_browser_enters_an_application_once(void **state)
{
	struct secret *first = entered("https://wiki.example.org/"),
		      *second = entered("https://wiki.example.org/");

	(void)state;
	assert_int_equal(verify(first, wiki), reply_sign_in_first);
	assert_int_equal(verify(second, wiki), 0);
	assert_held("COUNT(*) FROM site_session", 1);
}

static void it_ends_with_the_session(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");

	(void)state;
	assert_int_equal(ASK(signout, 0), 0);
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
	assert_held("COUNT(*) FROM site_session", 0);
	sign_in();
	cookie = entered("https://wiki.example.org/");
	ctx.now += settings->session_idle;
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
	sign_in();
	cookie = entered("https://wiki.example.org/");
	change_store("UPDATE session SET expires = 1");
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
	sign_in();
	cookie = entered("https://wiki.example.org/");
	change_store("UPDATE account SET state = 'disabled'");
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
}

static void a_session_that_is_proved_anew_keeps_what_it_entered(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");

	(void)state;
	assert_int_equal(ASK(info_prove, .how = STR("password"), .code = typed(old_password)), 0);
	assert_int_equal(verify(cookie, wiki), 0);
}

static void using_it_is_written_once_a_minute(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");
	int64_t begun = ctx.now;

	(void)state;
	for (int i = 0; i < 59; i++, ctx.now++)
		assert_int_equal(verify(cookie, wiki), 0);
	assert_held("seen FROM session", begun);
	ctx.now = begun + 60;
	assert_int_equal(verify(cookie, wiki), 0);
	assert_held("seen FROM session", begun + 60);
}

static void join(const char *group, const char *person_name, const char *inner)
{
	struct op_group_join in = {
		.name = str_of(group), .person = str_of(person_name), .group = str_of(inner)
	};

	assert_int_equal(serve_group_join(&ctx, &in, &(struct answer){ 0 }), 0);
}

static void add_group(const char *name)
{
	assert_int_equal(serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) },
				 &(struct answer){ 0 }),
		0);
}

static void who_may_is_asked_as_it_is_now(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");
	struct op_application_set only = { .name = STR("Wiki"), .who = STR("Staff") };

	(void)state;
	add_group("Staff");
	add_group("Authors");
	join("Staff", NULL, "Authors");
	assert_int_equal(verify(cookie, wiki), 0);
	assert_int_equal(serve_application_set(&ctx, &only, &(struct answer){ 0 }), 0);
	assert_int_equal(verify(cookie, wiki), reply_not_allowed);
	assert_int_equal(start("https://wiki.example.org/"), reply_refused);
	is(out.words, "site_not_yours");
	join("Authors", "ada", NULL);
	assert_int_equal(verify(cookie, wiki), 0);
	is(person()->groups, "Staff,Authors");
	assert_int_equal(start("https://wiki.example.org/"), 0);
	assert_int_equal(
		serve_group_leave(&ctx,
			&(struct op_group_leave){ .name = STR("Authors"), .person = STR("ada") },
			&(struct answer){ 0 }),
		0);
	assert_int_equal(verify(cookie, wiki), reply_not_allowed);
	join("Staff", "ada", NULL);
	assert_int_equal(verify(cookie, wiki), 0);
	only.who = STR("Authors");
	assert_int_equal(serve_application_set(&ctx, &only, &(struct answer){ 0 }), 0);
	assert_int_equal(verify(cookie, wiki), reply_not_allowed);
	only.who = STR("Staff");
	assert_int_equal(serve_application_set(&ctx, &only, &(struct answer){ 0 }), 0);
	assert_int_equal(verify(cookie, wiki), 0);
	assert_int_equal(
		serve_group_delete(&ctx,
			&(struct op_group_delete){ .name = STR("Staff"), .confirm = STR("yes") },
			&(struct answer){ 0 }),
		0);
	assert_int_equal(verify(cookie, wiki), reply_not_allowed);
}

static void groups_are_as_many_as_fit_those_that_decide_first(void **state)
{
	struct secret *cookie;
	struct op_application_set only = { .name = STR("Wiki"), .who = STR("zz last") };

	(void)state;
	change_store(
		"INSERT INTO directory_group (id, name, canonical, description, created) "
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
		"SELECT randomblob(16), 'Group ' || i, 'group ' || i, '', 0 FROM n");
	add_group("zz last");
	change_store("INSERT INTO group_person (within, account) SELECT d.id, a.id FROM "
		     "directory_group d, account a");
	assert_int_equal(serve_application_set(&ctx, &only, &(struct answer){ 0 }), 0);
	cookie = entered("https://wiki.example.org/");
	assert_int_equal(verify(cookie, wiki), 0);
	assert_true(str_starts(person()->groups, STR("zz last,Group 1,")));
	assert_true(person()->groups.length <= 2000 && person()->groups.length > 1980);
}

static void a_level_is_asked_of_the_session(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");
	struct op_application_set second = { .name = STR("Wiki"), .level = STR("second") };

	(void)state;
	assert_int_equal(serve_application_set(&ctx, &second, &(struct answer){ 0 }), 0);
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
	assert_int_equal(start("https://wiki.example.org/"), reply_refused);
	is(out.words, "site_needs_second");
	add_mail("mailmailmailmai0", "ada@home.example");
	assert_int_equal(start("https://wiki.example.org/"), reply_refused);
	(void)add_app();
	assert_int_equal(start("https://wiki.example.org/"), reply_prove_first);
	change_store("UPDATE session SET level = 2");
	assert_int_equal(start("https://wiki.example.org/"), 0);
	assert_int_equal(verify(cookie, wiki), 0);
}

static void only_pages_of_applications_are_led_to(void **state)
{
	static const char *const bad[] = { "https://evil.example/", "http://wiki.example.org/",
		"https://wiki.example.org:8443/", "https://wiki.example.org@evil.example/",
		"//wiki.example.org/", "https://sub.wiki.example.org/", "x" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(start(bad[i]), reply_refused);
		is(out.words, "site_unknown");
		assert_null(out.record);
	}
	assert_held("COUNT(*) FROM site_ticket", 0);
	for (size_t i = 0; i < 3; i++) {
		static const char *const own[] = { "https://wiki.example.org/.rekey/leave",
			"https://wiki.example.org", "https://wiki.example.org?" };
		static const char *const page[] = { "/", "/", "/?" };

		assert_int_equal(enter(ticket(own[i]), wiki), 0);
		is(((const struct rec_site_entry *)out.record)->page, page[i]);
	}
}

static void a_session_has_so_many_tickets_and_circles_are_noticed(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		assert_int_equal(start("https://wiki.example.org/"), 0);
		assert_int_equal(((const struct rec_site_ticket *)out.record)->circles, i >= 4);
	}
	assert_held("COUNT(*) FROM site_ticket", 16);
	assert_int_equal(start("https://mail.example.org/"), 0);
	assert_int_equal(((const struct rec_site_ticket *)out.record)->circles, 0);
	ctx.now += 61;
	assert_int_equal(start("https://wiki.example.org/"), 0);
	assert_int_equal(((const struct rec_site_ticket *)out.record)->circles, 0);
}

static void leaving_ends_what_was_held_and_nothing_else(void **state)
{
	struct secret *cookie = entered("https://wiki.example.org/");

	(void)state;
	log_seen = held("SELECT MAX(rowid) FROM audit");
	assert_int_equal(serve_site_leave(&ctx, &(struct op_site_leave){ mail, cookie }, ask()), 0);
	assert_int_equal(verify(cookie, wiki), 0);
	assert_int_equal(serve_site_leave(&ctx, &(struct op_site_leave){ wiki, cookie }, ask()), 0);
	assert_logged("sign_out ok");
	assert_int_equal(verify(cookie, wiki), reply_sign_in_first);
	assert_int_equal(serve_site_leave(&ctx, &(struct op_site_leave){ wiki, cookie }, ask()), 0);
	assert_logged("");
	assert_int_equal(start("https://wiki.example.org/"), 0);
}

static void an_export_names_what_was_entered(void **state)
{
	struct op_people_export in = { STR("ada") };
	struct str json;

	(void)state;
	(void)entered("https://wiki.example.org/");
	assert_int_equal(serve_people_export(&ctx, &in, ask()), 0);
	json = ((const struct rec_person_export *)out.record)->json;
	assert_true(
		str_find(json, STR("\"applications\":[{\"application\":\"Wiki\",\"entered\":\"")) <
		json.length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(a_person_enters_and_is_named),
		HERE(whoever_owes_registration_gets_no_ticket),
		HERE(nobody_is_in_without_what_that_host_was_given),
		HERE(a_ticket_is_good_once_for_its_host_for_a_minute),
		HERE(a_ticket_ends_with_the_session_that_it_was_made_in),
		HERE(one_browser_enters_an_application_once),
		HERE(it_ends_with_the_session),
		HERE(a_session_that_is_proved_anew_keeps_what_it_entered),
		HERE(using_it_is_written_once_a_minute),
		HERE(who_may_is_asked_as_it_is_now),
		HERE(groups_are_as_many_as_fit_those_that_decide_first),
		HERE(a_level_is_asked_of_the_session),
		HERE(only_pages_of_applications_are_led_to),
		HERE(a_session_has_so_many_tickets_and_circles_are_noticed),
		HERE(leaving_ends_what_was_held_and_nothing_else),
		HERE(an_export_names_what_was_entered),
	};

	must_be(secrets_open(256));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
