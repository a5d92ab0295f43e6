/* rekey people import|export: a file of people, row by row to the keeper, many at once. */
#include "cli/inside.h"
#include "cli/rows.h"
#include "cli/seen.h"
#include "model/name.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	under_way_most = 64, /* rows asked and not yet answered; the keeper has as many workers */
	import_arena = 1024 * 1024, /* one frame out and one in */
	progress_every_us = 100 * 1000,
	again_most = 64 * 1024,   /* rows kept to be asked again; more are refused at once */
	again_arena = 256 * 1024, /* a reader of the file */
	sample_registered = 20    /* of the sample people; the demonstration shows so many codes */
};

/* One row between being read and being told of, in the order of the file. */
struct slot_row {
	bool answered;
	int reply;
	int64_t line, column;
	char field[header_limit + 1], words[40];
};

struct import {
	struct call *call;
	struct ctx c; /* with an arena that is wiped after each frame */
	const struct row_format *format;
	void *reader;
	FILE *file, *report;
	struct seen seen; /* one row has a name: of two, a second run would undo one */
	bool dry, shows_progress;
	int64_t size, shown_us; /* bytes of the file; when progress was last shown */
	struct slot_row rows[under_way_most];
	uint32_t first, next; /* rows told of; rows read; next - first are under way */
	int64_t added, changed, same, refused;
	/* Refused rows, from the first on whose name another person has: one in this file may give
	 * it up, and the report is in the file's order. */
	struct arena *again_memory;
	struct slot_row *again;
	size_t again_count;
};

/* Where each column goes in the operation's struct. */
#define COLUMN(name, header, most, help) offsetof(struct op_people_import_row, name),
static const size_t places[import_column_count] = {
#include "spec/import_column.def"
};
#undef COLUMN

/* ---- what is said ---- */

static void report_cell(FILE *to, const char *text, char after)
{
	(void)fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			(void)fputc('"', to);
		(void)fputc(*text, to);
	}
	(void)fputc('"', to);
	(void)fputc(after, to);
}

static const char *sentence_of(const struct slot_row *row)
{
	enum import_why why = import_why_of(str_of(row->words));

	if (why != why_none)
		return import_why_sentence(why);
	return row->reply == reply_lost_race
		       ? "Others changed this person at the same moment: try again."
		       : "The keeper did not accept the row.";
}

static void progress_clear(const struct import *im)
{
	if (im->shows_progress)
		(void)fputs("\r\033[K", stderr);
}

static void tell_refused(struct import *im, const struct slot_row *row)
{
	const char *sentence = sentence_of(row);

	im->refused++;
	progress_clear(im);
	(void)fprintf(stderr, "line %lld", (long long)row->line);
	if (row->column)
		(void)fprintf(stderr, ", column %lld", (long long)row->column);
	(void)fprintf(stderr, "%s%s: %s\n", row->field[0] ? ", " : "", row->field, sentence);
	if (!im->report)
		return;
	(void)fprintf(im->report, "%lld,", (long long)row->line);
	report_cell(im->report, row->field, ',');
	report_cell(im->report, row->words, ',');
	report_cell(im->report, sentence, '\n');
}

/* A name that was taken may be free once the whole file was read. What is read from a pipe is gone,
 * and a dry run frees nothing. */
static bool may_be_free(const struct slot_row *row)
{
	return import_why_of(str_of(row->words)) == why_name_taken;
}

static bool keep_for_again(struct import *im, const struct slot_row *row)
{
	if (!im->again || im->dry || im->again_count == again_most ||
		(im->again_count == 0 && !may_be_free(row)))
		return false;
	im->again[im->again_count++] = *row;
	return true;
}

static void tell_row(struct import *im, const struct slot_row *row)
{
	if (row->reply == reply_already)
		im->same++;
	else if (row->reply == 0 && strcmp(row->words, "added") == 0)
		im->added++;
	else if (row->reply == 0)
		im->changed++;
	else if (!keep_for_again(im, row))
		tell_refused(im, row);
}

