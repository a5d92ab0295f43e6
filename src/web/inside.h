/* What the files of this room share: a visit, and who does what to it on its way.
 *
 * Two threads. The MHD thread reads requests, fills forms, renders and answers; all of a visit
 * belongs to it. The frame thread (main) speaks with the keeper and the supervisor; a visit is its
 * own only while the visit is suspended, and of the visit only `ask` and the arena. */
#ifndef WEB_INSIDE_H
#define WEB_INSIDE_H

#include "conf/conf.h"
#include "wire/wire.h"

#include <poll.h>

struct web;
struct visit;

enum {
	visits_most = 512,         /* requests at work at once; also connections */
	asks_most = 256,           /* of those, waiting for the keeper: the others get an answer */
	visit_memory = 512 * 1024, /* address space; only what a request touches becomes memory */
	secrets_most = 512, /* a visit holds its tokens while it asks, a password until its page */
	body_limit =
		16 * 1024,   /* the largest form: a password of 256 code points, percent-encoded */
	target_limit = 2048, /* path and query */
	headers_most = 64,
	token_text = 43, /* 32 bytes as base64url */
	set_cookie_limit =
		200,       /* name and attributes of the longest cookie, and a path as its value */
	page_limit = 1500, /* an address at an application's host: fits a cookie, and a query */
	page_text = 2000,  /* the same as base64url */
	request_limit =
		4000,       /* what an application asked: oidc_answer.request, spec/operation.def */
	head_seconds = 20,  /* from the connection, or the last answer, to the end of the head */
	body_seconds = 30,  /* from the head to the end of the body */
	reply_seconds = 90, /* from the body to the last byte of the answer */
	busy_seconds = 5,   /* after which one may try again */
	ask_seconds = 30,   /* how long the keeper may take */
	ready_seconds = 2   /* and to say that it is there: who asks has others to send people to */
};

/* ---- head.c: a request's head as plain values, apart from the library ---- */

enum verb { verb_get, verb_head, verb_post };

struct header {
	struct str name, value; /* in the head as it came */
};

struct head {
	struct str method, path; /* path: as it came, nothing decoded */
	struct header headers[headers_most];
	size_t count;
	bool crowded;           /* there were more headers than headers_most */
	size_t size, line_size; /* bytes of the whole head as it came, and of its first line */
};

struct str head_value(const struct head *head, const char *name); /* STR_NONE: absent */

/* ---- guard.c: what is refused before anything else looks at it ---- */

/* Where this server is: from baseUrl, RFC 3986. */
struct site {
	bool https;
	struct str host, origin; /* "reset.example.org", "https://reset.example.org" */
};

must_use bool site_of(struct str base_url, struct site *out); /* texts point into base_url */
bool host_is(const struct site *site, struct str host);       /* by name and port, RFC 9110 4.2.3 */

struct refusal {
	int status;        /* HTTP */
	const char *words; /* which sentence; an id of the catalogue */
};

/* The first thing wrong with a head, or a status of 0. *verb is set when the method is known. */
struct refusal guard_head(const struct head *head, enum verb *verb, int64_t *length);
/* Whether each byte of the head as it came is in what the library told of it. */
struct refusal guard_whole(const struct head *head);
/* The same for a POST that is to change something: content type, and where it comes from. */
struct refusal guard_form(const struct head *head);
struct refusal guard_post(const struct head *head, const struct site *site);
/* A POST that another program sends, or a form of an application's: it does nothing by itself, and
 * nothing that a browser holds speaks for it. */
struct refusal guard_program(const struct head *head, int64_t length);

/* ---- cookie.c ---- */

enum cookie {
	cookie_session,
	cookie_flow,
	cookie_device,   /* the keeper's tokens */
	cookie_browser,  /* ours: form tokens come from it */
	cookie_language, /* "en" or "ja", as the person chose */
	cookie_next,     /* which page asked for the sign-in */
	cookie_did,      /* what was just done: said once on the next page */
	cookie_to,       /* the page of an application that sign-in leads to, as base64url */
	cookie_site,     /* at an application's own host, and nowhere else: its keeper's token */
	cookie_request,  /* what an application asked, sealed by the keeper */
	cookie_count
};

/* The values of our cookies; one that is not well formed, or came twice, is as if absent. */
struct cookies {
	struct str value[cookie_count];
};

void cookies_take(struct cookies *out, struct str header, bool https);
/* One Set-Cookie field value (RFC 6265bis 4.1); an empty value ends the cookie. */
void cookie_write(struct buf *out, enum cookie cookie, struct str value, bool https);

/* ---- token.c: the form token, from the browser's cookie and the session's ---- */

void token_new(char out[token_text]);
/* session: the cookie's text, or STR_NONE. */
void token_form(char out[token_text], struct str browser, struct str session);
/* Constant time. A form made without a session is good also within one, but not where
 * session_needed: a link from a mail comes without the session's cookie (SameSite=Strict). */
