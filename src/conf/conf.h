/* The configuration: one INI file with conf.d beside it, frozen after reading.
 *
 * conf_read reads FILE and then FILE.d/ or conf.d/ beside it, *.conf in byte order, and collects
 * every error: file, line, key, what is allowed. Each process gets the settings that setting.def
 * allows it, as the same text in a sealed memfd. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/base.h"

struct network {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits;        /* 0 to 128 */
};

struct networks {
	const struct network *at;
	size_t count;
};

struct words {
	const struct str *at;
	size_t count;
};

/* Generated from setting.def: one member for each setting; text, url, choice and file as struct str,
 * number and duration as int64_t, flag as bool. */
#include "setting_gen.h" /* struct conf */

struct conf_error {
	struct str file, key, allowed; /* allowed: a sentence, "a number from 1 to 100" */
	int64_t line;
};

/* A frozen conf in memory of its own. reply_refused: *errors and *count say all that is wrong (in c's
 * arena). path NULL: defaults only. */
must_use err conf_read(struct ctx *c, const char *path, struct conf **out, struct conf_error **errors,
	size_t *count);
void conf_close(struct conf **conf);

/* The text for one process: who is 'w', 'k', 'c' or 's'. A sealed memfd, offset 0. */
must_use err conf_hand(struct ctx *c, const struct conf *conf, char who, int *fd);
must_use err conf_receive(struct ctx *c, int fd, struct conf **out);
/* Sets one value by "section.name" as if it stood in the file (--data, --demo). */
must_use err conf_set(struct ctx *c, struct conf *conf, const char *name, const char *value);

bool network_has(struct networks list, struct str address); /* textual IPv4 or IPv6; false if it is neither */

/* One row for each setting, for `rekey settings list`, the sample file and the reference. */
struct conf_row {
	const char *section, *key, *kind, *preset, *least, *most, *when, *who, *help;
};
extern const struct conf_row conf_rows[];
extern const size_t conf_row_count;
/* The value in force as text, secrets as "(set)" or "(not set)". */
struct str conf_value(struct ctx *c, const struct conf *conf, size_t row);

#endif
