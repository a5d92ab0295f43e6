/* The main job on the real store and real keys, operation by operation: what the keeper serves. */
#include "flow/flow.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "method/method.h"
#include "policy/work.h"
#include "spec/values.h"

#include <setjmp.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static const char old_password[] = "an old and rusty key";
static const char new_password[] = "a long walk to the sea";

/* One world for a test: a folder of its own, a store, keys, one account. */
struct house {
	struct ctx c;
	struct request r;
	struct answer out;
	struct site site;
	struct conf *conf;
	struct keys *keys;
	struct secret *flow, *session, *device;
	struct arena *kept; /* tokens that the browser holds */
	char folder[64];
	struct str account;
};

static void sql(struct house *h, const char *text, struct str a, struct str b)
{
	char path[100];
	sqlite3 *db;
	sqlite3_stmt *s;

	(void)snprintf(path, sizeof(path), "%s/rekey.db", h->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	if (a.length)
		sqlite3_bind_blob(s, 1, a.at, (int)a.length, SQLITE_STATIC);
	if (b.length)
		sqlite3_bind_blob(s, 2, b.at, (int)b.length, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void add_ada(struct house *h)
{
	const struct hash_cost cost = { 19456, 2 };
	struct secret *password = secret_take(h->c.arena, old_password, sizeof(old_password) - 1);
	struct str stored;

	h->account = STR("0123456789abcdef");
	assert_int_equal(password_hash(&h->c, h->account, password, cost, &stored), 0);
	sql(h,
		"INSERT INTO account VALUES (?1, 'ada', 'ada', 'Ada', '', '', '', '', "
		"'ada@work.example', '', "
		"'en', 'active', 0, 0, 0, 0, 0, NULL)",
		h->account, STR_NONE);
	sql(h, "INSERT INTO login_name VALUES ('ada', ?1, 'name')", h->account, STR_NONE);
	sql(h, "INSERT INTO password VALUES (?1, ?2, 'import', 0, 0, 0)", h->account, stored);
}

static int open_house(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	struct store_status status;
	char keys[100];

	static bool opened;

	if (!opened && !secrets_open(4096))
		return -1;
	opened = true;
	(void)snprintf(h->folder, sizeof(h->folder), "/tmp/rekey-test-XXXXXX");
	if (!mkdtemp(h->folder))
		return -1;
	(void)snprintf(keys, sizeof(keys), "%s/keys", h->folder);
	(void)mkdir(keys, 0700);
	h->c.arena = arena_open(32 * 1024 * 1024);
	h->kept = arena_open(64 * 1024);
	h->c.site = &h->site;
	h->c.now = clock_now();
	h->r.address = STR("127.0.0.1");
	h->r.agent = STR("test");
	h->r.language = STR("en");
	h->c.request = &h->r;
	if (crypto_open(&h->c) ||
		conf_read(&h->c, NULL, &h->conf, &(struct conf_error *){ 0 }, &(size_t){ 0 }))
		return -1;
	h->c.conf = h->conf;
	if (keys_open(&h->c, keys, true, &h->keys))
		return -1;
	h->c.keys = h->keys;
	if (store_open(&h->c, h->folder, store_make, &h->c.store, &status))
		return -1;
	if (hash_pool_open(&h->c, 2, 16, &h->c.pool))
		return -1;
	add_ada(h);
	*state = h;
	return 0;
}

static int close_house(void **state)
{
	struct house *h = *state;
	char command[100];

	hash_pool_close(&h->c.pool);
	store_close(&h->c.store);
	keys_close(&h->keys);
	conf_close(&h->conf);
	arena_close(&h->c.arena);
	arena_close(&h->kept);
	(void)snprintf(command, sizeof(command), "rm -r %s", h->folder);
	assert_int_equal(system(command), 0);
	free(h);
	return 0;
}

/* What a browser does with an answer: keeps the tokens. */
static err kept(struct house *h, err e)
{
	if (e < 0)
		print_message("fault: %s: %s\n", fault_name(h->c.fault.kind), h->c.fault.words);
	if (h->out.flow)
		h->flow = secret_take(h->kept, secret_show(h->out.flow).at, token_size);
	if (h->out.session)
		h->session = secret_take(h->kept, secret_show(h->out.session).at, token_size);
	if (h->out.device)
		h->device = secret_take(h->kept, secret_show(h->out.device).at, token_size);
	if (h->out.end_flow)
		h->flow = NULL;
	return e;
}

static struct answer *ask(struct house *h)
{
	h->r.flow = h->flow;
	h->r.session = h->session;
	h->r.device = h->device;
	h->out = (struct answer){ 0 };
	return &h->out;
}

static struct secret *typed(struct house *h, const char *text)
{
	return secret_take(h->c.arena, text, str_of(text).length);
}

static err begin(struct house *h, const char *name)
{
	return kept(h, serve_recover_begin(
			       &h->c, &(struct op_recover_begin){ .name = str_of(name) }, ask(h)));
}

static err answer(struct house *h, const char *code)
{
	return kept(h, serve_recover_answer(&h->c,
			       &(struct op_recover_answer){ .code = typed(h, code) }, ask(h)));
}

static err choose(struct house *h, const char *password)
{
	return kept(
		h, serve_recover_choose(&h->c,
			   &(struct op_recover_choose){ .password = typed(h, password) }, ask(h)));
}

static err sign_in(struct house *h, const char *name, const char *password)
{
	return kept(h, serve_signin_password(&h->c,
			       &(struct op_signin_password){
				       .name = str_of(name), .password = typed(h, password) },
			       ask(h)));
}

/* The newest message with this name, and one of its values. */
static const char *mailed(struct house *h, const char *message, const char *value)
{
	struct rows rows;

	assert_int_equal(store_read(&h->c, statement_outbox_recent, WITH_NOTHING, 40, &rows), 0);
	for (size_t i = 0; i < rows.count; i++) {
		struct secret *plain;
		struct str found;

		if (!str_is(row_str(&rows, i, 1), message) || !row_str(&rows, i, 4).at)
			continue;
		assert_int_equal(
			unseal(&h->c, key_seal, row_str(&rows, i, 0), row_str(&rows, i, 4), &plain),
			0);
		found = values_get(secret_show(plain), str_of(value));
		return found.at ? arena_copy(h->c.arena, found).at : NULL;
	}
	return NULL;
}

/* Registers a mailbox and an app straight into the store. */
static void register_both(struct house *h, struct secret **seed)
{
	struct unit unit = unit_begin(&h->c);
	struct str app = STR("appappappappapp0"), mail = STR("mailmailmailmai0"), sealed;

	assert_int_equal(totp_seed_make(&h->c, seed), 0);
	assert_int_equal(totp_seed_seal(&h->c, h->account, app, *seed, &sealed), 0);
	unit_add(&unit, statement_method_add, 1,
		WITH(v_bytes(app), v_bytes(h->account), v_text(STR("totp")), v_text(STR("phone")),
			v_text(STR("")), v_text(STR("app")), v_bytes(sealed), v_text(STR("active")),
			v_number(1), v_null(), v_number(0), v_number(0)));
	unit_add(&unit, statement_method_add, 1,
		WITH(v_bytes(mail), v_bytes(h->account), v_text(STR("mail")),
			v_text(STR("ada@home.example")), v_text(STR("ada@home.example")),
			v_text(STR("ada@home.example")), v_null(), v_text(STR("active")),
			v_number(2), v_null(), v_number(0), v_number(0)));
	assert_int_equal(unit_commit(&unit), 0);
}

static const char *app_code(struct house *h, struct secret *seed)
{
	struct secret *code;

	assert_int_equal(totp_code(&h->c, seed, h->c.now, &code), 0);
	return arena_copy(h->c.arena, secret_show(code)).at;
}

static void a_locked_out_person_gets_back_in(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(begin(h, "Ada"), reply_check_messages);
	assert_int_equal(answer(h, "00000000"), reply_again);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
	assert_int_equal(answer(h, app_code(h, seed)), reply_choose);
	assert_int_equal(choose(h, "short"), reply_rules);
	assert_true(str_is(h->out.words, "password_short"));
	assert_int_equal(choose(h, new_password), reply_password_done);
	assert_non_null(mailed(h, "password_reset", "deny_link"));
	assert_int_equal(sign_in(h, "ada", old_password), reply_wrong);
	assert_int_equal(sign_in(h, "ada", new_password), reply_prove);
	assert_null(h->out.session);
}

/* A set of one known code, straight into the store. */
static void register_code(struct house *h, const char *shown)
{
	struct unit unit = unit_begin(&h->c);
	struct str set = STR("codescodescodes0");
	uint8_t mac[digest_size];
	struct secret *canonical;

	assert_int_equal(
		code_canonical(&h->c, method_recovery_code, typed(h, shown), &canonical), 0);
	digest_keyed(h->c.keys, key_code, set, secret_show(canonical), mac);
	unit_add(&unit, statement_method_add, 1,
		WITH(v_bytes(set), v_bytes(h->account), v_text(STR("recovery_code")),
			v_text(STR("")), v_text(STR("")), v_text(STR("codes")), v_null(),
			v_text(STR("active")), v_number(3), v_null(), v_number(0), v_number(0)));
	unit_add(&unit, statement_recovery_code_add, 1,
		WITH(v_bytes(set), v_number(0),
			v_bytes((struct str){ (const char *)mac, sizeof(mac) })));
	assert_int_equal(unit_commit(&unit), 0);
}

static err turn_to(struct house *h, const char *method)
{
	return kept(h, serve_recover_method(&h->c,
			       &(struct op_recover_method){ .method = str_of(method) }, ask(h)));
}

static void a_used_recovery_code_is_dead_and_another_takes_its_place(void **state)
{
	static const char code[] = "0123-4567-89AB-CDEF-GHJK-MNPQ-RC";
	struct house *h = *state;
	const struct rec_flow_page *page;
	struct secret *seed;
	const char *next;

	register_both(h, &seed);
	register_code(h, code);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(turn_to(h, "recovery_code"), reply_next_proof);
	assert_int_equal(answer(h, code), reply_check_messages);
	page = h->out.record;
	assert_non_null(page->reissued);
	next = arena_copy(h->c.arena, secret_show(page->reissued)).at;
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(turn_to(h, "recovery_code"), reply_next_proof);
	assert_int_equal(answer(h, code), reply_again);
	assert_int_equal(answer(h, next), reply_check_messages);
}

static void one_proof_is_not_enough(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(choose(h, new_password), reply_check_messages);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
	assert_int_equal(choose(h, new_password), reply_next_proof);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
}

static void five_tries_and_no_more(void **state)
{
	struct house *h = *state;
	struct secret *seed;
	const char *code;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	code = mailed(h, "recover_code", "code");
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer(h, "11111111"), reply_again);
	assert_int_equal(answer(h, "11111111"), reply_shut);
	assert_int_not_equal(answer(h, code), reply_next_proof);
}

static void a_code_fits_its_own_flow_only(void **state)
{
	struct house *h = *state;
	struct secret *seed;
	const char *first;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	first = mailed(h, "recover_code", "code");
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(answer(h, first), reply_again);
}

static void an_app_code_counts_once(void **state)
{
	struct house *h = *state;
	struct secret *seed;
	const char *code;

	register_both(h, &seed);
	code = app_code(h, seed);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
	assert_int_equal(
		kept(h, serve_signin_answer(&h->c,
				&(struct op_signin_answer){ .code = typed(h, code) }, ask(h))),
		reply_signed_in);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
	assert_int_equal(
		kept(h, serve_signin_answer(&h->c,
				&(struct op_signin_answer){ .code = typed(h, code) }, ask(h))),
		reply_again);
}

static void a_strangers_guesses_do_not_disable_the_owners_method(void **state)
{
	struct house *h = *state;
	struct secret *seed;
	struct rows rows;

	register_both(h, &seed);
	for (int i = 0; i < 25; i++) {
		assert_int_equal(begin(h, "ada"), reply_check_messages);
		assert_int_equal(turn_to(h, "totp"), reply_next_proof);
		for (int n = 0; n < 5; n++)
			assert_in_range(answer(h, "000000"), reply_shut, reply_again);
	}
	assert_int_equal(
		store_read(&h->c, statement_methods_of, WITH(v_bytes(h->account)), 0, &rows), 0);
	assert_int_equal(rows.count, 2);
	assert_true(str_is(row_str(&rows, 0, 7), "active"));
	assert_int_equal(row_number(&rows, 0, 12), 0);
	assert_int_equal(
		store_one(&h->c, statement_counter_load,
			WITH(v_bytes(h->account), v_text(STR("totp")), v_number(false)), &rows),
		0);
	assert_int_equal(row_number(&rows, 0, 0), proofs_a_day);
}

static void a_wrong_password_in_another_tab_leaves_the_reset_alone(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(sign_in(h, "ada", "not the password"), reply_wrong);
	assert_null(h->out.flow);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
}

static void a_familiar_browser_is_told_at_once_why_it_can_not(void **state)
{
	struct house *h = *state;
	const struct rec_flow_page *page;

	assert_int_equal(begin(h, "ada"), reply_check_messages);
	h->flow = NULL;
	assert_int_equal(sign_in(h, "ada", old_password), reply_signed_in);
	assert_int_equal(begin(h, "ada"), reply_contact_desk);
	page = h->out.record;
	assert_true(str_is(page->reason, "not_registered"));
	assert_int_equal(kept(h, serve_recover_show(&h->c, &(struct op_recover_show){ 0 }, ask(h))),
		reply_contact_desk);
}

static void a_password_that_must_be_changed_waits_for_the_second_proof_and_the_change(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	sql(h, "UPDATE password SET must_change = 1 WHERE account = ?1", h->account, STR_NONE);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
	assert_int_equal(
		kept(h, serve_signin_answer(&h->c,
				&(struct op_signin_answer){ .code = typed(h, app_code(h, seed)) },
				ask(h))),
		reply_must_change);
	assert_null(h->out.session);
	assert_int_equal(
		kept(h, serve_signin_choose(&h->c,
				&(struct op_signin_choose){ .password = typed(h, new_password) },
				ask(h))),
		reply_signed_in);
	assert_non_null(h->out.session);
}

static void an_unknown_name_walks_the_same_pages(void **state)
{
	struct house *h = *state;
	const struct rec_flow_page *page;

	assert_int_equal(begin(h, "nobody"), reply_check_messages);
	page = h->out.record;
	assert_true(str_is(page->ways, "mail|totp|recovery_code"));
	assert_int_equal(page->tries_left, 5);
	for (int i = 0; i < 4; i++)
		assert_int_equal(answer(h, "22222222"), reply_again);
	assert_int_equal(answer(h, "22222222"), reply_shut);
}

static void sign_in_is_locked_for_strangers_and_open_for_the_owners_browser(void **state)
{
	struct house *h = *state;
	struct secret *device;
	char wrong[32];

	assert_int_equal(sign_in(h, "ada", old_password), reply_signed_in);
	device = h->device;
	assert_non_null(device);
	h->device = NULL;
	for (int i = 0; i < 12; i++) {
		(void)snprintf(wrong, sizeof(wrong), "not the password %d", i);
		assert_int_equal(sign_in(h, "ada", wrong), reply_wrong);
	}
	assert_int_equal(sign_in(h, "ada", old_password), reply_wrong);
	h->device = device;
	assert_int_equal(sign_in(h, "ada", old_password), reply_signed_in);
}

/* ---- edges of a reset ---- */

static err show(struct house *h)
{
	return kept(h, serve_recover_show(&h->c, &(struct op_recover_show){ 0 }, ask(h)));
}

static err resend(struct house *h)
{
	return kept(h, serve_recover_resend(&h->c, &(struct op_recover_resend){ 0 }, ask(h)));
}

static void a_name_of_blanks_is_none(void **state)
{
	struct house *h = *state;

	assert_int_equal(begin(h, " \t "), reply_refused);
	assert_true(str_is(h->out.field, "name"));
	assert_null(h->out.flow);
}

static void a_full_store_says_busy_and_takes_no_more(void **state)
{
	struct house *h = *state;

	h->site.open = flows_most - 1;
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(begin(h, "ada"), reply_busy);
	assert_int_equal(h->out.wait_seconds, 60);
}

static void a_proof_given_is_not_asked_again(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
	assert_int_equal(turn_to(h, "mail"), reply_next_proof);
	assert_int_equal(turn_to(h, "smoke signals"), reply_next_proof);
	assert_int_equal(answer(h, app_code(h, seed)), reply_choose);
}

static void after_its_time_a_reset_is_shut_whatever_is_asked(void **state)
{
	struct house *h = *state;
	struct secret *seed;
	const char *code;

	register_both(h, &seed);
	for (int what = 0; what < 5; what++) {
		assert_int_equal(begin(h, "ada"), reply_check_messages);
		code = mailed(h, "recover_code", "code");
		h->c.now += h->conf->recover_lifetime - 1;
		assert_int_equal(show(h), reply_check_messages);
		h->c.now += 1;
		assert_int_equal(what == 0   ? show(h)
				 : what == 1 ? turn_to(h, "totp")
				 : what == 2 ? resend(h)
				 : what == 3 ? answer(h, code)
					     : choose(h, new_password),
			reply_shut);
		h->flow = NULL;
	}
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
}

static void without_a_flow_there_is_only_the_beginning(void **state)
{
	struct house *h = *state;

	assert_int_equal(show(h), reply_begin);
	assert_int_equal(turn_to(h, "totp"), reply_begin);
	assert_int_equal(resend(h), reply_begin);
	assert_int_equal(answer(h, "11111111"), reply_begin);
	assert_int_equal(choose(h, new_password), reply_begin);
}

static void the_token_of_a_sign_in_opens_no_reset(void **state)
{
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
	assert_int_equal(answer(h, app_code(h, seed)), reply_begin);
	assert_int_equal(choose(h, new_password), reply_begin);
}

static struct walk loaded(struct house *h)
{
	struct walk w;

	assert_int_equal(walk_load(&h->c, &flow_recover, ask(h), &w), 0);
	return w;
}

/* Two requests with one token: what the second decided is no longer so. */
static void of_two_steps_at_the_same_moment_one_counts(void **state)
{
	struct house *h = *state;
	struct walk first, second;
	struct secret *seed;

	register_both(h, &seed);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	first = loaded(h);
	second = loaded(h);
	assert_int_equal(flow_step(&first, on_extend), reply_check_messages);
	assert_int_equal(flow_step(&second, on_extend), reply_lost_race);
	assert_int_equal(second.state, state_asked);
	assert_true(str_is(second.flow.state, "asked"));
	assert_int_equal(loaded(h).flow.expires, first.flow.expires);
}

/* Somebody changed the store: it is a fault, the try is spent, and the flow does not hang. */
static void a_seed_that_does_not_open_is_a_fault_and_costs_the_try(void **state)
{
	struct house *h = *state;
	const struct rec_flow_page *page;
	struct secret *seed;

	register_both(h, &seed);
	sql(h, "UPDATE method SET seed = ?1 WHERE kind = 'totp'",
		STR("this is no sealed seed at all"), STR_NONE);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(turn_to(h, "totp"), reply_next_proof);
	assert_true(answer(h, "123456") < 0);
	assert_int_equal(h->c.fault.kind, fault_crypto);
	assert_int_equal(show(h), reply_next_proof);
	page = h->out.record;
	assert_int_equal(page->tries_left, 4);
}

static int64_t count_of(struct house *h, const char *message)
{
	struct rows rows;
	int64_t count = 0;

	assert_int_equal(store_read(&h->c, statement_outbox_recent, WITH_NOTHING, 40, &rows), 0);
	for (size_t i = 0; i < rows.count; i++)
		count += str_is(row_str(&rows, i, 1), message);
	return count;
}

/* Whoever reads that one mailbox could hide the notice: the next page and the desk say it, too. */
static void when_only_the_address_with_the_code_would_hear_it_is_said_elsewhere(void **state)
{
	static const char code[] = "0123-4567-89AB-CDEF-GHJK-MNPQ-RC";
	struct house *h = *state;
	struct secret *seed;
	struct rows banner;

	register_both(h, &seed);
	register_code(h, code);
	sql(h, "UPDATE account SET mail = '' WHERE id = ?1", h->account, STR_NONE);
	h->conf->help_desk_mail = STR("desk@example.net");
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
	assert_int_equal(turn_to(h, "recovery_code"), reply_next_proof);
	assert_int_equal(answer(h, code), reply_choose);
	assert_int_equal(choose(h, new_password), reply_password_done);
	assert_int_equal(
		store_read(&h->c, statement_info_load, WITH(v_bytes(h->account)), 0, &banner), 0);
	assert_int_equal(banner.count, 1);
	assert_true(str_is(row_str(&banner, 0, 2), "password_reset"));
	assert_int_equal(count_of(h, "only_address_desk"), 1);
}

/* Whoever it was meant for: nobody gets in by it, and nobody gets another's mail. */
static void a_name_of_two_people_is_nobody_s(void **state)
{
	struct str bob = STR("fedcba9876543210");
	struct house *h = *state;
	struct secret *seed;

	register_both(h, &seed);
	sql(h,
		"INSERT INTO account VALUES (?1, 'bob', 'bob', 'Bob', '', '', '', '', "
		"'bob@work.example', '', "
		"'en', 'active', 0, 0, 0, 0, 0, NULL)",
		bob, STR_NONE);
	assert_int_equal(sign_in(h, "ada", old_password), reply_prove);
	sql(h, "INSERT INTO login_name VALUES ('ada', ?1, 'mail')", bob, STR_NONE);
	h->flow = NULL;
	assert_int_equal(sign_in(h, "ada", old_password), reply_wrong);
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_null(mailed(h, "recover_code", "code"));
}

static err choose_signing_in(struct house *h)
{
	return kept(h,
		serve_signin_choose(&h->c,
			&(struct op_signin_choose){ .password = typed(h, new_password) }, ask(h)));
}

static void state_set(struct house *h, const char *name)
{
	sql(h, "UPDATE account SET state = CAST(?2 AS TEXT) WHERE id = ?1", h->account,
		str_of(name));
}

/* Also when the account is enabled again: what was proved was proved before. */
static void who_is_disabled_before_the_last_step_has_to_begin_again(void **state)
{
	struct house *h = *state;
	struct secret *token, *seed;

	sql(h, "UPDATE password SET must_change = 1 WHERE account = ?1", h->account, STR_NONE);
	assert_int_equal(sign_in(h, "ada", old_password), reply_must_change);
	token = h->flow;
	state_set(h, "disabled");
	assert_int_equal(choose_signing_in(h), reply_contact_desk);
	state_set(h, "active");
	h->flow = token;
	assert_int_not_equal(choose_signing_in(h), reply_signed_in);
	assert_null(h->out.session);

	register_both(h, &seed);
	h->flow = NULL;
	assert_int_equal(begin(h, "ada"), reply_check_messages);
	assert_int_equal(answer(h, mailed(h, "recover_code", "code")), reply_next_proof);
	assert_int_equal(answer(h, app_code(h, seed)), reply_choose);
	token = h->flow;
	state_set(h, "disabled");
	assert_int_equal(choose(h, new_password), reply_contact_desk);
	state_set(h, "active");
	h->flow = token;
	assert_int_not_equal(choose(h, new_password), reply_password_done);
}

/* It tells a guesser nothing new, and a person's old telephone tries it all day. */
static void the_same_wrong_password_counts_once(void **state)
{
	struct house *h = *state;

	for (int64_t i = 0; i < 2 * h->conf->lockout_threshold; i++)
		assert_int_equal(sign_in(h, "ada", "not the password"), reply_wrong);
	assert_int_equal(sign_in(h, "ada", old_password), reply_signed_in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_locked_out_person_gets_back_in, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_used_recovery_code_is_dead_and_another_takes_its_place, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(one_proof_is_not_enough, open_house, close_house),
		cmocka_unit_test_setup_teardown(five_tries_and_no_more, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_code_fits_its_own_flow_only, open_house, close_house),
		cmocka_unit_test_setup_teardown(an_app_code_counts_once, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_strangers_guesses_do_not_disable_the_owners_method, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(
			a_wrong_password_in_another_tab_leaves_the_reset_alone, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(
			a_familiar_browser_is_told_at_once_why_it_can_not, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_password_that_must_be_changed_waits_for_the_second_proof_and_the_change,
			open_house, close_house),
		cmocka_unit_test_setup_teardown(
			an_unknown_name_walks_the_same_pages, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			sign_in_is_locked_for_strangers_and_open_for_the_owners_browser, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(a_name_of_blanks_is_none, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_full_store_says_busy_and_takes_no_more, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_proof_given_is_not_asked_again, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			after_its_time_a_reset_is_shut_whatever_is_asked, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			without_a_flow_there_is_only_the_beginning, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			the_token_of_a_sign_in_opens_no_reset, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			of_two_steps_at_the_same_moment_one_counts, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_seed_that_does_not_open_is_a_fault_and_costs_the_try, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(
			when_only_the_address_with_the_code_would_hear_it_is_said_elsewhere,
			open_house, close_house),
		cmocka_unit_test_setup_teardown(
			a_name_of_two_people_is_nobody_s, open_house, close_house),
		cmocka_unit_test_setup_teardown(
			who_is_disabled_before_the_last_step_has_to_begin_again, open_house,
			close_house),
		cmocka_unit_test_setup_teardown(
			the_same_wrong_password_counts_once, open_house, close_house),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
