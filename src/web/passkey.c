/* Passkeys on their way through: the attestation taken apart for the keeper, who believes none of
 * it, and what a browser is asked with where nobody is known yet. */
#include "web/visit.h"

#include "web/attestation.h"

/* ---- registering ---- */

static struct str pair_bytes(struct visit *v, enum pair_name name)
{
	struct str text = v->pairs[name].value;
	size_t size = text.length;
	uint8_t *at = arena_take(v->c.arena, size + 1);

	if (!at || !text.length || !base64url_take(text, at, &size))
		return STR_NONE;
	return (struct str){ (const char *)at, size };
}

static struct str vouched_word(enum vouched vouched)
{
	switch (vouched) {
	case vouched_by_itself:
		return STR("itself");
	case vouched_by_stranger:
		return STR("stranger");
	case vouched_by_maker:
		return STR("maker");
	case vouched_wrong:
		return STR("wrong");
	case vouched_not:
		break;
	}
	return STR("not");
}

bool passkey_flatten(struct visit *v)
{
	struct op_info_passkey *in = v->in;
	struct str object = pair_bytes(v, pair_attestation);
	struct attestation attestation;
	struct attested key;

	/* Whatever the form says of these, they are what the object says. */
	if (!object.length || !attestation_take(object, &attestation) ||
		!attested_take(attestation.data, &key))
		return false;
	in->authenticator_data = attestation.data;
	in->algorithm = key.algorithm;
	in->first = key.first;
	in->second = key.second;
	in->vouched =
		vouched_word(statement_judge(v->web->makers, &attestation, &key, in->client_data));
	return true;
}

/* ---- a passkey alone ---- */

static void say_options(struct visit *v)
{
	const struct rec_passkey_asked *asked = v->ask.answer.record;

	if (settle(v))
		return;
	if (!asked) {
		refuse_visit(v, 404, NULL);
		return;
	}
	v->out.status = 200;
	v->out.type = "application/json";
	v->out.body = arena_copy(v->c.arena, asked->options);
}

void serve_passkey_options(struct visit *v)
{
	static const struct op_passkey_begin nothing;

	visit_ask(v, operation_passkey_begin, &nothing, say_options);
}

/* W3C passkey endpoints: where a password manager sends people to make and to manage passkeys. */
void serve_passkey_endpoints(struct visit *v)
{
	struct buf text = buf_in(v->c.arena, 1024);

	buf_add(&text, STR("{\"enroll\":\""));
	buf_add(&text, v->web->site.origin);
	buf_add(&text, STR("/security-info/add\",\"manage\":\""));
	buf_add(&text, v->web->site.origin);
	buf_add(&text, STR("/security-info\"}\n"));
	v->out.status = 200;
	v->out.type = "application/json";
	v->out.cache = cache_minute;
	v->out.body = buf_str(&text);
}
