/* The command line: `rekey NOUN VERB ...`.
 *
 * A command is either an operation of spec/operation.def with a command form, asked over the
 * keeper's socket, or a row of cli/command.def with a function of its own. Both have a usage line,
 * which is also their grammar:
 *
 *   people import FILE [--dry-run] [--most N]
 *
 * Capitals are positions, --words are options; what may be left out stands in brackets. An option
 * followed by capitals takes a value, others are flags. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "spec/spec.h"

enum {
	exit_done = 0,
	exit_refused = 1, /* a sentence on standard error says why */
	exit_usage = 2,
	exit_unreachable = 3, /* no keeper at DATA/run/keeper.sock */
	exit_fault = 4
};

/* A file of hashes, a page of a list: what a command reads whole fits. */
enum { call_arena = 8 * 1024 * 1024, call_given_most = 32 };

/* One command being run. */
struct call {
	struct ctx *c;      /* its arena has call_arena bytes */
	const char *data;   /* the state folder: --data, $REKEY_DATA, or /var/lib/rekey */
	bool data_given;    /* by one of the first two */
	const char *config; /* --config, or NULL */
	const char *usage;
	bool json;  /* --format json */
	int keeper; /* the socket, or -1 before the first question */
	struct given {
		struct str name, value; /* "FILE" or "--most"; a flag's value is empty */
	} given[call_given_most];
	size_t given_count;
};

struct command {
	const char *noun, *verb; /* verb "" for a command of one word */
	const char *usage, *help;
	int (*run)(struct call *call); /* returns an exit code; has said everything itself */
};

/* The program: finds the command, parses, runs. more: commands of other rooms. */
int cli_main(int argc, char **argv, const struct command *more, size_t count);

/* What was given for "FILE" or "--most"; at is NULL when it was left out. NUL-terminated. */
struct str call_value(const struct call *call, const char *name);
bool call_flag(const struct call *call, const char *name);
/* The number of an option; preset when left out; false, with a sentence said, when it is none. */
must_use bool call_number(const struct call *call, const char *name, int64_t least, int64_t most,
	int64_t preset, int64_t *out);

/* Connects to the keeper if that was not done yet: call->keeper. 0, or exit_unreachable after a
 * sentence. */
must_use int call_reach(struct call *call);
/* Asks the keeper, connecting at the first question. in: the struct op_* of the operation. 0: *a is
 * the answer, in call->c's arena; the further pages of a list are the caller's to ask for by
 * cursor. Otherwise an exit code: the reason has been said on standard error. */
must_use int call_ask(struct call *call, enum operation_id id, const void *in, struct answer *a);
/* The same with another arena, and the reply in *reply for those who handle some themselves: 0
 * whenever the keeper answered. call_refused says a reply as call_ask does: the exit code. */
must_use int call_ask_in(struct call *call, struct arena *arena, enum operation_id id,
	const void *in, int *reply, struct answer *a);
int call_refused(const struct call *call, int reply, const struct answer *a);
/* Prints the record, if there is one, as a table or as JSON (call->json). Returns exit_done. */
int call_show(struct call *call, enum operation_id id, const struct answer *a);
/* "rekey: " and a sentence on standard error. Returns code. */
int call_say(int code, const char *format, ...) printf_like(2, 3);
/* Says c's fault. Returns exit_fault, or exit_refused for a positive e. */
int call_failed(const struct call *call, err e);
/* Reads one line without echo from a terminal, or as it is from elsewhere. NULL: none was given. */
struct secret *call_secret(struct call *call, const char *prompt);

#endif
