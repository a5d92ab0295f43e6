/* rekey settings list|check|sample: what is in force, and the configuration file. */
#include "cli/inside.h"
#include "conf/conf.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char standard_file[] = "/etc/rekey/rekey.conf";

static const char *file_for(const struct call *call)
{
	struct str given = call_value(call, "FILE");

	if (given.at)
		return given.at;
	if (call->config)
		return call->config;
	return access(standard_file, F_OK) == 0 ? standard_file : NULL;
}

/* What was read, and every error in it, for programs. */
static int check_json(struct call *call, const struct conf_error *errors, size_t count)
{
	const char *file = file_for(call);

	(void)fputs("{\"file\": ", stdout);
	if (file)
		json_str(stdout, str_of(file));
	else
		(void)fputs("null", stdout);
	(void)fputs(", \"errors\": [", stdout);
	for (size_t i = 0; i < count; i++) {
		(void)fputs(i ? ",\n{\"file\": " : "\n{\"file\": ", stdout);
		json_str(stdout, errors[i].file);
		(void)printf(", \"line\": %lld, \"key\": ", (long long)errors[i].line);
		json_str(stdout, errors[i].key);
		(void)fputs(", \"allowed\": ", stdout);
		json_str(stdout, errors[i].allowed);
		(void)putchar('}');
	}
	(void)puts("]}");
	return count ? exit_refused : exit_done;
}

static void errors_print(struct ctx *c, const struct conf_error *errors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)fprintf(stderr, "%.*s\n", STR_ARG(conf_error_line(c, &errors[i])));
	if (count == conf_errors_most)
		(void)fprintf(stderr, "there may be more\n");
}

int settings_check_run(struct call *call)
{
	scoped(conf_close) struct conf *conf = NULL;
	const char *file = file_for(call);
	struct conf_error *errors = NULL;
	size_t count = 0;
	err e = conf_read(call->c, file, &conf, &errors, &count);

	if (e < 0)
		return call_failed(call, e);
	if (call->json)
		return check_json(call, errors, e ? count : 0);
	if (e == 0)
		(void)printf("%s: no errors\n", file ? file : "no file, only defaults");
	else
		errors_print(call->c, errors, count);
	return e ? exit_refused : exit_done;
}

/* value.at NULL: the keeper is not told it. */
static void setting_json(size_t row, struct str value)
{
	const struct conf_row *r = &conf_rows[row];

	(void)printf("%s{\"section\": \"%s\", \"key\": \"%s\", \"value\": ", row ? ",\n" : "\n",
		r->section, r->key);
	if (value.at)
		json_str(stdout, value);
	else
		(void)fputs("null", stdout);
	(void)fputs(", \"default\": ", stdout);
	json_str(stdout, str_of(r->preset));
	(void)printf(", \"when\": \"%s\"}", r->when);
}

static void setting_line(const struct call *call, size_t row, struct str value)
{
	if (call->json)
		setting_json(row, value);
	else
		(void)printf("%-8s %-42s %.*s\n", conf_rows[row].section, conf_rows[row].key,
			STR_ARG(value.at ? value : STR("(not told to the keeper: see --config)")));
}

static int list_running(struct call *call)
{
	static const struct op_settings_show nothing;
	const struct rec_setting_row *rows;
	struct answer a;
	int code = call_ask(call, operation_settings_show, &nothing, &a);

	if (code)
		return code;
	rows = a.items;
	if (a.item_count != conf_row_count)
		return call_say(exit_fault, "the keeper that runs is of another version");
	for (size_t row = 0; row < conf_row_count; row++) {
		struct str value = rows[row].value.at ? rows[row].value : STR("");

		setting_line(call, row, rows[row].told ? value : STR_NONE);
	}
	return exit_done;
}

static int list_file(struct call *call)
{
	scoped(conf_close) struct conf *conf = NULL;
	struct conf_error *errors;
	size_t count = 0;
	err e = conf_read(call->c, call->config, &conf, &errors, &count);

	if (e < 0)
		return call_failed(call, e);
	if (e > 0)
		errors_print(call->c, errors, count);
	for (size_t row = 0; row < conf_row_count && !e; row++)
		setting_line(call, row, conf_value(conf, row));
	return e ? exit_refused : exit_done;
}

int settings_list_run(struct call *call)
{
	int code;

	if (call->json)
		(void)putchar('[');
	code = call->config ? list_file(call) : list_running(call);
	if (call->json)
		(void)puts("]");
	return code;
}

int settings_sample_run(struct call *call)
{
	const char *section = "";

	(void)puts("# Configuration of rekey. Every setting is shown with its default.\n"
		   "# Files in rekey.conf.d/ or conf.d/ beside this one are read after it.");
	for (size_t row = 0; row < conf_row_count; row++) {
		const struct conf_row *r = &conf_rows[row];

		if (strcmp(r->when, "start") == 0)
			continue;
		if (strcmp(section, r->section) != 0)
			(void)printf("\n[%s]\n", section = r->section);
		(void)printf("\n# %s\n# Takes %.*s.%s\n#%s = %s\n", r->help,
			STR_ARG(conf_allowed(call->c, row)),
			strcmp(r->when, "restart") == 0 ? " A change needs a restart." : "", r->key,
			r->preset);
	}
	return exit_done;
}
