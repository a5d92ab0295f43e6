/* Guesses and sendings are counted, durably, and what is counted is never more than what is
 * allowed. */
#include "house.h"

#include "policy/throttle.h"

enum { minute = 60, hour = 60 * minute, a_day = 24 * hour };

static struct try sign_in(bool familiar)
{
	return (struct try){ .account = ada, .kind = "signin", .familiar = familiar };
}

static struct try proof(bool familiar)
{
	return (struct try){ .account = ada, .kind = "proof", .familiar = familiar };
}

static bool open_for(const struct try *t)
{
	bool open;

	assert_int_equal(throttle_open(&ctx, t, &open), 0);
	return open;
}

static bool judged(const struct try *t)
{
	bool may;

	assert_int_equal(throttle_judged(&ctx, t, &may), 0);
	return may;
}

static err spent(struct try *t)
{
	struct unit unit = unit_begin(&ctx);

	assert_int_equal(throttle_spend(&unit, t), 0);
	return unit_commit(&unit);
}

/* What a wrong try does: spent before, and shut after. */
static void miss(struct try *t)
{
	struct unit unit;

	assert_int_equal(spent(t), 0);
	unit = unit_begin(&ctx);
	assert_int_equal(throttle_shut(&unit, t), 0);
	if (unit.count)
		assert_int_equal(unit_commit(&unit), 0);
}

static void give_back(const struct try *t)
{
	struct unit unit = unit_begin(&ctx);

	throttle_give_back(&unit, t);
	assert_int_equal(unit_commit(&unit), 0);
}

static void misses(struct try *t, int64_t count)
{
	while (count-- > 0) {
		assert_true(open_for(t));
		miss(t);
	}
}

/* Shut for exactly so many seconds. */
static void assert_shut_for(struct try *t, int64_t seconds)
{
	ctx.now += seconds - 1;
	assert_false(open_for(t));
	ctx.now += 1;
	assert_true(open_for(t));
}

static void ten_wrong_passwords_shut_a_half_for_a_minute_and_each_more_for_twice_as_long(
	void **state)
{
	struct try t = sign_in(false);

	(void)state;
	misses(&t, settings->lockout_threshold);
	assert_shut_for(&t, 1 * minute);
	for (int64_t minutes = 2; minutes <= 32; minutes *= 2) {
		miss(&t);
		assert_shut_for(&t, minutes * minute);
	}
	miss(&t);
	assert_shut_for(&t, 1 * hour);
	miss(&t);
	assert_shut_for(&t, 1 * hour);
}

static void what_shuts_is_the_tenth_and_not_the_ninth(void **state)
{
	struct try t = sign_in(false);

	(void)state;
	misses(&t, settings->lockout_threshold - 1);
	assert_true(open_for(&t));
	miss(&t);
	assert_false(open_for(&t));
}

static void a_stranger_does_not_shut_the_owner_out(void **state)
{
	struct try stranger = sign_in(false), owner = sign_in(true);

	(void)state;
	misses(&stranger, settings->lockout_threshold);
	assert_false(open_for(&stranger));
	assert_true(open_for(&owner));
}

static void past_the_threshold_one_of_many_at_the_same_moment_is_judged(void **state)
{
	struct try first = sign_in(false), second = sign_in(false);
	struct unit one = unit_begin(&ctx), two = unit_begin(&ctx);

	(void)state;
	misses(&first, settings->lockout_threshold);
	ctx.now += minute;
	/* Both looked while it was open. */
	assert_int_equal(throttle_spend(&one, &first), 0);
	assert_int_equal(throttle_spend(&two, &second), 0);
	assert_true(first.spent_by_shutting && second.spent_by_shutting);
	assert_int_equal(unit_commit(&one), 0);
	assert_int_equal(unit_commit(&two), reply_lost_race);
	assert_true(judged(&first));
}