static void show_progress(struct import *im)
{
	enum { width = 30 };
	int64_t now = clock_monotonic_us(), bytes = im->format->source(im->reader)->bytes;
	char bar[width + 1];
	int64_t full = im->size > 0 ? bytes * width / im->size : 0;

	if (!im->shows_progress || now - im->shown_us < progress_every_us)
		return;
	im->shown_us = now;
	for (int64_t i = 0; i < width; i++)
		bar[i] = i < full ? '#' : '.';
	bar[width] = 0;
	(void)fprintf(stderr, "\r\033[K[%s] %lld rows, %lld refused", bar,
		(long long)(im->added + im->changed + im->same + im->refused),
		(long long)im->refused);
}

/* ---- rows under way ---- */

static struct slot_row *slot_at(struct import *im, uint32_t serial)
{
	return &im->rows[serial % under_way_most];
}

/* Tells of the oldest rows, as far as they are answered: the report is in the file's order. */
static void tell_answered(struct import *im)
{
	for (; im->first != im->next && slot_at(im, im->first)->answered; im->first++)
		tell_row(im, slot_at(im, im->first));
	show_progress(im);
}

static void take_answer(struct slot_row *row, int reply, const struct answer *a)
{
	row->answered = true;
	row->reply = reply;
	(void)snprintf(row->words, sizeof(row->words), "%.*s", STR_ARG(a->words));
	(void)snprintf(row->field, sizeof(row->field), "%.*s", STR_ARG(a->field));
}

/* Waits for one answer. */
static err receive_one(struct import *im)
{
	struct answer a = { 0 };
	uint32_t serial;
	int reply;
	err e;

	e = wire_receive(
		&im->c, im->call->keeper, operation_people_import_row, &serial, &reply, &a);
	if (e)
		return e;
	if (serial - im->first >= im->next - im->first || slot_at(im, serial)->answered)
		return fault(&im->c, fault_wire, "an answer to no request");
	if (reply == reply_fault)
		return fault(&im->c, fault_io,
			"something failed inside the keeper; support code %.*s",
			STR_ARG(a.support));
	take_answer(slot_at(im, serial), reply, &a);
	arena_wipe(im->c.arena);
	tell_answered(im);
	return 0;
}

static err make_room(struct import *im, uint32_t most)
{
	err e = 0;

	while (!e && im->next - im->first > most)
		e = receive_one(im);
	return e;
}

static err send_row(struct import *im, const struct import_row *row)
{
	struct op_people_import_row in = { .line = row->line, .dry = im->dry };
	struct str hash = row->cells[import_password_hash].text;
	err e;

	for (enum import_column i = 0; i < import_column_count; i++)
		if (i != import_password_hash)
			*(struct str *)((char *)&in + places[i]) = row->cells[i].text;
	if (hash.length && !(in.password_hash = secret_take(im->c.arena, hash.at, hash.length)))
		return fault(&im->c, fault_memory, "locked pages");
	e = wire_send(&im->c, im->call->keeper, im->next, operation_people_import_row, &in);
	arena_wipe(im->c.arena);
	if (!e)
		im->next++;
	return e;
}

/* A row refused while it was read waits its turn like those that were asked. */
static void keep_refusal(struct import *im, const struct import_notice *notice)
{
	struct slot_row *row = slot_at(im, im->next++);

	*row = (struct slot_row){ .answered = true,
		.reply = reply_refused,
		.line = notice->line,
		.column = notice->column };
	(void)snprintf(row->field, sizeof(row->field), "%s", notice->field);
	(void)snprintf(row->words, sizeof(row->words), "%.*s", STR_ARG(import_why_id(notice->why)));
	tell_answered(im);
}

/* The names that a row signs in with, each once, as sign-in compares them: `columns` says whose.
 * What is no name stands as it is, for the keeper to refuse. */
static size_t names_of(struct import *im, const struct import_row *row, struct str names[4],
	enum import_column columns[4])
{
	static const enum import_column all[] = { import_user_name, import_user_principal_name,
		import_mail, import_employee_id };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct str name = row->cells[all[i]].text, canonical;
		bool before = name.length == 0;

