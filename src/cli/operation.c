/* An operation as a command: words to fields, the answer to lines, a list page after page. */
#include "cli/inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One page of a list, as a frame and as values. */
enum { page_arena = 4 * 1024 * 1024 };

/* The field employee_id is EMPLOYEE-ID as a position and --employee-id as an option. */
static bool same_name(struct str slot, const char *field)
{
	size_t i = 0;

	if (str_starts(slot, STR("--")))
		slot = str_from(slot, 2);
	for (; i < slot.length && field[i]; i++) {
		char c = slot.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '-')
			c = '_';
		if (c != field[i])
			return false;
	}
	return i == slot.length && !field[i];
}

static const struct given *given_for(const struct call *call, const char *field)
{
	for (size_t i = 0; i < call->given_count; i++)
		if (same_name(call->given[i].name, field))
			return &call->given[i];
	return NULL;
}

static bool digits(struct str s, size_t at, size_t count, int64_t *out)
{
	*out = 0;
	for (size_t i = at; i < at + count; i++) {
		if (i >= s.length || s.at[i] < '0' || s.at[i] > '9')
			return false;
		*out = *out * 10 + (s.at[i] - '0');
	}
	return true;
}

static int64_t day_of(int64_t year, int64_t month, int64_t day)
{
	struct tm when = {
		.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day
	};

	return clock_day(timegm(&when));
}

static bool date(struct str s, int64_t *days)
{
	int64_t year, month, day;

	if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) || !digits(s, 8, 2, &day) ||
		s.at[4] != '-' || s.at[7] != '-')
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*days = day_of(year, month, day);
	return true;
}

