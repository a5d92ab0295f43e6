/* What the files of this room share. */
#ifndef POLICY_INSIDE_H
#define POLICY_INSIDE_H

#include "policy/password.h"

/* ---- password_normal.c ---- */

/* As password_normal; *why, when refused, is password_malformed or password_characters. */
must_use err normal_form(
	struct ctx *c, const struct secret *typed, struct secret **normal, const char **why);

/* ---- banned.c: what everybody tries first ---- */

enum { banned_points_max = 256 };

/* Code points, as people see likeness: small, half width, and 0 as o, $ as s. */
struct likeness {
	const uint32_t *at;
	size_t count;
};

/* The like of a code point; 0 for blanks and marks that only part words. */
uint32_t like(uint32_t point);
/* Is the whole of it on the list of common passwords, or one edit away? Parting marks left out. */
bool banned_common(struct likeness password);
/* Is it one sign, whichever, again and again? */
bool banned_repeated(const uint32_t *shown, size_t count);
/* Is the whole of it these words: one or several, again and again, the last one cut short perhaps,
 * with some digits and marks, one edit in all? `shown` are the code points that `password` was made
 * from, to tell digits. */
bool banned_words(struct likeness password, const uint32_t *shown, const struct likeness *words,
	size_t word_count);

/* ---- romaji.c ---- */

/* Kana in Latin letters, so many as fit; 0 when it is not all kana. */
size_t romaji(struct likeness kana, char *out, size_t room);
/* The same without the second half of long vowels, in place. */
size_t romaji_short(char *text, size_t length);

/* ---- common_gen.c, by tools/common_words ---- */

extern const uint64_t common_multiplier, common_hashes[];
extern const size_t common_count, common_longest, common_sign_count;
extern const uint8_t common_signs[], common_like[128];

#endif
