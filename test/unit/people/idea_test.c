/* The board: one vote each, so many entries a day, nothing that turns a page round, and what
 * becomes of it. */
#include "../journey.h"

#include "people/inside.h"

static struct answer answer;

static void take_in(const char *name)
{
	struct op_people_import_row row = { .user_name = str_of(name) };

	assert_int_equal(serve_people_import_row(&ctx, &row, &answer), 0);
}

static void enter(const char *name)
{
	struct unit unit = unit_begin(&ctx);
	struct account account;

	browser.session = NULL;
	(void)ask();
	assert_int_equal(account_named(&ctx, str_of(name), &account), 0);
	assert_int_equal(session_open(&unit, &out, &account, 1, false, STR("password")), 0);
	assert_int_equal(kept(unit_commit(&unit)), 0);
}

static int open_board(void **state)
{
	if (open_house_of_ada(state))
		return -1;
	ctx.now = 20000 * (int64_t)86400;
	set_conf("site.feedback", "board");
	take_in("bob");
	enter("ada");
	return 0;
}

static err add(const char *title, const char *words)
{
	return ASK(idea_add, .title = str_of(title), .words = str_of(words));
}

static const struct rec_idea_row *list(struct str after)
{
	assert_int_equal(ASK(idea_list, .after = after), 0);
	return out.items;
}

static err vote(struct str id, const char *how)
{
	return ASK(idea_vote, .id = arena_copy(ctx.arena, id), .vote = str_of(how));
}

static void an_entry_begins_with_the_vote_of_who_wrote_it(void **state)
{
	const struct rec_idea_row *rows;

	(void)state;
	assert_int_equal(add(" Dark pages ", "Line one\r\nline two"), 0);
	rows = list(STR_NONE);
	assert_int_equal(out.item_count, 1);
	assert_true(str_is(rows[0].title, "Dark pages"));
	assert_true(str_is(rows[0].words, "Line one\nline two"));
	assert_true(str_is(rows[0].status, "open"));
	assert_int_equal(rows[0].votes, 1);
	assert_int_equal(rows[0].voted, 1);
	assert_int_equal(rows[0].own, 1);
	assert_int_equal(((const struct rec_ideas *)out.record)->left, 4);
	assert_held("COUNT(*) FROM audit WHERE event = 'idea_added'", 1);
	assert_told("");
}

static void a_person_has_one_vote(void **state)
{
	struct str id;

	(void)state;
	assert_int_equal(add("Dark pages", "Yes"), 0);
	enter("bob");
	id = arena_copy(ctx.arena, list(STR_NONE)[0].id);
	assert_int_equal(list(STR_NONE)[0].voted, 0);
	assert_int_equal(list(STR_NONE)[0].own, 0);
	assert_int_equal(vote(id, "give") | vote(id, "give"), 0);
	assert_int_equal(list(STR_NONE)[0].votes, 2);
	assert_int_equal(vote(id, "take") | vote(id, "take"), 0);
	assert_int_equal(list(STR_NONE)[0].votes, 1);
	assert_int_equal(vote(STR("00112233445566778899aabbccddeeff"), "give"), reply_not_found);
	assert_int_equal(vote(STR("x"), "give"), reply_not_found);
}

static void five_a_day_and_the_sixth_tomorrow(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(add("Title", "Words"), 0);
	assert_int_equal(add("Title", "Words"), reply_refused);
	assert_true(str_is(out.words, "idea_many"));
	assert_held("COUNT(*) FROM idea", 5);
	assert_held("COUNT(*) FROM idea_vote", 5);
	enter("bob");
	assert_int_equal(add("Title", "Words"), 0);
	enter("ada");
	(void)list(STR_NONE);
	assert_int_equal(((const struct rec_ideas *)out.record)->left, 0);
	ctx.now += 86400;
	enter("ada");
	assert_int_equal(add("Title", "Words"), 0);
}

static void what_could_turn_a_page_round_is_refused(void **state)
{
	static const char *const bad[] = { " ", "\r\n", "a\x01", "a\xe2\x80\xae", "a\xe2\x81\xa6",
		"a\xc2\x85", "a\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(add(bad[i], "Words"), reply_refused);
		assert_true(str_is(out.field, "title"));
		assert_int_equal(add("Title", bad[i]), reply_refused);
		assert_true(str_is(out.field, "words"));
	}
	assert_int_equal(add("two\nlines", "Words"), reply_refused);
	assert_int_equal(add("<b>&\"", "<script>"), 0); /* the page escapes them */
	assert_held("COUNT(*) FROM idea", 1);
}

static void the_most_wanted_come_first_and_what_is_over_last(void **state)
{
	struct answer listed = { 0 };
	const struct rec_feedback_row *rows;
	const struct rec_idea_row *seen;
	struct str first;

	(void)state;
	assert_int_equal(add("one", "w") | add("two", "w"), 0);
	first = arena_copy(ctx.arena, list(STR_NONE)[1].id);
	enter("bob");
	assert_int_equal(vote(first, "give"), 0);
	seen = list(STR_NONE);
	assert_true(str_same(seen[0].id, first));
	assert_int_equal(seen[0].votes, 2);
	assert_int_equal(serve_feedback_status(
				 &ctx, &(struct op_feedback_status){ first, STR("done") }, &answer),
		0);
	assert_int_equal(serve_feedback_status(
				 &ctx, &(struct op_feedback_status){ first, STR("done") }, &answer),
		reply_already);
	seen = list(STR_NONE);
	assert_true(str_same(seen[1].id, first));
	assert_true(str_is(seen[1].status, "done"));
	assert_int_equal(vote(first, "take") | vote(first, "give"), 0);
	assert_int_equal(list(STR_NONE)[1].votes, 1); /* what is over takes no more votes */
	assert_int_equal(serve_feedback_list(&ctx,
				 &(struct op_feedback_list){ .status = STR("done") }, &listed),
		0);
	rows = listed.items;
	assert_int_equal(listed.item_count, 1);
	assert_true(str_is(rows[0].person, "ada"));
	assert_int_equal(serve_feedback_delete(
				 &ctx, &(struct op_feedback_delete){ first, STR("yes") }, &answer),
		0);
	assert_int_equal(serve_feedback_delete(
				 &ctx, &(struct op_feedback_delete){ first, STR("yes") }, &answer),
		reply_not_found);
	assert_held("COUNT(*) FROM idea", 1);
	assert_held("COUNT(*) FROM audit WHERE event = 'idea_managed'", 2);
}

