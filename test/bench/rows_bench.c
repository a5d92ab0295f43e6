/* What the store alone makes: units a second with the rows that the start of a reset writes, from
 * as many clients, and nothing else done. usage: rows_bench FOLDER SECONDS CLIENTS */
#include "model/model.h"
#include "store/records.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { most_clients = 256, sealed_bytes = 420, name_bytes = 9 };

static _Atomic bool over;
static struct store *store;

static struct str random_bytes(struct ctx *c, size_t size)
{
	char *at = arena_take(c->arena, size);

	must_be(at);
	bytes_random(at, size);
	return (struct str){ at, size };
}

static void start_of_a_reset(struct ctx *c)
{
	struct unit unit = unit_begin(c);
	struct flow flow = {
		.id = random_bytes(c, 16),
		.kind = STR("recover"),
		.token = random_bytes(c, 32),
		.name = STR("somebody1"),
		.language = STR("en"),
		.state = STR("asked"),
		.created = c->now,
		.expires = c->now + 900,
		.method = STR("mail"),
		.tries = 5,
		.sent = 1,
	};

	unit_add(&unit, statement_outbox_add, 1,
		WITH(v_bytes(random_bytes(c, 16)), v_text(STR("recover_code")), v_null(), v_null(),
			v_text(STR("en")), v_bytes(random_bytes(c, sealed_bytes)),
			v_number(c->now)));
	unit_add(&unit, statement_audit_count_add, 1,
		WITH(v_number(1), v_number(c->now / 60), v_text(STR("recover"))));
	flow_save(&unit, &flow);
	must_be(unit_commit(&unit) == 0);
}

static void *work(void *count)
{
	struct ctx c = { .arena = arena_open(64 * 1024), .store = store };

	while (!atomic_load(&over)) {
		c.now = clock_now();
		start_of_a_reset(&c);
		arena_wipe(c.arena);
		++*(int64_t *)count;
	}
	arena_close(&c.arena);
	return NULL;
}

static int64_t argument(const char *text, int64_t most)
{
	int64_t n;

	must_be(str_number(str_of(text), &n) && n > 0 && n <= most);
	return n;
}

int main(int argc, char **argv)
{
	struct ctx c = { .arena = arena_open(1024 * 1024) };
	struct store_status status;
	pthread_t thread[most_clients];
	int64_t counts[most_clients] = { 0 }, all = 0, begun, clients;

	must_be(argc == 4);
	clients = argument(argv[3], most_clients);
	must_be(store_open(&c, argv[1], store_make, &store, &status) == 0);
	begun = clock_monotonic_us();
	for (int64_t i = 0; i < clients; i++)
		must_be(pthread_create(&thread[i], NULL, work, &counts[i]) == 0);
	sleep((unsigned)argument(argv[2], 600));
	atomic_store(&over, true);
	for (int64_t i = 0; i < clients; i++) {
		must_be(pthread_join(thread[i], NULL) == 0);
		all += counts[i];
	}
	printf("%.1f\n", (double)all * 1e6 / (double)(clock_monotonic_us() - begun));
	store_close(&store);
	arena_close(&c.arena);
	return 0;
}
