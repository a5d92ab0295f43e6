/* The program rekey: command line and supervisor. */
#include "main/inside.h"

int main(int argc, char **argv)
{
	static const struct command more[] = {
		{ "serve", "", "serve [--listen ADDRESS] [--demo]",
			"Serve: start the three programs and keep them running.", serve_run },
	};

	return cli_main(argc, argv, more, sizeof(more) / sizeof(more[0]));
}
