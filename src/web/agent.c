/* The browser in a word or two, so that a person recognises it in a mail. */
#include "web/inside.h"

struct mark {
	const char *in, *word;
};

/* Order matters: Edge says Chrome, Chrome says Safari, phones say Linux or Mac OS X. */
static const struct mark browsers[] = { { "Edg", "Edge" }, { "OPR/", "Opera" },
	{ "SamsungBrowser/", "Samsung Internet" }, { "Firefox/", "Firefox" },
	{ "FxiOS/", "Firefox" }, { "CriOS/", "Chrome" }, { "Chrome/", "Chrome" },
	{ "Safari/", "Safari" } };
static const struct mark devices[] = { { "iPhone", "iPhone" }, { "iPad", "iPad" },
	{ "Android", "Android" }, { "Windows", "Windows" }, { "CrOS", "ChromeOS" },
	{ "Mac OS X", "Mac" }, { "Linux", "Linux" } };

static const char *first_mark(const struct mark *marks, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (str_find(text, str_of(marks[i].in)) < text.length)
			return marks[i].word;
	return NULL;
}

void agent_write(struct buf *out, struct str user_agent)
{
	const char *browser =
		first_mark(browsers, sizeof(browsers) / sizeof(browsers[0]), user_agent);
	const char *device = first_mark(devices, sizeof(devices) / sizeof(devices[0]), user_agent);

	if (browser)
		buf_add(out, str_of(browser));
	if (browser && device)
		buf_add(out, STR(", "));
	if (device)
		buf_add(out, str_of(device));
}
