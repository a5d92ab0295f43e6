/* Settings from the supervisor to one process. */
#include "setup.h"

#include <sys/mman.h>

static void each_process_gets_its_own_settings_only(void **state)
{
	struct fixture *f = *state;
	struct conf *web = NULL, *courier = NULL;
	char secret[128], text[300];
	scoped_fd to_web = -1, to_courier = -1;
	char raw[8192] = "";

	snprintf(secret, sizeof(secret), "%s/smtp", f->folder);
	write_text(secret, "two\nlines and a blank \n");
	snprintf(text, sizeof(text),
		"[site]\ntrustedProxies = 10.0.0.0/8\n[mail]\nsmtpHost = "
		"mail.example.org\nsmtpPasswordFile = %s\n",
		secret);
	assert_int_equal(read_text(f, text), 0);
	assert_int_equal(conf_hand(&f->c, f->conf, 'w', &to_web), 0);
	assert_int_equal(conf_hand(&f->c, f->conf, 'c', &to_courier), 0);
	assert_int_equal(conf_receive(&f->c, to_web, &web), 0);
	assert_int_equal(conf_receive(&f->c, to_courier, &courier), 0);
	assert_int_equal(web->trusted_proxies.count, 1);
	assert_str(web->smtp_host, "");
	assert_str(courier->smtp_host, "mail.example.org");
	assert_str(courier->smtp_password_file, "two\nlines and a blank ");
	assert_true(pread(to_web, raw, sizeof(raw), 0) > 0);
	assert_null(memmem(raw, sizeof(raw), "smtpPassword", 12));
	conf_close(&web);
	conf_close(&courier);
}

static void what_is_handed_over_can_be_read_twice_and_never_written(void **state)
{
	struct fixture *f = *state;
	struct conf *again = NULL;
	scoped_fd fd = -1;

	assert_int_equal(read_text(f, ""), 0);
	assert_int_equal(conf_hand(&f->c, f->conf, 'k', &fd), 0);
	assert_true(write(fd, "x", 1) < 0);
	assert_true(ftruncate(fd, 0) < 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(conf_receive(&f->c, fd, &again), 0);
		conf_close(&again);
	}
}

static int memory_with(struct str bytes, bool sealed)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_int_equal(write(fd, bytes.at, bytes.length), bytes.length);
	if (sealed)
		assert_int_equal(fcntl(fd, F_ADD_SEALS,
					 F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE),
			0);
	return fd;
}

static void what_is_not_sealed_or_malformed_is_a_fault(void **state)
{
	static const struct str bad[] = { STR("site.organisation\0"), STR("site.organisation\0x"),
		STR("organisation\0x\0"), STR("site.nothing\0x\0"),
		STR("policy.recoverLifetime\0x\0") };
	struct fixture *f = *state;
	int fd = memory_with(STR(""), false);

	assert_int_equal(conf_receive(&f->c, fd, &f->conf), -fault_conf);
	close(fd);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fd = memory_with(bad[i], true);
		assert_int_equal(conf_receive(&f->c, fd, &f->conf), -fault_conf);
		assert_null(f->conf);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		case_(each_process_gets_its_own_settings_only),
		case_(what_is_handed_over_can_be_read_twice_and_never_written),
		case_(what_is_not_sealed_or_malformed_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
