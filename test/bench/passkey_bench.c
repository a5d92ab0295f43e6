/* How many assertions of passkeys (ES256) the keeper checks a second of one core's time: all that
 * is judged of one, from the raw bytes and the stored record. usage: passkey_bench SECONDS */
#include "method/inside.h"
#include "unit/authenticator.h"

#include <stdio.h>
#include <time.h>

static const struct passkey_expected expected = {
	.challenge = STR("thirty-two bytes of a challenge!"),
	.origin = STR("https://reset.example.org"),
	.rp_id = STR("example.org"),
	.verified = true,
};

static double used(void)
{
	struct timespec t;

	must_be(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In a context of its own, wiped after each as after an operation. */
static double rate(
	const struct passkey_stored *stored, const struct passkey_assertion *in, double seconds)
{
	struct ctx c = { .arena = arena_open(64 * 1024) };
	double begun = used();
	int64_t count = 0;

	while (used() - begun < seconds) {
		struct passkey_seen seen;
		enum passkey_refusal refusal;

		must_be(passkey_assert(&c, &expected, stored, in, &seen, &refusal) == 0);
		arena_wipe(c.arena);
		count++;
	}
	arena_close(&c.arena);
	return (double)count / (used() - begun);
}

int main(int argc, char **argv)
{
	struct ctx c = { .arena = arena_open(64 * 1024) };
	struct authenticator a;
	struct passkey_stored stored = { .counter = 0 };
	struct passkey_assertion in;
	int64_t seconds;

	must_be(argc == 2 && str_number(str_of(argv[1]), &seconds) && seconds > 0);
	must_be(c.arena && secrets_open(4) && crypto_open(&c) == 0);
	authenticator_make(&a, credential_es256);
	must_be(key_record_write(&c, &a.key, &stored.key) == 0);
	in.client_data = client_data(&c, "get", expected.challenge, "https://reset.example.org");
	in.authenticator_data = assertion_data(&c, "example.org", up | uv, 1, STR_NONE);
	in.signature = authenticator_sign(&c, &a, in.authenticator_data, in.client_data);
	printf("%.1f\n", rate(&stored, &in, (double)seconds));
	authenticator_end(&a);
	return 0;
}
