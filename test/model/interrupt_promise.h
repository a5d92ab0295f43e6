/* What sign-in may ask, said a second time and in another way than the rows: as the page that must
 * come, and as promises that hold whatever the page. The model holds the rows against it, the unit
 * test what runs. */
#ifndef TEST_INTERRUPT_PROMISE_H
#define TEST_INTERRUPT_PROMISE_H

#include <stdbool.h>
#include <stddef.h>

#define PAGE(name) page_##name,
enum page {
#include "spec/flow/interrupt_page.def"
	page_count
};
#undef PAGE

/* As signin/interrupt.h says them. */
/* clang-format off */
#define FACTS(F) \
	F(through) F(begun) F(shut) F(combined) F(strong) F(may_vouch) F(needs_second) F(has_second) \
	F(second_waits) F(second_open) F(needs_ways) F(has_ways) F(ways_open) F(must) F(skip_left) \
	F(stale) F(alone) F(nudge) F(snooze_left)
/* clang-format on */

#define F(name) bool name;
struct facts {
	FACTS(F)
};
#undef F

#define F(name) fact_##name,
enum fact { FACTS(F) fact_count };
#undef F

/* The n-th of all combinations. */
static inline struct facts facts_of(unsigned n)
{
#define F(name) .name = n >> fact_##name & 1,
	return (struct facts){ FACTS(F) };
#undef F
}

static inline enum page page_of_second(const struct facts *f)
{
	if (f->strong)
		return !f->second_open ? page_ask_desk : f->combined ? page_steps : page_mfa_setup;
	if (f->second_open && f->may_vouch)
		return page_vouch;
	if (f->second_waits)
		return page_wait;
	return !f->second_open ? page_ask_desk : f->combined ? page_steps : page_mfa_setup;
}

static inline enum page page_of_ways(const struct facts *f)
{
	if (!f->ways_open)
		return page_ask_desk;
	if (!f->strong && f->may_vouch)
		return page_vouch;
	return f->combined ? page_steps : page_reset_setup;
}

static inline enum page page_expected(const struct facts *f)
{
	if (f->through)
		return page_none;
	if (f->shut)
		return page_ask_desk;
	if (f->needs_second && !f->has_second)
		return page_of_second(f);
	if (!f->has_ways && (f->needs_ways || f->must))
		return page_of_ways(f);
	if (f->must || f->stale)
		return page_confirm;
	if (f->begun && f->alone)
		return page_spare;
	return f->nudge ? page_better : page_none;
}

static inline bool lets_go(enum page page, bool may_skip)
{
	return page == page_none || may_skip;
}

static inline const char *promise_of_missing(const struct facts *f, enum page page, bool may_skip)
{
	bool second = f->needs_second && !f->has_second,
	     sets_up = page == page_steps || page == page_mfa_setup || page == page_reset_setup;

	if (f->must && lets_go(page, may_skip))
		return "who must register goes on";
	if (second && lets_go(page, may_skip))
		return "what sign-in needs was put off";
	if (second && page == page_reset_setup)
		return "the ways of a reset before those of sign-in";
	if (f->needs_ways && !f->has_ways && !f->skip_left && lets_go(page, may_skip))
		return "no hard stop";
	if (sets_up && !(second ? f->second_open : f->ways_open))
		return "asked to register what policy does not let be registered";
	if (sets_up && !f->strong && f->may_vouch)
		return "the password alone registers, where a code could be asked for";
	if ((page == page_steps) > f->combined ||
		(page == page_mfa_setup || page == page_reset_setup) > !f->combined)
		return "the pages of the others";
	return NULL;
}

/* NULL, or which promise is broken. */
static inline const char *promise_broken(const struct facts *f, enum page page, bool may_skip)
{
	bool missing =
		(f->needs_second && !f->has_second) || ((f->needs_ways || f->must) && !f->has_ways);

	if (f->through)
		return page == page_none ? NULL : "an open session is asked";
	if (f->shut)
		return page == page_ask_desk && !may_skip ? NULL : "a frozen account goes on";
	if (!missing && !f->must && !f->stale && !f->nudge && !f->alone && page != page_none)
		return "asked for nothing";
	if (missing && (page == page_confirm || page == page_spare || page == page_better))
		return "something is missing, and another thing is asked";
	return promise_of_missing(f, page, may_skip);
}

#endif
