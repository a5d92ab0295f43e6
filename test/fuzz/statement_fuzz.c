/* Any bytes as what vouches for an authenticator; the first byte says in which format. With no
 * maker whom we trust none is found, and nothing is read beyond its end. */
#include "web/attestation.h"

#include "fuzz.h"

static const char *const formats[] = { "packed", "fido-u2f", "none", "tpm" };

/* A registration that is well formed: what is tried is what stands beside it. */
static struct str data(struct ctx *c)
{
	struct buf b = buf_in(c->arena, 200);

	for (int i = 0; i < 37; i++)
		buf_char(&b, i == 32 ? 0x41 : 7);
	buf_add(&b, STR("aaguid-16-bytes-"));
	buf_add(&b, (struct str){ "\0\2id", 4 });
	buf_add(&b, STR("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
	buf_add(&b, STR("an x coordinate of 32 bytes, no?"));
	buf_add(&b, STR("\x22\x58\x20"));
	buf_add(&b, STR("a y coordinate of 32 bytes, too!"));
	must_be(!b.full);
	return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(64 * 1024);
	struct attestation attestation;
	struct attested key;
	enum vouched vouched;

	if (size < 1 || size > attestation_most)
		return 0;
	attestation.format = str_of(formats[bytes[0] % 4]);
	attestation.statement = (struct str){ (const char *)bytes + 1, size - 1 };
	attestation.data = data(c);
	must_be(attested_take(attestation.data, &key));
	vouched = statement_judge(NULL, &attestation, &key, STR("what the browser wrote"));
	must_be(vouched != vouched_by_maker);
	/* The key in it is on no curve: it cannot have signed. */
	must_be(vouched != vouched_by_itself);
	arena_wipe(c->arena);
	return 0;
}
