/* When an answer may go, so that what an anonymous person can call tells nothing by its time.
 *
 * At a step after arrival. One that is late goes at the next step; but what is known takes longer
 * than what is not, so of answers that are often late those of the known are late more often, and
 * that shows. So when a disk or a crowd makes more than a few late, the steps become longer for
 * everybody. */
#include "keeper/inside.h"

enum {
	longest = 5,         /* times that a step is doubled: 800 ms */
	late_of_hundred = 4, /* more than this: the steps are too short */
	spare_of_hundred =
		1,          /* fewer than this would be late at half the step: it is long enough */
	calm_windows = 30,  /* in a row, before it is halved */
	least_answers = 25, /* to judge by, */
	window_us = 1000 * 1000,    /* and the least time, */
	quiet_us = 60 * 1000 * 1000 /* unless so few came in a minute */
};

static int64_t step_of(const struct pace_keeper *p)
{
	return (int64_t)silent_us << p->doubled;
}

static void judge(struct pace_keeper *p, int64_t now_us)
{
	bool late = p->late * 100 > p->answers * late_of_hundred;
	bool spare = p->late_at_half * 100 <= p->answers * spare_of_hundred;

	if (late && p->doubled < longest)
		p->doubled++;
	p->calm = spare && !late ? p->calm + 1 : 0;
	if (p->doubled && (p->calm == calm_windows || (p->answers < least_answers && spare))) {
		p->doubled--;
		p->calm = 0;
	}
	p->began_us = now_us;
	p->answers = p->late = p->late_at_half = 0;
}

int64_t pace_release(struct pace_keeper *p, enum pace pace, int64_t arrived_us, int64_t now_us)
{
	int64_t took = now_us - arrived_us, age = now_us - p->began_us, step = silent_us;

	if (pace == pace_quick)
		return 0;
	if (pace == pace_silent) {
		pthread_mutex_lock(&p->lock);
		if ((age >= window_us && p->answers >= least_answers) || age >= quiet_us)
			judge(p, now_us);
		step = step_of(p);
		p->answers++;
		p->late += took >= step;
		p->late_at_half += took >= step / 2;
		pthread_mutex_unlock(&p->lock);
	}
	return arrived_us + (took / step + 1) * step;
}
