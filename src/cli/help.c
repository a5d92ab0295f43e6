/* What the commands are. */
#include "cli/inside.h"

#include <stdio.h>

enum { usage_width = 46 };

static void entry_print(const struct entry *entry)
{
	int length = (int)str_of(entry->usage).length;

	if (length < usage_width)
		(void)printf("  rekey %-*s %s\n", usage_width, entry->usage, entry->help);
	else
		(void)printf(
			"  rekey %s\n  %-*s %s\n", entry->usage, usage_width + 6, "", entry->help);
}

static struct str noun_of(const struct entry *entry)
{
	struct str noun = usage_name(entry->usage), verb;

	(void)str_cut(noun, ' ', &noun, &verb);
	return noun;
}

/* Was this noun shown with an earlier entry? */
static bool shown(size_t before, struct str noun)
{
	struct entry entry;

	for (size_t i = 0; i < before && entry_at(i, &entry); i++)
		if (str_same(noun_of(&entry), noun))
			return true;
	return false;
}

static bool noun_print(struct str noun)
{
	struct entry entry;
	bool found = false;

	for (size_t i = 0; entry_at(i, &entry); i++) {
		if (str_same(noun_of(&entry), noun)) {
			entry_print(&entry);
			found = true;
		}
	}
	return found;
}

int help_run(struct call *call)
{
	struct str wanted = call_value(call, "NOUN");
	struct entry entry;

	if (wanted.length)
		return noun_print(wanted)
			       ? exit_done
			       : call_say(exit_usage, "there is no command %.*s", STR_ARG(wanted));
	(void)puts("rekey " REKEY_VERSION ": self-service password reset\n");
	for (size_t i = 0; entry_at(i, &entry); i++)
		if (!shown(i, noun_of(&entry)))
			noun_print(noun_of(&entry));
	(void)puts(
		"\nEvery command takes --data DIR (default $REKEY_DATA, or /var/lib/rekey);\n"
		"those that print take --format table|json.\n"
		"It exits with 0 done, 1 refused, 2 wrong usage, 3 keeper not reachable, 4 fault.");
	return exit_done;
}
