/* Applications: named once however it is spelt, addresses judged, the secret shown once and kept as
 * a digest. */
#include "house.h"

#define ADD(...)                                                                                   \
	((answer = (struct answer){ 0 }),                                                          \
		told(serve_application_add(                                                        \
			&ctx, &(struct op_application_add){ __VA_ARGS__ }, &answer)))
#define SET(...)                                                                                   \
	((answer = (struct answer){ 0 }),                                                          \
		serve_application_set(&ctx, &(struct op_application_set){ __VA_ARGS__ }, &answer))
static err told(err e)
{
	if (e < 0)
		print_message("# fault: %s\n", ctx.fault.words);
	return e;
}
#define CB .redirect_uris = STR("https://app.example/cb")

static const struct rec_application *shown(const char *name)
{
	answer = (struct answer){ 0 };
	assert_int_equal(serve_application_show(&ctx,
				 &(struct op_application_show){ .name = str_of(name) }, &answer),
		0);
	return answer.record;
}

static void an_application_is_added_with_a_secret_that_is_shown_once(void **state)
{
	const struct rec_application_secret *secret;
	struct application a;
	struct str id, text;
	uint8_t mac[digest_size];

	(void)state;
	assert_int_equal(ADD(.name = STR("Wiki"), CB), 0);
	secret = answer.record;
	text = secret_show(secret->client_secret);
	assert_int_equal(text.length, 43);
	assert_true(id_take(&ctx, secret->client_id, &id));
	assert_int_equal(application_load(&ctx, id, &a), 0);
	digest_keyed(keys, key_token, id, text, mac);
	assert_memory_equal(a.secret.at, mac, sizeof(mac));
	assert_text(shown("ｗｉｋｉ")->redirect_uris, "https://app.example/cb");
	assert_text(shown("WIKI")->who, "all");
	assert_text(shown("Wiki")->algorithm, "ES256");
	assert_text(shown(arena_copy(ctx.arena, secret->client_id).at)->name, "Wiki");
	assert_int_equal(ADD(.name = STR("wiki"), CB), reply_already);
}

static void a_public_client_has_no_secret(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("Phone"), CB, .client = STR("public")), 0);
	assert_null(((const struct rec_application_secret *)answer.record)->client_secret);
	assert_int_equal(serve_application_secret(
				 &ctx, &(struct op_application_secret){ STR("phone") }, &answer),
		reply_refused);
	assert_text(answer.words, "application_public");
}

static void addresses_are_judged(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("a")), reply_refused);
	assert_text(answer.words, "application_no_uri");
	assert_int_equal(
		ADD(.name = STR("a"),
			.redirect_uris = STR("https://app.example/cb http://app.example/cb")),
		reply_refused);
	assert_text(answer.words, "application_uri");
	assert_text(answer.field, "redirect_uris");
	assert_int_equal(ADD(.name = STR("a"), CB, .back_channel_uri = STR("http://127.0.0.1/out")),
		reply_refused);
	assert_text(answer.words, "application_https");
	assert_int_equal(
		ADD(.name = STR("a"),
			.redirect_uris = STR("  https://a.example/1   http://127.0.0.1/2 "),
			.post_logout_uris = STR("https://a.example/out"),
			.back_channel_uri = STR("https://a.example/bc")),
		0);
	assert_text(shown("a")->redirect_uris, "https://a.example/1 http://127.0.0.1/2");
	assert_int_equal(SET(.name = STR("a"), .redirect_uris = STR("none")), reply_refused);
	assert_int_equal(SET(.name = STR("a"), .post_logout_uris = STR("none"),
				 .back_channel_uri = STR("none")),
		0);
	assert_text(shown("a")->post_logout_uris, "");
	assert_text(shown("a")->back_channel_uri, "");
	assert_text(shown("a")->redirect_uris, "https://a.example/1 http://127.0.0.1/2");
}

static bool may(const char *name, const char *who)
{
	struct application a;
	struct str id;
	bool open;

	assert_true(id_take(&ctx, shown(name)->client_id, &id));
	assert_int_equal(application_load(&ctx, id, &a), 0);
	assert_int_equal(application_open(&ctx, &a, person(who).id, &open), 0);
	return open;
}

