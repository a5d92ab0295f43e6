/* The form token: proof that a form was made by us for this browser (and this session).
 *
 * BLAKE2b-256 keyed with the browser's cookie, over the session's. Whoever knows neither cookie
 * cannot make one; nothing is kept here, so a restart or another process changes nothing. */
#include "web/inside.h"

#include <sodium.h>

static void text_of(char out[token_text], const uint8_t bytes[token_size])
{
	struct buf b = buf_on(out, token_text);

	base64url_add(&b, (struct str){ (const char *)bytes, token_size });
}

void token_new(char out[token_text])
{
	uint8_t bytes[token_size];

	bytes_random(bytes, sizeof(bytes));
	text_of(out, bytes);
	bytes_wipe(bytes, sizeof(bytes));
}

void token_form(char out[token_text], struct str browser, struct str session)
{
	static const char purpose[] = "rekey form 1:";
	uint8_t digest[token_size];
	crypto_generichash_state state;

	must_be(browser.length == token_text);
	(void)crypto_generichash_init(
		&state, (const uint8_t *)browser.at, browser.length, sizeof(digest));
	(void)crypto_generichash_update(&state, (const uint8_t *)purpose, sizeof(purpose) - 1);
	if (session.length)
		(void)crypto_generichash_update(
			&state, (const uint8_t *)session.at, session.length);
	(void)crypto_generichash_final(&state, digest, sizeof(digest));
	text_of(out, digest);
	bytes_wipe(&state, sizeof(state));
	bytes_wipe(digest, sizeof(digest));
}

static bool is_token_of(struct str typed, struct str browser, struct str session)
{
	char right[token_text];

	token_form(right, browser, session);
	return bytes_same(typed, (struct str){ right, sizeof(right) });
}

bool token_good(struct str typed, struct str browser, struct str session, bool session_needed)
{
	if (browser.length != token_text)
		return false;
	return is_token_of(typed, browser, session) ||
	       (!session_needed && session.length && is_token_of(typed, browser, STR_NONE));
}