static void up_to_the_threshold_those_at_the_same_moment_are_judged_and_no_more(void **state)
{
	struct try t = sign_in(false);

	(void)state;
	for (int64_t i = 1; i <= settings->lockout_threshold; i++) {
		assert_int_equal(spent(&t), 0);
		assert_false(t.spent_by_shutting);
		assert_true(judged(&t));
	}
	t.spent_by_shutting = false;
	{
		struct unit unit = unit_begin(&ctx);

		unit_add(&unit, statement_counter_spend, 1,
			WITH(v_bytes(ada), v_text(STR("signin")), v_number(0), v_number(ctx.now),
				v_number(ctx.now - a_day)));
		assert_int_equal(unit_commit(&unit), 0);
	}
	assert_false(judged(&t));
}

/* The strictest setting: the first wrong password shuts, and is judged all the same. */
static void a_threshold_of_one_lets_the_first_be_judged(void **state)
{
	struct try t = sign_in(false);

	(void)state;
	set_conf("lockout.lockoutThreshold", "1");
	assert_int_equal(spent(&t), 0);
	assert_false(t.spent_by_shutting);
	assert_true(judged(&t));
	misses(&t, 1);
	assert_shut_for(&t, 2 * minute);
}

/* Somebody else's wrong password came a moment later, when the lock had just ended. */
static void a_lock_that_ends_now_is_shut_anew(void **state)
{
	struct try t = sign_in(false);
	struct unit unit;

	(void)state;
	misses(&t, settings->lockout_threshold);
	for (int64_t before_end = 1; before_end >= 0; before_end--) {
		ctx.now += minute - before_end;
		unit = unit_begin(&ctx);
		assert_int_equal(throttle_shut(&unit, &t), 0);
		assert_int_equal(unit.count, before_end ? 0 : 1);
		ctx.now -= minute - before_end;
	}
}

static void ten_proofs_of_a_half_fail_in_a_day_and_then_none_is_judged(void **state)
{
	struct try stranger = proof(false), owner = proof(true);

	(void)state;
	misses(&stranger, proofs_a_day);
	assert_false(open_for(&stranger));
	assert_true(judged(&stranger));
	assert_int_equal(spent(&stranger), 0);
	assert_false(judged(&stranger));
	assert_true(open_for(&owner));
	ctx.now += a_day - 1;
	assert_false(open_for(&stranger));
	ctx.now += 1;
	assert_true(open_for(&stranger));
	/* A new window begins with this one. */
	miss(&stranger);
	misses(&stranger, proofs_a_day - 1);
	assert_false(open_for(&stranger));
}

static void a_right_proof_does_not_count(void **state)
{
	struct try t = proof(false);

	(void)state;
	misses(&t, proofs_a_day);
	give_back(&t);
	assert_true(open_for(&t));
	miss(&t);
	assert_false(open_for(&t));
}

static void what_is_cleared_is_forgotten(void **state)
{
	struct try t = sign_in(false), other = proof(false);
	struct unit unit = unit_begin(&ctx);

	(void)state;
	misses(&t, settings->lockout_threshold);
	misses(&other, proofs_a_day);
	throttle_clear(&unit, &t);
	assert_int_equal(unit_commit(&unit), 0);
	assert_true(open_for(&t));
	assert_false(open_for(&other));
}

static bool sendable(const char *channel)
{
	bool open;

	assert_int_equal(sending_open(&ctx, str_of(channel), &open), 0);
	return open;
}

static void send_one(const char *channel)
{
	struct unit unit = unit_begin(&ctx);
	struct str message = id_make(&ctx);

	assert_true(sendable(channel));
	assert_true(message.length > 0);
	assert_int_equal(sending_note(&unit, str_of(channel), message), 0);
	assert_int_equal(unit_commit(&unit), 0);
}

static void a_destination_gets_three_codes_in_a_quarter_of_an_hour(void **state)
{
	(void)state;
	for (int i = 0; i < sends_in_15_minutes; i++)
		send_one("ada@home.example");
	assert_false(sendable("ada@home.example"));
	assert_true(sendable("bea@home.example"));
	ctx.now += 15 * minute - 1;
	assert_false(sendable("ada@home.example"));
	ctx.now += 1;
	assert_true(sendable("ada@home.example"));
}

