/* The configuration file: lines to settings, every error collected. */
#include "conf/inside.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

/* Settings as text, as values, and a few replaced by conf.d: far below this. */
enum { conf_memory = 1024 * 1024, key_most = 63 };

struct reading {
	struct ctx *c;
	struct conf *conf;
	struct str file;
	int64_t line;
	struct str section;
	bool skipped;  /* the section is unknown and was reported: its keys are passed over */
	bool above;    /* a key stands above, accepted or not, that an indented line goes on with */
	int64_t *seen; /* by row: the line of this file that set it, or 0 */
	int64_t value_line; /* of the value under construction; 0: none */
	size_t row;
	struct str value;
	struct conf_error *errors;
	size_t count;
};

err conf_preset(struct ctx *c, struct conf **out)
{
	struct arena *arena = arena_open(conf_memory);
	struct conf *conf;
	struct str allowed;
	err e;

	if (!arena)
		return fault(c, fault_memory, "settings");
	conf = arena_take(arena, sizeof(*conf));
	must_be(conf != NULL);
	conf->arena = arena;
	conf->texts = arena_take(arena, conf_row_count * sizeof(*conf->texts));
	must_be(conf->texts != NULL);
	for (size_t row = 0; row < conf_row_count; row++) {
		e = value_set(c, conf, row, str_of(conf_rows[row].preset), &allowed);
		must_be(e == 0);
	}
	*out = conf;
	return 0;
}

void conf_close(struct conf **conf)
{
	struct arena *arena = *conf ? (*conf)->arena : NULL;

	*conf = NULL;
	if (arena)
		arena_close(&arena);
}

struct str conf_error_line(struct ctx *c, const struct conf_error *error)
{
	struct buf b = buf_in(c->arena, 2048);

	buf_add(&b, error->file);
	if (error->line)
		buf_print(&b, ":%lld", (long long)error->line);
	buf_add(&b, STR(": "));
	buf_add(&b, error->key);
	buf_add(&b, error->key.length ? STR(": must be ") : STR("must be "));
	buf_add(&b, error->allowed);
	return buf_str(&b);
}

static void report_at(struct reading *r, int64_t line, struct str key, struct str allowed)
{
	if (r->count < conf_errors_most)
		r->errors[r->count++] = (struct conf_error){ r->file, key, allowed, line };
}

static void report(struct reading *r, struct str key, struct str allowed)
{
	report_at(r, r->line, key, allowed);
}

/* Levenshtein's distance, case folded; texts over key_most are far from everything. */
static size_t distance(struct str a, struct str b)
{
	size_t row[key_most + 1];

	if (a.length > key_most || b.length > key_most)
		return key_most;
	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			bool same = strncasecmp(a.at + i - 1, b.at + j - 1, 1) == 0;
			size_t least = corner + !same;

			least = row[j] + 1 < least ? row[j] + 1 : least;
			least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
			corner = row[j];
			row[j] = least;
		}
	}
	return row[b.length];
}

/* The setting that was probably meant; conf_row_count: none is near. */
static size_t nearest_row(struct str key)
{
	size_t best = conf_row_count, least = key.length / 3 + 2;

	for (size_t row = 0; row < conf_row_count; row++) {
		size_t d = distance(key, str_of(conf_rows[row].key));

		if (d < least && strcmp(conf_rows[row].when, "start") != 0) {
			least = d;
			best = row;
		}
	}
	return best;
}

static bool section_known(struct str section)
{
	for (size_t row = 0; row < conf_row_count; row++)
		if (str_is(section, conf_rows[row].section))
			return true;
	return false;
}

/* "site, policy, mail": sections stand together in the list. */
static struct str sections(struct ctx *c)
{
	struct buf b = buf_in(c->arena, 240);

	for (size_t row = 0; row < conf_row_count; row++) {
		if (row && strcmp(conf_rows[row].section, conf_rows[row - 1].section) == 0)
			continue;
		buf_print(&b, "%s[%s]", row ? ", " : "a section of ", conf_rows[row].section);
	}
	return buf_str(&b);
}

