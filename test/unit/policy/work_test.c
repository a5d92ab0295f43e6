/* The proof of work: asked when the site is busy, solved once, and only by whoever did it. And what
 * an administrator sets and sees. */
#include "house.h"

#include "policy/brand.h"

#include <openssl/sha.h>
#include <string.h>

enum { part_salt, part_most, part_challenge, part_made, part_mac, part_count };

static struct str made(void)
{
	struct str text;

	assert_int_equal(work_make(&ctx, &text), 0);
	return text;
}

static void take_apart(struct str text, struct str parts[part_count])
{
	for (int i = 0; i < part_count - 1; i++)
		assert_true(str_cut(text, '|', &parts[i], &text));
	parts[part_mac] = text;
}

static bool fits(struct str salt, struct str challenge, int n)
{
	char input[64], hex[2 * SHA256_DIGEST_LENGTH];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct buf b = buf_on(input, sizeof(input)), shown = buf_on(hex, sizeof(hex));

	buf_add(&b, salt);
	buf_number(&b, n);
	SHA256((const uint8_t *)b.at, b.length, digest);
	hex_add(&shown, (struct str){ (const char *)digest, sizeof(digest) });
	return str_same(buf_str(&shown), challenge);
}

/* By trying, as a browser does. */
static int answer_of(struct str text)
{
	struct str parts[part_count];

	take_apart(text, parts);
	for (int n = 0; n < work_most; n++)
		if (fits(parts[part_salt], parts[part_challenge], n))
			return n;
	fail_msg("no number below %d fits", work_most);
	return -1;
}

static struct str with(struct str text, const char *end)
{
	struct buf b = buf_in(ctx.arena, 300);

	buf_add(&b, text);
	buf_add(&b, str_of(end));
	return buf_str(&b);
}

static struct str answered(struct str text, const char *before, int n, const char *after)
{
	struct buf b = buf_in(ctx.arena, 300);

	buf_add(&b, text);
	buf_print(&b, "|%s%d%s", before, n, after);
	return buf_str(&b);
}

/* A challenge with its answer. */
static struct str solved(struct str text)
{
	return answered(text, "", answer_of(text), "");
}

static err check(struct str text)
{
	return work_check(&ctx, text);
}

static void the_right_number_counts_once(void **state)
{
	struct str text = made(), right = solved(text);

	(void)state;
	assert_int_equal(check(right), 0);
	assert_int_equal(check(right), reply_work);
}

static void another_number_is_no_answer(void **state)
{
	struct str text = made();
	int n = answer_of(text);

	(void)state;
	assert_int_equal(check(answered(text, "", n ? n - 1 : 1, "")), reply_work);
	assert_int_equal(check(answered(text, "-", n, "")), reply_work);
	assert_int_equal(check(answered(text, "", work_most, "")), reply_work);
	assert_int_equal(check(answered(text, "", n, "x")), reply_work);
	assert_int_equal(check(with(text, "|")), reply_work);
	assert_int_equal(check(text), reply_work);
	assert_int_equal(check(answered(text, "", n, "")), 0);
}

static void a_wait_counts_when_it_is_over_and_once(void **state)
{
	struct str waited = with(made(), "|wait");

	(void)state;
	ctx.now += work_wait_seconds - 1;
	assert_int_equal(check(waited), reply_work);
	ctx.now += 1;
	assert_int_equal(check(waited), 0);
	assert_int_equal(check(waited), reply_work);
}

static void hex(struct buf *b, const uint8_t digest[digest_size])
{
	hex_add(b, (struct str){ (const char *)digest, digest_size });
}

/* A challenge of our own, under the right key, that this number solves; with that number. */
static struct str made_for(int n)
{
	struct buf b = buf_in(ctx.arena, 300), input = buf_in(ctx.arena, 40);
	struct str salt = STR("0123456789abcdef01234567");
	uint8_t digest[digest_size];

	buf_add(&input, salt);
	buf_number(&input, n);
	SHA256((const uint8_t *)input.at, input.length, digest);
	buf_add(&b, salt);
	buf_print(&b, "|%d|", work_most);
	hex(&b, digest);
	buf_print(&b, "|%lld", (long long)ctx.now);
	digest_keyed(keys, key_work, STR("work"), buf_str(&b), digest);
	buf_char(&b, '|');
	hex(&b, digest);
	buf_print(&b, "|%d", n);
	return buf_str(&b);
}

