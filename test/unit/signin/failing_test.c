/* Every step of a reset and of a sign-in, with each call of the store failing once, and with every
 * amount of memory: the step is done, or it is a fault and nothing of it holds but a try that was
 * spent. */
#include "../house.h"
#include "base/inside.h"
#include "flow/flow.h"
#include "method/method.h"
#include "spec/values.h"
#include "unit/failing_store.h"

#include <sys/mman.h>
#include <unistd.h>

enum { room = 512 * 1024, many = 3000, tables_most = 40 };

static const char old_password[] = "an old and rusty key",
		  new_password[] = "a long walk to the sea";
static const char kept_code[] = "0123-4567-89AB-CDEF-GHJK-MNPQ-RC";

static struct str ada = { "0123456789abcdef", 16 };
static sqlite3 *watch;
static char restoring[4000];
static struct arena *kept;
static struct answer out;
static struct secret *seed, *typed; /* the app's; what the next step types */

/* ---- the store, kept and put back ---- */

static void sql(const char *text)
{
	if (sqlite3_exec(watch, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(watch));
}

static int64_t number(const char *text)
{
	sqlite3_stmt *statement = NULL;
	int64_t n;

	must_be(sqlite3_prepare_v2(watch, text, -1, &statement, NULL) == SQLITE_OK);
	must_be(sqlite3_step(statement) == SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return n;
}

/* What a fault must leave as it is: passwords, ways, codes, sessions, passes. */
static const char *deeds(void)
{
	static const char text[] = "SELECT (SELECT group_concat(hex(stored)) FROM password) || '/' "
				   "|| (SELECT group_concat(hex(id) || "
				   "state) FROM method) || '/' || (SELECT group_concat(hex(mac)) "
				   "FROM recovery_code) || '/' || "
				   "(SELECT COUNT(*) FROM session) || '/' || (SELECT COUNT(*) FROM "
				   "pass) || '/' || (SELECT state || "
				   "frozen FROM account)";
	sqlite3_stmt *statement = NULL;
	const char *found;

	must_be(sqlite3_prepare_v2(watch, text, -1, &statement, NULL) == SQLITE_OK);
	must_be(sqlite3_step(statement) == SQLITE_ROW);
	found = arena_copy(kept, str_of((const char *)sqlite3_column_text(statement, 0))).at;
	(void)sqlite3_finalize(statement);
	must_be(found);
	return found;
}

static void write_restoring(void)
{
	struct buf b = buf_on(restoring, sizeof(restoring) - 1);
	sqlite3_stmt *statement = NULL;

	must_be(sqlite3_prepare_v2(watch,
			"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
			"'sqlite%'",
			-1, &statement, NULL) == SQLITE_OK);
	buf_add(&b, STR("BEGIN IMMEDIATE;"));
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(statement, 0);

		buf_print(&b, "DELETE FROM main.%s; INSERT INTO main.%s SELECT * FROM kept.%s;",
			name, name, name);
	}
	buf_add(&b, STR("COMMIT;"));
	must_be(!b.full);
	restoring[b.length] = 0;
	(void)sqlite3_finalize(statement);
}

static void keep(void)
{
	char text[200];

	(void)snprintf(text, sizeof(text), "rm -f %s/kept.db", folder);
	must_be(system(text) == 0);
	(void)snprintf(text, sizeof(text), "VACUUM INTO '%s/kept.db'", folder);
	sql(text);
	(void)snprintf(text, sizeof(text), "ATTACH '%s/kept.db' AS kept", folder);
	sql(text);
}

/* ---- somebody with an app, a mailbox and a code on paper ---- */

static void add_ada(void)
{
	const struct hash_cost cost = { settings->password_memory_kib, settings->password_passes };
	struct secret *password = secret_take(ctx.arena, old_password, sizeof(old_password) - 1);
	struct unit unit = unit_begin(&ctx);
	struct str stored;

	assert_int_equal(password_hash(&ctx, ada, password, cost, &stored), 0);
	unit_add(&unit, statement_account_add, 1,
		WITH(v_bytes(ada), v_text(STR("ada")), v_text(STR("ada")), v_text(STR("Ada")),
			v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE), v_text(STR_NONE),
			v_text(STR("ada@work.example")), v_text(STR_NONE), v_text(STR("en")),
			v_text(STR("active")), v_number(1), v_bytes(ada)));
	assert_int_equal(unit_commit(&unit), 0);
	sql("INSERT INTO login_name VALUES ('ada', CAST('0123456789abcdef' AS BLOB), 'name')");
	unit = unit_begin(&ctx);
	unit_add(&unit, statement_password_set, any_rows,
		WITH(v_bytes(ada), v_bytes(stored), v_number(1)));
	assert_int_equal(unit_commit(&unit), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM password"), 1);
}

static void add_way(
	struct unit *unit, const char *id, const char *kind, const char *address, struct str sealed)
{
	unit_add(unit, statement_method_add, 1,
		WITH(v_bytes(str_of(id)), v_bytes(ada), v_text(str_of(kind)), v_text(STR("")),
			v_text(str_of(address)), v_text(str_of(address)),
			sealed.at ? v_bytes(sealed) : v_null(), v_text(STR("active")), v_number(1),
			v_null(), v_number(0), v_number(0)));
}

static void add_ways(void)
{
	struct unit unit = unit_begin(&ctx);
	struct str sealed, set = STR("codescodescodes0");
	uint8_t mac[digest_size];
	struct secret *canonical, *shown = secret_take(kept, kept_code, sizeof(kept_code) - 1);

	assert_int_equal(totp_seed_make(&ctx, &seed), 0);
	seed = secret_take(kept, secret_show(seed).at, secret_length(seed));
	assert_int_equal(totp_seed_seal(&ctx, ada, STR("appappappappapp0"), seed, &sealed), 0);
	add_way(&unit, "appappappappapp0", "totp", "", sealed);
	add_way(&unit, "mailmailmailmai0", "mail", "ada@home.example", STR_NONE);
	add_way(&unit, "codescodescodes0", "recovery_code", "", STR_NONE);
	assert_int_equal(code_canonical(&ctx, method_recovery_code, shown, &canonical), 0);
	digest_keyed(keys, key_code, set, secret_show(canonical), mac);
	unit_add(&unit, statement_recovery_code_add, 1,
		WITH(v_bytes(set), v_number(0),
			v_bytes((struct str){ (const char *)mac, sizeof(mac) })));
	assert_int_equal(unit_commit(&unit), 0);
}

static int setup(void **state)
{
	char path[100];

	if (open_house(state))
		return -1;
	ctx.now = clock_now();
	kept = arena_open(16 * 1024 * 1024);
	asker = (struct request){ .door = door_visitor,
		.address = STR("127.0.0.1"),
		.agent = STR("test"),
		.language = STR("en") };
	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	must_be(sqlite3_open(path, &watch) == SQLITE_OK);
	(void)sqlite3_busy_timeout(watch, 5000);
	sql("PRAGMA synchronous = OFF");
	write_restoring();
	add_ada();
	add_ways();
	return hash_pool_open(&ctx, 1, 4, &ctx.pool);
}

static int teardown(void **state)
{
	hash_pool_close(&ctx.pool);
	must_be(sqlite3_close(watch) == SQLITE_OK);
	arena_close(&kept);
	return close_house(state);
}

/* ---- what is typed ---- */

static void type(const char *text)
{
	typed = secret_take(kept, text, strlen(text));
}

static void type_app_code(void)
{
	struct secret *code;

	assert_int_equal(totp_code(&ctx, seed, ctx.now, &code), 0);
	type(arena_copy(kept, secret_show(code)).at);
	ctx.now += 30; /* the next one is another; this one still holds */
}

static void type_mailed_code(void)
{
	struct rows rows;

	assert_int_equal(store_read(&ctx, statement_outbox_recent, WITH_NOTHING, 40, &rows), 0);
	for (size_t i = 0; i < rows.count; i++) {
		struct secret *plain;

		if (!str_is(row_str(&rows, i, 1), "recover_code") || !row_str(&rows, i, 4).at)
			continue;
		assert_int_equal(
			unseal(&ctx, key_seal, row_str(&rows, i, 0), row_str(&rows, i, 4), &plain),
			0);
		type(arena_copy(kept, values_get(secret_show(plain), STR("code"))).at);
		return;
	}
	fail_msg("no code was mailed");
}

/* ---- steps ---- */

static err recover_begin(struct ctx *c)
{
	return serve_recover_begin(c, &(struct op_recover_begin){ .name = STR("Ada") }, &out);
}

static err recover_nobody(struct ctx *c)
{
	return serve_recover_begin(c, &(struct op_recover_begin){ .name = STR("nobody") }, &out);
}

static err recover_show(struct ctx *c)
{
	return serve_recover_show(c, &(struct op_recover_show){ 0 }, &out);
}

static err recover_resend(struct ctx *c)
{
	return serve_recover_resend(c, &(struct op_recover_resend){ 0 }, &out);
}

static err recover_extend(struct ctx *c)
{
	return serve_recover_extend(c, &(struct op_recover_extend){ 0 }, &out);
}

static err recover_leave(struct ctx *c)
{
	return serve_recover_leave(c, &(struct op_recover_leave){ 0 }, &out);
}

static err recover_by_code(struct ctx *c)
{
	return serve_recover_method(
		c, &(struct op_recover_method){ .method = STR("recovery_code") }, &out);
}

static err recover_answer(struct ctx *c)
{
	return serve_recover_answer(c, &(struct op_recover_answer){ .code = typed }, &out);
}

static err recover_choose(struct ctx *c)
{
	return serve_recover_choose(c, &(struct op_recover_choose){ .password = typed }, &out);
}

static err signin_password(struct ctx *c)
{
	return serve_signin_password(
		c, &(struct op_signin_password){ .name = STR("ada"), .password = typed }, &out);
}

static err signin_pass(struct ctx *c)
{
	return serve_signin_pass(
		c, &(struct op_signin_pass){ .name = STR("ada"), .pass = typed }, &out);
}

static err signin_answer(struct ctx *c)
{
	return serve_signin_answer(c, &(struct op_signin_answer){ .code = typed }, &out);
}

static err signin_by_code(struct ctx *c)
{
	return serve_signin_method(
		c, &(struct op_signin_method){ .method = STR("recovery_code") }, &out);
}

static err signin_choose(struct ctx *c)
{
	return serve_signin_choose(c, &(struct op_signin_choose){ .password = typed }, &out);
}

/* ---- the log ---- */

static bool logged; /* the step said something there */
static int log_file = -1, error_output = -1;

static void listen_to_log(void)
{
	log_file = memfd_create("log", MFD_CLOEXEC);
	error_output = dup(STDERR_FILENO);
	must_be(log_file >= 0 && error_output >= 0 && dup2(log_file, STDERR_FILENO) >= 0);
}

static bool was_logged(void)
{
	off_t size = lseek(log_file, 0, SEEK_END);

	must_be(dup2(error_output, STDERR_FILENO) >= 0);
	must_be(close(error_output) == 0 && close(log_file) == 0);
	return size > 0;
}

/* One try of a step; the store is put back when it was written to. */
static err once(err (*step)(struct ctx *c), size_t left, int nth, const char *before, bool *came)
{
	int64_t version = number("PRAGMA main.data_version");
	struct ctx c = ctx;
	err e;

	c.arena = arena_open(room);
	if (left)
		(void)arena_take(c.arena, room - left - sizeof(struct arena));
	out = (struct answer){ 0 };
	atomic_store(&site.starts, 0); /* nobody asks for work */
	listen_to_log();
	fail_at(nth);
	e = step(&c);
	*came = nth && failure_came();
	logged = was_logged();
	if (e < 0 && nth && strcmp(deeds(), before) != 0)
		fail_msg("call %d failed, and the deed was done", nth);
	ctx.fault = c.fault;
	if (e < 0)
		assert_true(c.fault.words[0] != 0);
	arena_close(&c.arena);
	if (number("PRAGMA main.data_version") != version)
		sql(restoring);
	return e;
}

/* Tokens go to the browser. */
static void keep_tokens(void)
{
	if (out.flow)
		asker.flow = secret_take(kept, secret_show(out.flow).at, token_size);
	if (out.session)
		asker.session = secret_take(kept, secret_show(out.session).at, token_size);
	if (out.device)
		asker.device = secret_take(kept, secret_show(out.device).at, token_size);
}

/* The sign-in was done, and only what it owes could not be read: that is logged, and its page asks
 * anew. */
static bool began(err e, err expected)
{
	return e == (err)reply_owes && expected == (err)reply_signed_in && logged;
}

/* grain: of how many bytes the memory grows; more where each try costs a hash. */
static void tried(err (*step)(struct ctx *c), err expected, size_t grain)
{
	const char *before = deeds();
	size_t left = grain;
	bool came = true;
	int nth = 0;
	err e;

	keep();
	/* What is kept between calls is made, so that they are as many each time. */
	assert_int_equal(once(step, 0, 0, before, &came), expected);
	came = true;
	while (came && nth < many) {
		e = once(step, 0, ++nth, before, &came);
		if (came ? e >= 0 && !began(e, expected) : e != expected)
			fail_msg("call %d, %s: %s %s", nth, failed_call,
				e >= 0 ? reply_name((enum reply)e) : "",
				reply_name((enum reply)expected));
	}
	assert_true(nth > 3 && nth < many);
	for (; ((e = once(step, left, 0, before, &came)) < 0 || began(e, expected)) &&
		left < room - 8192;
		left += grain)
		if (e < 0 && e != -fault_arena && e != -fault_memory && e != -fault_limit)
			fail_msg("%zu bytes: %s", left, ctx.fault.words);
	assert_int_equal(e, expected);
	sql("DETACH kept");
	out = (struct answer){ 0 };
	assert_int_equal(step(&ctx), expected);
	keep_tokens();
}

/* ---- the journeys ---- */

enum { fine = 96, coarse = 2048 };

static void a_reset_by_mail_and_app(void **state)
{
	(void)state;
	tried(recover_begin, reply_check_messages, fine);
	tried(recover_show, reply_check_messages, fine);
	tried(recover_extend, reply_check_messages, fine);
	tried(recover_resend, reply_check_messages, fine);
	type("00000000");
	tried(recover_answer, reply_again, fine);
	type_mailed_code();
	tried(recover_answer, reply_next_proof, fine);
	type_app_code();
	tried(recover_answer, reply_choose, fine);
	type("short");
	tried(recover_choose, reply_rules, fine);
	type(new_password);
	tried(recover_choose, reply_password_done, coarse);
}

static void a_reset_by_a_code_on_paper(void **state)
{
	(void)state;
	assert_int_equal(recover_begin(&ctx), reply_check_messages);
	keep_tokens();
	tried(recover_by_code, reply_next_proof, fine);
	type(kept_code);
	tried(recover_answer, reply_check_messages, fine);
	tried(recover_show, reply_check_messages, fine);
	tried(recover_leave, reply_begin, fine);
}

static void a_reset_of_nobody(void **state)
{
	(void)state;
	tried(recover_nobody, reply_check_messages, fine);
	type("00000000");
	tried(recover_answer, reply_again, fine);
}

static void a_reset_that_is_left_too_late(void **state)
{
	(void)state;
	assert_int_equal(recover_begin(&ctx), reply_check_messages);
	keep_tokens();
	ctx.now += settings->recover_lifetime;
	tried(recover_show, reply_shut, fine);
}

static void a_reset_that_cannot_succeed(void **state)
{
	(void)state;
	sql("DELETE FROM method WHERE kind <> 'mail'");
	assert_int_equal(recover_begin(&ctx), reply_check_messages);
	keep_tokens();
	type_mailed_code();
	tried(recover_answer, reply_contact_desk, fine);
}

static void a_sign_in_with_an_app(void **state)
{
	(void)state;
	type("not the password");
	tried(signin_password, reply_wrong, coarse);
	type(old_password);
	tried(signin_password, reply_prove, coarse);
	type("000000");
	tried(signin_answer, reply_again, fine);
	type_app_code();
	tried(signin_answer, reply_signed_in, fine);
	/* and once more, in a browser that is known */
	type(old_password);
	assert_int_equal(signin_password(&ctx), reply_prove);
	keep_tokens();
	type_app_code();
	tried(signin_answer, reply_signed_in, fine);
}

static void a_sign_in_with_a_code_and_a_change(void **state)
{
	(void)state;
	sql("UPDATE password SET must_change = 1");
	type(old_password);
	assert_int_equal(signin_password(&ctx), reply_prove);
	keep_tokens();
	tried(signin_by_code, reply_prove, fine);
	type(kept_code);
	tried(signin_answer, reply_must_change, fine);
	type(old_password);
	tried(signin_choose, reply_rules, coarse);
	type(new_password);
	tried(signin_choose, reply_signed_in, coarse);
}

static void a_sign_in_with_a_pass(void **state)
{
	struct answer invited = { 0 };
	const struct rec_invitation *invitation;

	(void)state;
	assert_int_equal(serve_people_invite(
				 &ctx, &(struct op_people_invite){ .name = STR("ada") }, &invited),
		0);
	invitation = invited.record;
	sql("UPDATE account SET frozen = 1");
	type("0000-0000-0000-0000");
	tried(signin_pass, reply_wrong, coarse);
	type(arena_copy(kept, secret_show(invitation->pass)).at);
	tried(signin_pass, reply_must_change, coarse);
}

/* ---- what no journey of today meets ---- */

static err now(err (*step)(struct ctx *c))
{
	err e;

	out = (struct answer){ 0 };
	e = step(&ctx);
	keep_tokens();
	return e;
}

static struct str reason_told(void)
{
	return ((const struct rec_flow_page *)out.record)->reason;
}

static err recover_by_app(struct ctx *c)
{
	return serve_recover_method(c, &(struct op_recover_method){ .method = STR("totp") }, &out);
}

static void what_only_a_newer_version_writes_is_a_fault_and_proves_nothing(void **state)
{
	(void)state;
	assert_int_equal(now(recover_begin), reply_check_messages);
	sql("UPDATE flow SET method = 'telepathy'");
	type("00000000");
	assert_int_equal(now(recover_answer), -fault_flow);
	sql("UPDATE flow SET state = 'soaring'");
	assert_int_equal(now(recover_show), -fault_flow);
	sql("UPDATE method SET kind = 'telepathy' WHERE kind <> 'mail'");
	assert_int_equal(now(recover_begin), reply_check_messages);
	type_mailed_code();
	assert_int_equal(
		now(recover_answer), reply_contact_desk); /* there is nothing else to prove it by */
	assert_true(str_is(reason_told(), "not_registered"));
}

/* States that never outlive an operation: a row of one is nobody's page. */
static void a_flow_that_never_began_begins(void **state)
{
	(void)state;
	assert_int_equal(now(recover_begin), reply_check_messages);
	sql("UPDATE flow SET state = 'judging'");
	assert_int_equal(now(recover_show), reply_check_messages);
	sql("UPDATE flow SET state = 'begun'");
	assert_int_equal(now(recover_show), reply_begin);
	sql("UPDATE flow SET state = 'trying'");
	assert_int_equal(now(recover_show), reply_begin);
}

static void a_code_that_came_too_late_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(now(recover_begin), reply_check_messages);
	type_mailed_code();
	ctx.now += settings->mail_code_lifetime;
	assert_int_equal(now(recover_answer), reply_again);
	assert_int_equal(now(recover_leave), reply_begin);
	ctx.now += 86400;
	assert_int_equal(now(recover_show), reply_shut); /* it is shut already: nothing ends anew */
}

