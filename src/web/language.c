/* The language of a page: what a tag or the browser's wishes come to among those we speak. */
#include "web/inside.h"

struct str language_of_tag(struct str tag)
{
	static const char *const spoken[] = { "en", "ja" };

	for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++)
		if (tag.length >= 2 && strncasecmp(tag.at, spoken[i], 2) == 0 &&
			(tag.length == 2 || tag.at[2] == '-' || tag.at[2] == '_'))
			return str_of(spoken[i]);
	return STR_NONE;
}

/* "q=0.8" as thousandths; -1 when malformed (RFC 9110 12.4.2). */
static int weight_of(struct str text)
{
	static const int worth[] = { 100, 10, 1 };
	int weight;

	if (text.length < 3 || text.length > 7 || (text.at[0] | 0x20) != 'q' || text.at[1] != '=' ||
		(text.at[2] != '0' && text.at[2] != '1') || (text.length > 3 && text.at[3] != '.'))
		return -1;
	weight = (text.at[2] - '0') * 1000;
	for (size_t i = 4; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return -1;
		weight += (text.at[i] - '0') * worth[i - 4];
	}
	return weight <= 1000 ? weight : -1;
}

/* A language range (RFC 4647 2.1), or "*". */
static bool is_range(struct str tag)
{
	for (size_t i = 0; i < tag.length; i++) {
		char at = tag.at[i];

		if (!((at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') ||
			    (at >= '0' && at <= '9') || at == '-' ||
			    (at == '*' && tag.length == 1)))
			return false;
	}
	return tag.length > 0 && tag.length <= 40;
}

struct str language_of_header(struct str accept_language)
{
	struct str rest = accept_language, one, tag, weight_text, best = STR_NONE;
	int best_weight = 0;

	while (rest.length) {
		int weight = 1000;

		if (!str_cut(rest, ',', &one, &rest)) {
			one = rest;
			rest = STR_NONE;
		}
		tag = str_trim(one);
		if (str_cut(one, ';', &tag, &weight_text)) {
			tag = str_trim(tag);
			weight = weight_of(str_trim(weight_text));
		}
		/* A header that is not what the RFC says is not a wish. */
		if (weight < 0 || (tag.length && !is_range(tag)))
			return STR_NONE;
		if (weight > best_weight && language_of_tag(tag).at) {
			best = language_of_tag(tag);
			best_weight = weight;
		}
	}
	return best;
}