		if (name_canonical(&im->c, name, &canonical) == 0)
			name = canonical;
		for (size_t k = 0; k < count; k++)
			before = before || str_same(names[k], name);
		if (before)
			continue;
		columns[count] = all[i];
		names[count++] = name;
	}
	return count;
}

/* Of two rows with one name the second is refused, whichever the keeper would come to first. */
static err claim_names(struct import *im, const struct import_row *row, struct import_notice *twice)
{
	enum import_column columns[4];
	struct str names[4] = { STR_NONE };
	size_t count = names_of(im, row, names, columns);

	for (size_t i = 0; i < count; i++) {
		const struct import_cell *cell = &row->cells[columns[i]];
		bool before;

		if (!seen_add(&im->seen, names[i], &before))
			return fault(&im->c, fault_memory, "the names of the file");
		if (before) {
			notice_give(twice, why_name_twice, cell->line, cell->column,
				str_of(import_columns[columns[i]].header));
			return reply_refused;
		}
	}
	return 0;
}

static err pass_row(struct import *im, const struct import_row *row)
{
	struct import_notice twice = { 0 };
	err e = claim_names(im, row, &twice);

	arena_wipe(im->c.arena);
	if (e < 0)
		return e;
	if (e) {
		keep_refusal(im, &twice);
		return 0;
	}
	*slot_at(im, im->next) = (struct slot_row){ .line = row->cells[import_user_name].line };
	return send_row(im, row);
}

/* Reads the file to its end. reply_nothing: all of it was read. */
static err pass_rows(struct import *im)
{
	struct import_notice notice;
	struct import_row row;

	for (;;) {
		err room = make_room(im, under_way_most - 1);
		err e = room ? room : im->format->next(&im->c, im->reader, &row, &notice);

		if (e == reply_refused)
			keep_refusal(im, &notice);
		else if (e || (e = pass_row(im, &row)))
			return e;
	}
}

/* ---- names that change hands ---- */

/* Reads on to this line and asks its row once more. */
static err ask_again(struct import *im, struct ctx *c, int64_t line)
{
	struct import_notice notice;
	struct import_row row;
	err e;

	do {
		e = im->format->next(c, im->reader, &row, &notice);
	} while (e == reply_refused || (!e && row.cells[import_user_name].line != line));
	if (e)
		return e == reply_nothing
			       ? fault(&im->c, fault_io, "the file changed while it was read")
			       : e;
	*slot_at(im, im->next) = (struct slot_row){ .line = line };
	return send_row(im, &row);
}

/* Those refused for other reasons stay so, in their place. */
static err pass_again(struct import *im, struct ctx *c, const struct slot_row *rows, size_t count)
{
	err e = 0;

	for (size_t i = 0; i < count && !e; i++) {
		if ((e = make_room(im, under_way_most - 1)))
			return e;
		if (may_be_free(&rows[i])) {
			e = ask_again(im, c, rows[i].line);
			continue;
		}
		*slot_at(im, im->next++) = rows[i];
		tell_answered(im);
	}
	return e;
}

/* One round over the file. What is still refused is kept once more. */
static err round_again(struct import *im, struct slot_row *rows)
{
	scoped(arena_close) struct arena *arena = arena_open(again_arena);
	struct ctx c = im->c;
	struct import_notice notice;
	size_t count = im->again_count;
	err e;

	c.arena = arena;
	if (!arena)
		return fault(&im->c, fault_memory, "a reader");
	memcpy(rows, im->again, count * sizeof(*rows));
	im->again_count = 0;
	if (fseek(im->file, 0, SEEK_SET) != 0)
		return fault(&im->c, fault_io, "the file cannot be read again");
	e = im->format->open(&c, im->file, &im->reader, &notice);
	if (!e)
		e = pass_again(im, &c, rows, count);
	if (!e)
		e = make_room(im, 0);
	if (e == -(err)c.fault.kind && c.fault.words[0])
		im->c.fault = c.fault;
	return e;
}

/* Until a round frees no name. */
static err settle_names(struct import *im)
{
	size_t before = im->again_count + 1;
	err e = 0;

	while (!e && im->again_count && im->again_count < before) {
		before = im->again_count;
		e = round_again(im, im->again + again_most);
	}
	return e;
}

