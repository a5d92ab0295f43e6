/* The ground floor: errors, text, memory, secrets, time, log. No domain words here.
 *
 * May come back from anything that returns err: 0 done; positive, a reply of spec/reply.def;
 * negative, a fault (words are in ctx.fault). */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define must_use __attribute__((warn_unused_result))
#define printf_like(a, b) __attribute__((format(printf, a, b)))

typedef int err;

struct arena;
struct ctx;
struct secret;

/* ---- text: pointer and length, owned elsewhere; bytes may hold NUL ---- */

struct str {
	const char *at;
	size_t length;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
#define STR_ARG(s) (int)(s).length, (s).at /* for "%.*s" */

struct str str_of(const char *nul_terminated); /* NULL gives STR_NONE */
bool str_same(struct str a, struct str b);     /* bytes equal; not for secrets */
bool str_is(struct str a, const char *b);
bool str_starts(struct str s, struct str with);
bool str_ends(struct str s, struct str with);
int str_order(struct str a, struct str b);        /* by bytes, as memcmp */
size_t str_find(struct str s, struct str what);   /* s.length when absent */
struct str str_from(struct str s, size_t at);     /* the rest, from at */
struct str str_upto(struct str s, size_t length); /* the first bytes */
struct str str_trim(struct str s);                /* without ASCII blanks at both ends */
bool str_cut(
	struct str s, char at, struct str *left, struct str *right); /* at first; false: none */
must_use bool str_number(struct str s, int64_t *out); /* -?[0-9]{1,18}, whole; false if not */

/* ---- buf: text under construction, never longer than its limit ---- */

struct buf {
	char *at;
	size_t length, limit;
	bool full; /* something did not fit; nothing was written past the limit */
};

struct buf buf_on(char *memory, size_t limit);
struct buf buf_in(struct arena *arena, size_t limit); /* full at once when the arena is */
void buf_add(struct buf *b, struct str s);
void buf_char(struct buf *b, char c);
void buf_number(struct buf *b, int64_t n);
void buf_print(struct buf *b, const char *format, ...) printf_like(2, 3);
struct str buf_str(const struct buf *b);

/* ---- bytes as text ---- */

void hex_add(struct buf *b, struct str bytes);
must_use bool hex_take(struct str hex, uint8_t *out, size_t size); /* exactly size bytes */
void base64_add(struct buf *b, struct str bytes);                  /* RFC 4648 4, padded */
void base64url_add(struct buf *b, struct str bytes);               /* RFC 4648 5, without padding */
/* Strict: canonical, no blanks. base64: padded; base64url: unpadded. *size in: room, out: used. */
must_use bool base64_take(struct str text, uint8_t *out, size_t *size);
must_use bool base64url_take(struct str text, uint8_t *out, size_t *size);
void base32_add(struct buf *b, struct str bytes); /* RFC 4648 6, without padding */
/* Crockford's alphabet (no I, L, O, U), upper case; reading folds case, O to 0, I and L to 1,
 * and passes over blanks and hyphens. */
void crockford_add(struct buf *b, struct str bytes);
must_use bool crockford_take(struct str text, uint8_t *out, size_t size);

bool utf8_valid(struct str s); /* RFC 3629: no surrogates, no overlong forms */
/* The next code point at *at, which moves on; -1 at a bad byte or the end. */
int32_t utf8_next(struct str s, size_t *at);
size_t utf8_count(struct str s); /* code points of valid text */
/* A control character or a break of a line, or what utf8_next says of a bad byte. */
bool point_breaks(int32_t point);
/* That, or a mark that turns the direction of the text around it. */
bool point_steers(int32_t point);

/* ---- arena: one per operation, fixed size, wiped at the end ---- */

must_use struct arena *arena_open(size_t size); /* NULL when memory is not to be had */
void arena_close(struct arena **arena);
void arena_wipe(struct arena *arena); /* zeroes what was used, gives back secrets, starts anew */
void *arena_take(struct arena *arena, size_t size); /* zeroed, aligned 16; NULL when full */
/* Of the block taken last, the first `size` bytes are enough; the rest was not written to. */
void arena_trim(struct arena *arena, const void *last, size_t size);
struct str arena_copy(
	struct arena *arena, struct str s); /* also NUL-terminated; STR_NONE if full */
size_t arena_used(const struct arena *arena);
/* Many things in turn in the memory of one: what was taken since the mark is wiped and given back,
 * secrets too. */
struct arena_mark {
	size_t used;
	struct secret *secrets;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_back(struct arena *arena, struct arena_mark mark);

/* ---- secrets: locked memory of one slab, wiped when given back ---- */

enum { secret_size_max = 1280 }; /* a password of 256 code points, each up to 4 bytes, and room */

must_use bool secrets_open(size_t count); /* once, at start; false when memory cannot be had */
bool secrets_locked(void);                /* false: the kernel did not lock the slab */
struct secret *secret_take(
	struct arena *arena, const void *bytes, size_t length); /* NULL: none left */
struct secret *secret_room(struct arena *arena, size_t length); /* zeroed, to be filled */
void secret_drop(struct secret **secret); /* wipes; accepts NULL; also done by arena_wipe */
size_t secret_length(const struct secret *secret);
bool secret_same(const struct secret *a, struct str b); /* constant time for one length */
/* Reading one is the exception: a second person reads each line with these names in it. */
struct str secret_show(const struct secret *secret);
uint8_t *secret_bytes(struct secret *secret);

bool bytes_same(struct str a, struct str b); /* constant time for one length */
void bytes_wipe(void *at, size_t size);
void bytes_random(void *at, size_t size); /* getrandom(2); asserts that it answers */
uint32_t number_random(uint32_t below);   /* uniform */

/* ---- time ---- */

int64_t clock_now(void);    /* seconds since 1970, UTC */
int64_t clock_millis(void); /* milliseconds since 1970, UTC */
int64_t clock_monotonic_us(void);
void clock_turn(int64_t seconds);              /* tests: moves clock_now and clock_millis */
void clock_utc(int64_t seconds, char out[21]); /* 2026-11-23T06:52:00Z */
/* Days since 1970 of a UTC moment, and the date of such a day. */
int64_t clock_day(int64_t seconds);
void clock_date(int64_t day, int *year, int *month, int *day_of_month);

/* ---- faults: born once, with words, passed up untouched, logged once ---- */

#define FAULT(name, words) fault_##name,
enum fault_kind {
	fault_none,
#include "spec/fault.def"
	fault_count
};
#undef FAULT

struct fault {
	enum fault_kind kind;
	char words[240];
};

/* fault(c, kind, format, ...) is -kind. Never put a secret, or a person's name, into the words. */
#define fault(c, ...) fault_negative(fault_born(c, __VA_ARGS__))
must_use err fault_born(struct ctx *c, enum fault_kind kind, const char *format, ...)
	printf_like(3, 4);
const char *fault_name(enum fault_kind kind);

/* What cannot happen: says where, and ends the process. Also in production. */
#define must_be(claim) ((claim) ? (void)0 : must_be_failed(#claim, __FILE__, __LINE__))
_Noreturn void must_be_failed(const char *claim, const char *file, int line);

/* Says to a checker that reads one file at a time what is so: a fault is never 0. */
must_use static inline err fault_negative(err e)
{
	must_be(e < 0);
	return e;
}

/* ---- the context: all that an operation needs, handed down ---- */

struct conf;
struct store;
struct keys;
struct hash_pool;
struct request;
struct session;
struct site;
struct moment;
struct place;

struct ctx {
	struct arena *arena;
	const struct conf *conf;
	struct store *store;
	struct moment *moment; /* what c reads is of one moment; NULL: each read of its own */
	const struct keys *keys;
	struct hash_pool *pool;
	const struct request *request; /* who asks, from where, in which language; spec/spec.h */
	const struct place *place;     /* the same place, judged, or NULL; policy/rules.h */
	const struct session *who; /* the live session the request named, or NULL; model/model.h */
	struct site *site;         /* what the whole site did in the last minute; policy/work.h */
	int64_t now;               /* seconds since 1970, read once per operation */
	struct fault fault;
};

/* ---- log: one JSON line on standard error; never a secret, never a person ---- */

enum log_level { log_debug, log_info, log_warning, log_error };
void log_open(const char *program, enum log_level least);
/* support: the support code or NULL. Control bytes in the words are escaped. */
void log_line(enum log_level level, const char *support, const char *format, ...) printf_like(3, 4);

/* ---- what must be closed, as scoped variables ---- */

#define scoped(close) __attribute__((cleanup(close)))
void fd_close(int *fd);           /* accepts -1 */
void memory_return(void *memory); /* what a library took by malloc and gave to us */
#define scoped_fd scoped(fd_close) int
#define scoped_secret scoped(secret_drop) struct secret

#endif
