/* What a sign-in still owes: registration, a look at what is registered, a better way.
 *
 * May come back: faults of the store. */
#ifndef SIGNIN_INTERRUPT_H
#define SIGNIN_INTERRUPT_H

#include "model/model.h"
#include "policy/rules.h"

#define PAGE(name) interrupt_##name,
enum interrupt {
#include "spec/flow/interrupt_page.def"
	interrupt_count
};
#undef PAGE

const char *interrupt_name(enum interrupt page);

/* What the session still owes; interrupt_none: nothing, and nothing leaves rekey for it before
 * that. A session that was let through once is never asked again, whatever policy says later. */
must_use err interrupt_of(struct ctx *c, const struct session *s, enum interrupt *out);

/* ---- for this room and its tests ---- */

enum { snoozes_most = 3 };

/* What the rows look at. */
struct interrupt_facts {
	bool through, begun; /* this session */
	bool shut;           /* the account is frozen */
	bool combined;       /* one page for resets and sign-in */
	bool strong;         /* this session may add ways that count at once */
	bool may_vouch;      /* or may become so by a code to an address known before */
	bool needs_second, has_second, second_waits;
	bool second_open; /* policy lets some second proof be registered */
	bool needs_ways, has_ways;
	bool ways_open; /* policy lets as many be registered as it asks for */
	bool must;      /* this person, by name: no putting off */
	bool skip_left; /* policy lets it be put off, and it was not too long or too often */
	bool stale;     /* it was looked over too long ago */
	bool alone;     /* whoever loses the phone has no second proof left */
	bool nudge;     /* the campaign is on, a better way is open, and no snooze holds */
	bool snooze_left;
};

/* What the facts come from, for pages that say more than yes and no. */
struct interrupt_view {
	struct interrupt_facts facts;
	struct account account;
	struct methods methods;
	struct rules rules;
	struct registration row;
	int64_t ways, wanted; /* kinds there are, also waiting ones; kinds policy asks for */
	bool unheard;         /* one mailbox alone would hear of a change */
};

must_use err interrupt_look(struct ctx *c, const struct session *s, struct interrupt_view *out);
enum interrupt interrupt_page(const struct interrupt_facts *f);
/* May the person put this page off, so that sign-in goes on? */
bool interrupt_may_skip(const struct interrupt_facts *f, enum interrupt page);

/* Is an address for notices all that is missing? */
bool interrupt_wants_address(const struct interrupt_view *v);
/* May this kind be set up as the next step? */
bool interrupt_offers(const struct interrupt_view *v, enum method_kind kind);
/* Would this kind end the campaign for a better one? */
bool interrupt_betters(const struct interrupt_view *v, enum method_kind kind);
/* Kinds of ways, the most secure first. */
extern const enum method_kind interrupt_order[method_kind_count];

#endif