static void tell_kept(struct import *im)
{
	for (size_t i = 0; i < im->again_count; i++)
		tell_refused(im, &im->again[i]);
}

/* ---- the command ---- */

static bool ends_in(struct str path, const char *ending)
{
	size_t length = strlen(ending);

	return path.length >= length &&
	       strncasecmp(path.at + path.length - length, ending, length) == 0;
}

/* --as, else what the file's name says. */
static const struct row_format *format_of(struct call *call, struct str path)
{
	struct str said = call_value(call, "--as");

	if (str_is(said, "csv"))
		return &row_csv;
	if (str_is(said, "ldif"))
		return &row_ldif;
	if (said.at)
		return NULL;
	return ends_in(path, ".ldif") || ends_in(path, ".ldf") ? &row_ldif : &row_csv;
}

static int say_file_refused(const struct import_notice *notice)
{
	const char *sentence = import_why_sentence(notice->why);

	if (notice->field[0])
		return call_say(exit_refused, "line %lld, %s: %s", (long long)notice->line,
			notice->field, sentence);
	return call_say(exit_refused, "line %lld: %s", (long long)notice->line, sentence);
}

static bool same_file(const char *path, int fd)
{
	struct stat there, opened;

	return stat(path, &there) == 0 && fstat(fd, &opened) == 0 && S_ISREG(there.st_mode) &&
	       there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
}

static int open_report(struct import *im)
{
	struct str path = call_value(im->call, "--report");

	if (!path.at)
		return 0;
	if (same_file(path.at, fileno(im->file)))
		return call_say(exit_usage, "--report would overwrite the file of people");
	im->report = fopen(path.at, "we");
	if (!im->report)
		return call_say(exit_fault, "%s cannot be written: %m", path.at);
	(void)fputs("line,field,reason,sentence\n", im->report);
	return 0;
}

static FILE *standard_input(void)
{
	int fd = dup(STDIN_FILENO);

	return fd < 0 ? NULL : fdopen(fd, "re");
}

static int open_file(struct import *im)
{
	struct str path = call_value(im->call, "FILE");
	struct stat st;

	im->format = format_of(im->call, path);
	if (!im->format)
		return call_say(exit_usage, "--as takes csv or ldif");
	im->file = str_is(path, "-") ? standard_input() : fopen(path.at, "re");
	if (!im->file || fstat(fileno(im->file), &st) != 0)
		return call_say(exit_refused, "%s cannot be read: %m", path.at);
	if (S_ISDIR(st.st_mode))
		return call_say(exit_refused, "%s is a folder", path.at);
	im->size = S_ISREG(st.st_mode) ? st.st_size : 0;
	return open_report(im);
}

static int open_rows(struct import *im)
{
	struct import_notice notice;
	err e = im->format->open(im->call->c, im->file, &im->reader, &notice);

	if (e > 0)
		return say_file_refused(&notice);
	return e ? call_failed(im->call, e) : 0;
}

/* Tells the keeper how it went, for the audit log. */
static int close_import(struct import *im)
{
	const struct op_people_import_end in = {
		.added = im->added, .changed = im->changed, .same = im->same, .refused = im->refused
	};
	struct answer a;

	return im->dry ? 0 : call_ask(im->call, operation_people_import_end, &in, &a);
}

static void say_counts(const struct import *im)
{
	long long all = im->added + im->changed + im->same + im->refused;

	progress_clear(im);
	if (im->call->json)
		(void)printf("{\"rows\": %lld, \"added\": %lld, \"changed\": %lld, \"same\": %lld, "
			     "\"refused\": %lld, \"dryRun\": %s}\n",
			all, (long long)im->added, (long long)im->changed, (long long)im->same,
			(long long)im->refused, im->dry ? "true" : "false");
	else
		(void)printf(
			"%s%lld rows: %lld added, %lld changed, %lld as they were, %lld refused\n",
			im->dry ? "dry run, nothing was done: " : "", all, (long long)im->added,
			(long long)im->changed, (long long)im->same, (long long)im->refused);
}

