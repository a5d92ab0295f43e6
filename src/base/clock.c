/* Time: seconds since 1970 in UTC, and a monotonic clock for durations. */
#include "base/base.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t turned;

static int64_t read_us(clockid_t clock)
{
	struct timespec t;

	must_be(clock_gettime(clock, &t) == 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_millis(void)
{
	return read_us(CLOCK_REALTIME) / 1000 + atomic_load(&turned) * 1000;
}

int64_t clock_now(void)
{
	return clock_millis() / 1000;
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

void clock_turn(int64_t seconds)
{
	atomic_fetch_add(&turned, seconds);
}

#if REKEY_TESTING
/* A test turns the clock of a running program: sigqueue(pid, SIGRTMIN + 4, seconds). */
static void on_turn(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	clock_turn(info->si_value.sival_int);
}

__attribute__((constructor)) static void accept_turns(void)
{
	struct sigaction turn = { .sa_sigaction = on_turn, .sa_flags = SA_SIGINFO | SA_RESTART };

	must_be(sigaction(SIGRTMIN + 4, &turn, NULL) == 0);
}
#endif

int64_t clock_day(int64_t seconds)
{
	return seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
}

/* Days to a date of the proleptic Gregorian calendar, counted in eras of 400 years that begin on
 * 1 March, so that the leap day is the last of its year. */
void clock_date(int64_t day, int *year, int *month, int *day_of_month)
{
	int64_t shifted = day + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;

	*day_of_month = (int)(of_year - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void clock_utc(int64_t seconds, char out[21])
{
	int64_t day = clock_day(seconds), rest = seconds - day * 86400;
	int year, month, day_of_month;

	clock_date(day, &year, &month, &day_of_month);
	must_be(year >= 0 && year <= 9999);
	(void)snprintf(out, 21, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000u,
		(unsigned)month % 100u, (unsigned)day_of_month % 100u,
		(unsigned)(rest / 3600) % 100u, (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}
