/* One setting's value: what its row accepts. */
#include "setup.h"

static bool takes(struct fixture *f, const char *name, const char *value)
{
	err e = conf_set(&f->c, f->conf, name, value);

	assert_true(e == 0 || e == reply_refused);
	return e == 0;
}

static void base_urls_without_tls_are_for_loopback_only(void **state)
{
	static const char *const good[] = { "https://a.example", "https://a.example:8443",
		"http://localhost:8080", "http://127.0.0.1", "http://[::1]:80",
		"https://[2001:db8::1]", "https://xn--caf-dma.example/", "" };
	static const char *const bad[] = { "http://a.example", "http://localhost.example",
		"ftp://a.example", "https://", "https:///", "https://A.example",
		"https://a.example/path", "https://a.example:0", "https://a.example:65536",
		"https://a.example:", "https://a..example", "https://-a.example",
		"https://u@a.example", "https://a.example?x", "https://[a.example]",
		"https://[192.0.2.1]", "https://caf\xc3\xa9.example", "https:// a.example",
		"http://127.0.0.1.example" };
	struct fixture *f = *state;

	assert_int_equal(read_text(f, ""), 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!takes(f, "site.baseUrl", good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (takes(f, "site.baseUrl", bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

static void numbers_and_times_keep_their_limits(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, ""), 0);
	assert_true(takes(f, "mail.smtpPort", "65535"));
	assert_false(takes(f, "mail.smtpPort", "65536"));
	assert_false(takes(f, "mail.smtpPort", "0"));
	assert_false(takes(f, "mail.smtpPort", "25x"));
	assert_false(takes(f, "mail.smtpPort", ""));
	assert_true(takes(f, "policy.recoverLifetime", "3600s"));
	assert_int_equal(f->conf->recover_lifetime, 3600);
	assert_false(takes(f, "policy.recoverLifetime", "3601s"));
	assert_false(takes(f, "policy.recoverLifetime", "m"));
	assert_false(takes(f, "policy.recoverLifetime", "10"));
	assert_false(takes(f, "policy.recoverLifetime", "-10m"));
	assert_false(takes(f, "policy.recoverLifetime", "99999999999d"));
	assert_true(takes(f, "site.allowDirect", "off"));
	assert_false(takes(f, "site.allowDirect", "yes"));
}

static void lists_drop_blanks_and_empty_items(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, ""), 0);
	assert_true(takes(f, "policy.protectedMailDomains", " a.example ,, b.example,"));
	assert_int_equal(f->conf->protected_mail_domains.count, 2);
	assert_str(f->conf->protected_mail_domains.at[1], "b.example");
	assert_false(takes(f, "site.trustedProxies", "10.0.0.0/8, nonsense"));
	assert_non_null(strstr(f->c.fault.words, "nonsense"));
	assert_int_equal(f->conf->trusted_proxies.count, 0);
}

static void a_secret_comes_from_a_file_that_others_cannot_read(void **state)
{
	struct fixture *f = *state;
	char path[128];
	size_t row = 0;

	while (strcmp(conf_rows[row].key, "smtpPasswordFile") != 0)
		row++;
	snprintf(path, sizeof(path), "%s/secret", f->folder);
	assert_int_equal(read_text(f, ""), 0);
	assert_str(conf_value(f->conf, row), "(not set)");
	assert_false(takes(f, "mail.smtpPasswordFile", path));
	write_text(path, "swordfish\n");
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(takes(f, "mail.smtpPasswordFile", path));
	assert_non_null(strstr(f->c.fault.words, "chmod 0640"));
	assert_int_equal(chmod(path, 0660), 0);
	assert_false(takes(f, "mail.smtpPasswordFile", path));
	assert_int_equal(chmod(path, 0640), 0);
	assert_true(takes(f, "mail.smtpPasswordFile", path));
	assert_str(f->conf->smtp_password_file, "swordfish");
	assert_str(conf_value(f->conf, row), "(set)");
	assert_false(takes(f, "mail.smtpPasswordFile", f->folder));
}

static void every_row_says_what_it_accepts(void **state)
{
	struct fixture *f = *state;

	for (size_t row = 0; row < conf_row_count; row++)
		assert_true(conf_allowed(&f->c, row).length > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_(base_urls_without_tls_are_for_loopback_only),
		case_(numbers_and_times_keep_their_limits),
		case_(lists_drop_blanks_and_empty_items),
		case_(a_secret_comes_from_a_file_that_others_cannot_read),
		case_(every_row_says_what_it_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