static void a_destination_gets_ten_codes_a_day(void **state)
{
	int64_t began = ctx.now;

	(void)state;
	for (int i = 0; i < sends_a_day; i++) {
		send_one("ada@home.example");
		ctx.now += 15 * minute;
	}
	assert_false(sendable("ada@home.example"));
	ctx.now = began + a_day - 1;
	assert_false(sendable("ada@home.example"));
	ctx.now = began + a_day;
	assert_true(sendable("ada@home.example"));
}

/* A message that somebody who looked before, when there was room, writes now. */
static bool somebody_gets_it(void)
{
	struct unit unit = unit_begin(&ctx);
	struct value none = v_text(STR(""));
	struct str message = id_make(&ctx);
	struct rows rows;

	unit_add(&unit, statement_outbox_add, 1,
		WITH(v_bytes(message), v_text(STR("recover_code")), v_bytes(ada), v_bytes(ada),
			none, v_bytes(ada), v_number(ctx.now)));
	assert_int_equal(sending_note(&unit, STR("ada@home.example"), message), 0);
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(store_read(&ctx, statement_outbox_recent, WITH_NOTHING, 0, &rows), 0);
	for (size_t i = 0; i < rows.count; i++)
		if (str_same(row_str(&rows, i, 0), message))
			return true;
	return false;
}

static void what_others_used_up_at_the_same_moment_goes_to_nobody(void **state)
{
	(void)state;
	for (int i = 0; i < sends_in_15_minutes; i++)
		assert_true(somebody_gets_it());
	assert_false(somebody_gets_it());
	ctx.now += 15 * minute - 1;
	assert_false(somebody_gets_it());
	ctx.now += 1;
	assert_true(somebody_gets_it());
}

static void nor_does_the_eleventh_of_a_day_go_to_anybody(void **state)
{
	int64_t began = ctx.now;

	(void)state;
	for (int i = 0; i < sends_a_day; i++) {
		assert_true(somebody_gets_it());
		ctx.now += 15 * minute;
	}
	assert_false(somebody_gets_it());
	ctx.now = began + a_day - 1;
	assert_false(somebody_gets_it());
	ctx.now = began + a_day;
	assert_true(somebody_gets_it());
}

int main(void)
{
#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house_of_ada, close_house)
	const struct CMUnitTest tests[] = {
		IN_HOUSE(
			ten_wrong_passwords_shut_a_half_for_a_minute_and_each_more_for_twice_as_long),
		IN_HOUSE(what_shuts_is_the_tenth_and_not_the_ninth),
		IN_HOUSE(a_stranger_does_not_shut_the_owner_out),
		IN_HOUSE(past_the_threshold_one_of_many_at_the_same_moment_is_judged),
		IN_HOUSE(up_to_the_threshold_those_at_the_same_moment_are_judged_and_no_more),
		IN_HOUSE(a_threshold_of_one_lets_the_first_be_judged),
		IN_HOUSE(a_lock_that_ends_now_is_shut_anew),
		IN_HOUSE(ten_proofs_of_a_half_fail_in_a_day_and_then_none_is_judged),
		IN_HOUSE(a_right_proof_does_not_count),
		IN_HOUSE(what_is_cleared_is_forgotten),
		IN_HOUSE(a_destination_gets_three_codes_in_a_quarter_of_an_hour),
		IN_HOUSE(a_destination_gets_ten_codes_a_day),
		IN_HOUSE(what_others_used_up_at_the_same_moment_goes_to_nobody),
		IN_HOUSE(nor_does_the_eleventh_of_a_day_go_to_anybody),
	};

	must_be(secrets_open(32));
	return cmocka_run_group_tests_name("policy throttle", tests, NULL, NULL);
}