static void an_account_that_is_frozen_or_gone_meanwhile_proves_nothing(void **state)
{
	(void)state;
	assert_int_equal(now(recover_begin), reply_check_messages);
	type_mailed_code();
	sql("UPDATE account SET frozen = 1");
	assert_int_equal(now(recover_answer), reply_again);
	sql("UPDATE account SET frozen = 0");
	assert_int_equal(now(recover_answer), reply_next_proof);
	type_app_code();
	assert_int_equal(now(recover_answer), reply_choose);
	sql("UPDATE account SET frozen = 1");
	type(new_password);
	assert_int_equal(now(recover_choose), reply_contact_desk);
	assert_true(str_is(reason_told(), "frozen"));
	sql("UPDATE flow SET state = 'proven', reason = ''");
	sql("DELETE FROM account");
	assert_int_equal(now(recover_choose), reply_contact_desk);
	assert_true(str_is(reason_told(), "disabled"));
}

static void a_new_recovery_code_that_does_not_open_is_a_fault(void **state)
{
	(void)state;
	assert_int_equal(now(recover_begin), reply_check_messages);
	assert_int_equal(now(recover_by_code), reply_next_proof);
	type(kept_code);
	assert_int_equal(now(recover_answer), reply_check_messages);
	sql("UPDATE flow SET reissued = zeroblob(80)");
	assert_int_equal(now(recover_show), -fault_crypto);
}

