/* rekey policy check; rekey policy simulate: pages of people, added up, and who is named as it
 * comes. */
#include "cli/inside.h"

#include <stdio.h>

enum { changes_room = 4000, shown_usual = 50, shown_most = 1000000 };

/* The changes, a line each, as the operation takes them. */
static bool changes_of(struct call *call, struct str *out)
{
	static const char *const places[] = { "CHANGE", "CHANGE_2", "CHANGE_3", "CHANGE_4" };
	struct buf b = buf_in(call->c->arena, changes_room);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str change = call_value(call, places[i]);

		buf_add(&b, b.length && change.length ? STR("\n") : STR(""));
		buf_add(&b, change);
	}
	*out = buf_str(&b);
	return !b.full && utf8_valid(*out);
}

static void add(struct rec_simulation *sum, const struct rec_simulation *page)
{
	sum->people += page->people;
	sum->could += page->could;
	sum->can += page->can;
	sum->lose += page->lose;
	sum->gain += page->gain;
	sum->to_register += page->to_register;
	sum->phone_reset += page->phone_reset;
	sum->phone_signin += page->phone_signin;
}

struct shown {
	int64_t most, count, left_out;
};

static void show_page(const struct call *call, const struct answer *a, struct shown *shown)
{
	const struct rec_simulated *items = a->items;

	for (size_t i = 0; i < a->item_count; i++) {
		if (shown->count == shown->most) {
			shown->left_out += (int64_t)(a->item_count - i);
			return;
		}
		if (call->json) {
			(void)fputs(shown->count ? ",\n" : "\n", stdout);
			json_record(stdout, &shape_rec_simulated, &items[i]);
		} else {
			table_items(stdout, &shape_rec_simulated, &items[i], 1, shown->count == 0);
		}
		shown->count++;
	}
}

static void say_count(const char *words, int64_t count)
{
	(void)printf("%8lld  %s\n", (long long)count, words);
}

static void show_sum(const struct rec_simulation *sum, const struct shown *shown)
{
	if (shown->left_out)
		(void)printf(
			"... and %lld more: --most N shows so many\n", (long long)shown->left_out);
	if (shown->count)
		(void)putchar('\n');
	say_count("people", sum->people);
	say_count("can reset now", sum->could);
	say_count("could reset then", sum->can);
	say_count("would lose it", sum->lose);
	say_count("would gain it", sum->gain);
	say_count("would have to register another way", sum->to_register);
	say_count("could not reset then, were their phone lost", sum->phone_reset);
	say_count("could not sign in, were their phone lost", sum->phone_signin);
}

struct simulation {
	const struct call *call;
	struct shown shown;
	struct rec_simulation sum;
};

static void take_simulated(void *into, const struct answer *a)
{
	struct simulation *s = into;

	add(&s->sum, a->record);
	show_page(s->call, a, &s->shown);
}

int policy_simulate_run(struct call *call)
{
	struct op_policy_simulate in = { .group = call_value(call, "--group"),
		.lost_phone = call_flag(call, "--lost-phone") };
	struct simulation s = { .call = call };
	int code;

	if (!changes_of(call, &in.changes))
		return call_say(exit_usage,
			"a change is NAME=VALUE, in UTF-8; all of them at most %d bytes",
			changes_room);
	if (!call_number(call, "--most", 0, shown_most, call->json ? shown_most : shown_usual,
		    &s.shown.most))
		return exit_usage;
	if (call->json)
		(void)fputs("{\"items\": [", stdout);
	if ((code = call_pages(call, operation_policy_simulate, &in, take_simulated, &s)))
		return code;
	if (!call->json) {
		show_sum(&s.sum, &s.shown);
		return exit_done;
	}
	(void)fputs("], \"record\": ", stdout);
	json_record(stdout, &shape_rec_simulation, &s.sum);
	(void)puts("}");
	return exit_done;
}

int policy_check_run(struct call *call)
{
	const struct op_policy_check nothing = { 0 };
	const struct rec_check *checks;
	struct answer a;
	bool bad = false;
	int code;

	if ((code = call_ask(call, operation_policy_check, &nothing, &a)))
		return code;
	checks = a.items;
	if (call->json)
		(void)putchar('[');
	for (size_t i = 0; i < a.item_count; i++) {
		bad |= str_is(checks[i].state, "bad");
		if (!call->json)
			continue;
		(void)fputs(i ? ",\n" : "\n", stdout);
		json_record(stdout, &shape_rec_check, &checks[i]);
	}
	if (call->json)
		(void)puts("]");
	else
		table_items(stdout, &shape_rec_check, checks, a.item_count, true);
	return bad ? exit_refused : exit_done;
}