static void key_unknown(struct reading *r, struct str key)
{
	size_t row = nearest_row(key);
	const struct conf_row *near = row < conf_row_count ? &conf_rows[row] : NULL;

	if (!near)
		report(r, key, STR("a setting that exists; rekey settings list shows them"));
	else if (str_is(key, near->key))
		report(r, key, sentence(r->c, "in section [%s]", near->section));
	else
		report(r, key,
			sentence(r->c, "a setting that exists; the nearest is %s in [%s]",
				near->key, near->section));
}

static size_t row_of(struct str section, struct str key)
{
	size_t row = 0;

	while (row < conf_row_count &&
		!(str_is(section, conf_rows[row].section) && str_is(key, conf_rows[row].key)))
		row++;
	return row;
}

/* The value is whole now: its last line was read. */
static err value_end(struct reading *r)
{
	int64_t line = r->value_line;
	struct str allowed;
	err e;

	r->value_line = 0;
	if (line == 0)
		return 0;
	e = value_set(r->c, r->conf, r->row, r->value, &allowed);
	if (e <= 0)
		return e;
	report_at(r, line, str_of(conf_rows[r->row].key), allowed);
	return 0;
}

static void section_line(struct reading *r, struct str line)
{
	r->section = line.at[line.length - 1] == ']'
			     ? str_trim((struct str){ line.at + 1, line.length - 2 })
			     : STR_NONE;
	r->skipped = !section_known(r->section);
	r->above = false;
	if (r->skipped)
		report(r, str_upto(line, 60), sections(r->c));
}

static void value_begin(struct reading *r, struct str line)
{
	struct str key, value;
	size_t row;

	r->above = true;
	if (!str_cut(line, '=', &key, &value)) {
		report(r, str_upto(line, 60),
			STR("[section], key = value, or a comment that begins with #"));
		return;
	}
	key = str_trim(key);
	row = row_of(r->section, key);
	if (r->skipped)
		return;
	if (row == conf_row_count) {
		key_unknown(r, str_upto(key, 60));
		return;
	}
	if (strcmp(conf_rows[row].when, "start") == 0) {
		report(r, key, STR("given on the command line only"));
		return;
	}
	if (r->seen[row]) {
		report(r, key,
			sentence(r->c, "given once; line %lld gives it too",
				(long long)r->seen[row]));
		return;
	}
	r->seen[row] = r->value_line = r->line;
	r->row = row;
	r->value = str_trim(value);
}

/* The lines of one value, joined by a blank. */
static err value_more(struct reading *r, struct str line)
{
	struct buf b = buf_in(r->c->arena, r->value.length + line.length + 2);

	if (b.full)
		return fault(r->c, fault_arena, "no room for a value");
	buf_add(&b, r->value);
	if (r->value.length)
		buf_char(&b, ' ');
	buf_add(&b, line);
	r->value = buf_str(&b);
	return 0;
}