static void a_reset_without_a_mailbox_asks_for_the_app_and_a_code(void **state)
{
	(void)state;
	sql("DELETE FROM method WHERE kind = 'mail'");
	assert_int_equal(now(recover_begin), reply_check_messages);
	assert_int_equal(now(recover_by_app), reply_next_proof);
	type_app_code();
	tried(recover_answer, reply_next_proof, fine);
	type(kept_code);
	assert_int_equal(now(recover_answer), reply_choose);
	type(new_password);
	assert_int_equal(now(recover_choose), reply_password_done);
}

static void a_reset_that_cannot_succeed_is_told_by_mail_where_it_shall_be(void **state)
{
	(void)state;
	set_conf("policy.reasonDisclosure", "mail");
	sql("DELETE FROM method WHERE kind <> 'mail'");
	assert_int_equal(now(recover_begin), reply_check_messages);
	type_mailed_code();
	tried(recover_answer, reply_shut, fine);
	assert_int_equal(
		number("SELECT COUNT(*) > 0 FROM outbox WHERE message = 'cannot_reset'"), 1);
}

static void a_network_of_the_organisation_is_told_at_once(void **state)
{
	(void)state;
	set_conf("site.trustedNetworks", "127.0.0.0/8");
	assert_int_equal(now(recover_begin), reply_check_messages);
	sql("UPDATE account SET frozen = 1");
	assert_int_equal(now(recover_begin), reply_contact_desk);
	assert_true(str_is(reason_told(), "frozen"));
}

