/* argon2id (RFC 9106), and the PHC text it is kept as, by libsodium. */
#include "crypto/inside.h"

#include <errno.h>

/* A hash from elsewhere must not cost more than about a third of a second and 256 MiB, or one
 * imported row could stall every sign-in. */
enum {
	memory_kib_max = 256 * 1024,
	passes_max = 64,
	lanes_max = 16,
	work_max = 1024 * 1024, /* KiB times passes */
	salt_min = 8,
	digest_min = 16,
	bytes_max = 64,
};

static bool bytes_fit(struct str piece, size_t least)
{
	uint8_t bytes[bytes_max];
	size_t size = sizeof(bytes);

	return piece_bytes(piece, bytes, &size) && size >= least;
}

static bool cost_read(struct str piece, struct argon2 *out)
{
	struct str memory, passes, rest;

	return str_cut(piece, ',', &memory, &rest) && str_cut(rest, ',', &passes, &rest) &&
	       piece_number(memory, "m=", 1, UINT32_MAX, &out->cost.memory_kib) &&
	       piece_number(passes, "t=", 1, UINT32_MAX, &out->cost.passes) &&
	       piece_number(rest, "p=", 1, 0xffffff, &out->lanes);
}

static bool cost_fits(const struct argon2 *a)
{
	return a->cost.memory_kib <= memory_kib_max && a->cost.passes <= passes_max &&
	       a->lanes <= lanes_max && a->cost.memory_kib >= 8 * a->lanes &&
	       a->cost.memory_kib * a->cost.passes <= work_max;
}

enum hash_form argon2_read(struct str text, struct argon2 *out)
{
	struct str rest, version, cost, salt, digest;

	out->id = str_starts(text, STR("$argon2id$"));
	if (!out->id && !str_starts(text, STR("$argon2i$")))
		return form_other;
	rest = str_from(text, out->id ? 10 : 9);
	if (!piece_next(&rest, &version) || !piece_next(&rest, &cost) ||
		!piece_next(&rest, &salt) || !piece_next(&rest, &digest) || rest.length ||
		!str_is(version, "v=19") || !cost_read(cost, out) || !bytes_fit(salt, salt_min) ||
		!bytes_fit(digest, digest_min))
		return form_malformed;
	return cost_fits(out) ? form_good : form_cost;
}

bool argon2_cost_possible(struct hash_cost cost)
{
	return cost.memory_kib >= 8 && cost.memory_kib <= 4 * 1024 * 1024 && cost.passes >= 1 &&
	       cost.passes <= passes_max;
}

bool argon2_holds(const char *check, bool id, struct str input, bool *failed)
{
	int answer;

	errno = 0;
	if (id)
		answer = crypto_pwhash_argon2id_str_verify(check, input.at, input.length);
	else
		answer = crypto_pwhash_argon2i_str_verify(check, input.at, input.length);
	/* EINVAL: another password. Anything else: no memory, or a text that argon2_read refuses.
	 */
	*failed = answer != 0 && errno != EINVAL;
	return answer == 0;
}

bool argon2_make(struct str input, struct hash_cost cost, char out[crypto_pwhash_argon2id_STRBYTES])
{
	return crypto_pwhash_argon2id_str(out, input.at, input.length,
		       (unsigned long long)cost.passes, (size_t)cost.memory_kib * 1024) == 0;
}

bool argon2_burn(struct str input, struct hash_cost cost)
{
	static const uint8_t salt[crypto_pwhash_argon2id_SALTBYTES] = "nobody has this";
	uint8_t digest[digest_size];
	int answer = crypto_pwhash_argon2id(digest, sizeof(digest), input.at, input.length, salt,
		(unsigned long long)cost.passes, (size_t)cost.memory_kib * 1024,
		crypto_pwhash_argon2id_ALG_ARGON2ID13);

	bytes_wipe(digest, sizeof(digest));
	return answer == 0;
}
