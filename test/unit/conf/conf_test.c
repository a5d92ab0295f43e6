/* The configuration file: lines to settings, every error collected. */
#include "setup.h"

static void without_a_file_every_setting_has_its_default(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(conf_read(&f->c, NULL, &f->conf, &f->errors, &f->count), 0);
	assert_str(f->conf->organisation, "rekey");
	assert_int_equal(f->conf->recover_lifetime, 900);
	assert_int_equal(f->conf->trusted_proxies.count, 0);
	assert_false(f->conf->allow_direct);
}

static void a_file_sets_values_of_every_kind(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, "\xef\xbb\xbf# comment\r\n"
				      "[site]\r\n"
				      "baseUrl = https://reset.example.org/\r\n"
				      "organisation = Caf\xc3\xa9 # 1; \"all\" = ours\n"
				      "trustedProxies = 10.0.0.0/8,\n"
				      "    2001:db8::/32,\n"
				      "\t192.0.2.1\n"
				      "allowDirect = on\n"
				      "; another comment\n"
				      "[policy]\n"
				      "recoverLifetime=20m\n"
				      "passwordMinLength = 16"),
		0);
	assert_str(f->conf->base_url, "https://reset.example.org");
	assert_str(f->conf->organisation, "Caf\xc3\xa9 # 1; \"all\" = ours");
	assert_int_equal(f->conf->trusted_proxies.count, 3);
	assert_true(f->conf->allow_direct);
	assert_int_equal(f->conf->recover_lifetime, 1200);
	assert_int_equal(f->conf->password_min_length, 16);
}

static void every_error_is_named_at_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, "[site]\n"
				      "baseUrl = http://reset.example.org\n"
				      "organization = Example\n"
				      "smtpHost = mail.example.org\n"
				      "this is no line\n"
				      "[polcy]\n"
				      "profile = any\n"
				      "[policy]\n"
				      "profile = any\n"
				      "recoverLifetime = 10\n"
				      "recoverLifetime = 20m\n"
				      "passwordMinLength = 8\n"
				      "[site\n"
				      "[site]\n"
				      "allowMissingCage = landlock, jail\n"),
		reply_refused);
	assert_error(f, 2, "baseUrl", "https://");
	assert_error(f, 3, "organization", "the nearest is organisation in [site]");
	assert_error(f, 4, "smtpHost", "section [mail]");
	assert_error(f, 5, "this is no line", "key = value");
	assert_error(f, 6, "[polcy]", "[policy]");
	assert_error(f, 9, "profile", "hardened");
	assert_error(f, 10, "recoverLifetime", "from 5m to 1h");
	assert_error(f, 11, "recoverLifetime", "line 10");
	assert_error(f, 12, "passwordMinLength", "from 15 to 64");
	assert_error(f, 13, "[site", "section");
	assert_error(f, 15, "allowMissingCage", "landlock, seccomp and user");
	assert_int_equal(f->count, 11);
	assert_null(f->conf);
}

static void an_unknown_key_names_only_what_is_near(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		read_text(f, "[site]\nfoo = 1\nbaseurl = x\ntrustedProxy = x\ndemos = on\n"),
		reply_refused);
	assert_error(f, 2, "foo", "rekey settings list");
	assert_error(f, 3, "baseurl", "the nearest is baseUrl");
	assert_error(f, 4, "trustedProxy", "the nearest is trustedProxies");
	assert_error(f, 5, "demos", "rekey settings list");
}

static void a_missing_file_is_an_error_with_its_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(conf_read(&f->c, f->path, &f->conf, &f->errors, &f->count), reply_refused);
	assert_error(f, 0, "", "No such file");
	assert_str(f->errors[0].file, f->path);
}

static void files_of_conf_d_replace_in_byte_order(void **state)
{
	struct fixture *f = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/conf.d", f->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/conf.d/20.conf", f->folder);
	write_text(path, "[site]\norganisation = Second\n");
	snprintf(path, sizeof(path), "%s/conf.d/10.conf", f->folder);
	write_text(path, "[site]\norganisation = First\n[mail]\nsmtpHost = mail.example.org\n");
	snprintf(path, sizeof(path), "%s/conf.d/30.conf.dpkg-old", f->folder);
	write_text(path, "nonsense");
	assert_int_equal(read_text(f, "[site]\norganisation = Zero\n"), 0);
	assert_str(f->conf->organisation, "Second");
	assert_str(f->conf->smtp_host, "mail.example.org");
}