static err brand(const char *key, const char *value)
{
	struct answer set = { 0 };

	return serve_brand_set(
		&ctx, &(struct op_brand_set){ .key = str_of(key), .value = str_of(value) }, &set);
}

static void the_name_of_the_organisation_is_no_password_whoever_set_it(void **state)
{
	char text[400];

	(void)state;
	assert_int_equal(brand("help_phone", "555 0100"), 0);
	assert_int_equal(brand("organisation", "Lanterns of Kanazawa"), 0);
	/* and many addresses, whose names are none either */
	for (int i = 0; i < 12; i++) {
		(void)snprintf(text, sizeof(text),
			"INSERT INTO method SELECT CAST('more%012d' AS BLOB), account, kind, "
			"label, address, channel, seed, "
			"state, created + %d, verified, last_used, floor, failures, code, "
			"code_expires, tries, counts_from, NULL FROM method "
			"WHERE kind = 'mail' LIMIT 1",
			i, i);
		sql(text);
	}
	assert_int_equal(now(recover_begin), reply_check_messages);
	type_mailed_code();
	assert_int_equal(now(recover_answer), reply_next_proof);
	type_app_code();
	assert_int_equal(now(recover_answer), reply_choose);
	type("lanterns of kanazawa");
	assert_int_equal(now(recover_choose), reply_rules);
	assert_true(
		str_is(out.words, "password_organisation") || str_is(out.words, "password_name"));
}

