/* Writes every page and mail with sample values to a folder, to be looked at:
 * view_gallery FOLDER */
#include "unit/view/sample.h"

static bool write_whole(const char *path, struct str bytes)
{
	FILE *file = fopen(path, "wb");
	bool written = file && fwrite(bytes.at, 1, bytes.length, file) == bytes.length;

	return file && fclose(file) == 0 && written;
}

struct shelf {
	const char *folder, *language;
};

static void keep(const char *name, const struct buf *page, void *to)
{
	const struct shelf *shelf = to;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s.%s.html", shelf->folder, name, shelf->language);
	must_be(write_whole(path, buf_str(page)));
}

static void keep_brand(const char *folder)
{
	static char memory[4096];
	struct buf css = buf_on(memory, sizeof(memory));
	char path[512];

	view_brand_css(&css, STR("#0f5f5c"));
	snprintf(path, sizeof(path), "%s/brand.css", folder);
	must_be(write_whole(path, buf_str(&css)));
}

static void keep_mail(const struct sample *s, const struct mail_shape *message, const char *folder,
	const char *language)
{
	static char memory[3][16384];
	struct buf subject = buf_on(memory[0], 16384), text = buf_on(memory[1], 16384);
	struct buf html = buf_on(memory[2], 16384);
	struct view_value values[sample_values_most];
	size_t count = sample_values(s, message, values);
	struct ctx c = { .arena = s->arena };
	char path[512];

	must_be(view_mail(&c, message->name, s->language, values, count, &subject, &text, &html) ==
		0);
	snprintf(path, sizeof(path), "%s/mail_%.*s.%s.html", folder, STR_ARG(message->name),
		language);
	must_be(write_whole(path, buf_str(&html)));
	buf_add(&subject, STR("\n\n"));
	buf_add(&subject, buf_str(&text));
	snprintf(path, sizeof(path), "%s/mail_%.*s.%s.txt", folder, STR_ARG(message->name),
		language);
	must_be(write_whole(path, buf_str(&subject)));
}

int main(int count, char **words)
{
	static const char *const languages[] = { "en", "ja" };

	struct arena *arena = arena_open(65536);

	must_be(arena && count == 2 && secrets_open(8));
	keep_brand(words[1]);
	for (size_t i = 0; i < 2; i++) {
		struct shelf shelf = { words[1], languages[i] };
		struct sample sample = {
			.language = str_of(languages[i]), .arena = arena, .show = keep, .to = &shelf
		};

		sample_all(&sample);
		for (size_t m = 0; m < mail_shape_count; m++)
			keep_mail(&sample, &mail_shapes[m], words[1], languages[i]);
	}
	arena_close(&arena);
	return 0;
}
