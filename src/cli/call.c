/* A call's words, sorted by its usage line, and how a call speaks. */
#include "cli/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool token_next(struct str *rest, struct str *out)
{
	struct str right = STR_NONE;

	*rest = str_trim(*rest);
	if (!rest->length)
		return false;
	if (!str_cut(*rest, ' ', out, &right))
		*out = *rest;
	*rest = right;
	return true;
}

/* Without its brackets. */
static struct str bare(struct str token)
{
	if (token.length && token.at[0] == '[')
		token = str_from(token, 1);
	if (token.length && token.at[token.length - 1] == ']')
		token.length--;
	return token;
}

bool usage_next(struct str *rest, struct slot *out)
{
	struct str token, after = STR_NONE, value;

	do {
		if (!token_next(rest, &token))
			return false;
		out->optional = token.at[0] == '[';
		out->name = bare(token);
		out->option = str_starts(out->name, STR("--"));
	} while (!out->option && !upper(out->name.at[0]));
	out->value = STR_NONE;
	after = *rest;
	if (out->option && !str_ends(token, STR("]")) && token_next(&after, &value) &&
		upper(value.at[0])) {
		out->value = bare(value);
		*rest = after;
	}
	return true;
}

int call_say(int code, const char *format, ...)
{
	char words[1024];
	va_list args;

	va_start(args, format);
	if (vsnprintf(words, sizeof(words), format, args) < 0)
		words[0] = 0;
	va_end(args);
	(void)fprintf(stderr, "rekey: %s\n", words);
	return code;
}

int call_failed(const struct call *call, err e)
{
	call_say(0, "%s", call->c->fault.words);
	return e > 0 ? exit_refused : exit_fault;
}

static int misused(const struct call *call, const char *why, struct str what)
{
	call_say(0, "%s %.*s", why, STR_ARG(what));
	(void)fprintf(stderr, "usage: rekey %s\n", call->usage);
	return exit_usage;
}

static const struct given *find(const struct call *call, struct str name)
{
	for (size_t i = 0; i < call->given_count; i++)
		if (str_same(call->given[i].name, name))
			return &call->given[i];
	return NULL;
}

static bool slot_named(const struct call *call, struct str name, struct slot *out)
{
	struct str rest = str_of(call->usage);

	while (usage_next(&rest, out))
		if (out->option && str_same(out->name, name))
			return true;
	return false;
}

static bool position_free(const struct call *call, struct slot *out)
{
	struct str rest = str_of(call->usage);

	while (usage_next(&rest, out))
		if (!out->option && !find(call, out->name))
			return true;
	return false;
}

static int give(struct call *call, struct str name, struct str value)
{
	if (call->given_count == call_given_most)
		return misused(call, "too many words at", name);
	call->given[call->given_count++] = (struct given){ name, value };
	return 0;
}

/* *at moves past the value of the option when it stands in the next word. */
static int take_option(struct call *call, int count, char *const *words, int *at)
{
	struct str name = str_of(words[*at]), value = STR_NONE;
	bool inside = str_cut(name, '=', &name, &value);
	struct slot slot;

	if (!slot_named(call, name, &slot))
		return misused(call, "unknown option", name);
	if (find(call, slot.name))
		return misused(call, "given twice:", name);
	if (slot.value.length && !inside) {
		if (*at + 1 == count)
			return misused(call, "a value is missing after", name);
		value = str_of(words[++*at]);
	} else if (!slot.value.length && inside) {
		return misused(call, "no value is wanted after", name);
	}
	return give(call, slot.name, value.at ? value : STR(""));
}

static int all_there(struct call *call)
{
	struct str rest = str_of(call->usage);
	struct slot slot;

	while (usage_next(&rest, &slot))
		if (!slot.optional && !find(call, slot.name))
			return misused(call, "missing:", slot.name);
	return 0;
}

