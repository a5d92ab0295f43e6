/* Sentences by id, languages, and moments as people write them. */
#include "view/inside.h"

bool view_japanese(struct str language)
{
	return language.length >= 2 && (language.at[0] | 32) == 'j' &&
	       (language.at[1] | 32) == 'a' &&
	       (language.length == 2 || language.at[2] == '-' || language.at[2] == '_');
}

struct str view_language(struct str tag)
{
	return view_japanese(tag) ? STR("ja") : STR("en");
}

static const struct sentence *find(struct str id)
{
	size_t low = 0, high = sentence_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_order(sentences[middle].id, id);

		if (order == 0)
			return &sentences[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool view_has_words(struct str id)
{
	return find(id) != NULL;
}

static const struct forms *forms_of(struct str language, struct str id)
{
	const struct sentence *found = find(id);

	if (!found)
		found = find(STR("generic"));
	must_be(found);
	return &found->in[view_japanese(language) ? view_ja : view_en];
}

struct str view_words(struct str language, struct str id)
{
	return forms_of(language, id)->other;
}

static struct str value_of(struct str name, const struct view_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_same(values[i].name, name))
			return values[i].value;
	return STR_NONE;
}

/* Adds a sentence, its {name}s replaced; both are escaped. */
static void fill(struct buf *out, struct str text, const struct view_value *values, size_t count,
	view_escape *escape)
{
	struct str before, name, rest;

	while (str_cut(text, '{', &before, &rest) && str_cut(rest, '}', &name, &rest)) {
		escape(out, before);
		escape(out, value_of(name, values, count));
		text = rest;
	}
	escape(out, text);
}

static void say(struct buf *out, struct str language, struct str id,
	const struct view_value *values, size_t count, view_escape *escape)
{
	const struct forms *forms = forms_of(language, id);
	bool single = str_is(value_of(STR("n"), values, count), "1");

	fill(out, single ? forms->one : forms->other, values, count, escape);
}

void view_say(struct buf *out, struct str language, struct str id, const struct view_value *values,
	size_t count)
{
	say(out, language, id, values, count, buf_add);
}

void view_sentence(
	struct buf *out, struct str language, struct str id, int64_t n, view_escape *escape)
{
	char digits[24];
	struct buf number = buf_on(digits, sizeof(digits));

	buf_number(&number, n);
	say(out, language, id, &(struct view_value){ STR("n"), buf_str(&number) }, 1, escape);
}

static const char *const months[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

/* A line breaks before the year or before "at": U+00A0 holds the rest together. */
void view_time(struct buf *out, struct str language, int64_t seconds, int64_t offset_minutes)
{
	int64_t there = seconds + offset_minutes * 60, day = clock_day(there),
		rest = there - day * 86400;
	int year, month, day_of_month;

	if (seconds == 0)
		return;
	clock_date(day, &year, &month, &day_of_month);
	if (view_japanese(language))
		buf_print(out, "%d年%d月%d日 ", year, month, day_of_month);
	else
		buf_print(out, "%d %s %d at ", day_of_month, months[month - 1], year);
	buf_print(out, "%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60));
}

int64_t view_offset(int64_t seconds)
{
	time_t moment = (time_t)seconds;
	struct tm there;

	return localtime_r(&moment, &there) ? there.tm_gmtoff / 60 : 0;
}

void view_moment(struct buf *out, struct str language, int64_t seconds)
{
	int64_t offset = view_offset(seconds), away = offset < 0 ? -offset : offset;

	if (seconds == 0)
		return;
	view_time(out, language, seconds, offset);
	buf_add(out, STR(" (UTC"));
	if (offset)
		buf_print(out, "%c%d", offset < 0 ? '-' : '+', (int)(away / 60));
	if (away % 60)
		buf_print(out, ":%02d", (int)(away % 60));
	buf_char(out, ')');
}