static void a_busy_site_asks_for_work_first(void **state)
{
	const struct op_recover_begin unsolved = { .name = STR("ada"),
		.work = STR("no|work|at|all|x|1") };

	(void)state;
	for (int i = 0; i < 40; i++) {
		err e = now(recover_nobody);

		assert_true(e == reply_check_messages || e == reply_work);
	}
	assert_int_equal(now(recover_begin), reply_work);
	out = (struct answer){ 0 };
	assert_int_equal(serve_recover_begin(&ctx, &unsolved, &out), reply_work);
}

static void who_knows_the_password_and_not_the_code_is_locked_out_and_told_of(void **state)
{
	(void)state;
	for (int round = 0; round < 2;
		round++) { /* from an unknown browser, and from a known one */
		type(old_password);
		assert_int_equal(now(signin_password), reply_prove);
		type("000000");
		for (int i = 0; i < 4; i++)
			assert_int_equal(now(signin_answer), reply_again);
		assert_int_equal(now(signin_answer), reply_shut);
		assert_int_equal(number("SELECT COUNT(DISTINCT made) FROM outbox WHERE message = "
					"'second_wrong'"),
			round + 1);
		ctx.now += 86400;
		if (round == 0) {
			type(old_password);
			assert_int_equal(now(signin_password), reply_prove);
			type_app_code();
			assert_int_equal(now(signin_answer), reply_signed_in);
			assert_non_null(asker.device);
			ctx.now += 86400;
		}
	}
}