static int run_rows(struct import *im)
{
	int code = call_reach(im->call);
	err e;

	if (code)
		return code;
	e = pass_rows(im);
	if (e == reply_nothing)
		e = make_room(im, 0);
	if (!e)
		e = settle_names(im);
	tell_kept(im);
	/* What went before it is in the store: say so, and that a second run is safe. */
	if (e) {
		progress_clear(im);
		call_say(0, "%s", im->c.fault.words);
		call_say(0, "the import stopped before the end: run it again, it goes on where it "
			    "stopped");
	} else {
		code = close_import(im);
	}
	say_counts(im);
	if (e)
		return e == -fault_wire ? exit_unreachable : exit_fault;
	return code ? code : im->refused ? exit_refused : exit_done;
}

static int close_report(struct import *im)
{
	if (im->report && fclose(im->report) != 0)
		return call_say(exit_fault, "the report cannot be written: %m");
	return 0;
}

/* From an open file to its end. */
static int run_import(struct import *im)
{
	int code;

	im->c.arena = arena_open(import_arena);
	if (!im->c.arena || !seen_open(&im->seen))
		return call_say(exit_fault, "out of memory");
	if (fseek(im->file, 0, SEEK_CUR) == 0) {
		im->again_memory = arena_open(2 * again_most * sizeof(*im->again) + 64);
		im->again = im->again_memory ? arena_take(im->again_memory,
						       2 * again_most * sizeof(*im->again))
					     : NULL;
	}
	im->shows_progress = isatty(STDERR_FILENO);
	if (!(code = open_rows(im)))
		code = run_rows(im);
	seen_close(&im->seen);
	arena_close(&im->again_memory);
	arena_close(&im->c.arena);
	return code;
}

int people_import_run(struct call *call)
{
	struct import im = { .call = call, .c = *call->c, .dry = call_flag(call, "--dry-run") };
	int code = open_file(&im), closed;

	if (!code)
		code = run_import(&im);
	closed = close_report(&im);
	if (im.file)
		(void)fclose(im.file);
	return code ? code : closed;
}

/* ---- the sample people ---- */

/* Their passwords are known to all: only a store that was made for a demonstration takes them, and
 * the keeper knows whether its is one. */
static int demonstration(struct call *call)
{
	const struct op_brand_show in = { .language = STR_NONE };
	const struct rec_brand *brand;
	struct answer a;
	int code = call_ask(call, operation_brand_show, &in, &a);

	if (code)
		return code;
	brand = a.record;
	if (brand && brand->demo)
		return 0;
	return call_say(exit_refused,
		"%s is no demonstration: the passwords of the sample people are known to all",
		call->data);
}

/* The first rows have an address and an app at once, so that a reset can be tried. */
static int register_first(struct call *call)
{
	struct str rest = text_people, line, name, more;
	struct answer a;
	int reply, code = 0;

	for (int i = 0; i <= sample_registered && !code && str_cut(rest, '\n', &line, &rest); i++) {
		struct op_demo_register in;

		(void)str_cut(line, ',', &name, &more);
		in.name = name;
		if (i > 0)
			code = call_ask_in(
				call, call->c->arena, operation_demo_register, &in, &reply, &a);
	}
	return code;
}

int people_sample_run(struct call *call)
{
	struct import im = {
		.call = call, .c = *call->c, .format = &row_csv, .size = (int64_t)text_people.length
	};
	int code;

	if (call_flag(call, "--print"))
		return fwrite(text_people.at, 1, text_people.length, stdout) == text_people.length
			       ? exit_done
			       : exit_fault;
	if ((code = demonstration(call)))
		return code;
	im.file = fmemopen((void *)(uintptr_t)text_people.at, text_people.length, "r");
	if (!im.file)
		return call_say(exit_fault, "out of memory");
	code = run_import(&im);
	(void)fclose(im.file);
	return code ? code : register_first(call);
}

int people_export_run(struct call *call)
{
	const struct op_people_export in = { .name = call_value(call, "NAME") };
	const struct rec_person_export *export;
	struct answer a;
	int code = call_ask(call, operation_people_export, &in, &a);

	if (code)
		return code;
	export = a.record;
	(void)printf("%.*s\n", STR_ARG(export->json));
	return exit_done;
}
