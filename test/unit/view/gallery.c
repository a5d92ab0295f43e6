/* Writes every page with sample values to a folder, to be looked at: view_gallery FOLDER */
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

int main(int count, char **words)
{
	static const char *const languages[] = { "en", "ja" };

	struct arena *arena = arena_open(65536);

	must_be(arena && count == 2 && secrets_open(8));
	keep_brand(words[1]);
	for (size_t i = 0; i < 2; i++)
		sample_all(&(struct sample){ .language = str_of(languages[i]), .arena = arena,
			.show = keep, .to = &(struct shelf){ words[1], languages[i] } });
	arena_close(&arena);
	return 0;
}
