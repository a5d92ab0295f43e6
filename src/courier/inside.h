/* What the files of this room share: the post, a letter as mail, the relay it goes to. */
#ifndef COURIER_INSIDE_H
#define COURIER_INSIDE_H

#include "conf/conf.h"
#include "spec/spec.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	courier_carriers = 8, /* letters under way at once: a stalled one holds up no other */
	courier_arena = 1024 * 1024, /* a frame, three bodies and the mail made of them */
	courier_secrets = 128, /* the relay's password, and what a frame brings, per carrier */
	idle_least_ms = 250,   /* between two claims when nothing waits, growing */
	idle_most_ms = 1000,
	connect_seconds = 10,
	answer_seconds = 30,     /* for one reply of the relay */
	send_seconds = 60,       /* the whole of it; the keeper's lease is longer */
	body_limit = 128 * 1024, /* one body of a mail; ours are a few KB */
	mail_limit = 420 * 1024, /* both bodies encoded, and the header */
	subject_limit = 400
};

/* Where mail goes, of the settings. */
struct relay {
	struct str host, user, ca_file, sender, organisation;
	struct secret *password;
	int64_t port;
	struct words code_only_domains;
};

/* What one mail says, before it is written down. All of it is judged by mail_write. */
struct mail {
	struct str id; /* of the outbox row: the Message-ID is made of it */
	struct str sender, organisation, recipient, language, subject, text;
	struct str html; /* STR_NONE: plain text only */
	int64_t made;    /* seconds since 1970: Date */
};

enum outcome { outcome_sent, outcome_later, outcome_never };

struct sending {
	enum outcome outcome;
	char detail[200]; /* for operators: no address, no secret */
};

/* ---- header.c: single fields (RFC 5322, RFC 2047) ---- */

/* An address as it may stand in a header and in RCPT TO: one @, ASCII without blanks, controls,
 * quotes or anything that begins another address (RFC 5321 4.1.2, its plain part). */
bool address_plain(struct str address);
struct str address_domain(struct str address); /* after the @; STR_NONE without one */
/* Text of a header line: as it is when it is short plain ASCII, else as encoded words. No control
 * may be in it. `used` is how much of the line is taken. */
void header_text(struct buf *b, struct str text, size_t used);
void header_words(struct buf *b, struct str text, size_t used); /* as encoded words in any case */
void header_date(struct buf *b, int64_t seconds);               /* RFC 5322 3.3, in UTC */

/* ---- body.c: a text as the lines of a part (RFC 2045 6.7, 6.8) ---- */

/* "quoted-printable" or "base64", whichever is the shorter. */
const char *body_encoding(struct str text);
void body_add(struct buf *b, struct str text);

/* ---- compose.c ---- */

/* The whole message with CRLF. reply_refused: an address or a header holds what it must not. */
must_use err mail_write(struct ctx *c, const struct mail *mail, struct str *out);
/* The letter in its language and in the form its recipient's domain wants, of the values that came
 * with it. reply_refused: the values are malformed. */
must_use err mail_compose(struct ctx *c, const struct relay *relay, const struct rec_letter *letter,
	struct mail *mail);

/* ---- smtp.c ---- */

must_use err smtp_open(struct ctx *c); /* once, before any thread */
/* One connection, one envelope recipient, TLS or nothing. */
void smtp_send(struct ctx *c, const struct relay *relay, struct str recipient, struct str message,
	struct sending *out);

/* ---- call.c ---- */

/* A logout token to an application (OpenID Connect Back-Channel Logout 1.0, 2.5): HTTPS, nowhere
 * else than where it was addressed to. ca_file: empty, the system's. */
void call_send(
	struct ctx *c, struct str ca_file, struct str uri, struct str token, struct sending *out);

/* ---- post.c: the line to the keeper, shared by all carriers ---- */

struct post {
	pthread_mutex_t line; /* held for one question and its answer; guards keeper */
	pthread_mutex_t turn; /* held by the one carrier that waits for the next letter */
	pthread_cond_t changed;
	const struct conf *conf;
	int keeper; /* -1: none just now */
	atomic_bool closing;
};

void post_open(struct post *post, const struct conf *conf);
void post_keeper(struct post *post, int fd); /* takes the place of an older one */
void post_close(struct post *post);          /* wakes all who wait; they come to an end */

/* Waits for the next letter. reply_nothing: the post is closing. */
must_use err post_claim(struct ctx *c, struct post *post, struct rec_letter *letter);
/* Says what became of it; waits for a new keeper when the old one is gone. */
must_use err post_report(
	struct ctx *c, struct post *post, struct str id, const struct sending *sent);
must_use err post_relay(struct ctx *c, const struct post *post, struct relay *out);

/* ---- carrier.c ---- */

/* A thread: claims, composes, sends, reports, until the post closes. */
void *carrier(void *post);

#endif
