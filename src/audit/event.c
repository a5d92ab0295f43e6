/* The list of events as a table. */
#include "audit/audit.h"

static const struct {
	const char *name, *activity, *category;
} events[event_count] = {
#define EVENT(name, activity, category, meaning) { #name, activity, category },
#include "spec/event.def"
#undef EVENT
};

const char *event_name(enum event event)
{
	return events[event].name;
}

const char *event_activity(enum event event)
{
	return events[event].activity;
}

const char *event_category(enum event event)
{
	return events[event].category;
}

bool event_of(struct str name, enum event *out)
{
	for (enum event event = 0; event < event_count; event++) {
		if (str_is(name, events[event].name)) {
			*out = event;
			return true;
		}
	}
	return false;
}