static void the_least_and_the_greatest_number_count_and_none_beyond(void **state)
{
	(void)state;
	assert_int_equal(check(made_for(-1)), reply_work);
	assert_int_equal(check(made_for(work_most)), reply_work);
	assert_int_equal(check(made_for(0)), 0);
	assert_int_equal(check(made_for(0)), reply_work); /* the salt is spent */
	ctx.now += 1;
	assert_int_equal(check(made_for(work_most - 1)), reply_work);
}

static void the_greatest_number_counts(void **state)
{
	(void)state;
	assert_int_equal(check(made_for(work_most - 1)), 0);
}

static void a_salt_has_96_random_bits(void **state)
{
	struct str parts[part_count], others[part_count];

	(void)state;
	take_apart(made(), parts);
	take_apart(made(), others);
	assert_int_equal(parts[part_salt].length, 24);
	assert_false(str_same(parts[part_salt], others[part_salt]));
	assert_int_equal(parts[part_challenge].length, 64);
}

/* What the housekeeping sweeps is what nobody could bring again. */
static void what_was_spent_is_remembered_as_long_as_it_could_come_again(void **state)
{
	struct str right = solved(made());

	(void)state;
	assert_int_equal(check(right), 0);
	ctx.now += work_lifetime - 1;
	{
		struct unit unit = unit_begin(&ctx);

		unit_add(&unit, statement_work_sweep, any_rows, WITH(v_number(ctx.now)));
		assert_int_equal(unit_commit(&unit), 0);
	}
	assert_int_equal(check(right), reply_work);
}

static void after_ten_minutes_it_is_worth_nothing(void **state)
{
	struct str last = with(made(), "|wait"), late = with(made(), "|wait");

	(void)state;
	ctx.now += work_lifetime - 1;
	assert_int_equal(check(last), 0);
	ctx.now += 1;
	assert_int_equal(check(late), reply_work);
}

static void what_is_made_later_than_now_is_not_ours(void **state)
{
	struct str text = made(), right = solved(text);

	(void)state;
	ctx.now -= 1;
	assert_int_equal(check(right), reply_work);
	ctx.now += 1;
	assert_int_equal(check(right), 0);
}

/* Every byte of what was signed and of its MAC counts. */
static void a_changed_byte_anywhere_is_refused(void **state)
{
	struct str text = made(), right = solved(text);
	char *changed = arena_take(ctx.arena, right.length);

	(void)state;
	for (size_t at = 0; at < text.length; at++) {
		memcpy(changed, right.at, right.length);
		changed[at] = changed[at] == '1' ? '2' : '1';
		assert_int_equal(check((struct str){ changed, right.length }), reply_work);
	}
	assert_int_equal(check(right), 0);
}

static void what_is_cut_short_is_refused(void **state)
{
	char longer[300];
	struct str text = made(), right = solved(text);

	(void)state;
	for (size_t length = 0; length <= text.length; length++)
		assert_int_equal(check(str_upto(right, length)), reply_work);
	assert_int_equal(check(STR("|||||")), reply_work);
	assert_int_equal(check(STR("a|1|b|x|c|1")), reply_work);
	/* As is more than anybody was ever given. */
	memset(longer, 'a', sizeof(longer));
	memcpy(longer + 280, "|1|b|5|c|1", 10);
	assert_int_equal(check((struct str){ longer, 290 }), reply_work);
}

/* ---- when it is asked ---- */

static void it_is_asked_after_so_many_starts_of_one_minute(void **state)
{
	(void)state;
	ctx.now = 600;
	for (int minutes = 0; minutes < 2; minutes++) {
		for (int64_t i = 0; i < settings->proof_of_work_after; i++)
			assert_false(site_busy(&ctx));
		assert_true(site_busy(&ctx));
		ctx.now += 59;
		assert_true(site_busy(&ctx));
		ctx.now += 1;
	}
}

static void no_flow_is_begun_beyond_the_most(void **state)
{
	(void)state;
	site.open = flows_most - 1;
	assert_false(site_full(&ctx));
	assert_true(site_full(&ctx));
	/* Each that is begun counts for one. */
	assert_int_equal(site.open, flows_most + 1);
}

