/* Any bytes as CBOR: what we read is what another strict reader of RFC 8949 reads, to the byte. */
#include "web/attestation.h"

#include "fuzz.h"

struct head {
	unsigned major;
	uint64_t number;
	struct str bytes; /* from the head on */
};

/* RFC 8949 3, with the shortest length that 4.2.1 asks for. */
static bool read_head(struct str *rest, struct head *out)
{
	unsigned first = rest->length ? (uint8_t)rest->at[0] : 0xff, more = first & 31;
	size_t size = more < 24 ? 0 : (size_t)1 << (more - 24);
	static const uint64_t least[] = { 0, 24, 0x100, 0, 0x10000, 0, 0, 0, 0x100000000 };

	if (more > 27 || rest->length < 1 + size)
		return false;
	*out = (struct head){ first >> 5, more < 24 ? more : 0, *rest };
	for (size_t i = 0; i < size; i++)
		out->number = out->number << 8 | (uint8_t)rest->at[1 + i];
	*rest = str_from(*rest, 1 + size);
	if (out->major == 7)
		return first == 0xf4 || first == 0xf5;
	return out->number >= least[size];
}

static bool read_item(struct str *rest, int left);

static bool read_string(struct str *rest, const struct head *head)
{
	struct str text = str_upto(*rest, head->number);

	if (rest->length < head->number)
		return false;
	*rest = str_from(*rest, head->number);
	return head->major == 2 || utf8_valid(text);
}

static bool read_map(struct str *rest, uint64_t pairs, int left)
{
	struct str keys[cbor_pairs_most];

	if (pairs > cbor_pairs_most)
		return false;
	for (size_t i = 0; i < pairs; i++) {
		struct str before = *rest;

		if (!before.length || (uint8_t)before.at[0] >> 5 == 2 ||
			(uint8_t)before.at[0] >> 5 > 3 || !read_item(rest, 0))
			return false;
		keys[i] = str_upto(before, before.length - rest->length);
		for (size_t j = 0; j < i; j++)
			if (str_same(keys[i], keys[j]))
				return false;
		if (!read_item(rest, left))
			return false;
	}
	return true;
}

static bool read_item(struct str *rest, int left)
{
	struct head head;

	if (!read_head(rest, &head) || head.major == 6)
		return false;
	if (head.major == 2 || head.major == 3)
		return read_string(rest, &head);
	if (head.major != 4 && head.major != 5)
		return true;
	if (left == 0)
		return false;
	if (head.major == 5)
		return read_map(rest, head.number, left - 1);
	for (uint64_t i = 0; i < head.number; i++)
		if (!read_item(rest, left - 1))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str ours = { (const char *)bytes, size }, theirs = ours, whole;
	bool taken;

	if (size > 4096)
		return 0;
	taken = item_whole(&ours, &whole);
	must_be(read_item(&theirs, cbor_depth_most) == taken);
	if (taken) {
		must_be(ours.at == theirs.at && ours.length == theirs.length);
		must_be(whole.at == (const char *)bytes && whole.length + ours.length == size);
	}
	return 0;
}