static void who_may_is_all_or_the_people_of_groups(void **state)
{
	(void)state;
	assert_int_equal(ROW(.user_name = STR("ada")) | ROW(.user_name = STR("bob")), 0);
	assert_int_equal(
		serve_group_add(&ctx, &(struct op_group_add){ .name = STR("Staff") }, &answer) |
			serve_group_add(
				&ctx, &(struct op_group_add){ .name = STR("Sales") }, &answer) |
			serve_group_join(&ctx,
				&(struct op_group_join){
					.name = STR("Staff"), .group = STR("Sales") },
				&answer) |
			serve_group_join(&ctx,
				&(struct op_group_join){
					.name = STR("Sales"), .person = STR("ada") },
				&answer),
		0);
	assert_int_equal(ADD(.name = STR("Wiki"), CB, .who = STR("staff, nowhere")), reply_refused);
	assert_text(answer.words, "application_who");
	assert_int_equal(ADD(.name = STR("Wiki"), CB, .who = STR("staff")), 0);
	assert_text(shown("Wiki")->who, "Staff");
	assert_true(may("Wiki", "ada"));
	assert_false(may("Wiki", "bob"));
	assert_int_equal(SET(.name = STR("Wiki"), .who = STR("all")), 0);
	assert_true(may("Wiki", "bob"));
	assert_int_equal(SET(.name = STR("Wiki"), .who = STR("Sales, Staff")), 0);
	assert_text(shown("Wiki")->who, "Sales, Staff");
	assert_int_equal(
		serve_group_delete(
			&ctx, &(struct op_group_delete){ STR("Sales"), STR("yes") }, &answer) |
			serve_group_delete(&ctx,
				&(struct op_group_delete){ STR("Staff"), STR("yes") }, &answer),
		0);
	assert_text(shown("Wiki")->who, "nobody");
	assert_false(may("Wiki", "ada"));
}

static void what_is_not_given_stays(void **state)
{
	(void)state;
	assert_int_equal(
		ADD(.name = STR("Wiki"), CB, .level = STR("second"), .algorithm = STR("RS256")), 0);
	assert_int_equal(ADD(.name = STR("Chat"), CB), 0);
	assert_int_equal(SET(.name = STR("Wiki")), reply_nothing);
	assert_int_equal(SET(.name = STR("Wiki"), .to = STR("chat")), reply_refused);
	assert_text(answer.words, "application_taken");
	assert_int_equal(SET(.name = STR("Wiki"), .to = STR("Our wiki")), 0);
	assert_text(shown("our wiki")->level, "second");
	assert_text(shown("our wiki")->algorithm, "RS256");
	assert_int_equal(SET(.name = STR("our wiki"), .level = STR("password")), 0);
	assert_text(shown("our wiki")->level, "password");
	assert_text(shown("our wiki")->name, "Our wiki");
}

static void a_list_goes_on_where_it_ended(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("b"), CB), 0);
	assert_int_equal(ADD(.name = STR("a"), CB), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_application_list(&ctx, &(struct op_application_list){ .most = 1 }, &answer),
		0);
	assert_int_equal(answer.item_count, 1);
	assert_text(answer.cursor, "a");
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_application_list(&ctx,
			&(struct op_application_list){ .most = 1, .cursor = STR("a") }, &answer),
		0);
	assert_text(((const struct rec_application *)answer.items)->name, "b");
	assert_null(answer.cursor.at);
}

static void what_is_deleted_is_gone(void **state)
{
	(void)state;
	assert_int_equal(ADD(.name = STR("a"), CB), 0);
	assert_int_equal(serve_application_delete(&ctx,
				 &(struct op_application_delete){ STR("a"), STR("yes") }, &answer),
		0);
	assert_int_equal(
		serve_application_show(&ctx, &(struct op_application_show){ STR("a") }, &answer),
		reply_not_found);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_application_is_added_with_a_secret_that_is_shown_once),
		TEST(a_public_client_has_no_secret),
		TEST(addresses_are_judged),
		TEST(who_may_is_all_or_the_people_of_groups),
		TEST(what_is_not_given_stays),
		TEST(a_list_goes_on_where_it_ended),
		TEST(what_is_deleted_is_gone),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("applications", tests, NULL, NULL);
}
