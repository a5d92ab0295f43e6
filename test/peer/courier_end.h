/* The real rekey-courier on one side, on the other the ends that the supervisor and the keeper
 * hold: real control words, real frames. */
#ifndef PEER_COURIER_END_H
#define PEER_COURIER_END_H

#include "conf/conf.h"
#include "spec/spec.h"

#include <sys/types.h>

enum { letters_most = 16 };

struct told { /* an outbox_report */
	char id[40], outcome[16], detail[201];
	int64_t after_ms; /* since courier_start */
};

struct courier_end {
	struct ctx c;
	struct conf *conf;
	pid_t pid;
	int control, keeper;
	int64_t started_ms;
	struct rec_letter letters[letters_most];
	size_t letter_count, claimed, told_count;
	struct told told[letters_most];
};

/* Settings that talk to 127.0.0.1:port with the good CA, user and password; more are set with
 * courier_set before courier_start. */
void courier_prepare(struct courier_end *end, const char *dir, int port);
void courier_set(struct courier_end *end, const char *name, const char *value);
void courier_start(struct courier_end *end);
/* Puts a letter on the list that outbox_claim is answered from. values: pairs, ended by NULL. */
void courier_letter(struct courier_end *end, const char *id, const char *message,
	const char *recipient, const char *language, const char *const *values);
/* Answers the courier until `count` reports came in all, at most for so long. */
bool courier_serve(struct courier_end *end, size_t count, int64_t milliseconds);
/* The same until `count` letters were claimed in all. */
bool courier_hand_out(struct courier_end *end, size_t count, int64_t milliseconds);
/* The keeper dies, and the supervisor brings a new line. */
void courier_new_keeper(struct courier_end *end);
const struct told *courier_told(const struct courier_end *end, const char *id); /* NULL: nothing */
/* Says drain; the exit status, or -1 when it took over 10 s. */
int courier_drain(struct courier_end *end);

#endif
