/* Passwords that everybody tries first: the common ones, and a person's own names.
 *
 * The whole password is compared, never a part of it (NIST SP 800-63B-4 3.1.1.2): a long password
 * may hold a common word. The list is kept as hashes, each a polynomial of its signs, so that the
 * hash of a password with one sign changed, left out or put in follows from the hashes of its two
 * ends. */
#include "policy/inside.h"

#include <unicase.h>
#include <unictype.h>

/* ---- likeness ---- */

static uint32_t half_width(uint32_t point)
{
	return point >= 0xff01 && point <= 0xff5e ? point - 0xff01 + '!'
	       : point == 0x3000                  ? ' '
						  : point;
}

uint32_t like(uint32_t point)
{
	point = half_width(point);
	return point < 128 ? common_like[point] : uc_tolower(point);
}

/* ---- the common ones ---- */

static bool listed(uint64_t hash)
{
	size_t from = 0, to = common_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (common_hashes[middle] < hash)
			from = middle + 1;
		else
			to = middle;
	}
	return from < common_count && common_hashes[from] == hash;
}

enum { ends_max = 80 };

/* Of n signs: the hash of the first i, of those from i on, and the multiplier to the power of i. */
struct ends {
	size_t n;
	uint64_t first[ends_max], rest[ends_max], power[ends_max];
};

static void ends_of(const uint32_t *signs, size_t n, struct ends *e)
{
	e->n = n;
	e->first[0] = e->rest[n] = 0;
	e->power[0] = 1;
	for (size_t i = 0; i < n; i++) {
		e->first[i + 1] = e->first[i] * common_multiplier + signs[i];
		e->power[i + 1] = e->power[i] * common_multiplier;
	}
	for (size_t i = n; i-- > 0;)
		e->rest[i] = signs[i] * e->power[n - 1 - i] + e->rest[i + 1];
}

/* The first `head` signs, then one sign, then those from `tail` on. */
static bool listed_with(const struct ends *e, size_t head, size_t tail)
{
	uint64_t power = e->power[e->n - tail];

	for (size_t i = 0; i < common_sign_count; i++)
		if (listed((e->first[head] * common_multiplier + common_signs[i]) * power +
			    e->rest[tail]))
			return true;
	return false;
}

static bool listed_near(const struct ends *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (listed(e->first[i] * e->power[e->n - i - 1] + e->rest[i + 1]) ||
			listed_with(e, i, i + 1) || listed_with(e, i, i))
			return true;
	return listed_with(e, e->n, e->n);
}

bool banned_repeated(const uint32_t *shown, size_t count)
{
	size_t same = 1;

	while (same < count && shown[same] == shown[0])
		same++;
	return same >= count;
}

bool banned_common(struct likeness password)
{
	uint32_t signs[ends_max];
	struct ends ends;
	size_t n = 0;
	bool banned;

	must_be(common_longest + 2 < ends_max);
	for (size_t i = 0; i < password.count; i++) {
		if (!password.at[i])
			continue;
		if (n == common_longest + 1)
			return false;
		signs[n++] = password.at[i];
	}
	ends_of(signs, n, &ends);
	banned = listed(ends.first[n]) || listed_near(&ends);
	bytes_wipe(signs, sizeof(signs));
	bytes_wipe(&ends, sizeof(ends));
	return banned;
}

/* ---- words of one's own ---- */

enum {
	fillers_most = 8,  /* digits and marks beside the words: a date, not much more */
	editable_least = 4 /* one edit away from "li" is nearly everything */
};

/* How far a password can be read as words up to each place: the fewest fillers, by whether an edit
 * is spent and whether there was a word at all. */
struct reading {
	uint8_t fillers[banned_points_max + 1][2][2];
};

static void reach(struct reading *r, size_t at, bool edited, bool word, uint8_t fillers)
{
	uint8_t *place = &r->fillers[at][edited][word];

	if (fillers < *place)
		*place = fillers;
}

/* A sign again, or the next one up, costs nothing: 000000 and 123456 are one idea each. */
static uint8_t filler_cost(const uint32_t *shown, size_t at)
{
	return at > 0 && (shown[at] == shown[at - 1] || shown[at] == shown[at - 1] + 1) ? 0 : 1;
}

static size_t in_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	size_t n = 0;

	while (n < a_count && n < b_count && a[n] == b[n])
		n++;
	return n;
}

/* Does the rest of the word, from `from`, stand in the password at `at`? */
static bool stands(struct likeness word, size_t from, struct likeness password, size_t at)
{
	size_t rest = word.count - from;

	return at <= password.count && rest <= password.count - at &&
	       in_common(word.at + from, rest, password.at + at, rest) == rest;
}

/* `again`: there was a word before. A repetition may be cut short where the password ends. */
static void read_word(struct reading *r, struct likeness password, size_t at, struct likeness word,
	bool edited, bool again, uint8_t fillers)
{
	size_t same = in_common(word.at, word.count, password.at + at, password.count - at);
	size_t end = at + word.count;

	if (same == word.count)
		reach(r, end, edited, true, fillers);
	if (again && same == password.count - at)
		reach(r, password.count, edited, true, fillers);
	if (edited || word.count < editable_least)
		return;
	if (same < word.count && stands(word, same + 1, password, at + same + 1))
		reach(r, end, true, true, fillers); /* another sign */
	if (same < word.count && stands(word, same + 1, password, at + same))
		reach(r, end - 1, true, true, fillers); /* one too few */
	if (stands(word, same, password, at + same + 1))
		reach(r, end + 1, true, true, fillers); /* one too many */
}

static void read_on(struct reading *r, struct likeness password, const uint32_t *shown, size_t at,
	const struct likeness *words, size_t word_count)
{
	for (int state = 0; state < 4; state++) {
		bool edited = state & 1, word = state >> 1;
		uint8_t fillers = r->fillers[at][edited][word];

		if (fillers > fillers_most)
			continue;
		if (!uc_is_property_alphabetic(shown[at]))
			reach(r, at + 1, edited, word, (uint8_t)(fillers + filler_cost(shown, at)));
		for (size_t i = 0; i < word_count; i++)
			read_word(r, password, at, words[i], edited, word, fillers);
	}
}

bool banned_words(struct likeness password, const uint32_t *shown, const struct likeness *words,
	size_t word_count)
{
	struct reading r;
	size_t n = password.count;

	must_be(n <= banned_points_max);
	memset(&r, 0xff, sizeof(r));
	reach(&r, 0, false, false, 0);
	for (size_t at = 0; at < n; at++)
		read_on(&r, password, shown, at, words, word_count);
	return r.fillers[n][0][1] <= fillers_most || r.fillers[n][1][1] <= fillers_most;
}
