/* What a new password must be. */
#include "policy/inside.h"
#include "spec/spec.h"

#include <unictype.h>

enum {
	words_most = 2048, /* of names, and of 4,000 bytes of the organisation's, as they sound */
	word_points_most = 64,
	word_least = 2, /* an initial alone is no word */
};

struct verdict {
	struct str *why;
	int64_t *number;
};

static err breaks(struct verdict v, const char *why, int64_t number)
{
	*v.why = str_of(why);
	*v.number = number;
	return reply_rules;
}

/* ---- words ---- */

/* The person's own, and then those that everybody there knows. */
struct words {
	struct likeness *at;
	size_t count, own;
};

static bool parts(uint32_t point)
{
	return !uc_is_alnum(point) && !uc_is_general_category(point, UC_CATEGORY_M);
}

static err keep(struct ctx *c, struct words *words, const uint32_t *points, size_t count)
{
	uint32_t *copy;

	if (count < word_least)
		return 0;
	if (words->count == words_most)
		return fault(
			c, fault_limit, "more than %d words of a password's rules", words_most);
	if (!(copy = arena_take(c->arena, count * sizeof(*points))))
		return fault(c, fault_arena, "words of a password's rules");
	memcpy(copy, points, count * sizeof(*points));
	words->at[words->count++] = (struct likeness){ copy, count };
	return 0;
}

static err keep_latin(struct ctx *c, struct words *words, const char *text, size_t length)
{
	uint32_t word[2 * word_points_most];

	for (size_t i = 0; i < length; i++)
		word[i] = like((uint32_t)text[i]);
	return keep(c, words, word, length);
}

/* As it is written and, a Japanese reading, as it sounds: with long vowels and without. */
static err keep_sounds(struct ctx *c, struct words *words, const uint32_t *points, size_t count)
{
	char latin[2 * word_points_most];
	size_t length = romaji((struct likeness){ points, count }, latin, sizeof(latin));
	err e;

	if ((e = keep(c, words, points, count)) || length == 0 ||
		(e = keep_latin(c, words, latin, length)))
		return e;
	return keep_latin(c, words, latin, romaji_short(latin, length));
}

/* "Tanaka.Taro@corp.example" is tanaka, taro, corp and example. */
static err words_add(struct ctx *c, struct words *words, struct str text)
{
	uint32_t word[word_points_most];
	size_t count = 0;
	err e;

	for (size_t at = 0; at < text.length;) {
		int32_t point = utf8_next(text, &at);

		if (point < 0)
			break;
		if (!parts((uint32_t)point)) {
			if (count < word_points_most)
				word[count++] = like((uint32_t)point);
			continue;
		}
		if ((e = keep_sounds(c, words, word, count)))
			return e;
		count = 0;
	}
	return keep_sounds(c, words, word, count);
}

static err words_gather(struct ctx *c, const struct password_rules *rules, const struct str *names,
	size_t name_count, struct words *words)
{
	err e;

	*words = (struct words){ .at = arena_take(c->arena, words_most * sizeof(*words->at)) };
	if (!words->at)
		return fault(c, fault_arena, "words of a password's rules");
	for (size_t i = 0; i < name_count; i++)
		if ((e = words_add(c, words, names[i])))
			return e;
	words->own = words->count;
	for (size_t i = 0; i < rules->word_count; i++)
		if ((e = words_add(c, words, rules->words[i])))
			return e;
	return 0;
}

/* ---- the rules ---- */

static size_t points_of(struct str text, uint32_t *out)
{
	size_t count = 0;

	for (size_t at = 0; at < text.length;)
		out[count++] = (uint32_t)utf8_next(text, &at);
	return count;
}

/* A secret's bytes are aligned as its slab is, to more than four. */
static uint32_t *points_in(struct secret *room)
{
	void *memory = secret_bytes(room);

	return memory;
}

static bool made_of(
	struct likeness password, const uint32_t *points, const struct words *words, size_t from)
{
	return banned_words(password, points, words->at + from, words->count - from);
}

static err judge_banned(
	struct ctx *c, struct str normal, const struct words *words, struct verdict v)
{
	size_t size = banned_points_max * sizeof(uint32_t);
	scoped_secret *shown = secret_room(c->arena, size);
	scoped_secret *alike = secret_room(c->arena, size);
	struct likeness password;
	uint32_t *points, *likes;

	if (!shown || !alike)
		return fault(c, fault_memory, "locked pages");
	points = points_in(shown);
	likes = points_in(alike);
	password = (struct likeness){ likes, points_of(normal, points) };
	for (size_t i = 0; i < password.count; i++)
		likes[i] = like(points[i]);
	if (made_of(password, points, words, words->own))
		return breaks(v, "password_organisation", 0);
	if (made_of(password, points, words, 0))
		return breaks(v, "password_name", 0);
	if (banned_repeated(points, password.count))
		return breaks(v, "password_repeated", 0);
	return banned_common(password) ? breaks(v, "password_common", 0) : 0;
}

static err judge_length(struct str normal, const struct password_rules *rules, struct verdict v)
{
	int64_t count = (int64_t)utf8_count(normal);

	if (count < rules->least)
		return breaks(v, "password_short", rules->least);
	if (count > rules->most)
		return breaks(v, "password_long", rules->most);
	return 0;
}

err password_judge(struct ctx *c, const struct secret *typed, const struct password_rules *rules,
	const struct str *names, size_t name_count, struct secret **normal, struct str *why,
	int64_t *number)
{
	struct verdict v = { why, number };
	scoped_secret *form = NULL;
	struct words words;
	const char *reason;
	err e;

	must_be(rules->most <= banned_points_max);
	if ((e = normal_form(c, typed, &form, &reason)) < 0)
		return e;
	if (e)
		return breaks(v, reason, rules->most);
	if ((e = judge_length(secret_show(form), rules, v)) ||
		(e = words_gather(c, rules, names, name_count, &words)) ||
		(e = judge_banned(c, secret_show(form), &words, v)))
		return e;
	*normal = form;
	form = NULL;
	return 0;
}