static void a_sign_in_with_codes_alone_and_from_nowhere(void **state)
{
	(void)state;
	asker.agent = asker.address = STR_NONE;
	sql("DELETE FROM method WHERE kind = 'totp'");
	type(old_password);
	assert_int_equal(now(signin_password), reply_prove);
	type(kept_code);
	assert_int_equal(now(signin_answer), reply_signed_in);
}

static void a_disabled_account_is_wrong_and_a_pass_that_is_over_is_none(void **state)
{
	struct answer invited = { 0 };

	(void)state;
	assert_int_equal(serve_people_invite(
				 &ctx, &(struct op_people_invite){ .name = STR("ada") }, &invited),
		0);
	type(arena_copy(kept, secret_show(((const struct rec_invitation *)invited.record)->pass))
			.at);
	sql("UPDATE pass SET tries = 0");
	assert_int_equal(now(signin_pass), reply_wrong);
	sql("UPDATE pass SET tries = 5, expires = 1");
	assert_int_equal(now(signin_pass), reply_wrong);
	sql("UPDATE account SET state = 'disabled'");
	type(old_password);
	assert_int_equal(now(signin_password), reply_wrong);
	assert_int_equal(
		number("SELECT COUNT(*) FROM audit WHERE reason = 'The account is disabled'"), 1);
}

