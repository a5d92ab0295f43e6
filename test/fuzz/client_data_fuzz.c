/* Any bytes as what a browser says it did; the first byte says how much of the right beginning is
 * put before them. Taken if and only if it is one of three texts that WebAuthn 5.8.1 and WebKit
 * write. */
#include "passkey.h"

static struct str joined(struct ctx *c, struct str a, struct str b)
{
	struct buf out = buf_in(c->arena, a.length + b.length + 1);

	buf_add(&out, a);
	buf_add(&out, b);
	must_be(!out.full);
	return buf_str(&out);
}

static bool good(struct ctx *c, struct str text)
{
	struct str whole = fuzz_client_data(c, "get"); /* ends with "crossOrigin":false} */
	struct str open = str_upto(whole, whole.length - 1);
	struct str short_one =
		str_upto(whole, whole.length - sizeof(",\"crossOrigin\":false}") + 1);

	if (text.length > 4096)
		return false;
	return str_same(text, whole) || str_same(text, joined(c, short_one, STR("}"))) ||
	       (str_starts(text, joined(c, open, STR(",\""))) && str_ends(text, STR("}")));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = passkey_ctx();
	struct str text, whole;
	enum passkey_refusal refusal;

	if (size < 1 || size > 8192)
		return 0;
	whole = fuzz_client_data(c, "get");
	text = fuzz_exact(joined(
		c, str_upto(whole, bytes[0]), (struct str){ (const char *)bytes + 1, size - 1 }));
	refusal = client_data_judge(STR("webauthn.get"), &fuzz_expected, text);
	must_be((refusal == passkey_none) == good(c, text));
	must_be(refusal < passkey_refusal_count);
	/* The same words for a registration are refused at their first difference. */
	must_be(client_data_judge(STR("webauthn.create"), &fuzz_expected, text) != passkey_none ||
		str_starts(text, STR("{\"type\":\"webauthn.create\"")));
	arena_wipe(c->arena);
	return 0;
}
