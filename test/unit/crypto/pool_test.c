/* The hash pool: so many at once and no more, sign-ins first, and no copy of a password left. */
#include "crypto/inside.h"
#include "unit/crypto/fixture.h"

#include <fcntl.h>
#include <pthread.h>

static const struct hash_cost quick = { 64, 1 };

struct caller {
	pthread_t thread;
	struct world *world;
	struct hash_pool *pool;
	struct hash_cost cost;
	struct str legacy; /* wraps this; else hashes a password */
	err answer;
};

static void *call(void *argument)
{
	struct caller *caller = argument;
	struct ctx c = {
		.arena = arena_open(64 * 1024), .keys = caller->world->keys, .pool = caller->pool
	};
	struct secret *password = secret_take(c.arena, "password", 8);
	struct str out;

	if (caller->legacy.length)
		caller->answer = password_wrap(&c, STR("ada"), caller->legacy, caller->cost, &out);
	else
		caller->answer = password_hash(&c, STR("ada"), password, caller->cost, &out);
	arena_close(&c.arena);
	return NULL;
}

static void start(struct caller *caller, struct world *w, struct hash_pool *pool)
{
	caller->world = w;
	caller->pool = pool;
	assert_int_equal(pthread_create(&caller->thread, NULL, call, caller), 0);
}

static void join(struct caller *caller)
{
	assert_int_equal(pthread_join(caller->thread, NULL), 0);
}

static void until_waiting(const struct hash_pool *pool, size_t count)
{
	while (hash_pool_waiting(pool) < count)
		usleep(1000);
}

static struct hash_pool *pool_of(struct world *w, size_t threads, size_t queue)
{
	struct hash_pool *pool;

	assert_int_equal(hash_pool_open(&w->c, threads, queue, &pool), 0);
	return pool;
}

static void the_pool_answers_as_the_calling_thread_does(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 2, 4);
	struct str stored;
	bool stale;

	w->c.pool = pool;
	assert_int_equal(password_hash(&w->c, STR("ada"), typed(w, "password"), quick, &stored), 0);
	assert_int_equal(
		password_verify(&w->c, STR("ada"), stored, typed(w, "password"), quick, &stale), 0);
	assert_int_equal(
		password_verify(&w->c, STR("ada"), stored, typed(w, "passwort"), quick, &stale),
		reply_wrong);
	assert_int_equal(password_verify_nobody(&w->c, typed(w, "password"), quick), reply_wrong);
	w->c.pool = NULL;
	hash_pool_close(&pool);
	assert_null(pool);
}

/* A pool without threads never takes anything up, so its queue stands still. */
static void a_full_queue_answers_busy_at_once(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 0, 2);
	struct caller waiting[2] = { { .cost = quick }, { .cost = quick } },
		      third = { .cost = quick };

	start(&waiting[0], w, pool);
	start(&waiting[1], w, pool);
	until_waiting(pool, 2);
	start(&third, w, pool);
	join(&third);
	assert_int_equal(third.answer, reply_busy);
	assert_int_equal(hash_pool_waiting(pool), 2);
	hash_pool_close(&pool);
	join(&waiting[0]);
	join(&waiting[1]);
}

static void closing_refuses_those_who_wait(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 0, 8);
	struct caller waiting = { .cost = quick };

	start(&waiting, w, pool);
	until_waiting(pool, 1);
	hash_pool_close(&pool);
	join(&waiting);
	assert_int_equal(waiting.answer, reply_busy);
}

static void *close_pool(void *pool)
{
	hash_pool_close(pool);
	return NULL;
}

/* The pool waits for the hash that is being made; whoever comes meanwhile is refused. */
static void who_comes_while_it_closes_is_refused(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 1, 8), *closing = pool;
	struct caller first = { .cost = { 262144, 3 } }, second = { .cost = quick };
	pthread_t thread;

	start(&first, w, pool);
	usleep(50 * 1000); /* its hash is under way */
	assert_int_equal(pthread_create(&thread, NULL, close_pool, &closing), 0);
	usleep(50 * 1000);
	start(&second, w, pool);
	join(&second);
	join(&first);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(second.answer, reply_busy);
	assert_int_equal(first.answer, 0);
}

static void many_callers_all_get_an_answer(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 2, 64);
	struct caller callers[32];

	for (size_t i = 0; i < 32; i++) {
		callers[i] = (struct caller){ .cost = quick };
		start(&callers[i], w, pool);
	}
	for (size_t i = 0; i < 32; i++) {
		join(&callers[i]);
		assert_int_equal(callers[i].answer, 0);
	}
	hash_pool_close(&pool);
}