int call_parse(struct call *call, int count, char *const *words)
{
	bool options = true;
	int code = 0;

	for (int i = 0; i < count && code == 0; i++) {
		struct str word = str_of(words[i]);
		struct slot slot;

		if (options && str_is(word, "--"))
			options = false;
		else if (options && str_starts(word, STR("--")))
			code = take_option(call, count, words, &i);
		else if (!position_free(call, &slot))
			code = misused(call, "one word too many:", word);
		else
			code = give(call, slot.name, word);
	}
	return code ? code : all_there(call);
}

/* The value of a global option in this word or the next; STR_NONE: it is another word. */
static struct str global_value(const char *name, int argc, char **argv, int at, int *used)
{
	struct str word = str_of(argv[at]), left, right;

	*used = 1;
	if (str_cut(word, '=', &left, &right) && str_is(left, name))
		return right;
	if (!str_is(word, name) || at + 1 == argc)
		return STR_NONE;
	*used = 2;
	return str_of(argv[at + 1]);
}

static int take_global(struct call *call, int argc, char **argv, int at, int *used)
{
	struct str value;

	if ((value = global_value("--data", argc, argv, at, used)).at)
		call->data = value.at, call->data_given = true;
	else if ((value = global_value("--config", argc, argv, at, used)).at)
		call->config = value.at;
	else if ((value = global_value("--format", argc, argv, at, used)).at &&
		 str_is(value, "json"))
		call->json = true;
	else if (value.at && !str_is(value, "table"))
		return call_say(exit_usage, "--format takes table or json");
	else if (!value.at)
		*used = 0;
	return 0;
}

int call_globals(struct call *call, int *argc, char **argv)
{
	int kept = 1, used, code;

	for (int i = 1; i < *argc;) {
		if (strcmp(argv[i], "--") == 0) {
			while (i < *argc)
				argv[kept++] = argv[i++];
			break;
		}
		if ((code = take_global(call, *argc, argv, i, &used)))
			return code;
		if (used)
			i += used;
		else
			argv[kept++] = argv[i++];
	}
	*argc = kept;
	return 0;
}

struct str call_value(const struct call *call, const char *name)
{
	const struct given *given = find(call, str_of(name));

	return given ? given->value : STR_NONE;
}

bool call_flag(const struct call *call, const char *name)
{
	return find(call, str_of(name)) != NULL;
}

bool call_number(const struct call *call, const char *name, int64_t least, int64_t most,
	int64_t preset, int64_t *out)
{
	struct str value = call_value(call, name);

	*out = preset;
	if (!value.at)
		return true;
	if (str_number(value, out) && *out >= least && *out <= most)
		return true;
	call_say(0, "%s takes a number from %lld to %lld", name, (long long)least, (long long)most);
	return false;
}

enum { interrupt = 3 };

static ssize_t line_read(char *at, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(STDIN_FILENO, at + have, 1);

		if (got <= 0)
			return have ? (ssize_t)have : -1;
		if (at[have] == '\n')
			return (ssize_t)have;
		if (at[have] == interrupt)
			return -1;
		have++;
	}
	return -1;
}

/* Shows the prompt and stops the echo, and Ctrl-C, which would leave the terminal without it and is
 * read as a byte instead. False: standard input is no terminal. */
static bool echo_stop(const char *prompt, struct termios *before)
{
	struct termios quiet;

	if (tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	(void)fprintf(stderr, "%s: ", prompt);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

struct secret *call_secret(struct call *call, const char *prompt)
{
	struct secret *room = secret_room(call->c->arena, secret_size_max), *taken = NULL;
	struct termios before;
	bool hidden = room && echo_stop(prompt, &before);
	ssize_t length = room ? line_read((char *)secret_bytes(room), secret_size_max) : -1;

	if (hidden) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		(void)fputc('\n', stderr);
	}
	if (length > 0)
		taken = secret_take(call->c->arena, secret_bytes(room), (size_t)length);
	secret_drop(&room);
	return taken;
}