#define JOURNEY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNEY(a_reset_by_mail_and_app),
		JOURNEY(a_reset_by_a_code_on_paper),
		JOURNEY(a_reset_of_nobody),
		JOURNEY(a_reset_that_is_left_too_late),
		JOURNEY(a_reset_that_cannot_succeed),
		JOURNEY(a_sign_in_with_an_app),
		JOURNEY(a_sign_in_with_a_code_and_a_change),
		JOURNEY(a_sign_in_with_a_pass),
		JOURNEY(what_only_a_newer_version_writes_is_a_fault_and_proves_nothing),
		JOURNEY(a_flow_that_never_began_begins),
		JOURNEY(a_code_that_came_too_late_is_wrong),
		JOURNEY(an_account_that_is_frozen_or_gone_meanwhile_proves_nothing),
		JOURNEY(a_new_recovery_code_that_does_not_open_is_a_fault),
		JOURNEY(a_reset_without_a_mailbox_asks_for_the_app_and_a_code),
		JOURNEY(a_reset_that_cannot_succeed_is_told_by_mail_where_it_shall_be),
		JOURNEY(a_network_of_the_organisation_is_told_at_once),
		JOURNEY(the_name_of_the_organisation_is_no_password_whoever_set_it),
		JOURNEY(a_busy_site_asks_for_work_first),
		JOURNEY(who_knows_the_password_and_not_the_code_is_locked_out_and_told_of),
		JOURNEY(a_sign_in_with_codes_alone_and_from_nowhere),
		JOURNEY(a_disabled_account_is_wrong_and_a_pass_that_is_over_is_none),
	};

	log_open("test", log_error);
	must_be(secrets_open(4096));
	return cmocka_run_group_tests_name("every step with failures", tests, NULL, NULL);
}