static bool plain_text(struct str line)
{
	for (size_t i = 0; i < line.length; i++)
		if (((uint8_t)line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7f)
			return false;
	return utf8_valid(line);
}

static err line_read(struct reading *r, struct str raw)
{
	struct str line = str_trim(raw);
	bool goes_on = line.length && (raw.at[0] == ' ' || raw.at[0] == '\t');
	err e;

	if (line.length == 0 || line.at[0] == '#' || line.at[0] == ';')
		return 0;
	if (!plain_text(line)) {
		report(r, STR_NONE, STR("UTF-8 text without control characters"));
		return 0;
	}
	if (goes_on && r->above)
		return r->value_line ? value_more(r, line) : 0;
	if ((e = value_end(r)))
		return e;
	if (goes_on)
		report(r, str_upto(line, 60), STR("a line that does not begin with a blank"));
	else if (line.at[0] == '[')
		section_line(r, line);
	else
		value_begin(r, line);
	return 0;
}

static err file_read(struct reading *r, const char *path)
{
	struct str text = STR_NONE, why, line, rest;
	err e;

	r->file = arena_copy(r->c->arena, str_of(path));
	r->section = STR_NONE;
	r->line = 0;
	r->skipped = r->above = false;
	memset(r->seen, 0, conf_row_count * sizeof(*r->seen));
	e = file_take(r->c, path, conf_file_limit, false, &text, &why);
	if (e > 0) {
		report(r, STR_NONE, why);
		return 0;
	}
	if (e)
		return e;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	while (text.length) {
		if (!str_cut(text, '\n', &line, &rest)) {
			line = text;
			rest = STR_NONE;
		}
		text = rest;
		r->line++;
		if ((e = line_read(r, line)))
			return e;
	}
	return value_end(r);
}

static bool is_folder(struct str path)
{
	struct stat st;

	return path.at && stat(path.at, &st) == 0 && S_ISDIR(st.st_mode);
}

/* FILE.d, or else conf.d in FILE's folder; STR_NONE when there is neither. */
static struct str folder_of(struct ctx *c, struct str path)
{
	struct buf own = buf_in(c->arena, path.length + 3);
	struct buf shared = buf_in(c->arena, path.length + 8);
	size_t slash = path.length;

	while (slash > 0 && path.at[slash - 1] != '/')
		slash--;
	buf_add(&own, path);
	buf_add(&own, (struct str){ ".d", 3 });
	buf_add(&shared, str_upto(path, slash));
	buf_add(&shared, (struct str){ "conf.d", 7 });
	if (is_folder(str_of(own.at)))
		return str_of(own.at);
	return is_folder(str_of(shared.at)) ? str_of(shared.at) : STR_NONE;
}

/* A path with glob's own characters in it matches itself. */
static struct str pattern_of(struct ctx *c, struct str folder)
{
	struct buf b = buf_in(c->arena, 2 * folder.length + 16);

	for (size_t i = 0; i < folder.length; i++) {
		if (memchr("*?[\\", folder.at[i], 4))
			buf_char(&b, '\\');
		buf_char(&b, folder.at[i]);
	}
	buf_add(&b, (struct str){ "/*.conf", 8 });
	return buf_str(&b);
}

static int byte_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static err folder_read(struct reading *r, const char *path)
{
	struct str folder = folder_of(r->c, str_of(path)), pattern;
	scoped(globfree) glob_t found = { 0 };
	err e = 0;

	if (!folder.at)
		return 0;
	pattern = pattern_of(r->c, folder);
	if (!pattern.at)
		return fault(r->c, fault_arena, "no room for a path");
	switch (glob(pattern.at, GLOB_NOSORT | GLOB_ERR, NULL, &found)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		return 0;
	default:
		return fault(r->c, fault_io, "%s cannot be listed", pattern.at);
	}
	qsort(found.gl_pathv, found.gl_pathc, sizeof(char *), byte_order);
	for (size_t i = 0; i < found.gl_pathc && e == 0; i++)
		e = file_read(r, found.gl_pathv[i]);
	return e;
}

err conf_read(struct ctx *c, const char *path, struct conf **out, struct conf_error **errors,
	size_t *count)
{
	struct reading r = { .c = c };
	scoped(conf_close) struct conf *conf = NULL;
	err e;

	r.errors = arena_take(c->arena, conf_errors_most * sizeof(*r.errors));
	r.seen = arena_take(c->arena, conf_row_count * sizeof(*r.seen));
	if (!r.errors || !r.seen)
		return fault(c, fault_arena, "settings");
	if ((e = conf_preset(c, &conf)))
		return e;
	r.conf = conf;
	if (path && ((e = file_read(&r, path)) || (e = folder_read(&r, path))))
		return e;
	*errors = r.errors;
	*count = r.count;
	if (r.count)
		return reply_refused;
	*out = conf;
	conf = NULL;
	return 0;
}

err conf_set(struct ctx *c, struct conf *conf, const char *name, const char *value)
{
	struct str section = STR_NONE, key = STR_NONE, allowed;
	size_t row;
	err e;

	if (!str_cut(str_of(name), '.', &section, &key) ||
		(row = row_of(section, key)) == conf_row_count)
		return fault(c, fault_conf, "no setting is called %s", name);
	e = value_set(c, conf, row, str_of(value), &allowed);
	if (e > 0)
		(void)!fault(c, fault_conf, "%s must be %.*s", name, STR_ARG(allowed));
	return e;
}
