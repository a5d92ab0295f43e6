/* Japanese readings in Latin letters (Hepburn), for people make passwords of their names so. */
#include "policy/inside.h"

enum { kana_first = 0x3041, kana_last = 0x3096, katakana_apart = 0x60, long_mark = 0x30fc };

/* From small a on; a small kana changes the one before it, small tsu the one after. */
static const char *const sounds[kana_last - kana_first + 1] = { "a", "a", "i", "i", "u", "u", "e",
	"e", "o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go", "sa", "za",
	"shi", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da", "chi", "ji", "", "tsu", "zu",
	"te", "de", "to", "do", "na", "ni", "nu", "ne", "no", "ha", "ba", "pa", "hi", "bi", "pi",
	"fu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po", "ma", "mi", "mu", "me", "mo", "ya",
	"ya", "yu", "yu", "yo", "yo", "ra", "ri", "ru", "re", "ro", "wa", "wa", "i", "e", "o", "n",
	"vu", "ka", "ke" };

struct latin {
	char *at;
	size_t length, room;
	uint32_t before; /* the kana before, as hiragana; 0: none */
	bool doubled;
};

static uint32_t hiragana(uint32_t point)
{
	bool katakana = point >= kana_first + katakana_apart && point <= kana_last + katakana_apart;

	return katakana ? point - katakana_apart : point;
}

static bool small_tsu(uint32_t kana)
{
	return kana == 0x3063;
}

/* Small ya, yu, yo: ki and ya are kya, but shi and ya are sha. */
static bool glides(uint32_t kana)
{
	return kana == 0x3083 || kana == 0x3085 || kana == 0x3087;
}

/* Small a, i, u, e, o: fu and i are fi. */
static bool only_vowel(uint32_t kana)
{
	return kana <= 0x3049 && kana % 2 == 1;
}

static void put(struct latin *l, const char *sound)
{
	for (; *sound && l->length < l->room; sound++)
		l->at[l->length++] = *sound;
}

static bool ends_in(const struct latin *l, const char *sound)
{
	size_t n = strlen(sound);

	return l->length >= n && memcmp(l->at + l->length - n, sound, n) == 0;
}

/* What a vowel leaves of the kana before it: u and i are wi, ku and a are kwa, i and e are ye. */
static const char *half_vowel(uint32_t before, const char *sound)
{
	bool rounded = before == 0x3046 || before == 0x304f || before == 0x3050; /* u, ku, gu */

	if (rounded && *sound != 'u')
		return "w";
	return before == 0x3044 && *sound == 'e' ? "y" : "";
}

static void put_small(struct latin *l, uint32_t kana)
{
	const char *sound = sounds[kana - kana_first];
	bool soft = ends_in(l, "shi") || ends_in(l, "chi") || ends_in(l, "ji");

	if (l->length)
		l->length--;
	if (only_vowel(kana))
		put(l, half_vowel(l->before, sound));
	put(l, glides(kana) && soft ? sound + 1 : sound);
}

static void put_kana(struct latin *l, uint32_t kana)
{
	const char *sound = sounds[kana - kana_first];

	if (small_tsu(kana)) {
		l->doubled = true;
		return;
	}
	if (glides(kana) || only_vowel(kana)) {
		put_small(l, kana);
		return;
	}
	if (l->doubled) /* itchi, not icchi */
		put(l, *sound == 'c' ? "t" : (const char[]){ *sound, 0 });
	l->doubled = false;
	put(l, sound);
}

size_t romaji(struct likeness kana, char *out, size_t room)
{
	struct latin l = { out, 0, room, 0, false };

	for (size_t i = 0; i < kana.count; i++) {
		uint32_t point = hiragana(kana.at[i]);

		if (point == long_mark)
			continue;
		if (point < kana_first || point > kana_last)
			return 0;
		put_kana(&l, point);
		l.before = point;
	}
	return l.length;
}

/* "yuuko", "oosaka", "satou": passports and most people leave the second vowel out. */
size_t romaji_short(char *text, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < length; i++) {
		char before = kept ? text[kept - 1] : 0;

		if ((text[i] == 'u' && (before == 'o' || before == 'u')) ||
			(text[i] == 'o' && before == 'o'))
			continue;
		text[kept++] = text[i];
	}
	return kept;
}
