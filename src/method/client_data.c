/* What the browser says it did, compared without reading JSON (WebAuthn 5.8.1.2): a browser may
 * write one text only, up to the members that are not looked at. */
#include "method/passkey.h"
#include "method/inside.h"

static bool pass(struct str *rest, struct str what)
{
	if (!str_starts(*rest, what))
		return false;
	*rest = str_from(*rest, what.length);
	return true;
}

/* More members may follow, whatever they are called: the first ones are those that count. */
static bool ends_well(struct str rest)
{
	return str_is(rest, "}") || (str_starts(rest, STR(",\"")) && str_ends(rest, STR("}")));
}

/* WebKit leaves out crossOrigin when it is false, against 5.8.1.1; then nothing follows, since it
 * writes it when it is true, and what else it knows after it. */
static enum passkey_refusal judge_tail(struct str rest)
{
	if (str_is(rest, "}"))
		return passkey_none;
	if (!pass(&rest, STR(",\"crossOrigin\":")))
		return passkey_client_data;
	if (!pass(&rest, STR("false")))
		return passkey_cross_origin;
	return ends_well(rest) ? passkey_none : passkey_client_data;
}

enum passkey_refusal client_data_judge(
	struct str type, const struct passkey_expected *expected, struct str text)
{
	char memory[(passkey_challenge_size * 4 + 2) / 3];
	struct buf challenge = buf_on(memory, sizeof(memory));

	must_be(expected->challenge.length == passkey_challenge_size);
	base64url_add(&challenge, expected->challenge);
	if (text.length > passkey_client_data_most)
		return passkey_malformed;
	if (!pass(&text, STR("{\"type\":\"")) || !pass(&text, type) ||
		!pass(&text, STR("\",\"challenge\":\"")))
		return passkey_type;
	if (!pass(&text, buf_str(&challenge)) || !pass(&text, STR("\",\"origin\":\"")))
		return passkey_challenge;
	if (!pass(&text, expected->origin) || !pass(&text, STR("\"")))
		return passkey_origin;
	return judge_tail(text);
}
