/* Any bytes as what a browser claims: cookies, languages, hops, a head. Nothing but known words,
 * well-formed tokens and addresses may come out. */
#include "web/inside.h"

#include <arpa/inet.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void cookies(struct str text)
{
	for (int https = 0; https < 2; https++) {
		struct cookies c;

		cookies_take(&c, text, https);
		must_be(!c.value[cookie_session].length ||
			c.value[cookie_session].length == token_text);
		must_be(!c.value[cookie_next].length || c.value[cookie_next].at[0] == '/');
	}
}

static void languages(struct str text)
{
	struct str language = language_of_header(text);

	must_be(!language.at || str_is(language, "en") || str_is(language, "ja"));
}

static void hops(struct str text)
{
	static const struct network all = { { 0 }, 0 };
	char memory[address_text + 1] = "";
	struct buf out = buf_on(memory, address_text);
	uint8_t address[16];

	address_claim(&out, (struct networks){ &all, 1 }, STR("127.0.0.1"), text);
	must_be(!out.full && out.length > 0);
	must_be(inet_pton(AF_INET, memory, address) == 1 ||
		inet_pton(AF_INET6, memory, address) == 1);
}

/* Lines "name:value"; the first is the method and the path. */
static void head(struct str text)
{
	struct head h = { 0 };
	struct str line, rest = text;
	enum verb verb;
	int64_t length;

	if (!str_cut(rest, '\n', &line, &rest) || !str_cut(line, ' ', &h.method, &h.path))
		return;
	while (rest.length && h.count < headers_most) {
		if (!str_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = STR_NONE;
		}
		if (str_cut(line, ':', &h.headers[h.count].name, &h.headers[h.count].value))
			h.count++;
	}
	if (guard_head(&h, &verb, &length).status == 0) {
		must_be(length >= 0 && length <= body_limit && (verb == verb_post || length == 0));
		must_be(h.path.at[0] == '/' && !head_value(&h, "transfer-encoding").at);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str text = { (const char *)bytes, size };
	char memory[120];
	struct buf agent = buf_on(memory, sizeof(memory));

	cookies(text);
	languages(text);
	hops(text);
	head(text);
	agent_write(&agent, text);
	must_be(!agent.full);
	return 0;
}
