/* A proof of work when the site is busy, or a signed wait. */
#include "policy/work.h"

#include "conf/conf.h"
#include "crypto/crypto.h"
#include "spec/spec.h"

#include <openssl/sha.h>
#include <stdatomic.h>

enum { salt_digits = 24, challenge_digits = 64 };

bool site_busy(struct ctx *c)
{
	int64_t minute = c->now / 60, last = atomic_load(&c->site->minute);

	if (minute != last && atomic_compare_exchange_strong(&c->site->minute, &last, minute))
		atomic_store(&c->site->starts, 0);
	return atomic_fetch_add(&c->site->starts, 1) >= c->conf->proof_of_work_after;
}

bool site_full(struct ctx *c)
{
	return atomic_fetch_add(&c->site->open, 1) >= flows_most;
}

enum { requests_to_say = 200 };

void site_request(struct site *site, struct str address)
{
	uint8_t digest[digest_size];
	uint64_t mark = 0;

	digest_plain(address, digest);
	for (size_t i = 0; i < sizeof(mark); i++)
		mark = mark << 8 | digest[i];
	atomic_fetch_add(&site->requests, 1);
	if (atomic_load(&site->address) == mark) {
		atomic_fetch_add(&site->votes, 1);
	} else if (atomic_load(&site->votes) <= 0) {
		atomic_store(&site->address, mark);
		atomic_store(&site->votes, 1);
	} else {
		atomic_fetch_sub(&site->votes, 1);
	}
}

int64_t site_one_address(const struct site *site)
{
	int64_t requests = atomic_load(&site->requests);

	return requests < requests_to_say ? 0 : atomic_load(&site->votes) * 100 / requests;
}

/* SHA-256 of the salt and the number as decimal digits, as hex. */
static void challenge_add(struct buf *out, struct str salt, int64_t n)
{
	char memory[64];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct buf b = buf_on(memory, sizeof(memory));

	buf_add(&b, salt);
	buf_number(&b, n);
	SHA256((const uint8_t *)b.at, b.length, digest);
	hex_add(out, (struct str){ (const char *)digest, sizeof(digest) });
}

static void mac_add(struct ctx *c, struct buf *b)
{
	uint8_t mac[digest_size];

	digest_keyed(c->keys, key_work, STR("work"), buf_str(b), mac);
	buf_char(b, '|');
	hex_add(b, (struct str){ (const char *)mac, sizeof(mac) });
}

err work_make(struct ctx *c, struct str *out)
{
	uint8_t random[salt_digits / 2];
	struct buf salt = buf_in(c->arena, salt_digits), b = buf_in(c->arena, 200);

	bytes_random(random, sizeof(random));
	hex_add(&salt, (struct str){ (const char *)random, sizeof(random) });
	buf_add(&b, buf_str(&salt));
	buf_print(&b, "|%d|", work_most);
	challenge_add(&b, buf_str(&salt), number_random(work_most));
	buf_print(&b, "|%lld", (long long)c->now);
	mac_add(c, &b);
	if (b.full)
		return fault(c, fault_arena, "work");
	*out = buf_str(&b);
	return 0;
}

struct work {
	struct str salt, challenge, answer;
	int64_t made;
};

/* Takes the text apart and holds its MAC against ours. */
static bool parse(struct ctx *c, struct str text, struct work *out)
{
	struct str most, made, mac, rest = text;
	struct buf own = buf_in(c->arena, 200);

	if (!str_cut(rest, '|', &out->salt, &rest) || !str_cut(rest, '|', &most, &rest) ||
		!str_cut(rest, '|', &out->challenge, &rest) || !str_cut(rest, '|', &made, &rest) ||
		!str_cut(rest, '|', &mac, &out->answer) || !str_number(made, &out->made))
		return false;
	buf_add(&own, str_upto(text, (size_t)(mac.at - text.at) - 1));
	mac_add(c, &own);
	return !own.full &&
	       bytes_same(buf_str(&own), str_upto(text, (size_t)(mac.at - text.at) + mac.length)) &&
	       out->made <= c->now && out->made + work_lifetime > c->now;
}

static bool solved(struct ctx *c, const struct work *w)
{
	char memory[challenge_digits];
	struct buf b = buf_on(memory, sizeof(memory));
	int64_t n;

	if (str_is(w->answer, "wait"))
		return w->made + work_wait_seconds <= c->now;
	if (!str_number(w->answer, &n) || n < 0 || n >= work_most)
		return false;
	challenge_add(&b, w->salt, n);
	return str_same(buf_str(&b), w->challenge);
}

err work_check(struct ctx *c, struct str answer)
{
	struct work w;
	struct unit unit = unit_begin(c);
	err e;

	if (!parse(c, answer, &w) || !solved(c, &w))
		return reply_work;
	unit_add(&unit, statement_work_spend, 1,
		WITH(v_bytes(w.salt), v_number(w.made + work_lifetime)));
	e = unit_commit(&unit);
	return e == reply_lost_race ? reply_work : e;
}