static void wrapping_waits_until_no_sign_in_does(void **state)
{
	struct world *w = *state;
	struct hash_pool *pool = pool_of(w, 0, 8);
	struct hash_scratch *scratch = hash_scratch_open();
	struct caller wrap = { .cost = quick }, signin[3];
	struct str why;

	assert_int_equal(password_import(&w->c, STR("ada"),
				 STR("{SHA}q/eq1kOINtvlJqojGr3i0O73TUI="), &wrap.legacy, &why),
		0);
	start(&wrap, w, pool);
	while (hash_pool_patient(pool) < 1)
		usleep(1000);
	for (size_t i = 0; i < 3; i++) {
		signin[i] = (struct caller){ .cost = quick };
		start(&signin[i], w, pool);
	}
	until_waiting(pool, 3);
	for (size_t left = 3; left > 0; left--) {
		assert_int_equal(hash_pool_waiting(pool), left);
		assert_true(hash_pool_once(pool, scratch));
	}
	assert_int_equal(hash_pool_waiting(pool), 0);
	assert_int_equal(hash_pool_patient(pool), 1);
	assert_true(hash_pool_once(pool, scratch));
	assert_false(hash_pool_once(pool, scratch));
	for (size_t i = 0; i < 3; i++)
		join(&signin[i]);
	join(&wrap);
	hash_pool_close(&pool);
	hash_scratch_close(&scratch);
	assert_int_equal(wrap.answer, 0);
}

/* ---- where a password may be ---- */

enum { needle_size = 40 };

static size_t found_in(int memory, uint64_t from, uint64_t to, const uint8_t *needle)
{
	static uint8_t page[1 << 16];
	size_t found = 0;

	for (uint64_t at = from; at < to; at += sizeof(page) - needle_size) {
		size_t want = to - at < sizeof(page) ? (size_t)(to - at) : sizeof(page);
		ssize_t got = pread(memory, page, want, (off_t)at);

		for (const uint8_t *p = page; got > 0;) {
			p = memmem(p, (size_t)(got - (p - page)), needle, needle_size);
			if (!p)
				break;
			found++;
			p++;
		}
	}
	memset(page, 0, sizeof(page));
	return found;
}

/* How often the bytes stand in all memory that this process can write. */
static size_t found_anywhere(const uint8_t *needle)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY);
	char line[512], *rest;
	size_t found = 0;

	assert_true(memory >= 0);
	must_be(maps != NULL);
	while (fgets(line, sizeof(line), maps)) {
		uint64_t from = strtoull(line, &rest, 16), to = strtoull(rest + 1, &rest, 16);

		if (strncmp(rest, " rw", 3) == 0)
			found += found_in(memory, from, to, needle);
	}
	(void)fclose(maps);
	close(memory);
	return found;
}

static void a_password_stands_nowhere_but_in_its_secret(void **state)
{
	static const char *const kept[] = {
		"{SHA}q/eq1kOINtvlJqojGr3i0O73TUI=",
		"$6$somesalt$ScN7Q7S.9zUrGalXS2/"
		"STR7AAq4WByYsynBR6AoMY3Rus82zRGY2LXCOrNKda.N09mpIDord9DH"
		"/Kop1/Ko1t.",
	};
	struct world *w = *state;
	struct secret *password = secret_room(w->c.arena, needle_size);
	struct str stored, why;
	bool stale;

	if (REKEY_SANITIZED)
		skip(); /* its shadow memory is terabytes to look through, and may hold copies */
	bytes_random(secret_bytes(password), needle_size);
	for (size_t i = 0; i < needle_size; i++)
		secret_bytes(password)[i] |= 1; /* no NUL: crypt would not look at it */
	w->c.pool = pool_of(w, 1, 4);
	assert_int_equal(password_hash(&w->c, STR("ada"), password, quick, &stored), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			password_import(&w->c, STR("ada"), str_of(kept[i]), &stored, &why), 0);
		assert_int_equal(
			password_verify(&w->c, STR("ada"), stored, password, quick, &stale),
			reply_wrong);
	}
	assert_int_equal(found_anywhere(secret_bytes(password)), 1);
	hash_pool_close(&w->c.pool);
	w->c.pool = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(the_pool_answers_as_the_calling_thread_does),
		WORLD(a_full_queue_answers_busy_at_once),
		WORLD(many_callers_all_get_an_answer),
		WORLD(wrapping_waits_until_no_sign_in_does),
		WORLD(closing_refuses_those_who_wait),
		WORLD(who_comes_while_it_closes_is_refused),
		WORLD(a_password_stands_nowhere_but_in_its_secret),
	};

	return cmocka_run_group_tests(tests, secrets_once, NULL);
}
