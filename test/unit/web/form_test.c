/* Forms to operations: what our pages send arrives, what they cannot send is refused. */
#include "check.h"

struct form {
	struct ctx c;
	char body[body_limit];
	struct pair pairs[2];
	struct form_wrong wrong;
};

static int setup(void **state)
{
	static bool opened;
	struct form *f = calloc(1, sizeof(*f));

	assert_true(opened || secrets_open(8));
	opened = true;
	f->c.arena = arena_open(64 * 1024);
	f->pairs[0] = (struct pair){ "csrf", 8, STR_NONE };
	f->pairs[1] = (struct pair){ "next", 8, STR_NONE };
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct form *f = *state;

	arena_close(&f->c.arena);
	free(f);
	return 0;
}

static err fill(struct form *f, enum operation_id id, const char *text, size_t length, void *in)
{
	memcpy(f->body, text, length);
	return form_fill(&f->c, f->body, length, id, in, f->pairs, 2, &f->wrong);
}

static err fill_signin(struct form *f, const char *text, struct op_signin_password *in)
{
	*in = (struct op_signin_password){ 0 };
	return fill(f, operation_signin_password, text, strlen(text), in);
}

static void fields_and_pairs_arrive_decoded(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;

	assert_int_equal(
		fill_signin(f, "csrf=abc&name=J%C3%BCrgen+M%2b&password=a%26b%3Dc%25", &in), 0);
	says(in.name, "J\xc3\xbcrgen M+");
	says(secret_show(in.password), "a&b=c%");
	says(f->pairs[0].value, "abc");
	assert_null(f->pairs[1].value.at);
}

static void a_secret_leaves_no_copy_in_the_body(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;
	static const char text[] = "name=ada&password=%74he+sea%21";

	assert_int_equal(fill_signin(f, text, &in), 0);
	says(secret_show(in.password), "the sea!");
	assert_null(memmem(f->body, sizeof(text), "sea", 3));
	assert_null(memmem(f->body, sizeof(text), "%21", 3));
}

static void a_refused_form_is_wiped(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;
	static const char text[] = "nobody=1&password=the+sea";

	assert_int_equal(fill_signin(f, text, &in), reply_malformed);
	assert_null(memmem(f->body, sizeof(text), "sea", 3));
}

static void a_field_left_empty_is_the_persons_to_fill(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;

	assert_int_equal(fill_signin(f, "name=ada&password=", &in), reply_malformed);
	assert_true(f->wrong.by_person);
	assert_string_equal(f->wrong.field, "password");
	says(in.name, "ada");
	assert_int_equal(fill_signin(f, "", &in), reply_malformed);
	assert_string_equal(f->wrong.field, "name");
}

static void what_no_page_of_ours_sends_is_refused_and_says_what(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "name=a&password=b&admin=1", "form_unknown" },
		{ "name=a&password=b&", NULL },
		{ "name=a&&password=b", "form_unknown" },
		{ "name=a&name=b&password=c", "form_twice" },
		{ "name=a&password=b&password=", "form_twice" },
		{ "name=a&password=b&csrf=1&csrf=1", "form_twice" },
		{ "name=%&password=b", "form_encoding" },
		{ "name=%4&password=b", "form_encoding" },
		{ "name=%4g&password=b", "form_encoding" },
		{ "name=a&password=b%", "form_encoding" },
		{ "name=a%00b&password=b", "form_encoding" },
		{ "name=%ff&password=b", "form_encoding" },
		{ "name=%c0%af&password=b", "form_encoding" },
		{ "name=%ed%a0%80&password=b", "form_encoding" },
		{ "name=a&password=%ff", "form_encoding" },
		{ "name=a&password=b&csrf=123456789", "form_long" },
		{ "na%6de=a&password=b", NULL },
	};
	struct form *f = *state;
	struct op_signin_password in;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err e;

		memset(&f->wrong, 0, sizeof(f->wrong));
		e = fill_signin(f, cases[i].text, &in);
		if (!cases[i].words) {
			assert_int_equal(e, 0);
			continue;
		}
		assert_int_equal(e, reply_malformed);
		assert_false(f->wrong.by_person);
		assert_string_equal(f->wrong.words, cases[i].words);
		arena_wipe(f->c.arena);
	}
}

static void nul_and_bytes_of_no_text_are_refused_raw_too(void **state)
{
	struct form *f = *state;
	struct op_signin_password in = { 0 };
	static const char nul[] = "name=a\0b&password=c", bad[] = "name=\xff&password=c";

	assert_int_equal(
		fill(f, operation_signin_password, nul, sizeof(nul) - 1, &in), reply_malformed);
	assert_int_equal(
		fill(f, operation_signin_password, bad, sizeof(bad) - 1, &in), reply_malformed);
}

