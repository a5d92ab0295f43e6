/* Finds the command in the words, and runs it. */
#include "cli/inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COMMAND(noun, verb, function, usage, help) { noun, verb, usage, help, function },
static const struct command own[] = {
#include "cli/command.def"
};
#undef COMMAND

enum { own_count = sizeof(own) / sizeof(own[0]), secret_count = 16 };

static struct {
	const struct command *at;
	size_t count;
} others; /* set once, when the program starts */

struct str usage_name(const char *usage)
{
	size_t length = 0;

	while (usage[length] && !(usage[length] == '[' || strncmp(usage + length, "--", 2) == 0 ||
					(usage[length] >= 'A' && usage[length] <= 'Z')))
		length++;
	return str_trim((struct str){ usage, length });
}

bool entry_at(size_t i, struct entry *out)
{
	const struct command *command = i < others.count ? &others.at[i] : NULL;

	if (!command && i - others.count < own_count)
		command = &own[i - others.count];
	if (command) {
		*out = (struct entry){ command->usage, command->help, command, NULL };
		return true;
	}
	i -= own_count + others.count;
	for (size_t id = 0; id < operation_count; id++) {
		const struct operation *op = &operation_list[id];

		if (op->command[0] && i-- == 0) {
			*out = (struct entry){ op->command, op->help, NULL, op };
			return true;
		}
	}
	return false;
}

/* How many words of argv are this name; 0: it is another command. */
static int words_used(struct str name, int argc, char *const *argv)
{
	struct str noun = name, verb = STR_NONE;

	(void)str_cut(name, ' ', &noun, &verb);
	if (argc < 1 || !str_is(noun, argv[0]))
		return 0;
	if (!verb.length)
		return 1;
	return argc > 1 && str_is(verb, argv[1]) ? 2 : 0;
}

/* The command with the most words: `help` must not hide `help desk`. */
static bool find(int argc, char *const *argv, struct entry *found, int *used)
{
	struct entry entry;
	int words;

	*used = 0;
	for (size_t i = 0; entry_at(i, &entry); i++) {
		words = words_used(usage_name(entry.usage), argc, argv);
		if (words > *used) {
			*used = words;
			*found = entry;
		}
	}
	return *used > 0;
}

static bool wants_help(int argc, char *const *argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int unknown(const char *noun, const char *verb)
{
	call_say(0, "there is no command %s%s%s", noun, verb ? " " : "", verb ? verb : "");
	(void)fprintf(stderr, "rekey help shows all commands\n");
	return exit_usage;
}

static int dispatch(struct call *call, int argc, char **argv)
{
	struct entry entry;
	int used, code;

	if (argc == 0) {
		(void)help_run(call);
		return exit_usage;
	}
	if (strcmp(argv[0], "--version") == 0) {
		(void)puts("rekey " REKEY_VERSION);
		return exit_done;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
		return help_run(call);
	if (!find(argc, argv, &entry, &used))
		return unknown(argv[0], argc > 1 ? argv[1] : NULL);
	call->usage = entry.usage;
	if (wants_help(argc, argv)) {
		(void)printf("usage: rekey %s\n%s\n", entry.usage, entry.help);
		return exit_done;
	}
	if ((code = call_parse(call, argc - used, argv + used)))
		return code;
	return entry.command ? entry.command->run(call) : operation_run(call, entry.operation);
}

int cli_main(int argc, char **argv, const struct command *more, size_t count)
{
	const struct request request = { .door = door_socket, .language = STR("en") };
	scoped(arena_close) struct arena *arena = arena_open(call_arena);
	struct ctx c = { .arena = arena, .request = &request, .now = clock_now() };
	const char *data = getenv("REKEY_DATA");
	struct call call = { .c = &c,
		.data = data && *data ? data : "/var/lib/rekey",
		.data_given = data && *data,
		.keeper = -1 };
	int code;

	others.at = more;
	others.count = count;
	if (!arena || !secrets_open(secret_count))
		return call_say(exit_fault, "out of memory");
	if ((code = call_globals(&call, &argc, argv)) == 0)
		code = dispatch(&call, argc - 1, argv + 1);
	fd_close(&call.keeper);
	/* What could not be printed (a full disk, a closed pipe) was not done. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == exit_done)
		code = call_say(exit_fault, "standard output cannot be written");
	return code;
}