bool token_good(struct str typed, struct str browser, struct str session, bool session_needed);

/* ---- address.c, language.c, agent.c: what a request claims ---- */

enum { address_text = 46 };

/* The last forwarded hop that trusted proxies vouch for, else the peer. peer: textual, or empty for
 * a Unix socket, whose other end is trusted. forwarded: X-Forwarded-For of all such fields, comma
 * joined. Written as inet_ntop does; IPv4 in IPv6 as IPv4. */
void address_claim(struct buf *out, struct networks trusted, struct str peer, struct str forwarded);

/* "en" or "ja"; STR_NONE when none of them is named. RFC 9110 12.5.4, RFC 4647 3.4. */
struct str language_of_tag(struct str tag);
struct str language_of_header(struct str accept_language);

/* Whether what the peer forwards is believed: a trusted proxy, or the other end of a Unix socket.
 */
bool address_trusted(struct networks trusted, struct str peer);

void agent_write(struct buf *out, struct str user_agent); /* "Firefox, Windows"; known words only */

/* ---- forwarded.c: what proxies ask for applications, and what they are told ---- */

enum { forwarded_host_limit = 261 };

struct forwarded {
	struct str host; /* lower case, without :443; in memory */
	struct str uri;  /* path and query; STR_NONE: not said */
	char memory[forwarded_host_limit];
};

/* From X-Forwarded-Host and X-Forwarded-Uri (Traefik, Caddy) or X-Original-URL (ingress-nginx),
 * else Host. Only for heads of trusted proxies. False: said twice, in two ways, or no host. */
must_use bool forwarded_take(const struct head *head, struct forwarded *out);
/* A browser that opens a page, which can be led elsewhere; programs and scripts cannot. */
bool forwarded_by_person(const struct head *head);
/* A value as the field of a head: UTF-8 in one line, without blanks at its ends. */
void remote_write(struct buf *out, struct str value);

/* ---- form.c: application/x-www-form-urlencoded, strictly (WHATWG URL 5.1) ---- */

struct pair {
	const char *name;
	size_t limit;
	struct str value; /* out; STR_NONE when absent or empty */
};

struct form_wrong {
	const char *field; /* NULL: the form as a whole */
	const char *words; /* an id of the catalogue */
	bool by_person;    /* a field left empty, or with too much in it: shown beside it; all else
			      never    comes from our pages */
	int64_t limit;     /* bytes, of the field with too much in it; else 0 */
};

/* Fills the op struct `in` of the operation and the pairs. Decodes in place; the body is wiped but
 * for the texts that `in` and the pairs point at. reply_malformed with *wrong; reply_busy: no
 * locked memory is left for a secret. */
must_use err form_fill(struct ctx *c, char *body, size_t length, enum operation_id id, void *in,
	struct pair *pairs, size_t pair_count, struct form_wrong *wrong);
/* The same of what a program sends, or an application by a link: fields that are not known are
 * passed over, none is needed here, and one that is too long is refused (RFC 6749 3.1, 3.2). */
must_use err form_fill_open(struct ctx *c, char *text, size_t length, enum operation_id id,
	void *in, struct pair *pairs, size_t pair_count, struct form_wrong *wrong);
/* Decodes one value in place, '+' as a blank. False: a bad percent, NUL, not UTF-8. */
must_use bool form_decode(char *at, size_t *length);
bool id_good(struct str id); /* as wire.h asks of an id, and not empty */

/* ---- keeper.c: operations out, answers in ---- */

struct keeper;

struct ask {
	struct ctx *c;
	enum operation_id id;
	int64_t due_us;
	err e;     /* a fault when no answer came */
	int reply; /* enum reply, when e is 0 */
	struct answer answer;
	void (*done)(struct ask *ask); /* on the frame thread; after it the ask is not touched */
	void *owner;
};

enum { keeper_poll_count = 2 };

must_use err keeper_open(struct ctx *c, struct keeper **out);
void keeper_join(struct keeper *k, int fd); /* a new socket; the asks of the old one fail */
bool keeper_joined(struct keeper *k);
bool keeper_parted(struct keeper *k); /* true once after each end of a stream that was joined */
/* 0: done() will be called. reply_busy: too many at once. -fault_wire: the keeper is gone. */
must_use err keeper_ask(struct keeper *k, struct ask *ask, const struct request *r, const void *in);
void keeper_poll(struct keeper *k, struct pollfd at[keeper_poll_count]);
void keeper_work(struct keeper *k, const struct pollfd at[keeper_poll_count]);
void keeper_turn(struct keeper *k, int millis); /* waits so long for something to do, and does it */
void keeper_overdue(struct keeper *k);          /* fails what was asked too long ago */

#endif