static void a_field_is_as_long_as_its_limit_and_not_longer(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;
	char text[400] = "password=x&name=";
	size_t start = strlen(text);

	memset(text + start, 'a', 320);
	assert_int_equal(fill_signin(f, text, &in), 0);
	assert_int_equal(in.name.length, 320);
	text[start + 320] = 'a';
	assert_int_equal(fill_signin(f, text, &in), reply_malformed);
	assert_string_equal(f->wrong.words, "form_long");
}

static void what_is_too_long_goes_back_to_its_field_with_the_others_kept(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;
	char text[2000] = "name=ada&password=";

	memset(text + strlen(text), 'a', 1300);
	assert_int_equal(fill_signin(f, text, &in), reply_malformed);
	assert_true(f->wrong.by_person);
	assert_string_equal(f->wrong.field, "password");
	assert_true(f->wrong.limit > 0 && f->wrong.limit < 1300);
	assert_true(str_is(in.name, "ada"));
	assert_null(in.password);
	/* What is wrong with the form itself is worse. */
	memcpy(text, "name=ada&passwor?=", 18);
	assert_int_equal(fill_signin(f, text, &in), reply_malformed);
	assert_false(f->wrong.by_person);
}

static void a_choice_is_one_of_its_words(void **state)
{
	struct form *f = *state;
	struct op_recover_method in = { 0 };

	assert_int_equal(fill(f, operation_recover_method, "method=totp", 11, &in), 0);
	says(in.method, "totp");
	assert_int_equal(
		fill(f, operation_recover_method, "method=mail|totp", 16, &in), reply_malformed);
	assert_int_equal(
		fill(f, operation_recover_method, "method=TOTP", 11, &in), reply_malformed);
}

static void an_id_has_only_the_letters_of_an_id(void **state)
{
	struct form *f = *state;
	struct op_info_delete in = { 0 };

	assert_int_equal(fill(f, operation_info_delete, "id=aZ09_-", 9, &in), 0);
	assert_int_equal(fill(f, operation_info_delete, "id=a/b", 6, &in), reply_malformed);
	assert_int_equal(fill(f, operation_info_delete, "id=a%0A", 7, &in), reply_malformed);
}

static void no_locked_memory_is_busy_not_broken(void **state)
{
	struct form *f = *state;
	struct op_signin_password in;
	struct arena *other = arena_open(4096);

	while (secret_room(other, 1))
		;
	assert_int_equal(fill_signin(f, "name=a&password=b", &in), reply_busy);
	arena_close(&other);
	assert_int_equal(fill_signin(f, "name=a&password=b", &in), 0);
}

/* Of a program or an application: what is not known is passed over, what comes twice or is too long
 * is not. */
static void what_a_program_sends_may_hold_more(void **state)
{
	static const char *const bad[] = { "state=a&state=b", "request=a&request=b", "state=%00",
		"state=%zz", "max_age=1&max_age=2", "code_challenge_method=aaaaaaaaaaaaaaaaaaaaa" };
	struct form *f = *state;
	struct op_oidc_authorize in = { 0 };
	struct pair pair = { "request", 8, STR_NONE };
	char text[] =
		"utm_source=x&state=a+b&x=1&x=2&request=r&client_id=c&=&&scope=openid%20email";

	assert_int_equal(form_fill_open(&f->c, text, strlen(text), operation_oidc_authorize, &in,
				 &pair, 1, &f->wrong),
		0);
	says(in.state, "a b");
	says(in.client_id, "c");
	says(in.scope, "openid email");
	says(pair.value, "r");
	assert_null(in.nonce.at);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(f->body, bad[i], strlen(bad[i]));
		assert_int_equal(form_fill_open(&f->c, f->body, strlen(bad[i]),
					 operation_oidc_authorize, &in, &pair, 1, &f->wrong),
			reply_malformed);
		assert_false(f->wrong.by_person);
	}
}

int main(void)
{
#define case_(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		case_(fields_and_pairs_arrive_decoded),
		case_(a_secret_leaves_no_copy_in_the_body),
		case_(a_refused_form_is_wiped),
		case_(a_field_left_empty_is_the_persons_to_fill),
		case_(what_no_page_of_ours_sends_is_refused_and_says_what),
		case_(nul_and_bytes_of_no_text_are_refused_raw_too),
		case_(a_field_is_as_long_as_its_limit_and_not_longer),
		case_(what_is_too_long_goes_back_to_its_field_with_the_others_kept),
		case_(a_choice_is_one_of_its_words),
		case_(an_id_has_only_the_letters_of_an_id),
		case_(no_locked_memory_is_busy_not_broken),
		case_(what_a_program_sends_may_hold_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
