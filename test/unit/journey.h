/* Operations one after another, as a browser asks them; and what each left behind besides its
 * answer: rows of the log, messages, rows of the store. */
#ifndef TEST_JOURNEY_H
#define TEST_JOURNEY_H

#include "house.h"

#include "flow/flow.h"
#include "method/method.h"
#include "spec/values.h"
#include "store/records.h"

#include <sqlite3.h>

static const struct str ada = { "0123456789abcdef", 16 };
static const char old_password[] = "an old and rusty key",
		  new_password[] = "a long walk to the sea";

static struct answer out;
static struct {
	struct secret *flow, *session, *device;
} browser;
static int64_t log_seen, mail_seen;

/* ---- the store, by a connection of one's own ---- */

struct look {
	sqlite3 *db;
	sqlite3_stmt *rows;
};

static inline struct look look_at(const char *sql, int64_t after)
{
	struct look l;
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/rekey.db", folder);
	assert_int_equal(sqlite3_open(path, &l.db), SQLITE_OK);
	if (sqlite3_prepare_v2(l.db, sql, -1, &l.rows, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(l.db));
	if (sqlite3_bind_parameter_count(l.rows) > 0)
		(void)sqlite3_bind_int64(l.rows, 1, after);
	return l;
}

static inline bool look_next(struct look *l)
{
	int e = sqlite3_step(l->rows);

	if (e == SQLITE_ROW)
		return true;
	if (e != SQLITE_DONE)
		fail_msg("%s", sqlite3_errmsg(l->db));
	sqlite3_finalize(l->rows);
	sqlite3_close(l->db);
	return false;
}

static inline struct str look_str(const struct look *l, int column)
{
	return (struct str){ sqlite3_column_blob(l->rows, column),
		(size_t)sqlite3_column_bytes(l->rows, column) };
}

static inline void change_store(const char *sql)
{
	struct look l = look_at(sql, 0);

	while (look_next(&l))
		continue;
}

/* One number out of the store. */
static inline int64_t held(const char *sql)
{
	struct look l = look_at(sql, 0);
	int64_t n = 0;

	while (look_next(&l))
		n = sqlite3_column_int64(l.rows, 0);
	return n;
}

#define assert_held(sql, expected) assert_int_equal(held("SELECT " sql), expected)

/* ---- what was left since one last looked ---- */

static inline void assert_lines(struct buf *lines, const char *expected)
{
	assert_false(lines->full);
	buf_char(lines, 0);
	assert_string_equal(lines->at, expected);
}

/* "reset_progress ok: A reason" or "signin failed", a line each. All are Ada's, and the last is of
 * the operation that was just asked. */
static inline void assert_logged(const char *expected)
{
	struct buf lines = buf_in(ctx.arena, 4000);
	struct look l = look_at("SELECT rowid, event, failure, reason, support, account FROM audit "
				"WHERE rowid > ?1 ORDER BY rowid",
		log_seen);
	bool supported = true;

	while (look_next(&l)) {
		struct str reason = look_str(&l, 3);

		log_seen = sqlite3_column_int64(l.rows, 0);
		buf_print(&lines, "%s%s %s%s", lines.length ? "\n" : "",
			sqlite3_column_text(l.rows, 1),
			sqlite3_column_int64(l.rows, 2) ? "failed" : "ok",
			reason.length ? ": " : "");
		buf_add(&lines, reason);
		assert_true(str_same(look_str(&l, 5), ada));
		supported = str_same(look_str(&l, 4), out.support);
	}
	assert_lines(&lines, expected);
	assert_true(supported || out.support.length == 0);
}

/* A message is given what spec/message.def lists for it and what all are given,
 * and nothing else. */
static inline void assert_values(struct str message, struct str values)
{
#define MESSAGE(name, its)                                                                         \
	{ #name, its " organisation base_url help_mail help_phone name support" },
	static const struct {
		const char *name, *values;
	} list[] = {
#include "spec/message.def"
	};
#undef MESSAGE
	struct str rest = STR_NONE, wanted, name, value;
	size_t at = 0, count = 0;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_is(message, list[i].name))
			rest = str_of(list[i].values);
	for (bool more = true; more; count++) {
		if (!(more = str_cut(rest, ' ', &wanted, &rest)))
			wanted = rest;
		if (!values_get(values, wanted).at)
			fail_msg("%.*s is not given its %.*s", STR_ARG(message), STR_ARG(wanted));
	}
	while (values_next(values, &at, &name, &value))
		count--;
	assert_int_equal(count, 0);
}

/* "recover_code ada@home.example", or "recover_code nobody", a line each. */
static inline void assert_told(const char *expected)
{
	struct buf lines = buf_in(ctx.arena, 4000);
	struct look l =
		look_at("SELECT rowid, message, id, recipient, sealed FROM outbox WHERE rowid > ?1 "
			"ORDER BY rowid",
			mail_seen);
	struct str values;

	while (look_next(&l)) {
		struct str to = STR("nobody");

		mail_seen = sqlite3_column_int64(l.rows, 0);
		buf_print(
			&lines, "%s%s ", lines.length ? "\n" : "", sqlite3_column_text(l.rows, 1));
		if (look_str(&l, 3).length)
			assert_int_equal(
				unseal_text(&ctx, key_seal, look_str(&l, 2), look_str(&l, 3), &to),
				0);
		buf_add(&lines, to);
		if (!look_str(&l, 4).length)
			continue;
		assert_int_equal(
			unseal_text(&ctx, key_seal, look_str(&l, 2), look_str(&l, 4), &values), 0);
		assert_values(look_str(&l, 1), values);
	}
	assert_lines(&lines, expected);
}

#define assert_left(log, mail) (assert_logged(log), assert_told(mail))

/* One of the values of the newest message with this name that is still to be sent. */
static inline const char *mailed(const char *message, const char *value)
{
	struct look l = look_at("SELECT id, sealed, message FROM outbox WHERE sealed IS NOT NULL "
				"AND recipient IS NOT NULL ORDER BY rowid",
		0);
	const char *found = NULL;
	struct str plain, text;

	while (look_next(&l)) {
		if (!str_is(look_str(&l, 2), message))
			continue;
		assert_int_equal(
			unseal_text(&ctx, key_seal, look_str(&l, 0), look_str(&l, 1), &plain), 0);
		text = values_get(plain, str_of(value));
		found = text.at ? arena_copy(ctx.arena, text).at : NULL;
	}
	return found;
}

/* ---- asking ---- */

static inline struct secret *typed(const char *text)
{
	return secret_take(ctx.arena, text, strlen(text));
}

/* The request that the browser sends, and who is signed in by it. */
static inline struct answer *ask(void)
{
	static struct session who;
	struct str mac;

	asker = (struct request){ .door = door_visitor,
		.flow = browser.flow,
		.session = browser.session,
		.device = browser.device,
		.address = STR("192.0.2.7"),
		.agent = STR("Firefox"),
		.language = STR("en") };
	out = (struct answer){ 0 };
	ctx.who = NULL;
	if (browser.session && token_mac(&ctx, "session", browser.session, &mac) == 0 &&
		session_load(&ctx, mac, &who) == 0 &&
		account_load(&ctx, who.account, &who.owner) == 0)
		ctx.who = &who;
	return &out;
}

/* What a browser does with an answer: keeps the tokens. */
static inline err kept(err e)
{
	if (e < 0)
		print_message("# fault: %s: %s\n", fault_name(ctx.fault.kind), ctx.fault.words);
	browser.flow = out.end_flow ? NULL : out.flow ? out.flow : browser.flow;
	browser.session = out.session ? out.session : browser.session;
	browser.device = out.device ? out.device : browser.device;
	return e;
}

#define ASK(operation, ...)                                                                        \
	kept(serve_##operation(&ctx, &(struct op_##operation){ __VA_ARGS__ }, ask()))

/* ---- Ada ---- */

static inline void add_ada(void)
{
	const struct hash_cost cost = { settings->password_memory_kib, settings->password_passes };
	struct unit unit = unit_begin(&ctx);
	struct value no = v_text(STR(""));
	struct str stored;

	assert_int_equal(password_hash(&ctx, ada, typed(old_password), cost, &stored), 0);
	unit_add(&unit, statement_account_add, 1,
		WITH(v_bytes(ada), v_text(STR("ada")), v_text(STR("ada")),
			v_text(STR("Ada Lovelace")), no, no, no, no,
			v_text(STR("ada@work.example")), no, v_text(STR("en")),
			v_text(STR("active")), v_number(1), v_bytes(ada)));
	unit_add(&unit, statement_login_name_add, 1,
		WITH(v_text(STR("ada")), v_bytes(ada), v_text(STR("name"))));
	unit_add(
		&unit, statement_password_set, 1, WITH(v_bytes(ada), v_bytes(stored), v_number(1)));
	assert_int_equal(unit_commit(&unit), 0);
}

static inline int open_house_of_ada(void **state)
{
	if (open_house(state))
		return -1;
	browser.flow = browser.session = browser.device = NULL;
	out = (struct answer){ 0 };
	log_seen = mail_seen = 0;
	set_conf("site.baseUrl", "https://reset.example");
	add_ada();
	return hash_pool_open(&ctx, 1, 16, &ctx.pool) ? -1 : 0;
}

static inline int close_house_of_ada(void **state)
{
	hash_pool_close(&ctx.pool);
	return close_house(state);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house_of_ada, close_house_of_ada)

static inline void add_method(
	const char *id, const char *kind, const char *address, struct value seed)
{
	struct unit unit = unit_begin(&ctx);

	unit_add(&unit, statement_method_add, 1,
		WITH(v_bytes(str_of(id)), v_bytes(ada), v_text(str_of(kind)), v_text(STR("")),
			v_text(str_of(address)), v_text(str_of(address)), seed,
			v_text(STR("active")), v_number(1), v_null(), v_number(0), v_number(0)));
	assert_int_equal(unit_commit(&unit), 0);
}

static inline void add_mail(const char *id, const char *address)
{
	add_method(id, "mail", address, v_null());
}

static inline struct secret *add_app(void)
{
	struct secret *seed;
	struct str sealed;

	assert_int_equal(totp_seed_make(&ctx, &seed), 0);
	assert_int_equal(totp_seed_seal(&ctx, ada, STR("appappappappapp0"), seed, &sealed), 0);
	add_method("appappappappapp0", "totp", "", v_bytes(sealed));
	return seed;
}

/* The code of the moment, of a moment that was not used before. */
static inline const char *app_code(struct secret *seed)
{
	struct secret *code;

	ctx.now += totp_step_seconds;
	assert_int_equal(totp_code(&ctx, seed, ctx.now, &code), 0);
	return arena_copy(ctx.arena, secret_show(code)).at;
}

/* A set of one known code. */
static inline void add_paper(const char *shown)
{
	struct unit unit = unit_begin(&ctx);
	struct str set = STR("codescodescodes0");
	uint8_t mac[digest_size];
	struct secret *canonical;

	add_method(set.at, "recovery_code", "", v_null());
	assert_int_equal(code_canonical(&ctx, method_recovery_code, typed(shown), &canonical), 0);
	digest_keyed(keys, key_code, set, secret_show(canonical), mac);
	unit_add(&unit, statement_recovery_code_add, 1,
		WITH(v_bytes(set), v_number(0),
			v_bytes((struct str){ (const char *)mac, sizeof(mac) })));
	assert_int_equal(unit_commit(&unit), 0);
}

static const char paper_code[] = "0123-4567-89AB-CDEF-GHJK-MNPQ-RC";

#endif
