/* The program rekey: command line and supervisor. */
#include "main/inside.h"

#define COMMAND(noun, verb, function, usage, help) { noun, verb, usage, help, function },
static const struct command more[] = {
#include "main/command.def"
};
#undef COMMAND

int main(int argc, char **argv)
{
	return cli_main(argc, argv, more, sizeof(more) / sizeof(more[0]));
}
