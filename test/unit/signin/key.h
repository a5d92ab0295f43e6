/* Ada with a passkey: registers it, and answers what pages ask with it. */
#ifndef TEST_KEY_H
#define TEST_KEY_H

#include "../journey.h"

#include "flow/passkey.h"
#include "unit/authenticator.h"

static struct authenticator key;
static uint32_t counter;
static struct str key_id = { "a key's name", 12 };

/* Everything that a browser hands over of one signature; a test changes what it wants to. */
struct signature {
	unsigned flags;
	struct str challenge, id, handle, client, data, bytes;
};

static inline struct str from_options(struct str options, const char *name)
{
	struct buf member = buf_in(ctx.arena, 40);
	struct str rest, text, after;
	size_t size = 64;
	uint8_t *bytes = arena_take(ctx.arena, size);

	buf_print(&member, "%s\":\"", name);
	rest = str_from(options, str_find(options, buf_str(&member)) + member.length);
	assert_true(str_cut(rest, '"', &text, &after));
	assert_true(base64url_take(text, bytes, &size));
	return (struct str){ (const char *)bytes, size };
}

static inline void sign(struct signature *s)
{
	s->id = s->id.at ? s->id : key_id;
	s->client = client_data(&ctx, "get", s->challenge, "https://reset.example");
	s->data = assertion_data(&ctx, "reset.example", s->flags, ++counter, STR_NONE);
	s->bytes = authenticator_sign(&ctx, &key, s->data, s->client);
}

#define SIGNED(s)                                                                                  \
	.challenge = (s)->challenge, .key_id = (s)->id, .client_data = (s)->client,                \
	.authenticator_data = (s)->data, .signature = (s)->bytes, .user_handle = (s)->handle

/* ---- the pages ---- */

static inline void enter(int64_t level)
{
	struct unit unit = unit_begin(&ctx);
	struct account account;

	(void)ask();
	assert_int_equal(account_load(&ctx, ada, &account), 0);
	assert_int_equal(session_open(&unit, &out, &account, level, false, STR("passkey")), 0);
	assert_int_equal(unit_commit(&unit), 0);
	change_store("UPDATE session SET vouched = 1"); /* what it adds counts at once */
	(void)kept(0);
	browser.device = NULL;
}

static const struct rec_method_new *added;

static inline err add(void)
{
	err e = ASK(info_add, .kind = STR("passkey"));

	added = out.record;
	return e;
}

static inline err make(unsigned flags, const char *vouched)
{
	struct str challenge = from_options(added->options, "challenge"), id = added->id;

	return ASK(info_passkey, .id = id, .label = STR("Blue key"), .challenge = challenge,
		.key_id = key_id,
		.client_data = client_data(&ctx, "create", challenge, "https://reset.example"),
		.authenticator_data =
			registration_data(&ctx, "reset.example", flags, key_id, &key.key, STR_NONE),
		.algorithm = key.algorithm, .first = key.key.first, .second = key.key.second,
		.transports = STR("usb internal teleport usb"), .vouched = str_of(vouched));
}

/* Ada has a passkey, and is signed out. */
static inline void register_key(unsigned flags)
{
	enter(1);
	assert_int_equal(add(), reply_next_proof);
	assert_int_equal(make(flags, "not"), reply_done);
	/* With its user verified it is all that a reset asks for. */
	assert_logged("info_registered ok: passkey");
	browser.session = browser.device = NULL;
	(void)mailed("", "");
	mail_seen = held("SELECT MAX(rowid) FROM outbox");
	change_store("DELETE FROM device");
	change_store("DELETE FROM session");
}

static inline int open_house_with_key(void **state)
{
	counter = 0;
	authenticator_make(&key, -7);
	return open_house_of_ada(state);
}

static inline int close_house_with_key(void **state)
{
	authenticator_end(&key);
	return close_house_of_ada(state);
}

#define WITH_KEY(test)                                                                             \
	cmocka_unit_test_setup_teardown(test, open_house_with_key, close_house_with_key)

#endif
