/* CBOR, one item at a time: libcbor reads the heads and takes no memory for it; what authenticators
 * may not write (CTAP2 8, canonical form) is refused. */
#include "web/attestation.h"

#include <cbor.h>

/* ---- what libcbor calls ---- */

static void say(void *item, enum item_kind kind, uint64_t number)
{
	*(struct item *)item = (struct item){ .kind = kind, .number = number };
}

static void number_8(void *item, uint8_t n)
{
	say(item, item_number, n);
}

static void number_16(void *item, uint16_t n)
{
	say(item, item_number, n);
}

static void number_32(void *item, uint32_t n)
{
	say(item, item_number, n);
}

static void number_64(void *item, uint64_t n)
{
	say(item, item_number, n);
}

static void negative_8(void *item, uint8_t n)
{
	say(item, item_negative, n);
}

static void negative_16(void *item, uint16_t n)
{
	say(item, item_negative, n);
}

static void negative_32(void *item, uint32_t n)
{
	say(item, item_negative, n);
}

static void negative_64(void *item, uint64_t n)
{
	say(item, item_negative, n);
}

static void bytes(void *item, cbor_data at, size_t length)
{
	say(item, item_bytes, length);
	((struct item *)item)->bytes = (struct str){ (const char *)at, length };
}

static void text(void *item, cbor_data at, size_t length)
{
	say(item, item_text, length);
	((struct item *)item)->bytes = (struct str){ (const char *)at, length };
}

static void array(void *item, size_t items)
{
	say(item, item_array, items);
}

static void map(void *item, size_t pairs)
{
	say(item, item_map, pairs);
}

static void boolean(void *item, bool is)
{
	say(item, item_bool, is);
}

/* All others leave the item as it is: item_other. */
static struct cbor_callbacks callbacks(void)
{
	struct cbor_callbacks all = cbor_empty_callbacks;

	all.uint8 = number_8;
	all.uint16 = number_16;
	all.uint32 = number_32;
	all.uint64 = number_64;
	all.negint8 = negative_8;
	all.negint16 = negative_16;
	all.negint32 = negative_32;
	all.negint64 = negative_64;
	all.byte_string = bytes;
	all.string = text;
	all.array_start = array;
	all.map_start = map;
	all.boolean = boolean;
	return all;
}

/* ---- items ---- */

/* RFC 8949 4.2.1: of the shortest length. */
static size_t head_of(const struct item *item)
{
	if (item->kind == item_bool || item->number < 24)
		return 1;
	if (item->number <= UINT8_MAX)
		return 2;
	if (item->number <= UINT16_MAX)
		return 3;
	return item->number <= UINT32_MAX ? 5 : 9;
}

bool item_next(struct str *rest, struct item *out)
{
	struct cbor_callbacks all = callbacks();
	struct item item = { .kind = item_other };
	struct cbor_decoder_result result =
		cbor_stream_decode((cbor_data)rest->at, rest->length, &all, &item);

	if (result.status != CBOR_DECODER_FINISHED || item.kind == item_other ||
		result.read != head_of(&item) + item.bytes.length ||
		(item.kind == item_text && !utf8_valid(item.bytes)))
		return false;
	*rest = str_from(*rest, result.read);
	*out = item;
	return true;
}

bool item_small(const struct item *item, int64_t *out)
{
	if ((item->kind != item_number && item->kind != item_negative) || item->number > INT32_MAX)
		return false;
	*out = item->kind == item_number ? (int64_t)item->number : -1 - (int64_t)item->number;
	return true;
}

/* ---- whole items ---- */

static bool pass(struct str *rest, unsigned depth);

static bool key_next(struct str *rest, struct str *key)
{
	struct str before = *rest;
	struct item item;

	if (!item_next(rest, &item) ||
		(item.kind != item_number && item.kind != item_negative && item.kind != item_text))
		return false;
	*key = str_upto(before, before.length - rest->length);
	return true;
}

/* A key has one form, so two that are equal have equal bytes. */
static bool pass_pairs(struct str *rest, uint64_t pairs, unsigned depth)
{
	struct str keys[cbor_pairs_most];

	if (pairs > cbor_pairs_most)
		return false;
	for (size_t i = 0; i < pairs; i++) {
		if (!key_next(rest, &keys[i]))
			return false;
		for (size_t before = 0; before < i; before++)
			if (str_same(keys[before], keys[i]))
				return false;
		if (!pass(rest, depth))
			return false;
	}
	return true;
}

/* Each item takes a byte at least, so that a length which is not so ends soon. */
static bool pass_items(struct str *rest, uint64_t items, unsigned depth)
{
	for (uint64_t i = 0; i < items; i++)
		if (!pass(rest, depth))
			return false;
	return true;
}

static bool pass(struct str *rest, unsigned depth)
{
	struct item item;

	if (!item_next(rest, &item))
		return false;
	if (item.kind != item_array && item.kind != item_map)
		return true;
	if (depth == cbor_depth_most)
		return false;
	return item.kind == item_array ? pass_items(rest, item.number, depth + 1)
				       : pass_pairs(rest, item.number, depth + 1);
}

bool item_whole(struct str *rest, struct str *out)
{
	struct str before = *rest;

	if (!pass(rest, 0))
		return false;
	*out = str_upto(before, before.length - rest->length);
	return true;
}