static void a_folder_of_the_files_own_name_comes_before_conf_d(void **state)
{
	struct fixture *f = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/conf.d", f->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/conf.d/10.conf", f->folder);
	write_text(path, "[site]\norganisation = Shared\n");
	snprintf(path, sizeof(path), "%s.d", f->path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s.d/10.conf", f->path);
	write_text(path, "[site]\norganisation = Own\nnoSuch = 1\n");
	assert_int_equal(read_text(f, ""), reply_refused);
	assert_error(f, 3, "noSuch", "a setting that exists");
	assert_str(f->errors[0].file, path);
}

static void hostile_bytes_are_refused_with_their_line(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, "[site]\norganisation = a\x1b[31mb\n"), reply_refused);
	assert_error(f, 2, "", "UTF-8");
	assert_int_equal(read_text(f, "[site]\norganisation = \xc0\x80\n"), reply_refused);
	assert_error(f, 2, "", "UTF-8");
	write_bytes(f->path, STR("[site]\norganisation = a\0b\n"));
	assert_int_equal(conf_read(&f->c, f->path, &f->conf, &f->errors, &f->count), reply_refused);
	assert_error(f, 0, "", "NUL");
	assert_int_equal(read_text(f, "  organisation = a\n[site]\n  b\n"), reply_refused);
	assert_error(f, 1, "organisation = a", "begin with a blank");
	assert_error(f, 3, "b", "begin with a blank");
	assert_int_equal(read_text(f, "[]\n=\n = x\n]"), reply_refused);
}

static void a_value_over_its_limit_is_refused_and_never_cut(void **state)
{
	struct fixture *f = *state;
	char text[5000];

	snprintf(text, sizeof(text), "[mail]\nsmtpHost = %0300d\n", 1);
	assert_int_equal(read_text(f, text), reply_refused);
	assert_error(f, 2, "smtpHost", "text of 0 to 254 bytes");
	snprintf(text, sizeof(text), "[site]\ntrustedProxies = 10.0.0.1%*s, 10.0.0.2\n", 3000, "");
	assert_int_equal(read_text(f, text), 0);
	assert_int_equal(f->conf->trusted_proxies.count, 2);
}

static void a_file_with_thousands_of_errors_names_the_first_hundred(void **state)
{
	struct fixture *f = *state;
	struct buf b = buf_in(f->c.arena, 100000);

	while (b.length < 90000)
		buf_add(&b, STR("x = 1\n"));
	buf_char(&b, 0);
	assert_int_equal(read_text(f, b.at), reply_refused);
	assert_int_equal(f->count, conf_errors_most);
}

static void a_folder_or_a_huge_file_is_no_configuration(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		conf_read(&f->c, f->folder, &f->conf, &f->errors, &f->count), reply_refused);
	assert_error(f, 0, "", "regular file");
	write_text(f->path, "");
	assert_int_equal(truncate(f->path, conf_file_limit + 1), 0);
	assert_int_equal(conf_read(&f->c, f->path, &f->conf, &f->errors, &f->count), reply_refused);
	assert_error(f, 0, "", "smaller");
}

static void what_only_the_command_line_sets_is_refused_in_a_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, "[site]\ndemo = on\n"), reply_refused);
	assert_error(f, 2, "demo", "command line");
	assert_int_equal(read_text(f, ""), 0);
	assert_int_equal(conf_set(&f->c, f->conf, "site.demo", "on"), 0);
	assert_true(f->conf->demo);
}

static void a_value_is_set_as_if_it_stood_in_the_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_text(f, ""), 0);
	assert_int_equal(conf_set(&f->c, f->conf, "store.data", "/srv/rekey"), 0);
	assert_str(f->conf->data, "/srv/rekey");
	assert_int_equal(conf_set(&f->c, f->conf, "policy.recoverLifetime", "2h"), reply_refused);
	assert_non_null(strstr(f->c.fault.words, "from 5m to 1h"));
	assert_int_equal(f->conf->recover_lifetime, 900);
	assert_int_equal(conf_set(&f->c, f->conf, "store.dada", "x"), -fault_conf);
	assert_int_equal(conf_set(&f->c, f->conf, "data", "x"), -fault_conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_(without_a_file_every_setting_has_its_default),
		case_(a_file_sets_values_of_every_kind),
		case_(every_error_is_named_at_once),
		case_(an_unknown_key_names_only_what_is_near),
		case_(a_missing_file_is_an_error_with_its_name),
		case_(files_of_conf_d_replace_in_byte_order),
		case_(a_folder_of_the_files_own_name_comes_before_conf_d),
		case_(hostile_bytes_are_refused_with_their_line),
		case_(a_value_over_its_limit_is_refused_and_never_cut),
		case_(a_file_with_thousands_of_errors_names_the_first_hundred),
		case_(a_folder_or_a_huge_file_is_no_configuration),
		case_(what_only_the_command_line_sets_is_refused_in_a_file),
		case_(a_value_is_set_as_if_it_stood_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