static bool time_of_day(struct str s, int64_t *seconds)
{
	int64_t hour, minute, second;

	if (s.length != 20 || s.at[10] != 'T' || s.at[13] != ':' || s.at[16] != ':' ||
		s.at[19] != 'Z')
		return false;
	if (!digits(s, 11, 2, &hour) || !digits(s, 14, 2, &minute) || !digits(s, 17, 2, &second) ||
		hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* 2026-11-23 or 2026-11-23T06:52:00Z (UTC). */
static bool moment(struct str s, int64_t *out)
{
	int64_t days, seconds = 0;

	if (!date(s, &days) || (s.length != 10 && !time_of_day(s, &seconds)))
		return false;
	*out = days * 86400 + seconds;
	return true;
}

/* A moment, or how long ago: 90m, 6h, 2d. */
static bool time_of(struct str s, int64_t now, int64_t *out)
{
	int64_t n, unit;

	if (moment(s, out))
		return true;
	if (s.length < 2 || s.length > 7 || !str_number(str_upto(s, s.length - 1), &n) || n < 0)
		return false;
	switch (s.at[s.length - 1]) {
	case 'm':
		unit = 60;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'd':
		unit = 86400;
		break;
	default:
		return false;
	}
	*out = now - n * unit;
	return *out >= 0;
}

static int refuse(const struct given *given, const char *allowed)
{
	return call_say(exit_usage, "%.*s takes %s", STR_ARG(given->name), allowed);
}

static int take_number(const struct field *f, const struct given *given, int64_t *at)
{
	char allowed[80] = "a number";

	if (str_number(given->value, at) && (f->limit == 0 || (*at >= 0 && *at <= f->limit)))
		return 0;
	if (f->limit)
		(void)snprintf(
			allowed, sizeof(allowed), "a number from 0 to %lld", (long long)f->limit);
	return refuse(given, allowed);
}

/* Fields of bytes are files on the command line. */
static int take_file(
	struct call *call, const struct field *f, const struct given *given, struct str *out)
{
	scoped_fd fd = open(given->value.at, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	char *at;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > f->limit)
		return call_say(exit_usage, "%.*s takes a file of at most %lld bytes",
			STR_ARG(given->name), (long long)f->limit);
	at = arena_take(call->c->arena, (size_t)st.st_size + 1);
	got = at ? read(fd, at, (size_t)st.st_size) : -1;
	if (got != st.st_size)
		return call_say(exit_fault, "%s cannot be read", given->value.at);
	*out = (struct str){ at, (size_t)got };
	return 0;
}

static int take_text(const struct field *f, const struct given *given, struct str *out)
{
	char allowed[80];

	if (f->kind == kind_choice && !choice_has(f->choices, given->value))
		return refuse(given, f->choices);
	if (!utf8_valid(given->value))
		return refuse(given, "UTF-8 text");
	(void)snprintf(allowed, sizeof(allowed), "at most %lld bytes", (long long)f->limit);
	if ((int64_t)given->value.length > f->limit)
		return refuse(given, allowed);
	*out = given->value;
	return 0;
}

static int take_secret(struct call *call, const struct field *f, struct secret **out)
{
	*out = call_secret(call, f->name);
	if (!*out && f->required)
		return call_say(exit_usage, "no %s was typed", f->name);
	if (*out && (int64_t)secret_length(*out) > f->limit)
		return call_say(
			exit_usage, "%s takes at most %lld bytes", f->name, (long long)f->limit);
	return 0;
}

/* A flag in the usage line is a number field: 1. */
static bool is_flag(const struct call *call, const struct given *given)
{
	struct str rest = str_of(call->usage);
	struct slot slot;

	while (usage_next(&rest, &slot))
		if (str_same(slot.name, given->name))
			return slot.option && !slot.value.length;
	return false;
}

static int take_field(struct call *call, const struct field *f, void *at)
{
	const struct given *given = given_for(call, f->name);

	if (f->kind == kind_secret)
		return take_secret(call, f, at);
	if (!given)
		return 0;
	switch (f->kind) {
	case kind_number:
		if (is_flag(call, given))
			return *(int64_t *)at = 1, 0;
		return take_number(f, given, at);
	case kind_time:
		return time_of(given->value, call->c->now, at)
			       ? 0
			       : refuse(given, "a time such as 2026-11-23, 2026-11-23T06:52:00Z, "
					       "or 90m, 6h, 2d ago");
	case kind_bytes:
		return take_file(call, f, given, at);
	default:
		return take_text(f, given, at);
	}
}

int operation_fill(struct call *call, const struct operation *op, void *in)
{
	int code = 0;

	for (size_t i = 0; i < op->asks->count && code == 0; i++) {
		const struct field *f = &op->asks->fields[i];

		code = take_field(call, f, (char *)in + f->offset);
	}
	return code;
}

static struct str *cursor_of(const struct operation *op, void *in)
{
	for (size_t i = 0; i < op->asks->count; i++)
		if (strcmp(op->asks->fields[i].name, "cursor") == 0)
			return (struct str *)((char *)in + op->asks->fields[i].offset);
	return NULL;
}

/* What stands before the first item. */
static void list_begin(const struct call *call, const struct operation *op, const struct answer *a)
{
	bool record = op->record && a->record;

	if (!call->json) {
		if (record) {
			table_record(stdout, op->record, a->record);
			(void)putchar('\n');
		}
		return;
	}
	if (op->record) {
		(void)fputs("{\"record\": ", stdout);
		if (record)
			json_record(stdout, op->record, a->record);
		else
			(void)fputs("null", stdout);
		(void)fputs(", \"items\": ", stdout);
	}
	(void)putchar('[');
}

static void list_page(
	const struct call *call, const struct operation *op, const struct answer *a, bool first)
{
	const char *items = a->items;

	if (!call->json) {
		table_items(stdout, op->item, items, a->item_count, first);
		return;
	}
	for (size_t i = 0; i < a->item_count; i++) {
		(void)fputs(first && i == 0 ? "\n" : ",\n", stdout);
		json_record(stdout, op->item, items + i * op->item->size);
	}
}

/* Asked for so many, one page is the answer; else all of them are. */
static bool goes_on(struct call *call, struct str *cursor, const struct answer *a)
{
	if (!cursor || !a->cursor.length || call_value(call, "--most").at)
		return false;
	*cursor = arena_copy(call->c->arena, a->cursor);
	return cursor->at != NULL;
}

static int pages(struct call *call, const struct operation *op, void *in)
{
	scoped(arena_close) struct arena *arena = arena_open(page_arena);
	enum operation_id id = (enum operation_id)(op - operation_list);
	struct str *cursor = cursor_of(op, in);
	struct answer a;
	int reply = 0, code;

	if (!arena)
		return call_say(exit_fault, "out of memory");
	for (bool first = true; first || goes_on(call, cursor, &a); first = false) {
		arena_wipe(arena);
		if ((code = call_ask_in(call, arena, id, in, &reply, &a)))
			return code;
		if (reply && reply != reply_nothing)
			return call_refused(call, reply, &a);
		if (first)
			list_begin(call, op, &a);
		list_page(call, op, &a, first);
	}
	if (call->json)
		(void)puts(op->record ? "]}" : "]");
	if (cursor && a.cursor.length)
		call_say(0, "there are more: go on with --cursor \"%.*s\"", STR_ARG(a.cursor));
	return exit_done;
}

int operation_run(struct call *call, const struct operation *op)
{
	void *in = arena_take(call->c->arena, op->asks->size);
	enum operation_id id = (enum operation_id)(op - operation_list);
	struct answer a;
	int reply = 0, code;

	if (!in)
		return call_say(exit_fault, "out of memory");
	if ((code = operation_fill(call, op, in)))
		return code;
	if (op->item)
		return pages(call, op, in);
	if ((code = call_ask_in(call, call->c->arena, id, in, &reply, &a)))
		return code;
	if (reply == reply_nothing || reply == reply_already)
		(void)fprintf(stderr, "rekey: %s\n",
			reply == reply_already ? "it is so already" : "nothing to do");
	else if (reply)
		return call_refused(call, reply, &a);
	return call_show(call, id, &a);
}