static void requests(const char *address, int count)
{
	while (count-- > 0)
		site_request(&site, str_of(address));
}

static void one_address_for_everybody_is_seen(void **state)
{
	(void)state;
	requests("10.0.0.1", 199);
	assert_int_equal(site_one_address(&site), 0);
	requests("10.0.0.1", 1);
	assert_int_equal(site_one_address(&site), 100);
	requests("10.0.0.2", 100);
	assert_int_equal(site_one_address(&site), 33);
}

static void many_addresses_are_not_one(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		requests("10.0.0.1", 1);
		requests("10.0.0.2", 1);
	}
	assert_int_equal(site_one_address(&site), 0);
	/* Another majority takes the place of the first. */
	requests("10.0.0.2", 200);
	assert_int_equal(site_one_address(&site), 50);
}

/* A vote for it or against it is one vote. */
static void each_request_is_one_vote(void **state)
{
	(void)state;
	requests("10.0.0.1", 100);
	assert_int_equal(site.votes, 100);
	requests("10.0.0.2", 99);
	assert_int_equal(site.votes, 1);
	requests("10.0.0.3", 1);
	assert_int_equal(site.votes, 0);
	requests("10.0.0.3", 1);
	assert_int_equal(site.votes, 1);
	requests("10.0.0.3", 1);
	assert_int_equal(site.votes, 2);
	assert_int_equal(site.requests, 202);
}

/* ---- the organisation's words ---- */

static void set(const char *key, const char *language, const char *value)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_brand_set, 1,
		WITH(v_text(str_of(key)), v_text(str_of(language)), v_bytes(str_of(value))));
	assert_int_equal(unit_commit(&unit), 0);
}

static void assert_brand(const char *key, const char *language, const char *expected)
{
	struct str found;
	struct rows all;

	assert_int_equal(brand_read(&ctx, &all), 0);
	found = brand_value(&all, key, str_of(language), STR("preset"));
	assert_int_equal(found.length, strlen(expected));
	assert_memory_equal(found.at, expected, found.length);
}

static void words_for_the_language_win_over_words_for_all_and_those_over_the_preset(void **state)
{
	(void)state;
	assert_brand("help_text", "ja", "preset");
	set("help_text", "", "for all");
	assert_brand("help_text", "ja", "for all");
	set("help_text", "ja", "for ja");
	set("accent", "ja", "another key");
	assert_brand("help_text", "ja", "for ja");
	assert_brand("help_text", "en", "for all");
	assert_brand("phone", "en", "preset");
}

/* Whatever the order in which the store gives them. */
static void words_for_all_never_cover_those_for_the_language(void **state)
{
	(void)state;
	set("help_text", "ja", "for ja");
	set("help_text", "", "for all");
	assert_brand("help_text", "ja", "for ja");
	assert_brand("help_text", "en", "for all");
}

int main(void)
{
#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house_of_ada, close_house)
	const struct CMUnitTest tests[] = {
		IN_HOUSE(the_right_number_counts_once),
		IN_HOUSE(another_number_is_no_answer),
		IN_HOUSE(a_wait_counts_when_it_is_over_and_once),
		IN_HOUSE(after_ten_minutes_it_is_worth_nothing),
		IN_HOUSE(what_is_made_later_than_now_is_not_ours),
		IN_HOUSE(the_least_and_the_greatest_number_count_and_none_beyond),
		IN_HOUSE(the_greatest_number_counts),
		IN_HOUSE(a_salt_has_96_random_bits),
		IN_HOUSE(what_was_spent_is_remembered_as_long_as_it_could_come_again),
		IN_HOUSE(a_changed_byte_anywhere_is_refused),
		IN_HOUSE(what_is_cut_short_is_refused),
		IN_HOUSE(it_is_asked_after_so_many_starts_of_one_minute),
		IN_HOUSE(no_flow_is_begun_beyond_the_most),
		IN_HOUSE(one_address_for_everybody_is_seen),
		IN_HOUSE(many_addresses_are_not_one),
		IN_HOUSE(each_request_is_one_vote),
		IN_HOUSE(words_for_the_language_win_over_words_for_all_and_those_over_the_preset),
		IN_HOUSE(words_for_all_never_cover_those_for_the_language),
	};

	must_be(secrets_open(32));
	return cmocka_run_group_tests_name("policy work", tests, NULL, NULL);
}
