/* What an authenticator answers, judged by its bytes: registering a key, and signing by it. */
#include "method/passkey.h"
#include "method/inside.h"

#include <string.h>

void passkey_challenge_make(uint8_t out[passkey_challenge_size])
{
	bytes_random(out, passkey_challenge_size);
}

const char *passkey_refusal_name(enum passkey_refusal refusal)
{
#define REFUSAL(name, meaning) #name,
	static const char *const names[] = {
#include "method/passkey.def"
	};
#undef REFUSAL

	must_be(refusal < passkey_refusal_count);
	return names[refusal];
}

/* ---- authenticator data, WebAuthn 6.1: digest of the RP ID, flags, counter, and what follows ----
 */

enum {
	flag_present = 0x01,
	flag_verified = 0x04,
	flag_eligible = 0x08,
	flag_backed_up = 0x10,
	flag_attested = 0x40,
	flag_extensions = 0x80,

	flags_at = digest_size,
	counter_at = flags_at + 1,
	head_size = counter_at + 4,
};

static bool has(struct str data, uint8_t flag)
{
	return ((uint8_t)data.at[flags_at] & flag) != 0;
}

static uint32_t number_at(struct str data, size_t at, size_t size)
{
	uint32_t number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | (uint8_t)data.at[at + i];
	return number;
}

static bool made_for(struct str data, struct str rp_id)
{
	uint8_t digest[digest_size];

	digest_sha256(rp_id, digest);
	return memcmp(data.at, digest, digest_size) == 0;
}

/* 6.1.3: what is backed up can be backed up. */
static enum passkey_refusal judge_head(
	const struct passkey_expected *expected, struct str data, bool registering)
{
	if (data.length < head_size || data.length > passkey_authenticator_most)
		return passkey_malformed;
	if (!made_for(data, expected->rp_id))
		return passkey_rp_id;
	if (!has(data, flag_present))
		return passkey_not_present;
	if (expected->verified && !has(data, flag_verified))
		return passkey_not_verified;
	if (has(data, flag_backed_up) && !has(data, flag_eligible))
		return passkey_backup;
	return has(data, flag_attested) == registering ? passkey_none : passkey_attested;
}

static struct passkey_state state_of(struct str data)
{
	return (struct passkey_state){ .verified = has(data, flag_verified),
		.eligible = has(data, flag_eligible),
		.backed_up = has(data, flag_backed_up),
		.counter = number_at(data, counter_at, 4) };
}

/* Extensions are one map of CBOR (major type 5) of which nothing is used: that something is there
 * when its flag says so, and nothing when it does not, is all that is looked at. */
static enum passkey_refusal judge_tail(struct str data, struct str tail)
{
	bool map = tail.length && (uint8_t)tail.at[0] >> 5 == 5;

	return has(data, flag_extensions) == (tail.length > 0) && (!tail.length || map)
		       ? passkey_none
		       : passkey_extensions;
}

/* ---- registering ---- */

enum { id_at = head_size + passkey_aaguid_size + 2 };

static enum passkey_refusal take_id(
	struct str data, struct str said, struct str *id, struct str *rest)
{
	size_t length;

	if (data.length < id_at)
		return passkey_malformed;
	length = number_at(data, id_at - 2, 2);
	*id = str_upto(str_from(data, id_at), length);
	*rest = str_from(data, id_at + length);
	if (data.length < id_at + length)
		return passkey_malformed;
	return length > 0 && length <= passkey_id_most && str_same(*id, said) ? passkey_none
									      : passkey_id;
}

static err take_key(struct ctx *c, const struct credential_key *key, struct str *rest,
	enum passkey_refusal *refusal)
{
	struct str written;
	err e;

	*refusal = passkey_algorithm;
	if ((e = cose_key_write(c, key, &written)))
		return e;
	*refusal = passkey_key;
	if ((e = credential_key_check(c, key)))
		return e;
	*refusal = passkey_encoding;
	if (!str_starts(*rest, written))
		return reply_refused;
	*rest = str_from(*rest, written.length);
	return 0;
}

static err take_credential(struct ctx *c, const struct passkey_registration *in,
	struct passkey_born *out, enum passkey_refusal *refusal)
{
	struct str data = in->authenticator_data, rest;
	err e;

	if ((*refusal = take_id(data, in->id, &out->id, &rest)))
		return reply_refused;
	if ((e = take_key(c, &in->key, &rest, refusal)))
		return e;
	return (*refusal = judge_tail(data, rest)) ? reply_refused : 0;
}

err passkey_register(struct ctx *c, const struct passkey_expected *expected,
	const struct passkey_registration *in, struct passkey_born *out,
	enum passkey_refusal *refusal)
{
	struct passkey_born born = { .state = { 0 } };
	struct str data = in->authenticator_data;
	err e;

	*refusal = client_data_judge(STR("webauthn.create"), expected, in->client_data);
	if (*refusal || (*refusal = judge_head(expected, data, true)))
		return reply_refused;
	if ((e = take_credential(c, in, &born, refusal)) ||
		(e = key_record_write(c, &in->key, &born.key)))
		return e;
	born.state = state_of(data);
	born.aaguid = str_upto(str_from(data, head_size), passkey_aaguid_size);
	*out = born;
	return 0;
}

/* ---- signing ---- */

/* What the authenticator signed: its data, then the digest of the client's (6.3.3). */
static err signed_message(struct ctx *c, const struct passkey_assertion *in, struct str *out)
{
	struct buf message = buf_in(c->arena, in->authenticator_data.length + digest_size);
	uint8_t digest[digest_size];

	digest_sha256(in->client_data, digest);
	buf_add(&message, in->authenticator_data);
	buf_add(&message, (struct str){ (const char *)digest, sizeof(digest) });
	if (message.full)
		return fault(c, fault_arena, "signed message");
	*out = buf_str(&message);
	return 0;
}

static err judge_signature(struct ctx *c, struct str record, const struct passkey_assertion *in)
{
	struct credential_key key;
	struct str message;
	err e;

	if (!key_record_read(record, &key))
		return fault(c, fault_crypto, "a stored key does not read");
	if ((e = signed_message(c, in, &message)))
		return e;
	e = credential_key_verify(c, &key, message, in->signature);
	return e == reply_refused ? fault(c, fault_crypto, "a stored key is none") : e;
}

static enum passkey_refusal judge_assertion(const struct passkey_expected *expected,
	const struct passkey_stored *stored, const struct passkey_assertion *in)
{
	struct str data = in->authenticator_data;
	enum passkey_refusal refusal;

	if ((refusal = client_data_judge(STR("webauthn.get"), expected, in->client_data)) ||
		(refusal = judge_head(expected, data, false)) ||
		(refusal = judge_tail(data, str_from(data, head_size))))
		return refusal;
	return has(data, flag_eligible) == stored->eligible ? passkey_none : passkey_backup;
}

err passkey_assert(struct ctx *c, const struct passkey_expected *expected,
	const struct passkey_stored *stored, const struct passkey_assertion *in,
	struct passkey_seen *out, enum passkey_refusal *refusal)
{
	struct passkey_state state;
	err e;

	if ((*refusal = judge_assertion(expected, stored, in)))
		return reply_refused;
	if ((e = judge_signature(c, stored->key, in))) {
		*refusal = passkey_signature;
		return e == reply_wrong ? reply_refused : e;
	}
	state = state_of(in->authenticator_data);
	*out = (struct passkey_seen){ .state = state,
		.counter_back =
			(state.counter || stored->counter) && state.counter <= stored->counter };
	return 0;
}
