/* The configuration: one INI file with conf.d beside it, frozen after reading.
 *
 * conf_read reads FILE, and then every *.conf of FILE.d, or without such a folder of conf.d beside
 * it, in byte order, later values replacing earlier ones. It collects every error: file, line, key,
 * what is allowed. Each process gets the settings that setting.def allows it, in a sealed memfd.
 *
 * The file: [section]; key = value; a line that begins with a blank goes on with the value above
 * it; a line that begins with # or ; is a comment. Nothing else has a meaning, so a value may hold
 * any of these characters itself. */
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

/* Generated from setting.def: one member for each setting; text, url, choice and file as struct
 * str, number and duration as int64_t, flag as bool. */
#include "setting_gen.h" /* struct conf */

struct conf_error {
	struct str file, key, allowed; /* allowed: a sentence, "a number from 1 to 100" */
	int64_t line;                  /* 0: the file as a whole */
};

/* "rekey.conf:7: smtpPort: must be a number from 1 to 65535", in c's arena. */
struct str conf_error_line(struct ctx *c, const struct conf_error *error);

/* ---- site.c: what base_url says ---- */

struct str conf_host(const struct conf *conf); /* as it stands there, without the port */
/* As browsers write it (RFC 6454 6.2): lower case, without the port that its scheme has anyhow. */
must_use err conf_origin(struct ctx *c, const struct conf *conf, struct str *out);
bool conf_named(const struct conf *conf); /* the host is a name, no address */

enum { conf_errors_most = 100, conf_file_limit = 256 * 1024 };

/* A frozen conf in memory of its own. reply_refused: *errors and *count say all that is wrong (in
 * c's arena, of which each file takes its size). path NULL: defaults only. fault_arena,
 * fault_memory. */
must_use err conf_read(struct ctx *c, const char *path, struct conf **out,
	struct conf_error **errors, size_t *count);
void conf_close(struct conf **conf); /* wipes it; accepts NULL */

/* The settings of one process: who is 'w', 'k', 'c' or 's'. A sealed memfd, offset 0, the caller's
 * to close. fault_io. */
must_use err conf_hand(struct ctx *c, const struct conf *conf, char who, int *fd);
/* What conf_hand made; fd stays the caller's. Settings of others: defaults. fault_conf. */
must_use err conf_receive(struct ctx *c, int fd, struct conf **out);
/* Sets one value by "section.key" as if it stood in the file (--data, --demo). reply_refused: c's
 * fault has the words of what is allowed. */
must_use err conf_set(struct ctx *c, struct conf *conf, const char *name, const char *value);

/* NULL, or which texts are accepted as a network. */
const char *network_of(struct str text, struct network *out);
bool network_has(struct networks list,
	struct str address); /* textual IPv4 or IPv6; false if it is neither */

enum conf_kind {
	conf_text,
	conf_url,
	conf_number,
	conf_duration,
	conf_flag,
	conf_choice,
	conf_networks,
	conf_words,
	conf_file
};

/* One row for each setting, for `rekey settings list`, the sample file and the reference. */
struct conf_row {
	const char *section, *key;
	enum conf_kind kind;
	size_t offset; /* in struct conf */
	const char *preset, *least, *most, *when, *who, *help;
};
extern const struct conf_row conf_rows[];
extern const size_t conf_row_count;
/* The value in force as text, secrets as "(set)" or "(not set)". */
struct str conf_value(const struct conf *conf, size_t row);
/* What the row accepts, as a sentence in c's arena: "a number from 1 to 100". */
struct str conf_allowed(struct ctx *c, size_t row);

#endif