static void pages_follow_each_other(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		assert_int_equal(add("Title", "Words"), 0);
		ctx.now += 86400 / 4;
		enter("ada");
	}
	(void)list(STR_NONE);
	assert_int_equal(out.item_count, 25);
	assert_true(str_is(((const struct rec_ideas *)out.record)->more, "25"));
	(void)list(STR("25"));
	assert_int_equal(out.item_count, 5);
	assert_int_equal(((const struct rec_ideas *)out.record)->more.length, 0);
	assert_int_equal(ASK(idea_list, .after = STR("x")), reply_not_found);
	assert_int_equal(ASK(idea_list, .after = STR("-1")), reply_not_found);
	assert_int_equal(ASK(idea_list, .after = STR("99999999")), reply_not_found);
}

static void who_is_erased_leaves_the_text_and_takes_the_name(void **state)
{
	struct answer listed = { 0 };

	(void)state;
	assert_int_equal(add("Title", "Words"), 0);
	assert_int_equal(serve_people_erase(&ctx,
				 &(struct op_people_erase){ STR("ada"), STR("yes") }, &answer),
		0);
	assert_int_equal(serve_feedback_list(
				 &ctx, &(struct op_feedback_list){ .status = STR_NONE }, &listed),
		0);
	assert_int_equal(((const struct rec_feedback_row *)listed.items)->person.length, 0);
	assert_int_equal(((const struct rec_feedback_row *)listed.items)->votes, 0);
}

static void a_person_is_given_what_they_wrote(void **state)
{
	const struct rec_person_export *export;

	(void)state;
	assert_int_equal(add("Dark pages", "For the night shift"), 0);
	assert_int_equal(
		serve_people_export(&ctx, &(struct op_people_export){ STR("ada") }, &answer), 0);
	export = answer.record;
	assert_non_null(strstr(export->json.at, "For the night shift"));
	assert_non_null(strstr(export->json.at, "\"feedbackVotes\""));
}

static void without_a_board_there_is_none(void **state)
{
	struct answer shown = { 0 };

	(void)state;
	assert_int_equal(serve_brand_show(&ctx, &(struct op_brand_show){ 0 }, &shown), 0);
	assert_true(str_is(((const struct rec_brand *)shown.record)->feedback, "board"));
	set_conf("site.feedback", "link");
	assert_int_equal(add("Title", "Words"), reply_not_found);
	assert_int_equal(ASK(idea_list, .after = STR_NONE), reply_not_found);
	assert_int_equal(vote(STR("00112233445566778899aabbccddeeff"), "give"), reply_not_found);
	assert_int_equal(serve_brand_show(&ctx, &(struct op_brand_show){ 0 }, &shown), 0);
	assert_int_equal(((const struct rec_brand *)shown.record)->feedback.length, 0);
}

static err brand(const char *value, const char *language)
{
	answer = (struct answer){ 0 };
	return serve_brand_set(&ctx,
		&(struct op_brand_set){ .key = STR("feedback_url"),
			.value = str_of(value),
			.language = str_of(language) },
		&answer);
}

static void a_link_leads_to_the_web_or_to_a_letter(void **state)
{
	static const char *const bad[] = { "javascript:alert(1)", "/ideas", "ftp://x", "board",
		"https", " https://x" };
	struct answer shown = { 0 };

	(void)state;
	set_conf("site.feedback", "link");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(brand(bad[i], NULL), reply_refused);
	assert_true(str_is(answer.words, "feedback_malformed"));
	assert_int_equal(brand("https://ideas.example.org/?x=1", NULL) |
				 brand("mailto:it@example.org", "ja"),
		0);
	assert_int_equal(serve_brand_show(&ctx, &(struct op_brand_show){ STR("ja") }, &shown), 0);
	assert_true(str_is(
		((const struct rec_brand *)shown.record)->feedback, "mailto:it@example.org"));
	assert_int_equal(serve_brand_show(&ctx, &(struct op_brand_show){ STR("en") }, &shown), 0);
	assert_true(str_is(((const struct rec_brand *)shown.record)->feedback,
		"https://ideas.example.org/?x=1"));
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, open_board, close_house_of_ada)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOARD(an_entry_begins_with_the_vote_of_who_wrote_it),
		ON_BOARD(a_person_has_one_vote),
		ON_BOARD(five_a_day_and_the_sixth_tomorrow),
		ON_BOARD(what_could_turn_a_page_round_is_refused),
		ON_BOARD(the_most_wanted_come_first_and_what_is_over_last),
		ON_BOARD(pages_follow_each_other),
		ON_BOARD(who_is_erased_leaves_the_text_and_takes_the_name),
		ON_BOARD(a_person_is_given_what_they_wrote),
		ON_BOARD(without_a_board_there_is_none),
		ON_BOARD(a_link_leads_to_the_web_or_to_a_letter),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("idea", tests, NULL, NULL);
}
