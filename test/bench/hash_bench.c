/* What libsodium alone makes: argon2id hashes a second on as many threads as cores, at the cost
 * that rekey uses. usage: hash_bench SECONDS KIB PASSES */
#include "base/base.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { most_threads = 64 };

static _Atomic bool over;
static size_t memory;
static unsigned long long passes;

static void *work(void *count)
{
	static const char password[] = "nine quiet lanterns on a hill";
	unsigned char salt[crypto_pwhash_SALTBYTES] = { 7 }, out[32];

	while (!atomic_load(&over)) {
		must_be(crypto_pwhash(out, sizeof(out), password, sizeof(password) - 1, salt,
				passes, memory, crypto_pwhash_ALG_ARGON2ID13) == 0);
		++*(int64_t *)count;
	}
	return NULL;
}

static int64_t argument(const char *text)
{
	int64_t n;

	must_be(str_number(str_of(text), &n) && n > 0);
	return n;
}

int main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = cores > most_threads ? most_threads : (size_t)cores;
	pthread_t thread[most_threads];
	int64_t counts[most_threads] = { 0 }, all = 0, begun;

	must_be(argc == 4 && sodium_init() >= 0);
	memory = (size_t)argument(argv[2]) * 1024;
	passes = (unsigned long long)argument(argv[3]);
	begun = clock_monotonic_us();
	for (size_t i = 0; i < threads; i++)
		must_be(pthread_create(&thread[i], NULL, work, &counts[i]) == 0);
	sleep((unsigned)argument(argv[1]));
	atomic_store(&over, true);
	for (size_t i = 0; i < threads; i++) {
		must_be(pthread_join(thread[i], NULL) == 0);
		all += counts[i];
	}
	printf("%.1f\n", (double)all * 1e6 / (double)(clock_monotonic_us() - begun));
	return 0;
}
